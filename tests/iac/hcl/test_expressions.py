"""Expressions have the values that Terraform gives them: equal, or honestly unknown, none wrong."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Self

import pytest

from scanner.iac.hcl.arithmetic import written
from scanner.iac.hcl.evaluate import evaluate
from scanner.iac.hcl.expressions import parse_expression
from scanner.iac.hcl.syntax import parse
from scanner.iac.hcl.values import ListValue, MapValue, Object, Scope, SetValue
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved, unresolved_in

KEPT = json.loads(Path(__file__).with_name("expressions.json").read_text(encoding="utf-8"))
FIXTURE = "\n".join(KEPT["fixture"])
ERROR = "ERROR"
#: what no number of ours says, and what only the types of empty collections tell
UNKNOWN = {
    "1 % 0",
    'false ? "a" : 1 / 0',
    "tolist([]) == tolist([])",
    "toset([]) == toset([])",
    "tomap({}) == tomap({})",
}
#: Terraform refuses these, and the values here do no harm: `&&` does not look at its right side since Terraform 1.12;
#: the types of what an empty list and a null would have held are not known here
LENIENT = {"false && null": False, "var.empty[*].x": [], "var.none[*]": []}


class Names(Scope):
    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def get(self, name: str) -> Any:
        return self.names[name] if name in self.names else super().get(name)


def _fixture() -> Names:
    typed = {"words": ListValue, "one": SetValue, "days": MapValue, "empty": ListValue}
    variables = Object()
    scope = Names({"var": variables, "local": Object()})
    document = parse(FIXTURE, "fixture.tf")
    assert not document.wrong
    for block in document.body.blocks_of("variable"):
        value = evaluate(block.body.attributes["default"].expression, scope)
        variables[block.labels[0]] = typed.get(block.labels[0], lambda one: one)(value)
    for block in document.body.blocks_of("locals"):
        for name, attribute in block.body.attributes.items():
            scope.names["local"][name] = evaluate(attribute.expression, scope)
    return scope


SCOPE = _fixture()


def value_of(source: str) -> Any:
    return evaluate(parse_expression(source, Spot("x.tf", 1)), SCOPE)


def as_json(value: Any) -> str:
    """Write a value as JSON, its numbers as Terraform writes them."""
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return written(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{as_json(value[key])}" for key in sorted(value)) + "}"
    return "[" + ",".join(map(as_json, value)) + "]"


class Digits(float):
    """A number of Terraform's, digit by digit."""

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str


def normal(text: str) -> str:
    def write(value: Any) -> str:
        if isinstance(value, Digits):
            return value.text
        if isinstance(value, dict):
            return "{" + ",".join(f"{json.dumps(key)}:{write(value[key])}" for key in sorted(value)) + "}"
        return (
            "[" + ",".join(map(write, value)) + "]"
            if isinstance(value, list)
            else json.dumps(value, ensure_ascii=False)
        )

    return write(json.loads(text, parse_int=Digits, parse_float=Digits))


@pytest.mark.parametrize(("source", "truth"), KEPT["values"], ids=[repr(one[0])[:60] for one in KEPT["values"]])
def test_an_expression_has_terraforms_value(source: str, truth: str) -> None:
    value = value_of(source)
    if source in LENIENT:
        assert truth == ERROR
        assert value == LENIENT[source]
    elif truth == ERROR or source in UNKNOWN:
        assert isinstance(value, Unresolved)
    else:
        assert unresolved_in(value) is None
        assert as_json(value) == normal(truth)


def test_there_are_enough_expressions() -> None:
    assert len(KEPT["values"]) >= 450


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on this machine")
def test_terraform_still_says_so(tmp_path: Path) -> None:
    items = ",\n".join(f'try(jsonencode({source}), "{ERROR}")' for source, _ in KEPT["values"])
    (tmp_path / "main.tf").write_text(
        f"{FIXTURE}\nlocals {{\n  all = [\n{items},\n]\n}}\n", encoding="utf-8", newline=""
    )
    answer = subprocess.run(
        ["terraform", "console"],
        cwd=tmp_path,
        input="base64encode(jsonencode(local.all))\n",
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    found = json.loads(base64.b64decode(answer.stdout.strip().splitlines()[-1].strip('"')))
    assert dict(zip([source for source, _ in KEPT["values"]], found, strict=True)) == dict(KEPT["values"])
