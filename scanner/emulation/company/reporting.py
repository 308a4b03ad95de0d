"""The warehouses."""

from typing import Any

from scanner.emulation.company.site import HOME, RECOVERY, Site, tags
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import add_warehouse_snapshot, drop_warehouse_snapshots


def settle(site: Site) -> None:
    """One kept and copied, one neither; and one nobody has touched for years."""
    for name, days, key in (("warehouse", 35, "data"), ("warehouse-sandbox", 1, None), ("warehouse-old", 30, "legacy")):
        # The sandbox stays in the default VPC, and is open.
        open_to_all = {"PubliclyAccessible": True}
        placed = {"ClusterSubnetGroupName": "private", "VpcSecurityGroupIds": [site.network[HOME].group]}
        warehouse(site, name, days=days, key=key, **(open_to_all if name == "warehouse-sandbox" else placed))
    site.client("redshift").enable_snapshot_copy(
        ClusterIdentifier="warehouse", DestinationRegion=RECOVERY, RetentionPeriod=35
    )
    with site.emulator.on_stage() as world:
        drop_warehouse_snapshots(world, region=HOME, account=ACCOUNT)
        for night, at in enumerate(site.nights(35)):
            add_warehouse_snapshot(world, "warehouse", at, region=HOME, account=ACCOUNT, Tags=tags("reporting"))
            if night < 30 and night not in (9, 10):
                add_warehouse_snapshot(world, "warehouse-old", at, region=HOME, account=ACCOUNT)
        add_warehouse_snapshot(world, "warehouse-sandbox", site.nights(1)[0], region=HOME, account=ACCOUNT)
    clusters = f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster"
    site.history("reporting-vault", f"{clusters}:warehouse", plan="reporting-rate", kept=30, days=30, gib=700)
    site.history(
        "reporting-vault",
        f"{clusters}:warehouse-old",
        plan="reporting-rate",
        kept=30,
        days=30,
        gib=90,
        tagged=False,
        lost=range(20),
    )


def warehouse(site: Site, name: str, *, days: int, key: str | None, **told: Any) -> None:
    """A warehouse; encrypted unless there is no key."""
    keyed = {"Encrypted": True, "KmsKeyId": site.keys[key]} if key else {"Encrypted": False}
    site.client("redshift").create_cluster(
        ClusterIdentifier=name,
        NodeType="ra3.xlplus",
        ClusterType="multi-node",
        NumberOfNodes=2,
        DBName="reports",
        MasterUsername="admin",
        MasterUserPassword="Not-a-secret1",
        AutomatedSnapshotRetentionPeriod=days,
        Tags=tags("reporting"),
        **keyed,
        **told,
    )
