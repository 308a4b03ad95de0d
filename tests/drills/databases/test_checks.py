"""The plan's own checks: what is expected of an answer, and what of it may be shown."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.databases.performance import percentile
from drills.measuring.writer import time_between_captures
from drills.plan.model import OwnCheck
from drills.verification.configuration import check_in_force, planned
from drills.verification.content import Content
from drills.verification.queries import Answer, ask, fits
from tests.drills.stand_ins import DrivenClock

SECRET_ROW = "somebody@example.invalid"  # a row, as a query gives one


@pytest.mark.parametrize(
    ("expect", "answer", "held"),
    [
        ({"equals": 3}, 3, True),
        ({"equals": 3}, "3", True),
        ({"equals": 3}, 3.5, False),
        ({"equals": "three"}, "three", True),
        ({"at_least": 3}, 2, False),
        ({"at_least": 3}, "many", False),
        ({"at_most": 3}, 3, True),
        ({"at_least": 1, "at_most": 3}, 4, False),
        ({"matches": "^v[0-9]+$"}, "v18", True),
        ({"matches": "^v[0-9]+$"}, "18", False),
        ({}, 1, True),
        ({}, None, False),
    ],
)
def test_all_that_is_expected_must_hold(expect: Mapping[str, Any], answer: object, *, held: bool) -> None:
    assert fits(OwnCheck("it", sql="select", expect=expect), Answer(answer))[0] is held


@pytest.mark.parametrize(
    ("check", "status", "held"),
    [
        (OwnCheck("it", http="http://x"), 200, True),
        (OwnCheck("it", http="http://x"), 204, False),
        (OwnCheck("it", http="http://x", expect={"status": 204}), 204, True),
        (OwnCheck("it", command=("x",)), 0, True),
        (OwnCheck("it", command=("x",)), 1, False),
        (OwnCheck("it", command=("x",), expect={"status": 1}), 1, True),
    ],
)
def test_a_page_and_a_command_must_end_as_expected(check: OwnCheck, status: int, *, held: bool) -> None:
    assert fits(check, Answer("", status))[0] is held


@given(st.text(min_size=1).filter(lambda text: not text.strip().replace("_", "").replace(".", "").isnumeric()))
def test_no_answer_but_a_number_is_shown(text: str) -> None:
    try:
        float(text)
    except ValueError:
        _, detail = fits(OwnCheck("it", sql="select"), Answer(text))
        assert detail == "an answer"


def test_a_number_that_a_command_prints_is_shown() -> None:
    said = ask(OwnCheck("it", command=(sys.executable, "-c", "print(7)")), None, {}, "")
    assert fits(OwnCheck("it", command=("x",), expect={"equals": 7}), said) == (True, "7, expected equals 7")


def test_a_command_gets_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_ROW)
    tells = "import os; print(sum(name.startswith('AWS') for name in os.environ))"
    assert ask(OwnCheck("it", command=(sys.executable, "-c", tells)), None, {}, "").value == "0"


def test_braces_that_are_no_placeholder_stay() -> None:
    says = (sys.executable, "-c", "import sys; print(sys.argv[1])", "{host} {'a': 1} {other}")
    assert ask(OwnCheck("it", command=says), None, {"host": "h"}, "").value == "h {'a': 1} {other}"


def test_a_command_that_is_not_there_and_a_url_of_another_kind_are_told() -> None:
    assert ask(OwnCheck("it", command=("/no/such/program",)), None, {}, "").trouble == "FileNotFoundError"
    assert ask(OwnCheck("it", http="file:///etc/hosts"), None, {}, "").trouble == "the URL is neither http nor https"
    assert ask(OwnCheck("it", sql="select 1"), None, {}, "").trouble == "there is no database to ask"


def test_a_table_that_was_written_to_is_not_compared() -> None:
    before = Content({"a": 1, "b": 2, "c": 1}, {"a": "1", "b": "2", "c": "3"})
    assert before.unchanged(Content({"a": 1, "b": 3}, {"a": "1", "b": "9"})) == {"a": "1"}


@given(st.lists(st.floats(0, 100), min_size=1, max_size=60))
def test_a_percentile_is_one_of_the_answers_and_enough_are_not_slower(taken: list[float]) -> None:
    found = percentile(taken).total_seconds()
    assert min(abs(found - one) for one in taken) < 1e-5
    assert sum(one <= found + 1e-5 for one in taken) >= 0.95 * len(taken)


def test_the_time_between_captures_is_measured() -> None:
    clock, start = DrivenClock(), datetime(2026, 1, 1, tzinfo=UTC)
    newest = lambda: start if clock.passed < timedelta(seconds=40) else start + timedelta(seconds=35)
    second = timedelta(seconds=1)
    assert time_between_captures(newest, clock, second, timedelta(minutes=5)) == timedelta(seconds=40)
    assert time_between_captures(newest, clock, second, timedelta(seconds=10)) == timedelta(seconds=10)


def test_what_the_plan_sets_otherwise_is_told_under_the_same_names() -> None:
    told = {"parameter_group": "p", "security_groups": ["b", "a"], "subnet_group": "s", "instance_class": "c"}
    assert planned(told) == {"the parameter group": ["p"], "the security groups": ["a", "b"], "the subnet group": "s"}


class _Noting:
    def __init__(self) -> None:
        self.noted: list[tuple[bool | None, str]] = []

    def check(self, _about: str, _name: str, *, held: bool | None, detail: str = "") -> None:
        self.noted.append((held, detail))


@pytest.mark.parametrize(
    ("copy", "noted"),
    [
        ({"DBParameterGroups": [{"DBParameterGroupName": "p", "ParameterApplyStatus": "in-sync"}]}, (True, "")),
        (
            {"DBParameterGroups": [{"DBParameterGroupName": "p", "ParameterApplyStatus": "pending-reboot"}]},
            (False, "p is pending-reboot"),
        ),
        (
            {"DBClusterMembers": [{"DBInstanceIdentifier": "i", "DBClusterParameterGroupStatus": "pending-reboot"}]},
            (False, "i is pending-reboot"),
        ),
    ],
)
def test_a_group_that_waits_for_a_restart_is_not_in_force(copy: Mapping[str, Any], noted: tuple[bool, str]) -> None:
    scene: Any = _Noting()
    check_in_force(scene, copy)
    assert scene.noted == [noted]
