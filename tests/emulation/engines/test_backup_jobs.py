"""AWS Backup backs a real server up, and brings a second one up with its rows."""

import json
from typing import Any

from scanner.emulation import Emulator
from tests.emulation.engines.databases import create, eventually, login, settled


def role(aws: Emulator) -> str:
    def policy(**told: Any) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **told}]})

    iam = aws.client("iam")
    trust = policy(Principal={"Service": "backup.amazonaws.com"}, Action="sts:AssumeRole")
    arn = iam.create_role(RoleName="backs-up", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName="backs-up", PolicyName="p", PolicyDocument=policy(Action="rds:*", Resource="*"))
    return str(arn)


def test_a_server_comes_back_from_a_recovery_point(aws: Emulator) -> None:
    backup, who = aws.client("backup"), role(aws)
    backup.create_backup_vault(BackupVaultName="vault")
    arn = create(aws, "held")["DBInstanceArn"]
    with login(settled(aws, "held")) as link:
        link.execute("create table kept as select generate_series(1, 10) n")
    job = backup.start_backup_job(BackupVaultName="vault", ResourceArn=arn, IamRoleArn=who)

    def over() -> Any:
        told = backup.describe_backup_job(BackupJobId=job["BackupJobId"])
        return told if told["State"] not in ("CREATED", "RUNNING") else None

    done = eventually(over)
    assert done["State"] == "COMPLETED"
    with login(settled(aws, "held")) as link:
        link.execute("insert into kept select generate_series(11, 15)")
    (point,) = backup.list_recovery_points_by_resource(ResourceArn=arn)["RecoveryPoints"]
    assert point["Status"] == "COMPLETED"
    started = backup.start_restore_job(
        RecoveryPointArn=point["RecoveryPointArn"],
        IamRoleArn=who,
        Metadata={"DBInstanceIdentifier": "brought-back", "DBInstanceClass": "db.m7g.large", "MultiAZ": "false"},
    )

    def restored() -> Any:
        told = backup.describe_restore_job(RestoreJobId=started["RestoreJobId"])
        return told if told["Status"] not in ("PENDING", "RUNNING") else None

    assert eventually(restored)["CreatedResourceArn"] == arn.replace("held", "brought-back")
    with login(settled(aws, "brought-back")) as link:
        assert link.execute("select count(*) from kept").fetchone() == (10,)
    backup.delete_recovery_point(BackupVaultName="vault", RecoveryPointArn=point["RecoveryPointArn"])
    kinds = aws.client("rds").describe_db_snapshots(DBInstanceIdentifier="held")["DBSnapshots"]
    assert "awsbackup" not in {one["SnapshotType"] for one in kinds}
