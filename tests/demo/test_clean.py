"""The exemplary account: every rule finds its promise kept there, and nothing is out of sight."""

from __future__ import annotations

from collections import defaultdict

import pytest

from rules import catalogue
from scanner.model.verdict import Outcome
from tests.demo.conftest import Demo

pytestmark = pytest.mark.xdist_group("clean")

#: The rules that have nothing to pass in an account without a fault, and why.
NOTHING_TO_PASS = {
    "BK406": "imported key material cannot rotate by itself, which BK404 demands, so no key has any",
    "BK520": "endpoints are probed on request only",
    "BK911": "nothing has failed, so nothing is waived",
}


def test_nothing_is_broken_and_nothing_is_out_of_sight(clean: Demo) -> None:
    wrong = [
        f"{one.rule.id} {one.outcome} {one.subject.id}: {one.verdict.because}"
        for one in clean.findings.findings
        if one.outcome not in (Outcome.PASSED, Outcome.EXEMPT)
    ]
    assert not clean.findings.crashes
    assert not wrong, "\n".join(wrong[:20])
    assert not clean.estate.gaps


@pytest.mark.parametrize("rule", sorted(catalogue().rules.keys() - {"BK118"}))  # no account has code
def test_every_rule_finds_its_promise_kept(clean: Demo, rule: str) -> None:
    outcomes: dict[str, set[Outcome]] = defaultdict(set)
    for one in clean.findings.findings:
        outcomes[one.rule.id].add(one.outcome)
    if rule in NOTHING_TO_PASS:
        assert outcomes[rule] <= {Outcome.EXEMPT}, "it can be kept here after all: take it off the list"
    else:
        assert Outcome.PASSED in outcomes[rule]


def test_it_needs_no_waiver_and_no_ticket(clean: Demo) -> None:
    assert clean.configuration.records is not None
    assert not clean.configuration.records.waivers
    assert not clean.configuration.records.tickets
