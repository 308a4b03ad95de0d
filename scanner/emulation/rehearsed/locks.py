"""What nobody may alter: an archive under a lock, a snapshot under a key, and a role that may only read."""

import json

from scanner.emulation.rehearsed.settling import HOME, Site

ARCHIVE, AUDITOR = "rehearsed-archive", "auditor"


def settle(site: Site) -> None:
    """Make them."""
    site.tell("locks")
    s3, iam, rds = site.client("s3"), site.client("iam"), site.client("rds")
    rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="orders-before-release")
    s3.create_bucket(
        Bucket=ARCHIVE, CreateBucketConfiguration={"LocationConstraint": HOME}, ObjectLockEnabledForBucket=True
    )
    s3.put_object_lock_configuration(
        Bucket=ARCHIVE,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 35}},
        },
    )
    account = site.emulator.world.account
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName=AUDITOR, AssumeRolePolicyDocument=_policy(trust))
    reading = {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{ARCHIVE}", f"arn:aws:s3:::{ARCHIVE}/*"],
    }
    iam.put_role_policy(RoleName=AUDITOR, PolicyName="reads-the-archive", PolicyDocument=_policy(reading))
    rds.get_waiter("db_snapshot_available").wait(
        DBSnapshotIdentifier="orders-before-release", WaiterConfig={"Delay": 1}
    )


def _policy(statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
