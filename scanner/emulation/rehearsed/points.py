"""Recovery points of AWS Backup: of the table, the documents and the users, and the role that may restore them."""

import json

from scanner.emulation.rehearsed.settling import HOME, Site

VAULT, ROLE = "rehearsed", "rehearsed-backup"
# AWS has managed policies for it; this says what of them is needed here.
_MAY = (
    "dynamodb:StartAwsBackupJob", "dynamodb:RestoreTableFromAwsBackup", "s3:GetObject*", "s3:ListBucket*",
    "s3:CreateBucket", "s3:PutObject*", "s3:PutBucketVersioning", "rds:CreateDBSnapshot",
    "rds:RestoreDBInstanceFromDBSnapshot",
)  # fmt: skip


def settle(site: Site) -> None:
    """Back all of them up; the snapshot of the users is taken while the others are settled."""
    site.tell("recovery points")
    backup, iam = site.client("backup"), site.client("iam")
    if VAULT not in {one["BackupVaultName"] for one in backup.list_backup_vaults()["BackupVaultList"]}:
        backup.create_backup_vault(BackupVaultName=VAULT, EncryptionKeyArn=site.made[f"key@{HOME}"])
    trust = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": list(_MAY), "Resource": "*"}
    iam.put_role_policy(RoleName=ROLE, PolicyName="backs-up-and-restores", PolicyDocument=_policy(allowed))
    for name in ("table:customers", "bucket:documents", "db:users"):
        arn = site.made.get(name)
        if arn is None:  # a company without servers
            continue
        backup.start_backup_job(
            BackupVaultName=VAULT, ResourceArn=arn, IamRoleArn=role, Lifecycle={"DeleteAfterDays": 35}
        )


def _policy(statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
