"""What the policy and the configuration declare: the classes of scope, and the systems. Nothing of it is in AWS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from scanner.model.convert import text, tuple_of
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, gathered
from scanner.model.origin import Listing, item
from scanner.model.resource import Resource
from scanner.model.system import Selector
from scanner.resources.aws_backup.testing import Tested, tested, tested_needs
from scanner.resources.rehearsals import Rehearsal, of_system, reads


def length(raw: Any) -> timedelta | None:
    """Take a duration as the policy's reader gives it."""
    if not isinstance(raw, timedelta):
        raise TypeError(f"expected a duration, found {raw!r}")
    return raw


def selector(raw: Mapping[str, Any]) -> Selector:
    """Take a selector as the configuration's reader gives it."""
    return Selector(raw.get("tags", {}), raw.get("arn", ""), raw.get("name", ""))


class ScopeClass(Resource):
    """A class of things that the policy wants covered."""

    kind = "policy.scope-class"
    title = "scope class"
    listed_by = Listing(None, declared="scope_classes", everywhere=True, id="policy:scope/{id}", name="{title}")

    systems: Fact[tuple[str, ...]] = fact(
        "The declared systems that cover it.", live=item("systems", tuple_of(text), absent=())
    )


@dataclass(frozen=True, slots=True)
class Dependant:
    """A system that cannot be recovered before another."""

    name: str
    rto: timedelta | None


def dependants(system: DeclaredSystem, look: Look) -> Partial[Dependant]:
    """Give the systems that need this one, directly or through others."""
    found = gathered(look.every(DeclaredSystem), lambda one: ((one.name, one.rto, one.depends_on),))
    rto = {name: figure for name, figure, _ in found.known}
    needed_by: dict[str, list[str]] = {}
    for name, _, needs in found.known:
        for other in needs:
            needed_by.setdefault(other, []).append(name)
    reached = _reach(system.name, needed_by)
    return Partial(tuple(Dependant(name, rto[name]) for name in reached), found.missing)


def _reach(start: str, needed_by: dict[str, list[str]]) -> Sequence[str]:
    seen: dict[str, None] = {}
    pending = [start]
    while pending:
        for name in needed_by.get(pending.pop(), ()):
            if name not in seen and name != start:
                seen[name] = None
                pending.append(name)
    return sorted(seen)


class DeclaredSystem(Resource):
    """A system that the configuration declares."""

    kind = "policy.system"
    title = "declared system"
    listed_by = Listing(None, declared="systems", everywhere=True, id="policy:system/{name}", name="{name}")
    member_of = "itself"

    itself: Fact[str] = fact("Its name.", live=item("name", text))
    tier: Fact[str] = fact("The tier it is in.", live=item("tier", text))
    rto: Fact[timedelta | None] = fact(
        "The time within which it must be recovered; none where its tier sets none.",
        live=item("rto", length, absent=None),
    )
    depends_on: Fact[tuple[str, ...]] = fact(
        "The systems that it needs.", live=item("depends_on", tuple_of(text), absent=())
    )
    covers: Fact[tuple[str, ...]] = fact(
        "The classes of scope that it covers.", live=item("covers", tuple_of(text), absent=())
    )
    dependants: Fact[Partial[Dependant]] = derived(
        "The systems that need it, directly or through others.",
        needs=lambda kind: [kind.rto, kind.depends_on],
        by=dependants,
    )
    rehearsals: Fact[Partial[Rehearsal]] = derived(
        "What drills measured on it, the newest first.", needs=lambda _: reads(), by=of_system
    )
    select: Fact[tuple[Selector, ...]] = fact(
        "How its resources are found.", live=item("select", tuple_of(selector), absent=())
    )
    restore_tests: Fact[Partial[Tested]] = derived(
        "The automated restore tests of its data stores, by kind.",
        needs=lambda kind: [kind.select, *tested_needs()],
        by=lambda system, look: tested(system.select, look),
    )
