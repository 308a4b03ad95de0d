"""BK101."""

from __future__ import annotations

from contextlib import suppress

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.store import DataStore
from scanner.resources.unjudged import UnjudgedScope, UnjudgedStore


@rule(
    "BK101",
    severity=Severity.HIGH,
    reads=[
        DataStore.tags, UnjudgedStore.tags, UnjudgedStore.noun, UnjudgedStore.excuse, UnjudgedScope.config_records,
        UnjudgedScope.counted, UnjudgedScope.listed,
    ],
    enforces=["1.2-scope"],
)  # fmt: skip
def stores_belong_to_a_system(store: DataStore | UnjudgedStore | UnjudgedScope, demand: Objective) -> Verdict:
    """Every data store belongs to a declared system with a tier.

    What belongs to no system has no objective: nobody knows how soon it must be back, nor how much of it may be lost.
    What belongs to two systems in different tiers has two answers. Data stores of kinds that are not judged in depth
    are named as such, by their tags and by what AWS Config counts: nothing that holds data is silently outside.

    Fix: tag the store as its system's selector demands, or add a selector to the configuration. Where the store is of
    a kind that is not judged, say under not_judged who answers for it.
    """
    if isinstance(store, UnjudgedScope):
        return _rest(store)
    if isinstance(store, UnjudgedStore) and store.excuse:
        return Verdict.exempt(f"{store.noun}, not judged, as the configuration says: {store.excuse}")
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
    where = f"belongs to {' and '.join(demand.systems)}, tier {demand.tiers[0]}"
    if isinstance(store, UnjudgedStore):
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"{where}, but is a {store.noun}, which is not judged in depth"))
    return Verdict.passed(where)


def _rest(scope: UnjudgedScope) -> Verdict:
    counted = scope.counted
    listed = scope.listed
    more = {noun: count - listed.known.count(noun) for noun, count in counted.items()}
    untagged = [f"{count} of kind {noun}" for noun, count in sorted(more.items()) if count > 0]
    if untagged:
        listed.whole()
        told = f"without tags and not judged: {', '.join(untagged)}; whose they are could not be seen"
        raise CouldNotCheck(Unknown(Reason.BEYOND, told))
    if not scope.config_records:
        told = "AWS Config does not record here: of kinds that are not judged, only stores with tags could be seen"
        raise CouldNotCheck(Unknown(Reason.BEYOND, told))
    return Verdict.passed("AWS Config counts no data store of another kind that is not named here by its tags")
