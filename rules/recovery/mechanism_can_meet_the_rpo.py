"""BK309."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.rhythm import CONTINUOUS_LOSS, loss
from scanner.resources.protection import Cover, Recoverable


@rule(
    "BK309",
    severity=Severity.HIGH,
    reads=[Recoverable.backed_up_with, Recoverable.native_loss, Recoverable.plans],
    enforces=["7.2-rpo"],
)
def mechanism_can_meet_the_rpo(store: Recoverable, demand: Objective) -> Verdict:
    """The configured mechanism can meet the tier's RPO at all.

    A daily snapshot can never keep an RPO of five minutes, however faithfully it is taken. The most that can be lost is
    the longest gap between runs, the time a job may wait to start and the time it may take to complete; of several
    mechanisms the best counts.

    Fix: turn on point-in-time recovery or continuous backups, or run the plan more often.
    """
    belongs_to = store.backed_up_with
    if belongs_to:
        return Verdict.exempt(f"its backups belong to {belongs_to}")
    rpo = demand.rpo
    plans = store.plans
    best = min(_losses(store.backup_type, plans.known, demand.at), default=None)
    if best is None or best[0] > rpo:
        native = store.native_loss
        if native is not None and (best is None or native < best[0]):
            best = (native, f"its own backups lose up to {speak(native)}")
    wanted = f"an RPO of {speak(rpo)}"
    if best is not None and best[0] <= rpo:
        return Verdict.passed(best[1], wanted)
    plans.whole()
    if best is None:
        return Verdict.failed("nothing backs it up, so all of it can be lost", wanted)
    return Verdict.failed(best[1], wanted)


def _losses(kind: str, covers: Sequence[Cover], at: datetime) -> Iterator[tuple[timedelta, str]]:
    for cover in covers:
        if cover.rule.continuous and kind in CONTINUOUS_LOSS:
            most = CONTINUOUS_LOSS[kind]
            yield most, f"continuous backups of plan {cover.plan_name} lose up to {speak(most)}"
    rules = [cover.rule for cover in covers]
    for some in [[one] for one in rules] + ([rules] if len(rules) > 1 else []):
        lost = loss(some, at)
        if lost is not None:
            names = ", ".join(sorted({cover.plan_name for cover in covers if cover.rule in some}))
            yield lost[0], f"plan {names} loses up to {speak(lost[0])} ({lost[1]})"
