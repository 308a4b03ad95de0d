"""The block on public access: of a bucket, of the account, and of both together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scanner.model.convert import flag
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, all_of, gathered
from scanner.model.origin import OWN_ACCOUNT, Listing, call
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.unresolved import unresolved_in

if TYPE_CHECKING:
    from scanner.resources.s3.buckets import Bucket

#: The groups that stand for everyone: with and without an AWS account (S3 user guide, "Access control list overview").
_EVERYONE = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")


@dataclass(frozen=True, slots=True)
class PublicBlock:
    """The four switches of S3's block on public access, of a bucket or of an account."""

    new_acls: bool = False
    existing_acls: bool = False
    new_policies: bool = False
    existing_policies: bool = False

    @property
    def whole(self) -> bool:
        """Whether all four are on."""
        return not self.lacking

    @property
    def lacking(self) -> tuple[str, ...]:
        """What it does not keep out, in words; a part that code leaves open counts only where no other is off."""
        parts = (
            (self.new_acls, "new public ACLs"), (self.existing_acls, "existing public ACLs"),
            (self.new_policies, "new public policies"), (self.existing_policies, "existing public policies"),
        )  # fmt: skip
        off = tuple(words for on, words in parts if unresolved_in(on) is None and not on)
        if not off:
            all_of(parts, lambda part: bool(part[0]))
        return off


def public_block(raw: Mapping[str, Any]) -> PublicBlock:
    """Read `PublicAccessBlockConfiguration`."""
    return PublicBlock(
        new_acls=flag(raw.get("BlockPublicAcls", False)),
        existing_acls=flag(raw.get("IgnorePublicAcls", False)),
        new_policies=flag(raw.get("BlockPublicPolicy", False)),
        existing_policies=flag(raw.get("RestrictPublicBuckets", False)),
    )


def blocks_wholly(raw: Mapping[str, Any]) -> bool:
    """Say whether all four parts are on."""
    return public_block(raw).whole


def grants_everyone(raw: Any) -> bool:
    """Say whether one of the grants of an access control list is to everyone."""
    return any(str((one.get("Grantee") or {}).get("URI", "")).endswith(_EVERYONE) for one in raw)


def account_block(look: Look) -> PublicBlock:
    """Give the account's block."""
    return look.sole(Account).public_block


def effective_block(bucket: Any, look: Look) -> PublicBlock:
    """Join the blocks of a bucket and of its account; S3 applies the more restrictive of them (user guide).

    Either is enough where it is whole, even if the other cannot be seen.
    """
    try:
        own: PublicBlock = bucket.public_block
        if own.whole:
            return own
    except CouldNotCheck:
        wide = account_block(look)
        if wide.whole:
            return wide
        raise
    try:
        wide = account_block(look)
    except CouldNotCheck as stop:
        if stop.unknown.reason is not Reason.RUNTIME:
            raise
        said = f"it does not block {', '.join(own.lacking)} itself, and no code tells whether the account does"
        raise CouldNotCheck(Unknown(Reason.UNRESOLVED, said, stop.unknown.evidence)) from None
    return PublicBlock(
        new_acls=_either(own.new_acls, wide.new_acls),
        existing_acls=_either(own.existing_acls, wide.existing_acls),
        new_policies=_either(own.new_policies, wide.new_policies),
        existing_policies=_either(own.existing_policies, wide.existing_policies),
    )


def _either(one: bool, other: bool) -> bool:  # noqa: FBT001  # two parts, alike
    """Say whether a part is on by either block; code may leave one of them open, and then that is what it is."""
    if unresolved_in(one) is not None:
        return other if unresolved_in(other) is None and other else one
    return one or other


def _bucket() -> type[Bucket]:
    from scanner.resources.s3.buckets import Bucket  # noqa: PLC0415  # the two refer to each other

    return Bucket


def named(account: Account, look: Look) -> Partial[str]:  # noqa: ARG001  # the shape of a derived fact
    """Name the buckets."""
    return gathered(look.every(_bucket()), lambda bucket: (bucket.name,))


class Account(Resource):
    """What S3 does for the whole account."""

    kind = "aws.s3.account"
    title = "S3 account"
    listed_by = Listing(None, id="arn:{partition}:s3::{account}:account", name="S3 of the account", everywhere=True)

    public_block: Fact[PublicBlock] = fact(
        "The block on public access that holds for all its buckets.",
        live=call(
            "s3control:GetPublicAccessBlock", permission="s3:GetAccountPublicAccessBlock",
            nothing_on=["NoSuchPublicAccessBlockConfiguration"], AccountId=OWN_ACCOUNT,
        ).at("PublicAccessBlockConfiguration", public_block, absent=PublicBlock()),
    )  # fmt: skip
    buckets: Fact[Partial[str]] = derived("The names of its buckets.", needs=lambda _: [_bucket().created_at], by=named)
