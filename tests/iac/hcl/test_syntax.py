"""The reader of blocks: forms of HCL, places, comments, and files that are wrong in every way."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.hcl.nodes import Malformed
from scanner.iac.hcl.syntax import parse
from scanner.iac.hcl.tree import Body
from scanner.model.reading import Spot


def shape(body: Body) -> Any:
    """Give what a body holds as plain data."""
    return (
        {one.name: one.source for one in body.attributes.values()},
        [(one.type, *one.labels, shape(one.body)) for one in body.blocks],
    )


def test_blocks_attributes_and_labels() -> None:
    document = parse('resource "aws_x" y {\n  a = 1\n  b { c = 2 }\n  b {\n  }\n}\nlocals {}\n', "m.tf")
    assert not document.wrong
    assert shape(document.body) == (
        {},
        [("resource", "aws_x", "y", ({"a": "1"}, [("b", ({"c": "2"}, [])), ("b", ({}, []))])), ("locals", ({}, []))],
    )


@pytest.mark.parametrize(
    "source",
    [
        "1",
        '"a # b"',
        '"a // b"',
        '"${f("}")}"',
        '"${f("${g("x")}")}"',
        '"$${not"',
        '"%%{not"',
        '"a\\"b"',
        "[\n  1, # one ]\n  2, // two }\n  /* ) */ 3\n]",
        "{\n  a = 1\n  b = [2]\n}",
        "f(\n  1,\n  2\n)",
        "<<EOT\n}\n]\n${a}\nEOT",
        "<<-EOT\n  text\n  EOT",
        '<<POLICY3\n{"a": "b"}\nPOLICY3',
        "<<A-B\nx\nA-B",
        "<<EOT\n${f(<<IN\nEOT\nIN\n)}\nEOT",
        "<<EOT\n $${ %%{ \nEOT",
        '"%{ if a }x%{ else }y%{ endif }"',
        "a ? b : c",
        "a / b",
        "a < b",
        "[<<A\nx\nA\n, 1]",
        '"${a\n}"',
    ],
)
def test_an_expression_ends_where_it_ends(source: str) -> None:
    for newline in ("\n", "\r\n"):
        text = f"b {{\n  x = {source}\n  y = 2\n}}\n".replace("\n", newline)
        document = parse(text, "m.tf")
        assert not document.wrong
        found = document.body.blocks[0].body.attributes
        assert found["x"].source == source.replace("\n", newline)
        assert not isinstance(found["x"].expression, Malformed)
        assert found["y"].source == "2"


def test_places_are_lines_and_columns() -> None:
    document = parse('\ufeffa = 1\r\nresource "x" "y" {\r\n  tags = {\r\n    a = b\r\n  }\r\n}', "d/m.tf")
    assert document.body.attributes["a"].spot == Spot("d/m.tf", 1, 1, 1, 6)
    block = document.body.blocks[0]
    assert block.header == Spot("d/m.tf", 2, 1, 2, 19)
    assert block.spot == Spot("d/m.tf", 2, 1, 6, 2)
    tags = block.body.attributes["tags"]
    assert (tags.spot, tags.value_spot) == (Spot("d/m.tf", 3, 3, 5, 4), Spot("d/m.tf", 3, 10, 5, 4))
    assert tags.expression.items[0][1].spot == Spot("d/m.tf", 4, 9, 4, 10)
    assert block.lines.text[tags.offset : tags.end] == tags.source


def test_comments_are_kept_by_line() -> None:
    document = parse(
        "# one\nb { // two\n  a = 1 # three\n  /* four\n     five */\n  c = [ # six\n  2]\n  d = 1 /* seven */ // eight\n}\n",
        "m.tf",
    )
    assert document.comments == {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 8: "seven eight"}
    assert document.alone == {1, 4, 5}


def test_a_comment_with_a_waiver_is_found() -> None:
    text = 'a = 1 # backup-scan:waive BK201 reason="#1 // x" until=2026-12-31\n'
    assert parse(text, "m.tf").comments == {1: 'backup-scan:waive BK201 reason="#1 // x" until=2026-12-31'}


AFTER = 'resource "after" "it" {\n  kept = 1\n}\n'


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ('resource "a" "b" {\n  x = [1, 2\n  y = 3\n}\n', 2, "the [ that is opened here is not closed"),
        ('resource "a" "b" {\n  x = f(1\n}\n', 2, "the ( that is opened here is not closed"),
        ('resource "a" "b" {\n  x = "open\n  y = 3\n}\n', 2, 'the " that is opened here is not closed on its line'),
        ('resource "a" "b" {\n  x = {\n    y = 1\n}\n', 1, "the { of resource is not closed"),
        ('resource "a" "b" {\n  x = 1\n', 1, "the { of resource is not closed"),
        ('resource "a" "b" {\n  nested {\n    x = 1\n}\n', 1, "the { of resource is not closed"),
        ('resource "a" "b" {\n  x\n}\n', 2, "expected an attribute"),
        ('resource "a" "b" {\n  x =\n}\n', 2, "expected a value after x ="),
        ('resource "a" "b" {\n  x = 1\n  x = 2\n}\n', 3, "x is set twice, first on line 2"),
        ('resource "a" "b" {\n  x = 1, y = 2\n}\n', 2, "expected the end of the expression"),
        ('resource "a" "b" {\n  x = 1 y = 2\n}\n', 2, "expected the end of the expression"),
        ('resource "a" "b" { x = 1, y = 2 }\n', 1, "expected the end of the expression"),
        ('resource "a" "b"\n{\n  x = 1\n}\n', 1, "the { of a block stands on the line of its type"),
        ('resource "a" "b" {\n  "x" = 1\n}\n', 2, "the name of an attribute is written without quotes"),
        ('resource "a" "b" {\n}\n}\n', 3, "there is a } that closes nothing"),
        ('resource "a" "b" {\n  x = 1 )\n}\n', 2, "there is a ) that closes nothing"),
        ("<<<<<<< HEAD\n", 1, "expected an attribute"),
        ("/* never closed\n", 1, "expected an attribute"),
    ],
)
def test_a_mistake_is_said_and_the_rest_is_read(text: str, line: int, expected: str) -> None:
    document = parse(text + AFTER, "m.tf")
    assert [(one.spot.line, one.message[: len(expected)]) for one in document.wrong] == [(line, expected)]
    last = document.body.blocks[-1]
    assert (last.type, last.labels, shape(last.body)) == ("resource", ("after", "it"), ({"kept": "1"}, []))
    assert last.body.damaged is None
    assert not isinstance(last.body.attributes["kept"].expression, Malformed)


@pytest.mark.parametrize(
    "inside",
    [
        "  x = [1, 2\n  y = 3\n",
        "  x = f(1\n  y = 3\n",
        '  x = {\n  a = "b\n  y = 3\n  }\n',
        "  y = 4\n  y = 3\n",
        "  x = 1, y = 3\n",
    ],
)
def test_what_a_mistake_may_have_hidden_is_not_taken_for_a_value(inside: str) -> None:
    body = parse(f'resource "a" "b" {{\n{inside}}}\n', "m.tf").body.blocks[0].body
    assert body.damaged is not None
    assert "y" not in body.attributes or isinstance(body.attributes["y"].expression, Malformed)


def test_two_lost_braces_are_two_mistakes() -> None:
    document = parse('resource "a" "b" {\n  x = {\n    y = 1\n' + AFTER, "m.tf")
    assert [(one.spot.line, one.message) for one in document.wrong] == [
        (2, "the { that is opened here is not closed"),
        (1, "the { of resource is not closed"),
    ]
    assert [one.labels for one in document.body.blocks] == [("a", "b"), ("after", "it")]


def test_an_unclosed_heredoc_takes_the_rest_and_says_so() -> None:
    document = parse('resource "a" "b" {\n  x = <<EOT\ntext\n}\n' + AFTER, "m.tf")
    assert document.wrong[0].message == "the heredoc that begins here has no line EOT"
    assert document.wrong[0].spot.line == 2
    assert document.body.blocks[0].body.damaged is not None


def test_a_binary_file_is_one_mistake() -> None:
    document = parse("\x7fELF\0\0resource", "m.tf")
    assert [one.message for one in document.wrong] == ["this is not a text file (it holds a zero byte)"]
    assert document.body.damaged is document.wrong[0]


def test_blocks_nested_too_deeply_are_a_mistake() -> None:
    document = parse("b {\n" * 300 + "}\n" * 300 + AFTER, "m.tf")
    assert [one.message for one in document.wrong] == ["blocks are nested deeper than 100 levels"]
    assert document.body.blocks[-1].labels == ("after", "it")


@pytest.mark.parametrize("unit", ["[", "(", "{", '"${', "f(", "-", "!", "a ? b : ", "[for x in y : ", "{a = "])
def test_expressions_nested_too_deeply_are_malformed(unit: str) -> None:
    document = parse(f"a = {unit * 100_000}\nb = 1\n", "m.tf")
    assert isinstance(document.body.attributes["a"].expression, Malformed)


@pytest.mark.parametrize(
    "unit",
    [
        AFTER,
        "a = [\n",
        "a = <<X\n",
        'a = "x\n',
        "b {\n",
        "}\n",
        "\x01\x02\n",
        "a = 1, \n",
        'r "a" {\n x = {\n}\n',
        "a = <<E\n${a} ${b}\nE\n",
        'a = "${',
        "/* ",
        '"',
        "a ",
        "<<A\n",
        "# c\n",
        'resource "a" "b" {\n x = [\n',
    ],
)
def test_a_long_text_of_one_thing_is_read_to_its_end(unit: str) -> None:
    # What grows faster than the text would not come back before the suite's timeout.
    text = (unit * (2_000_000 // len(unit) + 1))[:2_000_000]
    assert parse(text, "m.tf").file == "m.tf"
