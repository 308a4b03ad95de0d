"""What every item was, and from when: the log that continuous backups are made of.

Writes whose keys can be told from the request are noted at once. Whatever else changes a table (PartiQL, a seed that
reaches behind the port) is found by comparing, and dated by when it was found.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scanner.emulation.answers import Call
from scanner.emulation.wire import Document

Key = tuple[Any, Any]


@dataclass
class History:
    """The states of each item of one table, the oldest first; None where it was not there any more."""

    states: dict[Key, list[tuple[datetime, Document | None]]] = field(default_factory=dict)

    def compare(self, table: Any, at: datetime) -> None:
        """Note whatever is other than it was."""
        there = dict(_items(table))
        for key, item in there.items():
            self._note(key, item, at)
        for key in self.states.keys() - there.keys():
            self._note(key, None, at)

    def note(self, table: Any, keys: Iterable[Document], at: datetime) -> None:
        """Note what has become of the items with these keys."""
        for key in keys:
            place = key_of(table, key)
            self._note(place, _item(table, place), at)

    def _note(self, key: Key, item: Any, at: datetime) -> None:
        states = self.states.setdefault(key, [])
        now = None if item is None else item.to_json()["Attributes"]
        if now != (states[-1][1] if states else None):
            states.append((at, deepcopy(now)))

    def at(self, moment: datetime) -> Iterator[Document]:
        """The items as they were at a time."""
        for states in self.states.values():
            past = [state for since, state in states if since <= moment]
            if past and past[-1] is not None:
                yield deepcopy(past[-1])


@dataclass
class Histories:
    """The histories of the tables of one region, and those tables that are still being restored."""

    of: dict[str, History] = field(default_factory=dict)
    #: when each will be there; None: never
    creating: dict[str, datetime | None] = field(default_factory=dict)

    def ready(self, name: str, now: datetime) -> bool:
        """Whether a table can be read and written."""
        if name not in self.creating:
            return True
        until = self.creating[name]
        if until is not None and now >= until:
            del self.creating[name]
            return True
        return False


def history_of(call: Call, name: str) -> History:
    """The history of a table; of a global table it is one in all regions."""
    return call.shelf(Histories).of.setdefault(name, History())


def key_of(table: Any, attributes: Document) -> Key:
    """An item's key, as moto keeps the item under it."""
    from moto.dynamodb.models.dynamo_type import DynamoType

    ends = table.range_key_attr
    return DynamoType(attributes[table.hash_key_attr]), DynamoType(attributes[ends]) if ends else None


def _item(table: Any, key: Key) -> Any:
    held = table.items.get(key[0])
    if held is not None and key[1] is not None:
        held = held.get(key[1])
    return held or None


def _items(table: Any) -> Iterator[tuple[Key, Any]]:
    for first, held in table.items.items():
        if table.range_key_attr:
            yield from (((first, second), item) for second, item in held.items())
        elif held:  # moto leaves an empty one behind for a key that was only asked for
            yield (first, None), held
