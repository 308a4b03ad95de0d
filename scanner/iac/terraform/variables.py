"""Variables: the values a root module is given, and a variable's value as its declaration makes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from scanner.iac.block import Problem
from scanner.iac.hcl.evaluate import evaluate
from scanner.iac.hcl.expressions import parse_expression
from scanner.iac.hcl.meter import Meter
from scanner.iac.hcl.tree import Attribute, HclBlock
from scanner.iac.hcl.values import EvaluationError, Scope
from scanner.iac.terraform.content import worked
from scanner.iac.terraform.documents import Documents, under
from scanner.iac.terraform.types import ANY, NotAType, Type, convert, parse_type
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved


class Constants(Scope):
    """Where nothing has a name: what can be worked out there is the same everywhere."""

    __slots__ = ("meter",)

    def __init__(self, meter: Meter) -> None:
        self.meter = meter


class Unset:
    """What nobody gave a value to."""


UNSET = Unset()


@dataclass(slots=True)
class Given:
    """What a root module's variables are set to: attributes of files, and values given by hand."""

    values: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def value(self, name: str, scope: Scope) -> Any:
        """Give what a variable is set to, worked out; `UNSET` if nothing is."""
        value = self.values.get(name, UNSET)
        return worked(value, scope) if isinstance(value, Attribute) else value


def given(root: str, documents: Documents, var_files: Sequence[str], variables: Mapping[str, Any]) -> Given:
    """Gather the values of a root's variables in Terraform's order: what comes later holds.

    The environment is not asked: the same code gives the same verdicts everywhere.
    """
    made = Given()
    for path in (*_automatic(root), *(str(Path(one).resolve()) for one in var_files)):  # whoever names a link means it
        document = documents.document(path)
        made.files.append(document.file)
        made.problems += [Problem(wrong.message, wrong.spot, broken=wrong.broken) for wrong in document.wrong]
        made.values.update(document.body.attributes)
    made.values.update(variables)
    return made


def _automatic(root: str) -> list[str]:
    try:
        names = sorted(one.name for one in Path(root).iterdir())
    except OSError:  # the configuration says so
        return []
    first = [one for one in ("terraform.tfvars", "terraform.tfvars.json") if one in names]
    then = [one for one in names if one.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    return [under(root, one) for one in first + then]


@dataclass(slots=True, eq=False)
class Declaration:
    """A variable as it is declared."""

    name: str
    block: HclBlock
    said: str  #: its address: `var.x`, with the module in front
    spot: Spot
    scope: Constants

    def value(self, given: Any) -> Any:
        """Give its value when it is set to something, or to nothing."""
        attributes = self.block.body.attributes
        value = given
        if value is None and "nullable" in attributes and worked(attributes["nullable"], self.scope) is False:
            value = UNSET
        if value is UNSET and "default" in attributes:
            value = worked(attributes["default"], self.scope)
        if value is UNSET:
            return Unresolved(f"{self.said} has no value ({self.spot.said})", (self.said,), self.spot)
        if value is not None and "sensitive" in attributes and worked(attributes["sensitive"], self.scope) is not False:
            return Unresolved(f"{self.said} is sensitive ({self.spot.said})", (self.said,), self.spot)
        return self._converted(value)

    def _converted(self, value: Any) -> Any:
        constraint = self.block.body.attributes.get("type")
        type_ = ANY
        if constraint is not None:
            try:
                type_ = parse_type(constraint.source)
            except NotAType as error:
                return Unresolved(
                    f"the type of {self.said} cannot be read: {error}", (self.said,), constraint.value_spot
                )
        defaults: dict[str, Any] = {}

        def default(text: str) -> Any:
            if text not in defaults:
                assert constraint is not None  # only a constraint has optional attributes with defaults
                defaults[text] = evaluate(parse_expression(text, constraint.value_spot), self.scope)
            return defaults[text]

        try:
            if isinstance(value, Text):
                value = value.read(type_, self.scope)
            if isinstance(value, (dict, list)) and not self.scope.meter.bears(value):
                return Unresolved(f"{self.said} is too large to be worked with", (self.said,), self.spot)
            return convert(value, type_, default, self.said)
        except EvaluationError as error:
            return Unresolved(error.message, (self.said,), error.spot or self.spot)


@dataclass(frozen=True, slots=True)
class Text:
    """A value given as text on the command line: what it means depends on the variable's type."""

    text: str

    def read(self, type_: Type, scope: Scope) -> Any:
        """Give the value: the text itself for simple types, an expression for all others."""
        if type_.name in ("any", "string", "number", "bool"):
            return self.text
        spot = Spot("<value>", 1)
        if self.text.lstrip()[:1] in "[{":
            try:
                return json.loads(self.text)
            except (ValueError, RecursionError):
                pass
        return evaluate(parse_expression(self.text, spot), scope)
