"""Encryption keys: rotating every 90 days, yearly, never; dying, expiring, disabled, open, sealed."""

import json
from datetime import timedelta
from typing import Any

from scanner.emulation.company.site import HOME, RECOVERY, Site
from scanner.emulation.seeding import date_rotation, import_material

ADMINISTERING = [
    "kms:Create*",
    "kms:Describe*",
    "kms:Enable*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:Revoke*",
    "kms:Disable*",
    "kms:Get*",
    "kms:Delete*",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
]
USING = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:DescribeKey",
    "kms:CreateGrant",
]
OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Anyone", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
        ],
    }
)


def settle(site: Site) -> None:
    """Make the keys; those to be disabled or deleted are so once their data is there."""
    policy = named(site)
    for name, region, period in (
        ("data", HOME, 90),
        ("backup", HOME, 90),
        ("backup", RECOVERY, 90),
        ("archive", HOME, 365),
        ("sealed", HOME, 90),
        ("analytics", HOME, 90),
        ("retired", HOME, 90),
        ("shared", HOME, 90),
        ("retired", RECOVERY, 90),
        ("data", RECOVERY, 90),
    ):
        rotating(site, name, region, period=period, policy=OPEN if name == "shared" else policy)
    key(site, "legacy", HOME)
    key(site, "signing", HOME, KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT", Policy=policy)
    for name, valid_to in (("imported", site.at + timedelta(days=12)), ("imported-for-good", None)):
        arn = key(site, name, HOME, Origin="EXTERNAL", Policy=policy)
        with site.emulator.on_stage() as world:
            import_material(world, arn, valid_to)


def spoil(site: Site) -> None:
    """What happened to keys after data had been encrypted with them."""
    kms = site.client("kms")
    with site.since(timedelta(days=4)):
        kms.schedule_key_deletion(KeyId=site.keys["analytics"], PendingWindowInDays=7)
        kms.disable_key(KeyId=site.keys["retired"])
        site.client("kms", RECOVERY).disable_key(KeyId=site.keys["retired@recovery"])


def named(site: Site) -> str:
    """A policy that names who may administer and who may use a key."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Administer",
                    "Effect": "Allow",
                    "Principal": {"AWS": site.role("key-administrator")},
                    "Resource": "*",
                    "Action": ADMINISTERING,
                },
                {
                    "Sid": "Use",
                    "Effect": "Allow",
                    "Principal": {"AWS": site.role("backup-operator")},
                    "Resource": "*",
                    "Action": USING,
                },
            ],
        }
    )


def rotating(site: Site, name: str, region: str, *, policy: str, period: int = 90) -> None:
    """A key that rotates every so many days, and did so in the past."""
    arn = key(site, name, region, Policy=policy)
    site.client("kms", region).enable_key_rotation(KeyId=arn, RotationPeriodInDays=period)
    past = tuple(site.at - timedelta(days=days) for days in range(400 - 400 % period - period + 20, 0, -period))
    with site.emulator.on_stage() as world:
        date_rotation(world, arn, next_at=site.at + timedelta(days=period - 20 if past else 10), rotated=past)


def key(site: Site, name: str, region: str, **told: Any) -> str:
    """A key with an alias, known to the company by its name."""
    arn = str(
        site.client("kms", region).create_key(
            Description=f"5X {name}", Tags=[{"TagKey": "Owner", "TagValue": "platform"}], **told
        )["KeyMetadata"]["Arn"]
    )
    site.client("kms", region).create_alias(AliasName=f"alias/fivex-{name}", TargetKeyId=arn)
    site.keys[name if region == HOME else f"{name}@recovery"] = arn
    return arn
