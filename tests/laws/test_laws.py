"""Laws that every rule must keep, present and future, over estates at random."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import catalogue
from scanner.collect.snapshot import dump, load
from scanner.engine import judge
from scanner.model.estate import Estate
from scanner.model.finding import Finding, Findings
from scanner.model.policy import Scope
from scanner.model.records import Records
from scanner.model.rule import Rule
from scanner.model.verdict import Outcome
from scanner.model.waiver import ABOUT_RECORDS, Ticket, Waiver
from scanner.resources import kinds
from tests.examples import AT
from tests.laws import estates
from tests.laws.estates import LOST, POLICY, SYSTEMS, gap, needed

RULES = list(catalogue().rules.values())
LAW = settings(max_examples=int(os.environ.get("LAWS", "40")), deadline=None, derandomize=True, database=None,
               suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
SEEDS = st.integers(0, 2**32 - 1)
SCOPE = Scope(frozenset({"eu-west-1", "eu-central-1"}), frozenset({"111111111111"}))
OPPOSITE = {Outcome.PASSED: Outcome.FAILED, Outcome.FAILED: Outcome.PASSED}


def judged(rules: list[Rule], estate: Estate, **extra: Any) -> Findings:
    policy = extra.pop("policy", POLICY)
    found = judge(rules, estate, policy, at=AT, systems=SYSTEMS, scope=SCOPE, **extra)
    assert not found.crashes, found.crashes[:3]
    return found


def by_subject(found: Findings) -> dict[tuple[str, str, str], Finding]:
    return {(one.rule.id, one.subject.kind, one.subject.id): one for one in found.findings}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@given(seed=SEEDS)
@LAW
def test_losing_sight_never_flips_a_verdict_and_loses_no_finding(rule: Rule, seed: int) -> None:
    estate = estates.estate(seed, needed(rule.facts))
    random = Random(seed)
    before = by_subject(judged([rule], estate))
    readings = [
        (kind, position, name)
        for kind, found in estate.resources.items()
        for position, one in enumerate(found)
        for name in one.readings
    ]
    lost = {random.choice(readings) for _ in range(random.randrange(5))} if readings else set()
    cut = [random.choice(needed(rule.facts)) for _ in range(random.randrange(2))]
    after = by_subject(judged([rule], _without(estate, lost, cut)))
    for key, finding in before.items():
        assert key in after, f"{key} vanished"
        opposite = OPPOSITE.get(finding.outcome)
        assert after[key].outcome is not opposite, (
            f"{key}: {finding.outcome} ({finding.verdict.because}) became {after[key].outcome} "
            f"({after[key].verdict.because}) without {sorted(lost)} {cut}"
        )


def _without(estate: Estate, lost: set[tuple[str, int, str]], cut: list[Any]) -> Estate:
    resources = {
        kind: tuple(
            type(one)(one.id, one.name, one.account, one.region,
                      {name: LOST if (kind, position, name) in lost else reading
                       for name, reading in one.readings.items()})
            for position, one in enumerate(found)
        )
        for kind, found in estate.resources.items()
    }  # fmt: skip
    return replace(estate, resources=resources, gaps=(*estate.gaps, *(gap(kind) for kind in cut)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@given(seed=SEEDS)
@LAW
def test_order_is_nothing_and_a_kept_estate_is_judged_the_same(rule: Rule, seed: int) -> None:
    estate = estates.estate(seed, needed(rule.facts), blind=True)
    reversed_ = replace(estate, resources={kind: found[::-1] for kind, found in estate.resources.items()})
    kept = load(dump(estate), kinds())
    assert dump(kept) == dump(estate)
    told = [_told(judged([rule], one)) for one in (estate, reversed_, kept)]
    assert told[0] == told[1] == told[2]


def _told(found: Findings) -> list[tuple[str, str, str, str, str]]:
    return [(one.rule.id, one.subject.id, one.outcome.value, one.verdict.because, one.system) for one in found.findings]


@given(seed=SEEDS)
@LAW
def test_waivers_and_tickets_change_no_verdict(seed: int) -> None:
    rule = Random(seed).choice([one for one in RULES if one.id not in ABOUT_RECORDS])
    estate = estates.estate(seed, needed(rule.facts))
    plain = judged([rule], estate, records=Records())
    waiver = Waiver(rule.id, "*", "reason", "owner", "approver", date(2027, 1, 1))
    ticket = Ticket(rule.id, "*", "OPS-1", date(2026, 11, 1))
    seen_to = judged([rule], estate, records=Records((waiver,), (ticket,)))
    assert _told(plain) == _told(seen_to)
    assert all(one.waiver is waiver and one.ticket is ticket for one in seen_to.findings if not one.subject.gap)
    expired = Records((replace(waiver, expires=date(2026, 11, 23)),))
    assert all(one.waiver is None for one in judged([rule], estate, records=expired).findings)


STRICTER: dict[str, Any] = {
    "retention": timedelta(days=400),
    "rpo": timedelta(seconds=1),
    "rto": timedelta(seconds=1),
    "key_rotation": timedelta(days=1),
    "log_retention": timedelta(days=4000),
    "mirror_freshness": timedelta(seconds=1),
    "export_freshness": timedelta(seconds=1),
    "drift_checked_every": timedelta(seconds=1),
    "record_freshness": timedelta(seconds=1),
    "snapshot_lateness": timedelta(0),
    "copies_in_regions": 3,
}


@pytest.mark.parametrize("figure", STRICTER)
@given(seed=SEEDS)
@LAW
def test_a_stricter_policy_forgives_nothing(figure: str, seed: int) -> None:
    rule = Random(seed).choice([one for one in RULES if one.id != "BK204"])  # there, longer is laxer
    estate = estates.estate(seed, needed(rule.facts))
    stricter = replace(
        POLICY,
        base={**POLICY.base, figure: STRICTER[figure]},
        tiers={name: replace(tier, figures={**tier.figures, figure: STRICTER[figure]})
               for name, tier in POLICY.tiers.items()},
    )  # fmt: skip
    before, after = by_subject(judged([rule], estate)), by_subject(judged([rule], estate, policy=stricter))
    for key, finding in before.items():
        if finding.outcome is Outcome.FAILED:
            assert after[key].outcome is not Outcome.PASSED, f"{key}: {after[key].verdict.because}"


def test_readings_of_every_fact_have_a_codec() -> None:
    from scanner.model.codec import type_of

    for kind in kinds().values():
        for fact in kind.facts.values():
            if fact.live is not None:
                assert type_of(fact) is not None, fact.key
