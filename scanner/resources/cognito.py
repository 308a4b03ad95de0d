"""Amazon Cognito: user pools, the directories of users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from scanner.model.arn import is_among
from scanner.model.convert import flag, instant, is_, tag_list, text, tuple_of, whole
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, any_of, gathered
from scanner.model.origin import Listing, call, item, of
from scanner.resources.s3.exports import Export
from scanner.resources.store import DataStore

#: What an export of users may be declared as.
_OF = ("user-pools", "other")

_DESCRIBE = call("cognito-idp:DescribeUserPool", UserPoolId=of("Id"))


@dataclass(frozen=True, slots=True)
class Exported:
    """A declared export of a user pool, and when it was last written; never, where that is none."""

    name: str
    newest: datetime | None


def exports_of(pool: UserPool, look: Look) -> Partial[Exported]:
    """Give the declared exports of a pool: those named after it, or written under its name or id."""
    pool_id = pool.id.rpartition("/")[2]

    def pick(export: Export) -> Iterator[Exported]:
        folders = export.prefix.strip("/").split("/")
        if any_of((export.name, *folders), lambda one: is_among(one, (pool.name, pool_id))):
            yield Exported(export.name, export.newest)

    known: list[Exported] = []
    missing = None
    for what in _OF:
        found: Partial[Exported] = gathered(look.where(Export, Export.exports, what), pick)
        known.extend(found.known)
        missing = missing or found.missing
    return Partial(tuple(known), missing)


class UserPool(DataStore):
    """A Cognito user pool. AWS takes no backups of it."""

    kind = "aws.cognito.user-pool"
    title = "user pool"
    listed_by = Listing(
        call("cognito-idp:ListUserPools", MaxResults=60), "UserPools[]",
        id="arn:{partition}:cognito-idp:{region}:{account}:userpool/{Id}", name="{Name}",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact(
        "The tags it carries.", live=_DESCRIBE.at("UserPool.UserPoolTags", tag_list, absent={})
    )
    created_at: Fact[datetime] = fact("When it was created.", live=item("CreationDate", instant))
    encrypted: Fact[bool] = fact(
        # Cognito encrypts every pool; only the key differs (developer guide, "Encryption at rest").
        "Its data is encrypted at rest.", live=item("Id", bool)
    )  # fmt: skip
    key: Fact[str | None] = fact(
        # Left out for the key that AWS owns, which is the default (KeyConfigurationType, API reference).
        "The KMS key its data is encrypted with; none for the AWS-owned key.",
        live=_DESCRIBE.at("UserPool.KeyConfiguration.KmsKeyArn", text, absent=None),
    )
    deletion_protected: Fact[bool] = fact(
        # Inactive unless it was turned on (UserPoolType, API reference).
        "It refuses deletion.", live=_DESCRIBE.at("UserPool.DeletionProtection", is_("ACTIVE"), absent=False)
    )  # fmt: skip
    mfa: Fact[str] = fact(
        "Whether users need a second factor: ON, OPTIONAL or OFF.",
        live=_DESCRIBE.at("UserPool.MfaConfiguration", text, absent="OFF"),
    )
    closed: Fact[bool] = fact(
        # Everybody may sign up unless it is turned off (AdminCreateUserConfigType, API reference).
        "Nobody can sign up: only an administrator makes users.",
        live=_DESCRIBE.at("UserPool.AdminCreateUserConfig.AllowAdminCreateUserOnly", flag, absent=False),
    )
    users: Fact[int | None] = fact(
        "About how many users it holds.", live=_DESCRIBE.at("UserPool.EstimatedNumberOfUsers", whole, absent=None)
    )
    replicas: Fact[tuple[str, ...]] = fact(
        "The regions that hold a replica.", live=item("ReplicaRegions", tuple_of(text), absent=())
    )
    exports: Fact[Partial[Exported]] = derived(
        "The declared exports of its users.",
        needs=lambda _: [Export.exports, Export.prefix, Export.newest],
        by=exports_of,
    )
