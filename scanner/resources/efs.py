"""Amazon Elastic File System: file systems, their automatic backups and replicas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import flag, instant, is_, tag_list, text, tuple_of
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Partial, gathered
from scanner.model.origin import Listing, SideList, call, item, of
from scanner.permissions.document import Document, document
from scanner.resources.protection import Elsewhere, Recoverable
from scanner.resources.vpc.interfaces import Interface, groups_of
from scanner.resources.vpc.place import Placed

#: "Automatic backups ... daily ... retained for 35 days" (EFS user guide, "Automatic backups").
KEPT, DAILY = timedelta(days=35), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Replica:
    """A file system that this one is replicated to."""

    region: str
    account: str
    status: str
    synced_at: datetime | None = None


def replica(raw: Mapping[str, Any]) -> Replica:
    """Read one destination of a replication."""
    synced = raw.get("LastReplicatedTimestamp")
    return Replica(raw["Region"], raw.get("OwnerId") or "", raw["Status"], instant(synced) if synced else None)


def _elsewhere(one: Replica, system: FileSystem) -> Iterator[Elsewhere]:
    """Give a replica that is in another region or account; one that broke, pauses or begins is an old or unfinished copy."""
    if one.status not in ("DELETING", "DELETED"):
        place = one.region, one.account or system.account
        if place != (system.region, system.account):
            yield Elsewhere(*place, "EFS replication", one.status == "ENABLED")


#: Only one file system's mount targets can be asked for at a time (DescribeMountTargets, API reference).
_TARGETS = call("efs:DescribeMountTargets", FileSystemId=of("FileSystemId"))


class FileSystem(Recoverable, Placed):
    """An EFS file system."""

    kind = "aws.efs.file-system"
    title = "EFS file system"
    backup_type = "EFS"
    listed_by = Listing(
        call("efs:DescribeFileSystems"), "FileSystems[]", id="{FileSystemArn}", name="{FileSystemId}",
        where="LifeCycleState != 'deleting' && LifeCycleState != 'deleted'",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list))
    created_at: Fact[datetime] = fact("When it was created.", live=item("CreationTime", instant))
    encrypted: Fact[bool] = fact("Its data is encrypted at rest.", live=item("Encrypted", flag))
    key: Fact[str | None] = fact(
        # Only an encrypted file system has one (FileSystemDescription, API reference).
        "The KMS key its data is encrypted with; none for no encryption.", live=item("KmsKeyId", text, absent=None)
    )  # fmt: skip
    replica_target: Fact[bool] = fact(
        "It is the read-only target of a replication.",
        # FileSystemProtectionDescription, API reference: REPLICATING marks a target.
        live=item("FileSystemProtection.ReplicationOverwriteProtection", is_("REPLICATING"), absent=False),
    )
    subnets: Fact[tuple[str, ...]] = fact(
        "The subnets that it is mounted from; none where it has no mount target.",
        live=_TARGETS.at("MountTargets[].SubnetId", tuple_of(text)),
    )
    interfaces: Fact[tuple[str, ...]] = fact(
        "The network interfaces of its mount targets.",
        live=_TARGETS.at("MountTargets[].NetworkInterfaceId", tuple_of(text)),
    )
    security_groups: Fact[tuple[str, ...]] = derived(
        "The security groups that guard its mount targets.",
        needs=lambda kind: [kind.interfaces, Interface.short, Interface.groups],
        by=groups_of,
    )
    ports: Fact[tuple[int, ...]] = derived(
        # NFS (user guide, "Using VPC security groups").
        "The ports it answers at.", needs=lambda _: (), by=lambda *_: (2049,)
    )  # fmt: skip
    backed_up: Fact[bool] = fact(
        "Its automatic backups are on.",
        live=call("efs:DescribeBackupPolicy", nothing_on=["PolicyNotFound"], FileSystemId=of("FileSystemId")).at(
            "BackupPolicy.Status", is_("ENABLED", "ENABLING"), absent=False
        ),
    )
    policy: Fact[Document | None] = fact(
        "Its file system policy; none where it has none.",
        live=call("efs:DescribeFileSystemPolicy", nothing_on=["PolicyNotFound"], FileSystemId=of("FileSystemId")).at(
            "Policy", document, absent=None
        ),
    )
    replicas: Fact[tuple[Replica, ...]] = fact(
        "The file systems it is replicated to.",
        live=SideList(call("efs:DescribeReplicationConfigurations"), "Replications[]", key="SourceFileSystemArn").at(
            "Destinations", tuple_of(replica), absent=()
        ),
    )
    backed_up_with: Fact[str | None] = derived(
        "What its backups belong to: the source, for the target of a replication.",
        needs=lambda kind: [kind.replica_target],
        by=lambda system, _: "the source it is replicated from" if system.replica_target else None,
    )
    retention: Fact[timedelta] = derived(
        "How long its automatic backups are kept; zero where they are off.",
        needs=lambda kind: [kind.backed_up],
        by=lambda system, _: KEPT if system.backed_up else timedelta(),
    )
    native: Fact[bool] = derived(
        "It keeps backups of its own: automatic backups.",
        needs=lambda kind: [kind.backed_up],
        by=lambda system, _: system.backed_up,
    )
    native_loss: Fact[timedelta | None] = derived(
        "The most data that its automatic backups can lose, as AWS documents it.",
        needs=lambda kind: [kind.backed_up],
        by=lambda system, _: DAILY if system.backed_up else None,
    )
    elsewhere: Fact[Partial[Elsewhere]] = derived(
        "The other regions and accounts it is replicated to.",
        needs=lambda kind: [kind.replicas],
        by=lambda system, _: gathered(system.replicas, lambda one: _elsewhere(one, system)),
    )
