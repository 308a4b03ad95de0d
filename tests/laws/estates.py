"""Estates at random: facts of the declared types, ids that refer to each other, readings lost, lists cut short."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from scanner.model.codec import type_of
from scanner.model.estate import Estate, Gap
from scanner.model.fact import Fact
from scanner.model.policy import Policy, Tier
from scanner.model.reading import Evidence, Known, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.model.system import Selector, System
from scanner.resources import kinds
from tests.examples import ACCOUNT, AT, DEMANDS, REGIONS

EVIDENCE = (Evidence(Source.LIVE, "law", AT),)
LOST = Unknown(Reason.DENIED, "lost from sight", EVIDENCE)
KINDS = [kind for _, kind in sorted(kinds().items())]
SPANS = [timedelta(0), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7),
         timedelta(days=30), timedelta(days=35), timedelta(days=365)]  # fmt: skip
WORDS = ["", "a", "Enabled", "ENABLED", "available", "COMPLETED", "FAILED", "CUSTOMER", "AWS", "System", "daily",
         "aws:kms", "SYMMETRIC_DEFAULT", "postgres", "aurora-postgresql", "cron(0 2 * * ? *)", "rate(1 day)",
         "Automatic", "manual", "UTC", "Europe/Berlin", "alias/aws/rds", "{}"]  # fmt: skip


def id_of(kind: type[Resource], number: int) -> str:
    return f"arn:aws:test:{REGIONS[number % 2]}:{ACCOUNT}:{kind.kind}/{number}"


@cache
def values(hint: Any) -> st.SearchStrategy[Any]:
    """Give values of a declared type."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of(st.none(), *(values(one) for one in args if one is not type(None)))
    if origin in (tuple, list, frozenset):
        return st.lists(values(args[0]), max_size=2).map(origin)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(st.sampled_from(["System", "backup", "legal-hold", "RDS", "DynamoDB", "EBS"]),
                               values(args[1]), max_size=3)  # fmt: skip
    if is_dataclass(hint):
        maker: Any = hint
        hints = get_type_hints(maker)
        return st.builds(maker, **{one.name: values(hints[one.name]) for one in fields(maker)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    simple: dict[Any, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        int: st.integers(0, 400),
        float: st.floats(0, 1e6),
        timedelta: st.sampled_from(SPANS),
        datetime: st.integers(0, 24 * 90).map(lambda hours: AT - timedelta(hours=hours)),
        date: st.integers(0, 90).map(lambda days: (AT - timedelta(days=days)).date()),
        time: st.integers(0, 23).map(time),
        str: st.one_of(
            st.sampled_from(WORDS),
            st.builds(id_of, st.sampled_from(KINDS), st.integers(0, 1)),
        ),
        object: st.none(),
    }
    return simple[hint]


@st.composite
def estates(draw: st.DrawFn, kinds: tuple[type[Resource], ...], *, blind: bool = False) -> Estate:
    """Give an estate that holds some resources of these kinds, all readings known unless `blind`."""
    resources: dict[str, tuple[Resource, ...]] = {kind.kind: () for kind in KINDS}
    for kind in kinds:
        found = []
        for number in range(draw(st.integers(0, 2))):
            readings = {
                fact.name: LOST if blind and draw(st.integers(0, 9)) == 0 else Known(draw(values(type_of(fact))), EVIDENCE)
                for fact in kind.facts.values()
                if fact.live is not None
            }
            found.append(kind(id_of(kind, number), f"n{number}", ACCOUNT, REGIONS[number % 2], readings))
        resources[kind.kind] = tuple(found)
    return Estate(
        source=Source.LIVE, account=ACCOUNT, caller="arn:aws:iam::111111111111:role/law", regions=REGIONS, taken_at=AT,
        resources=resources, listings={(kind.kind, ""): EVIDENCE[0] for kind in KINDS},
    )  # fmt: skip


def needed(facts: frozenset[Fact[Any]]) -> tuple[type[Resource], ...]:
    """Give the kinds that these facts are made of."""
    from scanner.plan import plan_facts

    return tuple(need.kind for need in plan_facts(facts).needs.values())


def gap(kind: type[Resource]) -> Gap:
    return Gap(kind.kind, "", LOST)


SYSTEMS = (
    System("orders", "gold", (Selector(tags={"System": "*"}),)),
    System("rest", "silver", (Selector(arn="*:aws.dynamodb.table/0"), Selector(name="n1"))),
)
POLICY = Policy(
    "laws", "1", {**DEMANDS, "archive": False}, {
        "gold": Tier("gold", "Gold", {}),
        "silver": Tier("silver", "Silver", {"retention": timedelta(days=7), "rpo": None}),
    }, {},
)  # fmt: skip
