"""Parameters: the groups that code declares, and the default groups that databases take by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.forms.rds.engines import default_group, defaults_of, names_of
from scanner.iac.forms.rds.words import arn_of, settled, words
from scanner.model.convert import text
from scanner.model.errors import CouldNotCheck
from scanner.model.unresolved import Unresolved
from scanner.resources.rds.arns import beside
from scanner.resources.rds.parameters import NAMES, Setting

_DEFAULT = "default."


def written(parameters: str, family: str) -> Callable[[Block], tuple[Setting, ...]]:
    """Make the settings of a parameter group: those it sets, and its family's others, which stand at their defaults."""

    def by(block: Block) -> tuple[Setting, ...]:
        found, doubt = _told(block.find(parameters).value)
        named = block.find(family).value
        others: Iterable[str]
        if isinstance(named, Unresolved):
            others, doubt = NAMES, (named if doubt is None else doubt)
        else:
            known = names_of(text(named).lower()) if named is not ABSENT else None
            if known is None:
                others, doubt = (
                    NAMES,
                    Unresolved(f"the parameters of {named} are not known") if doubt is None else doubt,
                )
            else:
                others = known
        if doubt is not None:
            # Any parameter may be among what is open.
            others = {*others, *NAMES}
        for name in others:
            found.setdefault(name, doubt)
        return tuple(Setting(name, found[name]) for name in sorted(found))

    return by


def _told(raw: Any) -> tuple[dict[str, Any], Unresolved | None]:
    """Read the parameters that matter here, by name, and why there may be others."""
    if raw is ABSENT:
        return {}, None
    if isinstance(raw, Unresolved):
        return {}, raw
    found: dict[str, Any] = {}
    doubt: Unresolved | None = None
    pairs = raw.items() if isinstance(raw, Mapping) else map(_pair, raw)
    for name, value in pairs:
        if isinstance(name, Unresolved):
            doubt = name if doubt is None else doubt
        elif str(name).lower() in NAMES:
            found[str(name).lower()] = value if isinstance(value, Unresolved) else _written(value)
    return found, doubt


def _pair(raw: Any) -> tuple[Any, Any]:
    return (raw, None) if isinstance(raw, Unresolved) else (raw["name"], raw["value"])


def _written(value: Any) -> str | None:
    """Give a value as RDS keeps it: a number or a flag of a template as text, and nothing for empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or value == "" else str(value)


def group_of(block: Block) -> str:
    """Give the name of the parameter group: the one it names, or the default group of its engine and version."""
    mine = words(block)
    value = settled(block, mine.parameters)
    if value is ABSENT:
        return default_group(block)
    return text(value).lower() if mine.lower else text(value)


def takes_default(block: Block) -> bool:
    """Say whether a database certainly takes a default group, whose settings no block of code declares."""
    mine = words(block)
    named = block.find(mine.parameters).value
    member = block.find(mine.cluster).value if mine.cluster else ABSENT
    if member is not ABSENT or isinstance(named, Unresolved):
        return False
    if named is not ABSENT and not (isinstance(named, str) and named.startswith(_DEFAULT)):
        return False
    try:
        default_settings(block)
    except CouldNotCheck:
        return False
    return True


def default_arn(noun: str) -> Callable[[Block], str]:
    """Make the ARN of the default group that a database takes."""
    return lambda block: beside(arn_of(block), noun, _default_of(block))


def default_settings(block: Block) -> tuple[Setting, ...]:
    """Give the settings of the default group that a database takes."""
    return defaults_of(_default_of(block).removeprefix(_DEFAULT))


def _default_of(block: Block) -> str:
    named = settled(block, words(block).parameters)
    return named if isinstance(named, str) else default_group(block)
