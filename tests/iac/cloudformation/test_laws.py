"""Laws: no text crashes the reader, and what is known of a template does not hang on what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.iac.block import Block, Code, plain
from scanner.iac.cloudformation import resources
from scanner.iac.cloudformation.document import is_template, parse
from scanner.iac.cloudformation.run import Run
from scanner.iac.cloudformation.stack import Stack
from scanner.model.reading import Source
from scanner.model.unresolved import Unresolved

SOUND = """\
AWSTemplateFormatVersion: 2010-09-09
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Env: {Type: String, Default: prod}
  Days: {Type: Number, Default: "35"}
  Names: {Type: CommaDelimitedList, Default: "One,Two"}
Mappings:
  M: {prod: {days: 30}, dev: {days: 7}}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Both: !And [!Condition Prod, !Not [!Equals [!Ref AWS::Region, eu-west-1]]]
Globals: {SimpleTable: {SSESpecification: {SSEEnabled: true}}}
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: !If [Prod, true, false]}}
  Vault:
    Type: AWS::Backup::BackupVault
    Condition: Both
    DeletionPolicy: Retain
    Properties:
      BackupVaultName: !Sub "${Env}-${AWS::AccountId}"
      EncryptionKeyArn: !GetAtt Key.Arn
      AccessPolicy:
        Version: 2012-10-17
        Statement: &policy [{Effect: Deny, Principal: "*", Action: !Split [",", "a,b"], Resource: "*"}]
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanRule:
          - Lifecycle: {DeleteAfterDays: !FindInMap [M, !Ref Env, days]}
            TargetBackupVault: !Ref Vault
          - !If [Prod, {RuleName: !Join ["-", [a, !Ref Days]], P: *policy}, !Ref AWS::NoValue]
  Fn::ForEach::Topics:
    - Name
    - !Ref Names
    - Topic${Name}: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub "${Name}-x"}}
  Table: {Type: AWS::Serverless::SimpleTable}
  Odds:
    Type: Odd::Odd::Odd
    Properties:
      Select: !Select [0, !Split ["o", !Ref Env]]
      Index: !Select [!If [Prod, 0, 1], [a, b]]
      Items: !Select [1, !Ref Names]
      Joined: !Join ["-", !Ref Names]
      Encoded: !Base64 {Ref: Env}
      Length: !Length {Ref: Names}
      Json: !ToJsonString {Env: !Ref Env}
      Mapped: !FindInMap [M, !If [Prod, prod, dev], days]
      Att: !GetAtt [!If [Prod, Key, Vault], Arn]
      Ref: !Ref {"Fn::If": [Prod, Days, Env]}
      Where: !If [Both, {a: 1, b: !Ref Days}, {a: 1}]
      Many: [!If [Both, 1, !Ref AWS::NoValue], !If [Prod, 2, 3]]
      Split: !Split ["-", !Sub "${Env}-${AWS::Region}"]
  F:
    Type: AWS::Serverless::Function
    Properties: {Policies: [{Statement: []}], Events: {E: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}}
Outputs:
  V: {Value: !Ref Vault, Export: {Name: v}}
"""
#: the same template, as JSON has it
PLAIN = parse(SOUND.encode(), "t.yaml").value


def _read(data: bytes, name: str = "t.yaml", given_: dict[str, str] | None = None) -> Code:
    """Read a template without its file, and all that is in it."""
    run = Run(Path("nowhere"))
    document = parse(data, name)
    code = Code(name, Source.CLOUDFORMATION, "template", problems=[*document.problems])
    if is_template(document.value):
        stack = Stack(run, document, code, (given_ or {}).get, region="", account="")
        resources.declare(stack)
        for output in stack.outputs():
            stack.output(output)
    for block in code.blocks:
        _touch(block)
    assert run.depth == 0
    for problem in code.problems:
        assert problem.spot.line >= 1
    return code


def _touch(block: Block) -> None:
    whole = plain(block.values)
    assert isinstance(whole, dict)

    def go(value: Any, path: tuple[str | int, ...]) -> None:
        spot = block.place(path)
        assert spot is not None
        assert spot.line >= 1
        assert spot.column >= 1
        if isinstance(value, dict):
            for key, inner in value.items():
                go(inner, (*path, key))
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                go(inner, (*path, number))
        elif isinstance(value, Unresolved):
            assert value.why
        else:
            assert value is None or isinstance(value, (str, int, float, bool))

    go(whole, ())


def _known(
    code: Code, choices: dict[tuple[str | int, ...], tuple[Any, ...]] | None = None
) -> dict[tuple[str | int, ...], Any]:
    """Give every scalar that is known, by address and path; `choices` gets what the others are said to be one of."""
    found: dict[tuple[str | int, ...], Any] = {}

    def go(value: Any, path: tuple[str | int, ...]) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                go(inner, (*path, key))
        elif isinstance(value, list):
            if not any(isinstance(one, Unresolved) for one in value):  # else the positions say nothing
                for number, inner in enumerate(value):
                    go(inner, (*path, number))
        elif not isinstance(value, Unresolved):
            found[path] = value
        elif value.choices and choices is not None:
            choices[path] = value.choices

    for block in code.blocks:
        go(plain(block.values), (block.address,))
    return found


def test_the_sound_template_is_sound() -> None:
    code = _read(SOUND.encode())
    assert not code.problems
    assert len(code.blocks) == 10
    assert _known(code) == _known(_read(json.dumps(PLAIN).encode(), "t.json"))


_LINES = SOUND.splitlines(keepends=True)
_BITS = st.sampled_from(["", "\t", ": ", "- ", "[", "]", "{", "}", "!Ref ", "!Sub ", "!If ", "&a ", "*policy", "'", '"', "#", "|", "\0", "é", "\ud7ff", "null", "0123", "Fn::If", "<<: ", "${", "\n", "\r\n", "---\n", "? ", "!!set "])  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SOUND)), st.integers(0, 12), _BITS), min_size=1, max_size=4))
def test_no_mutation_of_the_text_crashes(changes: Any) -> None:
    text = SOUND
    for at, length, bit in changes:
        text = text[:at] + bit + text[at + length :]
    _read(text.encode())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(_LINES) - 1), st.integers(0, len(_LINES) - 1)), max_size=3))
def test_no_order_of_the_lines_crashes(swaps: Any) -> None:
    lines = list(_LINES)
    for one, other in swaps:
        lines[one], lines[other] = lines[other], lines[one]
    _read("".join(lines).encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_crash(data: Any) -> None:
    _read(data)
    _read(b"Resources: {A: {Type: X, Properties: " + data + b"}}")
    _read(b'{"Resources": ' + data + b"}", "t.json")


_ODD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["", "a", "Key", "Prod", "${Name}", "AWS::NoValue", "AWS::Region", "Key.Arn", "@0123@", "{{resolve:ssm:x}}"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from([
                *("Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::If"),
                *("Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not", "Fn::ImportValue", "Fn::Base64", "Fn::Cidr", "Condition"),
                *("Fn::GetAZs", "Fn::Transform", "Fn::Length", "Fn::ToJsonString", "Fn::ForEach::X", "Fn::Odd", "!Odd"),
                *("Type", "Properties", "Value", "Export", "Name", "k", "Metadata"),
            ]),
            inner, max_size=2,
        ),
    ),
    max_leaves=12,
)  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    if isinstance(value, dict):
        found += [deeper for key, inner in value.items() for deeper in _paths(inner, (*path, key))]
    elif isinstance(value, list):
        found += [deeper for number, inner in enumerate(value) for deeper in _paths(inner, (*path, number))]
    return found


_PATHS = [path for path in _paths(PLAIN) if path]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(_PATHS), _ODD)
def test_no_value_in_any_place_crashes(path: Any, value: Any) -> None:
    template = json.loads(json.dumps(PLAIN))
    here = template
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    text = json.dumps(template)
    _read(text.replace('"@0123@"', "0123").encode(), "t.yaml" if "@0123@" in text else "t.json")


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(["Env", "Days", "Names"])), st.booleans())
def test_losing_a_default_changes_no_known_value_into_another(lost: Any, allowed: Any) -> None:
    before = _known(_read(SOUND.encode()))
    template = json.loads(json.dumps(PLAIN))
    for name in lost:
        default = template["Parameters"][name].pop("Default")
        if allowed:
            template["Parameters"][name]["AllowedValues"] = [default, "dev"]
    choices: dict[tuple[str | int, ...], tuple[Any, ...]] = {}
    after = _known(_read(json.dumps(template).encode(), "t.json"), choices)
    for path, possible in choices.items():
        assert path not in before or before[path] in possible, path
    for path, value in after.items():
        if path in before:
            assert value == before[path], path
        else:  # a place that only an open loop has
            assert "${Name}" in str(path[0]), path


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["eu-west-1", "us-east-1"]), st.sampled_from(["prod", "dev"]), st.booleans())
def test_whatever_is_known_without_the_deployment_is_so_in_every_deployment(
    region: Any, env: Any, allowed: Any
) -> None:
    template = json.loads(json.dumps(PLAIN))
    del template["Parameters"]["Env"]["Default"]
    if allowed:
        template["Parameters"]["Env"]["AllowedValues"] = ["prod", "dev"]
    choices: dict[tuple[str | int, ...], tuple[Any, ...]] = {}
    open_ = _known(_read(json.dumps(template).encode(), "t.json"), choices)
    said = json.dumps(template).replace('{"Ref": "AWS::Region"}', f'"{region}"').encode()
    settled = _known(_read(said, "t.json", {"Env": env}))
    for path, possible in choices.items():
        assert path not in settled or settled[path] in possible, path
    for path, value in open_.items():
        if path in settled:
            assert value == settled[path], path


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.one_of(st.booleans(), st.integers(-9, 99), st.text("ab:#-'\" é😀", max_size=6)), lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)), max_leaves=15))  # fmt: skip
def test_yaml_and_json_of_one_value_are_one_value(value: Any) -> None:
    whole = {"Resources": {"A": {"Type": "X", "Properties": {"P": value}}}}
    from_yaml = parse(yaml.safe_dump(whole, allow_unicode=True).encode(), "t.yaml")
    from_json = parse(json.dumps(whole, indent=1).encode(), "t.json")
    assert from_yaml.value == from_json.value == whole
    for path in _paths(whole):
        for document in (from_yaml, from_json):
            spot = document.spot(path)
            assert 1 <= spot.line <= document.text.count("\n") + 1
            if path:
                parent = document.spot(path[:-1])
                assert (parent.line, parent.column) <= (spot.line, spot.column)
