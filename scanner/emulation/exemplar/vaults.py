"""Locked vaults in two regions and in another account, and the plans that fill them."""

from typing import Any

from scanner.emulation.company.plans import NIGHTLY, make, rule, select
from scanner.emulation.company.site import BUNKER, HOME, RECOVERY, Site, vault_arn
from scanner.emulation.company.vaults import bunker, guard

# Where each region keeps its backups, where it keeps them for a year, and where else copies go.
KEPT = {HOME: "home-vault", RECOVERY: "recovery-vault"}
ARCHIVED = {HOME: "home-archive", RECOVERY: "recovery-archive"}
MONTHLY = "cron(0 2 1 * ? *)"
DAYS, YEAR, COLD = 35, 365, 30


def settle(site: Site) -> None:
    """Make the vaults and what the regions agree to, then the plans and what they select."""
    for region, other in ((HOME, RECOVERY), (RECOVERY, HOME)):
        backup = site.client("backup", region)
        for name in (KEPT[region], ARCHIVED[region]):
            backup.create_backup_vault(
                BackupVaultName=name,
                EncryptionKeyArn=site.keys["backup" if region == HOME else "backup@recovery"],
                BackupVaultTags={"System": "backup"},
            )
            guard(site, backup, name, site.arn("sns", "backup-alerts", region))
        bunker(site, region)
        _critical(site, region, other)
    make(site, "standard", [rule("nightly", KEPT[HOME], NIGHTLY, DAYS, copies=copies(site, HOME, RECOVERY))])
    make(site, "development", [rule("twice-a-day", KEPT[HOME], "cron(0 2,14 * * ? *)", DAYS)])
    for name in ("standard", "development"):
        select(site, name, "by-tag", ListOfTags=[_tagged("ListOfTags", name)])
    databases = [site.arn("rds", "db:*", "*"), site.arn("rds", "cluster:*", "*")]
    make(site, "continuous", [rule("continuous", KEPT[HOME], NIGHTLY, DAYS, continuous=True)])
    select(
        site,
        "continuous",
        "critical-databases",
        Resources=databases,
        Conditions={"StringEquals": [_tagged("Conditions", "critical")]},
    )


def _critical(site: Site, region: str, other: str) -> None:
    """What critical systems need: every night here, far away and in another account, and every month for a year."""
    name = plan_of(region)
    away = copies(site, region, other) | {vault_arn("bunker-vault", region, BUNKER): DAYS}
    make(
        site,
        name,
        [
            rule("nightly", KEPT[region], NIGHTLY, DAYS, copies=away),
            rule("monthly", ARCHIVED[region], MONTHLY, YEAR, cold=COLD),
        ],
        region,
    )
    select(site, name, "by-tag", region=region, ListOfTags=[_tagged("ListOfTags", "critical")])


def plan_of(region: str) -> str:
    """The plan of the critical systems in a region."""
    return "critical" if region == HOME else "critical-recovery"


def copies(site: Site, region: str, other: str) -> dict[str, int]:
    """The vault of the other region."""
    return {vault_arn(KEPT[other], other, site.account): DAYS}


def _tagged(member: str, value: str) -> dict[str, Any]:
    """A condition on the tag `Backup`, which a selection writes in one of two ways."""
    if member == "Conditions":
        return {"ConditionKey": "aws:ResourceTag/Backup", "ConditionValue": value}
    return {"ConditionType": "STRINGEQUALS", "ConditionKey": "Backup", "ConditionValue": value}
