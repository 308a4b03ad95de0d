"""BK101."""

from __future__ import annotations

from contextlib import suppress

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.store import DataStore


@rule("BK101", severity=Severity.HIGH, reads=[DataStore.tags], enforces=["1.2-scope"])
def stores_belong_to_a_system(store: DataStore, demand: Objective) -> Verdict:
    """Every data store belongs to a declared system with a tier.

    What belongs to no system has no objective: nobody knows how soon it must be back, nor how much of it may be lost.
    What belongs to two systems in different tiers has two answers.

    Fix: tag the store as its system's selector demands, or add a selector to the configuration.
    """
    with suppress(CouldNotCheck):
        _ = store.tags  # the evidence; whether they had to be known is for the selectors to say
    if len(set(demand.tiers)) > 1:
        both = " and ".join(f"{name} ({tier})" for name, tier in zip(demand.systems, demand.tiers, strict=True))
        return Verdict.failed(f"belongs to {both}", "one tier")
    if demand.unknown is not None:
        # One more system may pick it, and that one may be in another tier.
        raise CouldNotCheck(demand.unknown)
    if not demand.memberships():
        return Verdict.failed("no system selects it", "a declared system with a tier")
    return Verdict.passed(f"belongs to {' and '.join(demand.systems)}, tier {demand.tiers[0]}")
