"""BK810."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rules.kit import rule
from scanner.model.arn import does_fit
from scanner.model.errors import CouldNotCheck
from scanner.model.look import any_of
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.permissions.patterns import matches
from scanner.resources.aws_backup.plans import PlanRule
from scanner.resources.ec2.volumes import Volume
from scanner.resources.protection import Recoverable
from scanner.resources.s3.buckets import Bucket
from scanner.resources.s3.lifecycle import ARCHIVE_CLASSES

#: What AWS Backup can move to cold storage; it ignores the setting for the rest (developer guide, "Feature
#: availability by resource"). EBS moves only where the rule opts in.
_COLD = frozenset({
    "CloudFormation", "DynamoDB", "EBS", "EFS", "SAP HANA on Amazon EC2", "Timestream", "VirtualMachine",
})  # fmt: skip


@rule(
    "BK810",
    severity=Severity.MEDIUM,
    reads=[
        Recoverable.backed_up_with, Recoverable.plans, Recoverable.piecewise, Bucket.holds, Bucket.lifecycle,
        Bucket.replication, Volume.schedules,
    ],
    enforces=["2-layers"],
)  # fmt: skip
def archives_exist(store: Recoverable, demand: Objective) -> Verdict:
    """Archives exist.

    Replicas and snapshots share the fate of the systems around them; an archive is the layer that is left when those
    have been emptied. It is a backup in cold storage; for what AWS Backup cannot move there, a copy in another vault
    that is kept as long as the policy demands; for a bucket also an archive class, its own or a replica's, and for a
    volume the archive tier of a lifecycle policy.

    Fix: have a plan rule move backups to cold storage, or copy them to a vault of their own.
    """
    demand.only_if("archive")
    if store.backed_up_with:
        return Verdict.exempt(f"its backups belong to {store.backed_up_with}")
    if isinstance(store, Bucket) and store.holds.known:
        return Verdict.exempt(f"it is an archive itself: it holds {store.holds.known[0]}")
    doubt: CouldNotCheck | None = None
    for ask in _OWN.get(type(store), ()):
        try:
            if found := ask(store):
                return Verdict.passed(found)
        except CouldNotCheck as stop:
            doubt = doubt or stop
    plans = store.plans
    for cover in plans.known:
        if found := _archived(store, cover.rule, demand):
            return Verdict.passed(f"plan {cover.plan_name} {found}")
    if doubt is not None:
        raise doubt
    if isinstance(store, Bucket):
        store.holds.whole()
    plans.whole()
    if because := store.piecewise:
        return Verdict.exempt(because)
    return Verdict.failed("no backup of it is archived", "an archive")


def _archived(store: Recoverable, rule: PlanRule, demand: Objective) -> str:
    if type(store).backup_type in _COLD:
        if type(store).backup_type == "EBS":
            cold = rule.cold_after if rule.opted_in_to_archive else None
            return "moves backups to cold storage" if cold else ""
        if any(copy.cold_after for copy in rule.copies):
            return "moves copies to cold storage"
        return "moves backups to cold storage" if rule.cold_after and not rule.continuous else ""
    wanted, own = demand.retention, f":{store.region}:{store.account}:backup-vault:{rule.vault}"
    kept = any_of(
        rule.copies,
        lambda copy: (copy.kept is None or copy.kept >= wanted) and not does_fit(f"*{own}", copy.vault, matches),
    )
    return "keeps copies in another vault" if kept else ""


def _moved(bucket: Bucket) -> str:
    names = {
        move.storage_class
        for one in bucket.lifecycle
        if one.enabled and not one.part
        for move in one.transitions
        if move.archives
    }
    return f"its lifecycle moves objects to {', '.join(sorted(names))}" if names else ""


def _replicated(bucket: Bucket) -> str:
    names = {
        one.storage_class
        for one in bucket.replication
        if one.enabled and not one.part and one.storage_class in ARCHIVE_CLASSES
    }
    return f"it is replicated to {', '.join(sorted(names))}" if names else ""


def _tiered(volume: Volume) -> str:
    taking = volume.schedules
    names = {one.name for one in taking.known if one.schedule.archived or one.schedule.archived_count}
    if not names:
        taking.whole()
        return ""
    return f"lifecycle policy {', '.join(sorted(names))} moves snapshots to the archive tier"


#: How a kind can archive without AWS Backup.
_OWN: Mapping[type[Recoverable], tuple[Callable[[Any], str], ...]] = {
    Bucket: (_moved, _replicated),
    Volume: (_tiered,),
}
