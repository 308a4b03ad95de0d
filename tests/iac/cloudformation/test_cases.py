"""The cases that other readers of templates were seen to get wrong, each with its value and its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.iac.block import ABSENT, Code
from scanner.iac.naming import export
from scanner.model.unresolved import Unresolved
from tests.iac.cloudformation.written import block, read

TEMPLATE = """\
Transform: AWS::LanguageExtensions
Parameters:
  Days: {Type: Number, Default: "7"}
  Env: {Type: String, Default: dev}
  Open: {Type: Number}
Mappings: {Kept: {dev: {days: 14}}}
Conditions: {Prod: !Equals [!Ref Env, prod]}
Resources:
  Literal: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: 35}}
  Ref: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: !Ref Days}}
  Map: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: !FindInMap [Kept, !Ref Env, days]}}
  If: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: !If [Prod, 30, 1]}}
  Join: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: !Join ["", ["3", "0"]]}}
  NoValue: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: !If [Prod, 30, !Ref AWS::NoValue]}}
  False: {Type: AWS::RDS::DBInstance, Condition: Prod, Properties: {BackupRetentionPeriod: 0}}
  GetAtt: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: !GetAtt Literal.Whatever}}
  Key: {Type: AWS::KMS::Key}
  Keyed: {Type: AWS::RDS::DBInstance, Properties: {KmsKeyId: !GetAtt Key.Arn}}
  Pseudo: {Type: AWS::RDS::DBInstance, Properties: {KmsKeyId: !Sub "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/k"}}
  Import: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: !ImportValue days}}
  Dynamic: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: "{{resolve:ssm:/days:1}}"}}
  Open: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: !Ref Open}}
  Fn::ForEach::Loop: [N, [One, Two], {"Loop${N}": {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: 30}}}]
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Code:
    return read(tmp_path_factory.mktemp("cases"), TEMPLATE)


@pytest.mark.parametrize(
    ("address", "value"),
    [("Literal", 35), ("Ref", 7), ("Map", 14), ("If", 1), ("Join", "30"), ("NoValue", ABSENT), ("LoopOne", 30), ("LoopTwo", 30)],
)  # fmt: skip
def test_what_the_template_settles(code: Code, address: str, value: Any) -> None:
    found = block(code, address).find("BackupRetentionPeriod")
    assert found.value == value
    assert type(found.value) is type(value)
    assert found.spot is not None
    name = address if not address.startswith("Loop") else "Fn::ForEach::Loop"
    assert TEMPLATE.splitlines()[found.spot.line - 1].startswith(f"  {name}:")


@pytest.mark.parametrize(
    ("address", "said", "refs"),
    [
        ("GetAtt", "Literal.Whatever is known after apply", ("Literal.Whatever",)),
        ("Import", "Fn::ImportValue days: no template that was given exports it", ("days",)),
        ("Dynamic", "ssm parameter /days:1 is read when the stack is deployed", ()),
        ("Open", "parameter Open has no value (t.yaml:5)", ("Open",)),
    ],
)
def test_what_it_leaves_open(code: Code, address: str, said: str, refs: tuple[str, ...]) -> None:
    found = block(code, address).find("BackupRetentionPeriod").value
    assert isinstance(found, Unresolved)
    assert (found.why, found.refs) == (said, refs)


def test_a_reference_is_the_resource_that_it_names(code: Code) -> None:
    assert block(code, "Keyed").find("KmsKeyId").value == export(block(code, "Key"), "Arn")


def test_no_account_or_region_is_invented(code: Code) -> None:
    assert block(code, "Pseudo").find("KmsKeyId").value == "arn:aws:kms:?region:?account:key/k"


def test_a_resource_of_a_false_condition_is_not_there(code: Code) -> None:
    assert "False" not in [one.address for one in code.blocks]


def test_a_type_that_is_a_mapping_hides_no_other_resource(tmp_path: Path) -> None:
    found = read(tmp_path, "Resources:\n  A: {Type: !Rain::Module ./b.yaml}\n  B: {Type: {x: y}}\n  C: {Type: X}\n")
    assert [one.address for one in found.blocks] == ["C"]
    assert [one.spot.line for one in found.problems] == [2, 3]
