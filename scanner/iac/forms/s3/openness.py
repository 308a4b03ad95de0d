"""Who gets into a bucket as its code says: the block on public access, the access control list, the policy.

Since April 2023 S3 turns all four parts of the block on, and access control lists off, for every bucket that is made,
by whatever means; buckets that are older keep what they had (S3 user guide, "Default settings for new S3 buckets FAQ").
Code does not say when its bucket was made, unless a plan or a change set makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.lowering import many, sole, stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, text
from scanner.model.errors import CouldNotCheck
from scanner.model.look import any_of
from scanner.model.reading import Reason, Unknown
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import Document, Statement, document
from scanner.resources.s3.account import PublicBlock, grants_everyone

#: How plans and change sets call what they make.
_MADE: Final = frozenset({"create", "replace", "Add", "Replace"})
_ALL: Final = PublicBlock(new_acls=True, existing_acls=True, new_policies=True, existing_policies=True)
_GROUPS: Final = "http://acs.amazonaws.com/groups/global/"
#: Whom the canned ACLs let in beside the owner and AWS's own services (S3 user guide, "Canned ACL"), as both sources
#: write them.
_CANNED: Final[Mapping[str, str]] = {
    "public-read": "AllUsers", "public-read-write": "AllUsers", "authenticated-read": "AuthenticatedUsers",
    "PublicRead": "AllUsers", "PublicReadWrite": "AllUsers", "AuthenticatedRead": "AuthenticatedUsers",
}  # fmt: skip
_ENFORCED: Final = "BucketOwnerEnforced"
_OLDER: Final = (
    "S3 blocks all public access to buckets that were made since April 2023, and none to older ones: code does not tell "
    "when it was made"
)


def terraform_block(raw: Mapping[str, Any]) -> PublicBlock:
    """Read a block on public access; each part is off where it is not written (r/s3_bucket_public_access_block)."""
    return _block(raw, "block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")


def template_block(raw: Mapping[str, Any]) -> PublicBlock:
    """Read `PublicAccessBlockConfiguration`; each part is off where it is not written (API reference)."""
    return _block(raw, "BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _block(raw: Mapping[str, Any], *names: str) -> PublicBlock:
    # A part that the code leaves open stays so, alone.
    parts: list[Any] = [raw.get(name) for name in names]
    return PublicBlock(*map(_part, parts))


def _part(raw: Any) -> Any:
    return raw if isinstance(raw, Unresolved) else raw is not None and flag(raw)


def usual_block(block: Block) -> PublicBlock:
    """Give the block of a bucket for which none is written."""
    if block.changed in _MADE:
        return _ALL
    raise CouldNotCheck(
        Unknown(Reason.UNRESOLVED, f"{block.address} has no block on public access in the code: {_OLDER}")
    )


def whole(block: PublicBlock) -> bool:
    """Say whether all four parts are on."""
    return block.whole


class Sides:
    """Where one source keeps what opens and closes a bucket: the satellites, and the attributes of its own.

    `acl` reads what an access control list grants: of the satellite, and of the bucket.
    """

    def __init__(
        self,
        *,
        block: Callable[[Block, Surroundings], PublicBlock],
        policy: Callable[[Block, Surroundings], Document | None],
        acl: Callable[[Block, Surroundings], Any],
        ownership: Callable[[Block, Surroundings], Any],
    ) -> None:
        self.block, self.policy, self.acl, self.ownership = block, policy, acl, ownership

    def policy_public(self, bucket: Block, around: Surroundings) -> bool:
        """Say what S3 says of the policy: asked only where the bucket's own block is not whole."""
        policy = self.policy(bucket, around)
        if policy is None or not any_of(policy.allowing(), _public):
            return False
        return not self._kept_out(bucket, around)

    def acl_public(self, bucket: Block, around: Surroundings) -> bool:
        """Say whether the access control list lets everyone in, where the bucket's own block is not whole."""
        grants = self.acl(bucket, around)
        if not _grants_everyone(grants):
            return False
        if stopped(self.ownership(bucket, around)) == _ENFORCED:
            return False
        return not self._kept_out(bucket, around)

    def _kept_out(self, bucket: Block, around: Surroundings) -> bool:
        return self.block(bucket, around).whole


def _public(one: Statement) -> bool:
    """Say whether a statement that allows is public (S3 user guide, "The meaning of "public"").

    What names no wildcard is not. Under conditions it depends on their values, which is S3's to say.
    """
    who = one.principals
    if who is None or not (who.others or "*" in who.aws):
        return False
    if one.conditions or who.others:
        raise CouldNotCheck(
            Unknown(Reason.RUNTIME, "the policy lets everyone in under conditions; whether that is public S3 tells")
        )
    return True


def _grants_everyone(grants: Any) -> bool:
    return any_of(many(grants), lambda one: grants_everyone([stopped(one)]))


def canned(name: Any) -> list[Any]:
    """Give the grants of a canned ACL to everyone, in the API's shape."""
    group = _CANNED.get(text(name))
    return [{"Grantee": {"URI": f"{_GROUPS}{group}"}}] if group else []


def granted(raw: Any) -> list[Any]:
    """Give grants as Terraform writes them, in the API's shape: nested in a satellite, or flat in the bucket."""
    found: list[Any] = []
    for one in many(raw):
        if isinstance(one, Unresolved):
            found.append(one)
            continue
        grantee = sole(one.get("grantee")) if "grantee" in one else one
        uri = grantee if isinstance(grantee, Unresolved) else (grantee or {}).get("uri")
        found.append(uri if isinstance(uri, Unresolved) else {"Grantee": {"URI": uri or ""}})
    return found


def the_one(types: Mapping[str, str], bucket: Block, around: Surroundings) -> Block | None:
    """Give the satellite of a bucket; raise where there may be one that does not say whose it is."""
    found, doubt = around.naming(types, bucket)
    if found:
        return found[0]
    if doubt is not None:
        doubt.stop()
    return None


def read_policy(raw: Any) -> Document | None:
    """Read a policy; a state writes the empty text where there is none."""
    return None if raw == "" else document(raw)


def policy_in(block: Block, path: str) -> Document | None:
    """Give the policy that a block holds."""
    raw = block.find(path).value
    if isinstance(raw, Unresolved):
        from scanner.iac.hcl.values import JsonText  # noqa: PLC0415  # only Terraform makes them

        if not isinstance(raw, JsonText):
            raw.stop()
        raw = raw.document
    return None if raw is ABSENT else read_policy(raw)
