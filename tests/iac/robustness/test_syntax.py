"""Mistakes of syntax are found wherever they are, in time linear in the file, and told without what may be a secret."""

from __future__ import annotations

import pytest

from scanner.iac.hcl.mistakes import MOST
from scanner.iac.hcl.syntax import parse
from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Repository

GOOD = 'resource "aws_x" "good" {\n  v = 7\n}\n'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("unread = [1 2]", "expected a comma or ], not a number"),
        ("unread = foo(1", "the ( that is opened here is not closed"),
        ('unread = "a" "b"', 'expected the end of the expression, not "'),
        ('unread = "${1 +}"', "expected a value, not }"),
        ('unread = "\\q"', "\\q is no escape"),
        ('unread = "%{ if true }x"', "this if has no endif"),
        ("unread = {a b}", "expected = after the name of an attribute, not a name"),
        ("unread = [for x in y : ]", "expected a value, not ]"),
        ("unread = a.0.1", "two indexes are written [0][1], not .0.1"),
        ("unread = hunter2 hunter3", "expected the end of the expression, not a name"),
        ("inner {\n    deeper {\n      unread = 1 +\n    }\n  }", "expected a value, the expression ends here"),
    ],
)
def test_a_mistake_in_what_nobody_reads_is_told(repository: Repository, line: str, said: str) -> None:
    read = repository.read({"main.tf": f'\n\nresource "aws_x" "a" {{\n  v = 7\n  {line}\n}}\n', "good.tf": GOOD})
    problem = read.code.problems[0]
    assert problem.message.startswith(said)
    assert problem.broken
    assert problem.spot.file == "main.tf"
    assert problem.spot.line == 5 + line[: line.find("unread")].count("\n")
    assert read.value("v", "aws_x.good") == 7
    assert read.value("v") == 7


def test_mistakes_are_told_in_locals_outputs_and_variables_too(repository: Repository) -> None:
    read = repository.read(
        'locals {\n  a = [1 2]\n}\noutput "o" {\n  value = 1 +\n}\nvariable "v" {\n  default = a b\n}\n'
    )
    assert [one.spot.line for one in read.code.problems] == [2, 5, 8]


def test_a_mistake_is_told_once_also_where_the_value_is_read(repository: Repository) -> None:
    read = repository.read('resource "aws_x" "a" {\n  v = [1 2]\n  w = [1 2]\n}\n')
    assert isinstance(read.value("v"), Unresolved)
    assert [one.spot.line for one in read.code.problems] == [2, 3]


def test_what_a_mistake_may_have_swallowed_is_not_taken_for_missing(repository: Repository) -> None:
    read = repository.read('resource "aws_x" "a" {\n  v = "a" inner {\n    w = 1\n  }\n  x = 1\n}\n')
    assert read.code.problems
    assert isinstance(read.value("inner"), Unresolved)


def test_what_is_only_wrong_when_it_is_worked_out_is_no_mistake_of_syntax(repository: Repository) -> None:
    read = repository.read(
        'module "m" {\n  source = "./m"\n  providers = {\n    aws.other = aws.one\n  }\n}\n'
        'resource "aws_x" "a" {\n  v = {\n    a.b = 1\n  }\n  w = upper(1, 2)\n  x = 1 / 0\n}\n'
    )
    assert [one.message for one in read.code.problems if "module.m" not in one.message] == []
    assert isinstance(read.value("v"), Unresolved)


def test_mistakes_in_templates_of_json_and_names_that_stand_there_twice(repository: Repository) -> None:
    read = repository.read(
        {
            "main.tf.json": '{"resource": {"aws_x": {"a": {\n  "v": 7,\n  "t": "${1 +}",\n  "o": {"k": 1,\n "k": 2},\n'
            '  "l": [{"m": "%{ if x }"}]\n}}}}\n'
        }
    )
    assert [(one.spot.line, one.message.split(",")[0]) for one in read.code.problems] == [
        (3, "expected a value"),
        (5, "k is set twice"),
        (6, "this if has no endif"),
    ]
    assert read.value("v") == 7


def test_many_mistakes_are_not_all_told(repository: Repository) -> None:
    read = repository.read("".join(f'resource "aws_x" "a{at}" {{\n  v = [{at} 2]\n}}\n' for at in range(500)))
    assert len(read.code.problems) == MOST
    assert isinstance(read.value("v", "aws_x.a499"), Unresolved)


@pytest.mark.parametrize(
    "unit",
    [
        ("b {\n", "}\n"),
        ('dynamic "b" {\nfor_each = [1]\ncontent {\n', "}\n}\n"),
        ("b {\n", ""),
        ("v = [\n", ""),
        ("v = {\na = ", "\n}"),
        ('v = "${', ""),
        ("v = <<A\n", ""),
        ("b {}\n", ""),
        ("v = [1 2]\n", ""),
    ],
)
def test_reading_is_linear_however_it_is_nested(unit: tuple[str, str]) -> None:
    for count in (1_000, 50_000):
        document = parse(unit[0] * count + unit[1] * count, "m.tf")
        assert len(document.wrong) <= 200


def test_a_long_expression_is_said_short(repository: Repository) -> None:
    items = "    1,\n" * 60_000
    read = repository.read(f'resource "aws_x" "a" {{\n  v = upper([\n{items}  ])\n}}\n')
    value = read.value("v")
    assert isinstance(value, Unresolved)
    assert len(value.why) < 200
