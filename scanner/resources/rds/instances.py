"""RDS instances: databases of their own, read replicas, and the members of clusters, which AWS lists beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.arn import is_arn
from scanner.model.convert import days, flag, instant, text, tuple_of, whole
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial
from scanner.model.origin import Listing, SideList, call, item
from scanner.resources.alerting import lags, limits
from scanner.resources.alerting.database_events import ALONE, MEMBER, events_of, told_needs
from scanner.resources.alerting.watching import watch_needs, watched_by
from scanner.resources.alerting.ways import News
from scanner.resources.protection import Elsewhere, Recoverable, Span
from scanner.resources.rds.arns import account_of, beside, region_of
from scanner.resources.rds.automated_backups import AutomatedBackup
from scanner.resources.rds.database import Database
from scanner.resources.rds.parameters import InstanceParameters
from scanner.resources.rds.settings import (
    ParameterGroup,
    parameter_group_exists,
    subnet_group_needs,
    subnet_group_state,
)
from scanner.resources.rds.transport import Transport, instance_transport, native_encryption
from scanner.resources.vpc.place import Placed, one_port

#: "typically within the last 5 minutes" (RDS, Aurora, DocumentDB and Neptune user guides, point-in-time restore).
LOSS = timedelta(minutes=5)
#: How long a database stays stopped at most; then AWS starts it (RDS and Aurora user guides, "Stopping ...").
LONGEST_STOP = timedelta(days=7)
#: How automated backups come to lie in another region.
REPLICATED_BACKUPS = "replicated automated backups"


def cluster_of(raw: Mapping[str, Any]) -> str | None:
    """Read the ARN of the cluster that an instance is a member of; AWS names it where it is (DBInstance)."""
    name = raw.get("DBClusterIdentifier")
    return beside(raw["DBInstanceArn"], "cluster", name) if name else None


def source_of(raw: Mapping[str, Any]) -> str | None:
    """Read the ARN of what a read replica replicates; AWS names it where it is one (DBInstance)."""
    if name := raw.get("ReadReplicaSourceDBInstanceIdentifier"):
        return beside(raw["DBInstanceArn"], "db", name)
    if name := raw.get("ReadReplicaSourceDBClusterIdentifier"):
        return beside(raw["DBInstanceArn"], "cluster", name)
    return None


def replicas_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the ARNs of the read replicas: instances, and Aurora clusters that replicate an instance."""
    arn = raw["DBInstanceArn"]
    instances = (beside(arn, "db", name) for name in raw.get("ReadReplicaDBInstanceIdentifiers") or ())
    clusters = (beside(arn, "cluster", name) for name in raw.get("ReadReplicaDBClusterIdentifiers") or ())
    return tuple(sorted((*instances, *clusters)))


def carrier(replica: Any, look: Look) -> str | None:
    """Give the source of a read replica where that one is backed up by itself, or by what carries it in turn."""
    source: str | None = replica.replica_of
    if source is None:
        return None
    if ":cluster:" in source:
        # The backups of a cluster cannot be turned off: 1 to 35 days (CreateDBCluster, API reference).
        return source
    found = look.one(Instance, source)
    if found is not None and (found.retention or found.backed_up_with is not None):
        return source
    return None


def carrier_needs(kind: type[Recoverable]) -> list[Fact[Any]]:
    """Name the facts that `carrier` reads."""
    return [kind.facts["replica_of"], Instance.retention, Instance.backed_up_with]


def carried(instance: Any, look: Look) -> str | None:
    """Give the cluster of a member, or the source of a replica that is backed up."""
    cluster: str | None = instance.cluster
    return cluster if cluster is not None else carrier(instance, look)


def stopped(store: Recoverable) -> bool:
    """Say whether a database is stopped: AWS takes no backups of it, and nothing is written to it."""
    from scanner.resources.rds.clusters import DatabaseCluster  # noqa: PLC0415  # the two refer to each other

    return isinstance(store, (Instance, DatabaseCluster)) and store.status == "stopped"


def its_cluster(store: Recoverable) -> str:
    """Say that the backups of a cluster's member belong to the cluster; "" of anything else."""
    cluster = store.cluster if isinstance(store, Instance) else None
    return f"its backups belong to the cluster {short(cluster)}" if cluster is not None else ""


def its_source(store: Recoverable) -> str:
    """Say that a replica's data are backed up at its source; "" of anything else."""
    owner = store.backed_up_with
    return f"replica of {short(owner)}, which is backed up" if owner is not None else ""


def short(arn: str) -> str:
    """Give the name in an ARN of RDS, with its region where the ARN tells it."""
    return f"{arn.rpartition(':')[2]} in {region_of(arn)}" if is_arn(arn) else arn


def beyond(own: str, others: tuple[str, ...], how: str) -> tuple[Elsewhere, ...]:
    """Give the ARNs that lie in another region than one's own as places elsewhere."""
    return tuple(Elsewhere(region_of(arn), account_of(arn), how) for arn in others if region_of(arn) != region_of(own))


def elsewhere(instance: Any, look: Look) -> Partial[Elsewhere]:  # noqa: ARG001  # the shape of a derived fact
    """Give the regions that hold replicated automated backups, replicas, or the source of a replica."""
    source = instance.replica_of
    return Partial(
        (
            *beyond(instance.id, instance.replicated, REPLICATED_BACKUPS),
            *beyond(instance.id, instance.replicas, "read replica"),
            *(beyond(instance.id, (source,), "source of the replica") if source else ()),
        )
    )


def restorable(instance: Any, look: Look) -> Span | None:
    """Give the span of point-in-time restore; only the automated backup beside the instance tells where it begins."""
    if not instance.retention or instance.latest is None:
        return None
    ranges = look.where(AutomatedBackup, AutomatedBackup.source, instance.id, region=instance.region)
    # Those of a former instance of the same name are retained beside its own, and reach no further than its end.
    begins = [one.earliest for one in ranges if one.status != "retained" and one.earliest is not None]
    return Span(min(begins), instance.latest) if begins else None


class Instance(Database, Placed):
    """An RDS instance; also each member of a cluster of Aurora, DocumentDB or Neptune."""

    kind = "aws.rds.instance"
    title = "RDS instance"
    backup_type = "RDS"
    listed_by = Listing(
        call("rds:DescribeDBInstances"), "DBInstances[]", id="{DBInstanceArn}", name="{DBInstanceIdentifier}"
    )

    created_at: Fact[datetime] = fact("When it was created.", live=item("InstanceCreateTime", instant))
    status: Fact[str] = fact("What AWS says of it.", live=item("DBInstanceStatus", text))
    retention: Fact[timedelta] = fact(
        "How long its automated backups are kept; zero where it takes none.", live=item("BackupRetentionPeriod", days)
    )
    latest: Fact[datetime | None] = fact(
        # Absent where there is nothing to restore from: no backups, or the first one still to come.
        "The latest time it can be restored to; none where it cannot.",
        live=item("LatestRestorableTime", instant, absent=None),
    )
    multi_az: Fact[bool] = fact("It has a standby in another availability zone.", live=item("MultiAZ", flag))
    zone: Fact[str | None] = fact("The availability zone it is in.", live=item("AvailabilityZone", text, absent=None))
    replicas: Fact[tuple[str, ...]] = fact("The ARNs of its read replicas.", live=item("@", replicas_of))
    replica_of: Fact[str | None] = fact(
        "The ARN of what it replicates; none for no replica.", live=item("@", source_of)
    )
    cluster: Fact[str | None] = fact(
        "The ARN of the cluster it is a member of; none where it stands alone.", live=item("@", cluster_of)
    )
    replicated: Fact[tuple[str, ...]] = fact(
        # Present only for an instance whose backups are replicated (DBInstance, API reference).
        "The ARNs of its replicated automated backups.",
        live=item("DBInstanceAutomatedBackupsReplications[].DBInstanceAutomatedBackupsArn", tuple_of(text), absent=()),
    )
    storage: Fact[int] = fact("Its storage in GiB.", live=item("AllocatedStorage", whole))
    storage_most: Fact[int | None] = fact(
        # Present only with storage autoscaling (MaxAllocatedStorage, API reference).
        "How far its storage grows by itself, in GiB; none where it does not.",
        live=item("MaxAllocatedStorage", whole, absent=None),
    )
    public: Fact[bool] = fact("It has a public address.", live=item("PubliclyAccessible", flag))
    port: Fact[int | None] = fact("The port it listens on.", live=item("Endpoint.Port", whole, absent=None))
    subnet_group: Fact[str | None] = fact(
        "The name of its subnet group; none outside a VPC.",
        live=item("DBSubnetGroup.DBSubnetGroupName", text, absent=None),
    )
    subnets: Fact[tuple[str, ...]] = fact(
        "The subnets it may be in.",
        live=item("DBSubnetGroup.Subnets[].SubnetIdentifier", tuple_of(text), absent=()),
    )
    security_groups: Fact[tuple[str, ...]] = fact(
        "The security groups that guard it.",
        live=item("VpcSecurityGroups[].VpcSecurityGroupId", tuple_of(text), absent=()),
    )
    ports: Fact[tuple[int, ...]] = derived("The ports it answers at.", needs=lambda kind: [kind.port], by=one_port)
    parameter_group: Fact[str] = fact(
        "The name of its parameter group.", live=item("DBParameterGroups[0].DBParameterGroupName", text)
    )
    parameters_state: Fact[str] = fact(
        "Whether its parameter group is in force: in-sync where it is.",
        live=item("DBParameterGroups[0].ParameterApplyStatus", text),
    )
    native_encryption: Fact[str] = fact(
        "What its option group makes of Oracle's own network encryption; nothing of other engines.",
        live=SideList(
            call("rds:DescribeOptionGroups"), "OptionGroupsList[]",
            key="OptionGroupName", match="OptionGroupMemberships[0].OptionGroupName",
        ).at("Options", native_encryption),
    )  # fmt: skip
    transport: Fact[Transport] = derived(
        "How it accepts connections.",
        needs=lambda kind: [
            kind.engine, kind.version, kind.parameter_group, kind.native_encryption, InstanceParameters.settings,
        ],
        by=instance_transport,
    )  # fmt: skip
    backup_target: Fact[str] = fact("Where its backups are stored: region, outposts or local.",
                                    live=item("BackupTarget", text))  # fmt: skip
    subnet_group_state: Fact[str | None] = derived(
        "What AWS says of its subnet group: Complete, or gone; none where it names none of its own.",
        needs=subnet_group_needs,
        by=subnet_group_state,
    )
    parameter_group_exists: Fact[bool] = derived(
        "Its parameter group exists.",
        needs=lambda kind: [kind.parameter_group, ParameterGroup.family],
        by=parameter_group_exists,
    )
    events_told: Fact[tuple[News, ...]] = derived(
        "Whom its events reach, by their category.",
        needs=lambda kind: [kind.cluster, *told_needs()],
        by=lambda instance, look: events_of(ALONE if instance.cluster is None else MEMBER, instance, look),
    )
    storage_told: Fact[tuple[News, ...]] = derived(
        "Whom it reaches that its storage fills up.",
        needs=lambda _: [*watch_needs(), *told_needs()],
        by=limits.of_instance,
    )
    lag_told: Fact[tuple[News, ...]] = watched_by(
        "Whom it reaches that it lags behind its source.", lags.of_instance, "cluster", "replica_of"
    )
    backed_up_with: Fact[str | None] = derived(
        "The resource whose backups hold its data as well: its cluster, or the source it replicates.",
        needs=lambda kind: [kind.cluster, *carrier_needs(kind)],
        by=carried,
    )
    native: Fact[bool] = derived(
        "It keeps backups of its own, without AWS Backup.",
        needs=lambda kind: [kind.retention],
        by=lambda instance, _: bool(instance.retention),
    )
    native_loss: Fact[timedelta | None] = derived(
        "The most data that its own backups can lose, as AWS documents it.",
        needs=lambda kind: [kind.retention],
        by=lambda instance, _: LOSS if instance.retention else None,
    )
    restorable: Fact[Span | None] = derived(
        "The span to any moment of which its automated backups restore it; none where it takes none.",
        needs=lambda kind: [
            kind.retention, kind.latest, AutomatedBackup.source, AutomatedBackup.status, AutomatedBackup.earliest,
        ],
        by=restorable,
    )  # fmt: skip
    elsewhere: Fact[Partial[Elsewhere]] = derived(
        "The other regions that hold its automated backups, its replicas or its source.",
        needs=lambda kind: [kind.replicated, kind.replicas, kind.replica_of],
        by=elsewhere,
    )
