"""Measurements are never better than what was measured, and what is inconclusive counts as nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import given

from drills.judging import RULES
from drills.results.measurements import measurements_of, render
from drills.results.record import MEASURED, Record
from rules import catalogue
from scanner.collect.live import collect
from scanner.collect.port import Shut
from scanner.documents.construct import load_configuration
from scanner.documents.measurements import load_measurements
from scanner.documents.schema import load_schema, schema_text
from scanner.engine import judge
from scanner.model.duration import parse_duration
from scanner.plan import plan
from scanner.resources.rehearsals import ABOUT, EVIDENCE_CLASSES
from tests.drills.results.sample import configuration, policy, record
from tests.drills.results.test_record import RECORD


def test_a_scan_reads_the_measurements_of_every_state(tmp_path: Path) -> None:
    (tmp_path / "q4.json").write_text(render(record()), encoding="utf-8")
    found = load_measurements(tmp_path / "backup-scan.yaml", ["q4.json"], record().systems)
    assert [one["name"] for one in found] == [one.name for one in record().measured]
    by_name = {one["name"]: one for one in found}
    assert {one["evidence"] for one in found} == {"engine", "simulated", "sandbox"}
    assert by_name["the share comes back"]["inconclusive"] == "not tested: the emulation has no elasticfilesystem"
    assert by_name["users come back to the newest time"]["inconclusive"] is None


@given(RECORD)
def test_no_figure_is_better_than_what_was_measured(made: Record) -> None:
    document = measurements_of(made)
    for one, told in zip(made.measured, document["measurements"], strict=True):
        assert parse_duration(told["resolution"]) >= max(one.resolution, timedelta(seconds=1))
        for name in ("recovery_time", "data_loss", "alert_after"):
            figure = getattr(one, name)
            if one.state != MEASURED or figure is None:
                assert told[name] is None
            else:
                assert figure <= parse_duration(told[name]) < figure + timedelta(seconds=1)
        assert (told["inconclusive"] is None) == (one.state == MEASURED)
        if one.state != MEASURED:
            assert told["came_back"] is not True


@given(RECORD)
def test_the_run_is_not_said_to_show_more_than_any_of_its_measurements(made: Record) -> None:
    document = measurements_of(made)
    ranks = [EVIDENCE_CLASSES.index(one["evidence"]) for one in document["measurements"]]
    assert all(EVIDENCE_CLASSES.index(document["evidence"]) <= rank for rank in ranks)


def test_a_lost_second_is_not_rounded_away() -> None:
    (users, *_) = record().measured
    made = replace(record(), measured=(replace(users, recovery_time=timedelta(hours=1, microseconds=1)),))
    assert measurements_of(made)["measurements"][0]["recovery_time"] == "1h1s"


def test_both_schemas_know_what_checks_are_about() -> None:
    for schema in ("drill", "measurements"):
        enums = [found for found in _enums(load_schema(schema)) if "integrity" in found]
        assert enums == [list(ABOUT)], schema


def test_the_same_record_gives_the_same_bytes() -> None:
    assert render(record()) == render(record())
    assert (
        json.loads(schema_text("measurements"))["properties"]["schema"]["const"] == measurements_of(record())["schema"]
    )


def _enums(part: object) -> list[list[str]]:
    if isinstance(part, dict):
        own = [part["enum"]] if isinstance(part.get("enum"), list) else []
        return own + [found for one in part.values() for found in _enums(one)]
    return [found for one in part for found in _enums(one)] if isinstance(part, list) else []


def test_a_scan_judges_what_a_drill_left(tmp_path: Path) -> None:
    (tmp_path / "measurements.json").write_text(render(record()), encoding="utf-8")
    names = {one.name: one.tier for one in configuration().systems}
    systems = ", ".join(f"{{name: {name}, tier: {tier}, select: [{{name: {name}}}]}}" for name, tier in names.items())
    config = tmp_path / "backup-scan.yaml"
    config.write_text(
        'schema: backup-scan/config/1\naccounts: {prod: {id: "111122223333", regions: [eu-west-1]}}\n'
        f"systems: [{systems}]\nmeasurements: [measurements.json]\n",
        encoding="utf-8",
    )
    law = policy()
    ours = load_configuration(config, law)
    rules = [catalogue().rules[name] for name in RULES]
    estate = collect(plan(rules), Shut("no call"), account="111122223333", caller="", regions=(), at=record().ended_at,
                     declared=ours.declared, concurrency=1)  # fmt: skip
    assert not estate.gaps
    found = judge(rules, estate, law, at=record().ended_at, systems=ours.systems)
    said = {(one.rule.id, one.subject.name): one.outcome.value for one in found.findings}
    assert said["BK901", "authentication"] == "passed"
    assert said["BK902", "customer-metadata"] == "unknown"  # only simulated
    assert said["BK903", "customer-metadata"] == "failed"
    assert said["BK904", "file"] == "failed"
    assert said["BK904", "multi-system"] == "passed"
    assert said["BK908", "alert"] == "passed"
    assert said["BK909", "access"] == "passed"
