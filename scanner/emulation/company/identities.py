"""Who gets in, by what, and who has not been seen for long: users, roles, those from outside, and who watches them."""

import json
from datetime import timedelta
from typing import Any

from scanner.emulation.company.site import BUNKER, HOME, STRANGER, Site
from scanner.emulation.ground import EVERYWHERE
from scanner.emulation.seeding import (
    add_aws_policy,
    alter,
    use_access_key,
    use_password,
    use_role,
    use_service,
)

GITHUB = "token.actions.githubusercontent.com"


def settle(site: Site) -> None:
    """Let some be used and some forgotten, and let others in."""
    _root(site)
    _people(site)
    _visitors(site)
    _roles(site)
    _mirrors(site)
    site.client("accessanalyzer").create_analyzer(analyzerName="outside", type="ACCOUNT")
    # In the recovery region somebody looks for unused permissions only.
    site.client("accessanalyzer", "eu-central-1").create_analyzer(analyzerName="unused", type="ACCOUNT_UNUSED_ACCESS")
    pool = site.client("cognito-idp").create_user_pool(
        PoolName="staff", DeletionProtection="ACTIVE", MfaConfiguration="OPTIONAL"
    )["UserPool"]
    with site.emulator.on_stage() as world:
        alter(world, site.account, HOME, "cognito-idp", pool["Id"], EstimatedNumberOfUsers=42)


def _root(site: Site) -> None:
    """The root user has MFA, and a key from the first day that somebody switched off and nobody deleted."""
    with site.emulator.on_stage() as world:
        alter(
            world,
            site.account,
            EVERYWHERE,
            "iam",
            "<root_account>",
            access_key_1_active="false",
            access_key_1_last_rotated=f"{site.at - timedelta(days=2000):%Y-%m-%dT%H:%M:%S+00:00}",
        )


def _people(site: Site) -> None:
    iam = site.client("iam")
    iam.create_group(GroupName="operators")
    reading = _policy({"Effect": "Allow", "Action": ["backup:List*", "backup:Describe*"], "Resource": "*"})
    iam.put_group_policy(GroupName="operators", PolicyName="reading", PolicyDocument=reading)
    iam.add_user_to_group(GroupName="operators", UserName="alice")
    days = {"alice": (1, 2), "bob": (130, 100), "ci": (0, 0)}
    with site.emulator.on_stage() as world:
        for name, (password, key) in days.items():
            if password:
                use_password(world, site.account, name, site.at - timedelta(days=password, hours=3))
            use_access_key(world, site.account, name, site.at - timedelta(days=key, hours=3))
        user = f"arn:aws:iam::{site.account}:user/alice"
        use_service(world, site.account, user, "backup", site.at - timedelta(days=2), ListBackupJobs=site.at)


def _visitors(site: Site) -> None:
    """Roles for others: the bunker and a partner by the number they know, GitHub for our pipelines; and as it was before."""
    number = {"StringEquals": {"sts:ExternalId": "5x-7f3c"}}
    pipelines = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}, "StringLike": {f"{GITHUB}:sub": "repo:5x/*"}}
    github = f"arn:aws:iam::{site.account}:oidc-provider/{GITHUB}"
    for name, who, condition in (
        ("bunker-copies", {"AWS": f"arn:aws:iam::{BUNKER}:root"}, number),
        ("bunker-reads", {"AWS": f"arn:aws:iam::{BUNKER}:root"}, {}),
        ("migration-partner", {"AWS": f"arn:aws:iam::{STRANGER}:root"}, number),
        ("deploys", {"Federated": github}, pipelines),
        ("deploys-old", {"Federated": github}, {"StringEquals": pipelines["StringEquals"]}),
    ):
        action = "sts:AssumeRoleWithWebIdentity" if "Federated" in who else "sts:AssumeRole"
        trust = {"Effect": "Allow", "Principal": who, "Action": action} | (
            {"Condition": condition} if condition else {}
        )
        site.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))


def _roles(site: Site) -> None:
    """Most roles are taken every day. One holds what it has never used: `deploys-old` may delete snapshots."""
    iam = site.client("iam")
    iam.create_service_linked_role(AWSServiceName="backup.amazonaws.com")
    sweeping = {"Effect": "Allow", "Action": ["ec2:DeleteSnapshot", "ec2:RunInstances"], "Resource": "*"}
    iam.put_role_policy(RoleName="deploys-old", PolicyName="sweeping", PolicyDocument=_policy(sweeping))
    with site.emulator.on_stage() as world:
        managed = add_aws_policy(
            world,
            site.account,
            "AWSDataLifecycleManagerServiceRole",
            [{"Effect": "Allow", "Action": ["ec2:CreateSnapshot", "ec2:DeleteSnapshot"], "Resource": "*"}],
            "/service-role/",
        )
    iam.attach_role_policy(RoleName="AWSDataLifecycleManagerDefaultRole", PolicyArn=managed)
    recent, last_night = site.at - timedelta(days=3), site.at - timedelta(hours=9)
    with site.emulator.on_stage() as world:
        for name in ("AWSBackupDefaultServiceRole", "backup-operator", "replication", "bunker-copies", "deploys"):
            use_role(world, site.account, name, recent)
        use_role(world, site.account, "AWSDataLifecycleManagerDefaultRole", last_night)
        use_role(world, site.account, "deploys-old", site.at - timedelta(days=20))
        for name in ("platform-admin", "release-engineer", "snapshot-janitor", "storage-team"):
            use_role(world, site.account, name, site.at - timedelta(days=12))
        use_role(world, site.account, "key-administrator", site.at - timedelta(days=170))
        use_service(world, site.account, site.role("backup-operator"), "backup", recent, DeleteRecoveryPoint=recent)
        for name, at in (("service-role/AWSDataLifecycleManagerDefaultRole", last_night), ("deploys-old", None)):
            when = at or site.at - timedelta(days=20)
            use_service(world, site.account, site.role(name), "ec2", when, RunInstances=when, DeleteSnapshot=at)


def _mirrors(site: Site) -> None:
    """The exports are not locked, but nobody deletes them without MFA."""
    name = "fivex-config-exports"
    deny = {
        "Sid": "DeletingTakesMfa",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    }
    site.client("s3").put_bucket_policy(Bucket=name, Policy=_policy(deny))


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
