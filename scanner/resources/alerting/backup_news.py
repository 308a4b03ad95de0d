"""News of backups: failed jobs of AWS Backup and of lifecycle policies, and whom they reach."""

from __future__ import annotations

from typing import Any

from scanner.model.arn import Somewhere, tentative
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact
from scanner.model.logic import either
from scanner.model.look import Look
from scanner.model.reading import Reason, Unknown
from scanner.resources.alerting.events import backup_job, copy_job, lifecycle_policy, restore_job, snapshot
from scanner.resources.alerting.patterns import ANY, Open
from scanner.resources.alerting.regions import Fed, Region
from scanner.resources.alerting.routes import route_needs, routes
from scanner.resources.alerting.senders import vault_notifications
from scanner.resources.alerting.topics import obstacle, topic_needs
from scanner.resources.alerting.watching import Metric, watch, watch_needs
from scanner.resources.alerting.ways import News, Way, Ways, way

#: States in which a job ends without a backup by itself; ABORTED is somebody's own doing, or its successor's.
WITHOUT_BACKUP = {"FAILED": "NumberOfBackupJobsFailed", "EXPIRED": "NumberOfBackupJobsExpired"}
#: Events that a vault may still name and AWS sends no more, and what tells instead (PutBackupVaultNotifications).
_NO_MORE = {
    "BACKUP_JOB_COMPLETED": ("BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED"),
    "RESTORE_JOB_COMPLETED": ("RESTORE_JOB_FAILED",),
}


def failures(vault: Any, look: Look) -> tuple[News, ...]:
    """Give the ways by which failed backups into a vault reach somebody.

    AWS Backup's own notification of the end of a job comes for failed ones too, with their state as an attribute
    (developer guide, "Notification options with AWS Backup").
    """
    place = (vault.region, vault.account)
    return tuple(
        News(
            f"{state} backup jobs",
            routes(backup_job(place, tentative(vault.id, vault), state), look)
            + _notified(vault, "BACKUP_JOB_COMPLETED", "BACKUP_JOB", state, look)
            + watch([_counted(vault, metric)], vault.region, look),
        )
        for state, metric in WITHOUT_BACKUP.items()
    )


def copies_and_restores(vault: Any, look: Look) -> tuple[News, ...]:
    """Give the ways by which failed restores of a vault's backups reach somebody, and failed copies out of it."""
    place = (vault.region, vault.account)
    restores = News(
        "failed restore jobs",
        routes(restore_job(place), look)
        + _notified(vault, "RESTORE_JOB_COMPLETED", "RESTORE_JOB", "FAILED", look)
        + watch([_counted(vault, "NumberOfRestoreJobsFailed")], vault.region, look),
    )
    if not vault.copied_on:
        return (restores,)
    copies = News(
        "failed copy jobs",
        routes(copy_job(place, tentative(vault.id, vault)), look)
        + _notified(vault, "COPY_JOB_FAILED", "COPY_JOB", "FAILED", look)
        + watch([_counted(vault, "NumberOfCopyJobsFailed")], vault.region, look),
    )
    return (copies, restores)


def _counted(vault: Any, metric: str) -> Metric:
    return Metric("AWS/Backup", metric, {"BackupVaultName": tentative(vault.name, vault)}, first=True)


def _notified(vault: Any, event: str, kind: str, state: str, look: Look) -> Ways:
    via = f"the notifications of vault {vault.name}"
    try:
        topic, events = vault.notifies, vault.notifies_of
        told = topic is not None and event in events
        old = [name for name in _NO_MORE.get(event, ()) if not told and name in events]
    except CouldNotCheck as stop:
        return Ways((Way(via, unknown=stop.unknown),))
    if topic is None:
        return Ways()
    if told:
        attributes = Open(EventType=kind, State=state, AccountId=vault.account, Id=ANY, StartTime=ANY)
        sender = vault_notifications(tentative(vault.id, vault), vault.account, attributes)
        return Ways((way(f"{via} to topic {topic.rpartition(':')[2]}", lambda: obstacle(topic, sender, look)),))
    return Ways((Way(via, broken=f"name {old[0]}, which AWS sends no more"),)) if old else Ways()


def vault_needs(kind: Any) -> list[Fact[Any]]:
    """Name the facts that `failures` reads."""
    return [kind.notifies, kind.notifies_of, *route_needs(), *topic_needs(), *watch_needs()]


def fed(vault: Any, look: Look) -> bool:
    """Say whether backups go into a vault: it holds some, or a plan writes to it."""
    return either(lambda: bool(vault.points), lambda: _written_to(vault, look))


def _written_to(vault: Any, look: Look) -> bool:
    for region in look.every(Region, region=vault.region):
        plans = region.fed
        if vault.name in plans.copies:
            return True
        _settle(vault, plans, look)
    return False


def copied_on(vault: Any, look: Look) -> bool:
    """Say whether a plan copies what it writes to a vault."""
    for region in look.every(Region, region=vault.region):
        plans = region.fed
        if plans.copies.get(vault.name):
            return True
        _settle(vault, plans, look)
    return False


def _settle(vault: Any, plans: Fed, look: Look) -> None:
    """Raise where there may be more plans, or where one that is known may mean a vault whose name code leaves open."""
    name = tentative(vault.name, vault)
    if isinstance(name, Somewhere) and plans.copies.keys() - {one.name for one in look.found(type(vault))}:
        said = f"the code does not settle the name of {name}, so a plan may write to it"
        raise CouldNotCheck(Unknown(Reason.UNRESOLVED, said))
    plans.check()


def policy_failures(policy: Any, look: Look) -> tuple[News, ...]:
    """Give the ways by which failures of a lifecycle policy reach somebody.

    "No events are emitted for AMI lifecycle policy actions" (EBS user guide, "Monitor policies using EventBridge"): of
    those only the policy's own error is told.
    """
    place = (policy.region, policy.account)
    news = [News("a policy in error", routes(lifecycle_policy(place, tentative(policy.id, policy)), look))]
    if policy.type == "EBS_SNAPSHOT_MANAGEMENT":
        kinds = policy.target_types
        if "INSTANCE" in kinds:
            news.append(News("failed snapshots of instances", routes(snapshot(place, "createSnapshots"), look)))
        if "INSTANCE" not in kinds or len(kinds) > 1:
            news.append(News("failed snapshots", routes(snapshot(place, "createSnapshot"), look)))
    return tuple(news)


def policy_copies(policy: Any, look: Look) -> tuple[News, ...]:
    """Give the ways by which failed copies of a lifecycle policy reach somebody: AWS tells where they should arrive."""
    # Not a dictionary's keys: a region that code leaves open differs from none.
    regions: list[str] = []
    for copy in policy.copies:
        if not any(str(copy.region or policy.region) == str(one) for one in regions):
            regions.append(copy.region or policy.region)
    return tuple(
        News(f"failed snapshot copies to {region}", routes(snapshot((region, policy.account), "copySnapshot"), look))
        for region in regions
    )
