"""The reader of `.tf.json`: the same tree as HCL gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.iac.hcl.evaluate import evaluate
from scanner.iac.hcl.expressions import expression_of_json
from scanner.iac.hcl.json_syntax import parse_json
from scanner.iac.hcl.nodes import Malformed, Traversal
from scanner.iac.hcl.syntax import parse
from scanner.iac.hcl.tree import Body
from scanner.iac.hcl.values import Scope
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

HCL = """
resource "aws_db_instance" "a" {
  retention = 7
  name      = "x-${1 + 1}"
  tags      = { A = "b" }
  lifecycle {
    prevent_destroy = true
  }
  dynamic "rule" {
    for_each = [1]
    content {
      a = 1
    }
  }
}
locals {
  z = [1, -2.5, null, true]
}
module "m" {
  source = "./m"
}
"""
JSON = {
    "resource": {
        "aws_db_instance": {
            "a": {
                "//": "kept",
                "retention": 7,
                "name": "x-${1 + 1}",
                "tags": {"A": "b"},
                "lifecycle": {"prevent_destroy": True},
                "dynamic": {"rule": [{"for_each": [1], "content": {"a": 1}}]},
            }
        }
    },
    "locals": [{"z": [1, -2.5, None, True]}],
    "module": {"m": {"source": "./m"}},
}


def shape(body: Body) -> Any:
    return (
        {one.name: evaluate(one.expression, Scope()) for one in body.attributes.values()},
        [(one.type, one.labels, shape(one.body)) for one in body.blocks],
    )


def test_json_says_what_hcl_says() -> None:
    document = parse_json(json.dumps(JSON), "m.tf.json")
    assert not document.wrong
    assert shape(document.body) == shape(parse(HCL, "m.tf").body)


def test_places_and_comments() -> None:
    text = '{\n  "//": "backup-scan:waive BK1",\n  "resource": {"a": {"b": {\n    "x": "${var.y}"\n  }}}\n}\n'
    document = parse_json(text, "m.tf.json")
    assert document.comments == {2: "backup-scan:waive BK1"}
    assert document.alone == {2}
    block = document.body.blocks[0]
    assert block.spot == Spot("m.tf.json", 3, 22, 5, 4)
    attribute = block.body.attributes["x"]
    assert attribute.spot == Spot("m.tf.json", 4, 5, 4, 20)
    assert isinstance(attribute.expression, Traversal)
    assert attribute.expression.spot == attribute.value_spot == Spot("m.tf.json", 4, 10, 4, 20)


def test_lists_of_blocks_and_repeated_names_are_all_blocks() -> None:
    text = '{"resource": [{"a": {"b": [{"x": 1}]}}, {"a": {"c": {}}}], "resource": {"a": {"d": {}}}, "output": null}'
    document = parse_json(text, "m.tf.json")
    assert [one.labels for one in document.body.blocks] == [("a", "b"), ("a", "c"), ("a", "d")]
    assert not document.wrong


def test_texts_of_variables_are_not_templates() -> None:
    variable = parse_json('{"variable": {"v": {"default": "${x}"}}}', "m.tf.json").body.blocks[0]
    assert evaluate(variable.body.attributes["default"].expression, Scope()) == "${x}"
    values = parse_json('{"resource": "${x}"}', "x.tfvars.json").body
    assert evaluate(values.attributes["resource"].expression, Scope()) == "${x}"


def test_an_attribute_set_twice_has_no_value() -> None:
    document = parse_json('{"locals": {"a": 1,\n "a": 2, "b": {"c": 1, "c": 2}}}', "m.tf.json")
    assert [(one.spot.line, one.message) for one in document.wrong] == [(2, "a is set twice, first on line 1")]
    found = document.body.blocks[0].body.attributes
    assert isinstance(found["a"].expression, Malformed)
    assert isinstance(evaluate(found["b"].expression, Scope()), Unresolved)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected a value"),
        ("{", "expected a name in quotes or }"),
        ('{"a" 1}', "expected a colon, not a number"),
        ('{"a": }', "expected a value, not }"),
        ('{"a": 1,}', "expected a name in quotes, not }"),
        ('{"a": [1 2]}', "expected a comma or ], not a number"),
        ('{"a": "\\q"}', "there is an escape in this text that is none"),
        ('{"a": tru}', "expected a value"),
        ('{"a": 1} x', "expected the end of the file"),
        ("[" * 200_000, "it is nested deeper than 100 levels"),
        ('{"a":' * 200_000, "it is nested deeper than 100 levels"),
        ('{"resource": 5}', "expected an object ({…}) for resource"),
    ],
)
def test_a_mistake_is_said(text: str, expected: str) -> None:
    document = parse_json(text, "m.tf.json")
    assert document.wrong[0].message == expected
    assert document.body.damaged is document.wrong[0]


def test_what_stands_before_a_mistake_is_read_and_what_it_cuts_off_has_no_value() -> None:
    text = '{"resource": {"a": {"b": {"x": 1}, "c": {"y": 2, "z": [1,\n oops'
    document = parse_json(text, "m.tf.json")
    first, second = document.body.blocks
    assert (first.labels, first.body.damaged, evaluate(first.body.attributes["x"].expression, Scope())) == (
        ("a", "b"),
        None,
        1,
    )
    assert second.body.damaged is document.wrong[0]
    assert isinstance(second.body.attributes["z"].expression, Malformed)


def test_plain_values_become_expressions() -> None:
    found = evaluate(expression_of_json({"a": ["x${1 + 1}", 1, None]}, Spot("m", 1)), Scope())
    assert found == {"a": ["x2", 1, None]}
