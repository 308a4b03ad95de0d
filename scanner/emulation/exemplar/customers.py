"""Customer metadata: a table and a bucket, each in both regions."""

from datetime import timedelta

from scanner.emulation.company.metadata import bucket, expire, replicate_bucket
from scanner.emulation.company.site import HOME, RECOVERY, Site
from scanner.emulation.exemplar.directory import shared_table
from scanner.emulation.exemplar.nights import keep_critical
from scanner.emulation.seeding import put_object

DOCUMENTS = "exemplar-customer-documents"


def settle(site: Site) -> None:
    """Make them, then live through 35 nights."""
    shared_table(site, "profiles", "customer-metadata", gib=20)
    twin_buckets(site, DOCUMENTS, "customer-metadata", gib=900)
    expire(site, DOCUMENTS, 60)
    with site.emulator.on_stage() as world:
        for number in range(6):
            at = site.at - timedelta(days=number)
            put_object(world, site.account, DOCUMENTS, f"contracts/{number:04}.pdf", at, b"%PDF-1.7")


def twin_buckets(site: Site, name: str, system: str, *, gib: float, locked: int | None = None) -> None:
    """A bucket and its twin in the other region, each of which replicates what is written to it to the other."""
    twin = f"{name}-twin"
    for each, region, key in ((name, HOME, "data"), (twin, RECOVERY, "data@recovery")):
        bucket(site, each, region=region, key=key, system=system, locked=locked, Backup="critical")
        keep_critical(site, f"arn:aws:s3:::{each}", gib=gib, region=region)
    replicate_bucket(site, name, twin, key="data@recovery", timed=True)
    replicate_bucket(site, twin, name, region=RECOVERY, key="data", timed=True)
