"""A run passes by what it measured and by nothing else; what it lost fails exactly the system that lost it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.judging import Judgement, exit_of, judge_record
from drills.results.record import INCONCLUSIVE, MEASURED, NOT_TESTED, Canaries, Drilled, Record
from scanner.door.exits import Exit
from scanner.model.configuration import Configuration
from scanner.model.records import Records
from scanner.model.waiver import Waiver
from scanner.resources.rehearsals import Check
from tests.drills.results.sample import AT, configuration, drilled, judgement, measured, policy, record, seconds
from tests.drills.results.test_record import DRILLED

USERS, ACCESS, ALERT = measured()[0], measured()[8], measured()[7]
FALSE = Check("integrity", "every table came back", held=False, detail="missing: public.account")


def judged(*drills: Drilled, with_: Configuration | None = None, **said: Any) -> tuple[Record, Judgement]:
    made = replace(record(), measured=drills, stopped="", **said)
    return made, judge_record(made, policy(), with_ or configuration())


def outcome(one: Drilled) -> str:
    return judged(one)[1].outcome


def test_the_verdicts_of_the_sample() -> None:
    assert {one.drilled.name: one.outcome for one in judgement().standings} == {
        "users come back to the newest time": "passed",
        "orders come back to the newest time": "failed",
        "the ledger comes back from its snapshot": "failed",
        "the ledger comes back to the newest time": "unknown",
        "profiles come back": "unknown",
        "documents come back": "unknown",
        "the share comes back": "unknown",
        "a failed backup reaches somebody": "passed",
        "readers only read": "passed",
        "all in order: authentication": "passed",
        "all in order: transaction-log": "passed",
        "all in order: orders": "passed",
    }
    assert not judgement().crashes


def test_a_drill_that_went_well_does_not_hide_one_that_did_not() -> None:
    (orders,) = (one for one in judgement().systems if one.name == "orders")
    assert [one.outcome for one in orders.standings] == ["failed", "passed"]
    assert orders.outcome == "failed"
    assert orders.rpo.achieved == seconds(1322)
    assert orders.rpo.margin == timedelta(minutes=5) - seconds(1322)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, "passed"),
        ({"recovery_time": timedelta(hours=1, minutes=5)}, "failed"),
        ({"recovery_time": timedelta(hours=1)}, "unknown"),  # within a look of the limit
        ({"recovery_time": None}, "unknown"),
        ({"data_loss": timedelta(minutes=6)}, "failed"),
        ({"data_loss": None, "canaries": None}, "unknown"),
        ({"came_back": False}, "failed"),
        ({"came_back": None}, "unknown"),
        ({"checks": (*USERS.checks, FALSE)}, "failed"),
        ({"checks": (*USERS.checks, replace(FALSE, held=None))}, "unknown"),
        ({"checks": USERS.checks[:2]}, "unknown"),  # no check of freshness and configuration
        ({"checks": (*USERS.checks, replace(FALSE, about="consistency"))}, "failed"),
        ({"left_behind": ("rds:db copy",)}, "failed"),
        ({"left_behind": None}, "unknown"),
        ({"state": INCONCLUSIVE, "why": "no canary"}, "unknown"),
        ({"state": INCONCLUSIVE, "why": "no canary", "left_behind": ("rds:db copy",)}, "failed"),
        ({"state": NOT_TESTED, "why": "no such service"}, "unknown"),
        ({"evidence": "simulated"}, "unknown"),
        ({"evidence": "simulated", "checks": (FALSE,)}, "failed"),
        ({"evidence": "simulated", "came_back": False}, "failed"),
        ({"evidence": "sandbox"}, "passed"),
        ({"system": "unheard-of"}, "unknown"),
    ],
)
def test_each_way_to_go_wrong_has_its_verdict(change: dict[str, Any], wanted: str) -> None:
    standing = judged(replace(USERS, **change))[1].standings[0]
    assert standing.outcome == wanted
    assert bool(standing.because) == (wanted != "passed")


def test_what_did_not_come_back_has_no_figures() -> None:
    (standing,) = judged(replace(USERS, came_back=False))[1].standings
    assert (standing.rto.lost, standing.rpo.lost) == (True, True)
    assert (standing.rto.achieved, standing.rpo.achieved, standing.rto.margin) == (None, None, None)


def test_what_failed_fails_exactly_its_system() -> None:
    others = tuple(one for one in measured() if one.system == "authentication")
    lost = replace(USERS, name="orders", system="orders", data_loss=timedelta(hours=1))
    _, found = judged(*others, lost)
    assert {one.name: one.outcome for one in found.systems} == {"authentication": "passed", "orders": "failed"}


@pytest.mark.parametrize(
    ("one", "change", "wanted"),
    [
        (ALERT, {"alert_after": None}, "failed"),
        (ALERT, {"evidence": "simulated", "alert_after": None}, "failed"),
        (ALERT, {"evidence": "simulated"}, "unknown"),
        (ACCESS, {"checks": (Check("must-deny", "reader may not delete", held=False),)}, "failed"),
        (ACCESS, {"checks": (Check("must-deny", "reader may not delete", held=None),)}, "unknown"),
        (ACCESS, {"checks": ()}, "unknown"),
    ],
)
def test_alerts_and_access(one: Drilled, change: dict[str, Any], wanted: str) -> None:
    assert outcome(one) == "passed"
    assert outcome(replace(one, **change)) == wanted


def test_a_drill_that_the_policy_names_no_test_for_passes_by_its_checks() -> None:
    one = drilled("locked points stay", "", tests=(), drill="immutability", checks=(replace(FALSE, held=True),))
    assert outcome(one) == "passed"
    assert outcome(replace(one, checks=())) == "unknown"
    assert outcome(replace(one, checks=(FALSE,))) == "failed"


@given(DRILLED, st.sampled_from(["", "authentication", "orders", "documents"]))
def test_nothing_passes_without_having_been_measured_on_what_counts(one: Drilled, system: str) -> None:
    one = replace(one, system=system, tests=("database", "full"), ended_at=AT)
    found = judged(one)[1]
    assert not found.crashes
    if one.state != MEASURED or one.evidence == "simulated" or one.unmade or one.troubles:
        assert found.outcome != "passed"
    if one.troubles:
        assert found.outcome == "failed"
    if system and found.outcome == "passed":
        assert one.data_loss is not None


@pytest.mark.parametrize(
    ("drills", "said", "code"),
    [
        ((USERS,), {}, Exit.PASSED),
        ((USERS, replace(USERS, name="b", came_back=False)), {}, Exit.FAILED),
        ((USERS, replace(USERS, name="b", state=NOT_TESTED, why="no service")), {}, Exit.UNKNOWN),
        ((replace(USERS, state=NOT_TESTED, why="no service"),), {}, Exit.NOTHING),
        ((), {}, Exit.NOTHING),
    ],
)
def test_the_exit_code(drills: tuple[Drilled, ...], said: dict[str, Any], code: Exit) -> None:
    assert exit_of(*judged(*drills, **said)) is code


def test_a_run_that_was_stopped_has_not_passed() -> None:
    made, found = judged(USERS)
    assert exit_of(replace(made, stopped="interrupted"), found) is Exit.UNKNOWN


def test_a_crash_of_a_rule_is_no_verdict() -> None:
    made, found = judged(USERS)
    assert exit_of(made, replace(found, crashes=("BK901 crashed",))) is Exit.INTERNAL


def test_a_waived_failure_does_not_fail_the_run() -> None:
    waiver = Waiver(
        "BK902", "policy:system/authentication", "logs move in January", "ann", "bea", (AT + timedelta(days=30)).date()
    )
    waived = replace(configuration(), records=Records(waivers=(waiver,)))
    late = replace(USERS, data_loss=timedelta(hours=1))
    assert outcome(late) == "failed"
    assert judged(late, with_=waived)[1].outcome == "passed"


def test_earlier_runs_do_not_answer_for_this_one() -> None:
    known = {"name": "old", "system": "authentication", "run": "q3", "tests": ["database"], "evidence": "engine",
             "ended_at": AT.isoformat(), "came_back": True, "recovery_time": "1m", "data_loss": "1s", "resolution": "1s",
             "checks": [{"about": about, "name": "x", "held": True} for about in ("integrity", "freshness", "configuration")],
             "left_behind": []}  # fmt: skip
    before = replace(configuration(), declared={**configuration().declared, "measurements": (known,)})
    one = replace(USERS, state=INCONCLUSIVE, why="it hung")
    assert judged(one, with_=before)[1].outcome == "unknown"


def test_the_age_is_that_of_the_judgement() -> None:
    made = replace(record(), measured=(USERS,))
    late = judge_record(made, policy(), configuration(), AT + timedelta(days=120))
    assert late.standings[0].outcome == "failed"  # rehearsed too long ago
    assert any("last rehearsed on 2026-11-24" in one for one in late.standings[0].because)
    assert made.measured[0].canaries == Canaries(30, 29, 29, 29, AT + seconds(27.4))
