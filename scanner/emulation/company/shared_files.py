"""Shared file systems of development: one backed up and replicated, two not."""

from scanner.emulation.company.site import HOME, RECOVERY, Site, tags
from scanner.emulation.ground import ACCOUNT


def settle(site: Site) -> None:
    """Make them, and what AWS Backup keeps of them."""
    efs = site.client("efs")
    home = efs.create_file_system(
        CreationToken="home",
        Encrypted=True,
        KmsKeyId=site.keys["data"],
        Backup=True,
        Tags=tags("development", Name="home", Backup="daily"),
    )["FileSystemId"]
    efs.create_replication_configuration(
        SourceFileSystemId=home, Destinations=[{"Region": RECOVERY, "KmsKeyId": site.keys["data@recovery"]}]
    )
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
