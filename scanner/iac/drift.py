"""Drift: whether AWS and the code say the same of a fact, in whatever words and order, and else in what they differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any, Final

from scanner.model.arn import OPEN, is_arn, is_open
from scanner.model.codec import speak_value
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import Statement
from scanner.resources.code import Difference
from scanner.resources.vpc.groups import Opening
from scanner.resources.vpc.routes import Route

#: Facts that code and AWS tell in words of their own, that other facts of the kind tell again, or that show at run
#: time, so that a difference of words is none of settings.
_NOT_COMPARED: Final = frozenset({"tags", "parameters_state", "may_touch_backups"})
_TOLD_AGAIN: Final = frozenset({("aws.kms.key", "policy"), ("aws.kms.key", "grants")})
#: What stands for the id of a block of Terraform's that AWS will give: its address, alone or at the end of an ARN.
_ADDRESS: Final = re.compile(r"(?:^|[:/-])(?:module\.[\w-]+|aws_\w+\.[\w-]+)")
_NONE: Final[AbstractSet[str]] = frozenset()
#: How much of a setting is told: a policy may be long.
_MOST_SAID: Final = 200


class _OpenError(Exception):
    """The code only stands in for what AWS gives."""


def compared(kind: str, fact: str) -> bool:
    """Say whether a difference in a fact would be one of settings."""
    return fact not in _NOT_COMPARED and (kind, fact) not in _TOLD_AGAIN


def difference(fact: str, live: Any, said: Any, where: str, unmade: AbstractSet[str]) -> Difference | None:
    """Give in what AWS and the code differ; None where they agree, or the code only stands in for what AWS gives.

    `unmade` are the logical ids that stand for what a stack will make.
    """
    if isinstance(said, str) and said.startswith("alias/") and live != said and live is not None:
        return None  # whose alias it is, the key that AWS names does not tell
    try:
        theirs, ours = _plain(live, _NONE), _plain(said, unmade)
    except _OpenError:
        return None
    if theirs == ours or (isinstance(live, str) and isinstance(said, str) and _same(fact, live, said)):
        return None
    setting, live, said = _narrowed(fact, live, said, unmade)
    if _are_lists(live, said):
        theirs, ours = _plain(live, _NONE), _plain(said, unmade)
        return _difference(setting, _told(live, ours, _NONE), _told(said, theirs, unmade), where)
    if _are_alike(live, said):
        live, said = _parts(live, said, unmade)
    return _difference(setting, speak_value(live), speak_value(said), where)


def _difference(setting: str, live: str, said: str, where: str) -> Difference:
    """Tell both sides, cut where they are long and what is left still differs."""
    short = _short(live), _short(said)
    return Difference(setting, *(short if short[0] != short[1] else (live, said)), where)


def _parts(live: Any, said: Any, unmade: AbstractSet[str]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Give the parts that differ of two values which have the same."""
    pairs = [(one.name, getattr(live, one.name), getattr(said, one.name)) for one in fields(live)]
    differ = [(name, a, b) for name, a, b in pairs if _plain(a, _NONE) != _plain(b, unmade)]
    return {name: a for name, a, _ in differ}, {name: b for name, _, b in differ}


def _narrowed(setting: str, live: Any, said: Any, unmade: AbstractSet[str]) -> tuple[str, Any, Any]:
    """Go down to the one part that differs, where it is one: a plan has rules, a rule has copies."""
    while True:
        if _are_lists(live, said):
            ours, theirs = _only(live, _plain(said, unmade), _NONE), _only(said, _plain(live, _NONE), unmade)
            if len(ours) != 1 or len(theirs) != 1 or not _are_alike(ours[0], theirs[0]):
                return setting, live, said
            live, said = ours[0], theirs[0]
        elif _are_alike(live, said):
            more, less = _parts(live, said, unmade)
            if len(more) != 1:
                return setting, live, said
            name = next(iter(more))
            live, said, setting = more[name], less[name], f"{setting} {name}"
        else:
            return setting, live, said


def _are_lists(one: Any, other: Any) -> bool:
    return isinstance(one, (tuple, list)) and isinstance(other, (tuple, list))


def _are_alike(one: Any, other: Any) -> bool:
    """Say whether two values have the same parts, each of which says something by itself."""
    return is_dataclass(one) and type(one) is type(other) and not isinstance(one, (Opening, Route))


def _same(fact: str, live: str, said: str) -> bool:
    """Say whether two texts mean one thing: a name and its ARN, a version and one that is told less far."""
    if fact == "version":
        return re.match(rf"{re.escape(said)}(?!\d)", live) is not None
    if is_arn(live) and not is_arn(said):
        return re.split(r"[:/]", live)[-1] == said
    return is_arn(said) and not is_arn(live) and re.split(r"[:/]", said)[-1] == live


def _plain(value: Any, unmade: AbstractSet[str]) -> Any:
    """Give a value so that what means the same is equal: lists without their order, policies as AWS keeps them."""
    if isinstance(value, Unresolved):
        raise _OpenError
    if isinstance(value, str):
        return _text(str(value), unmade)
    if isinstance(value, Opening):
        parts = [*(("", one) for one in value.ranges), *(("list", one) for one in value.lists)]
        return frozenset(
            (_plain((value.first, value.last), unmade), one, _plain(where, unmade)) for one, where in parts
        )
    if isinstance(value, Route):
        # Whether its target is there shows at run time.
        return _plain((value.to,), unmade), _plain(value.target, unmade)
    if isinstance(value, Statement):
        actions = tuple(one.lower() if isinstance(one, str) else one for one in value.actions)
        rest = (value.allows, value.other_actions, value.other_resources, value.sid)
        named = (value.resources, value.principals, value.conditions)
        return (*rest, _plain(actions, unmade), *(_plain(one, unmade) for one in named))
    if isinstance(value, Mapping):
        return frozenset((_plain(key, unmade), _plain(one, unmade)) for key, one in value.items())
    if isinstance(value, (tuple, list, set, frozenset)):
        return _all(value, unmade)
    if is_dataclass(value) and not isinstance(value, type):
        within = (getattr(value, one.name) for one in fields(value))
        # Within a setting, AWS's own key is told or left out.
        return tuple(
            None if isinstance(one, str) and one.startswith("alias/aws/") else _plain(one, unmade) for one in within
        )
    return value


def _all(values: Iterable[Any], unmade: AbstractSet[str]) -> frozenset[Any]:
    found: set[Any] = set()
    for one in values:
        if isinstance(one, Route) and _of_aws(one):
            continue
        plain = _plain(one, unmade)
        # AWS puts what opens the same ports together, code need not.
        found.update(plain if isinstance(one, Opening) else (plain,))
    return frozenset(found)


def _of_aws(route: Route) -> bool:
    """Say whether AWS adds a route by itself: within the network, to a gateway endpoint, or one that is propagated."""
    target = route.target
    return isinstance(target, str) and (target == "local" or target.startswith(("vpce-", "vgw-")))


def _text(value: str, unmade: AbstractSet[str]) -> Any:
    if OPEN in value and (is_open(value) or "/?" in value):
        raise _OpenError
    if _ADDRESS.search(value) or (unmade and not unmade.isdisjoint(re.split(r"[:/]|^sg-", value))):
        raise _OpenError
    if value[:1] in ("{", "["):
        try:
            return _plain(json.loads(value), unmade)
        except (ValueError, RecursionError):
            return value
    return value


def _told(mine: Iterable[Any], others: Any, unmade: AbstractSet[str]) -> str:
    """Say what is in one list only; `…` stands for what both have."""
    only = _only(mine, others, unmade)
    shared = "… and " if len(only) < len(_only(mine, frozenset(), unmade)) else ""
    if not only:
        return f"{shared}no more" if shared else "none"
    return shared + ", ".join(map(speak_value, only))


def _only(mine: Iterable[Any], others: Any, unmade: AbstractSet[str]) -> list[Any]:
    return [one for one in mine if not _all((one,), unmade) <= others]


def _short(said: str) -> str:
    return said if len(said) <= _MOST_SAID else f"{said[: _MOST_SAID - 2]} …"
