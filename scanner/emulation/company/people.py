"""Roles, users and their keys, secrets, repositories with their mirrors, exported configuration."""

import json
from datetime import timedelta

from scanner.emulation.company.authentication import table
from scanner.emulation.company.metadata import bucket
from scanner.emulation.company.site import RECOVERY, Site, tags
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import date_access_key, put_object
from scanner.emulation.services.backup.state import identity


def settle(site: Site) -> None:
    """Who works here, and what they left lying about."""
    _roles(site)
    for name, days, console, mfa in (("alice", 20, True, True), ("bob", 200, True, False), ("ci", 45, False, False)):
        _user(site, name, days, console=console, mfa=mfa)
    _secrets(site)
    _mirrors(site)
    table(site, "orphan-table", pitr=None, key=None, protected=False, backup=None, system=None)


def _roles(site: Site) -> None:
    iam = site.client("iam")
    for path, name, service in (
        ("/service-role/", "AWSBackupDefaultServiceRole", "backup"),
        ("/", "backup-operator", "backup"),
        ("/", "key-administrator", "ec2"),
        ("/", "replication", "s3"),
        ("/service-role/", "AWSDataLifecycleManagerDefaultRole", "dlm"),
    ):
        iam.create_role(
            Path=path,
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": f"{service}.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                }
            ),
        )


def _user(site: Site, name: str, days: int, *, console: bool, mfa: bool) -> None:
    iam = site.client("iam")
    iam.create_user(UserName=name)
    access_key(site, name, days)
    if console:
        iam.create_login_profile(UserName=name, Password="Not-a-secret-1")
    if mfa:
        second_factor(site, name)


def access_key(site: Site, name: str, days: int) -> None:
    """An access key of a user, so many days old."""
    key = site.client("iam").create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    with site.emulator.on_stage() as world:
        date_access_key(world, site.account, name, key, site.at - timedelta(days=days))


def second_factor(site: Site, name: str) -> None:
    """A virtual device of a user."""
    iam = site.client("iam")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(
        UserName=name, SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )


def _secrets(site: Site) -> None:
    for name, system, key, every, rotated in (
        ("orders/database", "orders", "data", 30, 12),
        ("reporting/warehouse", "reporting", "data", 365, 210),
        ("authentication/jwt", "authentication", None, None, None),
        ("analytics/documents", "analytics", "legacy", 30, 95),
    ):
        secret(site, name, system, key=key, every=every, rotated=rotated)
    replicate_secret(site, "orders/database")


def secret(
    site: Site, name: str, system: str, *, key: str | None = "data", every: int | None, rotated: int | None
) -> None:
    """A secret; rotated every so many days, if at all, and last so many days ago."""
    secrets = site.client("secretsmanager")
    secrets.create_secret(
        ClientRequestToken=identity("created", name),
        Name=name,
        SecretString="not a secret",
        Tags=tags(system),
        **({"KmsKeyId": site.keys[key]} if key else {}),
    )
    if every:
        with site.since(timedelta(days=rotated or 0)):
            secrets.rotate_secret(
                ClientRequestToken=identity("rotated", name),
                SecretId=name,
                RotationRules={"AutomaticallyAfterDays": every},
            )


def replicate_secret(site: Site, name: str) -> None:
    """Let a secret be in the recovery region too."""
    site.client("secretsmanager").replicate_secret_to_regions(
        SecretId=name, AddReplicaRegions=[{"Region": RECOVERY, "KmsKeyId": site.keys["data@recovery"]}]
    )


def _mirrors(site: Site) -> None:
    commit = site.client("codecommit")
    for name in ("infrastructure", "website"):
        commit.create_repository(repositoryName=name, repositoryDescription=f"5X {name}")
    bucket(site, "fivex-mirrors", key="data", system="development")
    bucket(site, "fivex-config-exports", key="data", system="development")
    with site.emulator.on_stage() as world:
        for target, key, age, body in (
            ("fivex-mirrors", "infrastructure/{:%Y-%m-%d}.bundle", 0.2, b"# v2 git bundle\n"),
            ("fivex-mirrors", "infrastructure/{:%Y-%m-%d}.bundle", 1.2, b"# v2 git bundle\n"),
            ("fivex-mirrors", "website/{:%Y-%m-%d}.bundle", 21.0, b"# v2 git bundle\n"),
            ("fivex-config-exports", "ssm/{:%Y-%m-%d}.json", 0.25, b'{"Parameters": []}'),
            ("fivex-config-exports", "cognito/{:%Y-%m-%d}.json", 0.3, b'{"Users": []}'),
            ("fivex-config-exports", "lambda/{:%Y-%m-%d}.json", 40.0, b'{"Functions": []}'),
        ):
            at = site.at - timedelta(days=age)
            put_object(world, ACCOUNT, target, key.format(at), at, body)
    for number in range(4):
        site.client("ssm").put_parameter(Name=f"/orders/setting-{number}", Value="x", Type="String")
