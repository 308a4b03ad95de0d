"""Recovery points of AWS Backup come back, and jobs that lie are caught."""

import json
from datetime import timedelta
from typing import Any

import pytest

from drills.scene import Measured
from scanner.emulation.seeding import add_restore_job
from scanner.emulation.services.backup.contents import Contents
from scanner.emulation.services.backup.state import Backup
from scanner.emulation.services.dynamodb.recovery import TableFault
from tests.drills.emulated import ACCOUNT, HERE, Desk, broken, held
from tests.drills.tables.conftest import recovery

ARN = f"arn:aws:dynamodb:{HERE}:{ACCOUNT}:table/customers"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/restores"


@pytest.fixture
def backed_up(at: Desk) -> Desk:
    trust = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam = at.client("iam")
    iam.create_role(
        RoleName="restores", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.put_role_policy(
        RoleName="restores",
        PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    at.client("backup").create_backup_vault(BackupVaultName="vault")
    backup(at)
    return at


def backup(at: Desk) -> None:
    at.client("backup").start_backup_job(
        BackupVaultName="vault", ResourceArn=ARN, IamRoleArn=ROLE, Lifecycle={"DeleteAfterDays": 7}
    )


def run(at: Desk, role: str = ROLE, **settings: Any) -> Measured:
    subject = at.subject("table", "customers", restore_with={"role": role} if role else {})
    return at.run("backup-job-table", subject, settings)


def test_the_newest_point_comes_back(backed_up: Desk) -> None:
    backed_up.emulator.world.shelf(Contents, ACCOUNT, HERE).restoring = timedelta(seconds=30)
    measured = run(backed_up)
    assert (measured.why, measured.came_back, broken(measured)) == ("", True, {})
    assert measured.shown["items"] == 20
    assert measured.shown["seconds_by_the_job_itself"] >= 30
    assert measured.left_behind == ()
    assert backed_up.client("dynamodb").list_tables()["TableNames"] == ["customers"]


def test_the_oldest_point_comes_back_and_the_expired_is_gone(backed_up: Desk) -> None:
    backed_up.client("dynamodb").put_item(TableName="customers", Item={"id": {"S": "more"}, "since": {"N": "1"}})
    backup(backed_up)
    measured = run(backed_up, point="oldest")
    assert (measured.shown["items"], measured.shown["recovery_points"]) == (20, 2)
    assert held(measured, "expired recovery points are gone") is True


def test_without_a_point_nothing_comes_back(backed_up: Desk) -> None:
    backed_up.clock.skipped = timedelta(days=8)  # type: ignore[attr-defined]
    measured = run(backed_up)
    assert measured.came_back is False
    assert broken(measured) == {"the restore brings something back": "it has no backup that could be restored"}


def test_a_role_that_may_not_brings_nothing_back(backed_up: Desk) -> None:
    measured = run(backed_up, role=f"arn:aws:iam::{ACCOUNT}:role/nobody")
    assert measured.came_back is False
    assert "Access was denied" in broken(measured)["the restore brings something back"]
    assert measured.left_behind == ()


def test_without_a_role_it_is_inconclusive(backed_up: Desk) -> None:
    assert "names no role" in run(backed_up, role="").why


def test_a_completed_job_with_nothing_in_it_is_caught(backed_up: Desk) -> None:
    recovery(backed_up).faults.add(TableFault.EMPTY)
    measured = run(backed_up)
    assert held(measured, "the table did not come back empty") is False
    assert measured.shown["restore_job"]  # and yet the job is COMPLETED


def validation_of(at: Desk, **members: Any) -> Measured:
    with at.emulator.on_stage() as world:
        (point,) = world.shelf(Backup, ACCOUNT, HERE).every_point()
        job = add_restore_job(world, point, at.clock.now() - timedelta(days=1), region=HERE, account=ACCOUNT,
                              testing_plan="arn:aws:backup:eu-west-1:1:restore-testing-plan:monthly")  # fmt: skip
        job.update(members)
    return at.run("backup-restore-testing", at.subject("table", "customers"), {"arn": ARN})


@pytest.mark.parametrize(
    ("status", "validated"),
    [("SUCCESSFUL", True), ("FAILED", False), ("TIMED_OUT", False), ("VALIDATING", None), (None, None)],
)
def test_a_test_counts_when_somebody_has_validated_it(
    backed_up: Desk, status: str | None, validated: bool | None
) -> None:
    measured = validation_of(backed_up, ValidationStatus=status)
    assert held(measured, "the newest restore test was completed") is True
    assert held(measured, "somebody has validated what came back") is validated


def test_what_a_test_left_behind_is_told(backed_up: Desk) -> None:
    measured = validation_of(backed_up, DeletionStatus="FAILED")
    assert broken(measured) == {"the restore test has cleaned up": "FAILED"}


def test_no_test_at_all_does_not_hold(backed_up: Desk) -> None:
    measured = backed_up.run("backup-restore-testing", backed_up.subject("table", "customers"), {"arn": ARN})
    assert broken(measured) == {"a restore test has run": "0 in the time"}
