"""Every rule keeps its example table, and no fact that is lost turns a verdict into its opposite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from rules import catalogue
from scanner.model.estate import Estate, Gap
from scanner.model.reading import Known, Reason, Unknown
from scanner.model.verdict import Outcome
from tests.examples import Example, table

ROWS = [pytest.param(row, id=f"{rule}: {row.says}") for rule in catalogue().rules for row in table(rule)]
SETTLED = {Outcome.PASSED: Outcome.FAILED, Outcome.FAILED: Outcome.PASSED}


@pytest.mark.parametrize("row", ROWS)
def test_the_verdict_is_as_the_table_says(row: Example) -> None:
    finding = row.judged()
    assert (row.outcome, finding.verdict.because) == (finding.outcome.value, finding.verdict.because)
    assert row.because in finding.verdict.because


@pytest.mark.parametrize("rule", catalogue().rules)
def test_every_table_holds_a_pass_and_a_failure(rule: str) -> None:
    outcomes = {row.outcome for row in table(rule)}
    assert {"passed", "failed"} <= outcomes, f"tests/rules/{rule}.yaml holds only {sorted(outcomes)}"


@pytest.mark.parametrize("row", ROWS)
def test_losing_sight_never_flips_a_verdict(row: Example) -> None:
    estate = row.estate()
    before = row.judged(estate)
    for what, blinded in blindings(estate, row.subject_id):
        after = row.judged(blinded)
        if before.outcome in SETTLED:
            assert after.outcome is not SETTLED[before.outcome], f"without {what}: {after.verdict.because}"
        if before.outcome is Outcome.EXEMPT:
            assert after.outcome is not Outcome.FAILED, f"without {what}: {after.verdict.because}"


def test_unknown_facts_of_the_subject_are_noticed() -> None:
    """A rule whose verdict never becomes unknown, whatever its subject loses, does not read what it declares."""
    deaf = []
    for rule in catalogue().rules:
        rows = [row for row in table(rule) if row.outcome in ("passed", "failed")]
        if rows and not any(_can_be_unknown(row) for row in rows):
            deaf.append(rule)
    assert not deaf


def _can_be_unknown(row: Example) -> bool:
    estate = row.estate()
    return any(row.judged(blinded).outcome is Outcome.UNKNOWN for _, blinded in blindings(estate, row.subject_id))


def blindings(estate: Estate, keep: str) -> Iterator[tuple[str, Estate]]:
    """Give the estate with each of its readings lost in turn, and each of its lists cut short by each of its items."""
    lost = Unknown(Reason.DENIED, "lost from sight")
    for kind, found in estate.resources.items():
        for position, resource in enumerate(found):
            for name, reading in resource.readings.items():
                if not isinstance(reading, Known):
                    continue
                readings: dict[str, Any] = {**resource.readings, name: lost}
                blind = type(resource)(resource.id, resource.name, resource.account, resource.region, readings)
                changed = (*found[:position], blind, *found[position + 1 :])
                yield f"{resource.id} {name}", replace(estate, resources={**estate.resources, kind: changed})
    for kind, found in estate.resources.items():
        cut = (*estate.gaps, Gap(kind, "", lost))
        yield f"the list of {kind}", replace(estate, gaps=cut)
        for position, resource in enumerate(found):
            if resource.id != keep:
                fewer = {**estate.resources, kind: (*found[:position], *found[position + 1 :])}
                yield resource.id, replace(estate, resources=fewer, gaps=cut)
