"""The 5X policy says what the written policy says, and a wrong policy is told line by line."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scanner.documents.errors import DocumentError
from scanner.documents.policy import FIVEX_POLICY, own_digest, read_policy
from scanner.documents.schema import load_schema
from scanner.documents.yaml_file import load_yaml
from scanner.model.duration import parse_duration

POLICY = read_policy()
TIERS: dict[str, dict[str, Any]] = POLICY["tiers"]
MAIN = Path(__file__).parents[2]

WRITTEN = {
    "production-database": ("2h", "5m"),
    "authentication": ("1h", "5m"),
    "customer-metadata": (None, "15m"),
    "transaction-log": (None, "1m"),
    "monitoring": ("4h", None),
    "reporting": ("8h", None),
    "analytics": ("12h", None),
    "development": ("24h", "24h"),
    "historical": ("48h", "48h"),
}


def test_the_objectives_are_the_written_ones_and_none_is_invented() -> None:
    assert {name: (tier["rto"], tier["rpo"]) for name, tier in TIERS.items()} == WRITTEN
    assert POLICY["demands"]["rto"] is None
    assert POLICY["demands"]["rpo"] is None


def test_the_figures_are_the_written_ones() -> None:
    demands = POLICY["demands"]
    assert demands["retention"] == "30d"
    assert demands["snapshot_every"] == "24h"
    assert demands["window"] == {"opens": "02:00", "lasts": "1h"}
    assert demands["log_capture"] == "5m"
    assert demands["key_rotation"] == "90d"
    assert demands["tls"] == "1.3"
    assert demands["mfa"] is True
    assert not any({"retention", "key_rotation", "log_capture", "window"} & set(tier) for tier in TIERS.values())


def test_critical_tiers_demand_every_layer() -> None:
    layers = ("real_time_replication", "archive", "locked", "copy_in_another_account")
    critical = {name for name, tier in TIERS.items() if tier["critical"]}
    assert critical == {"production-database", "authentication", "customer-metadata", "transaction-log"}
    for name, tier in TIERS.items():
        demanded = {**POLICY["demands"], **tier}
        assert all(demanded[layer] is (name in critical) for layer in layers)
        assert demanded["copies_in_regions"] == (2 if name in critical else None)


def durations(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [found for below in value.values() for found in durations(below)]
    return [value] if isinstance(value, str) and re.fullmatch(r"\d+[a-z].*", value) else []


def test_every_duration_can_be_read() -> None:
    found = durations(POLICY["demands"]) + durations(TIERS)
    assert len(found) > 20
    assert all(parse_duration(text) for text in found)


def test_the_longest_duration_the_schema_allows_can_be_read() -> None:
    pattern = load_schema("policy")["$defs"]["duration"]["pattern"]
    for text in ("999999w999999d999999h999999m999999s", "30d", "1h30m", "5m"):
        assert re.search(pattern, text)
        assert parse_duration(text)
    for text in ("", "30", "d", "30d\n", "30m1h", "1234567d", "-1d"):
        assert not re.search(pattern, text)


def test_every_clause_and_topic_is_there() -> None:
    assert len(POLICY["clauses"]) == 60
    assert len(POLICY["topics"]) == 35
    used = {topic for clause in POLICY["clauses"] for topic in clause["topics"]}
    assert used == {topic["id"] for topic in POLICY["topics"]}
    assert [scope["id"] for scope in POLICY["scope"]] == [
        "production-databases",
        "system-configuration",
        "customer-metadata",
        "authentication",
        "business-documents",
        "monitoring-logging",
        "pipelines",
    ]


def test_every_control_in_the_catalogue_is_used() -> None:
    for framework, catalogue in POLICY["controls"].items():
        assert set(catalogue) == {control for topic in POLICY["topics"] for control in topic[framework]}


def test_what_the_written_policy_does_not_state_is_marked() -> None:
    text = FIVEX_POLICY.read_text(encoding="utf-8")
    stated = {
        "retention",
        "snapshot_every",
        "log_capture",
        "key_rotation",
        "tls",
        "mfa",
        "rto",
        "rpo",
        "opens",
    }
    body = text[text.index("demands:") : text.index("# RTO and RPO")]
    group = ""
    for line in body.splitlines()[1:]:
        if match := re.match(r"( +)(\w+):\s*(\S*)", line):
            indent, name, value = match.groups()
            group = line if len(indent) == 2 else group
            marked = "ours" in line or "critical tiers override it" in line or "# ours" in group
            assert name in stated or name == "window" or marked, line
            assert value or indent == "  "


def wrong(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    text = FIVEX_POLICY.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_policy(file)
    said = []
    for line in str(caught.value).splitlines():
        name, number, rest = line.split(":", 2)
        assert name == str(file)
        said.append(f"{text.splitlines()[int(number) - 1].strip().split('#')[0].strip()} >>{rest}")
    return said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "  retention: 30d",
            "  retention: 30",
            "retention: 30 >> found the number 30 for demands.retention"
            " (expected a duration such as 30d, 5m or 1h30m, or null)",
        ),
        (
            "  retention: 30d",
            "  retention: 30 days",
            "retention: 30 days >> found '30 days' for demands.retention"
            " (expected a duration such as 30d, 5m or 1h30m, or null)",
        ),
        (
            "  retention: 30d",
            "  retension: 30d",
            "retension: 30d >> found unknown property 'retension' in demands",
        ),
        (
            "  mfa: true",
            "  mfa: yes",
            "mfa: yes >> found 'yes' for demands.mfa (expected true or false or null)",
        ),
        (
            '  tls: "1.3"',
            "  tls: 1.3",
            "tls: 1.3 >> found the number 1.3 for demands.tls"
            ' (expected a TLS version in quotes, "1.2" or "1.3", or null)',
        ),
        (
            'opens: "02:00"',
            'opens: "2:00"',
            "opens: \"2:00\" >> found '2:00' for demands.window.opens (expected a UTC time such as 02:00)",
        ),
        (
            "    samples: 5",
            "    samples: 0",
            "samples: 0 >> found the number 0 for demands.usual_range.samples",
        ),
        (
            "duration_factor: 3",
            "duration_factor: 1",
            "duration_factor: 1 >> found the number 1 for demands.usual_range.duration_factor (expected more than 1)",
        ),
        (
            "    title: Reporting\n",
            "",
            "reporting: >> found no 'title' in tiers.reporting (expected the title of the",
        ),
        (
            "    rto: 8h",
            "    rtoo: 8h",
            "rtoo: 8h >> found unknown property 'rtoo' in tiers.reporting (expected ",
        ),
        (
            'version: "1.0"',
            "version: 1.0",
            "version: 1.0 >> found the number 1.0 for version (expected text in quotes)",
        ),
        (
            "backup-scan/policy/1",
            "backup-scan/policy/2",
            "schema: backup-scan/policy/2 >> found 'backup-scan/policy/2' for schema"
            " (expected exactly backup-scan/policy/1)",
        ),
        (
            "established_by: [rule]",
            "established_by: [rules]",
            "established_by: [rules] >> found 'rules' for clauses[0].established_by[0]"
            " (expected attest, drill, report or rule; did you mean rule?)",
        ),
        (
            "established_by: [rule]",
            "established_by: []",
            "established_by: [] >> found an empty list for clauses[0].established_by (expected at least 1 entry)",
        ),
        (
            "topics: [inventory]",
            "topics: [inventry]",
            "topics: [inventry] >> found unknown topic 'inventry' in clause 1.2-scope (expected ",
        ),
        (
            "    soc2: [A1.2]",
            "    soc2: [A1.9]",
            "soc2: [A1.9] >> found 'A1.9' in topic schedule (expected it in controls.soc2 with a title)",
        ),
        (
            "    nist: [CP-9]",
            "    nist: [CP-9d]",
            "nist: [CP-9d] >> found 'CP-9d' for topics[2].nist[0] (expected a control such as CP-9 or CP-9(7))",
        ),
        (
            "  - id: 2-layers",
            "  - id: 1.2-scope",
            "- id: 1.2-scope >> found clauses id '1.2-scope' twice (first on line",
        ),
    ],
)
def test_a_mistake_is_told_where_it_is(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = wrong(tmp_path, (old, new))
    assert any(line.startswith(said) for line in found), found


def test_a_misspelt_property_is_missed_and_its_meaning_guessed(tmp_path: Path) -> None:
    found = wrong(tmp_path, ("  overstay: 2d", "  overstey: 2d"))
    assert found[0] == "demands: >> found no 'overstay' in demands (expected how long a copy may outlive its retention)"
    assert found[1].endswith("; did you mean overstay?)")
    assert len(found) == 2


def test_all_mistakes_are_told_at_once_by_line(tmp_path: Path) -> None:
    found = wrong(
        tmp_path,
        ("    rto: 48h", "    rto: 48"),
        ("  mfa: true", "  mfa: maybe"),
        ("  retention: 30d", "  retention: month"),
    )
    assert [line.split(" >>")[0] for line in found] == ["retention: month", "mfa: maybe", "rto: 48"]


def test_a_document_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("- a\n", encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_policy(file)
    assert str(caught.value) == f"{file}:1: found a list for the document (expected a mapping)"


def properties(schema: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    if isinstance(schema, dict):
        for name, part in (schema.get("properties") or {}).items():
            found.append((f"{path}/{name}", part))
        for name, below in schema.items():
            found += properties(below, f"{path}/{name}")
    return found


@pytest.mark.parametrize("name", ["policy", "config"])
def test_the_schemas_are_valid_closed_and_described(name: str) -> None:
    schema = load_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].startswith("https://backup-scan.dev/schemas/")
    described = properties(schema)
    assert len(described) > 30
    for path, part in described:
        target = part
        if set(part) == {"$ref"} and "/properties/" in part["$ref"]:
            target = schema
            for step in part["$ref"].removeprefix("#/").split("/"):
                target = target[step]
        assert target.get("title"), path
        assert target.get("description", "").endswith("."), path
    closed = [part for part in walk(schema) if "properties" in part and "type" in part]
    assert all(part["additionalProperties"] is False for part in closed)


def walk(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for below in schema for found in walk(below)]
    if not isinstance(schema, dict):
        return []
    return [schema, *(found for below in schema.values() for found in walk(below))]


def test_a_tier_may_override_every_demand() -> None:
    defs = load_schema("policy")["$defs"]
    demands = set(defs["demands"]["properties"])
    assert set(defs["demands"]["required"]) == demands
    assert set(defs["tier"]["properties"]) == demands | {"title", "critical"}


def test_our_own_policy_keeps_its_schema_and_agrees_with_itself() -> None:
    """It is read without being checked, so it is checked here."""
    assert read_policy(FIVEX_POLICY) == read_policy()


def test_what_is_read_of_our_own_policy_is_what_people_read() -> None:
    """It is read from JSON, which is quicker; `make docs` writes that."""
    assert read_policy() == load_yaml(FIVEX_POLICY).data
    assert own_digest() == hashlib.sha256(FIVEX_POLICY.read_bytes()).hexdigest()
