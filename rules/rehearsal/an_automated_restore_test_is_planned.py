"""BK907."""

from __future__ import annotations

from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.look import legible
from scanner.model.policy import Objective
from scanner.model.schedule import Schedule
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.testing import Tester
from scanner.resources.declared import DeclaredSystem

_YEAR = timedelta(days=366)


@rule("BK907", severity=Severity.MEDIUM, reads=[DeclaredSystem.restore_tests], enforces=["5.3-full"])
def an_automated_restore_test_is_planned(system: DeclaredSystem, demand: Objective) -> Verdict:
    """An automated restore test is planned.

    A backup that nobody has restored is a hope. For each kind of data store of the system of which AWS Backup holds
    recovery points, and which it can test, a restore testing plan must pick one at least, restore it from a vault that
    holds its backups, and run often enough. What AWS Backup does not hold, only a drill can rehearse.

    Fix: make a restore testing plan with a selection for each kind, and the vaults that hold the system's backups.
    """
    every = demand.rehearsed_every
    found = system.restore_tests
    kinds = [one for one in found.whole() if one.held]
    if not kinds:
        return Verdict.exempt("AWS Backup holds no recovery point of it that it could test: a drill must rehearse it")
    untested, tested = [], []
    for one in kinds:
        often = [plan for plan in one.plans if _often(plan, demand)]
        if often:
            tested.append(f"{one.type} by {', '.join(dict.fromkeys(plan.plan for plan in often))}")
        else:
            rarely = f" often enough ({one.plans[0].plan} runs {one.plans[0].schedule})" if one.plans else ""
            untested.append(f"{one.type}{rarely}")
    if untested:
        return Verdict.failed(f"no restore test of {', '.join(untested)}", f"one every {speak(every)} of each kind")
    return Verdict.passed(f"tested: {'; '.join(tested)}", f"one every {speak(every)} of each kind")


def _often(plan: Tester, demand: Objective) -> bool:
    with legible(f"restore testing plan {plan.plan}"):
        zone = "UTC" if plan.timezone == "Etc/UTC" else plan.timezone
        gap = Schedule.parse(plan.schedule, zone).longest_gap(demand.at, demand.at + _YEAR)
    return gap is not None and gap <= demand.rehearsed_every
