"""Whatever the text is, reading and evaluating it ends, with a tree and values, never with an exception."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.iac.hcl.evaluate import evaluate
from scanner.iac.hcl.expressions import parse_expression, parse_template, references
from scanner.iac.hcl.json_syntax import parse_json
from scanner.iac.hcl.nodes import Malformed
from scanner.iac.hcl.syntax import parse
from scanner.iac.hcl.tree import Body
from scanner.iac.hcl.values import Object, Scope, Tuple
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

TOKENS = [
    "a",
    "var.x",
    "local.y",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    ",",
    ".",
    "=",
    "==",
    "=>",
    "?",
    ":",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "<",
    ">",
    "&&",
    "||",
    "...",
    '"',
    "${",
    "%{",
    "~",
    "~}",
    "$${",
    "%%{",
    "<<A",
    "<<-A",
    "A",
    "\n",
    "\r\n",
    "#",
    "//",
    "/*",
    "*/",
    "for",
    "in",
    "if",
    "else",
    "endif",
    "endfor",
    "true",
    "false",
    "null",
    "0",
    "1",
    "12",
    "1.5",
    "1e9",
    "try(",
    "can(",
    "length(",
    "upper(",
    "max(",
    "jsonencode(",
    "[*]",
    ".*",
    ".0",
    "[0]",
    "\\",
    "\\n",
    "\\u00e9",
    "\ufeff",
    "\x01",
    "é",
    "'x'",
    "resource",
    "locals",
    '"a"',
    '"b"',
    "{",
    "}",
    "\n",
    "}",
    "=>",
    "::",
    ";",
]
SOUP = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)
SPACED = st.lists(st.sampled_from(TOKENS), max_size=40).map(" ".join)
TEXTS = SOUP | SPACED | st.text(max_size=80) | st.binary(max_size=80).map(lambda one: one.decode("latin-1"))
U = Unresolved("it is open", ("var.u",))
NAMES: dict[str, Any] = {"a": Tuple([1, "x", None, U]), "var": Object(x=U, y=5), "local": Object(y=Object(z=True))}


class Names(Scope):
    def get(self, name: str) -> Any:
        return NAMES[name] if name in NAMES else super().get(name)


def look(body: Body) -> None:
    for attribute in body.attributes.values():
        assert attribute.spot.line >= 1
        assert attribute.lines.text[attribute.offset : attribute.end] == attribute.source
        evaluate(attribute.expression, Names())
    for block in body.blocks:
        assert block.spot.line >= block.header.line
        look(block.body)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_as_a_file(text: str) -> None:
    document = parse(text, "m.tf")
    look(document.body)
    assert (document.body.damaged is None) or document.wrong
    for line in document.comments:
        assert 1 <= line <= text.count("\n") + 1
    look(parse(f'resource "a" "b" {{\n  x = {text}\n}}\n', "m.tf").body)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_as_an_expression(text: str) -> None:
    for expression in (parse_expression(text, Spot("m.tf", 1)), parse_template(text, Spot("m.tf", 1))):
        references(expression)
        value = evaluate(expression, Names())
        assert isinstance(expression, Malformed) <= isinstance(value, Unresolved)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | SOUP,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["resource", "a", "//", "dynamic", "locals", "content", "${a}"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON, st.integers(0, 200))
@settings(max_examples=300, deadline=None)
def test_any_json_is_read(value: Any, cut: int) -> None:
    import json

    text = json.dumps(value)
    look(parse_json(text, "m.tf.json").body)
    look(parse_json(text[:cut], "m.tf.json").body)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_as_json(text: str) -> None:
    look(parse_json(text, "m.tf.json").body)


@given(
    st.lists(
        st.sampled_from(['resource "a" "b" {\n  x = 1\n}\n', "locals {\n  y = [1,\n 2]\n}\n", "z = <<A\nq\nA\n"]),
        max_size=6,
    ),
    TEXTS,
)
@settings(max_examples=200, deadline=None)
def test_what_stands_before_a_mistake_is_read(good: list[str], bad: str) -> None:
    before = "".join(dict.fromkeys(good))
    whole, alone = parse(before + bad, "m.tf"), parse(before, "m.tf")
    if "\0" not in bad:
        assert [(one.type, one.labels) for one in whole.body.blocks[: len(alone.body.blocks)]] == [
            (one.type, one.labels) for one in alone.body.blocks
        ]
