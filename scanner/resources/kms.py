"""AWS KMS: keys, aliases, and what a key protects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import days, flag, instant, text
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, gathered
from scanner.model.origin import Listing, call, item, of
from scanner.model.resource import Resource
from scanner.model.rule import concrete
from scanner.permissions.document import Document, document
from scanner.resources.key_policies import Grant, grants
from scanner.resources.tags import tags_of_type

CUSTOMER, AWS = "CUSTOMER", "AWS"
SYMMETRIC = "SYMMETRIC_DEFAULT"
#: The states in which a key encrypts and decrypts; it is Updating while its primary Region changes (developer guide, "Key
#: states").
USABLE = frozenset({"Enabled", "Updating"})
#: The states of a key that is about to be deleted.
DYING = frozenset({"PendingDeletion", "PendingReplicaDeletion"})

_DESCRIBE = call("kms:DescribeKey", KeyId=of("KeyId"))
_ROTATION = call("kms:GetKeyRotationStatus", KeyId=of("KeyId"))
_ROTATIONS = call("kms:ListKeyRotations", KeyId=of("KeyId"))
_POLICY = call("kms:GetKeyPolicy", KeyId=of("KeyId"), PolicyName="default")


@dataclass(frozen=True, slots=True)
class Named:
    """A key as another service names it: by its id or by an alias, with the account and region it lies in."""

    account: str
    region: str
    key: str = ""
    alias: str = ""
    partition: str = "aws"

    @property
    def arn(self) -> str:
        """The ARN of the key, or of the alias."""
        name = f"key/{self.key}" if self.key else self.alias
        return f"arn:{self.partition}:kms:{self.region}:{self.account}:{name}"


def named(reference: str, owner: Resource) -> Named:
    """Read how a resource names its key: key ARN, key id, alias ARN or alias; bare names lie where it lies."""
    account, region = owner.account, owner.region
    partition, name = partition_of(owner.id), reference
    if reference.startswith("arn:"):
        parts = reference.split(":", 5)
        if len(parts) < 6 or parts[2] != "kms":
            raise ValueError(f"{reference!r} names no KMS key")
        _, partition, _, region, account, name = parts
    if name.startswith("alias/"):
        return Named(account, region, alias=name, partition=partition)
    # Some services write the alias of an AWS managed key without its first word (aws/secretsmanager).
    if name.startswith("aws/"):
        return Named(account, region, alias=f"alias/{name}", partition=partition)
    return Named(account, region, key=name.removeprefix("key/"), partition=partition)


def partition_of(arn: str) -> str:
    """Give the partition of an ARN: aws, aws-cn, aws-us-gov."""
    return arn.split(":")[1] if arn.count(":") >= 2 else "aws"


def can_rotate(raw: Mapping[str, Any]) -> bool:
    """Say whether KMS can rotate a key by itself (developer guide, "Rotate AWS KMS keys").

    Only symmetric encryption keys that a customer manages and whose material KMS made: no asymmetric or HMAC keys, no
    imported material, no custom key stores.
    """
    return can_renew(raw) and raw["Origin"] == "AWS_KMS"


def can_renew(raw: Mapping[str, Any]) -> bool:
    """Say whether a key's material can be replaced under the same id at all: also imported material, on demand."""
    return raw["KeyManager"] == CUSTOMER and raw["KeySpec"] == SYMMETRIC and raw["Origin"] in ("AWS_KMS", "EXTERNAL")


def latest(raw: Iterable[Mapping[str, Any]]) -> datetime | None:
    """Read when the last rotation of `ListKeyRotations` took place; one still to come has no date."""
    return max((instant(one["RotationDate"]) for one in raw if one.get("RotationDate")), default=None)


def regions_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the regions that hold a multi-Region key, the primary's first."""
    return (raw["PrimaryKey"]["Region"], *sorted(one["Region"] for one in raw.get("ReplicaKeys") or ()))


class Alias(Resource):
    """An alias of a KMS key."""

    kind = "aws.kms.alias"
    title = "KMS alias"
    listed_by = Listing(call("kms:ListAliases"), "Aliases[]", id="{AliasArn}", name="{AliasName}")

    # AWS lists the alias of an AWS managed key before the key exists; it then has no target (ListAliases).
    target: Fact[str | None] = fact("The id of the key it names.", live=item("TargetKeyId", text, absent=None))


def keyed() -> tuple[type[Resource], ...]:
    """Give the kinds that say which KMS key they are encrypted with: those with `key` and `key_manager`."""
    return tuple(kind for kind in concrete(Resource) if "key" in kind.facts and "key_manager" in kind.facts)


def protected(key: Key, look: Look) -> Partial[str]:
    """Give the ids of what a key encrypts in its region, and why there may be more.

    A store may name its key in several ways, so each is looked up; a key encrypts nothing outside its own region.
    """
    aliases: Partial[str] = gathered(
        look.where(Alias, Alias.target, _bare(key), region=key.region), lambda alias: (alias.id, alias.name)
    )
    known: dict[str, None] = {}
    missing = aliases.missing
    for kind in keyed():
        for form in (key.id, _bare(key), *aliases.known):
            found: Partial[str] = gathered(_named_by(kind, form, key, look), lambda one: (one.id,))
            known.update(dict.fromkeys(found.known))
            missing = missing or found.missing
    return Partial(tuple(known), missing)


def _named_by(kind: type[Resource], form: str, key: Key, look: Look) -> Iterator[Resource]:
    return look.where(kind, kind.facts["key"], form, region=key.region)


def _bare(key: Resource) -> str:
    return key.id.rpartition("/")[2]


class Key(Resource):
    """A KMS key."""

    kind = "aws.kms.key"
    title = "KMS key"
    tagged_by = "tags"
    listed_by = Listing(call("kms:ListKeys"), "Keys[]", id="{KeyArn}", name="{KeyId}")

    tags: Fact[Mapping[str, str]] = fact(
        "The tags it carries.",
        live=tags_of_type("kms:key"),
    )
    manager: Fact[str] = fact("Who manages it: CUSTOMER or AWS.", live=_DESCRIBE.at("KeyMetadata.KeyManager", text))
    state: Fact[str] = fact(
        "Its state: Enabled, Disabled, PendingDeletion, PendingImport, Unavailable, ...",
        live=_DESCRIBE.at("KeyMetadata.KeyState", text),
    )
    spec: Fact[str] = fact("Its cryptographic kind.", live=_DESCRIBE.at("KeyMetadata.KeySpec", text))
    usage: Fact[str] = fact("What it may be used for.", live=_DESCRIBE.at("KeyMetadata.KeyUsage", text))
    origin: Fact[str] = fact(
        "Where its material comes from: AWS_KMS, EXTERNAL, AWS_CLOUDHSM or EXTERNAL_KEY_STORE.",
        live=_DESCRIBE.at("KeyMetadata.Origin", text),
    )
    created_at: Fact[datetime] = fact("When it was created.", live=_DESCRIBE.at("KeyMetadata.CreationDate", instant))
    deleted_at: Fact[datetime | None] = fact(
        "When it will be deleted; none where that is not planned.",
        live=_DESCRIBE.at("KeyMetadata.DeletionDate", instant, absent=None),
    )
    material_expires_at: Fact[datetime | None] = fact(
        # Present only where the material was imported with an expiry (KeyMetadata, API reference).
        "When its imported material expires; none for never.",
        live=_DESCRIBE.at("KeyMetadata.ValidTo", instant, absent=None),
    )
    multi_region: Fact[bool] = fact(
        "It is a multi-Region key.", live=_DESCRIBE.at("KeyMetadata.MultiRegion", flag, absent=False)
    )
    regions: Fact[tuple[str, ...]] = fact(
        # Present only for multi-Region keys (KeyMetadata, API reference).
        "The regions that hold a multi-Region key.",
        live=_DESCRIBE.at("KeyMetadata.MultiRegionConfiguration", regions_of, absent=()),
    )
    rotatable: Fact[bool] = fact("KMS can rotate it by itself.", live=_DESCRIBE.at("KeyMetadata", can_rotate))
    renewable: Fact[bool] = fact(
        "Its material can be replaced under the same id, by itself or on demand.",
        live=_DESCRIBE.at("KeyMetadata", can_renew),
    )
    rotates: Fact[bool] = fact(
        "It rotates by itself.",
        live=_ROTATION.at("KeyRotationEnabled", flag, absent=False, given=("rotatable", True)),
    )
    rotation_period: Fact[timedelta | None] = fact(
        "How often it rotates by itself; none where it does not.",
        live=_ROTATION.at("RotationPeriodInDays", days, absent=None, given=("rotatable", True)),
    )
    rotates_at: Fact[datetime | None] = fact(
        "When it rotates next; none where it does not.",
        live=_ROTATION.at("NextRotationDate", instant, absent=None, given=("rotatable", True)),
    )
    rotated_at: Fact[datetime | None] = fact(
        "When it rotated last, by itself or on demand; none for never.",
        live=_ROTATIONS.at("Rotations", latest, absent=None, given=("renewable", True)),
    )
    policy: Fact[str | None] = fact(
        "Its key policy, as JSON text; none where AWS manages it.",
        live=_POLICY.at("Policy", text, absent=None, given=("manager", CUSTOMER)),
    )
    lets: Fact[Document | None] = fact(
        "What its key policy says; none where AWS manages it.",
        live=_POLICY.at("Policy", document, absent=None, given=("manager", CUSTOMER)),
    )
    grants: Fact[tuple[Grant, ...]] = fact(
        "What its policy allows whom.", live=_POLICY.at("Policy", grants, absent=(), given=("manager", CUSTOMER))
    )
    protects: Fact[Partial[str]] = derived(
        "What it encrypts: the ids of data stores, backups and vaults in its region.",
        needs=lambda _: [Alias.target, *(kind.facts["key"] for kind in keyed())],
        by=protected,
    )


def beyond_rotation(key: Key) -> str:
    """Say why the demand to rotate does not concern a key; "" where it does."""
    if key.manager == AWS:
        return "AWS manages it and rotates it every year, which nobody can change; BK401 judges what it encrypts"
    if key.spec != SYMMETRIC:
        return f"{key.spec}: no data store can be encrypted with it, and KMS cannot rotate such a key"
    if key.state in DYING:
        return f"{key.state}: KMS rotates it no more"
    return ""


def fixed(key: Key) -> str:
    """Say why KMS cannot rotate a symmetric key of the customer by itself; "" where it can."""
    if key.rotatable:
        return ""
    place = "its material is imported" if key.origin == "EXTERNAL" else "it lies in a custom key store"
    return f"{place}, so KMS cannot rotate it by itself"
