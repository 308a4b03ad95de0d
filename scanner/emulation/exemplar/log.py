"""The transaction log: segments archived every five minutes, none lost, in a locked bucket and its twin."""

from scanner.emulation.company.site import Site
from scanner.emulation.company.wal import archive, segment
from scanner.emulation.exemplar.customers import twin_buckets


def settle(site: Site) -> None:
    """Make the bucket and archive a segment every five minutes."""
    twin_buckets(site, "exemplar-log", "transaction-log", gib=60, locked=35)
    archive(site, "exemplar-log", "ledger/", segment)
