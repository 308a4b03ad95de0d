"""Evaluation: what a template's values come to, with what it leaves open left open, exactly there.

`evaluate` goes through plain values as the document gives them; `trace` finds out where in the document stands what is
at a path of an evaluated value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from scanner.iac.block import Path, Problem
from scanner.iac.cloudformation.values import NO_VALUE, text_of
from scanner.model.late_dataclass import dataclass
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.cloudformation.stack import Stack

#: how many values deep one evaluation may go, through all that it refers to
DEEPEST: Final = 70
LOOP: Final = "Fn::ForEach::"
#: characters that a text may have, those that it has for nothing, and those that cost one step
LONGEST: Final = 10_000_000
_SHORT: Final = 1_000
_CHARACTERS: Final = 16
_DYNAMIC: Final = re.compile(r"\{\{resolve:([a-z-]+):([^}]*)\}\}")
_AFTER: Final = "{{changeSet:KNOWN_AFTER_APPLY}}"
_NOT_ALNUM: Final = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Env:
    """What holds at a place of the template: the loops around it, the conditions that are true or false there.

    `doubt` says why what stands there may not be at all.
    """

    names: dict[str, Any] = field(default_factory=dict)
    held: dict[str, bool] = field(default_factory=dict)
    doubt: Unresolved | None = None

    def holding(self, condition: str, *, holds: bool) -> Env:
        """Give what holds where a condition is also known to be true, or false."""
        return Env(self.names, {**self.held, condition: holds}, self.doubt)


EMPTY: Final = Env()


def evaluate(stack: Stack, raw: Any, at: Path, env: Env) -> Any:
    """Give what a value of the template comes to: plain data with `Unresolved` in it, or `NO_VALUE`."""
    if isinstance(raw, str):
        if env.names and "{" in raw:
            raw = replace_names(raw, env)
            if isinstance(raw, Unresolved):
                return stack.because(raw, at)
        return dynamic(stack, raw, at) if "{{" in raw else raw
    if isinstance(raw, Unresolved):
        return stack.at(raw, at)
    if not isinstance(raw, (dict, list)):
        return raw
    run = stack.run
    if not run.step():
        return stack.unresolved("it takes too long to work out", at)
    if run.depth >= DEEPEST:
        return stack.unresolved(f"values are nested or refer to each other more than {DEEPEST} deep", at)
    run.depth += 1
    try:
        if isinstance(raw, dict):
            return _mapping(stack, raw, at, env)
        items = [evaluate(stack, one, (*at, number), env) for number, one in enumerate(raw)]
        return [one for one in items if one is not NO_VALUE]
    finally:
        run.depth -= 1


def too_long(stack: Stack, texts: list[Any], at: Path) -> Unresolved | None:
    """Give why some texts cannot be one: it would have more characters than there is room for."""
    size = 0
    for one in texts:
        if isinstance(one, str):
            size += len(one)
        elif isinstance(one, Unresolved):
            size += max((len(each) for each in one.choices if isinstance(each, str)), default=0)
    if size > LONGEST or (size > _SHORT and not stack.run.step(size // _CHARACTERS)):
        return stack.unresolved(f"{at[-1] if at else 'it'} makes a text that is too long to be worked with", at)
    return None


def _mapping(stack: Stack, raw: dict[str, Any], at: Path, env: Env) -> Any:
    if len(raw) == 1:
        name, argument = next(iter(raw.items()))
        if name.startswith(("Fn::", "!")) or name == "Ref":
            from scanner.iac.cloudformation.intrinsics import FUNCTIONS  # noqa: PLC0415  # they call each other

            function = FUNCTIONS.get(name)
            if function is not None:
                return function(stack, argument, (*at, name), env)
            if not name.startswith(LOOP):
                return stack.unresolved(f"{name} is no function that can be worked out here", (*at, name))
    made: dict[str, Any] = {}
    for key, one, place, inner in entries(stack, raw, at, env):
        if key.startswith("Fn::"):
            why = "macro may change" if key == "Fn::Transform" else "function beside other keys hides"
            return stack.unresolved(f"{key}: a {why} what is around it", place)
        if inner.doubt is not None and inner.doubt is not env.doubt:
            return stack.at(inner.doubt, place)  # its keys are not known
        value = evaluate(stack, one, place, inner)
        if value is not NO_VALUE:
            made[key] = value
    return made


def entries(stack: Stack, raw: dict[str, Any], at: Path, env: Env) -> Iterator[tuple[str, Any, Path, Env]]:
    """Give the entries of a mapping with its loops (`Fn::ForEach`) gone through: key, value, place, what holds there.

    A loop that cannot be gone through is an entry of its own, with a doubt.
    """
    for key, one in raw.items():
        if key.startswith(LOOP):
            yield from _loop(stack, key, one, (*at, key), env)
        elif env.names and "{" in key:
            named = replace_names(key, env)
            yield (key if isinstance(named, Unresolved) else named), one, (*at, key), env
        else:
            yield key, one, (*at, key), env


def _loop(stack: Stack, key: str, raw: Any, at: Path, env: Env) -> Iterator[tuple[str, Any, Path, Env]]:
    if not isinstance(raw, list) or len(raw) != 3 or not isinstance(raw[0], str) or not isinstance(raw[2], dict):
        message = f"{key} is no list of a name, a collection and a mapping, so what it makes is not read"
        stack.note(Problem(message, stack.document.spot(at), "write [name, [values], {key: value}]", broken=True))
        yield key, None, at, Env(env.names, env.held, stack.unresolved(message, at))
        return
    name, collection, body = raw
    found = evaluate(stack, collection, (*at, 1), env)
    items = found if isinstance(found, list) else [found]
    for item in items:
        if not stack.run.spend():
            message = f"{key} makes more than {stack.run.MOST:,} entries; the rest is not read"
            stack.note(Problem(message, stack.document.spot(at)))
            yield key, None, at, Env(env.names, env.held, stack.unresolved(message, at))
            return
        value: Any = stack.because(item, (*at, 1)) if isinstance(item, Unresolved) else text_of(item)
        if value is None:
            value = stack.unresolved(f"{key} goes through what is no list of texts", (*at, 1))
        doubt = env.doubt
        if isinstance(value, Unresolved):
            doubt = Unresolved(f"{key} goes through what is open: {value.why}", value.refs, stack.document.spot(at))
        yield from entries(stack, body, (*at, 2), Env({**env.names, name: value}, env.held, doubt))


def replace_names(text: str, env: Env) -> Any:
    """Put the values of loops into a text: `${Name}` and, without what is no letter or digit, `&{Name}`."""
    for name, value in env.names.items():
        if f"{{{name}}}" not in text or ("${" not in text and "&{" not in text):
            continue
        if isinstance(value, Unresolved):
            return value
        text = text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", _NOT_ALNUM.sub("", value))
    return text


def dynamic(stack: Stack, text: str, at: Path) -> Any:
    """Give a text, unless CloudFormation would put something into it when it deploys the stack."""
    found = _DYNAMIC.search(text)
    if found is not None:
        service, what = found.groups()
        if service in ("ssm-secure", "secretsmanager"):
            return stack.unresolved(f"{service} {what.split(':SecretString')[0]} is sensitive", at)
        return stack.unresolved(f"{service} parameter {what} is read when the stack is deployed", at)
    if _AFTER in text:
        return stack.unresolved(f"{at[-1] if at else 'it'} is known after apply", at)
    return text


def trace(stack: Stack, raw: Any, at: Path, env: Env, steps: Path) -> Path:
    """Give where in the document stands what is at a path of an evaluated value, or the nearest above it."""
    for number, step in enumerate(steps):
        raw, at, env = _inside(stack, raw, at, env)
        if isinstance(raw, dict):
            for key, one, place, inner in entries(stack, raw, at, env):
                if key == step:
                    raw, at, env = one, place, inner
                    break
            else:
                return at
        elif isinstance(raw, list) and isinstance(step, int):
            there = _item(stack, raw, at, env, step)
            if there is None:
                return at
            return trace(stack, raw[there], (*at, there), env, steps[number + 1 :])
        else:
            return at
    return at


def _inside(stack: Stack, raw: Any, at: Path, env: Env) -> tuple[Any, Path, Env]:
    """Go through the conditions that are decided to what stands behind them."""
    while isinstance(raw, dict) and len(raw) == 1 and "Fn::If" in raw:
        branches = raw["Fn::If"]
        if not isinstance(branches, list) or len(branches) != 3 or not isinstance(branches[0], str):
            break
        holds = stack.condition(branches[0], env)
        if isinstance(holds, Unresolved):
            break
        place = 1 if holds else 2
        raw, at = branches[place], (*at, "Fn::If", place)
    return raw, at, env


def _item(stack: Stack, raw: list[Any], at: Path, env: Env, step: int) -> int | None:
    seen = -1
    for number, one in enumerate(raw):
        if isinstance(one, dict) and len(one) == 1 and evaluate(stack, one, (*at, number), env) is NO_VALUE:
            continue
        seen += 1
        if seen == step:
            return number
    return None
