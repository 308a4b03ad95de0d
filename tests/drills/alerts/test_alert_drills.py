"""The alert drills hear of a failure where its path is whole, and measure that they do not where any link is broken."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.kinds.alert_path import Failure, Receipt, latency, received
from drills.plan.model import Subject
from drills.scene import Measured
from scanner.emulation import Emulator
from tests.drills.alerts.scenes import ACCOUNT, REGION, of, performed, policy
from tests.drills.stand_ins import AT

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:backup-alerts"
SUBJECT = Subject("alerts", "operations", "alert", "backup-alerts", REGION, settings={"vault": "nightly"})
SOON = {"within": "2s"}
HEARD = "a subscriber of the topic is told of the failure"
SENDERS = {"Effect": "Allow", "Action": "sns:Publish", "Resource": TOPIC}


@pytest.fixture
def aws() -> Iterator[Emulator]:
    """A topic that somebody reads, with a rule that sends to it."""
    with Emulator() as emulator:
        sns, sqs, events = (emulator.client(one) for one in ("sns", "sqs", "events"))
        sns.create_topic(Name="backup-alerts")
        let(emulator, "events.amazonaws.com", "backup.amazonaws.com")
        sqs.create_queue(QueueName="on-call")
        sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:on-call")
        pattern = {"source": ["aws.backup", "backup-drill"], "detail": {"state": ["FAILED"]}}
        events.put_rule(Name="failed", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="failed", Targets=[{"Id": "topic", "Arn": TOPIC}])
        emulator.client("backup").create_backup_vault(BackupVaultName="nightly")
        yield emulator


def let(emulator: Emulator, *services: str) -> None:
    said = policy({**SENDERS, "Principal": {"Service": list(services)}})
    emulator.client("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=said)


def checks(measured: Measured) -> dict[str, bool | None]:
    return {one.name: one.held for one in measured.checks}


def test_a_job_that_fails_is_heard_of(aws: Emulator, tmp_path: Path) -> None:
    measured = performed(of(aws), tmp_path, SUBJECT, "alert-failed-job")
    assert measured.why == ""
    assert measured.alert_after is not None
    assert timedelta() <= measured.alert_after < timedelta(minutes=1)
    assert measured.shown["told_by"] == "an event"
    assert list(measured.shown["hops"]) == ["failed", "event", "topic", "queue", "received"]
    assert all(checks(measured).values())
    assert measured.came_back is None
    jobs = aws.client("backup").list_backup_jobs(ByState="FAILED")["BackupJobs"]
    assert [one["BackupJobId"] for one in jobs] == [measured.shown["job"]]


def test_the_notification_of_the_vault_is_a_path_of_its_own(aws: Emulator, tmp_path: Path) -> None:
    aws.client("events").disable_rule(Name="failed")
    aws.client("backup").put_backup_vault_notifications(
        BackupVaultName="nightly", SNSTopicArn=TOPIC, BackupVaultEvents=["BACKUP_JOB_FAILED"]
    )
    measured = performed(of(aws), tmp_path, SUBJECT, "alert-failed-job")
    assert measured.alert_after is not None
    assert measured.shown["told_by"] == "the notification of the vault"


def test_an_event_of_ones_own_is_heard_of_and_told_as_such(aws: Emulator, tmp_path: Path) -> None:
    measured = performed(of(aws), tmp_path, SUBJECT, "alert-own-event")
    assert measured.alert_after is not None
    assert "no backup has failed" in measured.shown["synthetic"]
    assert aws.client("backup").list_backup_jobs()["BackupJobs"] == []


def no_rule(aws: Emulator) -> None:
    aws.client("events").disable_rule(Name="failed")


def no_target(aws: Emulator) -> None:
    aws.client("events").remove_targets(Rule="failed", Ids=["topic"])


def another_pattern(aws: Emulator) -> None:
    aws.client("events").put_rule(Name="failed", EventPattern=json.dumps({"detail": {"state": ["EXPIRED"]}}))


def topic_shut(aws: Emulator) -> None:
    let(aws, "cloudwatch.amazonaws.com")


def topic_under_a_key(aws: Emulator) -> None:
    aws.client("sns").set_topic_attributes(
        TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns"
    )


@pytest.mark.parametrize("drill", ["alert-failed-job", "alert-own-event"])
@pytest.mark.parametrize("breaks", [no_rule, no_target, another_pattern, topic_shut, topic_under_a_key])
def test_a_broken_link_is_measured_as_a_failure(
    aws: Emulator, tmp_path: Path, breaks: Callable[[Emulator], None], drill: str
) -> None:
    breaks(aws)
    measured = performed(of(aws), tmp_path, SUBJECT, drill, settings=SOON)
    assert measured.why == ""
    assert measured.alert_after is None
    assert checks(measured)[HEARD] is False


def test_a_topic_that_nobody_reads_is_told(aws: Emulator, tmp_path: Path) -> None:
    sns = aws.client("sns")
    for one in sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    sns.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="nobody@example.invalid")
    measured = performed(of(aws), tmp_path, SUBJECT, "alert-own-event")
    assert measured.alert_after is not None
    assert checks(measured)["somebody has confirmed a subscription to the topic"] is False


def test_what_could_not_fail_is_inconclusive(aws: Emulator, tmp_path: Path) -> None:
    subject = Subject("alerts", "operations", "alert", "backup-alerts", REGION, settings={"vault": "nowhere"})
    measured = performed(of(aws), tmp_path, subject, "alert-failed-job")
    assert "no backup job began" in measured.why
    assert measured.alert_after is None


def test_a_topic_that_is_not_there_is_inconclusive(aws: Emulator, tmp_path: Path) -> None:
    measured = performed(of(aws), tmp_path, Subject("alerts", "", "alert", "elsewhere", REGION), "alert-own-event")
    assert measured.why != ""
    assert measured.alert_after is None


def test_nobody_sends_in_the_name_of_aws(aws: Emulator, tmp_path: Path) -> None:
    measured = performed(of(aws), tmp_path, SUBJECT, "alert-own-event", settings={"source": "aws.backup"})
    assert "only AWS sends" in measured.why


@pytest.mark.parametrize(
    ("failed_at", "received_at", "said"),
    [
        (AT, AT + timedelta(seconds=3), 3.0),
        # The service's clock is ahead of ours, or far behind it: what passed on our own clock bounds it.
        (AT + timedelta(seconds=9), AT, 5.0),
        (AT - timedelta(hours=1), AT, 5.0),
        (None, AT, 5.0),
    ],
)
def test_no_clock_makes_it_faster_than_it_was(failed_at: datetime | None, received_at: datetime, said: float) -> None:
    receipt = Receipt(received_at, timedelta(seconds=105), {}, "an event")
    assert latency(Failure("mark", failed_at, timedelta(seconds=100)), receipt).total_seconds() == said


@pytest.mark.parametrize("body", ["", "[]", "7", "no JSON", '{"Type": "Notification", "Message": "plain"}'])
def test_any_message_can_be_read(body: str) -> None:
    message: dict[str, Any] = {"Body": body, "Attributes": {"SentTimestamp": "1795500000123"}}
    told = received(message, AT, timedelta())
    assert told.hops == {"queue": datetime(2026, 11, 24, 6, 0, 0, 123000, tzinfo=UTC)}
