"""Where a data store stands: its subnets, who guards it, and at which ports it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial, gathered
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.resources.vpc.networks import Subnet


def subnets_of(store: Placed, look: Look) -> Iterator[Subnet]:
    """Yield the subnets of a store as far as they are seen, then raise where one was not."""
    doubt: CouldNotCheck | None = None
    for short in store.subnets:
        try:
            found = next(look.where(Subnet, Subnet.short, short, region=store.region), None)
        except CouldNotCheck as stop:
            doubt = doubt or stop
            continue
        if found is not None:
            yield found
        else:
            doubt = doubt or CouldNotCheck(Unknown(Reason.BEYOND, f"{short} is not among the subnets that are shown"))
    if doubt is not None:
        raise doubt


def exposed(store: Placed, look: Look) -> Partial[str]:
    """Name the subnets of a store that the internet can come into."""
    return gathered(subnets_of(store, look), _exposure)


def _exposure(subnet: Subnet) -> Iterable[str]:
    gateway = subnet.exposed
    return (f"{subnet.short} through {gateway}",) if gateway else ()


class Placed(Resource):
    """A data store that stands in subnets of a VPC, if in any. Abstract."""

    subnets: Fact[tuple[str, ...]] = fact("The subnets it is in, or may be put in; none outside a VPC.")
    security_groups: Fact[tuple[str, ...]] = fact("The security groups that guard it.")
    ports: Fact[tuple[int, ...]] = fact("The ports it answers at.")
    exposed: Fact[Partial[str]] = derived(
        "Those of its subnets that the internet can come into, and through which gateway.",
        needs=lambda kind: [kind.subnets, Subnet.short, Subnet.exposed],
        by=exposed,
    )


def one_port(store: Any, look: Look) -> tuple[int, ...]:  # noqa: ARG001  # the shape of a derived fact
    """Give the port of a store that has a fact `port`; none where it has no endpoint yet."""
    return () if store.port is None else (store.port,)
