"""Warehouses with their key and cross-region copies."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.descriptions import alter, described, list_also
from scanner.emulation.services.kms import aws_managed_key
from scanner.emulation.services.subnets import DEFAULT, default_subnets
from scanner.emulation.wire import Document, Refusal


def add_cluster_snapshot(
    world: World,
    cluster: str,
    at: datetime,
    *,
    region: str,
    account: str,
    kind: str = "automated",
    **members: Any,
) -> Document:
    """Put a snapshot of a warehouse, taken at a given time, beside it."""
    held, name = world.backend("redshift", account, region).clusters[cluster], f"rs:{cluster}-{at:%Y-%m-%d-%H-%M-%S}"
    name = name if kind == "automated" else name.removeprefix("rs:")
    return list_also(
        world,
        account,
        region,
        "redshift:DescribeClusterSnapshots",
        {
            "SnapshotIdentifier": name,
            "ClusterIdentifier": cluster,
            "SnapshotCreateTime": at,
            "Status": "available",
            "SnapshotArn": f"arn:aws:redshift:{region}:{account}:snapshot:{cluster}/{name}",
            "SnapshotType": kind,
            "NodeType": held.node_type,
            "NumberOfNodes": held.number_of_nodes,
            "DBName": held.db_name,
            "Encrypted": bool(held.encrypted),
            "OwnerAccount": account,
            "KmsKeyId": getattr(held, "kms_key_id", None) or "",
            "TotalBackupSizeInMegaBytes": 81_920.0,
            "Tags": [],
            **members,
        },
    )


def drop_snapshots(world: World, *, region: str, account: str) -> None:
    """Forget the automated snapshots moto makes at creation, dated by the wall clock."""
    held = world.backend("redshift", account, region).snapshots
    for name in [name for name, snapshot in held.items() if snapshot.snapshot_type == "automated"]:
        del held[name]


@answers("redshift:CreateCluster")
def create_cluster(call: Call) -> Document:
    """Moto forgets the key and how long manual snapshots are kept."""
    answer, told = call.moto(), call.params
    key = told.get("KmsKeyId") or (
        aws_managed_key(call.world, call.account, call.region, "redshift") if told.get("Encrypted") else None
    )
    call.backend("redshift").clusters[told["ClusterIdentifier"]].kms_key_id = key
    extra: Document = {
        "KmsKeyId": key,
        **_placed(call, told.get("ClusterSubnetGroupName")),
        "ManualSnapshotRetentionPeriod": told.get("ManualSnapshotRetentionPeriod", -1),
        "MultiAZ": "Disabled",
        "ClusterAvailabilityStatus": "Available",
        "ClusterNamespaceArn": f"arn:aws:redshift:{call.region}:{call.account}:namespace:{told['ClusterIdentifier']}",
    }
    alter(
        call.world,
        call.account,
        call.region,
        "redshift",
        told["ClusterIdentifier"],
        **{name: value for name, value in extra.items() if value},
    )
    return {"Cluster": {**answer["Cluster"], **{name: value for name, value in extra.items() if value}}}


def _placed(call: Call, name: str | None) -> Document:
    """Where a warehouse stands; moto leaves out the VPC, and the default subnet group."""
    held = call.backend("redshift").subnet_groups.get(name) if name else None
    subnets = held.subnets if held else default_subnets(call)
    return {"ClusterSubnetGroupName": name or DEFAULT, "VpcId": subnets[0].vpc_id if subnets else None}


@answers("redshift:EnableSnapshotCopy")
def enable_snapshot_copy(call: Call) -> Document:
    """Unlike moto, AWS copies clusters encrypted by its own key without a grant; told apart by nobody here."""
    name, region = call.params["ClusterIdentifier"], call.params["DestinationRegion"]
    if name not in call.backend("redshift").clusters:
        raise Refusal("ClusterNotFound", f"Cluster {name} not found.", 404)
    if region == call.region:
        raise Refusal("UnknownSnapshotCopyRegionFault", f"Invalid region {region}", 404)
    status: Document = {
        "DestinationRegion": region,
        "RetentionPeriod": call.params.get("RetentionPeriod", 7),
        "ManualSnapshotRetentionPeriod": -1,
    }
    if grant := call.params.get("SnapshotCopyGrantName"):
        status["SnapshotCopyGrantName"] = grant
    alter(call.world, call.account, call.region, "redshift", name, ClusterSnapshotCopyStatus=status)
    return {"Cluster": {"ClusterIdentifier": name, "ClusterSnapshotCopyStatus": status}}


@answers("redshift:DescribeClusterSnapshots")
def describe_snapshots(call: Call) -> Document:
    """Narrowed to a type and a span of time, which moto ignores."""
    answer, told = described(call), call.params
    kept = [
        snapshot
        for snapshot in answer["Snapshots"]
        if told.get("SnapshotType") in (None, snapshot["SnapshotType"])
        and ("StartTime" not in told or snapshot["SnapshotCreateTime"] >= told["StartTime"])
        and ("EndTime" not in told or snapshot["SnapshotCreateTime"] <= told["EndTime"])
    ]
    return {**answer, "Snapshots": kept}


@dataclass
class Changed:
    """Parameters that were changed, by group and name."""

    values: dict[tuple[str, str], str] = field(default_factory=dict)


@answers("redshift:ModifyClusterParameterGroup")
def modify_parameters(call: Call) -> Document:
    group = call.params["ParameterGroupName"]
    if group not in call.backend("redshift").parameter_groups or group.startswith("default."):
        raise Refusal("InvalidClusterParameterGroupState", f"Parameter group {group} cannot be modified.")
    for each in call.params["Parameters"]:
        call.shelf(Changed).values[group, each["ParameterName"]] = each["ParameterValue"]
    return {"ParameterGroupName": group, "ParameterGroupStatus": "Your parameter group has been updated."}


@answers("redshift:DescribeClusterParameters")
def describe_parameters(call: Call) -> Document:
    """Changed parameters have the source user."""
    answer, changed = call.moto(), call.shelf(Changed).values
    for each in answer["Parameters"]:
        value = changed.get((call.params["ParameterGroupName"], each["ParameterName"]))
        if value is not None:
            each |= {"ParameterValue": value, "Source": "user"}
    return answer
