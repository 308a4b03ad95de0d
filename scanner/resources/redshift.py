"""Amazon Redshift: clusters and their snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import days, flag, instant, is_, number, tag_list, text, tuple_of, whole
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial, legible
from scanner.model.origin import Listing, SideList, call, item, of
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.schedule import Schedule
from scanner.resources.alerting import limits
from scanner.resources.alerting.watching import watched_by
from scanner.resources.alerting.ways import News
from scanner.resources.protection import Elsewhere, Recoverable
from scanner.resources.store import Backup
from scanner.resources.vpc.place import Placed

#: "about every eight hours or following every 5 GB per node of data changes, or whichever comes first", unless
#: a snapshot schedule says otherwise (management guide, "Automated snapshots").
_USUAL = timedelta(hours=8)


def kept_days(raw: Any) -> timedelta | None:
    """Read a number of days; none for ever (-1)."""
    return None if int(raw) < 0 else days(raw)


def snapshots_lose(cluster: Cluster, look: Look) -> timedelta | None:
    """Say how long the cluster goes without an automated snapshot, by its schedule or by Redshift's habit."""
    if not cluster.retention:
        return None
    if not cluster.schedule:
        return _USUAL
    start = look.estate.taken_at
    with legible(f"snapshot schedule of {cluster.name}"):
        gaps = [Schedule.parse(one).longest_gap(start, start + timedelta(days=31)) for one in cluster.schedule]
    return min((gap for gap in gaps if gap is not None), default=None)


def require_ssl(raw: Any) -> bool:
    """Find whether a parameter group refuses connections without TLS."""
    for one in raw:
        if one["ParameterName"].lower() == "require_ssl":
            return flag(one["ParameterValue"])
    raise ValueError("the parameter group has no require_ssl")


class Parameters(Resource):
    """The parameter group of clusters: listed by those that use it, so that no other is asked for."""

    kind = "aws.redshift.parameters"
    title = "parameter group in use by Redshift"
    listed_by = Listing(
        call("redshift:DescribeClusters"), "Clusters[]",
        id="arn:{partition}:redshift:{region}:{account}:parametergroup:"
        "{ClusterParameterGroups[0][ParameterGroupName]}",
        name="{ClusterParameterGroups[0][ParameterGroupName]}", where="ClusterParameterGroups[0]",
    )  # fmt: skip

    requires_tls: Fact[bool] = fact(
        "Connections without TLS are refused.",
        live=call(
            "redshift:DescribeClusterParameters", ParameterGroupName=of("ClusterParameterGroups[0].ParameterGroupName")
        ).at("Parameters", require_ssl),
    )


def requires_tls(cluster: Cluster, look: Look) -> bool:
    """Say whether a cluster refuses connections without TLS."""
    partition, service, region, account = cluster.id.split(":")[1:5]
    for name in cluster.parameter_groups:
        group = look.one(Parameters, f"arn:{partition}:{service}:{region}:{account}:parametergroup:{name}")
        if group is not None:
            return group.requires_tls
    raise CouldNotCheck(Unknown(Reason.MISSING, f"{cluster.name}: its parameter group was not listed"))


class Cluster(Recoverable, Placed):
    """A Redshift cluster."""

    kind = "aws.redshift.cluster"
    title = "Redshift cluster"
    backup_type = "Redshift"
    listed_by = Listing(
        call("redshift:DescribeClusters"), "Clusters[]",
        id="arn:{partition}:redshift:{region}:{account}:cluster:{ClusterIdentifier}",
        name="{ClusterIdentifier}",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    created_at: Fact[datetime] = fact("When it was created.", live=item("ClusterCreateTime", instant))
    encrypted: Fact[bool] = fact("Its data is encrypted at rest.", live=item("Encrypted", flag))
    key: Fact[str | None] = fact(
        "The KMS key its data is encrypted with; none for no KMS key.",
        live=item("KmsKeyId", text, absent=None),
    )
    storage_told: Fact[tuple[News, ...]] = watched_by("Whom it reaches that its storage fills up.", limits.of_warehouse)
    public: Fact[bool] = fact("It has a public address.", live=item("PubliclyAccessible", flag))
    subnet_group: Fact[str | None] = fact("Its subnet group.", live=item("ClusterSubnetGroupName", text, absent=None))
    vpc: Fact[str | None] = fact("The VPC it is in.", live=item("VpcId", text, absent=None))
    subnets: Fact[tuple[str, ...]] = fact(
        "The subnets it may be in.",
        live=SideList(
            call("redshift:DescribeClusterSubnetGroups"), "ClusterSubnetGroups[]",
            key="ClusterSubnetGroupName", match="ClusterSubnetGroupName",
        ).at("Subnets[].SubnetIdentifier", tuple_of(text)),
    )  # fmt: skip
    ports: Fact[tuple[int, ...]] = fact(
        # No endpoint while it is being created, or paused (Endpoint, API reference).
        "The ports it answers at.", live=item("Endpoint.Port", lambda raw: (whole(raw),), absent=())
    )  # fmt: skip
    security_groups: Fact[tuple[str, ...]] = fact(
        "Its security groups.", live=item("VpcSecurityGroups[].VpcSecurityGroupId", tuple_of(text), absent=())
    )
    parameter_groups: Fact[tuple[str, ...]] = fact(
        "Its parameter groups.",
        live=item("ClusterParameterGroups[].ParameterGroupName", tuple_of(text), absent=()),
    )
    parameters_state: Fact[str] = fact(
        "Whether its parameter group is in force: in-sync where it is.",
        live=item("ClusterParameterGroups[0].ParameterApplyStatus", text),
    )
    requires_tls: Fact[bool] = derived(
        "It refuses connections without TLS.",
        needs=lambda kind: [kind.parameter_groups, Parameters.requires_tls],
        by=requires_tls,
    )
    retention: Fact[timedelta] = fact(
        "How long automated snapshots are kept; no time at all where none are taken.",
        live=item("AutomatedSnapshotRetentionPeriod", days),
    )
    manual_retention: Fact[timedelta | None] = fact(
        # -1, for ever, is the default (ModifyCluster, API reference).
        "How long manual snapshots are kept by default; none for ever.",
        live=item("ManualSnapshotRetentionPeriod", kept_days, absent=None),
    )
    schedule: Fact[tuple[str, ...]] = fact(
        "The schedule of its automated snapshots; nothing for Redshift's own.",
        live=SideList(
            call("redshift:DescribeSnapshotSchedules"), "SnapshotSchedules[]",
            key="ScheduleIdentifier", match="SnapshotScheduleIdentifier",
        ).at("ScheduleDefinitions", tuple_of(text), absent=()),
    )  # fmt: skip
    copies_to: Fact[str | None] = fact(
        "The region its snapshots are copied to; none where they are not.",
        live=item("ClusterSnapshotCopyStatus.DestinationRegion", text, absent=None),
    )
    copies_kept: Fact[timedelta | None] = fact(
        "How long copied automated snapshots are kept; none where they are not copied.",
        live=item("ClusterSnapshotCopyStatus.RetentionPeriod", days, absent=None),
    )
    native: Fact[bool] = derived(
        "It keeps backups of its own, without AWS Backup: automated snapshots.",
        needs=lambda kind: [kind.retention],
        by=lambda cluster, _: cluster.retention > timedelta(),
    )
    native_loss: Fact[timedelta | None] = derived(
        "The most data that its automated snapshots can lose.",
        needs=lambda kind: [kind.retention, kind.schedule],
        by=snapshots_lose,
    )
    elsewhere: Fact[Partial[Elsewhere]] = derived(
        "The region its snapshots are copied to.",
        needs=lambda kind: [kind.copies_to],
        by=lambda cluster, _: Partial(
            (Elsewhere(cluster.copies_to, cluster.account, "copied snapshots"),) if cluster.copies_to else ()
        ),
    )


def cluster_arn(raw: Mapping[str, Any]) -> str:
    """Build the ARN of a snapshot's cluster: the snapshot's own, in the region it was copied from."""
    partition, service, region, account = raw["SnapshotArn"].split(":")[1:5]
    region = raw.get("SourceRegion") or region
    return f"arn:{partition}:{service}:{region}:{account}:cluster:{raw['ClusterIdentifier']}"


class Snapshot(Backup):
    """A snapshot of a Redshift cluster, automated or manual."""

    kind = "aws.redshift.snapshot"
    title = "Redshift snapshot"
    tagged_by = "tags"
    made_of = ("aws.redshift.cluster",)
    listed_by = Listing(
        call("redshift:DescribeClusterSnapshots"),
        "Snapshots[]",
        id="{SnapshotArn}",
        name="{SnapshotIdentifier}",
    )

    source: Fact[str] = fact("The ARN of the cluster it was made of.", live=item("@", cluster_arn))
    made_at: Fact[datetime] = fact("When the data in it was taken.", live=item("SnapshotCreateTime", instant))
    usable: Fact[bool] = fact(
        # "final snapshot" is the one taken while the cluster is deleted (Snapshot, API reference).
        "It is complete and can be restored.", live=item("Status", is_("available", "final snapshot"))
    )  # fmt: skip
    status: Fact[str] = fact("What AWS says of it.", live=item("Status", text))
    copied_from: Fact[str | None] = fact(
        # Left out for a snapshot that was made where it is (Snapshot, API reference).
        "The region it was copied from; none for an original.",
        live=item("SourceRegion", text, absent=None),
    )
    automated: Fact[bool] = fact("Redshift took it by itself.", live=item("SnapshotType", is_("automated")))
    encrypted: Fact[bool] = fact("It is encrypted.", live=item("Encrypted", flag))
    key: Fact[str | None] = fact("The KMS key it is encrypted with.", live=item("KmsKeyId", text, absent=None))
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    shared_with: Fact[tuple[str, ...]] = fact(
        "The accounts that may restore it, beside its owner.",
        live=item("AccountsWithRestoreAccess[].AccountId", tuple_of(text), absent=()),
    )
    kept: Fact[timedelta | None] = fact(
        # Automated snapshots have no period of their own; they go with the cluster's.
        "How long it is kept by its own setting; none for ever, or where its cluster's setting decides.",
        live=item("ManualSnapshotRetentionPeriod", kept_days, absent=None),
    )  # fmt: skip
    size: Fact[float | None] = fact(
        "Its size in megabytes.", live=item("TotalBackupSizeInMegaBytes", number, absent=None)
    )
