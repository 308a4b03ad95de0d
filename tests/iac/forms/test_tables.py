"""Tables in code: of a global one, the replica in the region of the stack is read, wherever in the list it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export, identities
from scanner.model.reading import Known, Unknown
from scanner.resources.dynamodb import Table
from tests.iac.forms.telling import ACCOUNT, OPEN, REGION, cloudformation, estate_of, never_flips, outcomes

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
KEPT: dict[str, Any] = {
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 20},
    "DeletionProtectionEnabled": True,
    "SSESpecification": {"KMSMasterKeyId": KEY},
    "Tags": [{"Key": "System", "Value": "orders"}],
}


def table(*replicas: object, **values: Any) -> Block:
    return cloudformation("AWS::DynamoDB::GlobalTable", "T", Replicas=list(replicas), **values)


def own(block: Block) -> dict[str, Any]:
    (found,) = estate_of(block).resources[Table.kind]
    assert found.doubt is None
    return {name: one.value for name, one in found.readings.items() if isinstance(one, Known)}


def test_what_is_set_per_replica_is_read_of_the_one_in_the_stack_s_region() -> None:
    replicas = [{"Region": "eu-central-1", **KEPT}, {"Region": REGION}]
    facts = own(table(*replicas, TableName="t", SSESpecification={"SSEEnabled": True}))
    assert (facts["pitr"], facts["deletion_protected"], facts["key"]) == (False, False, "alias/aws/dynamodb")
    assert (facts["tags"], facts["replicas"]) == ({}, ("eu-central-1",))
    replicas = [{"Region": "eu-central-1"}, {"Region": REGION, **KEPT}]
    facts = own(table(*replicas, TableName="t", SSESpecification={"SSEEnabled": True}))
    assert (facts["pitr"], facts["deletion_protected"], facts["key"]) == (True, True, KEY)
    assert (facts["tags"], facts["pitr_reach"].days) == ({"System": "orders"}, 20)


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_of_replicas_decides_nothing(turned: bool) -> None:
    replicas: list[dict[str, Any]] = [{"Region": REGION}, {"Region": "eu-central-1", **KEPT}]
    found = outcomes(table(*(reversed(replicas) if turned else replicas), TableName="t"), rule="BK106")
    assert [one.outcome.value for one in found.values()] == ["failed"]


@pytest.mark.parametrize("block", [table({"Region": REGION}, TableName="t"), table({"Region": REGION})])
def test_references_name_the_table_in_the_region_of_the_stack(block: Block) -> None:
    name = "t" if "TableName" in block.values else "T"
    assert export(block, "Ref") == name
    assert export(block, "Arn") == f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"
    assert str(export(block, "StreamArn")).startswith(f"{export(block, 'Arn')}/stream/")
    assert {export(block, "Arn"), name} <= identities(block)
    assert export(block, "Arn") == estate_of(block).resources[Table.kind][0].id


def test_where_the_stack_may_be_anywhere_each_replica_may_be_its_own() -> None:
    replicas = [{"Region": REGION}, {"Region": "eu-central-1", **KEPT}]
    block = cloudformation("AWS::DynamoDB::GlobalTable", "T", at="?region", TableName="t", Replicas=replicas)
    found = estate_of(block).resources[Table.kind]
    assert all(one.doubt is not None for one in found)
    readings = [one.readings["replicas"] for one in found]
    assert [one.value for one in readings if isinstance(one, Known)] == [("eu-central-1",), (REGION,)]


def test_a_region_that_is_open_is_no_reason_to_doubt_the_one_that_is_not() -> None:
    block = table({"Region": REGION}, {"Region": OPEN, **KEPT}, TableName="t", SSESpecification={"SSEEnabled": True})
    (near,) = estate_of(block).resources[Table.kind]
    assert near.doubt is None
    assert isinstance(near.readings["replicas"], Unknown)


def test_a_key_without_encryption_by_kms_is_open() -> None:
    (found,) = estate_of(table({"Region": REGION, **KEPT}, TableName="t")).resources[Table.kind]
    assert isinstance(found.readings["key"], Unknown)
    off = table({"Region": REGION, **KEPT}, TableName="t", SSESpecification={"SSEEnabled": False})
    assert own(off)["key"] is None


REPLICA = cloudformation("Custom::DynamoDBReplica", "R", TableName="t", Region="eu-central-1")


@pytest.mark.parametrize(
    ("beside", "replicas"),
    [
        ((), ()),
        ((REPLICA,), ("eu-central-1",)),
        ((cloudformation("Custom::DynamoDBReplica", "R", TableName="other", Region="eu-central-1"),), ()),
        ((cloudformation("Custom::DynamoDBReplica", "R", TableName=OPEN, Region="eu-central-1"),), None),
        ((replace(REPLICA, doubt=OPEN),), None),
    ],
)
def test_replicas_that_a_resource_of_cdk_makes_count(
    beside: tuple[Block, ...], replicas: tuple[str, ...] | None
) -> None:
    (found,) = estate_of(cloudformation("AWS::DynamoDB::Table", "T", TableName="t"), *beside).resources[Table.kind]
    reading = found.readings["replicas"]
    assert (reading.value if isinstance(reading, Known) else None) == replicas


def test_nothing_that_is_open_turns_a_verdict() -> None:
    block = table(
        {"Region": "eu-central-1"}, {"Region": REGION, **KEPT}, TableName="t", SSESpecification={"SSEEnabled": True}
    )
    assert never_flips([block], ["BK106", "BK209", "BK401", "BK804", "BK807"])
