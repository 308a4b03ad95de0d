"""The build machine with its disk, snapshots of it by schedule, and shared files."""

import json

from scanner.emulation.company.development import machine, schedule
from scanner.emulation.company.shared_files import replicated
from scanner.emulation.company.site import HOME, RECOVERY, Site, tags
from scanner.emulation.exemplar.vaults import KEPT
from scanner.emulation.seeding import add_volume_snapshot


def settle(site: Site) -> None:
    """Make them, then live through 35 nights."""
    for region, key in ((HOME, "data"), (RECOVERY, "data@recovery")):
        ec2 = site.client("ec2", region)
        ec2.enable_ebs_encryption_by_default()
        ec2.modify_ebs_default_kms_key_id(KmsKeyId=site.keys[key])
        ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    policy = schedule(site, "daily")
    build = machine(
        site,
        "build",
        {"Backup": "development", "Snapshots": "daily"},
        SubnetId=site.network[HOME].subnets[0],
        SecurityGroupIds=[site.network[HOME].group],
        BlockDeviceMappings=[
            {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 100, "Encrypted": True, "KmsKeyId": site.keys["data"]}}
        ],
    )
    ec2 = site.client("ec2")
    volume = ec2.describe_volumes()["Volumes"][0]["VolumeId"]
    with site.emulator.on_stage() as world:
        for at in site.nights(35):
            add_volume_snapshot(
                world,
                volume,
                at,
                region=HOME,
                account=site.account,
                tags={
                    "System": "development",
                    "Catalogue": "daily",
                    "aws:dlm:lifecycle-policy-id": policy,
                    "aws:dlm:lifecycle-schedule-name": "daily",
                },
            )
    home = replicated(site, "home", "development")
    _finish_file_systems(site)
    for hour in (2, 14):
        for arn, gib in (
            (site.arn("ec2", f"instance/{build}"), 90),
            (site.arn("elasticfilesystem", f"file-system/{home}"), 210),
        ):
            site.history(KEPT[HOME], arn, plan="development", gib=gib, hour=hour)


def _finish_file_systems(site: Site) -> None:
    """What a replica does not inherit of its source, and a policy for both: nobody mounts without TLS."""
    for region in (HOME, RECOVERY):
        efs = site.client("efs", region)
        for system in efs.describe_file_systems()["FileSystems"]:
            if region == RECOVERY:
                efs.tag_resource(ResourceId=system["FileSystemId"], Tags=tags("development", Name="home"))
            refused = {
                "Sid": "NoPlainTraffic",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "*",
                "Resource": system["FileSystemArn"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
            policy = {"Version": "2012-10-17", "Statement": [refused]}
            efs.put_file_system_policy(FileSystemId=system["FileSystemId"], Policy=json.dumps(policy))
