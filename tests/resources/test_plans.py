"""What is read of plan rules, and how often they run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.resources.aws_backup.plans import Copy, PlanRule, plan_rule
from scanner.resources.aws_backup.rhythm import longest_gap, often_enough, schedule_of
from scanner.resources.dynamodb import replica_regions, stale_regions

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FAR = "arn:aws:backup:eu-central-1:111111111111:backup-vault:far"


@pytest.mark.parametrize(
    ("of_rule", "of_copy", "kept", "cold_after"),
    [
        # Without a lifecycle of its own, a copy takes that of the backup it is made of.
        ({"DeleteAfterDays": 7}, None, 7 * DAY, None),
        ({"DeleteAfterDays": 200, "MoveToColdStorageAfterDays": 30}, None, 200 * DAY, 30 * DAY),
        (None, None, None, None),
        ({"DeleteAfterDays": 7}, {"DeleteAfterDays": 90}, 90 * DAY, None),
        ({"DeleteAfterDays": 7}, {"DeleteAfterDays": -1, "MoveToColdStorageAfterDays": -1}, None, None),
    ],
)
def test_how_long_a_copy_is_kept(
    of_rule: Any, of_copy: Any, kept: timedelta | None, cold_after: timedelta | None
) -> None:
    action = {"DestinationBackupVaultArn": FAR} | ({"Lifecycle": of_copy} if of_copy else {})
    rule = {"RuleName": "r", "TargetBackupVaultName": "v", "CopyActions": [action]}
    assert plan_rule(rule | ({"Lifecycle": of_rule} if of_rule else {})).copies == (Copy(FAR, kept, cold_after),)


@pytest.mark.parametrize(
    ("written", "zone"),
    [(None, "UTC"), ("Etc/UTC", "UTC"), ("Etc/GMT+5", "Etc/GMT+5"), ("Europe/Berlin", "Europe/Berlin")],
)
def test_the_time_zone_of_a_rule(written: str | None, zone: str) -> None:
    rule = plan_rule({"ScheduleExpression": "cron(0 2 * * ? *)", "ScheduleExpressionTimezone": written})
    assert rule.timezone == zone
    assert schedule_of(rule).timezone == zone


@pytest.mark.parametrize(
    ("expression", "zone", "every", "enough"),
    [
        ("", "UTC", DAY, True),
        ("cron(0 5 * * ? *)", "Europe/Berlin", DAY, True),
        ("cron(30 2 * * ? *)", "Europe/Berlin", DAY, False),
        ("cron(0 * * * ? *)", "Europe/Berlin", HOUR, True),
        ("cron(0 0/2 * * ? *)", "Europe/Berlin", HOUR, False),
        ("rate(25 hours)", "Asia/Tokyo", DAY, False),
        ("rate(1 day)", "UTC", DAY, True),
        ("cron(0 2 * * ? 2020)", "UTC", DAY, False),
    ],
)
def test_whether_a_rule_runs_often_enough(expression: str, zone: str, every: timedelta, enough: bool) -> None:
    assert often_enough([PlanRule("r", "v", expression, zone)], every, AT) is enough


def test_the_longest_gap_is_what_can_be_lost() -> None:
    assert longest_gap([PlanRule("r", "v", "cron(0 5 * * ? *)", "Europe/Berlin")], AT) == 25 * HOUR


def test_how_long_the_longest_kept_backup_of_a_rule_is_kept() -> None:
    assert PlanRule("r", "v", kept=7 * DAY, copies=(Copy(FAR, 60 * DAY),)).longest == 60 * DAY
    assert PlanRule("r", "v", kept=7 * DAY, copies=(Copy(FAR, None),)).longest is None


def test_replicas_of_a_table() -> None:
    raw = [
        {"RegionName": "eu-north-1", "ReplicaStatus": "ACTIVE"},
        {"RegionName": "eu-west-2", "ReplicaStatus": "CREATION_FAILED"},
        {"RegionName": "eu-west-3", "ReplicaStatus": "INACCESSIBLE_ENCRYPTION_CREDENTIALS"},
    ]
    assert (replica_regions(raw), stale_regions(raw)) == (("eu-north-1", "eu-west-3"), ("eu-west-2", "eu-west-3"))
