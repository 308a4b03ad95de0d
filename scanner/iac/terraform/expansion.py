"""Expansions: the instances that `count` and `for_each` make of a block, or why they are not known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field
from typing import Any, Final

from scanner.iac.hcl.tree import HclBlock
from scanner.iac.hcl.values import Namespace, Scope, SetValue
from scanner.iac.terraform.content import With, pairs_of, worked
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

#: the key of an instance of `count` whose number is not known
UNCOUNTED: Final = object()


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance: its key (None if there is only one), what `each` and `count` are in it, why it may not exist."""

    key: Any
    names: dict[str, Any]
    doubt: Unresolved | None = None

    @property
    def suffix(self) -> str:
        """What its key adds to the block's address."""
        if self.key is None:
            return ""
        return (
            f"[{quoted(self.key)}]"
            if isinstance(self.key, str)
            else "[?]"
            if self.key is UNCOUNTED
            else f"[{self.key}]"
        )


@dataclass(slots=True)
class Expansion:
    """All instances of a block. `template` stands for those whose keys are not known; `why` says why they are not."""

    repeated: bool = False
    instances: dict[Any, Instance] = field(default_factory=dict)
    template: Instance | None = None
    why: Unresolved | None = None
    #: there are more instances than are written out
    excess: int = 0


_SINGLE: Final = Expansion(instances={None: Instance(None, {})})


def quoted(key: str) -> str:
    """Give a key as Terraform writes it in addresses."""
    shown = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return '"' + re.sub(r"([$%])(?=\{)", r"\1\1", shown) + '"'


def expand(block: HclBlock, scope: Scope, address: str, most: Callable[[], int]) -> Expansion:
    """Work out the instances of a block. `most` says how many there may still be."""
    attributes = block.body.attributes
    count, each = attributes.get("count"), attributes.get("for_each")
    if each is not None:
        return _by_keys(worked(each, scope), each.value_spot, address, most())
    if count is not None:
        return _by_number(worked(count, scope), count.value_spot, address, most())
    for inner in block.body.blocks:
        if inner.type == "lifecycle" and (enabled := inner.body.attributes.get("enabled")) is not None:
            return _enabled(worked(enabled, scope), enabled.value_spot, address)
    if block.body.damaged is not None:
        wrong = block.body.damaged
        why = Unresolved(f"{address} cannot be read whole, so it may have a count: {wrong.message}", (), wrong.spot)
        return Expansion(instances={None: Instance(None, {}, why)}, why=why)
    return _SINGLE


def _by_number(value: Any, spot: Spot, address: str, most: int) -> Expansion:
    if isinstance(value, Unresolved):
        return _uncounted(f"the count of {address} is not settled: {value.why}", value.refs, spot)
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        refusal = "null" if value is None else "not a whole number of at least 0"
        return _uncounted(f"the count of {address} is {refusal}", (), spot)
    if value > most:
        made = _uncounted(f"the count of {address} is {value}, and no more than {most} are told apart", (), spot)
        made.excess = value
        return made
    return Expansion(True, {at: Instance(at, {"count": {"index": at}}) for at in range(value)})


def _uncounted(why: str, refs: tuple[str, ...], spot: Spot) -> Expansion:
    doubt = Unresolved(why, refs, spot)
    index = Unresolved(f"count.index is not settled: {why}", refs, spot)
    return Expansion(True, {}, Instance(UNCOUNTED, {"count": {"index": index}}, doubt), doubt)


def _by_keys(value: Any, spot: Spot, address: str, most: int) -> Expansion:
    if isinstance(value, (list, tuple)) and not isinstance(value, SetValue):
        return _unkeyed(f"the for_each of {address} is a list; it must be a map or a set of texts", (), spot)
    if isinstance(value, Namespace) and value.pairs(spot) is None:
        value = value.value(spot)
    pairs = pairs_of(value, spot) if not isinstance(value, (dict, SetValue)) or len(value) <= most else None
    if pairs is None:
        made = _unkeyed(
            f"the for_each of {address} has {len(value)} keys, and no more than {most} are told apart", (), spot
        )
        made.excess = len(value)
        return made
    if isinstance(pairs, Unresolved):
        return _unkeyed(f"the for_each of {address} is not settled: {pairs.why}", pairs.refs, spot)
    made = Expansion(True)
    for key, one in pairs:
        if isinstance(key, Unresolved):
            doubtful = _unkeyed(f"a key of {address} is not settled: {key.why}", key.refs, spot)
            made.template, made.why = doubtful.template, doubtful.why
        elif isinstance(key, str):
            made.instances[key] = Instance(key, {"each": {"key": key, "value": one}})
        else:
            return _unkeyed(f"the for_each of {address} is not a map or a set of texts", (), spot)
    return made


def _unkeyed(why: str, refs: tuple[str, ...], spot: Spot) -> Expansion:
    doubt = Unresolved(why, refs, spot)
    each = {part: Unresolved(f"each.{part} is not settled: {why}", refs, spot) for part in ("key", "value")}
    return Expansion(True, {}, Instance("?", {"each": each}, doubt), doubt)


def _enabled(value: Any, spot: Spot, address: str) -> Expansion:
    """OpenTofu's `lifecycle { enabled = … }`: one instance or none."""
    if isinstance(value, bool):
        return _SINGLE if value else Expansion()
    why = value.why if isinstance(value, Unresolved) else "it is not true or false"
    doubt = Unresolved(f"whether {address} is enabled is not settled: {why}", (), spot)
    return Expansion(instances={None: Instance(None, {}, doubt)}, why=doubt)


def within(outer: Scope, instance: Instance) -> Scope:
    """Give the scope of an instance's arguments."""
    return With(outer, instance.names) if instance.names else outer
