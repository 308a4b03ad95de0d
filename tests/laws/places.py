"""Places left open and settled again: an estate, or the blocks of code, with stand-ins for accounts and regions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import Any

from scanner.iac.block import Block
from scanner.model.arn import somewhere
from scanner.model.declaration import Declaration
from scanner.model.estate import Estate
from scanner.model.reading import Known, Source
from scanner.model.resource import Resource
from scanner.model.unresolved import Unresolved

Texts = Callable[[str], str]


def rewritten(value: Any, change: Texts) -> Any:
    """Give a value with every text in it changed."""
    if isinstance(value, str):
        return value if type(value) is not str else change(value)
    if isinstance(value, Mapping):
        return {rewritten(key, change): rewritten(one, change) for key, one in value.items()}
    if isinstance(value, (list, tuple, frozenset)):
        return type(value)(rewritten(one, change) for one in value)
    if isinstance(value, Unresolved) or not is_dataclass(value) or isinstance(value, type):
        return value
    made: dict[str, Any] = {one.name: getattr(value, one.name) for one in fields(value) if one.init}
    changed = {name: rewritten(one, change) for name, one in made.items()}
    return value if all(changed[name] is one for name, one in made.items()) else replace(value, **changed)


def placed(one: Resource, texts: Texts, own: Texts, number: int) -> Resource:
    """Give a resource as code declares it, its identity changed in one way and what it says in another."""
    readings = {
        name: replace(reading, value=rewritten(reading.value, texts)) if isinstance(reading, Known) else reading
        for name, reading in one.readings.items()
    }
    address = f"aws_law.n{number}"
    declared = Declaration(address, ".", "aws_law", Source.TERRAFORM)
    return type(one)(
        own(one.id), one.name, somewhere(own(str(one.account))), somewhere(own(str(one.region))), readings, declared
    )


def changed(estate: Estate, texts: Texts, own: Texts) -> Estate:
    """Give an estate of code with all its texts changed."""
    numbers = iter(range(10**9))
    return replace(
        estate,
        source=Source.TERRAFORM,
        account=somewhere(own(str(estate.account))),
        regions=tuple(dict.fromkeys(own(str(one)) for one in estate.regions)),
        resources={
            kind: tuple(placed(one, texts, own, next(numbers)) for one in found)
            for kind, found in estate.resources.items()
        },
        gaps=tuple(replace(one, region=own(one.region)) for one in estate.gaps),
    )


def opened(estate: Estate, stand_ins: Mapping[str, str], random: Random, literal: float) -> Estate:
    """Give an estate of code with places left open; some mentions of them by name stay."""

    def own(text: str) -> str:
        for place, name in stand_ins.items():
            text = text.replace(place, name)
        return text

    return changed(estate, lambda text: text if random.random() < literal else own(text), own)


def settled(estate: Estate, places: Mapping[str, str]) -> Estate | None:
    """Give an estate with its open places settled; none where that cannot be: two resources would be the same."""

    def own(text: str) -> str:
        for name in sorted(places, key=len, reverse=True):  # one may begin with another
            text = text.replace(name, places[name])
        return text

    made = changed(estate, own, own)
    for found in made.resources.values():
        if len({_place(one) for one in found}) < len(found):
            return None
    return made


def sound(estate: Estate) -> Estate:
    """Give an estate with one of what there is one of."""
    return replace(
        estate,
        resources={
            kind: tuple({_place(one): one for one in reversed(found)}.values())[::-1]
            for kind, found in estate.resources.items()
        },
    )


def _place(one: Resource) -> str:
    """Give what there is one of: a resource by its id, and of what stands for a place, one for the place."""
    listed = type(one).listed_by
    if listed is None or listed.call is not None or listed.declared or listed.measured:
        return one.id
    return "" if listed.everywhere else str(one.region)


def assignments(stand_ins: Mapping[str, str], others: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Give what the open places may be: all as they were, and each of the others with each of the others."""
    found: list[dict[str, str]] = [{}]
    for place, name in stand_ins.items():
        found = [{**one, name: other} for one in found for other in (place, *others[place])]
    return iter(found)


def block_with(block: Block, change: Texts, own: Texts) -> Block:
    """Give a block with every text in it changed, and where it lies in another way."""
    return replace(
        block, values=rewritten(block.values, change), region=own(block.region), account=own(block.account),
        known_arn=own(block.known_arn),
    )  # fmt: skip


def named_in(estate: Estate, pattern: str) -> set[str]:
    """Give the accounts, or the regions, that an estate names anywhere."""
    found: set[str] = set()

    def look(text: str) -> str:
        found.update(re.findall(pattern, text))
        return text

    changed(estate, look, look)
    return found
