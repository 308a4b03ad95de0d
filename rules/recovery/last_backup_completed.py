"""BK301."""

from __future__ import annotations

from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.protection import Recoverable


@rule(
    "BK301",
    severity=Severity.CRITICAL,
    reads=[
        Recoverable.backed_up_with, Recoverable.made, Recoverable.restorable, Recoverable.created_at,
        Recoverable.native_loss, Recoverable.plans,
    ],
    enforces=["5.1-completion"],
    aliases=["BACKUP_LAST_RECOVERY_POINT_CREATED"],
)  # fmt: skip
def last_backup_completed(store: Recoverable, demand: Objective) -> Verdict:
    """The last expected backup completed.

    A plan is a wish; only a backup that exists and is complete can be restored. Copies do not count here, they may hold
    older data. Recovery to any moment counts where it reaches up to now and no plan asks for more.

    Fix: look at the last job's message, mend the cause and start a backup.
    """
    belongs_to = store.backed_up_with
    if belongs_to:
        return Verdict.exempt(f"its backups belong to {belongs_to}")
    every, late = demand.snapshot_every, demand.snapshot_lateness
    since = demand.at - every - late
    wanted = f"one every {speak(every)}, at most {speak(late)} late"
    made = store.made
    usable = [one for one in made.known if one.usable and not one.copy]
    if any(one.continuous for one in usable):
        return Verdict.passed("a continuous recovery point reaches up to now", wanted)
    if usable and usable[-1].made_at >= since:
        return Verdict.passed(f"the last backup was made {usable[-1].made_at:%Y-%m-%d %H:%M} UTC", wanted)
    plans = store.plans
    span = store.restorable if not plans.known else None
    if span is not None and span.latest >= since:
        plans.whole()
        return Verdict.passed(f"restorable to any moment up to {span.latest:%Y-%m-%d %H:%M} UTC", wanted)
    if store.created_at > since:
        return Verdict.exempt(
            f"created {speak(_minutes(demand.at - store.created_at))} ago, the first backup is not due yet"
        )
    if store.native_loss == timedelta() and not plans.whole():
        return Verdict.exempt("it keeps its versions in place and no plan selects it, so no backup is due")
    made.whole()
    if span is not None:
        return Verdict.failed(f"restorable up to {span.latest:%Y-%m-%d %H:%M} UTC only", wanted)
    if not usable:
        return Verdict.failed("no usable backup of it exists", wanted)
    last = usable[-1].made_at
    ago = speak(_minutes(demand.at - last))
    return Verdict.failed(f"the last usable backup was made {last:%Y-%m-%d %H:%M} UTC, {ago} ago", wanted)


def _minutes(length: timedelta) -> timedelta:
    return length - length % timedelta(minutes=1)
