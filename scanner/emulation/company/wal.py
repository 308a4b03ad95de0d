"""The transaction log: two PostgreSQL archives, of which one has lost a segment, and a MySQL one without a lock."""

from collections.abc import Callable
from datetime import timedelta

from scanner.emulation.company.metadata import bucket
from scanner.emulation.company.site import Site
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import put_object

BUCKET, UNLOCKED = "fivex-wal-archive", "fivex-binlog-archive"
EVERY = timedelta(minutes=5)
# 256 segments of 16 MiB make a log file of 4 GiB; the archive crosses from one to the next.
PER_LOG, FIRST = 256, 10 * 256 + 200
COUNT, LOST = 120, 77


def settle(site: Site) -> None:
    """Archive a segment every five minutes, the newest two minutes ago."""
    bucket(site, BUCKET, key="data", system="transaction-log", locked=35)
    bucket(site, UNLOCKED, key="data", system="transaction-log")
    archive(site, BUCKET, "ledger/", segment)
    archive(site, BUCKET, "wal/", segment, lost=LOST)
    archive(site, UNLOCKED, "shop/", lambda number: f"binlog.{number - FIRST + 1:06}")
    with site.emulator.on_stage() as world:
        # A backup history file belongs to the archive and is no segment.
        history = f"wal/{segment(FIRST + 3)}.00000028.backup"
        put_object(world, ACCOUNT, BUCKET, history, site.at - EVERY * (COUNT - 4), b"START WAL LOCATION: A/CB000028\n")


def archive(site: Site, bucket: str, prefix: str, named: Callable[[int], str], lost: int | None = None) -> None:
    """Put a sequence of segments below a prefix, one every five minutes, but for one that is lost."""
    with site.emulator.on_stage() as world:
        for number in range(COUNT):
            at = site.at - timedelta(minutes=2) - EVERY * (COUNT - 1 - number)
            if number != lost:
                put_object(world, site.account, bucket, f"{prefix}{named(FIRST + number)}", at)


def segment(number: int, timeline: int = 1) -> str:
    """The name of a segment: timeline, log and segment, eight hexadecimal digits each."""
    return f"{timeline:08X}{number // PER_LOG:08X}{number % PER_LOG:08X}"
