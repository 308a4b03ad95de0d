"""S3 buckets in code: `aws_s3_bucket` with its satellites and its older arguments, `AWS::S3::Bucket` with its policy.

A bucket's settings are read of the satellite first: in states and plans the arguments of the bucket repeat what S3
answered when it was last asked.
"""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, At, Form, Satellite, always, at, joined, made
from scanner.iac.forms.s3 import contents as kept
from scanner.iac.forms.s3 import openness
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, is_, text
from scanner.model.resource import Resource
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import Document
from scanner.resources.s3.account import PublicBlock
from scanner.resources.s3.buckets import Bucket

_ARN: Final = "arn:{partition}:s3:::{name}"
_RUNTIME: Final = {"created_at": "a bucket is created when the code is applied"}
_ENCRYPTED: Final = always(True, "S3 encrypts every object since January 2023 (user guide, Default encryption FAQ)")
_OWN: Final = "S3 user guide, Default encryption: a bucket that names nothing is encrypted with SSE-S3"
_NO_MFA: Final = "S3 user guide, Configuring MFA delete: it is off until the root user turns it on"


def _by(type_: str) -> Satellite:
    return Satellite(type_, "bucket")


_VERSIONING: Final = _by("aws_s3_bucket_versioning")
_ENCRYPTION: Final = _by("aws_s3_bucket_server_side_encryption_configuration")
_BLOCK: Final = _by("aws_s3_bucket_public_access_block")
_POLICY: Final = _by("aws_s3_bucket_policy")
_LIFECYCLE: Final = _by("aws_s3_bucket_lifecycle_configuration")
_REPLICATION: Final = _by("aws_s3_bucket_replication_configuration")
_LOCK: Final = _by("aws_s3_bucket_object_lock_configuration")
_ACL: Final = "aws_s3_bucket_acl"
_OWNERSHIP: Final = "aws_s3_bucket_ownership_controls"
_TEMPLATE_POLICY: Final = Satellite("AWS::S3::BucketPolicy", "Bucket")
_RULE: Final = "rule.apply_server_side_encryption_by_default"
_INLINE_RULE: Final = f"server_side_encryption_configuration.{_RULE}"
_TEMPLATE_RULE: Final = "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault"


def _status(raw: Any) -> str:
    """Read the state of versioning; one that is Disabled was never turned on, and S3 answers nothing of it."""
    said = text(raw)
    return "" if said == "Disabled" else said


def _switched(raw: Any) -> str:
    """Read the older switch; off it means of a new bucket that versioning was never turned on."""
    return "Enabled" if flag(raw) else ""


# -- who gets in -----------------------------------------------------------------------------------------------------


def _terraform_block(bucket: Block, around: Surroundings) -> PublicBlock:
    own = openness.the_one({_BLOCK.type: _BLOCK.by}, bucket, around)
    return openness.usual_block(bucket) if own is None else openness.terraform_block(own.find("").value)


def _terraform_policy(bucket: Block, around: Surroundings) -> Document | None:
    own = openness.the_one({_POLICY.type: _POLICY.by}, bucket, around)
    return openness.policy_in(bucket if own is None else own, "policy")


def _terraform_acl(bucket: Block, around: Surroundings) -> Any:
    """Give what is granted; of a bucket for which nothing is written only the owner has access."""
    own = openness.the_one({_ACL: "bucket"}, bucket, around)
    acl = (own or bucket).find("acl").value
    if isinstance(acl, str):
        return openness.canned(acl)
    grants = bucket.find("grant").value if own is None else own.find("access_control_policy.grant").value
    if isinstance(grants, Unresolved) or grants is not ABSENT:
        return grants if isinstance(grants, Unresolved) else openness.granted(grants)
    return acl if isinstance(acl, Unresolved) else []


def _terraform_ownership(bucket: Block, around: Surroundings) -> Any:
    own = openness.the_one({_OWNERSHIP: "bucket"}, bucket, around)
    return ABSENT if own is None else own.find("rule.object_ownership").value


def _template_block(bucket: Block, _: Surroundings) -> PublicBlock:
    own = bucket.find("PublicAccessBlockConfiguration").value
    if isinstance(own, Unresolved):
        own.stop()
    return openness.usual_block(bucket) if own is ABSENT else openness.template_block(own)


def _template_policy(bucket: Block, around: Surroundings) -> Document | None:
    own = openness.the_one({_TEMPLATE_POLICY.type: _TEMPLATE_POLICY.by}, bucket, around)
    return None if own is None else openness.policy_in(own, "PolicyDocument")


def _template_acl(bucket: Block, _: Surroundings) -> Any:
    acl = bucket.find("AccessControl").value
    if isinstance(acl, Unresolved):
        return acl
    return [] if acl is ABSENT else openness.canned(acl)


def _template_ownership(bucket: Block, _: Surroundings) -> Any:
    return bucket.find("OwnershipControls.Rules.ObjectOwnership").value


_TERRAFORM_SIDES: Final = openness.Sides(
    block=_terraform_block, policy=_terraform_policy, acl=_terraform_acl, ownership=_terraform_ownership
)
_TEMPLATE_SIDES: Final = openness.Sides(
    block=_template_block, policy=_template_policy, acl=_template_acl, ownership=_template_ownership
)


# -- satellites, which other blocks name too -------------------------------------------------------------------------


def _own_id(block: Block) -> Any:
    """Give the id of a satellite: the name of its bucket, and the expected owner where one is written."""
    name, owner = block.find("bucket").value, block.find("expected_bucket_owner").value
    if isinstance(name, Unresolved) or owner is ABSENT or owner == "":
        return name
    return f"{name},{owner}"


def _names_its_bucket(type_: str) -> Form:
    """Say what a satellite is called: modules chain them, and name the bucket by the id of the one before."""
    return Form(Resource, type_, arn=_without, gives={"id": _own_id}, lends=True)


def _without(block: Block) -> Unresolved:
    return Unresolved(f"{block.address} has no ARN")


def _blocks(path: str, read: Any, via: Satellite | None, shows: str) -> dict[str, tuple[At, ...]]:
    return {
        "public_block": (at(path, read, via=via, shows=shows),),
        "blocks": (at(path, lambda raw: openness.whole(read(raw)), via=via, shows=shows),),
    }


def _terraform_facts() -> dict[str, Any]:
    blocks = _blocks("", openness.terraform_block, _BLOCK, "block_public_policy")
    return {
        "tags": TERRAFORM_TAGS,
        "encrypted": _ENCRYPTED,
        "algorithm": (
            at(f"{_RULE}.sse_algorithm", text, via=_ENCRYPTION),
            at(f"{_INLINE_RULE}.sse_algorithm", text, absent="AES256", docs=_OWN),
        ),
        "key": (
            at(_RULE, kept.encrypting_key, via=_ENCRYPTION, shows=f"{_RULE}.kms_master_key_id"),
            at(_INLINE_RULE, kept.encrypting_key, absent=None, docs=_OWN),
        ),
        "versioning": (
            at("versioning_configuration.status", _status, via=_VERSIONING,
               write=lambda value: value or "Disabled"),
            at("versioning.enabled", _switched, absent="", write=lambda value: value == "Enabled",
               docs="S3 user guide, Using versioning: buckets are unversioned by default"),
        ),
        "mfa_delete": (
            at("versioning_configuration.mfa_delete", is_("Enabled"), via=_VERSIONING),
            at("versioning.mfa_delete", flag, absent=False, docs=_NO_MFA),
        ),
        "policy": (
            at("policy", openness.read_policy, via=_POLICY), at("policy", openness.read_policy, absent=None),
        ),
        "lifecycle": (
            at("rule", kept.lifecycle, via=_LIFECYCLE), at("lifecycle_rule", kept.inline_lifecycle, absent=()),
        ),
        "replication": (
            at("rule", kept.replication, via=_REPLICATION),
            at("replication_configuration.rules", kept.inline_replication, absent=()),
        ),
        "lock": (
            at("", kept.configured_lock, via=_LOCK, shows="rule.default_retention"),
            made(kept.inline_lock, "object_lock_configuration", "object_lock_enabled"),
        ),
        "public_block": (*blocks["public_block"], made(openness.usual_block)),
        "blocks": (*blocks["blocks"], made(lambda block: openness.usual_block(block).whole)),
        "policy_public": joined(_TERRAFORM_SIDES.policy_public, "policy"),
        "acl_public": joined(_TERRAFORM_SIDES.acl_public, "acl"),
    }  # fmt: skip


def _template_facts() -> dict[str, Any]:
    path = "PublicAccessBlockConfiguration"
    blocks = _blocks(path, openness.template_block, None, "")
    return {
        "tags": CLOUDFORMATION_TAGS,
        "encrypted": _ENCRYPTED,
        "algorithm": at(f"{_TEMPLATE_RULE}.SSEAlgorithm", text, absent="AES256", docs=_OWN),
        "key": at(_TEMPLATE_RULE, kept.encrypting_key, absent=None, docs=_OWN),
        "versioning": at(
            "VersioningConfiguration.Status", text, absent="", write=text,
            docs="S3 user guide, Using versioning: buckets are unversioned by default",
        ),
        "mfa_delete": always(False, _NO_MFA),
        "policy": at("PolicyDocument", openness.read_policy, absent=None, via=_TEMPLATE_POLICY),
        "lifecycle": at("LifecycleConfiguration.Rules", kept.template_lifecycle, absent=()),
        "replication": at("ReplicationConfiguration.Rules", kept.template_replication, absent=()),
        "lock": made(kept.template_lock, "ObjectLockConfiguration", "ObjectLockEnabled"),
        "public_block": (*blocks["public_block"], made(openness.usual_block, path)),
        "blocks": (*blocks["blocks"], made(lambda block: openness.usual_block(block).whole, path)),
        "policy_public": joined(_TEMPLATE_SIDES.policy_public, "BucketName"),
        "acl_public": joined(_TEMPLATE_SIDES.acl_public, "AccessControl"),
    }  # fmt: skip


FORMS: Final = (
    Form(
        Bucket,
        "aws_s3_bucket",
        arn=_ARN,
        name="bucket",
        gives={"arn": ARN, "id": NAME, "bucket": NAME},
        facts=_terraform_facts(),
        beyond=_RUNTIME,
    ),
    Form(
        Bucket,
        "AWS::S3::Bucket",
        arn=_ARN,
        name="BucketName",
        gives={"Ref": NAME, "Arn": ARN},
        facts=_template_facts(),
        beyond=_RUNTIME,
    ),
    *(
        _names_its_bucket(one)
        for one in (
            *(each.type for each in (_VERSIONING, _ENCRYPTION, _BLOCK, _POLICY, _LIFECYCLE, _REPLICATION, _LOCK)),
            _OWNERSHIP,
        )
    ),
)  # fmt: skip
