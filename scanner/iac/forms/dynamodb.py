"""Amazon DynamoDB in code: `aws_dynamodb_table`, `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, each
from scanner.iac.form import ARN, NAME, Form, always, at, joined, made
from scanner.iac.lowering import stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import days, flag, text
from scanner.model.unresolved import Unresolved
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


def _named(block: Block, name: str) -> str:
    return f"arn:{block.partition}:dynamodb:{block.region}:{block.account}:table/{name}"


def _stream(block: Block) -> str:
    """Give what stands for the ARN of a table's stream: AWS puts the moment of its making at the end."""
    value = block.known_name or block.find("TableName" if "::" in block.type else "name").value
    name = value if isinstance(value, str) and value else block.address
    return f"{_named(block, name)}/stream/{block.address}"


def _global(block: Block) -> str:
    """Give the name of a global table, of the whole of it or of one of its replicas."""
    for path in ("TableName", "^.TableName"):
        value = block.find(path).value
        if isinstance(value, str) and value:
            return value
    return block.known_name or block.address.partition(".Replicas[")[0]


def _region(raw: Any) -> str:
    return text(raw["region_name"])


def _other_regions(block: Block) -> tuple[str, ...]:
    """Read the regions of the other replicas of a global table."""
    mine = stopped(block.find("Region").value)
    return tuple(
        sorted(text(one["Region"]) for one in stopped(block.find("^.Replicas").value) if one["Region"] != mine)
    )


def _is_own(block: Block) -> bool:
    """Say whether a replica is the table in the region of the stack: AWS demands one there, at any place in the list."""
    replicas = block.find("^.Replicas").value
    regions = [one.get("Region") for one in replicas if isinstance(one, dict)] if isinstance(replicas, list) else []
    if any(isinstance(one, str) and one == block.region for one in regions):
        mine = block.find("Region").value
        return isinstance(mine, str) and mine == block.region
    return Unresolved(f"{block.address} may not be the replica in the region of its stack").stop()


def _replicated(block: Block, around: Surroundings) -> tuple[str, ...]:
    """Read the replicas of a table: its own type makes none, but CDK has some made by a resource of its own."""
    makers, doubt = around.naming({"Custom::DynamoDBReplica": "TableName"}, block)
    for unsure in (doubt, *(one.doubt for one in makers)):
        if unsure is not None:
            unsure.stop()
    for one in makers:
        around.point(one, "Region")
    return tuple(sorted(text(stopped(one.find("Region").value)) for one in makers))


def _replica_key(block: Block) -> str | None:
    """Read the key of a replica; the whole table says whether it has one of KMS at all."""
    enabled, named = (
        block.find("^.SSESpecification.SSEEnabled").value,
        block.find("SSESpecification.KMSMasterKeyId").value,
    )
    if enabled is ABSENT and named is not ABSENT:
        Unresolved(f"{block.address} names a key, but its table does not set SSESpecification.SSEEnabled").stop()
    if enabled is ABSENT or not flag(enabled):
        return None
    return _AWS_KEY if named is ABSENT else text(named)


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
            "replicas": joined(_replicated),
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
        # What is set per replica is read of the one in the stack's own region. Those elsewhere are not judged.
        each="Replicas",
        when=_is_own,
        arn=lambda block: _named(block, _global(block)),
        name="^.TableName",
        gives={"Ref": _global, "Arn": lambda block: _named(block, _global(block)), "StreamArn": _stream},
        facts={
            "tags": CLOUDFORMATION_TAGS,
            "encrypted": _ENCRYPTED,
            "key": made(_replica_key, "SSESpecification.KMSMasterKeyId", "^.SSESpecification.SSEEnabled"),
            "deletion_protected": at(
                "DeletionProtectionEnabled", flag, absent=False, write=bool,
                docs="AWS::DynamoDB::GlobalTable ReplicaSpecification: false by default",
            ),
            "replicas": made(_other_regions, "^.Replicas"),
            "pitr": at(
                "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", flag, absent=False, write=bool,
                docs="AWS::DynamoDB::GlobalTable ReplicaSpecification: off unless it is enabled",
            ),
            "pitr_reach": at(
                "PointInTimeRecoverySpecification.RecoveryPeriodInDays", days, absent=timedelta(days=35),
                write=_whole_days, docs="AWS::DynamoDB::GlobalTable PointInTimeRecoverySpecification: 35 if not set",
            ),
        },
        beyond=_RUNTIME,
    ),
)  # fmt: skip
