"""Planning: rules → facts → calls → permissions. Pure, so it can be printed before anything is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from scanner.model.fact import Fact
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Call, SideList
from scanner.model.resource import Resource
from scanner.model.rule import Rule, concrete
from scanner.resources.store import DataStore

#: Services whose IAM prefix is not botocore's service name (service authorization reference).
_PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "efs": "elasticfilesystem",
    "resourcegroupstaggingapi": "tag",
    "opensearch": "es",
    "docdb": "rds",
    "neptune": "rds",
    "cognito-idp": "cognito-idp",
    "stepfunctions": "states",
}
IDENTITY = Call("sts", "GetCallerIdentity")


@dataclass(frozen=True)
class Need:
    """What is needed of one kind: the facts to fill, and the calls that fill them."""

    kind: type[Resource]
    facts: tuple[Fact[Any], ...]

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The calls made once per resource."""
        return tuple(dict.fromkeys(fact.live.call for fact in self.facts if fact.live and fact.live.call))

    @cached_property
    def later(self) -> frozenset[Call]:
        """The calls that are made only once a fact has said that they make sense."""
        return frozenset(fact.live.call for fact in self.facts if fact.live and fact.live.call and fact.live.given)

    @cached_property
    def sides(self) -> tuple[SideList, ...]:
        """The lists read once per region and joined."""
        return tuple(dict.fromkeys(fact.live.side for fact in self.facts if fact.live and fact.live.side))


@dataclass(frozen=True, slots=True)
class Plan:
    """Every kind that must be listed, with what must be known of it."""

    needs: Mapping[str, Need]

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every operation that the plan may make, in a stable order."""
        found: dict[Call, None] = {IDENTITY: None}
        for need in self.needs.values():
            listed = need.kind.listed_by
            if listed is not None and listed.call is not None:
                found[listed.call] = None
                if listed.located_by is not None and listed.located_by.call is not None:
                    found[listed.located_by.call] = None
            found.update(dict.fromkeys(need.calls))
        found.update(dict.fromkeys(side.call for side in side_lists(self).values()))
        found.update(dict.fromkeys(one.first for one in tuple(found) if one.first is not None))
        return tuple(sorted(found, key=lambda one: (one.name, repr(one.parameters))))

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations' names: `rds:DescribeDBInstances`."""
        return tuple(sorted({one.name for one in self.calls}))

    @property
    def permissions(self) -> tuple[str, ...]:
        """The least IAM actions that the plan needs."""
        return tuple(sorted({permission_of(one) for one in self.calls}))


@dataclass(frozen=True, slots=True)
class Line:
    """One call of the budget: how often it is made for certain, and how often besides, in words."""

    call: Call
    times: int
    said: str


def budget(work: Plan, regions: int) -> tuple[Line, ...]:
    """Say which calls a plan makes: certain ones counted, those per resource named."""
    lines: dict[tuple[Call, str], Line] = {(IDENTITY, ""): Line(IDENTITY, 1, "1")}
    for need in work.needs.values():
        listing = need.kind.listed_by
        if listing is None:
            continue
        places = 1 if listing.everywhere else regions
        if listing.call is not None and need.kind.child_of is not None:
            lines[listing.call, ""] = Line(listing.call, 0, f"1 per {need.kind.child_of.title}, and further pages")
        elif listing.call is not None:
            lines[listing.call, ""] = Line(listing.call, places, f"{places}, and further pages")
        alone = listing.call is None and not listing.declared
        for one in need.calls:
            lines[one, need.kind.kind] = Line(
                one, places if alone else 0, str(places) if alone else f"1 per {need.kind.title}"
            )
    for side in side_lists(work).values():
        places = 1 if side.everywhere else regions
        lines[side.call, ""] = Line(side.call, places, f"{places}, and further pages")
    for (one, kind), line in tuple(lines.items()):
        if one.first is not None:
            lines[one.first, kind] = Line(one.first, line.times, line.said.partition(",")[0])
    return tuple(lines.values())


#: Lists that name the kinds they want in a parameter; one call can name those of all (GetResources, API reference).
_JOINABLE = {"resourcegroupstaggingapi:GetResources": "ResourceTypeFilters"}


def side_lists(work: Plan) -> dict[SideList, SideList]:
    """Give the list that is really read for each side list of the plan: one for all that can be joined in one call."""
    joined: dict[tuple[str, str, str], list[str]] = {}
    for need in work.needs.values():
        for side in need.sides:
            name = _JOINABLE.get(side.call.name)
            if name is not None:
                wanted = dict(side.call.parameters)[name]
                assert isinstance(wanted, tuple)
                joined.setdefault((side.call.name, side.items, side.key), []).extend(
                    one for one in wanted if isinstance(one, str)
                )
    # Where a kind is listed by all that there is, that one list tells of each kind as well.
    listed = [need.kind.listed_by for need in work.needs.values() if need.kind.listed_by is not None]
    whole = {(one.call.name, one.items): one.call for one in listed if one.call and one.call.name in _JOINABLE}
    found: dict[SideList, SideList] = {}
    for need in work.needs.values():
        for side in need.sides:
            read = replace(side, match="")
            name = _JOINABLE.get(side.call.name)
            if (side.call.name, side.items) in whole:
                read = replace(read, call=whole[side.call.name, side.items])
            elif name is not None:
                kinds = tuple(sorted(set(joined[side.call.name, side.items, side.key])))
                parameters = tuple((key, kinds if key == name else value) for key, value in side.call.parameters)
                read = replace(read, call=replace(side.call, parameters=parameters))
            found[side] = read
    return found


def permission_of(call: Call) -> str:
    """Give the IAM action behind a call."""
    return call.permission or f"{_PREFIXES.get(call.service, call.service)}:{call.operation}"


def plan(rules: Iterable[Rule], also: Iterable[Fact[Any]] = ()) -> Plan:
    """Plan what must be read for these rules, and for finding the system of each resource that they judge.

    `also` are facts that are wanted besides.
    """
    chosen = list(rules)
    # What belongs to a store is judged by the store's tier, so the store must be found, and its tags read.
    judged = {kind for rule in chosen for kind in rule.kinds if kind.belongs_to}
    tags = (store.facts["tags"] for kind in judged for store in sources_of(kind))
    return plan_facts([*(fact for rule in chosen for fact in rule.facts), *tags, *also])


def sources_of(kind: type[Resource]) -> tuple[type[Resource], ...]:
    """Give the kinds of store that a backup, or a job, of this kind can be of."""
    return tuple(store for store in concrete(DataStore) if not kind.made_of or store.kind in kind.made_of)


def plan_facts(facts: Iterable[Fact[Any]]) -> Plan:
    """Plan what must be read for these facts: those they are made of, their kinds' parents, tags and sources."""
    wanted: dict[str, dict[str, Fact[Any]]] = {}
    pending = list(facts)
    done: set[Fact[Any]] = set()
    while pending:
        fact = pending.pop()
        if fact in done:
            continue
        done.add(fact)
        kind = fact.owner
        if not kind.kind:
            pending.extend(one.facts[fact.name] for one in concrete(kind))
            continue
        if kind.recorded:
            continue  # no account keeps it: it joins when the estate is judged
        if kind.kind not in wanted:
            wanted[kind.kind] = {}
            placing = (kind.belongs_to, kind.tagged_by, kind.member_of, kind.came_from)
            pending.extend(kind.facts[name] for name in placing if name)
        if fact.live is not None:
            wanted[kind.kind][fact.name] = fact
            if fact.live.given is not None:
                pending.append(kind.facts[fact.live.given[0]])
        pending.extend(fact.needs)
        if kind.child_of is not None:
            wanted.setdefault(kind.child_of.kind, {})
            pending.extend(kind.child_of.facts[name] for name in (kind.child_of.tagged_by,) if name)
            if kind.child_of.child_of is not None:
                wanted.setdefault(kind.child_of.child_of.kind, {})
    kinds = {fact.owner.kind: fact.owner for fact in done if fact.owner.kind and not fact.owner.recorded}
    for kind in list(kinds.values()):
        above = kind.child_of
        while above is not None:
            kinds[above.kind] = above
            above = above.child_of
    return Plan(
        {name: Need(kinds[name], tuple(found[one] for one in sorted(found))) for name, found in sorted(wanted.items())}
    )
