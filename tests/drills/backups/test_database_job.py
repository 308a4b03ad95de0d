"""A database comes back from a recovery point of AWS Backup, on a real server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from scanner.emulation import Emulator
from scanner.emulation.engines import Engines, installed, timeout
from tests.drills.databases.world import ACCOUNT, Target, failed, login, measured, settle, subject


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    if installed() is None:
        pytest.skip("no PostgreSQL is installed")
    engines = Engines(timeout(0.5))
    with Emulator(account=ACCOUNT, engines=engines) as aws:
        settle(aws, "orders")
        yield Target(aws, engines)


@pytest.fixture(scope="module")
def role(target: Target) -> str:
    def policy(**told: Any) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **told}]})

    aws = target.emulator
    trust = policy(Principal={"Service": "backup.amazonaws.com"}, Action="sts:AssumeRole")
    made = aws.client("iam").create_role(RoleName="restores", AssumeRolePolicyDocument=trust)
    aws.client("iam").put_role_policy(
        RoleName="restores", PolicyName="p", PolicyDocument=policy(Action="rds:*", Resource="*")
    )
    aws.client("backup").create_backup_vault(BackupVaultName="vault")
    return str(made["Role"]["Arn"])


def back_up(aws: Emulator, role: str) -> None:
    arn = aws.client("rds").describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]["DBInstanceArn"]
    backup = aws.client("backup")
    job = backup.start_backup_job(BackupVaultName="vault", ResourceArn=arn, IamRoleArn=role)["BackupJobId"]
    deadline = time.monotonic() + 90
    while (state := backup.describe_backup_job(BackupJobId=job)["State"]) == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert state == "COMPLETED"


def test_without_a_point_nothing_comes_back(target: Target, role: str) -> None:
    found = measured(target, "backup-job-database", subject("orders", restore_with={"role": role}), keeps_source=True)
    assert found.came_back is False


def test_it_comes_back_and_the_jobs_own_time_is_beside_it(target: Target, role: str) -> None:
    back_up(target.emulator, role)
    found = measured(
        target, "backup-job-database", subject("orders", restore_with={"role": role}), keeps_source=True, point="oldest"
    )
    assert (found.why, found.came_back, failed(found)) == ("", True, [])
    assert found.shown["seconds_by_the_job_itself"] >= 0
    assert found.shown["recovery_points"] == 1
    assert found.left_behind == ()
    said = {check.name: check.held for check in found.checks}
    assert said["expired recovery points are gone"] is True
    assert said["what was written last is in the copy"] is None
    with login(target.emulator, "orders") as link:
        assert link.execute("select count(*) from purchase").fetchone() == (500,)


def test_without_a_role_it_is_inconclusive(target: Target) -> None:
    assert "names no role" in measured(target, "backup-job-database", subject("orders"), keeps_source=True).why
