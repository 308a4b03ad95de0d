"""What 35 nights and a year of months left in the vaults."""

from datetime import datetime, timedelta

from scanner.emulation.company.site import BUNKER, GIB, HOME, RECOVERY, Site, vault_arn
from scanner.emulation.exemplar.vaults import ARCHIVED, COLD, DAYS, KEPT, YEAR, copies, plan_of
from scanner.emulation.seeding import add_backup_job, add_recovery_point

MONTHS = 4


def keep_critical(
    site: Site,
    resource: str,
    *,
    gib: float,
    region: str = HOME,
    kind: str | None = None,
    cold: bool = False,
    continuous: bool = False,
) -> None:
    """A backup of each night with its copies in another region and account, and one of each month."""
    other = RECOVERY if region == HOME else HOME
    away = copies(site, region, other) | {vault_arn("bunker-vault", region, BUNKER): DAYS}
    site.history(
        KEPT[region],
        resource,
        plan=plan_of(region),
        copies=away,
        copied=DAYS,
        gib=gib,
        kind=kind,
        region=region,
    )
    by = site.plans[plan_of(region)]
    with site.emulator.on_stage() as world:
        for at in _months(site):
            old = site.at - at > timedelta(days=COLD)
            point = add_recovery_point(
                world,
                ARCHIVED[region],
                resource,
                at,
                region=region,
                account=site.account,
                lifecycle={"DeleteAfterDays": YEAR} | ({"MoveToColdStorageAfterDays": COLD} if cold else {}),
                created_by=by,
                role=site.role(),
                size=int(gib * GIB * 0.9),
                kind=kind,
                storage="COLD" if cold and old else "WARM",
            )
            add_backup_job(
                world,
                ARCHIVED[region],
                resource,
                at,
                region=region,
                account=site.account,
                point=point,
                created_by=by,
                size=int(gib * GIB * 0.9),
                role=site.role(),
                kind=kind,
            )
        if continuous:
            add_recovery_point(
                world,
                KEPT[region],
                resource,
                site.at - timedelta(days=YEAR),
                region=region,
                account=site.account,
                lifecycle={"DeleteAfterDays": DAYS},
                created_by=site.plans["continuous"],
                continuous=True,
                size=int(gib * GIB),
                kind=kind,
            )


def keep(site: Site, resource: str, *, gib: float, kind: str | None = None) -> None:
    """A backup of each night, with its copy in the other region."""
    site.history(
        KEPT[HOME],
        resource,
        plan="standard",
        copies=copies(site, HOME, RECOVERY),
        copied=DAYS,
        gib=gib,
        kind=kind,
    )


def _months(site: Site) -> list[datetime]:
    """The runs of the first night of each of the last months, the newest first."""
    newest = site.at.replace(day=1, hour=2, minute=4, second=0, microsecond=0)
    if newest + timedelta(hours=2) > site.at:
        newest = (newest - timedelta(days=1)).replace(day=1)
    found = [newest]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found
