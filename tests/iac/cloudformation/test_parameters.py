"""Parameters have the value that is given, else their default, in their type; secrets never show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.model.unresolved import Unresolved
from tests.iac.cloudformation.written import one, why


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("{Type: String, Default: 7}", "7"),
        ("{Type: String, Default: true}", "true"),
        ("{Type: String, Default: ''}", ""),
        ("{Type: String, Default: 2020-01-01}", "2020-01-01"),
        ("{Type: String, Default: 012345678901}", "012345678901"),
        ("{Type: Number, Default: '7'}", 7),
        ("{Type: Number, Default: 7.5}", 7.5),
        ("{Type: Number, Default: '-7'}", -7),
        ("{Type: Number, Default: '1.0'}", 1.0),
        ("{Type: Number, Default: '1.50'}", "1.50"),
        ("{Type: Number, Default: '007'}", "007"),
        ("{Type: CommaDelimitedList, Default: 'a, b'}", ["a", "b"]),
        ("{Type: List<Number>, Default: '1,2'}", [1, 2]),
        ("{Type: 'List<AWS::EC2::Subnet::Id>', Default: 'subnet-1,subnet-2'}", ["subnet-1", "subnet-2"]),
        ("{Type: 'AWS::EC2::KeyPair::KeyName', Default: key}", "key"),
        ("{Type: 'AWS::SSM::Parameter::Name', Default: /a/b}", "/a/b"),
        ("{Default: x}", "x"),
    ],
)
def test_the_default_in_its_type(tmp_path: Path, declared: Any, value: Any) -> None:
    found = one(tmp_path, "!Ref It1", f"Parameters: {{It1: {declared}}}")
    assert found == value
    assert type(found) is type(value)


def test_what_is_given_goes_before_the_default(tmp_path: Path) -> None:
    head = "Parameters: {N: {Type: Number, Default: 1}, L: {Type: CommaDelimitedList}}"
    assert one(tmp_path, "[!Ref N, !Ref L]", head, parameters={"N": "35", "L": "x,y", "Other": "z"}) == [35, ["x", "y"]]


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("{Type: String}", "parameter P has no value (t.yaml:1)"),
        ("{Type: String, Default: null}", "parameter P has no value (t.yaml:1)"),
        ("{Type: String, Default: {a: b}}", "parameter P has a value that is no text"),
        ("{Type: CommaDelimitedList, Default: {a: b}}", "parameter P has a value that is no list"),
        ("{Type: Number, Default: many}", "parameter P is no number"),
        ("{Type: Number, Default: nan}", "parameter P is no number"),
        ("{Type: String, NoEcho: true, Default: hunter2}", "parameter P is sensitive"),
        ("{Type: String, NoEcho: 'true'}", "parameter P is sensitive"),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}", "ssm parameter /a/b is read when the stack is deployed"),
        ("{Type: 'AWS::SSM::Parameter::Value<List<String>>'}", "parameter P has no value (t.yaml:1)"),
        ("text", "parameter P has no value (t.yaml:1)"),
        ("[]", "parameter P has no value (t.yaml:1)"),
    ],
)  # fmt: skip
def test_what_is_open(tmp_path: Path, declared: Any, said: Any) -> None:
    assert why(one(tmp_path, "!Ref P", f"Parameters: {{P: {declared}}}")) == said


def test_a_secret_is_compared_and_never_shown(tmp_path: Path) -> None:
    head = """
    Parameters: {Pw: {Type: String, NoEcho: true, Default: ''}, Given: {Type: String, NoEcho: true}}
    Conditions: {Has: !Not [!Equals [!Ref Pw, '']], Too: !Equals [!Ref Given, hunter2]}
    """
    assert one(tmp_path, "!If [Has, 1, 2]", head) == 2
    assert one(tmp_path, "!If [Has, 1, 2]", head, parameters={"Pw": "hunter2"}) == 1
    assert isinstance(one(tmp_path, "!If [Too, 1, 2]", head), Unresolved)
    found = one(tmp_path, "!Sub 'x-${Given}'", head, parameters={"Given": "hunter2"})
    assert why(found) == "parameter Given is sensitive"
    assert "hunter2" not in repr(found) + repr(found.choices)


def test_an_unresolved_allowed_value_is_no_choice(tmp_path: Path) -> None:
    found = one(tmp_path, "!Ref P", "Parameters: {P: {Type: String, AllowedValues: [0123, a]}}")
    assert isinstance(found, Unresolved)
    assert found.choices == ()
