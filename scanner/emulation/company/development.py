"""Machines, disks, images and shared files, and the schedules that snapshot them."""

from datetime import timedelta
from typing import Any

from scanner.emulation.company.site import BUNKER, FORBIDDEN, HOME, RECOVERY, STRANGER, Site, tags, vault_arn
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import add_copy_job, add_volume_snapshot, alter

ZONE = f"{HOME}a"


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
    schedule(site, "daily", CrossRegionCopyRules=[to_recovery(site)])
    schedule(site, "weekly", keep=4, create={"CronExpression": "cron(0 2 ? * SUN *)"})
    schedule(site, "afternoon", start="14:00", keep=7, CopyTags=False)
    schedule(site, "paused", state="DISABLED")


def schedule(
    site: Site,
    name: str,
    *,
    state: str = "ENABLED",
    start: str = "02:00",
    keep: int = 35,
    create: dict[str, Any] | None = None,
    **rule: Any,
) -> str:
    """A lifecycle policy that takes snapshots of the volumes tagged with its name, every day unless told."""
    made = site.client("dlm").create_lifecycle_policy(
        ExecutionRoleArn=site.role("service-role/AWSDataLifecycleManagerDefaultRole"),
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
                    "CopyTags": True,
                    "CreateRule": create or {"Interval": 24, "IntervalUnit": "HOURS", "Times": [start]},
                    "RetainRule": {"Count": keep},
                    "TagsToAdd": [{"Key": "Catalogue", "Value": name}],
                    **rule,
                }
            ],
        },
    )
    return str(made["PolicyId"])


def to_recovery(site: Site) -> dict[str, Any]:
    """What has a schedule copy its snapshots to the recovery region."""
    return {
        "Target": RECOVERY,
        "Encrypted": True,
        "CmkArn": site.keys["data@recovery"],
        "RetainRule": {"Interval": 35, "IntervalUnit": "DAYS"},
    }


def _machines(site: Site) -> dict[str, str]:
    made = {}
    for name, backup, snapshots in (
        ("build-1", "daily", "daily"),
        ("build-2", "weekly", None),
        ("bastion", None, None),
    ):
        more = ({"Backup": backup} if backup else {}) | ({"Snapshots": snapshots} if snapshots else {})
        # The bastion alone stands where the public is.
        placed = {} if name == "bastion" else {"SubnetId": site.network[HOME].subnets[0]}
        made[name] = machine(site, name, more, **placed)
    return made


def machine(site: Site, name: str, more: dict[str, str], **told: Any) -> str:
    """A machine with its volume, both tagged; returns its identifier."""
    marked = tags("development", Name=name, **more)
    run = site.client("ec2").run_instances(
        ClientToken=name,
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        InstanceType="m7g.large",
        TagSpecifications=[{"ResourceType": kind, "Tags": marked} for kind in ("instance", "volume")],
        **told,
    )
    return str(run["Instances"][0]["InstanceId"])


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
