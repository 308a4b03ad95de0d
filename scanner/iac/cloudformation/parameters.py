"""Parameters: the value that a template's parameter has, by what is given for it, its default and its type."""

from __future__ import annotations

import math
from typing import Any, Final

from scanner.iac.cloudformation.values import may_choose, text_of
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

_SSM: Final = "AWS::SSM::Parameter::Value<"


def value_of(name: str, declared: dict[str, Any], given: Any, declared_at: Spot) -> Any:
    """Give a parameter's value; `given` is None where nothing is given for it."""
    kind = declared.get("Type")
    kind = kind if isinstance(kind, str) else "String"
    value = given if given is not None else declared.get("Default")
    if text_of(declared.get("NoEcho")) in ("true", "True"):
        return Unresolved(f"parameter {name} is sensitive", (name,))
    if isinstance(value, Unresolved):
        choices = tuple(_typed(name, one, kind) for one in value.choices)
        choices = choices if all(may_choose(one) for one in choices) else ()
        return Unresolved(value.why, value.refs, value.spot, choices, value.reason)
    if kind.startswith(_SSM):
        path = text_of(value)
        if path is None:
            return Unresolved(f"parameter {name} has no value ({declared_at.said})", (name,))
        return Unresolved(f"ssm parameter {path} is read when the stack is deployed", (name,))
    if value is None:
        return Unresolved(
            f"parameter {name} has no value ({declared_at.said})", (name,), choices=_allowed(declared, kind)
        )
    return _typed(name, value, kind)


def raw_value_of(declared: dict[str, Any], given: Any) -> Any:
    """Give the text that a sensitive parameter has, to be compared and never shown; None where there is none."""
    value = given if given is not None else declared.get("Default")
    return value if isinstance(value, Unresolved) else text_of(value)


def _allowed(declared: dict[str, Any], kind: str) -> tuple[Any, ...]:
    allowed = declared.get("AllowedValues")
    if not isinstance(allowed, list) or not allowed:
        return ()
    found = tuple(_typed("", one, kind) for one in allowed)
    return found if all(may_choose(one) for one in found) else ()


def _typed(name: str, value: Any, kind: str) -> Any:
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return _list(name, value, kind)
    text = text_of(value)
    if text is None and isinstance(value, list):  # what a parent stack gives to a nested one
        parts = [text_of(one) for one in value]
        text = ",".join(part for part in parts if part is not None) if None not in parts else None
    if text is None:
        return Unresolved(f"parameter {name} has a value that is no text", (name,))
    return _number(name, text) if kind == "Number" else text


def _list(name: str, value: Any, kind: str) -> Any:
    if isinstance(value, list):
        items = value
    else:
        text = text_of(value)
        if text is None:
            return Unresolved(f"parameter {name} has a value that is no list", (name,))
        items = [part.strip() for part in text.split(",")]
    if kind == "List<Number>":
        return [one if isinstance(one, Unresolved) else _number(name, text_of(one) or "") for one in items]
    return [one if isinstance(one, Unresolved) else text_of(one) or "" for one in items]


def _number(name: str, text: str) -> Any:
    """Give a number, or its text where that says more (`1.50`, `007`): it is compared and joined as it is written."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        return Unresolved(f"parameter {name} is no number", (name,))
    if number.is_integer() and str(int(number)) == text:
        return int(number)
    return number if text_of(number) == text else text
