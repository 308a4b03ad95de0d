"""Terraform's conversion functions."""

from __future__ import annotations

from typing import Any

from scanner.iac.hcl.functions.definition import Functions, blur, first_unsettled, nullable, unsettled_in
from scanner.iac.hcl.functions.unification import boolean, convert, number, ordered, text
from scanner.iac.hcl.values import JsonText
from scanner.model.unresolved import Unresolved

FUNCTIONS = Functions()


def _optional(kind: Any) -> Any:
    return lambda value: None if value is None else kind(value)


@FUNCTIONS.define("tobool", _optional(boolean))
def to_bool(value: Any) -> Any:
    """Turn a value into a bool."""
    return value


@FUNCTIONS.define("tonumber", _optional(number))
def to_number(value: Any) -> Any:
    """Turn a value into a number."""
    return value


@FUNCTIONS.define("tostring", _optional(text), takes_unknown=True)
def to_string(value: Any) -> Any:
    """Turn a value into a text."""
    return blur([value]) if isinstance(value, Unresolved) and not isinstance(value, JsonText) else value


@FUNCTIONS.define("tolist", nullable, takes_unknown=True)
def to_list(value: Any) -> Any:
    """Turn a list, a tuple or a set into a list."""
    if isinstance(value, Unresolved):
        return blur([value])
    if value is not None and not ordered(value):
        return unsettled_in(value)
    return convert(value, ("list", "any"))


@FUNCTIONS.define("toset", nullable, takes_unknown=True)
def to_set(value: Any) -> Any:
    """Turn a list, a tuple or a set into a set."""
    return blur([value]) if isinstance(value, Unresolved) else convert(value, ("set", "any"))


@FUNCTIONS.define("tomap", nullable, takes_unknown=True)
def to_map(value: Any) -> Any:
    """Turn an object into a map."""
    return blur([value]) if isinstance(value, Unresolved) else convert(value, ("map", "any"))


@FUNCTIONS.define("sensitive", nullable, takes_unknown=True)
def hide(value: Any) -> Any:
    """Hide a value: it is not looked at, and appears in no report."""
    refs = value.refs if isinstance(value, Unresolved) else ()
    return Unresolved("the value is marked sensitive", refs)


@FUNCTIONS.define("nonsensitive", nullable, takes_unknown=True)
def show(value: Any) -> Any:
    """Give a value as it is: what was hidden stays hidden."""
    return value


@FUNCTIONS.define("issensitive", nullable, takes_unknown=True)
def is_hidden(value: Any) -> Any:
    """Say whether a value is marked sensitive, which only what is not settled can be."""
    found = first_unsettled(value)
    return False if found is None else Unresolved(found.why, found.refs, found.spot)


@FUNCTIONS.define("ephemeralasnull", nullable, takes_unknown=True)
def without_ephemeral(value: Any) -> Any:
    """Give a value as it is: what is known from code is not ephemeral."""
    return value
