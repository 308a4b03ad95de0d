"""BK202."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.look import gathered
from scanner.model.policy import Objective
from scanner.model.unresolved import unresolved_in
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.plans import CONTINUOUS_REACH, Copy, Plan, PlanRule


@rule(
    "BK202",
    severity=Severity.HIGH,
    reads=[Plan.rules],
    enforces=["5.1-retention"],
    aliases=["BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", "backup-plan-min-frequency-and-min-retention-check"],
)
def plans_keep_long_enough(plan: Plan, demand: Objective) -> Verdict:
    """Plan rules keep recovery points long enough.

    A recovery point that expires before the damage is noticed cannot undo it. Every rule counts, and every copy it
    makes: a plan may well keep some longer, none shorter. Continuous backups reach back 35 days at most: they may keep
    that where the policy demands more, if the plan keeps snapshots or copies as long as demanded besides.

    Fix: raise "delete after" in the rule's lifecycle, and in that of its copies.
    """
    wanted = demand.retention
    if not plan.rules:
        return Verdict.exempt("it has no rules")
    own = gathered(plan.rules, lambda rule: _own(rule, wanted))
    copies = gathered(plan.rules, _copies)
    short = gathered((*own.known, *copies.known), lambda one: _short(one, wanted))
    # What is certainly too short is, whatever code leaves open of the others.
    if short.known:
        return Verdict.failed("; ".join(short.known), speak(wanted))
    kept = (*own.whole(), *copies.whole())
    short.whole()
    if not kept:
        return Verdict.failed(
            f"makes continuous backups only, which reach back {speak(CONTINUOUS_REACH)}", speak(wanted)
        )
    least = min((length for _, length in kept if length is not None), default=None)
    return Verdict.passed(f"keeps {'for ever' if least is None else f'at least {speak(least)}'}", speak(wanted))


_Kept = tuple[str, timedelta | None]


def _own(rule: PlanRule, wanted: timedelta) -> Iterator[_Kept]:
    if not _at_most(rule, wanted):
        yield f"rule {rule.name} keeps", rule.kept


def _copies(rule: PlanRule) -> Iterator[_Kept]:
    for number, copy in enumerate(rule.copies, 1):
        yield f"the copies of rule {rule.name} in {_vault(copy, number)} are kept", copy.kept


def _vault(copy: Copy, number: int) -> str:
    return f"vault #{number}" if unresolved_in(copy.vault) is not None else copy.vault


def _short(one: _Kept, wanted: timedelta) -> Iterator[str]:
    what, length = one
    if length is not None and length < wanted:
        yield f"{what} {speak(length)}"


def _at_most(rule: PlanRule, wanted: timedelta) -> bool:
    """Say whether a rule keeps continuous backups as long as AWS can, where more is demanded."""
    return rule.continuous and wanted > CONTINUOUS_REACH and (rule.kept is None or rule.kept >= CONTINUOUS_REACH)
