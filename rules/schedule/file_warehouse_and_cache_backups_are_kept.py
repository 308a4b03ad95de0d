"""BK211."""

from __future__ import annotations

from typing import Any

from rules.kit import rule
from rules.schedule.database_backups_are_kept import daily_at_most
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources import efs, fsx, kinds
from scanner.resources.elasticache.caches import Cache
from scanner.resources.protection import Cover, Recoverable, lasting
from scanner.resources.store import DataStore

#: Every kind of these services that says how long its own backups are kept.
_SERVICES = ("aws.efs.", "aws.fsx.", "aws.redshift.", "aws.redshift-serverless.", "aws.elasticache.", "aws.memorydb.")
_KINDS = [
    kind
    for kind in kinds().values()
    if issubclass(kind, DataStore) and kind.kind.startswith(_SERVICES) and "retention" in kind.facts
]


@rule(
    "BK211",
    severity=Severity.HIGH,
    reads=[
        *(kind.facts["retention"] for kind in _KINDS),
        *(kind.facts["plans"] for kind in _KINDS if issubclass(kind, Recoverable)),
        efs.FileSystem.replica_target,
        fsx.FileSystem.scratch,
        Cache.snapshots,
    ],
    enforces=["5.1-retention"],
)
def file_warehouse_and_cache_backups_are_kept(store: Any, demand: Objective) -> Verdict:
    """File system, warehouse and cache backups are kept long enough.

    Damage that is noticed after the last good backup has expired cannot be undone. The store's own backups count, and
    those of the backup plans that select it, here or copied; what a plan keeps so long it must also take every day, or
    as often as the policy demands where that is less. A store that takes none at all is exempt here: BK107 and BK108
    say so.

    Fix: raise the retention of the automatic backups (FSx and Redshift keep at most 90 and 35 days), or let a backup
    plan that keeps longer select the store.
    """
    wanted = demand.retention
    if isinstance(store, efs.FileSystem) and store.replica_target:
        return Verdict.exempt("it is the read-only target of a replication, and its source is judged")
    if isinstance(store, fsx.FileSystem) and store.scratch:
        return Verdict.exempt("it is scratch storage, which cannot be backed up")
    if isinstance(store, Cache) and not store.snapshots:
        return Verdict.exempt("its engine takes no snapshots")
    doubt, kept = None, None
    try:
        kept = store.retention
        if kept >= wanted:
            return Verdict.passed(f"its own backups are kept {speak(kept)}", speak(wanted))
    except CouldNotCheck as stop:
        doubt = stop
    said = [f"its own backups are kept {speak(kept)}"] if kept else []
    if isinstance(store, Recoverable):
        plans = store.plans
        words = [f"plan {cover.plan_name} keeps {_kept(cover)}" for cover in plans.known]
        try:
            if long := lasting(plans.known, wanted, every := daily_at_most(demand), demand.at):
                kept_by = {f"plan {cover.plan_name} keeps {_kept(cover)}" for cover in long}
                return Verdict.passed("; ".join(sorted(kept_by)), speak(wanted))
            seldom = f" but does not run every {speak(every)}"
            words = [
                one + (seldom if cover.rule.longest is None or cover.rule.longest >= wanted else "")
                for one, cover in zip(words, plans.known, strict=True)
            ]
        except CouldNotCheck as stop:
            doubt = doubt or stop
        said.extend(words)
        plans.whole()
    if doubt is not None:
        raise doubt
    if not said:
        return Verdict.exempt("nothing backs it up")
    return Verdict.failed("; ".join(sorted(set(said))), speak(wanted))


def _kept(cover: Cover) -> str:
    return "for ever" if cover.rule.longest is None else speak(cover.rule.longest)
