"""Records of drills are held against their schema and the configuration; a record that is gone is an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.documents.construct import load_configuration, load_policy
from scanner.documents.errors import DocumentError
from scanner.documents.measurements import load_measurements

RECORD: dict[str, Any] = {
    "schema": "backup-scan/measurements/1",
    "run": "2026-q4",
    "tool": "backup-drill 0.1",
    "plan_digest": "0" * 64,
    "evidence": "sandbox",
    "measurements": [
        {
            "name": "orders",
            "system": "orders",
            "tests": ["full"],
            "ended_at": "2026-11-14T12:00:00Z",
            "came_back": True,
            "recovery_time": "1h10m",
            "data_loss": None,
            "resolution": "10s",
            "checks": [{"about": "freshness", "name": "canaries", "held": None}],
        }
    ],
}


def written(folder: Path, record: Any, name: str = "q4.json") -> Path:
    (folder / name).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return folder / "backup-scan.yaml"


def changed(**changes: Any) -> dict[str, Any]:
    return {**RECORD, "measurements": [{**RECORD["measurements"][0], **changes}]}


def test_a_record_is_read_with_its_run_and_its_file(tmp_path: Path) -> None:
    (one,) = load_measurements(written(tmp_path, RECORD), ["*.json"], {"orders"})
    assert (one["run"], one["name"], one["evidence"]) == ("2026-q4", "orders", "sandbox")
    assert one["record"] == "q4.json: run 2026-q4"


def test_a_record_that_is_gone_does_not_look_like_no_drill(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"found no file for measurements 'q3\*\.json'"):
        load_measurements(written(tmp_path, RECORD), ["q3*.json"], {"orders"})


def test_the_same_record_named_twice_counts_once(tmp_path: Path) -> None:
    config = written(tmp_path, RECORD)
    written(tmp_path, RECORD, "copy.json")
    assert len(load_measurements(config, ["q4.json", "*.json"], {"orders"})) == 1


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (changed(system="order"), "q4.json:10: found unknown system 'order' of measurement orders"),
        (changed(recovery_time="an hour"), "expected a duration such as 1h30m"),
        (
            changed(ended_at="2026-13-14T12:00:00Z"),
            "q4.json:14: found '2026-13-14T12:00:00Z' for measurements[0].ended_at",
        ),
        (changed(ended_at="yesterday"), "expected an instant such as 2026-11-24T02:00:00Z"),
        (changed(tests=["fire"]), "found 'fire'"),
        ({**RECORD, "evidence": "hearsay"}, "found 'hearsay' for evidence"),
        ({**RECORD, "measurements": RECORD["measurements"] * 2}, "found 'orders' twice in one run"),
        ({**RECORD, "schema": "backup-scan/measurements/9"}, "found 'backup-scan/measurements/9' for schema"),
        ([], "found an empty list for the document"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, record: Any, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load_measurements(written(tmp_path, record), ["q4.json"], {"orders"})
    assert said in str(caught.value)


def test_a_configuration_takes_them_along(tmp_path: Path) -> None:
    config = written(tmp_path, changed(system="orders"))
    config.write_text(
        'schema: backup-scan/config/1\naccounts: {prod: {id: "111122223333", regions: [eu-west-1]}}\n'
        "systems: [{name: orders, tier: production-database, select: [{name: orders}]}]\n"
        "measurements: [q4.json]\n",
        encoding="utf-8",
    )
    configuration = load_configuration(config, load_policy())
    assert [one["name"] for one in configuration.declared["measurements"]] == ["orders"]
    assert {one["test"] for one in configuration.declared["tests"]} >= {"file", "full", "alert"}


def test_a_pattern_that_is_none_is_said_with_its_line(tmp_path: Path) -> None:
    config = written(tmp_path, RECORD)
    config.write_text(
        'schema: backup-scan/config/1\naccounts: {prod: {id: "111122223333", regions: [eu-west-1]}}\n'
        'measurements:\n  - "**q4"\n',
        encoding="utf-8",
    )
    with pytest.raises(
        DocumentError, match=r"backup-scan.yaml:4: found '\*\*q4' for measurements|found no file"
    ) as caught:
        load_configuration(config, load_policy())
    assert caught.value.line == 4


def test_a_run_that_is_told_twice_and_differently_is_refused(tmp_path: Path) -> None:
    config = written(tmp_path, RECORD)
    written(tmp_path, changed(came_back=False), "z.json")
    with pytest.raises(DocumentError, match=r"z.json:1: found run '2026-q4' with another 'orders' than in q4.json"):
        load_measurements(config, ["*.json"], {"orders"})
