"""The law of open places: a verdict that stands while places are open stands wherever they turn out to be.

An estate is judged with its account, its region or both left open, and then with these settled: as they were, as places
that nothing else names, and as places that the estate itself names. What is said while they are open is unknown, or is
said of every one of these. Some mentions of a place by its name stay while it is open: nobody can tell that they are it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import catalogue
from scanner.documents.construct import load_policy
from scanner.engine import judge, judge_all
from scanner.iac.block import Code
from scanner.iac.read import read
from scanner.model.estate import Estate
from scanner.model.finding import Finding
from scanner.model.policy import Scope
from scanner.model.rule import Rule
from scanner.model.verdict import Outcome
from tests.examples import ACCOUNT, AT, REGIONS, Example, table
from tests.laws import estates
from tests.laws.estates import POLICY, SYSTEMS, needed
from tests.laws.places import assignments, block_with, changed, named_in, opened, settled, sound
from tests.laws.test_code import CASES, LOST, WORK, code

RULES = list(catalogue().rules.values())
REGION, FAR, OTHER, NEW, NOWHERE = (*REGIONS, "222222222222", "333333333333", "ap-southeast-2")
#: Which places are left open, and what stands for each.
OPENINGS: tuple[Mapping[str, str], ...] = (
    {ACCOUNT: "?account"}, {REGION: "?region"}, {ACCOUNT: "?account", REGION: "?region"},
    {OTHER: "?account.aws.dr"}, {ACCOUNT: "?account", OTHER: "?account.aws.dr"},
    {REGION: "?aws", FAR: "?aws.dr", ACCOUNT: "?account"},
)  # fmt: skip
#: How many of the mentions of a place by its name stay.
LITERAL = (0.0, 0.3, 1.0)
#: Rules that take by what code is, and not by what it leaves open; and why.
APART = {
    "BK201": "snapshots that somebody took are no part of what code sets up, so it does not ask whose they are",
    "BK113": "asks whether code declares what is live",
}
TRIES = int(os.environ.get("LAWS", "40"))
LAW = settings(max_examples=max(TRIES // 8, 1), deadline=None, derandomize=True,
               database=None, suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
SCOPE = Scope(
    frozenset(REGIONS), frozenset({ACCOUNT, OTHER}), (f"arn:aws:iam::{ACCOUNT}:role/backup*",), frozenset({ACCOUNT})
)


def agree(now: Outcome, was: Outcome, said: str) -> None:
    """Hold what is said while places are open against what is said of one of the places that they may be."""
    assert now not in LOST.get(was, ()), said


def others(estate: Estate) -> dict[str, tuple[str, ...]]:
    accounts, regions = named_in(estate, r"\b\d{12}\b"), named_in(estate, r"\b[a-z]{2}-[a-z]+-\d\b")
    return {
        place: (NEW, *sorted(accounts - {place})[:2]) if place.isdigit() else (NOWHERE, *sorted(regions - {place})[:2])
        for place in (ACCOUNT, REGION, OTHER, FAR)
    }


ROWS = [
    pytest.param(row, number, id=f"{rule}: {row.says}")
    for number, (rule, row) in enumerate((rule, row) for rule in catalogue().rules for row in table(rule))
    if rule not in APART
]


@pytest.mark.parametrize(("row", "number"), ROWS)
def test_an_example_with_open_places(row: Example, number: int) -> None:
    whole = row.estate()
    random = Random(number)
    # Each row is tried with two of the openings; its neighbours with the others.
    for turn in range(2 if TRIES > 40 else 1):
        stand_ins = OPENINGS[(number + turn * 3) % len(OPENINGS)]
        estate = opened(whole, stand_ins, random, LITERAL[(number + turn) % 3])
        now = _example(row, estate)
        if now.outcome is Outcome.UNKNOWN:
            continue
        for places in assignments(stand_ins, others(whole)):
            made = settled(estate, places)
            if made is not None:
                was = _example(row, made)
                agree(now.outcome, was.outcome, f"{places}: {now.verdict}; {was.verdict}")


def _example(row: Example, estate: Estate) -> Finding:
    return replace(row, id=estate.resources[row.kind.kind][0].id).judged(estate)


@pytest.mark.parametrize("rule", [one for one in RULES if one.id not in APART], ids=lambda rule: rule.id)
@given(seed=st.integers(0, 2**32 - 1))
@LAW
def test_an_estate_with_open_places(rule: Rule, seed: int) -> None:
    random = Random(seed)
    whole = spiced(sound(estates.estate(seed, needed(rule.facts))), random)
    stand_ins = random.choice(OPENINGS)
    estate = opened(whole, stand_ins, random, random.choice(LITERAL))
    known = verdicts(rule, estate)
    if all(one.outcome is Outcome.UNKNOWN for one in known.values()):
        return
    for places in assignments(stand_ins, others(whole)):
        made = settled(estate, places)
        if made is None:
            continue
        for place, was in verdicts(rule, made).items():
            agree(known[place].outcome, was.outcome, f"{place} {places}: {known[place].verdict}; {was.verdict}")


def verdicts(rule: Rule, estate: Estate) -> dict[tuple[str, int], Finding]:
    found = judge([rule], estate, POLICY, at=AT, systems=SYSTEMS, scope=SCOPE)
    assert not found.crashes, found.crashes[:3]
    order = {
        (one.kind, one.id): (kind, number) for kind, some in estate.resources.items() for number, one in enumerate(some)
    }
    return {
        order[one.subject.kind, one.subject.id]: one
        for one in found.findings
        if (one.subject.kind, one.subject.id) in order
    }


def spiced(estate: Estate, random: Random) -> Estate:
    """Give an estate with more that names places: accounts, their roots, patterns, keys of elsewhere."""
    spices = [
        ACCOUNT, OTHER, REGION, FAR, f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{OTHER}:root", "*",
        f"arn:aws:*:*:{ACCOUNT}:*", f"arn:aws:*:{REGION}:*:*", f"arn:aws:kms:{FAR}:{OTHER}:key/k",
        f"arn:aws:iam::{ACCOUNT}:role/backup", f"arn:aws:backup:{FAR}:{ACCOUNT}:backup-vault:a",
    ]  # fmt: skip
    plain = set(estates.WORDS) - {""}
    share = random.choice((0.0, 0.3, 0.8))
    return changed(
        estate,
        lambda text: random.choice(spices) if text in plain and random.random() < share else text,
        lambda text: text,
    )


#: The account, the other account and the regions of the example code, and what stands for each where it is left open.
OWN, THEIRS = "123456789012", "210987654321"
IN_CODE: tuple[Mapping[str, str], ...] = (
    {OWN: "?account"}, {REGION: "?region"}, {OWN: "?account", REGION: "?region"},
    {OWN: "?account", THEIRS: "?account.aws.dr"}, {OWN: "?account", REGION: "?aws", FAR: "?aws.dr"},
)  # fmt: skip
CODE_SCOPE = Scope(
    frozenset({REGION, FAR}), frozenset({THEIRS}), (f"arn:aws:iam::{OWN}:role/backup-operator",), frozenset({OWN})
)
CODE_RULES = [rule for rule in RULES if not rule.id.startswith("BK9")]
CODE_POLICY = load_policy()


def told(some: Code, *, whole: bool) -> dict[tuple[str, str, str], Finding]:
    estates_ = read(some, WORK, at=AT, whole=whole)
    found = judge_all(CODE_RULES, estates_, CODE_POLICY, at=AT, scope=CODE_SCOPE)
    assert not found.crashes, found.crashes[:3]
    return {
        (one.rule.id, one.subject.declaration.address, one.subject.kind): one
        for one in found.findings
        if one.subject.declaration is not None
    }


def rewrite(some: Code, change: Callable[[str], str], own: Callable[[str], str]) -> Code:
    return replace(some, blocks=[block_with(block, change, own) for block in some.blocks])


def put(places: Mapping[str, str]) -> Callable[[str], str]:
    order = sorted(places, key=len, reverse=True)  # one may begin with another

    def change(text: str) -> str:
        for name in order:
            text = text.replace(name, places[name])
        return text

    return change


def possible(some: Code) -> bool:
    """Say whether AWS would take it: a global table has one replica in a region."""
    for block in some.blocks:
        regions = [one["Region"] for one in block.values.get("Replicas", ()) if "::" in block.type]
        if len(set(regions)) < len(regions):
            return False
    return True


@cache
def real(case: str) -> Code:
    """Give the code of a case with all its places settled."""
    settle = put({"?account": OWN, "?region": REGION})
    return rewrite(code(case), settle, settle)


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "part"])
@pytest.mark.parametrize("number", range(len(IN_CODE)), ids=[",".join(one.values()) for one in IN_CODE])
@pytest.mark.parametrize("case", CASES)
def test_code_with_open_places(case: str, number: int, whole: bool) -> None:
    stand_ins, literal = IN_CODE[number], LITERAL[(number + CASES.index(case) + whole) % 3]
    random = Random(number)
    leave = put(stand_ins)
    open_ = rewrite(real(case), lambda text: text if random.random() < literal else leave(text), leave)
    known = told(open_, whole=whole)
    near = {OWN: (NEW, THEIRS), THEIRS: (NEW, OWN), REGION: (NOWHERE, FAR), FAR: (NOWHERE, REGION)}
    for places in assignments(stand_ins, near):
        settle = put(places)
        settled = rewrite(open_, settle, settle)
        if not possible(settled):
            continue
        for place, was in told(settled, whole=whole).items():
            now = known[place]
            agree(now.outcome, was.outcome, f"{place} {places}: {now.verdict}; {was.verdict}")
