"""The role that a job runs as: whether AWS Backup may take it, and whether it may do what the job must."""

import json
from typing import Any

from scanner.emulation.ground import EVERYWHERE, World
from scanner.emulation.services.backup.state import resource_type
from scanner.emulation.services.messages import BACKUP
from scanner.permissions.context import Caller
from scanner.permissions.document import Document, document
from scanner.permissions.evaluate import Access, Outcome, Policies, ask
from scanner.permissions.shelf import Target

# The action without which no backup of a kind begins (AWS Backup developer guide, "AWS managed policies", the policy
# AWSBackupServiceRolePolicyForBackup).
_BACKS_UP = {
    "Aurora": "rds:CreateDBClusterSnapshot",
    "DynamoDB": "dynamodb:StartAwsBackupJob",
    "EBS": "ec2:CreateSnapshot",
    "EFS": "elasticfilesystem:Backup",
    "RDS": "rds:CreateDBSnapshot",
    "S3": "s3:GetObjectVersion",
}
_RESTORES = {
    "DynamoDB": "dynamodb:RestoreTableFromAwsBackup",
    "RDS": "rds:RestoreDBInstanceFromDBSnapshot",
    "S3": "s3:PutObject",
}
_OF_AWS = "AWSBackupServiceRolePolicyFor"


def why_no_backup(world: World, role_arn: str, resource_arn: str) -> str:
    """Say why a backup job with this role fails; "" where it does not, and where nobody here knows the role.

    The companies of the emulation are seeded with jobs of roles that they never made.
    """
    role, action = _role(world, role_arn), _BACKS_UP.get(resource_type(resource_arn))
    return "" if role is None or action is None else _why_not(role_arn, role, action, resource_arn)


def why_no_restore(world: World, role_arn: str, resource_arn: str) -> str:
    """Say why a restore job with this role fails; "" where it does not. A role that is not there fails."""
    role, action = _role(world, role_arn), _RESTORES.get(resource_type(resource_arn))
    if role is None:
        return f"Access was denied: IAM role {role_arn} cannot be assumed by AWS Backup."
    return "" if action is None else _why_not(role_arn, role, action, resource_arn)


def _why_not(role_arn: str, role: Any, action: str, resource_arn: str) -> str:
    trust = document(_parsed(role.assume_role_policy_document))
    entered = ask("sts:AssumeRole", Target(role_arn), Caller(BACKUP), Policies(), resource=trust, access=Access.TRUST)
    if entered.outcome is Outcome.DENIED:
        return f"Access was denied: IAM role {role_arn} cannot be assumed by AWS Backup."
    if any(_OF_AWS in arn for arn in role.managed_policies):
        return ""
    account = role_arn.split(":")[4]
    target = Target(resource_arn, region=resource_arn.split(":")[3], account=account)
    ruling = ask(action, target, Caller(role_arn), Policies(own=_own(role)))
    if ruling.outcome is Outcome.DENIED:
        return f"Access was denied: IAM role {role_arn} is not authorized to perform {action} on {resource_arn}."
    return ""


def _role(world: World, arn: str) -> Any:
    backend = world.backend("iam", arn.split(":")[4], EVERYWHERE)
    return next((role for role in backend.roles.values() if role.arn == arn), None)


def _own(role: Any) -> tuple[Document, ...]:
    attached = [one.document for one in role.managed_policies.values()]
    return tuple(document(_parsed(one)) for one in (*role.policies.values(), *attached))


def _parsed(policy: Any) -> Any:
    return json.loads(policy) if isinstance(policy, str) else policy
