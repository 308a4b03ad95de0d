"""Amazon DynamoDB in code: `aws_dynamodb_table`, `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, each
from scanner.iac.form import ARN, NAME, Form, always, at, made
from scanner.model.convert import days, flag, text
from scanner.resources.dynamodb import Table

_RUNTIME: Mapping[str, str] = {
    "created_at": "a table is created when the code is applied",
    "earliest": "what can be restored depends on when point-in-time recovery was turned on",
    "latest": "what can be restored depends on the hour",
    "stale": "whether a replica keeps up shows at run time",
}
_ENCRYPTED = always(True, "DynamoDB encrypts every table (developer guide, Encryption at rest)")
_AWS_KEY = "alias/aws/dynamodb"


def _whole_days(value: timedelta) -> int:
    return value // timedelta(days=1)


def _terraform_key(block: Block) -> str | None:
    """Read the key: none is named where DynamoDB's own is used; enabled without an ARN means `alias/aws/dynamodb`."""
    named, enabled = (
        block.find("server_side_encryption.kms_key_arn").value,
        block.find("server_side_encryption.enabled").value,
    )
    if enabled is ABSENT or not flag(enabled):
        return None
    return _AWS_KEY if named is ABSENT else text(named)


def _cloudformation_key(block: Block) -> str | None:
    named, enabled = (
        block.find("SSESpecification.KMSMasterKeyId").value,
        block.find("SSESpecification.SSEEnabled").value,
    )
    if enabled is ABSENT or not flag(enabled):
        return None
    return _AWS_KEY if named is ABSENT else text(named)


def _stream(block: Block) -> str:
    """Give what stands for the ARN of a table's stream: AWS puts the moment of its making at the end."""
    value = block.known_name or block.find("TableName" if "::" in block.type else "name").value
    name = value if isinstance(value, str) and value else block.address
    return f"arn:{block.partition}:dynamodb:{block.region}:{block.account}:table/{name}/stream/{block.address}"


def _region(raw: Any) -> str:
    return text(raw["region_name"])


def _other_regions(block: Block) -> tuple[str, ...]:
    """Read the replicas of a global table; the region of the stack itself is one of them and no other place."""
    return tuple(sorted(text(one["Region"]) for one in block.find("Replicas").value if one["Region"] != block.region))


FORMS = (
    Form(
        Table,
        "aws_dynamodb_table",
        arn="arn:{partition}:dynamodb:{region}:{account}:table/{name}",
        name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME, "stream_arn": _stream},
        facts={
            "tags": TERRAFORM_TAGS,
            "encrypted": _ENCRYPTED,
            "key": made(_terraform_key, "server_side_encryption.kms_key_arn"),
            "deletion_protected": at(
                "deletion_protection_enabled", flag, absent=False, write=bool, docs="r/dynamodb_table: defaults to false"
            ),
            "replicas": at("replica", lambda raw: tuple(sorted(each(_region)(raw))), absent=()),
            "pitr": at(
                "point_in_time_recovery.enabled", flag, absent=False, write=bool,
                docs="r/dynamodb_table: point-in-time recovery is off without the block",
            ),
            "pitr_reach": at(
                "point_in_time_recovery.recovery_period_in_days", days, absent=timedelta(days=35), write=_whole_days,
                docs="r/dynamodb_table: default is 35",
            ),
        },
        beyond=_RUNTIME,
    ),
    Form(
        Table,
        "AWS::DynamoDB::Table",
        arn="arn:{partition}:dynamodb:{region}:{account}:table/{name}",
        name="TableName",
        gives={"Ref": NAME, "Arn": ARN, "StreamArn": _stream},
        facts={
            "tags": CLOUDFORMATION_TAGS,
            "encrypted": _ENCRYPTED,
            "key": made(_cloudformation_key, "SSESpecification.KMSMasterKeyId"),
            "deletion_protected": at(
                "DeletionProtectionEnabled", flag, absent=False, write=bool, docs="AWS::DynamoDB::Table: false by default"
            ),
            "replicas": always((), "AWS::DynamoDB::Table makes no replicas; AWS::DynamoDB::GlobalTable does"),
            "pitr": at(
                "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", flag, absent=False, write=bool,
                docs="AWS::DynamoDB::Table: off unless it is enabled",
            ),
            "pitr_reach": at(
                "PointInTimeRecoverySpecification.RecoveryPeriodInDays", days, absent=timedelta(days=35),
                write=_whole_days, docs="AWS::DynamoDB::Table PointInTimeRecoverySpecification: 35 if not set",
            ),
        },
        beyond=_RUNTIME,
    ),
    Form(
        Table,
        "AWS::DynamoDB::GlobalTable",
        arn="arn:{partition}:dynamodb:{region}:{account}:table/{name}",
        name="TableName",
        gives={"Ref": NAME, "Arn": ARN, "StreamArn": _stream},
        facts={
            # What is set per replica is read of the first, which is the stack's own region as AWS demands one of it.
            "tags": at("Replicas.Tags", CLOUDFORMATION_TAGS.convert, absent={}),
            "encrypted": _ENCRYPTED,
            "key": made(
                lambda block: (
                    _cloudformation_key(block)
                    if block.find("Replicas.SSESpecification").value is ABSENT
                    else text(block.find("Replicas.SSESpecification.KMSMasterKeyId").value)
                ),
                "Replicas.SSESpecification.KMSMasterKeyId", "SSESpecification.SSEEnabled",
            ),
            "deletion_protected": at("Replicas.DeletionProtectionEnabled", flag, absent=False, write=bool),
            "replicas": made(_other_regions, "Replicas"),
            "pitr": at(
                "Replicas.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", flag, absent=False, write=bool
            ),
            "pitr_reach": at(
                "Replicas.PointInTimeRecoverySpecification.RecoveryPeriodInDays", days, absent=timedelta(days=35),
                write=_whole_days, docs="AWS::DynamoDB::GlobalTable PointInTimeRecoverySpecification: 35 if not set",
            ),
        },
        beyond=_RUNTIME,
    ),
)  # fmt: skip
