"""The IAM actions behind operations, and the names under which a drill's own things can be allowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from drills.kinds import drills
from drills.stage.makeable import makeable
from scanner.model.origin import Call
from scanner.plan import permission_of

if TYPE_CHECKING:
    from drills.plan.model import Entry

#: Operations whose action has another name, or more than one (service authorization reference).
_ACTIONS: dict[str, tuple[str, ...]] = {
    "backup:StartBackupJob": ("backup:StartBackupJob", "iam:PassRole"),
    "backup:StartCopyJob": ("backup:StartCopyJob", "iam:PassRole"),
    "backup:StartRestoreJob": ("backup:StartRestoreJob", "iam:PassRole"),
    "dynamodb:BatchWriteItem": ("dynamodb:BatchWriteItem",),
    # A restore reads and writes the new table with the rights of who asks for it.
    "dynamodb:RestoreTableFromBackup": (
        "dynamodb:RestoreTableFromBackup", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem",
        "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem",
    ),
    "dynamodb:RestoreTableToPointInTime": (
        "dynamodb:RestoreTableToPointInTime", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem",
        "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem",
    ),
    "dynamodb:TransactWriteItems": ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
    # Whoever tags what it makes needs the right to tag.
    "rds:RestoreDBInstanceFromDBSnapshot": ("rds:RestoreDBInstanceFromDBSnapshot", "rds:AddTagsToResource"),
    "rds:RestoreDBInstanceToPointInTime": ("rds:RestoreDBInstanceToPointInTime", "rds:AddTagsToResource"),
    "rds:RestoreDBClusterFromSnapshot": ("rds:RestoreDBClusterFromSnapshot", "rds:AddTagsToResource"),
    "rds:RestoreDBClusterToPointInTime": ("rds:RestoreDBClusterToPointInTime", "rds:AddTagsToResource"),
    "s3:CopyObject": ("s3:GetObject", "s3:PutObject"),
    "s3:DeleteObject": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    "s3:DeleteObjects": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    "s3:GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "s3:GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "s3:GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
    "s3:HeadBucket": ("s3:ListBucket",),
    "s3:HeadObject": ("s3:GetObject",),
    "s3:ListBuckets": ("s3:ListAllMyBuckets",),
    "s3:ListObjectVersions": ("s3:ListBucketVersions",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "s3:PutBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:PutBucketLifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "s3:PutObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
    "s3:PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "service-quotas:GetServiceQuota": ("servicequotas:GetServiceQuota",),
    "ssm:PutParameter": ("ssm:PutParameter", "ssm:AddTagsToResource"),
}  # fmt: skip
#: What the guards and the preflight ask, whichever drills are run; none of it changes anything.
GUARDING = (
    "dynamodb:DescribeTable", "dynamodb:ListTables", "ec2:DescribeEgressOnlyInternetGateways", "ec2:DescribeInternetGateways",
    "ec2:DescribeNatGateways", "ec2:DescribeSecurityGroups", "ec2:DescribeTransitGatewayVpcAttachments",
    "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs", "ec2:DescribeVpnGateways", "iam:GetRole",
    "iam:ListAccountAliases", "iam:SimulatePrincipalPolicy", "kms:DescribeKey", "kms:ListGrants",
    "rds:DescribeDBClusters", "rds:DescribeDBEngineVersions", "rds:DescribeDBInstances",
    "rds:DescribeDBParameterGroups", "rds:DescribeDBSubnetGroups", "rds:DescribeOrderableDBInstanceOptions",
    "resourcegroupstaggingapi:GetResources", "service-quotas:GetServiceQuota", "ssm:GetParameter",
    "sts:GetCallerIdentity",
)  # fmt: skip
#: The ARNs of things with a drill's name, by the prefix of the action; {0} is region:account, {1} the name.
OWN_ARNS: dict[str, tuple[str, ...]] = {
    "backup": ("arn:aws:backup:{0}:backup-vault:{1}", "arn:aws:backup:{0}:recovery-point:{1}"),
    "dynamodb": ("arn:aws:dynamodb:{0}:table/{1}", "arn:aws:dynamodb:{0}:table/{1}/backup/{1}"),
    "events": ("arn:aws:events:{0}:rule/{1}", "arn:aws:events:{0}:event-bus/default"),
    "iam": ("arn:aws:iam::{2}:role/{1}",),
    "kms": ("arn:aws:kms:{0}:key/{1}",),
    "rds": ("arn:aws:rds:{0}:db:{1}", "arn:aws:rds:{0}:cluster:{1}", "arn:aws:rds:{0}:snapshot:{1}",
            "arn:aws:rds:{0}:pg:{1}"),
    "s3": ("arn:aws:s3:::{1}", "arn:aws:s3:::{1}/{1}"),
    "secretsmanager": ("arn:aws:secretsmanager:{0}:secret:{1}",),
    "sns": ("arn:aws:sns:{0}:{1}",),
    "sqs": ("arn:aws:sqs:{0}:{1}",),
    "ssm": ("arn:aws:ssm:{0}:parameter/bkpdrill/lock", "arn:aws:ssm:{0}:parameter/bkpdrill/stop",
            "arn:aws:ssm:{0}:parameter/{1}"),
}  # fmt: skip


def actions_of(operation: str) -> tuple[str, ...]:
    """Give the IAM actions that an operation needs."""
    service, _, name = operation.partition(":")
    return _ACTIONS.get(operation) or (permission_of(Call(service, name)),)


def operations_of(entry: Entry) -> tuple[str, ...]:
    """Give every operation that a drill may make: of its own, and of what it makes."""
    drill = drills()[entry.drill]
    found = {*drill.reads, *drill.makes}
    for known in makeable().values():
        if not known.made_by.keys().isdisjoint(drill.makes):
            found |= {*known.changed_by, *known.seen_by, *known.removed_by}
    return tuple(sorted(found))


def actions_needed(entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """Give the IAM actions that drills and guards need, by their prefix."""
    lock = makeable()["ssm:lock"]
    locking = {*lock.made_by, *lock.seen_by, *lock.removed_by}
    operations = {*GUARDING, *locking, *(operation for entry in entries for operation in operations_of(entry))}
    found: dict[str, set[str]] = {}
    for operation in operations:
        for action in actions_of(operation):
            found.setdefault(action.partition(":")[0], set()).add(action)
    return {prefix: tuple(sorted(actions)) for prefix, actions in sorted(found.items())}
