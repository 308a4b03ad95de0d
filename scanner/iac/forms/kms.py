"""AWS KMS in code: `aws_kms_key`, `aws_kms_external_key`, `aws_kms_replica_key`, `aws_kms_alias` and their like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, Form, Origin, Satellite, always, at, made
from scanner.model.convert import days, flag, instant, text
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import document
from scanner.resources.key_policies import grants
from scanner.resources.kms import CUSTOMER, SYMMETRIC, Alias, Key

_ARN = "arn:{partition}:kms:{region}:{account}:key/{address}"
_BEYOND: Mapping[str, str] = {
    "created_at": "a key is created when the code is applied",
    "rotates_at": "it follows from the day on which the key was created",
    "rotated_at": "what was rotated so far shows at run time",
}
_POLICIES = Satellite("aws_kms_key_policy", "key_id")
_YEAR = timedelta(days=365)


def _default_policy(block: Block) -> dict[str, Any]:
    """Give the policy that a key has which names none (KMS developer guide, "Default key policy")."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{block.partition}:iam::{block.account}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }


def _said(raw: Any) -> str:
    """Give a policy as text, which tells no more than `lets`; one with open parts has no text yet."""
    if isinstance(raw, str):
        return raw
    import json  # noqa: PLC0415  # CloudFormation writes policies as mappings

    return json.dumps(raw, default=_refuse)


def _refuse(raw: Any) -> Any:
    if isinstance(raw, Unresolved):
        raw.stop()
    raise ValueError(f"a policy holds {type(raw).__name__}")


def _rest(by: Any) -> Origin:
    return made(lambda block: by(_default_policy(block)), "policy", "KeyPolicy")


def _period(on: str, period: str, block: Block) -> timedelta | None:
    """Give how often it rotates: a year where nothing else is said (RotationPeriodInDays, API reference)."""
    enabled, wanted = block.find(on).value, block.find(period).value
    if enabled is ABSENT or not flag(enabled):
        return None
    return _YEAR if wanted is ABSENT else days(wanted)


def _whole_days(value: timedelta | None) -> int | None:
    return None if value is None else value // timedelta(days=1)


def _terraform_origin(block: Block) -> str:
    """Give where the material comes from; a custom key store has no external material unless it is named as XKS."""
    if block.find("custom_key_store_id").value is ABSENT:
        return "AWS_KMS"
    return "AWS_CLOUDHSM" if block.find("xks_key_id").value is ABSENT else "EXTERNAL_KEY_STORE"


def _spec(block: Block) -> str:
    for path in ("customer_master_key_spec", "KeySpec"):
        value = block.find(path).value
        if value is not ABSENT:
            return text(value)
    return SYMMETRIC


def _renewable(block: Block, origin: str) -> bool:
    return _spec(block) == SYMMETRIC and origin in ("AWS_KMS", "EXTERNAL")


def _cloudformation_origin(block: Block) -> str:
    value = block.find("Origin").value
    return "AWS_KMS" if value is ABSENT else text(value)


def _unexpiring(origin: str) -> None:
    """Say that the material does not expire; that of a key with external material is imported by hand."""
    if origin == "EXTERNAL":
        raise ValueError("the material is imported by hand, with or without an end")


def _state(enabled: bool) -> str:  # noqa: FBT001  # a converter
    return "Enabled" if enabled else "Disabled"


def _own_regions(block: Block, path: str) -> tuple[str, ...]:
    """Give the regions of a multi-Region key: its own here; those of its replicas are blocks of their own."""
    value = block.find(path).value
    return (block.region,) if value is not ABSENT and flag(value) else ()


def _key(facts: Mapping[str, Origin | tuple[Origin, ...]]) -> dict[str, Any]:
    return {
        "manager": always(CUSTOMER, "only a customer's keys are declared"),
        "deleted_at": always(None, "a key that is declared is not to be deleted"),
        **facts,
    }


def _policy_facts(path: str, *, satellite: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    by: dict[str, Any] = {"policy": _said, "lets": document, "grants": grants}
    for name, convert in by.items():
        own = (at(path, convert), _rest(convert))
        found[name] = (at("policy", convert, via=_POLICIES), *own) if satellite else own
    return found


FORMS = (
    Form(
        Key,
        "aws_kms_key",
        arn=_ARN,
        gives={"arn": ARN, "id": NAME, "key_id": NAME},
        facts=_key({
            "tags": TERRAFORM_TAGS,
            "state": at(
                "is_enabled", lambda raw: _state(flag(raw)), absent="Enabled", docs="r/kms_key: is_enabled defaults to true"
            ),
            "spec": at("customer_master_key_spec", text, absent=SYMMETRIC, docs="r/kms_key: SYMMETRIC_DEFAULT"),
            "usage": at("key_usage", text, absent="ENCRYPT_DECRYPT", docs="r/kms_key: ENCRYPT_DECRYPT"),
            "origin": made(_terraform_origin, "custom_key_store_id"),
            "material_expires_at": always(None, "material that KMS made does not expire"),
            "multi_region": at("multi_region", flag, absent=False, docs="r/kms_key: defaults to false"),
            "regions": made(lambda block: _own_regions(block, "multi_region"), "multi_region"),
            "rotatable": made(
                lambda block: _renewable(block, _terraform_origin(block)) and _terraform_origin(block) == "AWS_KMS",
                "customer_master_key_spec",
            ),
            "renewable": made(lambda block: _renewable(block, _terraform_origin(block)), "customer_master_key_spec"),
            "rotates": at(
                "enable_key_rotation", flag, absent=False, write=bool, docs="r/kms_key: defaults to false"
            ),
            "rotation_period": (
                made(
                    lambda block: _period("enable_key_rotation", "rotation_period_in_days", block),
                    "rotation_period_in_days",
                ),
                at("rotation_period_in_days", days, write=_whole_days),
            ),
            **_policy_facts("policy", satellite=True),
        }),
        beyond=_BEYOND,
    ),
    Form(
        Key,
        "aws_kms_external_key",
        arn=_ARN,
        gives={"arn": ARN, "id": NAME, "key_id": NAME},
        facts=_key({
            "tags": TERRAFORM_TAGS,
            "state": at("enabled", lambda raw: _state(flag(raw)), computed="it is enabled once its material is imported"),
            "spec": at("key_spec", text, absent=SYMMETRIC, docs="r/kms_external_key: SYMMETRIC_DEFAULT"),
            "usage": at("key_usage", text, absent="ENCRYPT_DECRYPT", docs="r/kms_external_key: ENCRYPT_DECRYPT"),
            "origin": always("EXTERNAL", "r/kms_external_key"),
            "material_expires_at": at("valid_to", instant, absent=None, docs="r/kms_external_key: does not expire"),
            "multi_region": at("multi_region", flag, absent=False, docs="r/kms_external_key: defaults to false"),
            "regions": made(lambda block: _own_regions(block, "multi_region"), "multi_region"),
            "rotatable": always(False, "KMS cannot rotate imported material by itself"),
            "renewable": made(lambda block: _renewable(block, "EXTERNAL"), "key_spec"),
            "rotates": always(False, "KMS cannot rotate imported material by itself"),
            "rotation_period": always(None, "KMS cannot rotate imported material by itself"),
            **_policy_facts("policy", satellite=True),
        }),
        beyond=_BEYOND,
    ),
    Form(
        Key,
        "aws_kms_replica_key",
        arn=_ARN,
        gives={"arn": ARN, "id": NAME, "key_id": NAME},
        facts=_key({
            "tags": TERRAFORM_TAGS,
            "state": at("enabled", lambda raw: _state(flag(raw)), absent="Enabled", docs="r/kms_replica_key: true"),
            "multi_region": always(True, "a replica is of a multi-Region key"),
            "material_expires_at": always(None, "material that KMS made does not expire"),
            **_policy_facts("policy", satellite=True),
        }),
        beyond={
            **_BEYOND,
            "spec": "a replica has that of its primary key", "usage": "a replica has that of its primary key",
            "origin": "a replica has that of its primary key", "regions": "its primary key tells",
            "rotatable": "its primary key tells", "renewable": "its primary key tells",
            "rotates": "it rotates with its primary key", "rotation_period": "it rotates with its primary key",
        },
    ),
    Form(
        Key,
        "AWS::KMS::Key",
        arn=_ARN,
        gives={"Ref": NAME, "Arn": ARN, "KeyId": NAME},
        facts=_key({
            "tags": CLOUDFORMATION_TAGS,
            "state": at("Enabled", lambda raw: _state(flag(raw)), absent="Enabled", docs="AWS::KMS::Key: true"),
            "spec": at("KeySpec", text, absent=SYMMETRIC, docs="AWS::KMS::Key: SYMMETRIC_DEFAULT"),
            "usage": at("KeyUsage", text, absent="ENCRYPT_DECRYPT", docs="AWS::KMS::Key: ENCRYPT_DECRYPT"),
            "origin": at("Origin", text, absent="AWS_KMS", docs="AWS::KMS::Key: AWS_KMS"),
            "material_expires_at": at("Origin", lambda raw: _unexpiring(text(raw)), absent=None),
            "multi_region": at("MultiRegion", flag, absent=False, docs="AWS::KMS::Key: false"),
            "regions": made(lambda block: _own_regions(block, "MultiRegion"), "MultiRegion"),
            "rotatable": made(
                lambda block: _renewable(block, _cloudformation_origin(block)) and _cloudformation_origin(block) == "AWS_KMS",
                "KeySpec", "Origin",
            ),
            "renewable": made(lambda block: _renewable(block, _cloudformation_origin(block)), "KeySpec", "Origin"),
            "rotates": at("EnableKeyRotation", flag, absent=False, write=bool, docs="AWS::KMS::Key: false"),
            "rotation_period": (
                made(
                    lambda block: _period("EnableKeyRotation", "RotationPeriodInDays", block),
                    "RotationPeriodInDays",
                ),
                at("RotationPeriodInDays", days, write=_whole_days),
            ),
            **_policy_facts("KeyPolicy", satellite=False),
        }),
        beyond=_BEYOND,
    ),
    Form(
        Key,
        "AWS::KMS::ReplicaKey",
        arn=_ARN,
        gives={"Ref": NAME, "Arn": ARN, "KeyId": NAME},
        facts=_key({
            "tags": CLOUDFORMATION_TAGS,
            "state": at("Enabled", lambda raw: _state(flag(raw)), absent="Enabled", docs="AWS::KMS::ReplicaKey: true"),
            "multi_region": always(True, "a replica is of a multi-Region key"),
            "material_expires_at": always(None, "material that KMS made does not expire"),
            **_policy_facts("KeyPolicy", satellite=False),
        }),
        beyond={
            **_BEYOND,
            "spec": "a replica has that of its primary key", "usage": "a replica has that of its primary key",
            "origin": "a replica has that of its primary key", "regions": "its primary key tells",
            "rotatable": "its primary key tells", "renewable": "its primary key tells",
            "rotates": "it rotates with its primary key", "rotation_period": "it rotates with its primary key",
        },
    ),
    Form(
        Alias,
        "aws_kms_alias",
        arn="arn:{partition}:kms:{region}:{account}:{name}",
        name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME, "target_key_arn": lambda block: block.find("target_key_id").value},
        facts={"target": at("target_key_id", lambda raw: text(raw).rpartition("/")[2])},
    ),
    Form(
        Alias,
        "AWS::KMS::Alias",
        arn="arn:{partition}:kms:{region}:{account}:{name}",
        name="AliasName",
        gives={"Ref": NAME},
        facts={"target": at("TargetKeyId", lambda raw: text(raw).rpartition("/")[2])},
    ),
)  # fmt: skip
