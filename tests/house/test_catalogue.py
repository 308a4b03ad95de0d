"""Every rule has what its page and its reader need, and every clause that a rule must establish has one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rules import catalogue, contents
from scanner.documents.construct import load_policy
from scanner.model.rule import Rule

RULES = list(catalogue().rules.values())
POLICY = load_policy()
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_whole(rule: Rule) -> None:
    assert re.fullmatch(r"BK[1-9]\d\d", rule.id)
    assert rule.promise.endswith(".")
    assert len(rule.promise) <= 100
    assert rule.explanation
    assert rule.fix
    assert rule.reads
    assert rule.kinds
    assert rule.enforces
    assert set(rule.enforces) <= set(POLICY.clauses), set(rule.enforces) - set(POLICY.clauses)
    assert POLICY.controls_of(rule.enforces), f"{rule.id} supports no control"
    assert Path(rule.file).stem == rule.name
    assert (ROOT / "tests" / "rules" / f"{rule.id}.yaml").exists()


def test_no_table_is_of_no_rule() -> None:
    tables = {file.stem for file in (ROOT / "tests" / "rules").glob("*.yaml")}
    assert tables == {rule.id for rule in RULES}


def test_the_contents_are_those_of_the_catalogue() -> None:
    assert contents() == [(rule.id, rule.question, rule.severity.value, rule.promise) for rule in RULES]


#: The rules of the catalogue that this version promises: all but those that compare AWS with code (BK113, BK114).
PROMISED = {
    *(f"BK{number}" for number in (*range(101, 113), 115, 116, 117)),
    *(f"BK{number}" for number in range(201, 214)),
    *(f"BK{number}" for number in range(301, 313)),
    *(f"BK{number}" for number in range(401, 413)),
    *(f"BK{number}" for number in (*range(501, 507), *range(510, 518), 520)),
    *(f"BK{number}" for number in range(601, 616)),
    *(f"BK{number}" for number in (*range(701, 708), *range(710, 716))),
    *(f"BK{number}" for number in range(801, 811)),
    *(f"BK{number}" for number in range(901, 913)),
}


def test_every_promised_rule_is_there() -> None:
    assert {rule.id for rule in RULES} >= PROMISED, PROMISED - {rule.id for rule in RULES}


def test_every_clause_and_every_control_is_established_by_some_rule() -> None:
    enforced = {clause for rule in RULES for clause in rule.enforces}
    assert set(POLICY.clauses) == enforced
    supported = {control for clause in POLICY.clauses for control in POLICY.controls_of([clause])}
    assert set(POLICY.controls) == supported


def test_what_people_attest_is_judged_as_attested() -> None:
    attested = {clause.id for clause in POLICY.clauses.values() if "attest" in clause.established_by}
    assert attested == set(catalogue().rules["BK910"].enforces)


def test_no_file_is_too_long_to_read_in_one_sitting() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for folder in ("scanner", "rules", "drills", "reports", "tests", "tools")
        for file in (ROOT / folder).rglob("*.py")
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_no_module_is_called_utils() -> None:
    names = {"utils.py", "common.py", "helpers.py", "base.py", "misc.py"}
    found = [file for folder in ("scanner", "rules", "drills", "reports") for file in (ROOT / folder).rglob("*.py")
             if file.name in names]  # fmt: skip
    assert not found
