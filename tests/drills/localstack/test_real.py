"""The drills that can run on a LocalStack, on one that runs: LOCALSTACK_ENDPOINT says where; left out, nothing is tried."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.measuring.clock import MachineClock
from drills.plan.model import Access, DrillPlan, Entry, Limits, Subject
from drills.running import Running
from drills.scene import Measured
from drills.stage.journal import Journal, traces
from drills.stage.run import Run
from drills.targets.localstack import ACCOUNT, LocalStack, LocalStackTarget

WHERE = os.environ.get("LOCALSTACK_ENDPOINT", "")
pytestmark = [
    pytest.mark.skipif(not WHERE, reason="LOCALSTACK_ENDPOINT names no LocalStack"),
    pytest.mark.xdist_group("localstack"),
]
REGION = "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:drilled-alerts"
AUDITOR = f"arn:aws:iam::{ACCOUNT}:role/drilled-auditor"
ALERTS = Subject("alerts", "it", "alert", "drilled-alerts", REGION)
ARCHIVE = Subject(
    "archive", "it", "bucket", "drilled-archive", REGION,
    access=(Access("the auditor", role=AUDITOR, allow=("s3:GetObject",), deny=("s3:DeleteObjectVersion",)),),
)  # fmt: skip


def told(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def settle(target: LocalStack) -> Subject:
    """Make what the drills are on; give the key."""
    session = vars(target)["_session"]

    def client(service: str) -> Any:
        from botocore.config import Config

        told = Config(s3={"addressing_style": "path"}, proxies={})
        return session.client(service, endpoint_url=target.endpoint, config=told)

    client("sns").create_topic(Name="drilled-alerts")
    client("sqs").create_queue(QueueName="on-call")
    client("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:on-call")
    pattern = {"source": ["aws.backup", "backup-drill"], "detail": {"state": ["FAILED"]}}
    client("events").put_rule(Name="failed", EventPattern=json.dumps(pattern))
    client("events").put_targets(Rule="failed", Targets=[{"Id": "topic", "Arn": TOPIC}])
    s3, iam = client("s3"), client("iam")
    if "drilled-archive" not in {one["Name"] for one in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(
            Bucket="drilled-archive",
            CreateBucketConfiguration={"LocationConstraint": REGION},
            ObjectLockEnabledForBucket=True,
        )
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
    s3.put_object_lock_configuration(
        Bucket="drilled-archive", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    if "drilled-auditor" not in {one["RoleName"] for one in iam.list_roles()["Roles"]}:
        trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName="drilled-auditor", AssumeRolePolicyDocument=told(trust))
    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::drilled-archive/*"}
    iam.put_role_policy(RoleName="drilled-auditor", PolicyName="reads", PolicyDocument=told(reading))
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    return Subject("key", "it", "key", key, REGION)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Measured]:
    folder: Path = tmp_path_factory.mktemp("journals")
    entries = (
        Entry("event", "alert-own-event", ("alerts",), {"within": "30s"}),
        Entry("job", "alert-failed-job", ("alerts",)),
        Entry("lock", "immutability-object", ("archive",), {"locked_for": "5s"}),
        Entry("key", "key-loss-data", ("key",)),
        Entry("roles", "access-of-roles", ("archive",)),
    )
    limits, clock = Limits(timedelta(minutes=10)), MachineClock()
    with LocalStackTarget().open(
        DrillPlan("asks", {}, (), limits, {"localstack": {"endpoint": WHERE}}, (), "0" * 64)
    ) as target:
        subjects = {one.name: one for one in (ALERTS, ARCHIVE, settle(target))}
        plan = DrillPlan("test", subjects, entries, limits, {}, (), "0" * 64)
        run = Run.begin(clock.now(), "tests", timedelta(hours=1))
        with Journal(folder, run.id, run.began_at, run.expires_at, target.endpoint) as journal:
            ran = Running(plan, target, run, journal, lambda: None, clock, {}).go()
    assert ran.stopped == ""
    assert ran.left_behind == ()
    assert [trace.left for trace in traces(folder)] == [()]
    return {one.drill: one for one in ran.measured}


def test_an_event_reaches_the_topic(measured: dict[str, Measured]) -> None:
    assert measured["alert-own-event"].alert_after is not None


@pytest.mark.parametrize("drill", ["alert-own-event", "immutability-object", "key-loss-data", "access-of-roles"])
def test_what_can_run_holds(measured: dict[str, Measured], drill: str) -> None:
    assert measured[drill].why == measured[drill].not_tested == ""
    assert measured[drill].checks
    assert all(one.held for one in measured[drill].checks)


def test_what_it_does_not_offer_is_not_tested(measured: dict[str, Measured]) -> None:
    assert "does not offer backup" in measured["alert-failed-job"].not_tested
