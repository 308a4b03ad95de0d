"""Who else may use what the company keeps, and what stands in its networks by now."""

import json

from scanner.emulation.company.network import group
from scanner.emulation.company.site import BUNKER, HOME, STRANGER, Site
from scanner.emulation.seeding import alter


def settle(site: Site) -> None:
    """Share some with those declared, some with others; block some of what makes things public."""
    _images(site)
    _vault(site)
    _endpoints(site)
    _interfaces(site)
    # Two of four parts: what is off for the account must be on in each bucket.
    site.client("s3control").put_public_access_block(
        AccountId=site.account,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": False,
        },
    )
    site.client("ec2").enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")


def _images(site: Site) -> None:
    ec2 = site.client("ec2")
    images = {each["Name"]: each["ImageId"] for each in ec2.describe_images(Owners=["self"])["Images"]}
    organisation = f"arn:aws:organizations::{STRANGER}:organization/o-a1b2c3d4e5"
    for name, who in (("build-golden", {"UserId": BUNKER}), ("bastion-2025", {"OrganizationArn": organisation})):
        ec2.modify_image_attribute(ImageId=images[name], LaunchPermission={"Add": [who]})


def _vault(site: Site) -> None:
    """A partner may still copy out of a vault, long after the project."""
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Sid": "Partner",
            "Effect": "Allow",
            "Principal": {"AWS": STRANGER},
            "Action": "backup:CopyFromBackupVault",
            "Resource": "*",
        },
    }
    site.client("backup").put_backup_vault_access_policy(BackupVaultName="development-vault", Policy=json.dumps(policy))


def _endpoints(site: Site) -> None:
    """The search domain of development lets everyone in."""
    everyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "es:*", "Resource": "*"}
    site.client("opensearch").update_domain_config(
        DomainName="observability-dev",
        AccessPolicies=json.dumps({"Version": "2012-10-17", "Statement": [everyone]}),
    )


def _interfaces(site: Site) -> None:
    """What a service puts into a VPC has network interfaces there; moto makes them for machines only."""
    ec2, network = site.client("ec2"), site.network[HOME]
    behind = {"orders-main": network.group, "orders-legacy": group(site, "legacy"), "shop": group(site, "web")}
    for what, guard in behind.items():
        ec2.create_network_interface(SubnetId=network.subnets[0], Groups=[guard], Description=what)
    for system in site.client("fsx").describe_file_systems()["FileSystems"]:
        made = ec2.create_network_interface(
            SubnetId=system["SubnetIds"][0], Groups=[network.group], Description=system["FileSystemId"]
        )
        with site.emulator.on_stage() as world:
            alter(
                world,
                site.account,
                HOME,
                "fsx",
                system["FileSystemId"],
                NetworkInterfaceIds=[made["NetworkInterface"]["NetworkInterfaceId"]],
            )
