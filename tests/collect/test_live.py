"""The collection: paging, denial, throttling, gaps, children of gaps, and the calls it may not waste."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.collect.live import Progress, collect
from scanner.collect.port import CallFailed
from scanner.model.estate import Estate
from scanner.model.reading import Known, Reason, Unknown
from scanner.plan import plan_facts
from scanner.resources.aws_backup.plans import Plan, Selection
from scanner.resources.dynamodb import Table
from tests.collect.recorded import AT, Recorded, denied

ACCOUNT = "111111111111"


def gather(
    answers: Mapping[str, Any], *facts: Any, regions: tuple[str, ...] = ("eu-west-1",)
) -> tuple[Estate, Recorded]:
    port = Recorded(answers)
    estate = collect(
        plan_facts(facts), port, account=ACCOUNT, caller="arn:aws:iam::111111111111:role/r", regions=regions, at=AT
    )
    return estate, port


def continuous(status: str) -> dict[str, Any]:
    description = {"PointInTimeRecoveryStatus": status}
    return {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED",
                                             "PointInTimeRecoveryDescription": description}}  # fmt: skip


TAGS = {"ResourceTagMappingList": [
    {"ResourceARN": f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders", "Tags": [{"Key": "System", "Value": "orders"}]}
]}  # fmt: skip
TABLES: dict[str, Any] = {
    "dynamodb:ListTables": [{"TableNames": ["orders"]}, {"TableNames": ["basket"]}],
    "dynamodb:DescribeContinuousBackups": lambda _, given: continuous(
        "ENABLED" if given["TableName"] == "orders" else "DISABLED"
    ),
    "resourcegroupstaggingapi:GetResources": TAGS,
}


def test_every_page_is_read() -> None:
    estate, port = gather(TABLES, Table.pitr)
    names = {table.name: table.readings["pitr"] for table in estate.resources[Table.kind]}
    assert {name: reading.value for name, reading in names.items() if isinstance(reading, Known)} == {
        "orders": True, "basket": False,
    }  # fmt: skip
    assert estate.gaps == ()
    assert port.calls == {
        "dynamodb:ListTables": 1, "dynamodb:DescribeContinuousBackups": 2, "resourcegroupstaggingapi:GetResources": 1,
    }  # fmt: skip


def test_only_the_calls_of_the_plan_are_made() -> None:
    _, port = gather(TABLES, Table.pitr)
    assert "dynamodb:DescribeTable" not in port.calls


def test_a_denied_call_makes_its_facts_unknown_with_operation_code_and_request() -> None:
    estate, _ = gather({**TABLES, "dynamodb:DescribeContinuousBackups": denied()}, Table.pitr)
    for table in estate.resources[Table.kind]:
        reading = table.readings["pitr"]
        assert isinstance(reading, Unknown)
        assert reading.reason is Reason.DENIED
        assert "dynamodb:DescribeContinuousBackups" in reading.detail
        assert "AccessDenied" in reading.detail
        assert "request-9" in reading.detail


def test_a_denied_side_list_makes_its_facts_unknown_not_absent() -> None:
    estate, _ = gather({**TABLES, "resourcegroupstaggingapi:GetResources": denied()}, Table.tags)
    assert all(isinstance(table.readings["tags"], Unknown) for table in estate.resources[Table.kind])


def test_a_denied_list_is_a_gap() -> None:
    estate, _ = gather({**TABLES, "dynamodb:ListTables": denied()}, Table.pitr)
    assert [(gap.kind, gap.region, gap.unknown.reason) for gap in estate.gaps] == [
        (Table.kind, "eu-west-1", Reason.DENIED)
    ]
    assert estate.resources[Table.kind] == ()


def test_a_list_that_breaks_off_keeps_what_it_gave_and_is_a_gap() -> None:
    throttled = CallFailed(Reason.THROTTLED, "ThrottlingException", "slow down")
    estate, _ = gather({**TABLES, "dynamodb:ListTables": [{"TableNames": ["orders"]}, throttled]}, Table.pitr)
    assert [table.name for table in estate.resources[Table.kind]] == ["orders"]
    assert [gap.unknown.reason for gap in estate.gaps] == [Reason.THROTTLED]


def test_a_gap_in_a_parent_covers_its_children() -> None:
    estate, _ = gather({"backup:ListBackupPlans": denied()}, Selection.resources, Plan.rules)
    assert {gap.kind for gap in estate.gaps} == {Plan.kind, Selection.kind}


def test_a_denied_child_list_names_its_parent() -> None:
    answers = {
        "backup:ListBackupPlans": {"BackupPlansList": [
            {"BackupPlanArn": f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-plan:p", "BackupPlanId": "p",
             "BackupPlanName": "daily"}]},
        "backup:GetBackupPlan": {"BackupPlan": {"BackupPlanName": "daily", "Rules": []}},
        "backup:ListBackupSelections": denied(),
    }  # fmt: skip
    estate, _ = gather(answers, Selection.resources, Plan.rules)
    assert [(gap.kind, gap.within) for gap in estate.gaps] == [(Selection.kind, "backup plan daily")]


def test_children_of_no_parent_are_listed_and_none() -> None:
    estate, _ = gather({"backup:ListBackupPlans": {"BackupPlansList": []}}, Selection.resources)
    assert (Selection.kind, "eu-west-1") in estate.listings
    assert estate.gaps == ()


def test_every_region_is_read_and_reported() -> None:
    told: list[Progress] = []
    port = Recorded({**TABLES, "dynamodb:ListTables": {"TableNames": []},
                     "resourcegroupstaggingapi:GetResources": {"ResourceTagMappingList": []}})  # fmt: skip
    regions = ("eu-west-1", "eu-central-1")
    estate = collect(plan_facts([Table.pitr]), port, account=ACCOUNT, caller="c", regions=regions, at=AT,
                     progress=told.append)  # fmt: skip
    assert {region for kind, region in estate.listings if kind == Table.kind} == set(regions)
    assert {unit.region for unit in told} == set(regions)
    last = {(unit.region, unit.service): unit for unit in told}
    assert all(unit.begun == unit.ended for unit in last.values())


def test_what_an_answer_leaves_out_is_unknown() -> None:
    estate, _ = gather({**TABLES, "dynamodb:DescribeContinuousBackups": {}}, Table.pitr)
    reading = estate.resources[Table.kind][0].readings["pitr"]
    assert isinstance(reading, Unknown)
    assert reading.reason is Reason.MISSING
