"""Variables of policies: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}` (IAM user guide, "Variables and tags")."""

from __future__ import annotations

import re

from scanner.model.arn import is_open
from scanner.permissions.context import Context
from scanner.permissions.patterns import literal
from scanner.permissions.truth import Doubt

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_SIGNS = {"*": literal("*"), "?": literal("?"), "$": "$"}


class Filled:
    """A text whose variables were filled in: `text`, with `*` for what is not known, which `doubt` then names.

    `missing` where a variable certainly has no value: such a text fits nothing.
    """

    __slots__ = ("doubt", "missing", "text")

    def __init__(self, text: str, context: Context) -> None:
        self.doubt: Doubt | None = None
        self.missing = False
        self.text = _VARIABLE.sub(lambda found: self._value(found[1], context), text)

    def _value(self, inside: str, context: Context) -> str:
        if inside in _SIGNS:
            return _SIGNS[inside]
        key, comma, rest = inside.partition(",")
        values = context.find(key.strip())
        if values is None and comma:
            return literal(rest.strip().strip("'"))
        if values is None:
            self.missing = True
            return ""
        if isinstance(values, Doubt) or len(values) != 1:
            self.doubt = Doubt(f"variable ${{{inside}}}")
            return "*"
        # What stands for an open place stays legible as such.
        return str(values[0]) if is_open(values[0]) else literal(values[0])


def has_variables(text: str) -> bool:
    """Say whether a text holds variables."""
    return "${" in text


def keys_in(text: str) -> list[str]:
    """Name the condition keys whose values a text asks for."""
    return [inside.partition(",")[0].strip() for inside in _VARIABLE.findall(text) if inside not in _SIGNS]
