"""Clusters of Aurora, of Multi-AZ RDS, of DocumentDB and of Neptune: one API lists them all, as at AWS."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import days, flag, instant, text, tuple_of, whole
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial, gathered
from scanner.model.origin import Listing, SideList, call, item
from scanner.model.reading import Known
from scanner.resources.alerting import lags
from scanner.resources.alerting.database_events import CLUSTER, events_of, told_needs
from scanner.resources.alerting.watching import watched_by
from scanner.resources.alerting.ways import News
from scanner.resources.protection import Elsewhere, Span
from scanner.resources.rds.arns import beside
from scanner.resources.rds.database import Database
from scanner.resources.rds.instances import LOSS, Instance, beyond, carrier, carrier_needs
from scanner.resources.rds.parameters import ClusterParameters
from scanner.resources.rds.settings import (
    ClusterParameterGroup,
    cluster_parameter_group_exists,
    subnet_group_needs,
    subnet_group_state,
)
from scanner.resources.rds.transport import Transport, cluster_transport
from scanner.resources.vpc.place import Placed, one_port

_LIST = call("rds:DescribeDBClusters")


def _listed(where: str) -> Listing:
    return Listing(_LIST, "DBClusters[]", id="{DBClusterArn}", name="{DBClusterIdentifier}", where=where)


def members_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the ARNs of a cluster's members."""
    arn = raw["DBClusterArn"]
    return tuple(sorted(beside(arn, "db", one["DBInstanceIdentifier"]) for one in raw.get("DBClusterMembers") or ()))


def source_of(raw: Mapping[str, Any]) -> str | None:
    """Read the ARN of what a cluster replicates; AWS names it where it is a replica or a global secondary."""
    name = raw.get("ReplicationSourceIdentifier")
    return beside(raw["DBClusterArn"], "cluster", name) if name else None


def replicas_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the ARNs of the clusters that replicate a cluster."""
    arn = raw["DBClusterArn"]
    return tuple(sorted(beside(arn, "cluster", name) for name in raw.get("ReadReplicaIdentifiers") or ()))


def parameters_state(raw: Mapping[str, Any]) -> str:
    """Read whether the parameter group is in force: the state of the first member with which it is not."""
    states = [one["DBClusterParameterGroupStatus"] for one in raw.get("DBClusterMembers") or ()]
    return next((state for state in states if state != "in-sync"), "in-sync")


def elsewhere(cluster: Any, look: Look) -> Partial[Elsewhere]:  # noqa: ARG001  # the shape of a derived fact
    """Give the regions that hold replicas, members of a global cluster, or the source of a replica."""
    source = cluster.replica_of
    return Partial(
        (
            *beyond(cluster.id, cluster.replicas, "read replica"),
            *beyond(cluster.id, cluster.global_readers, "global cluster member"),
            *(beyond(cluster.id, (source,), "source of the replica") if source else ()),
        )
    )


def public_members(cluster: Any, look: Look) -> Partial[str]:
    """Name the members of a cluster that have a public address."""

    def pick(arn: str) -> tuple[str, ...]:
        member = look.one(Instance, arn)
        return (member.name,) if member is not None and member.public else ()

    def is_public(arn: str) -> bool:
        with suppress(CouldNotCheck):
            member = look.found_as(Instance, arn)
            reading = None if member is None else look.reading(member, Instance.public)
            return isinstance(reading, Known) and bool(reading.value)
        return False

    # What decides is read last: findings point there.
    return gathered(sorted(cluster.members, key=is_public), pick)


class DatabaseCluster(Database, Placed):
    """A cluster of databases over one storage. Abstract; the kinds differ by engine."""

    created_at: Fact[datetime] = fact("When it was created.", live=item("ClusterCreateTime", instant))
    status: Fact[str] = fact("What AWS says of it.", live=item("Status", text))
    retention: Fact[timedelta] = fact(
        "How long its automated backups are kept.", live=item("BackupRetentionPeriod", days)
    )
    earliest: Fact[datetime | None] = fact(
        "The earliest time it can be restored to; none where it cannot yet.",
        live=item("EarliestRestorableTime", instant, absent=None),
    )
    latest: Fact[datetime | None] = fact(
        # Absent while the first backup is still to come.
        "The latest time it can be restored to; none where it cannot yet.",
        live=item("LatestRestorableTime", instant, absent=None),
    )
    multi_az: Fact[bool] = fact("Its members are in several availability zones.", live=item("MultiAZ", flag))
    members: Fact[tuple[str, ...]] = fact("The ARNs of its members.", live=item("@", members_of))
    replicas: Fact[tuple[str, ...]] = fact("The ARNs of the clusters that replicate it.", live=item("@", replicas_of))
    replica_of: Fact[str | None] = fact(
        "The ARN of what it replicates; none for no replica.", live=item("@", source_of)
    )
    global_readers: Fact[tuple[str, ...]] = fact(
        "The ARNs of the clusters that read from it in a global cluster.",
        live=SideList(
            call("rds:DescribeGlobalClusters"), "GlobalClusters[].GlobalClusterMembers[]", key="DBClusterArn"
        ).at("Readers", tuple_of(text), absent=()),
    )
    storage: Fact[int | None] = fact(
        "Its storage in GiB; Aurora always says 1.", live=item("AllocatedStorage", whole, absent=None)
    )
    port: Fact[int | None] = fact("The port it listens on.", live=item("Port", whole, absent=None))
    subnet_group: Fact[str | None] = fact(
        "The name of its subnet group; none outside a VPC.", live=item("DBSubnetGroup", text, absent=None)
    )
    subnets: Fact[tuple[str, ...]] = fact(
        "The subnets it may be in.",
        live=SideList(
            call("rds:DescribeDBSubnetGroups"), "DBSubnetGroups[]", key="DBSubnetGroupName", match="DBSubnetGroup"
        ).at("Subnets[].SubnetIdentifier", tuple_of(text)),
    )
    ports: Fact[tuple[int, ...]] = derived("The ports it answers at.", needs=lambda kind: [kind.port], by=one_port)
    public: Fact[bool] = fact(
        # Said of Multi-AZ clusters; of the others the members say it (DBCluster, API reference).
        "It has a public address as a whole.", live=item("PubliclyAccessible", flag, absent=False)
    )  # fmt: skip
    public_members: Fact[Partial[str]] = derived(
        "Those of its members that have a public address.",
        needs=lambda kind: [kind.members, Instance.public],
        by=public_members,
    )
    security_groups: Fact[tuple[str, ...]] = fact(
        "The security groups that guard it.",
        live=item("VpcSecurityGroups[].VpcSecurityGroupId", tuple_of(text), absent=()),
    )
    parameter_group: Fact[str] = fact("The name of its parameter group.", live=item("DBClusterParameterGroup", text))
    parameters_state: Fact[str] = fact(
        "Whether its parameter group is in force with every member: in-sync where it is.",
        live=item("@", parameters_state),
    )
    transport: Fact[Transport] = derived(
        "How it accepts connections.",
        needs=lambda kind: [kind.engine, kind.version, kind.parameter_group, ClusterParameters.settings],
        by=cluster_transport,
    )
    subnet_group_state: Fact[str | None] = derived(
        "What AWS says of its subnet group: Complete, or gone; none where it names none of its own.",
        needs=subnet_group_needs,
        by=subnet_group_state,
    )
    parameter_group_exists: Fact[bool] = derived(
        "Its parameter group exists.",
        needs=lambda kind: [kind.parameter_group, ClusterParameterGroup.family],
        by=cluster_parameter_group_exists,
    )
    events_told: Fact[tuple[News, ...]] = derived(
        "Whom its events reach, by their category.",
        needs=lambda _: told_needs(),
        by=lambda cluster, look: events_of(CLUSTER, cluster, look),
    )
    backed_up_with: Fact[str | None] = derived(
        "The resource whose backups hold its data as well: the source it replicates.", needs=carrier_needs, by=carrier
    )
    native: Fact[bool] = derived(
        "It keeps backups of its own, without AWS Backup.",
        needs=lambda kind: [kind.retention],
        by=lambda cluster, _: bool(cluster.retention),
    )
    native_loss: Fact[timedelta | None] = derived(
        "The most data that its own backups can lose, as AWS documents it.",
        needs=lambda kind: [kind.retention],
        by=lambda cluster, _: LOSS if cluster.retention else None,
    )
    restorable: Fact[Span | None] = derived(
        "The span to any moment of which its automated backups restore it; none where it cannot be yet.",
        needs=lambda kind: [kind.earliest, kind.latest],
        by=lambda cluster, _: Span(cluster.earliest, cluster.latest) if cluster.earliest and cluster.latest else None,
    )
    elsewhere: Fact[Partial[Elsewhere]] = derived(
        "The other regions that hold replicas of it, or its source.",
        needs=lambda kind: [kind.replicas, kind.global_readers, kind.replica_of],
        by=elsewhere,
    )


class Cluster(DatabaseCluster):
    """An Aurora cluster, or a Multi-AZ cluster of RDS."""

    kind = "aws.rds.cluster"
    title = "Aurora cluster"
    backup_type = "Aurora"
    listed_by = _listed("Engine != 'docdb' && Engine != 'neptune'")

    backed_up_as: Fact[str] = derived(
        # "RDS" covers Multi-AZ clusters (AWS Backup developer guide, "Amazon RDS backups").
        "AWS Backup's name for its kind: RDS for a Multi-AZ cluster, whose engine is not Aurora's.",
        needs=lambda kind: [kind.engine],
        by=lambda cluster, _: "Aurora" if cluster.engine.startswith("aurora") else "RDS",
    )
    lag_told: Fact[tuple[News, ...]] = watched_by(
        "Whom it reaches that it lags behind its source.", lags.of_cluster, "replica_of"
    )


class DocumentCluster(DatabaseCluster):
    """A DocumentDB cluster."""

    kind = "aws.docdb.cluster"
    title = "DocumentDB cluster"
    backup_type = "DocumentDB"
    listed_by = _listed("Engine == 'docdb'")


class GraphCluster(DatabaseCluster):
    """A Neptune cluster."""

    kind = "aws.neptune.cluster"
    title = "Neptune cluster"
    backup_type = "Neptune"
    listed_by = _listed("Engine == 'neptune'")
