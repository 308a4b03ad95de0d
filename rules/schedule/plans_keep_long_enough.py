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
    own = gathered(enumerate(plan.rules, 1), lambda one: _own(*one, wanted))
    copies = gathered(enumerate(plan.rules, 1), lambda one: _copies(*one))
    short = gathered((*own.known, *copies.known), lambda one: _short(one, wanted))
    # What is certainly too short is, whatever code leaves open of the others.
    if short.known:
        failed = Verdict.failed("; ".join(said for _, said in short.known), speak(wanted))
        return failed.by(Plan.rules, label=short.known[0][0])
    kept = (*own.whole(), *copies.whole())
    short.whole()
    if not kept:
        return Verdict.failed(
            f"makes continuous backups only, which reach back {speak(CONTINUOUS_REACH)}", speak(wanted)
        )
    least = min((length for _, _, length in kept if length is not None), default=None)
    return Verdict.passed(f"keeps {'for ever' if least is None else f'at least {speak(least)}'}", speak(wanted))


#: where it is said, as forms label it; what is kept, and how long
_Kept = tuple[str, str, timedelta | None]


def _own(number: int, rule: PlanRule, wanted: timedelta) -> Iterator[_Kept]:
    if not _at_most(rule, wanted):
        yield f"{number}.kept", f"rule {rule.name} keeps", rule.kept


def _copies(number: int, rule: PlanRule) -> Iterator[_Kept]:
    for its, copy in enumerate(rule.copies, 1):
        yield f"{number}.{its}.kept", f"the copies of rule {rule.name} in {_vault(copy, its)} are kept", copy.kept


def _vault(copy: Copy, number: int) -> str:
    return f"vault #{number}" if unresolved_in(copy.vault) is not None else copy.vault


def _short(one: _Kept, wanted: timedelta) -> Iterator[tuple[str, str]]:
    where, what, length = one
    if length is not None and length < wanted:
        yield where, f"{what} {speak(length)}"


def _at_most(rule: PlanRule, wanted: timedelta) -> bool:
    """Say whether a rule keeps continuous backups as long as AWS can, where more is demanded."""
    return rule.continuous and wanted > CONTINUOUS_REACH and (rule.kept is None or rule.kept >= CONTINUOUS_REACH)
