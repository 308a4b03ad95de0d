"""The runbook is what was said, in order, as commands that a shell reads as they are; secrets and data stand nowhere."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.results.runbook import command, kebab, render
from drills.stage.port import Calls
from drills.stage.spoken import HELD_BACK, MOST, Log, Spoken, held_back
from scanner.collect.port import CallFailed
from tests.drills.results.sample import record
from tests.drills.stand_ins import AT, ToldPort, refused

SECRET = "correct horse battery staple"


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("RestoreDBInstanceToPointInTime", "restore-db-instance-to-point-in-time"),
        ("DescribeDBInstances", "describe-db-instances"),
        ("StartRestoreJob", "start-restore-job"),
        ("DBInstanceIdentifier", "db-instance-identifier"),
    ],
)
def test_operations_are_spelled_as_the_cli_spells_them(operation: str, said: str) -> None:
    assert kebab(operation) == said


def spoken(operation: str, **parameters: Any) -> Spoken:
    return Spoken(AT, operation, "eu-west-1", held_back(operation.partition(":")[0], parameters))


def test_a_call_is_a_command() -> None:
    said = command(spoken("rds:ModifyDBInstance", DBInstanceIdentifier="a b", MasterUserPassword=SECRET, MultiAZ=False))
    assert said == (
        "aws rds modify-db-instance --region eu-west-1 --db-instance-identifier 'a b' "
        '--master-user-password "$HELD_BACK" --no-multi-az'
    )
    assert command(spoken("s3:GetObject", Bucket="b", Key="k")).startswith("aws s3api get-object ")


@given(st.dictionaries(st.sampled_from(["Name", "Tags", "Filters"]), st.text() | st.lists(st.text(), max_size=2)))
def test_no_parameter_breaks_out_of_its_command(parameters: dict[str, Any]) -> None:
    said = command(spoken("ec2:DescribeSubnets", **parameters))
    assert "\n" not in said
    words = shlex.split(said)
    assert words[:3] == ["aws", "ec2", "describe-subnets"]
    assert len(words) == 5 + 2 * len(parameters)


@pytest.mark.parametrize(
    ("service", "parameters"),
    [
        ("rds", {"MasterUserPassword": SECRET}),
        ("rds", {"Nested": {"masterUserPassword": SECRET}}),
        ("secretsmanager", {"SecretString": SECRET}),
        ("secretsmanager", {"SecretBinary": SECRET.encode()}),
        ("dynamodb", {"Item": {"name": {"S": SECRET}}}),
        ("dynamodb", {"Key": {"name": {"S": SECRET}}}),
        ("dynamodb", {"ExpressionAttributeValues": {":v": {"S": SECRET}}}),
        ("dynamodb", {"RequestItems": {"t": [{"PutRequest": {"Item": {"S": SECRET}}}]}}),
        ("dynamodb", {"Statement": f"insert {SECRET}"}),
        ("redshift-data", {"Sql": f"insert {SECRET}"}),
        ("s3", {"Body": SECRET}),
        ("sqs", {"MessageBody": SECRET}),
        ("sns", {"Message": SECRET}),
        ("events", {"Entries": [{"Detail": SECRET}]}),
        ("ssm", {"Value": SECRET}),
        ("kms", {"Plaintext": SECRET.encode()}),
        ("s3", {"Odd": object()}),
    ],
)
def test_secrets_and_data_are_held_back(service: str, parameters: dict[str, Any]) -> None:
    told = repr(held_back(service, parameters))
    assert SECRET not in told
    assert HELD_BACK in told


def test_what_is_no_secret_is_told() -> None:
    parameters = {
        "Key": "logs/1",
        "Tags": [{"Key": "a", "Value": "b"}],
        "At": datetime(2026, 1, 1, tzinfo=UTC),
        "None": None,
    }
    assert held_back("s3", parameters) == {
        "Key": "logs/1", "Tags": [{"Key": "a", "Value": "b"}], "At": "2026-01-01T00:00:00+00:00",
    }  # fmt: skip
    assert held_back("dynamodb", {"Tags": [{"Key": "a", "Value": "b"}]}) == {"Tags": [{"Key": "a", "Value": "b"}]}
    assert held_back("rds", {"ManageMasterUserPassword": True}) == {"ManageMasterUserPassword": True}


def test_looking_again_is_one_line_and_making_twice_is_two() -> None:
    log = Log()
    for number in range(3):
        log.note("rds:DescribeDBInstances", "r", {"A": 1}, AT + timedelta(seconds=number))
    log.note("rds:DescribeDBInstances", "r", {"A": 2}, AT)
    log.note("rds:DescribeDBInstances", "r", {"A": 1}, AT)
    assert [(one.parameters["A"], one.times) for one in log.said] == [(1, 3), (2, 1), (1, 1)]
    assert log.said[0].until == AT + timedelta(seconds=2)


def test_what_is_too_much_is_counted() -> None:
    log = Log()
    for number in range(MOST + 5):
        log.note("dynamodb:PutItem", "r", {"TableName": str(number)}, AT)
    assert (len(log.said), log.beyond) == (MOST, 5)


def test_each_call_is_noted_once_with_what_came_of_it() -> None:
    said: list[tuple[str, str]] = []
    port = ToldPort(DescribeDBInstances=lambda **_: {"DBInstances": []}, DeleteDBInstance=refused("NotFound"))
    calls = Calls(port, "1", "r").noted(lambda operation, _, code: said.append((operation, code)))
    calls.one("rds:DescribeDBInstances")
    calls.every("rds:DescribeDBInstances", "DBInstances")
    with pytest.raises(CallFailed):
        calls.one("rds:DeleteDBInstance", DBInstanceIdentifier="x")
    assert said == [
        ("rds:DescribeDBInstances", ""), ("rds:DescribeDBInstances", ""), ("rds:DeleteDBInstance", "NotFound"),
    ]  # fmt: skip


def test_the_runbook_tells_what_was_made_between_its_marks() -> None:
    text = render(record())
    loss = text.index("# T0 the loss is declared: 2026-11-24 12:00:30 UTC")
    asked = text.index(
        "aws rds restore-db-instance-to-point-in-time --region eu-west-1 --source-db-instance-identifier users"
    )
    assert loss < asked < text.index("# T2 the service says available: 2026-11-24 12:00:51 UTC")
    assert "20 times" in text
    assert "# refused: KMSKeyNotAccessibleFault" in text
    assert "# and 7 more calls, which were not kept" in text
