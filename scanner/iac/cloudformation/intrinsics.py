"""Intrinsic functions: each gives its value, or what the template leaves open of it; none reads or fetches anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from scanner.iac.block import Path
from scanner.iac.cloudformation.evaluation import Env, dynamic, evaluate, replace_names, too_long
from scanner.iac.cloudformation.values import NO_VALUE, Perhaps, is_settled, open_value, settle, text_of, unify
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.cloudformation.stack import Stack

Function = Callable[["Stack", Any, Path, Env], Any]

_VARIABLE: Final = re.compile(r"\$\{(!?)([^{}]*)\}")


def _ref(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    name = evaluate(stack, argument, at, env)
    if isinstance(name, Unresolved):
        return stack.because(name, at)
    if not isinstance(name, str):
        return stack.unresolved("Ref names no text", at)
    return stack.ref(name, at, env)


def _get_att(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) < 2:
        return stack.unresolved("Fn::GetAtt needs a resource and an attribute", at)
    found = [text_or_open(evaluate(stack, one, at, env)) for one in parts]
    for one in found:
        if isinstance(one, Unresolved):
            return stack.because(one, at)
        if one is None:
            return stack.unresolved("Fn::GetAtt needs a resource and an attribute", at)
    return stack.get_att(found[0], ".".join(found[1:]), at, env)


def text_or_open(value: Any) -> Any:
    """Give the text of a scalar, what is unresolved with texts to choose from, None for anything else."""
    if not isinstance(value, Unresolved):
        return text_of(value)
    if all(isinstance(one, str) for one in value.choices):
        return value
    texts = tuple(text_of(one) for one in value.choices)
    return type(value)(value.why, value.refs, value.spot, () if None in texts else texts, value.reason)


def _sub(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    template, given, given_at = argument, {}, at
    if isinstance(argument, list) and argument:
        template = argument[0]
        if len(argument) > 1 and isinstance(argument[1], dict):
            given, given_at = argument[1], (*at, 1)
    template = text_of(template)
    if template is None:
        return stack.unresolved("Fn::Sub needs a text", at)
    template = replace_names(template, env)
    if isinstance(template, Unresolved):
        return stack.because(template, at)
    parts: list[Any] = []
    known: dict[str, Any] = {}
    end = 0
    for found in _VARIABLE.finditer(template):
        parts.append(template[end : found.start()])
        end = found.end()
        literal, name = found.groups()
        if literal:
            parts.append(f"${{{name}}}")
            continue
        name = name.strip()
        if name not in known:
            known[name] = _named(stack, name, given, given_at, at, env)
        parts.append(known[name])
    parts.append(template[end:])
    large = too_long(stack, parts, at)
    if large is not None:
        return large
    return _text(stack, settle("".join, parts, partial(stack.place, at)), at)


def _named(stack: Stack, name: str, given: dict[str, Any], given_at: Path, at: Path, env: Env) -> Any:
    """Give the text that a name in a template stands for."""
    if name in given:
        value = evaluate(stack, given[name], (*given_at, name), env)
    elif "." in name:
        value = _get_att(stack, name, at, env)
    else:
        value = stack.ref(name, at, env)
    value = text_or_open(value)
    return stack.unresolved(f"${{{name}}} is no text", at) if value is None else value


def _text(stack: Stack, value: Any, at: Path) -> Any:
    return dynamic(stack, value, at) if isinstance(value, str) and "{{" in value else value


def _arguments(stack: Stack, argument: Any, at: Path, env: Env, least: int) -> list[Any] | Unresolved:
    """Give the evaluated items of a function's list; one that is `NO_VALUE` is left out, as everywhere."""
    found = evaluate(stack, argument, at, env)
    if isinstance(found, Unresolved):
        return stack.because(found, at)
    if not isinstance(found, list) or len(found) < least:
        return stack.unresolved(f"{at[-1]} needs a list of {least}", at)
    return found


def _join(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    found = _arguments(stack, argument, at, env, 2)
    if isinstance(found, Unresolved):
        return found
    delimiter, items = text_or_open(found[0]), found[1]
    if isinstance(items, Unresolved) and items.choices and all(isinstance(one, list) for one in items.choices):
        return settle(lambda both: _joined(both[0], both[1]), [delimiter, items], partial(stack.place, at))
    if isinstance(items, Unresolved):
        return stack.because(items, at)
    if not isinstance(items, list) or delimiter is None:
        return stack.unresolved("Fn::Join needs a text and a list", at)
    for one in items:
        if isinstance(one, Perhaps):
            return stack.because(one, at)
    parts = [text_or_open(one) for one in items]
    if None in [part for part in parts if not isinstance(part, Unresolved)]:
        return stack.unresolved("Fn::Join has an item that is no text", at)
    large = too_long(stack, [*parts, *[delimiter] * len(parts)], at)
    if large is not None:
        return large
    return _text(stack, settle(lambda all_: all_[0].join(all_[1:]), [delimiter, *parts], partial(stack.place, at)), at)


def _joined(delimiter: str, items: list[Any]) -> Any:
    return delimiter.join(text_of(one) or "" for one in items)


def _select(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    found = _arguments(stack, argument, at, env, 2)
    if isinstance(found, Unresolved):
        return found
    index, items = text_or_open(found[0]), found[1]
    if isinstance(items, Unresolved) and items.choices and isinstance(index, str):
        chosen = settle(lambda one: _item(index, one[0]), [items], partial(stack.place, at))
        return stack.because(items, at) if chosen is None else chosen
    for one in (index, items):
        if isinstance(one, Unresolved):
            return stack.because(one, at)
    if not isinstance(items, list) or index is None or not index.isdecimal() or len(index) > 9:
        return stack.unresolved("Fn::Select needs a number and a list", at)
    number = int(index)
    for one in items[: number + 1]:
        if isinstance(one, Perhaps):
            return stack.because(one, at)
    if number >= len(items):
        return stack.unresolved(f"Fn::Select asks for item {number} of {len(items)}", at)
    return items[number]


def _item(index: str, items: Any) -> Any:
    """Give an item that is certain to be there, else None."""
    if not isinstance(items, list) or not index.isdecimal() or len(index) > 9:
        return None
    return items[int(index)] if int(index) < len(items) else None


def _split(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    found = _arguments(stack, argument, at, env, 2)
    if isinstance(found, Unresolved):
        return found
    delimiter, text = text_or_open(found[0]), text_or_open(found[1])
    if not isinstance(delimiter, Unresolved) and not delimiter:
        return stack.unresolved("Fn::Split needs a delimiter and a text", at)
    if text is None:
        return stack.unresolved("Fn::Split needs a delimiter and a text", at)
    parts = settle(lambda both: _divided(both[0], both[1]), [delimiter, text], partial(stack.place, at))
    if parts is None:
        return stack.unresolved(f"a part of {text} hangs on where the stack is deployed", at)
    return parts


def _divided(delimiter: str, text: str) -> list[str] | None:
    """Give the parts of a text; None where a part of it that is not known may hold the delimiter."""
    if not delimiter or (not is_settled(text) and delimiter not in (":", "/")):
        return None
    return text.split(delimiter)


def _find_in_map(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    if not isinstance(argument, list) or len(argument) < 3:
        return stack.unresolved("Fn::FindInMap needs a map and two keys", at)
    name, *keys = (text_or_open(evaluate(stack, one, (*at, n), env)) for n, one in enumerate(argument[:3]))
    if isinstance(name, Unresolved):
        return stack.because(name, at)
    found: list[tuple[Any, Path]] = [(stack.section("Mappings").get(name or ""), ("Mappings", str(name)))]
    first_open: Unresolved | None = None
    for key in keys:
        if key is None:
            return stack.unresolved("Fn::FindInMap has a key that is no text", at)
        sought = key
        if isinstance(key, str) and not is_settled(key):
            sought = Unresolved(f"{name} is looked up by where the stack is deployed", (key,))
        if isinstance(sought, Unresolved):
            first_open = sought if first_open is None else first_open
        found = [pair for one, place in found for pair in _looked_up(one, place, sought)]
    values = [evaluate(stack, one, place, env) for one, place in found]
    default = argument[3] if len(argument) > 3 and isinstance(argument[3], dict) else {}
    if "DefaultValue" in default and (first_open is not None or not values):
        values.append(evaluate(stack, default["DefaultValue"], (*at, 3, "DefaultValue"), env))
    if not values:
        missing = stack.unresolved(f"map {name} has no such entry", at)
        return stack.because(first_open, at) if first_open is not None else missing
    whole = values[0]
    for one in values[1:]:
        assert first_open is not None
        whole = unify(whole, one, first_open, stack.place(at))
    return whole


def _looked_up(one: Any, place: Path, key: Any) -> list[tuple[Any, Path]]:
    if not isinstance(one, dict):
        return []
    if isinstance(key, Unresolved):
        chosen = {text_of(choice) for choice in key.choices}
        return [(each, (*place, name)) for name, each in one.items() if not chosen or name in chosen]
    return [(one[key], (*place, key))] if key in one else []


def _if(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        return stack.unresolved("Fn::If needs a condition and two values", at)
    name = text_of(argument[0])
    if name is not None and env.names:
        name = replace_names(name, env)
        if isinstance(name, Unresolved):
            return stack.because(name, at)
    holds = stack.decide(argument[0], (*at, 0), env) if name is None else stack.condition(name, env)
    if not isinstance(holds, Unresolved):
        number = 1 if holds else 2
        return evaluate(stack, argument[number], (*at, number), env)
    branches = [
        evaluate(stack, argument[number], (*at, number), env.holding(name, holds=number == 1) if name else env)
        for number in (1, 2)
    ]
    return unify(branches[0], branches[1], holds, stack.place(at))


def _decided(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    return stack.decide({at[-1]: argument}, at[:-1], env)


def _import_value(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    name = text_or_open(evaluate(stack, argument, at, env))
    if isinstance(name, Unresolved):
        return open_value(name, stack.place(at))
    if name is None:
        return stack.unresolved("Fn::ImportValue names no text", at)
    found = stack.run.exported(name)
    if found is None:
        return stack.unresolved(f"Fn::ImportValue {name}: no template that was given exports it", at, (name,))
    return found


def _base64(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    import base64  # noqa: PLC0415  # few templates encode what anybody asks for

    text = text_or_open(evaluate(stack, argument, at, env))
    if text is None:
        return stack.unresolved("Fn::Base64 needs a text", at)
    if isinstance(text, Unresolved):
        return stack.because(text, at)
    large = too_long(stack, [text], at)
    if large is not None:
        return large
    return base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")


def _cidr(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    found = _arguments(stack, argument, at, env, 2)
    if isinstance(found, Unresolved):
        return found
    parts = [text_or_open(one) for one in found[:3]]
    return settle(partial(_blocks, stack, at), parts, partial(stack.place, at))


def _blocks(stack: Stack, at: Path, parts: list[Any]) -> Any:
    from ipaddress import ip_network  # noqa: PLC0415  # few templates divide networks
    from itertools import islice  # noqa: PLC0415

    try:
        network = ip_network(parts[0], strict=False)
        count = int(parts[1])
        length = network.max_prefixlen - int(parts[2]) if len(parts) > 2 else network.max_prefixlen - 8
        if not 1 <= count <= 256:  # CloudFormation's own limit
            return stack.unresolved("Fn::Cidr makes 1 to 256 blocks", at)
        return [str(one) for one in islice(network.subnets(new_prefix=length), count)]
    except (ValueError, TypeError):
        return stack.unresolved("Fn::Cidr cannot divide this block", at)


def _length(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    found = evaluate(stack, argument, at, env)
    if isinstance(found, Unresolved):
        return stack.because(found, at)
    if not isinstance(found, list):
        return stack.unresolved("Fn::Length needs a list", at)
    for one in found:
        if isinstance(one, Perhaps):
            return stack.because(one, at)
    return len(found)


def _to_json(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
    import json  # noqa: PLC0415

    from scanner.model.unresolved import unresolved_in  # noqa: PLC0415

    found = evaluate(stack, argument, at, env)
    unknown = unresolved_in(found)
    if unknown is not None:
        return stack.because(unknown, at)
    written = "" if found is NO_VALUE else json.dumps(found, separators=(",", ":"))
    large = too_long(stack, [written], at)
    return written if large is None else large


def _open(why: str) -> Function:
    def function(stack: Stack, argument: Any, at: Path, env: Env) -> Any:
        evaluated = evaluate(stack, argument, at, env)
        text = text_of(evaluated) if not isinstance(evaluated, Unresolved) else None
        return stack.unresolved(f"{at[-1]} {text}: {why}" if text else f"{at[-1]}: {why}", at, (text,) if text else ())

    return function


def _transform(stack: Stack, argument: Any, at: Path, _: Env) -> Any:
    name = argument.get("Name") if isinstance(argument, dict) else argument
    return stack.unresolved(
        f"Fn::Transform {text_or_open(name) or ''}".rstrip() + " is worked out by a macro in AWS", at
    )


FUNCTIONS: Final[dict[str, Function]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
    **dict.fromkeys(("Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not"), _decided),
    "Fn::ImportValue": _import_value,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _open("which zones there are, only the account tells"),
    "Fn::GetStackOutput": _open("another stack tells it when this one is deployed"),
    "Fn::Length": _length,
    "Fn::ToJsonString": _to_json,
    "Fn::Transform": _transform,
}
