"""The record is read back as it was written, keeps its schema, and is made of what ran without losing any of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from drills.measuring.canaries import Canary, Freshness
from drills.measuring.clock import Mark, Timeline
from drills.plan.model import DrillPlan, Limits
from drills.results.record import INCONCLUSIVE, MEASURED, NOT_TESTED, Canaries, Drilled, Record, Stamped, record_of
from drills.results.record_file import dump, load, parse
from drills.running import Ran
from drills.scene import Demanded, Measured
from drills.stage.run import Run
from drills.stage.spoken import Spoken
from scanner.documents.errors import DocumentError
from scanner.documents.schema import load_schema
from scanner.resources.rehearsals import ABOUT, EVIDENCE_CLASSES, Check
from tests.drills.results.sample import record
from tests.drills.stand_ins import AT, DrivenClock

TEXT = st.text(st.characters(codec=None), max_size=12)
WORD = st.text(st.characters(codec=None), min_size=1, max_size=12)
LENGTH = st.integers(0, 10**13).map(lambda count: timedelta(microseconds=count))
COUNT = st.integers(0, 10**9)
MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
CHECK = st.builds(Check, st.sampled_from(ABOUT), WORD, st.none() | st.booleans(), TEXT)
DRILLED = st.builds(
    Drilled, WORD, TEXT, WORD, TEXT, st.tuples(TEXT), st.tuples(TEXT), st.sampled_from(EVIDENCE_CLASSES),
    st.sampled_from((MEASURED, INCONCLUSIVE, NOT_TESTED)), TEXT, MOMENT, st.none() | LENGTH, st.none() | LENGTH,
    st.lists(st.builds(Stamped, st.sampled_from(Mark), MOMENT, LENGTH, st.none() | MOMENT), max_size=3).map(tuple),
    LENGTH, st.none() | LENGTH, st.none() | LENGTH, st.none() | LENGTH,
    st.none() | st.builds(Canaries, COUNT, COUNT, COUNT, st.none() | COUNT, st.none() | MOMENT,
                          st.lists(COUNT, max_size=3).map(tuple), COUNT, st.lists(COUNT, max_size=3).map(tuple)),
    st.none() | st.booleans(), st.none() | LENGTH, st.lists(CHECK, max_size=3).map(tuple),
    st.none() | st.lists(TEXT, max_size=2).map(tuple), st.dictionaries(TEXT, JSON, max_size=3),
    st.lists(st.builds(Spoken, MOMENT, WORD, TEXT, st.dictionaries(TEXT, JSON, max_size=2), TEXT, st.integers(1, 99),
                       st.none() | MOMENT), max_size=2).map(tuple),
    COUNT,
)  # fmt: skip
RECORD = st.builds(
    Record, WORD, WORD, st.just("a" * 64), WORD, TEXT, MOMENT, MOMENT, st.lists(DRILLED, max_size=2).map(tuple), TEXT,
    TEXT, WORD, WORD,
)  # fmt: skip


@given(RECORD)
def test_what_is_read_back_is_what_was_written(made: Record) -> None:
    text = dump(made)
    assert parse(text) == made
    assert dump(parse(text)) == text


def test_the_sample_is_read_back_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "drill.json"
    file.write_text(dump(record()), encoding="utf-8")
    assert load(file) == record()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "backup-scan/drill/9"}, "found 'backup-scan/drill/9' for schema"),
        ({"plan": {"name": "x", "digest": "short"}}, "expected a SHA-256 digest"),
        ({"began_at": "2026-13-40T00:00:00Z"}, "found a value that is none"),
        ({"surprise": 1}, "found unknown property 'surprise'"),
    ],
)
def test_what_is_no_record_is_said(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    file = tmp_path / "drill.json"
    file.write_text(json.dumps({**json.loads(dump(record())), **change}), encoding="utf-8")
    with pytest.raises(DocumentError, match=said):
        load(file)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000])
def test_what_is_no_json_of_a_record_is_an_error_of_the_document(text: str) -> None:
    with pytest.raises(DocumentError):
        parse(text)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"drill.json: cannot be read: No such file"):
        load(tmp_path / "drill.json")


def ran(*measured: Measured) -> Ran:
    plan = DrillPlan("quarterly", {}, (), Limits(timedelta(hours=1)), {}, (), "b" * 64)
    return Ran(Run("261124-abcdef", AT, AT, "ops"), plan, "emulator", "1", list(measured), "", AT + timedelta(hours=1))


def measured(clock: DrivenClock, **said: Any) -> Measured:
    return Measured(
        "a", "database-snapshot", "orders", ("database",), "engine", Timeline(clock), ("orders-db",), **said
    )


def test_a_run_becomes_a_record_with_all_that_was_measured() -> None:
    clock = DrivenClock()
    clock.passed = timedelta(seconds=100)
    one = measured(clock, entry="orders in order", demanded=Demanded(timedelta(hours=2), timedelta(minutes=5)))
    for mark in (Mark.LOST, Mark.REQUESTED, Mark.AVAILABLE, Mark.VALIDATED):
        one.timeline.mark(mark, looked_every=timedelta(seconds=3), witness=AT if mark is Mark.AVAILABLE else None)
        clock.sleep(timedelta(seconds=7))
    canary = Canary(4, AT, "n", "s")
    one.freshness = Freshness(9, 8, 5, canary, timedelta(seconds=2), (2, 3), 1, (9,))
    one.shown = {"restored_to": AT, "took": timedelta(seconds=1.5), "parts": ("b", "a"), "odd": object()}
    one.spoken = (Spoken(AT, "rds:DescribeDBInstances", "eu-west-1", {}),)
    made = record_of(ran(one), authorised_by="bea")
    (drilled,) = made.measured
    assert (made.run, made.plan, made.digest, made.authorised_by) == ("261124-abcdef", "quarterly", "b" * 64, "bea")
    assert [(mark.mark.value, mark.after.total_seconds()) for mark in drilled.marks] == [
        ("T0", 0), ("T1", 7), ("T2", 14), ("T4", 21),
    ]  # fmt: skip
    assert drilled.marks[2].witness == AT
    assert drilled.recovery_time == timedelta(seconds=21)
    assert drilled.job_time == timedelta(seconds=7)
    assert drilled.resolution == timedelta(seconds=3)
    assert (drilled.entry, drilled.rto, drilled.rpo) == ("orders in order", timedelta(hours=2), timedelta(minutes=5))
    assert drilled.canaries == Canaries(9, 8, 5, 4, AT, (2, 3), 1, (9,))
    assert drilled.data_loss == timedelta(seconds=2)
    assert drilled.shown == {"restored_to": AT.isoformat(), "took": 1.5, "parts": ["b", "a"], "odd": "object"}
    assert drilled.calls == one.spoken
    assert parse(dump(made)) == made


@pytest.mark.parametrize(
    ("said", "state", "why"),
    [
        ({}, MEASURED, ""),
        ({"why": "no canaries"}, INCONCLUSIVE, "no canaries"),
        ({"not_tested": "no such service", "why": ""}, NOT_TESTED, "no such service"),
    ],
)
def test_the_state_of_a_drill(said: dict[str, Any], state: str, why: str) -> None:
    (one,) = record_of(ran(measured(DrivenClock(), **said))).measured
    assert (one.state, one.why) == (state, why)


def test_what_is_left_behind_is_told_once() -> None:
    twice = [replace(one, left_behind=("a copy", "a key")) for one in record().measured[:2]]
    assert replace(record(), measured=tuple(twice)).left_behind == ("a copy", "a key")


def test_the_schema_is_valid_closed_and_described() -> None:
    schema = load_schema("drill")
    Draft202012Validator.check_schema(schema)
    objects = [part for part in _parts(schema) if "properties" in part and "type" in part]
    assert len(objects) > 7
    for part in objects:
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"]), "what is not told stands there as null"
        for name, one in part["properties"].items():
            assert one["title"], name
            assert one["description"].endswith("."), name


def _parts(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [found for one in part for found in _parts(one)]
    return [part, *(found for one in part.values() for found in _parts(one))] if isinstance(part, dict) else []
