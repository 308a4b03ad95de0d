"""Shared file systems of development: one backed up and replicated, two not."""

from scanner.emulation.company.site import HOME, RECOVERY, Site, tags
from scanner.emulation.ground import ACCOUNT


def settle(site: Site) -> None:
    """Make them, and what AWS Backup keeps of them."""
    efs = site.client("efs")
    home = replicated(site, "home", "daily")
    efs.create_file_system(CreationToken="tmp", Encrypted=False, Tags=tags("development", Name="tmp"))
    shared = efs.create_file_system(CreationToken="shared", Encrypted=True, Tags=tags("development", Name="shared"))[
        "FileSystemId"
    ]
    efs.put_backup_policy(FileSystemId=shared, BackupPolicy={"Status": "DISABLED"})
    arn = f"arn:aws:elasticfilesystem:{HOME}:{ACCOUNT}:file-system"
    site.history("orders-vault", f"{arn}/{home}", gib=210)
    site.history(
        "development-vault", f"{arn}/{shared}", plan="short-lived", kept=7, days=7, gib=12, lost={0, 1}, tagged=False
    )


def replicated(site: Site, name: str, backup: str) -> str:
    """A file system tagged for a plan and replicated to the recovery region; returns its identifier."""
    efs = site.client("efs")
    system = efs.create_file_system(
        CreationToken=name,
        Encrypted=True,
        KmsKeyId=site.keys["data"],
        Backup=True,
        Tags=tags("development", Name=name, Backup=backup),
    )["FileSystemId"]
    if site.network:
        home = site.network[HOME]
        for subnet in home.subnets:
            efs.create_mount_target(FileSystemId=system, SubnetId=subnet, SecurityGroups=[home.group])
    efs.create_replication_configuration(
        SourceFileSystemId=system, Destinations=[{"Region": RECOVERY, "KmsKeyId": site.keys["data@recovery"]}]
    )
    return str(system)
