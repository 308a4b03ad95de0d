"""What is kept for years: archive buckets and Windows file servers."""

from datetime import timedelta
from typing import Any

from scanner.emulation.company.metadata import bucket, expire
from scanner.emulation.company.network import subnets
from scanner.emulation.company.site import HOME, Site, tags
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import add_file_system_backup, put_object


def settle(site: Site) -> None:
    """One archive locked and one open; one file server kept and one not."""
    to_glacier = {"Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}
    bucket(site, "fivex-archive-2019", key="archive", locked=365, system="historical")
    expire(site, "fivex-archive-2019", 365, **to_glacier)
    bucket(site, "fivex-archive-2020", key=None, system="historical", secure=False)
    expire(site, "fivex-archive-2020", 365, **to_glacier)
    with site.emulator.on_stage() as world:
        for year in ("2019", "2020"):
            for month in range(1, 13):
                put_object(
                    world,
                    ACCOUNT,
                    f"fivex-archive-{year}",
                    f"ledger/{year}-{month:02}.parquet",
                    site.at - timedelta(days=390),
                    b"PAR1",
                )
    site.history(
        "archive-vault", "arn:aws:s3:::fivex-archive-2019", plan="archive-cold", kept=365, cold_after=30, gib=2000
    )
    _file_servers(site)


def _file_servers(site: Site) -> None:
    fsx = site.client("fsx")
    file_server(site, "historical", list(site.network[HOME].subnets))
    fsx.create_file_system(
        FileSystemType="LUSTRE",
        StorageCapacity=1200,
        SubnetIds=subnets(site, "public")[:1],
        Tags=tags("historical"),
        LustreConfiguration={"DeploymentType": "PERSISTENT_1", "AutomaticBackupRetentionDays": 0},
    )
    brief = fsx.create_file_system(
        FileSystemType="ONTAP",
        StorageCapacity=1024,
        SubnetIds=[site.network[HOME].subnets[0]],
        Tags=tags("historical"),
        OntapConfiguration={
            "DeploymentType": "SINGLE_AZ_1",
            "AutomaticBackupRetentionDays": 7,
            "DailyAutomaticBackupStartTime": "22:00",
            "ThroughputCapacity": 128,
        },
    )
    with site.emulator.on_stage() as world:
        for at in site.nights(7, hour=22):
            add_file_system_backup(world, brief["FileSystem"]["FileSystemId"], at, region=HOME, account=ACCOUNT)
        add_file_system_backup(
            world,
            brief["FileSystem"]["FileSystemId"],
            site.at - timedelta(days=2),
            region=HOME,
            account=ACCOUNT,
            kind="USER_INITIATED",
            state="FAILED",
        )


def file_server(site: Site, system: str, subnets: list[str], **told: Any) -> str:
    """A Windows file server with its backups; returns its identifier."""
    server = site.client("fsx").create_file_system(
        FileSystemType="WINDOWS",
        StorageCapacity=300,
        SubnetIds=subnets,
        KmsKeyId=site.keys["data"],
        Tags=tags(system),
        WindowsConfiguration={
            "ThroughputCapacity": 32,
            "AutomaticBackupRetentionDays": 35,
            "DailyAutomaticBackupStartTime": "02:00",
            "CopyTagsToBackups": True,
            "DeploymentType": "MULTI_AZ_1",
        },
        **told,
    )["FileSystem"]["FileSystemId"]
    with site.emulator.on_stage() as world:
        for at in site.nights(35):
            add_file_system_backup(world, server, at, region=HOME, account=site.account, tags={"System": system})
    return str(server)
