"""Who could take the backups away: the operator as it should be, and beside it everyone who should not."""

import json
from datetime import timedelta
from typing import Any

from scanner.emulation.company.site import Site
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import date_access_key

USER = f"arn:aws:iam::{ACCOUNT}:user/{{}}"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
DELETES = [
    "backup:DeleteRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
    "ec2:DeleteSnapshot",
    "rds:DeleteDBSnapshot",
]


def policy(*statements: dict[str, Any]) -> str:
    """A policy as text."""
    whole = [{"Effect": "Allow", "Resource": "*"} | one for one in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": whole})


def trust(principal: dict[str, Any], action: str = "sts:AssumeRole", **condition: Any) -> str:
    """A trust policy as text."""
    one = {"Effect": "Allow", "Principal": principal, "Action": action} | condition
    return json.dumps({"Version": "2012-10-17", "Statement": [one]})


def settle(site: Site) -> None:
    """The operator first, then those whom nobody has looked at for years."""
    iam = site.client("iam")
    _operator(iam)
    everything = _managed(iam, "platform-everything", policy({"Action": "*"}))
    bound = _managed(iam, "developers-bound", policy({"Action": ["s3:Get*", "rds:Describe*", "logs:*"]}))
    releases = _managed(iam, "release-power", policy({"NotAction": ["iam:*", "organizations:*", "account:*"]}))
    anyone = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    named = trust({"AWS": USER.format("alice")}, Condition=MFA)

    _role(iam, "platform-admin", anyone, attached=everything, hours=12)
    _role(iam, "bounded-developer", anyone, attached=everything, boundary=bound)
    _role(iam, "release-engineer", named, attached=releases)
    _role(iam, "snapshot-janitor", trust({"Service": "lambda.amazonaws.com"}), says={"Action": "ec2:DeleteSnapshot"})
    signed = {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/staff"}
    _role(iam, "storage-team", trust(signed, "sts:AssumeRoleWithSAML"), says={"Action": "ec2:DeleteSnapshot"})
    _role(iam, "auditor", named, says={"Action": ["backup:List*", "backup:Describe*", "rds:Describe*"]})
    iam.put_role_policy(
        RoleName="key-administrator",
        PolicyName="keys",
        PolicyDocument=policy({"Action": ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:DisableKey"]}),
    )

    _user(site, "dora", policy({"Action": ["rds:DeleteDBSnapshot", "rds:ModifyDBInstance"]}), keys=True)
    _user(site, "emil", policy({"Action": "fsx:DeleteBackup", "Condition": MFA}), keys=False)


def _operator(iam: Any) -> None:
    """The one declared role: for AWS Backup's restore tests, and for one person, with MFA, for an hour."""
    both = json.loads(trust({"AWS": USER.format("alice")}, Condition=MFA))
    both["Statement"] += json.loads(trust({"Service": "backup.amazonaws.com"}))["Statement"]
    iam.update_assume_role_policy(RoleName="backup-operator", PolicyDocument=json.dumps(both))
    iam.put_role_policy(RoleName="backup-operator", PolicyName="delete", PolicyDocument=policy({"Action": DELETES}))


def _managed(iam: Any, name: str, document: str) -> str:
    return str(iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"])


def _role(
    iam: Any,
    name: str,
    trusted: str,
    *,
    says: dict[str, Any] | None = None,
    attached: str = "",
    boundary: str = "",
    hours: int = 1,
) -> None:
    bound = {"PermissionsBoundary": boundary} if boundary else {}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted, MaxSessionDuration=hours * 3600, **bound)
    if says:
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=policy(says))
    if attached:
        iam.attach_role_policy(RoleName=name, PolicyArn=attached)


def _user(site: Site, name: str, document: str, *, keys: bool) -> None:
    iam = site.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="databases", PolicyDocument=document)
    if keys:
        key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
        with site.emulator.on_stage() as world:
            date_access_key(world, ACCOUNT, name, key, site.at - timedelta(days=30))
