"""The documents of the business: a file server, and a locked archive of what is kept for years."""

from datetime import timedelta

from scanner.emulation.company.historical import file_server
from scanner.emulation.company.metadata import bucket, expire
from scanner.emulation.company.site import HOME, Site
from scanner.emulation.seeding import put_object

ARCHIVE = "exemplar-archive"


def settle(site: Site) -> None:
    """Make them."""
    home = site.network[HOME]
    file_server(site, "documents", list(home.subnets), SecurityGroupIds=[home.group])
    bucket(site, ARCHIVE, key="data", locked=365, system="historical")
    expire(site, ARCHIVE, 365, Transitions=[{"Days": 30, "StorageClass": "GLACIER"}])
    with site.emulator.on_stage() as world:
        for month in range(1, 13):
            at = site.at - timedelta(days=390)
            put_object(world, site.account, ARCHIVE, f"ledger/2019-{month:02}.parquet", at, b"PAR1")
