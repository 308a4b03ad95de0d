"""Machines, disks, images and shared files, and the schedules that snapshot them."""

from datetime import timedelta
from typing import Any

from scanner.emulation.company.site import BUNKER, FORBIDDEN, HOME, RECOVERY, STRANGER, Site, tags, vault_arn
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import add_copy_job, add_volume_snapshot, alter

ZONE = f"{HOME}a"
SCHEDULER = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSDataLifecycleManagerDefaultRole"


def settle(site: Site) -> None:
    """Make them, then live through 35 nights."""
    site.client("ec2").enable_ebs_encryption_by_default()
    site.client("ec2").enable_snapshot_block_public_access(State="block-all-sharing")
    site.client("ec2").modify_ebs_default_kms_key_id(KmsKeyId=site.keys["data"])
    _schedules(site)
    machines = _machines(site)
    volumes = _volumes(site)
    _nights(site, volumes)
    _images(site, machines)
    arn = f"arn:aws:ec2:{HOME}:{ACCOUNT}"
    site.history(
        "orders-vault", f"{arn}:volume/{volumes['build']}", gib=80, copies={vault_arn("recovery-vault", RECOVERY): 35}
    )
    site.history("orders-vault", f"{arn}:instance/{machines['build-1']}", gib=90)
    short = site.history(
        "development-vault",
        f"{arn}:volume/{volumes['laboratory']}",
        plan="short-lived",
        kept=7,
        days=7,
        gib=30,
        tagged=False,
    )
    with site.emulator.on_stage() as world:
        for point in short[:3]:
            add_copy_job(
                world,
                point,
                vault_arn("somewhere-else", FORBIDDEN),
                point["CompletionDate"],
                region=HOME,
                account=ACCOUNT,
            )
    site.history(
        "development-vault",
        f"{arn}:instance/{machines['build-2']}",
        plan="development-weekly",
        kept=14,
        days=14,
        gib=50,
        lost=[night for night in range(14) if night % 7],
        tagged=False,
        encrypted=False,
    )


def _schedules(site: Site) -> None:
    dlm = site.client("dlm")

    def policy(name: str, state: str, hours: int, start: str, keep: int, **rule: Any) -> None:
        create = (
            {"CronExpression": rule.pop("cron")}
            if "cron" in rule
            else {"Interval": hours, "IntervalUnit": "HOURS", "Times": [start]}
        )
        dlm.create_lifecycle_policy(
            ExecutionRoleArn=SCHEDULER,
            Description=name,
            State=state,
            Tags={"Owner": "platform"},
            PolicyDetails={
                "PolicyType": "EBS_SNAPSHOT_MANAGEMENT",
                "ResourceTypes": ["VOLUME"],
                "TargetTags": [{"Key": "Snapshots", "Value": name}],
                "Schedules": [
                    {
                        "Name": name,
                        "CopyTags": rule.pop("copy_tags", True),
                        "CreateRule": create,
                        "RetainRule": {"Count": keep},
                        "TagsToAdd": [{"Key": "Catalogue", "Value": name}],
                        **rule,
                    }
                ],
            },
        )

    policy(
        "daily",
        "ENABLED",
        24,
        "02:00",
        35,
        CrossRegionCopyRules=[
            {
                "Target": RECOVERY,
                "Encrypted": True,
                "CmkArn": site.keys["data@recovery"],
                "RetainRule": {"Interval": 35, "IntervalUnit": "DAYS"},
            }
        ],
    )
    policy("weekly", "ENABLED", 24, "02:00", 4, cron="cron(0 2 ? * SUN *)")
    policy("afternoon", "ENABLED", 24, "14:00", 7, copy_tags=False)
    policy("paused", "DISABLED", 24, "02:00", 35)


def _machines(site: Site) -> dict[str, str]:
    made = {}
    for name, backup, snapshots in (
        ("build-1", "daily", "daily"),
        ("build-2", "weekly", None),
        ("bastion", None, None),
    ):
        told = tags(
            "development",
            Name=name,
            **({"Backup": backup} if backup else {}),
            **({"Snapshots": snapshots} if snapshots else {}),
        )
        run = site.client("ec2").run_instances(
            ClientToken=name,
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            InstanceType="m7g.large",
            TagSpecifications=[{"ResourceType": kind, "Tags": told} for kind in ("instance", "volume")],
        )
        made[name] = run["Instances"][0]["InstanceId"]
    return made


def _volumes(site: Site) -> dict[str, str]:
    ec2, made = site.client("ec2"), {}
    for name, key, more in (
        ("build", "data", {"Snapshots": "daily", "Backup": "daily"}),
        ("cache", "aws", {"Snapshots": "weekly"}),
        ("old", None, {"Snapshots": "daily"}),
        ("laboratory", "retired", {"Backup": "short"}),
        ("logs", "data", {"Snapshots": "daily"}),
        ("forgotten", None, None),
    ):
        told = tags(None if more is None else "development", **({"Name": name, **more} if more is not None else {}))
        keyed = (
            {"Encrypted": True} | ({"KmsKeyId": site.keys[key]} if key != "aws" else {})
            if key
            else {"Encrypted": False}
        )
        made[name] = ec2.create_volume(
            AvailabilityZone=ZONE,
            Size=100,
            VolumeType="gp3",
            **keyed,
            **({"TagSpecifications": [{"ResourceType": "volume", "Tags": told}]} if told else {}),
        )["VolumeId"]
    with site.emulator.on_stage() as world:
        alter(
            world,
            ACCOUNT,
            HOME,
            "ec2",
            made["logs"],
            KmsKeyId=f"arn:aws:kms:{HOME}:{BUNKER}:key/0d5d9f6e-31aa-4e0b-8a55-1f1f6d0b7c11",
        )
    with site.since(timedelta(hours=5)):
        made["new"] = ec2.create_volume(
            AvailabilityZone=ZONE,
            Size=20,
            Encrypted=True,
            KmsKeyId=site.keys["data"],
            TagSpecifications=[{"ResourceType": "volume", "Tags": tags("development", Name="new", Snapshots="daily")}],
        )["VolumeId"]
    return made


def _nights(site: Site, volumes: dict[str, str]) -> None:
    catalogued = {"System": "development", "Catalogue": "daily"}
    with site.emulator.on_stage() as world:

        def night(name: str, at: Any, **told: Any) -> str:
            return add_volume_snapshot(world, volumes[name], at, region=HOME, account=ACCOUNT, **told)

        built = [night("build", at, tags=catalogued) for at in site.nights(35)]
        for number, at in enumerate(site.nights(35)):
            if number != 17:
                night("logs", at, tags=catalogued)
            if number % 7 == 0:
                night("cache", at, tags={"System": "development"})
        for at in site.nights(9)[2:]:
            night("old", at)
        night("laboratory", site.at - timedelta(days=3), state="pending", progress="7%")
        night("laboratory", site.at - timedelta(days=2), state="error", progress="0%")
        night("old", site.at - timedelta(days=398), description="before the move")
        shared = night("cache", site.at - timedelta(days=15), description="for the auditors")
    for age, snapshot in enumerate(built[:3]):
        with site.since(timedelta(days=age, hours=3)):
            site.client("ec2", RECOVERY).copy_snapshot(
                SourceRegion=HOME,
                SourceSnapshotId=snapshot,
                Encrypted=True,
                KmsKeyId=site.keys["data@recovery"],
                Description="daily copy",
                TagSpecifications=[{"ResourceType": "snapshot", "Tags": tags("development", Catalogue="daily")}],
            )
    site.client("ec2").modify_snapshot_attribute(
        SnapshotId=shared, Attribute="createVolumePermission", OperationType="add", UserIds=[STRANGER]
    )


def _images(site: Site, machines: dict[str, str]) -> None:
    ec2 = site.client("ec2")
    for age, name, encrypted in ((2, "build-golden", True), (300, "bastion-2025", False)):
        with site.since(timedelta(days=age)):
            image = ec2.create_image(
                InstanceId=machines["build-1"],
                Name=name,
                TagSpecifications=[{"ResourceType": "image", "Tags": tags("development")}],
            )["ImageId"]
        described = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"]
        for mapping in described:
            mapping["Ebs"]["Encrypted"] = encrypted
        with site.emulator.on_stage() as world:
            alter(world, ACCOUNT, HOME, "ec2", image, BlockDeviceMappings=described)
