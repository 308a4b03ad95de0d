"""Documents are plain values, whose places are known, whatever is wrong with the file."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from scanner.iac.cloudformation.document import LARGEST, Document, is_template, may_be_template, parse, read
from scanner.model.unresolved import Unresolved


def yaml(text: str | bytes) -> Document:
    return parse(text if isinstance(text, bytes) else dedent(text).encode(), "t.yaml")


def json(text: str) -> Document:
    return parse(text.encode(), "t.json")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Sub 'a${B}'", {"Fn::Sub": "a${B}"}),
        ("!Sub ['a${B}', {B: 1}]", {"Fn::Sub": ["a${B}", {"B": 1}]}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": "A.B.C"}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!If [C, 1, !Ref AWS::NoValue]", {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}),
        ("!Join ['-', [a, b]]", {"Fn::Join": ["-", ["a", "b"]]}),
        ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ("!Split [',', 'a,b']", {"Fn::Split": [",", "a,b"]}),
        ("!FindInMap [A, b, c]", {"Fn::FindInMap": ["A", "b", "c"]}),
        ("!ImportValue x", {"Fn::ImportValue": "x"}),
        ("!Base64 x", {"Fn::Base64": "x"}),
        ("!Cidr [a, 1, 2]", {"Fn::Cidr": ["a", 1, 2]}),
        ("!Transform {Name: X}", {"Fn::Transform": {"Name": "X"}}),
        ("!Condition C", {"Condition": "C"}),
        ("!And [!Condition C, !Not [!Equals [a, b]]]", {"Fn::And": [{"Condition": "C"}, {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}]}),
        ("!Or [a, b]", {"Fn::Or": ["a", "b"]}),
        ("!ToJsonString {a: 1}", {"Fn::ToJsonString": {"a": 1}}),
        ("!Length [1]", {"Fn::Length": [1]}),
        ("!Rain::Module x.yaml", {"!Rain::Module": "x.yaml"}),
        ("!<tag:example.com,2000:x> y", {"!tag:example.com,2000:x": "y"}),
        ("!!str 0123", "0123"),
        ("!!int '7'", 7),
    ],
)  # fmt: skip
def test_tags_are_written_out(short: Any, long: Any) -> None:
    document = yaml(f"P: {short}")
    assert document.value == {"P": long}
    assert not document.problems


def test_tags_of_yaml_that_are_no_data_stay_open() -> None:
    assert isinstance(yaml("P: !!binary aGk=").value["P"], Unresolved)
    assert yaml("P: !!set {a, b}").value == {"P": {"a": None, "b": None}}


def test_aliases_and_merge_keys_are_followed() -> None:
    document = yaml("""\
        base: &base {a: 1, b: 2}
        more: &more {b: 3, c: 4}
        one: {<<: *base, b: 5}
        two: {<<: [*base, *more], d: *base}
        kept: {"<<": 1}
        again: &base x
        last: *base
    """)
    assert document.value["one"] == {"a": 1, "b": 5}
    assert document.value["two"] == {"a": 1, "b": 2, "c": 4, "d": {"a": 1, "b": 2}}
    assert document.value["kept"] == {"<<": 1}
    assert document.value["last"] == "x"
    assert not document.problems
    assert document.spot(("one", "a")).line == 1
    assert document.spot(("two", "c")).line == 2


def test_keys_are_texts_whatever_they_look_like() -> None:
    document = yaml("""\
        123456789012: a
        on: b
        ~: c
        1.5: d
        ? [x]
        : lost
        e: f
    """)
    assert document.value == {"123456789012": "a", "on": "b", "~": "c", "1.5": "d", "e": "f"}
    (problem,) = document.problems
    assert problem.spot.said == "t.yaml:5"
    assert "as a key" in problem.message


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_key_given_twice_is_told_and_not_decided(kind: Any) -> None:
    texts = {
        "yaml": "Resources:\n  A:\n    Properties:\n      X: 1\n      X: 2\n      Y: 3\n",
        "json": '{"Resources": {"A":\n{"Properties":\n{\n"X": 1,\n"X": 2, "Y": 3}}}}',
    }
    document = parse(texts[kind].encode(), f"t.{kind}")
    properties = document.value["Resources"]["A"]["Properties"]
    assert isinstance(properties["X"], Unresolved)
    assert properties["X"].choices == (1, 2)
    assert properties["Y"] == 3
    (problem,) = document.problems
    assert (problem.spot.line, problem.broken) == (5, True)
    assert problem.message == "X is given twice: also in line 4"


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_sections_given_twice_are_read_together(kind: Any) -> None:
    texts = {
        "yaml": "Resources:\n  A: {Type: X}\nResources:\n  B: {Type: Y}\n  A: {Type: Z}\n",
        "json": '{"Resources": {"A": {"Type": "X"}},\n"Resources": {"B": {"Type": "Y"}, "A": {"Type": "Z"}}}',
    }
    document = parse(texts[kind].encode(), f"t.{kind}")
    assert document.value == {"Resources": {"A": {"Type": "Z"}, "B": {"Type": "Y"}}}
    assert [problem.message for problem in document.problems] == ["Resources is given twice: also in line 1"]
    assert document.spot(("Resources", "B", "Type")).line == {"yaml": 4, "json": 2}[kind]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_are_those_of_the_key_with_its_value(ending: Any, mark: Any) -> None:
    text = mark + ending.join(["Resources:", "  Ä😀:", "    Type: X", "    P:", "      - a: 1", "        b: |", "          x", "", "      - c", "", "  Next: 1", ""])  # fmt: skip
    document = parse(text.encode(), "t.yaml")

    def place(*path: str | int) -> Any:
        spot = document.spot(path)
        return spot.line, spot.column, spot.end_line, spot.end_column

    assert place("Resources", "Ä😀", "Type") == (3, 5, 3, 12)
    assert place("Resources", "Ä😀", "P", 0) == (5, 9, 7, 12)
    assert place("Resources", "Ä😀", "P", 0, "b") == (6, 9, 7, 12)
    assert place("Resources", "Ä😀", "P", 1) == (9, 9, 9, 10)
    assert place("Resources", "Ä😀") == (2, 3, 9, 10)
    assert place("Resources", "Ä😀", "Not", "there") == (2, 3, 9, 10)
    assert place("Resources", "Next") == (11, 3, 11, 10)


def test_places_in_json() -> None:
    document = json('{\n "Resources": {\n  "A": {"P": [1,\n   {"k": "v\\"}", "e": {}}, []]},\n  "B": 2\n }\n}\n')

    def place(*path: str | int) -> Any:
        spot = document.spot(path)
        return spot.line, spot.column, spot.end_line, spot.end_column

    assert place("Resources", "A") == (3, 3, 4, 32)
    assert place("Resources", "A", "P", 1, "k") == (4, 5, 4, 16)
    assert place("Resources", "A", "P", 1, "e") == (4, 18, 4, 25)
    assert place("Resources", "A", "P", 2) == (4, 28, 4, 30)
    assert place("Resources", "A", "P", 9) == (3, 9, 4, 31)
    assert place("Resources", "B") == (5, 3, 5, 9)
    assert place("Nowhere") == (1, 1, 7, 2)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("A: [1, 2\nB: 3\n", 2, "YAML"),
        ("A:\n\tB: 1\n", 2, "YAML"),
        ("A: 'x\nB: 1\n", 3, "YAML"),
        ("A: \x07\n", 1, "YAML"),
        ("ok: 1\nA: \x00b\n", 2, "YAML"),
        ('{"A": 1,\n "B" 2}', 2, "JSON"),
        ('{"A": 1,\n "B": tru}', 2, "JSON"),
        ('{"A": [1,\n 2}', 2, "JSON"),
        ('{"A": 1', 1, "JSON"),
        ('{"A": {"B": {"C": 1}}', 1, "JSON"),
    ],
)
def test_what_is_not_well_formed_is_told_with_its_line(text: Any, line: Any, said: Any) -> None:
    document = parse(text.encode(), "t.json" if said == "JSON" else "t.yaml")
    (problem,) = document.problems
    assert problem.spot.line == line, problem
    assert problem.message.startswith(f"is not well-formed {said}: ")
    assert problem.broken


def test_tabs_are_explained() -> None:
    (problem,) = yaml("A:\n\tB: 1\n").problems
    assert problem.hint == "indent with spaces"


def test_yaml_in_flow_style_and_nearly_json() -> None:
    assert yaml("{Resources: {A: {Type: X}}}").value == {"Resources": {"A": {"Type": "X"}}}
    document = json('{"Resources": {"A": {"Type": "X"},}}')
    assert document.value == {"Resources": {"A": {"Type": "X"}}}
    assert "JSON" in document.problems[0].message


def test_text_after_the_json_is_told() -> None:
    document = json('{"A": 1}\n{"B": 2}')
    assert document.value == {"A": 1}
    assert document.problems[0].spot.line == 2


def test_one_document_of_several_is_read() -> None:
    document = yaml("---\n---\nResources: {}\n---\nkind: Deployment\n")
    assert document.value == {"Resources": {}}
    (problem,) = document.problems
    assert (problem.spot.line, problem.message[:17]) == (4, "a second document")
    assert yaml("").value is None
    assert yaml("--- \n...\n").value is None


def test_an_alias_of_nothing_or_of_itself() -> None:
    document = yaml("a: *b\nc: &c [*c, 1]\n")
    assert isinstance(document.value["a"], Unresolved)
    assert isinstance(document.value["c"][0], Unresolved)
    assert [problem.spot.line for problem in document.problems] == [1, 2]


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    document = yaml("\n".join(lines))
    assert document.value is None
    assert "aliases expand to more than 1,000,000 values" in document.problems[0].message


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 50_000, "[{" * 30_000, '{"a":' * 100_000, "[" * 5000 + "]" * 5000])  # fmt: skip
@pytest.mark.parametrize("name", ["t.yaml", "t.json"])
def test_deep_nesting_ends_in_a_problem(text: Any, name: Any) -> None:
    document = parse(text.encode(), name)
    assert document.problems
    assert document.value is None


@pytest.mark.parametrize("data", [b"Resources: \xe9", b"\x00\x01\x02", bytes(range(256))])
def test_binary_is_a_problem(data: Any) -> None:
    document = parse(data, "t.yaml")
    assert document.value is None
    assert document.problems


def test_utf_16_is_read() -> None:
    text = "Resources:\n  A: {Type: X}\n"
    assert yaml(text.encode("utf-16")).value == {"Resources": {"A": {"Type": "X"}}}
    assert may_be_template(text.encode("utf-16"))


def test_numbers_no_computer_needs() -> None:
    assert json('{"A": ' + "9" * 6000 + ', "B": NaN, "C": -Infinity}').value == {
        "A": "9" * 6000,
        "B": "NaN",
        "C": "-Infinity",
    }


def test_half_of_a_character_becomes_a_sign_for_it() -> None:
    value = json('{"A": "x\\ud800", "\\udc00": ["\\ud83d\\ude00"]}').value
    assert value == {"A": "x\ufffd", "\ufffd": ["😀"]}


def test_what_is_too_long_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    document = read(path, "t.json")
    assert document.value is None
    assert "no template is longer" in document.problems[0].message


def test_what_is_no_file_is_a_problem(tmp_path: Path) -> None:
    assert read(tmp_path, "x").problems
    assert read(tmp_path / "none", "none").problems


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ({"Resources": {"A": {"Type": "X"}}}, True),
        ({"Resources": {"Fn::ForEach::A": ["x", [], {}]}}, True),
        ({"AWSTemplateFormatVersion": "2010-09-09"}, True),
        ({"Resources": {"A": {"Type": {"!Rain::Module": "x"}}}}, True),
        ({"Resources": {}}, False),
        ({"Resources": ["a"]}, False),
        ({"apiVersion": "v1", "kind": "Pod"}, False),
        ({"on": {"push": {}}, "jobs": {}}, False),
        (["Resources"], False),
        (None, False),
    ],
)
def test_templates_are_told_from_other_files(value: Any, is_one: Any) -> None:
    assert is_template(value) is is_one


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        (b"Resources:\n", True),
        (b"a: 1\n'Resources' :\n", True),
        (b'{"Resources":{}}', True),
        (b"\xef\xbb\xbfResources:", True),
        (b"{Resources: 1}", True),
        (b"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - resources: {}\n", False),
        (b"# Resources are here\n", False),
        (b"MyResources: 1", False),
    ],
)
def test_files_are_sniffed_before_they_are_parsed(text: Any, may_be: Any) -> None:
    assert may_be_template(text) is may_be
