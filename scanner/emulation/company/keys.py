"""Encryption keys: rotating every 90 days, yearly, never; dying, expiring, disabled, open, sealed."""

import json
from datetime import timedelta
from typing import Any

from scanner.emulation.company.site import HOME, RECOVERY, Site
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import date_rotation, import_material

ADMINISTRATOR, USER = f"arn:aws:iam::{ACCOUNT}:role/key-administrator", f"arn:aws:iam::{ACCOUNT}:role/backup-operator"

# Who may administer and who may use, by name.
NAMED = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Administer",
                "Effect": "Allow",
                "Principal": {"AWS": ADMINISTRATOR},
                "Resource": "*",
                "Action": [
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
                ],
            },
            {
                "Sid": "Use",
                "Effect": "Allow",
                "Principal": {"AWS": USER},
                "Resource": "*",
                "Action": [
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:DescribeKey",
                    "kms:CreateGrant",
                ],
            },
        ],
    }
)
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
        arn = _key(site, name, region, Policy=OPEN if name == "shared" else NAMED)
        site.client("kms", region).enable_key_rotation(KeyId=arn, RotationPeriodInDays=period)
        past = tuple(site.at - timedelta(days=days) for days in range(400 - 400 % period - period + 20, 0, -period))
        with site.emulator.on_stage() as world:
            date_rotation(world, arn, next_at=site.at + timedelta(days=period - 20 if past else 10), rotated=past)
    _key(site, "legacy", HOME)
    _key(site, "signing", HOME, KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT", Policy=NAMED)
    for name, valid_to in (("imported", site.at + timedelta(days=12)), ("imported-for-good", None)):
        arn = _key(site, name, HOME, Origin="EXTERNAL", Policy=NAMED)
        with site.emulator.on_stage() as world:
            import_material(world, arn, valid_to)


def spoil(site: Site) -> None:
    """What happened to keys after data had been encrypted with them."""
    kms = site.client("kms")
    with site.since(timedelta(days=4)):
        kms.schedule_key_deletion(KeyId=site.keys["analytics"], PendingWindowInDays=7)
        kms.disable_key(KeyId=site.keys["retired"])
        site.client("kms", RECOVERY).disable_key(KeyId=site.keys["retired@recovery"])


def _key(site: Site, name: str, region: str, **told: Any) -> str:
    arn = str(
        site.client("kms", region).create_key(
            Description=f"5X {name}", Tags=[{"TagKey": "Owner", "TagValue": "platform"}], **told
        )["KeyMetadata"]["Arn"]
    )
    site.client("kms", region).create_alias(AliasName=f"alias/fivex-{name}", TargetKeyId=arn)
    site.keys[name if region == HOME else f"{name}@recovery"] = arn
    return arn
