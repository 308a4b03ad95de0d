"""A bucket comes back from a recovery point of AWS Backup, as it was then."""

import json
from datetime import timedelta
from typing import Any

import pytest

from drills.scene import Measured
from scanner.emulation.services.backup.contents import Contents
from tests.drills.emulated import ACCOUNT, HERE, Desk, broken, held

ROLE = f"arn:aws:iam::{ACCOUNT}:role/restores"


@pytest.fixture
def backed_up(at: Desk) -> Desk:
    def policy(**told: Any) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **told}]})

    iam = at.client("iam")
    trust = policy(Principal={"Service": "backup.amazonaws.com"}, Action="sts:AssumeRole")
    iam.create_role(RoleName="restores", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName="restores", PolicyName="p", PolicyDocument=policy(Action="s3:*", Resource="*"))
    at.client("backup").create_backup_vault(BackupVaultName="vault")
    at.client("backup").start_backup_job(
        BackupVaultName="vault", ResourceArn="arn:aws:s3:::documents", IamRoleArn=ROLE, Lifecycle={"DeleteAfterDays": 7}
    )
    return at


def run(at: Desk) -> Measured:
    return at.run("backup-job-bucket", at.subject("bucket", "documents", restore_with={"role": ROLE}))


def test_what_was_in_it_then_comes_back(backed_up: Desk) -> None:
    s3 = backed_up.client("s3")
    backed_up.clock.sleep(timedelta(seconds=20))
    s3.put_object(Bucket="documents", Key="contracts/2.txt", Body=b"later")
    s3.delete_object(Bucket="documents", Key="contracts/4.txt")
    s3.put_object(Bucket="documents", Key="later.txt", Body=b"later")
    measured = run(backed_up)
    assert (measured.why, measured.came_back, broken(measured)) == ("", True, {})
    assert measured.shown["population"] == 11
    assert measured.left_behind == ()
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["documents"]


def test_a_point_that_lost_a_file_is_caught(backed_up: Desk) -> None:
    held_ = backed_up.emulator.world.shelf(Contents, ACCOUNT, HERE).buckets
    (objects,) = held_.values()
    objects[:] = [one for one in objects if one.key != "contracts/2.txt"]
    objects[0].body += b"~"
    measured = run(backed_up)
    assert held(measured, "every file that was there came back") is False
    assert held(measured, "every file holds what it held") is False


def test_a_bucket_without_a_point_brings_nothing_back(at: Desk) -> None:
    measured = run(at)
    assert measured.came_back is False
