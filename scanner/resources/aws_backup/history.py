"""What AWS Backup did for one data store: jobs that completed, sizes, copies sent away, and the vaults that keep it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from scanner.model.arn import is_among, same
from scanner.model.fact import Fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, gathered
from scanner.resources.aws_backup.jobs import BackupJob, CopyJob
from scanner.resources.aws_backup.vaults import RecoveryPoint, Vault
from scanner.resources.store import DataStore


@dataclass(frozen=True, slots=True)
class Run:
    """One backup job that completed."""

    job: str
    began_at: datetime
    lasted: timedelta


@dataclass(frozen=True, slots=True)
class Sized:
    """How large one backup was, in bytes."""

    made_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Copied:
    """One copy job that completed, by the place it brought the copy to."""

    region: str
    account: str
    vault: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Keeping:
    """A vault with recovery points of a store: its lock, and when the newest of them was made."""

    vault: str
    newest: datetime
    locked: bool
    least: timedelta | None = None
    most: timedelta | None = None
    final_at: datetime | None = None
    air_gapped: bool = False


def runs(store: DataStore, look: Look) -> Partial[Run]:
    """Give the backup jobs of a store that completed, oldest first."""
    found = gathered(look.where(BackupJob, BackupJob.source, store.id), _run)
    return Partial(tuple(sorted(found.known, key=lambda run: (run.began_at, run.job))), found.missing)


def _run(job: BackupJob) -> Iterator[Run]:
    if job.state == "COMPLETED" and job.ended_at is not None:
        # A job waits in its start window first; that is not time it took.
        began = job.began_at or job.started_at
        yield Run(job.id, began, job.ended_at - began)


def runs_needs(_: object) -> list[Fact[Any]]:
    """Name the facts that `runs` reads."""
    return [BackupJob.source, BackupJob.state, BackupJob.ended_at, BackupJob.began_at, BackupJob.started_at]


def sizes(store: DataStore, look: Look) -> Partial[Sized]:
    """Give the sizes of a store's backups in its own region, oldest first: from its recovery points and jobs."""

    def of_point(point: RecoveryPoint) -> Iterator[tuple[str, Sized]]:
        if not point.continuous and point.copied_from is None and point.usable and point.size is not None:
            yield point.id, Sized(point.made_at, point.size)

    def of_job(job: BackupJob) -> Iterator[tuple[str, Sized]]:
        if job.state == "COMPLETED" and job.size is not None and ":continuous" not in (job.point or ""):
            yield job.point or job.id, Sized(job.started_at, job.size)

    jobs = gathered(look.where(BackupJob, BackupJob.source, store.id), of_job)
    points = gathered(look.where(RecoveryPoint, RecoveryPoint.source, store.id, region=store.region), of_point)
    found: dict[str, Sized] = {**dict(jobs.known), **dict(points.known)}
    ordered = sorted(found.values(), key=lambda one: (one.made_at, one.size))
    return Partial(tuple(ordered), jobs.missing or points.missing)


def sizes_needs(_: object) -> list[Fact[Any]]:
    """Name the facts that `sizes` reads."""
    point, job = RecoveryPoint, BackupJob
    return [
        point.source, point.continuous, point.copied_from, point.usable, point.size, point.made_at,
        job.source, job.state, job.size, job.point, job.started_at,
    ]  # fmt: skip


def copies(store: DataStore, look: Look) -> Partial[Copied]:
    """Give the copies that arrived in places that are not scanned; those that are speak by their recovery points."""

    def copied(job: CopyJob) -> Iterator[Copied]:
        place = job.destination.split(":")
        if job.state != "COMPLETED" or len(place) < 7:
            return
        region, account = place[3], place[4]
        if not (same(account, store.account) and is_among(region, look.estate.regions)):
            yield Copied(region, account, job.destination, job.ended_at or job.started_at)

    return gathered(look.where(CopyJob, CopyJob.source, store.id), copied)


def copies_needs(_: object) -> list[Fact[Any]]:
    """Name the facts that `copies` reads."""
    return [CopyJob.source, CopyJob.state, CopyJob.destination, CopyJob.ended_at, CopyJob.started_at]


def keepings(store: DataStore, look: Look) -> Partial[Keeping]:
    """Give the vaults in which a store has recovery points, with their locks."""

    def kept(point: RecoveryPoint) -> Iterator[tuple[str, datetime]]:
        if point.usable:
            # A continuous recovery point holds the newest data, however long ago it was begun.
            yield point.vault, look.estate.taken_at if point.continuous else point.made_at

    points = gathered(look.where(RecoveryPoint, RecoveryPoint.source, store.id), kept)
    newest: dict[str, datetime] = dict(sorted(points.known))  # of several points of a vault the last stays

    def keeping(vault_id: str) -> Iterator[Keeping]:
        vault = look.one(Vault, vault_id)
        if vault is not None:
            yield Keeping(
                vault.name, newest[vault_id], vault.locked, vault.lock_least, vault.lock_most, vault.lock_final_at,
                vault.vault_type == "LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
            )  # fmt: skip

    found = gathered(sorted(newest), keeping)
    return Partial(found.known, points.missing or found.missing)


def keepings_needs(_: object) -> list[Fact[Any]]:
    """Name the facts that `keepings` reads."""
    return [
        RecoveryPoint.source, RecoveryPoint.usable, RecoveryPoint.vault, RecoveryPoint.made_at, RecoveryPoint.continuous,
        Vault.locked, Vault.lock_least, Vault.lock_most, Vault.lock_final_at, Vault.vault_type,
    ]  # fmt: skip
