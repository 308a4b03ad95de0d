"""Amazon FSx: file systems of all four types, and their backups.

ONTAP is backed up volume by volume: FSx names the volume in each backup, and AWS Backup selects volumes, not file
systems. Volumes are not scanned, so what AWS Backup does for an ONTAP file system is unknown rather than "nothing";
a backup of one of its volumes counts as one of the file system.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from scanner.model.convert import days, instant, is_, tag_list, text, tuple_of, whole
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial
from scanner.model.origin import Listing, call, item
from scanner.model.reading import Reason, Unknown
from scanner.resources.alerting import limits
from scanner.resources.alerting.watching import watched_by
from scanner.resources.alerting.ways import News
from scanner.resources.protection import Cover, Made, Recoverable, backups, backups_needs, cover_needs, covers
from scanner.resources.store import Backup
from scanner.resources.vpc.interfaces import Interface, groups_of
from scanner.resources.vpc.place import Placed

_VOLUMES = Unknown(Reason.UNSUPPORTED, "AWS Backup takes ONTAP volume by volume, and FSx volumes are not scanned")


def _of_any_type(field: str) -> str:
    """Give the path of a field that each type of file system keeps in a configuration of its own."""
    types = ("Windows", "Lustre", "Ontap", "OpenZFS")
    return " || ".join(f"{one}Configuration.{field}" for one in types)


def _selected(system: FileSystem, look: Look) -> Partial[Cover]:
    found = covers(system, look)
    return Partial(found.known, found.missing or (_VOLUMES if system.type == "ONTAP" else None))


def _backed_up(system: FileSystem, look: Look) -> Partial[Made]:
    found = backups(system, look)
    return Partial(found.known, found.missing or (_VOLUMES if system.type == "ONTAP" else None))


def _retention(system: FileSystem, _: Look) -> timedelta:
    kept = system.automatic
    if kept is None and not system.scratch:
        raise CouldNotCheck(Unknown(Reason.MISSING, "FSx does not say how long it keeps automatic backups"))
    return kept or timedelta()


#: Where clients connect, by type (FSx user guides, "File system access control with Amazon VPC").
_PORTS = {"WINDOWS": (445,), "LUSTRE": (988,), "ONTAP": (445, 2049, 3260), "OPENZFS": (2049,)}


class FileSystem(Recoverable, Placed):
    """An FSx file system."""

    kind = "aws.fsx.file-system"
    title = "FSx file system"
    backup_type = "FSx"
    listed_by = Listing(
        call("fsx:DescribeFileSystems"), "FileSystems[]", id="{ResourceARN}", name="{FileSystemId}",
        where="Lifecycle != 'DELETING'",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    created_at: Fact[datetime] = fact("When it was created.", live=item("CreationTime", instant))
    # Every file system is encrypted; of scratch Lustre, FSx names no key, for it is its own (FileSystem, KmsKeyId).
    encrypted: Fact[bool] = fact("Its data is encrypted at rest.", live=item("FileSystemId", bool))
    key: Fact[str | None] = fact(
        "The KMS key its data is encrypted with; none for the service's own key.",
        live=item("KmsKeyId", text, absent=None),
    )
    storage_told: Fact[tuple[News, ...]] = watched_by(
        "Whom it reaches that its storage fills up.", limits.of_file_system
    )
    type: Fact[str] = fact("Its type: WINDOWS, LUSTRE, ONTAP or OPENZFS.", live=item("FileSystemType", text))
    subnets: Fact[tuple[str, ...]] = fact("The subnets it is in.", live=item("SubnetIds", tuple_of(text), absent=()))
    interfaces: Fact[tuple[str, ...]] = fact(
        "Its network interfaces.", live=item("NetworkInterfaceIds", tuple_of(text), absent=())
    )
    security_groups: Fact[tuple[str, ...]] = derived(
        "The security groups that guard it.",
        needs=lambda kind: [kind.interfaces, Interface.short, Interface.groups],
        by=groups_of,
    )
    ports: Fact[tuple[int, ...]] = derived(
        "The ports it answers at.", needs=lambda kind: [kind.type], by=lambda system, _: _PORTS.get(system.type, ())
    )
    scratch: Fact[bool] = fact(
        "It is scratch storage, which FSx cannot back up.",
        live=item("LustreConfiguration.DeploymentType", is_("SCRATCH_1", "SCRATCH_2"), absent=False),
    )
    automatic: Fact[timedelta | None] = fact(
        # Scratch file systems have no such setting; of the others FSx says it.
        "How long FSx says it keeps automatic backups; none where it says nothing.",
        live=item(_of_any_type("AutomaticBackupRetentionDays"), days, absent=None),
    )
    retention: Fact[timedelta] = derived(
        "How long its automatic backups are kept; zero where they are off or impossible.",
        needs=lambda kind: [kind.automatic, kind.scratch],
        by=_retention,
    )
    starts: Fact[time | None] = fact(
        "When its daily automatic backup starts, in UTC.",
        live=item(_of_any_type("DailyAutomaticBackupStartTime"), time.fromisoformat, absent=None),
    )
    plans: Fact[Partial[Cover]] = derived(
        "The AWS Backup plan rules that select it.",
        needs=lambda kind: [*cover_needs(kind), kind.type],
        by=_selected,
    )
    made: Fact[Partial[Made]] = derived(
        "The backups of it that exist.", needs=lambda kind: [*backups_needs(kind), kind.type], by=_backed_up
    )
    native: Fact[bool] = derived(
        "It keeps backups of its own: automatic backups.",
        needs=lambda kind: [kind.retention],
        by=lambda system, _: system.retention > timedelta(),
    )
    native_loss: Fact[timedelta | None] = derived(
        "The most data that its daily automatic backups can lose.",
        needs=lambda kind: [kind.retention],
        by=lambda system, _: timedelta(days=1) if system.retention > timedelta() else None,
    )


def _source(backup: FSxBackup, _: Look) -> str:
    if backup.made_from.startswith("arn:"):
        return backup.made_from
    return f"{backup.id.rpartition(':')[0]}:file-system/{backup.made_from}"


def _expires(backup: FSxBackup, look: Look) -> datetime | None:
    """Say when FSx deletes an automatic backup; the others stay until somebody deletes them."""
    if backup.type != "AUTOMATIC":
        return None
    system = look.one(FileSystem, backup.source)
    if system is None or not system.retention:
        return None
    return backup.made_at + system.retention


class FSxBackup(Backup):
    """A backup of an FSx file system, or of a volume of one."""

    kind = "aws.fsx.backup"
    title = "FSx backup"
    tagged_by = "tags"
    made_of = ("aws.fsx.file-system",)
    listed_by = Listing(
        call("fsx:DescribeBackups"), "Backups[]", id="{ResourceARN}", name="{BackupId}",
        where="Lifecycle != 'DELETED'",
    )  # fmt: skip

    made_from: Fact[str] = fact(
        # FSx keeps what it knows of the file system even after its deletion (Backup, API reference).
        "The file system it was made of, by ARN or id.",
        live=item("FileSystem.ResourceARN || FileSystem.FileSystemId || Volume.FileSystemId", text),
    )
    source: Fact[str] = derived(
        "The ARN of the file system it was made of.", needs=lambda kind: [kind.made_from], by=_source
    )
    volume: Fact[str] = fact(
        "The one volume it holds; empty where it holds a file system.", live=item("Volume.ResourceARN", text, absent="")
    )
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    made_at: Fact[datetime] = fact("When the data in it was taken.", live=item("CreationTime", instant))
    status: Fact[str] = fact("Its state: AVAILABLE, CREATING, FAILED, ...", live=item("Lifecycle", text))
    usable: Fact[bool] = fact("It is complete and can be restored.", live=item("Lifecycle", is_("AVAILABLE")))
    type: Fact[str] = fact("Who made it: AUTOMATIC, USER_INITIATED or AWS_BACKUP.", live=item("Type", text))
    # Backups are always encrypted, like the file systems (FSx user guides, "Encryption of data at rest").
    encrypted: Fact[bool] = fact("It is encrypted.", live=item("BackupId", bool))
    key: Fact[str | None] = fact("The KMS key it is encrypted with.", live=item("KmsKeyId", text, absent=None))
    copied_from: Fact[str | None] = fact(
        # Only copies name a source (Backup, API reference).
        "The backup it was copied from; none for an original.", live=item("SourceBackupId", text, absent=None)
    )  # fmt: skip
    size: Fact[int | None] = fact("Its size in bytes.", live=item("SizeInBytes", whole, absent=None))
    expires_at: Fact[datetime | None] = derived(
        "When FSx deletes it; none where it never does.",
        needs=lambda kind: [kind.type, kind.source, kind.made_at, FileSystem.retention],
        by=_expires,
    )
    kept_by: Fact[str | None] = derived(
        "What else decides how long it is kept; none for nothing else.",
        needs=lambda kind: [kind.type],
        by=lambda backup, _: "a recovery point of AWS Backup" if backup.type == "AWS_BACKUP" else None,
    )
