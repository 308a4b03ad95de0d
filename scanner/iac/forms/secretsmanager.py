"""AWS Secrets Manager in code: secrets, their replicas and how they rotate, in Terraform and CloudFormation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, Form, Satellite, always, at, made
from scanner.iac.lowering import lowered, many, sole, stopped
from scanner.model.convert import flag, text, whole
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Reason, Unknown
from scanner.model.unresolved import Unresolved, unresolved_in
from scanner.resources.secretsmanager import Replica, Secret, schedule

#: Secrets Manager adds six characters of its own to the name (user guide, "What's in a secret").
_ARN: Final = "arn:{partition}:secretsmanager:{region}:{account}:secret:{address}"
_AWS_KEY: Final = "alias/aws/secretsmanager"
_RUNTIME: Final = {
    "created_at": "a secret is created when the code is applied",
    "rotated_at": "when it was rotated shows at run time",
    "rotates_at": "when it rotates next follows from when it was rotated",
}
_OWN: Final = always(None, "user guide, Secrets managed by other services: the service itself makes those")
_ENCRYPTED: Final = always(True, "Secrets Manager encrypts every secret (user guide, Secret encryption)")
_ROTATION: Final = Satellite("aws_secretsmanager_secret_rotation", "secret_id")
_SCHEDULE: Final = Satellite("AWS::SecretsManager::RotationSchedule", "SecretId")
_RULES: Final = lowered({
    "automatically_after_days": ("AutomaticallyAfterDays", lambda raw: whole(raw) or None),
    "schedule_expression": ("ScheduleExpression", lambda raw: text(raw) or None),
    "AutomaticallyAfterDays": ("AutomaticallyAfterDays", whole),
    "ScheduleExpression": "ScheduleExpression",
})  # fmt: skip


def _rhythm(raw: Any) -> str | None:
    found = _RULES(raw)
    if not found:
        return None
    for one in found.values():
        stopped(one)
    return schedule(found)


def _rotating(_: Any) -> bool:
    return True


def _unwritten(_: Any) -> str:
    raise CouldNotCheck(
        Unknown(Reason.RUNTIME, "its rotation names no rules: how often it then rotates only AWS tells")
    )


def _by_itself(raw: Any) -> bool:
    """Read the older way to turn rotation on: its function is named in the secret."""
    return bool(text(raw))


def _replicas(path: str, region: str, key: str) -> Callable[[Block], tuple[Replica, ...]]:
    """Read the replicas; AWS copies a secret within a moment of being told where to."""

    def by(block: Block) -> tuple[Replica, ...]:
        raw = block.find(path).value
        if raw is ABSENT:
            return ()
        named: list[Replica] = []
        open_: list[Any] = []
        for one in many(stopped(raw)):
            found = _replica(one, region, key)
            (named if unresolved_in(found) is None else open_).append(found)
        return (*sorted(named, key=lambda one: one.region), *open_)

    return by


def _replica(raw: Any, region: str, key: str) -> Any:
    if isinstance(raw, Unresolved):
        return raw
    named = raw.get(key)
    by: Any = named if isinstance(named, Unresolved) else named or None
    return Replica(raw.get(region), "InSync", by)


def _primary(path: str) -> Callable[[Block], str | None]:
    """Give the region of the original, which AWS tells of those that have replicas."""

    def by(block: Block) -> str | None:
        raw = block.find(path).value
        if raw is ABSENT:
            return None
        return block.region if any(stopped(one) is not None for one in many(stopped(raw))) else None

    return by


FORMS: Final = (
    Form(
        Secret,
        "aws_secretsmanager_secret",
        arn=_ARN,
        name="name",
        gives={"arn": ARN, "id": ARN, "name": NAME},
        facts={
            "tags": TERRAFORM_TAGS,
            "encrypted": _ENCRYPTED,
            "key": at(
                "kms_key_id", lambda raw: text(raw) or _AWS_KEY, absent=_AWS_KEY,
                docs="r/secretsmanager_secret: defaults to the account's key named aws/secretsmanager",
            ),
            "rotates": (
                at("secret_id", _rotating, via=_ROTATION),
                at("rotation_enabled", flag),
                at("rotation_lambda_arn", _by_itself, absent=False),
            ),
            "rotation": (
                at("rotation_rules", _rhythm, via=_ROTATION),
                at("rotation_rules", lambda raw: _rhythm(sole(raw) or {}), absent=None),
            ),
            "managed_by": _OWN,
            "primary_region": made(_primary("replica"), "replica"),
            "replicas": made(_replicas("replica", "region", "kms_key_id"), "replica"),
        },
        beyond=_RUNTIME,
    ),
    Form(
        Secret,
        "AWS::SecretsManager::Secret",
        arn=_ARN,
        name="Name",
        gives={"Ref": ARN, "Id": ARN},
        facts={
            "tags": CLOUDFORMATION_TAGS,
            "encrypted": _ENCRYPTED,
            "key": at(
                "KmsKeyId", text, absent=_AWS_KEY,
                docs="AWS::SecretsManager::Secret: if it is not specified, the key aws/secretsmanager is used",
            ),
            "rotates": at("SecretId", _rotating, absent=False, via=_SCHEDULE),
            "rotation": (
                at("RotationRules", _rhythm, via=_SCHEDULE),
                at("SecretId", _unwritten, absent=None, via=_SCHEDULE),
            ),
            "managed_by": _OWN,
            "primary_region": made(_primary("ReplicaRegions"), "ReplicaRegions"),
            "replicas": made(_replicas("ReplicaRegions", "Region", "KmsKeyId"), "ReplicaRegions"),
        },
        beyond=_RUNTIME,
    ),
)  # fmt: skip
