"""Estates at random: facts of the declared types, ids that refer to each other, readings lost, lists cut short.

Hypothesis draws the seed and the estate is made from it: drawing every fact by itself would cost a hundred times as
much, and there are a hundred kinds. A failing seed is printed and gives the same estate again.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from random import Random
from typing import Any, Union, get_args, get_origin, get_type_hints

from scanner.model.codec import type_of
from scanner.model.estate import Estate, Gap
from scanner.model.fact import Fact
from scanner.model.policy import Policy, Tier
from scanner.model.reading import Evidence, Known, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.model.system import Selector, System
from scanner.plan import plan_facts
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
TAGS = ["System", "backup", "legal-hold", "RDS", "DynamoDB", "EBS"]
Maker = Callable[[Random], Any]


def id_of(kind: type[Resource], number: int) -> str:
    return f"arn:aws:test:{REGIONS[number % 2]}:{ACCOUNT}:{kind.kind}/{number}"


@cache
def maker(hint: Any) -> Maker:
    """Give a function that makes values of a declared type."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        choices = [maker(one) for one in args if one is not type(None)]
        return lambda random: None if random.random() < 0.3 else random.choice(choices)(random)
    if origin in (tuple, list, frozenset):
        inner = maker(args[0])
        return lambda random: origin(inner(random) for _ in range(random.randrange(3)))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        value = maker(args[1])
        return lambda random: {random.choice(TAGS): value(random) for _ in range(random.randrange(3))}
    if is_dataclass(hint):
        made: Any = hint
        hints = get_type_hints(made)
        parts = {one.name: maker(hints[one.name]) for one in fields(made)}
        return lambda random: made(**{name: part(random) for name, part in parts.items()})
    if isinstance(hint, type) and issubclass(hint, Enum):
        members = list(hint)
        return lambda random: random.choice(members)
    simple: dict[Any, Maker] = {
        bool: lambda random: random.random() < 0.5,
        int: lambda random: random.randrange(400),
        float: lambda random: random.random() * 1e6,
        timedelta: lambda random: random.choice(SPANS),
        datetime: lambda random: AT - timedelta(hours=random.randrange(24 * 90)),
        date: lambda random: (AT - timedelta(days=random.randrange(90))).date(),
        time: lambda random: time(random.randrange(24)),
        str: _text,
    }
    return simple[hint]


def _text(random: Random) -> str:
    return random.choice(WORDS) if random.random() < 0.5 else id_of(random.choice(KINDS), random.randrange(2))


def estate(seed: int, among: tuple[type[Resource], ...], *, blind: bool = False) -> Estate:
    """Give an estate that holds some resources of these kinds, all readings known unless `blind`."""
    random = Random(seed)
    names = [id_of(kind, number) for kind in among for number in range(2)]
    resources: dict[str, tuple[Resource, ...]] = {kind.kind: () for kind in KINDS}
    for kind in among:
        # Few resources of many kinds, more of few, so that joins meet.
        most = 3 if len(among) <= 12 else 2
        found = []
        for number in range(random.randrange(most)):
            readings: dict[str, Any] = {}
            for fact in kind.facts.values():
                if fact.live is None:
                    continue
                value = maker(type_of(fact))(random)
                if fact.name == kind.belongs_to or (isinstance(value, str) and random.random() < 0.3):
                    value = random.choice(names)
                readings[fact.name] = LOST if blind and random.random() < 0.1 else Known(value, EVIDENCE)
            found.append(kind(id_of(kind, number), f"n{number}", ACCOUNT, REGIONS[number % 2], readings))
        resources[kind.kind] = tuple(found)
    return Estate(
        source=Source.LIVE, account=ACCOUNT, caller="arn:aws:iam::111111111111:role/law", regions=REGIONS, taken_at=AT,
        resources=resources, listings={(kind.kind, ""): EVIDENCE[0] for kind in KINDS},
    )  # fmt: skip


@cache
def needed(facts: frozenset[Fact[Any]]) -> tuple[type[Resource], ...]:
    """Give the kinds that these facts are made of; what people wrote is in no plan."""
    written = sorted({fact.owner for fact in facts if fact.owner.recorded}, key=lambda kind: kind.kind)
    return (*(need.kind for need in plan_facts(facts).needs.values()), *written)


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
