"""What is read of lifecycle policies, and how long their schedules keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scanner.resources.dlm import (
    Exclusions,
    RegionCopy,
    SnapshotSchedule,
    copies,
    exclusions,
    lifetime,
    longest_gap,
    longest_lifetime,
    schedules,
    target_types,
)  # fmt: skip

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_custom_schedule() -> None:
    details = {
        "PolicyType": "EBS_SNAPSHOT_MANAGEMENT", "ResourceTypes": ["VOLUME"],
        "Schedules": [{
            "Name": "daily", "CopyTags": True, "TagsToAdd": [{"Key": "System", "Value": "x"}],
            "CreateRule": {"Interval": 24, "IntervalUnit": "HOURS", "Times": ["02:00"]},
            "RetainRule": {"Count": 7},
            "ArchiveRule": {"RetainRule": {"RetentionArchiveTier": {"Interval": 3, "IntervalUnit": "MONTHS"}}},
            "CrossRegionCopyRules": [
                {"Target": "eu-central-1", "Encrypted": True, "CmkArn": "k", "RetainRule": {"Interval": 1, "IntervalUnit": "YEARS"}},
                {"TargetRegion": "eu-north-1", "Encrypted": False},
            ],
        }],
    }  # fmt: skip
    central = RegionCopy("eu-central-1", 365 * DAY, encrypted=True, key="k")
    daily = SnapshotSchedule(
        "daily", every=DAY, starts="02:00", count=7, archived=90 * DAY, copies=(central, RegionCopy("eu-north-1")),
        copies_tags=True, adds_tags=("System",),
    )  # fmt: skip
    assert schedules(details) == (daily,)
    assert copies(details) == daily.copies
    assert target_types(details) == ("VOLUME",)
    assert (longest_gap(daily, AT), lifetime(daily, AT)) == (DAY, 97 * DAY)


def test_a_default_policy_runs_daily_and_keeps_a_week() -> None:
    details = {"PolicyLanguage": "SIMPLIFIED", "ResourceType": "INSTANCE",
               "CrossRegionCopyTargets": [{"TargetRegion": "eu-north-1"}]}  # fmt: skip
    (found,) = schedules(details)
    assert (found.every, found.kept, found.copies) == (DAY, 7 * DAY, (RegionCopy("eu-north-1", 7 * DAY),))
    assert target_types(details) == ("INSTANCE",)
    assert longest_gap(found, AT) == DAY


def test_an_event_policy_has_copies_and_no_schedule() -> None:
    details = {
        "PolicyType": "EVENT_BASED_POLICY",
        "Actions": [{"Name": "a", "CrossRegionCopy": [
            {"Target": "eu-north-1", "EncryptionConfiguration": {"Encrypted": True, "CmkArn": "k"}}]}],
    }  # fmt: skip
    assert schedules(details) == ()
    assert copies(details) == (RegionCopy("eu-north-1", encrypted=True, key="k"),)


def test_exclusions_of_custom_and_default_policies() -> None:
    tag = [{"Key": "Scratch", "Value": "yes"}]
    custom = exclusions({"Parameters": {"ExcludeBootVolume": True, "ExcludeDataVolumeTags": tag}})
    default = exclusions(
        {"Exclusions": {"ExcludeBootVolumes": True, "ExcludeVolumeTypes": ["st1"], "ExcludeTags": tag}}
    )
    assert custom == Exclusions(True, (), (("Scratch", "yes"),))
    assert default == Exclusions(True, ("st1",), (("Scratch", "yes"),))


@pytest.mark.parametrize("made", [{}, {"Interval": 5, "IntervalUnit": "HOURS"}, {"CronExpression": "cron(0 2)"}])
def test_words_that_cannot_be_read_are_refused_when_read(made: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        schedules({"Schedules": [{"Name": "odd", "CreateRule": made}]})


@pytest.mark.parametrize(
    ("schedule", "kept"),
    [
        (SnapshotSchedule(every=timedelta(hours=12), count=30), 15 * DAY),
        (SnapshotSchedule(every=DAY, starts="02:00", count=1000), 1000 * DAY),
        # Five weekdays a week: 20 later ones exist after four weeks, wherever one begins.
        (SnapshotSchedule(cron="cron(0 2 ? * MON-FRI *)", count=20), 28 * DAY),
        # Three runs a week, unevenly: the shortest stretch of one is a day.
        (SnapshotSchedule(cron="cron(0 2 ? * MON,TUE,FRI *)", count=1), DAY),
        (SnapshotSchedule(cron="cron(0 2 1 * ? *)", count=12), 365 * DAY),
        (SnapshotSchedule(every=DAY), None),
        (SnapshotSchedule(every=DAY, kept=5 * DAY), 5 * DAY),
        (SnapshotSchedule(every=DAY, count=3, archived_count=4), 7 * DAY),
    ],
)
def test_how_long_a_snapshot_lives(schedule: SnapshotSchedule, kept: timedelta | None) -> None:
    assert lifetime(schedule, AT) == kept


def test_how_long_a_snapshot_lives_at_most() -> None:
    uneven = SnapshotSchedule(cron="cron(0 2 ? * MON,TUE,FRI *)", count=1)
    assert (lifetime(uneven, AT), longest_lifetime(uneven, AT)) == (DAY, 3 * DAY)


def test_the_region_of_an_outpost() -> None:
    assert RegionCopy("arn:aws:outposts:eu-central-1:111111111111:outpost/op-1").region == "eu-central-1"
