"""Contracts: the same truth reads the same in every source, fact by fact, and is judged the same by every rule."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rules import catalogue
from scanner.engine import judge
from scanner.iac.read import read
from scanner.model.estate import Estate
from scanner.model.policy import Policy
from scanner.model.reading import Known, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.plan import Need, Plan, plan
from tests.collect.recorded import AT
from tests.examples import DEMANDS
from tests.iac.contracts.sources import SOURCES, code_of
from tests.iac.contracts.truths import TRUTHS, Truth

#: What the languages cannot say alike, by truth and fact, and why.
APART = {
    ("bucket", "mfa_delete"): "no template can turn it on",
    ("bucket of older arguments", "mfa_delete"): "no template can turn it on",
    ("bucket of older arguments", "lifecycle"): "that argument has no newer_noncurrent_versions",
}
#: The source that the others of its language are held against.
FIRST = {Source.TERRAFORM: "hcl", Source.CLOUDFORMATION: "template yaml"}
OTHERS = [one for one in SOURCES if one not in FIRST.values()]


@cache
def _work() -> Plan:
    """Plan to read every fact of every kind."""
    needs = plan(catalogue().rules.values()).needs
    return Plan({
        name: Need(need.kind, tuple(fact for fact in need.kind.facts.values() if fact.by is None))
        for name, need in needs.items()
    })  # fmt: skip


def _read(truth: Truth, source: str, directory: Path) -> tuple[Estate, Resource]:
    blocks = truth.blocks[SOURCES[source][0]]
    (estate,) = read(code_of(source, blocks, directory), _work(), at=AT, whole=True)
    (found,) = [
        one
        for one in estate.resources[truth.kind.kind]
        if one.declaration is not None and one.declaration.address == blocks[0].address
    ]
    return estate, found


def _known(resource: Resource) -> dict[str, Any]:
    return {name: one.value for name, one in resource.readings.items() if isinstance(one, Known)}


def _judged(estate: Estate) -> dict[tuple[str, str], str]:
    found = judge(list(catalogue().rules.values()), estate, Policy("x", "1", DEMANDS, {}, {}), at=AT)
    assert not found.crashes
    return {
        (one.rule.id, one.subject.declaration.address): one.outcome.value
        for one in found.findings
        if one.subject.declaration is not None and one.subject.kind != "code.part"
    }


@pytest.mark.parametrize("source", OTHERS)
@pytest.mark.parametrize("name", TRUTHS)
def test_every_source_of_a_language_reads_and_is_judged_the_same(name: str, source: str, tmp_path: Path) -> None:
    first = FIRST[SOURCES[source][0]]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = _read(TRUTHS[name], first, tmp_path / "a"), _read(TRUTHS[name], source, tmp_path / "b")
    assert _known(one[1]) == _known(other[1])
    assert {fact for fact, reading in other[1].readings.items() if isinstance(reading, Unknown)} == {
        fact for fact, reading in one[1].readings.items() if isinstance(reading, Unknown)
    }
    assert _judged(one[0]) == _judged(other[0])


@pytest.mark.parametrize("name", TRUTHS)
def test_both_languages_read_the_same(name: str, tmp_path: Path) -> None:
    truth = TRUTHS[name]
    terraform, template = (_known(_read(truth, one, tmp_path)[1]) for one in FIRST.values())
    differ = {fact for fact in terraform.keys() | template.keys() if terraform.get(fact) != template.get(fact)}
    assert differ == {fact for truth, fact in APART if truth == name}


@pytest.mark.parametrize("name", [name for name, one in TRUTHS.items() if one.live])
def test_code_reads_as_aws_tells(name: str, tmp_path: Path) -> None:
    truth = TRUTHS[name]
    for source in FIRST.values():
        found = _read(truth, source, tmp_path)[1].readings
        known = {fact: one.value for fact, one in found.items() if isinstance(one, Known)}
        told = {
            fact: value for fact, value in truth.live.items()
            if fact in known and (source == "hcl" or (name, fact) not in APART)
        }  # fmt: skip
        assert told
        assert {fact: known[fact] for fact in told} == told
        # What only a running account tells is said to be that, and nothing else.
        left = [one for fact, one in found.items() if fact in truth.live and isinstance(one, Unknown)]
        assert {one.reason for one in left} <= {Reason.RUNTIME}
