"""Secrets with the key that encrypts them."""

from datetime import timedelta
from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import described
from scanner.emulation.wire import Document

# AWS names the key of a secret only when it is not this one.
DEFAULT = ("alias/aws/secretsmanager", None, "")


@answers("secretsmanager:ListSecrets")
def list_secrets(call: Call) -> Document:
    answer = described(call)
    return {**answer, "SecretList": [_keyed(call, secret) for secret in answer["SecretList"]]}


@answers("secretsmanager:DescribeSecret")
def describe_secret(call: Call) -> Document:
    return _keyed(call, described(call))


@answers("secretsmanager:CreateSecret")
def create_secret(call: Call) -> Document:
    """Moto dates secrets by the machine's clock, all else by the world's."""
    answer = call.moto()
    secret = _held(call, answer["ARN"])
    secret.created_date = secret.last_changed_date = int(call.now.timestamp())
    return answer


@answers("secretsmanager:RotateSecret")
def rotate_secret(call: Call) -> Document:
    """Rotated now, unless the caller wants the schedule only."""
    known = _held(call, call.params["SecretId"])
    before = known.last_rotation_date if known else None
    answer = call.moto()
    secret = _held(call, answer["ARN"])
    if secret is None:
        return answer
    waits = call.params.get("RotateImmediately") is False
    secret.last_rotation_date = before if waits else int(call.now.timestamp())
    if secret.auto_rotate_after_days:
        secret.next_rotation_date = int((call.now + timedelta(days=secret.auto_rotate_after_days)).timestamp())
    return answer


def _held(call: Call, name: str) -> Any:
    return next(
        (each for each in call.backend("secretsmanager").secrets.values() if name in (each.arn, each.name)), None
    )


def _keyed(call: Call, secret: Document) -> Document:
    """Moto's replicas are objects of another kind, whose key is the source's."""
    held = _held(call, secret["ARN"])
    key = getattr(held, "kms_key_id", None) or getattr(getattr(held, "source", None), "kms_key_id", None)
    for status in secret.get("ReplicationStatus", []):
        if status.get("KmsKeyId") in (key, *DEFAULT):
            status["KmsKeyId"] = "alias/aws/secretsmanager"
    if key not in DEFAULT and "KmsKeyId" not in secret:
        secret["KmsKeyId"] = key
    return secret
