"""The collection: paging, denial, throttling, gaps, children of gaps, and the calls it may not waste."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from scanner.collect.asking import merged
from scanner.collect.live import Progress, collect
from scanner.collect.port import CallFailed, Page
from scanner.model.estate import Estate
from scanner.model.fact import Fact
from scanner.model.reading import Known, Reason, Unknown
from scanner.plan import plan_facts
from scanner.resources.aws_backup.plans import Plan, Selection
from scanner.resources.dynamodb import Table
from scanner.resources.ec2.volumes import Volume
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


# -- what may not happen, and does ----------------------------------------------------------------------------------


def odd(monkeypatch: pytest.MonkeyPatch, fact: Fact[Any], error: Exception) -> None:
    def fail(_: Any) -> Any:
        raise error

    monkeypatch.setattr(fact, "live", replace(fact.live, convert=fail))  # type: ignore[type-var]


@pytest.mark.parametrize(
    "error", [IndexError("x"), ZeroDivisionError(), RuntimeError("x"), RecursionError(), OverflowError()]
)
def test_a_converter_may_fail_in_any_way_and_costs_its_fact(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    odd(monkeypatch, Table.pitr, error)
    estate, _ = gather(TABLES, Table.pitr, Table.tags)
    for table in estate.resources[Table.kind]:
        reading = table.readings["pitr"]
        assert isinstance(reading, Unknown)
        assert (reading.reason, type(error).__name__ in reading.detail) == (Reason.MALFORMED, True)
        assert isinstance(table.readings["tags"], Known)


def test_a_port_may_fail_in_any_way_and_costs_its_call() -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("nobody thought of this")

    estate, _ = gather({**TABLES, "dynamodb:DescribeContinuousBackups": fail}, Table.pitr)
    readings = [table.readings["pitr"] for table in estate.resources[Table.kind]]
    assert all(isinstance(one, Unknown) and "nobody thought of this" in one.detail for one in readings)
    estate, _ = gather({**TABLES, "dynamodb:ListTables": fail}, Table.pitr)
    assert [gap.unknown.reason for gap in estate.gaps] == [Reason.FAILED]


def test_what_is_listed_twice_is_one_resource() -> None:
    pages = [{"TableNames": ["orders"]}, {"TableNames": []}, {"TableNames": ["orders", "basket"]}]
    estate, port = gather({**TABLES, "dynamodb:ListTables": pages}, Table.pitr)
    assert [table.name for table in estate.resources[Table.kind]] == ["basket", "orders"]
    assert port.calls["dynamodb:DescribeContinuousBackups"] == 2


def test_an_item_without_its_id_is_a_gap_and_hides_no_other() -> None:
    found = {"BackupPlansList": [{"BackupPlanName": "lost"}, {"BackupPlanArn": "arn:p", "BackupPlanId": "p",
                                                              "BackupPlanName": "daily"}]}  # fmt: skip
    answers = {
        "backup:ListBackupPlans": found,
        "backup:GetBackupPlan": {"BackupPlan": {"BackupPlanName": "d", "Rules": []}},
    }
    estate, _ = gather(answers, Plan.rules)
    assert [plan.name for plan in estate.resources[Plan.kind]] == ["daily"]
    assert [(gap.kind, gap.unknown.reason) for gap in estate.gaps] == [(Plan.kind, Reason.MALFORMED)]
    assert "no BackupPlanArn" in estate.gaps[0].unknown.detail
    assert "request-1" in estate.gaps[0].unknown.detail


def test_what_a_call_needs_and_the_item_lacks_is_not_asked() -> None:
    answers = {"backup:ListBackupPlans": {"BackupPlansList": [{"BackupPlanArn": "arn:p", "BackupPlanName": "daily"}]}}
    estate, port = gather(answers, Plan.rules)
    reading = estate.resources[Plan.kind][0].readings["rules"]
    assert isinstance(reading, Unknown)
    assert reading.reason is Reason.MISSING
    assert port.calls == {"backup:ListBackupPlans": 1}


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    throttled = CallFailed(Reason.THROTTLED, "ThrottlingException", "slow down", request_id="request-2")
    estate, _ = gather({**TABLES, "resourcegroupstaggingapi:GetResources": [TAGS, throttled]}, Table.tags)
    for table in estate.resources[Table.kind]:
        assert isinstance(table.readings["tags"], Unknown)
    assert estate.calls["resourcegroupstaggingapi:GetResources"] == 2


def test_evidence_names_the_page_that_held_the_item() -> None:
    class Numbered(Recorded):
        def pages(self, *called: Any) -> Iterator[Page]:
            for number, page in enumerate(super().pages(*called)):
                yield Page(page.answer, f"request-{number}", AT)

    estate = collect(plan_facts([Volume.encrypted]), Numbered({
        "ec2:DescribeVolumes": [{"Volumes": [{"VolumeId": "a", "Encrypted": True, "State": "in-use"}]},
                                {"Volumes": [{"VolumeId": "b", "Encrypted": True, "State": "in-use"}]}],
        "resourcegroupstaggingapi:GetResources": TAGS,
    }), account=ACCOUNT, caller="c", regions=("eu-west-1",), at=AT)  # fmt: skip
    readings = [one.readings["encrypted"] for one in estate.resources[Volume.kind]]
    assert [one.evidence[0].request_id for one in readings] == ["request-0", "request-1"]


def test_pages_of_one_answer_are_joined_at_any_depth() -> None:
    pages: list[Any] = [
        {"Name": "a", "Found": [1], "Deep": {"Kept": "x", "Many": [1], "Deeper": {"Many": ["a"]}}, "Only": None},
        {"Name": "b", "Found": [], "Deep": {"Kept": "y", "Many": [2, 3], "Deeper": {"Many": ["b"]}}},
        {"Found": [2], "Only": "here"},
    ]
    assert merged(pages) == {
        "Name": "a", "Found": [1, 2], "Deep": {"Kept": "x", "Many": [1, 2, 3], "Deeper": {"Many": ["a", "b"]}},
        "Only": "here",
    }  # fmt: skip
    assert pages[0]["Found"] == [1]
    assert merged([]) == {}


def test_the_partition_is_that_of_the_caller() -> None:
    estate = collect(plan_facts([Table.pitr]), Recorded(TABLES), account=ACCOUNT, regions=("cn-north-1",), at=AT,
                     caller="arn:aws-cn:iam::1:user/u")  # fmt: skip
    assert {one.id.split(":")[1] for one in estate.resources[Table.kind]} == {"aws-cn"}


def test_who_interrupts_does_not_wait_for_what_is_queued() -> None:
    def slow(*_: Any) -> Any:
        time.sleep(0.1)
        return continuous("ENABLED")

    def stop(unit: Progress) -> None:
        if unit.ended:
            raise KeyboardInterrupt

    answers = {**TABLES, "dynamodb:ListTables": {"TableNames": [f"t{n}" for n in range(400)]},
               "dynamodb:DescribeContinuousBackups": slow}  # fmt: skip
    port = Recorded(answers)
    with pytest.raises(KeyboardInterrupt):
        collect(plan_facts([Table.pitr]), port, account=ACCOUNT, caller="c", regions=("eu-west-1",), at=AT,
                concurrency=2, progress=stop)  # fmt: skip
    time.sleep(0.3)
    assert port.calls["dynamodb:DescribeContinuousBackups"] < 20
