"""Resources become blocks; what is wrong with one is told at its line, and the others are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.iac.block import ABSENT
from scanner.model.reading import Source
from scanner.model.unresolved import Unresolved
from tests.iac.cloudformation.written import block, read, values, why


def test_a_block_is_what_the_template_says(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """
        AWSTemplateFormatVersion: 2010-09-09
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            DeletionPolicy: Snapshot
            UpdateReplacePolicy: Retain
            DependsOn: Other
            Metadata: {aws:cdk:path: App/Db}
            Properties:
              BackupRetentionPeriod: 35
              Tags: [{Key: a, Value: b}]
        """,
        region="eu-west-1",
    )
    assert (code.root, code.source, code.form, code.files) == ("t.yaml", Source.CLOUDFORMATION, "template", ["t.yaml"])
    assert not code.problems
    db = block(code, "Db")
    assert (db.type, db.source, db.root, db.region, db.account) == (
        *("AWS::RDS::DBInstance", Source.CLOUDFORMATION, "t.yaml", "eu-west-1", "?account"),
    )
    assert values(code, "Db") == {
        "BackupRetentionPeriod": 35,
        "Tags": [{"Key": "a", "Value": "b"}],
        "DeletionPolicy": "Snapshot",
        "UpdateReplacePolicy": "Retain",
        "Metadata": {"aws:cdk:path": "App/Db"},
    }
    found = db.find("BackupRetentionPeriod")
    assert found.value == 35
    assert found.spot is not None
    assert (found.spot.said, found.spot.column) == ("t.yaml:11", 7)
    assert db.find("MultiAZ").value is ABSENT
    assert db.spot is not None
    assert (db.spot.line, db.spot.end_line) == (4, 12)


def test_places_lead_through_decided_conditions_and_removed_items(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """\
        Conditions: {T: !Equals [a, a], F: !Equals [a, b]}
        Resources:
          It:
            Type: X
            Properties:
              P: !If
                - F
                - {a: 1}
                - a: 2
                  b: 3
              L:
                - !Ref AWS::NoValue
                - !If [F, x, !Ref AWS::NoValue]
                - {c: 4}
                - !If
                  - T
                  - d: 5
                  - no
              Fn::ForEach::Loop:
                - N
                - [one, two]
                - ${N}Key: {v: 6}
        """,
    )
    it = block(code, "It")
    lines = {
        ("P",): 6,
        ("P", "a"): 9,
        ("P", "b"): 10,
        ("P", "c"): 9,
        ("L", 0, "c"): 14,
        ("L", 1, "d"): 17,
        ("L", 7): 11,
        ("twoKey", "v"): 22,
    }
    for path, line in lines.items():
        spot = it.spots(path)
        assert spot is not None
        assert spot.line == line, path
    assert it.spots(("Nowhere",)) is None
    assert values(code)["L"] == [{"c": 4}, {"d": 5}]


def test_what_is_no_resource_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """\
        Resources:
          NoType:
            Properties: {}
          Listed:
            Type: AWS::S3::Bucket
            Properties: [a]
          Mapped:
            Type: {a: b}
          Rain:
            Type: !Rain::Module x.yaml
          Text: hello
          Nothing:
          Registry:
            Type: Org::Service::Part::MODULE
          Set:
            Type: AWS::CloudFormation::StackSet
          Fn::Transform: {Name: AWS::Include}
          Good: {Type: AWS::S3::Bucket}
        """,
    )
    assert [one.address for one in code.blocks] == ["Listed", "Registry", "Set", "Good"]
    assert [(one.spot.line, one.message.split(",")[0], one.broken) for one in code.problems] == [
        (2, "resource NoType has no Type", True),
        (6, "Properties of Listed is no mapping", True),
        (8, "Type of Mapped is no text", True),
        (10, "Rain is a Rain::Module", False),
        (11, "resource Text is no mapping", True),
        (12, "resource Nothing is no mapping", True),
        (14, "module Org::Service::Part::MODULE of Registry is in the registry of an account", False),
        (15, "stack set Set deploys stacks to other accounts and regions", False),
        (17, "Fn::Transform adds resources when the stack is deployed", False),
    ]
    found = block(code, "Listed").find("BucketName")
    assert isinstance(found.value, Unresolved)


def test_a_rain_module_in_json(tmp_path: Path) -> None:
    code = read(tmp_path, '{"Resources": {"A": {"Type": {"Rain::Module": "x"}}, "B": {"Type": "X"}}}', "t.json")
    assert [one.address for one in code.blocks] == ["B"]
    assert code.problems[0].message.startswith("A is a Rain::Module, which is expanded")


@pytest.mark.parametrize("resources", ["[]", "text", "7", "null"])
def test_resources_that_are_no_mapping(tmp_path: Path, resources: Any) -> None:
    code = read(tmp_path, f"AWSTemplateFormatVersion: 2010-09-09\nResources: {resources}\n")
    assert not code.blocks
    assert [one.spot.line for one in code.problems] == ([] if resources == "null" else [2])


def test_a_logical_id_given_twice(tmp_path: Path) -> None:
    code = read(tmp_path, "Resources:\n  A: {Type: X}\n  B: {Type: Y}\n  A: {Type: Z}\n")
    assert {one.address: one.type for one in code.blocks} == {"A": "Z", "B": "Y"}
    assert code.problems[0].message == "A is given twice: also in line 2"


@pytest.mark.parametrize(
    ("properties", "kept"),
    [
        ("{A: 1, Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://x}}}", {"A": 1}),
        ("{A: 1, Fn::Transform: {Name: Mine}}", {}),
        ("{Fn::Transform: {Name: Mine}}", {}),
        ("!If [Nowhere, {A: 1}, 7]", {}),
        ("!Ref Nowhere", {}),
    ],
)
def test_properties_that_a_macro_may_change_are_open(tmp_path: Path, properties: Any, kept: Any) -> None:
    code = read(tmp_path, f"Resources:\n  It:\n    Type: X\n    DeletionPolicy: Retain\n    Properties: {properties}\n")
    it = block(code, "It")
    assert values(code) == {**kept, "DeletionPolicy": "Retain"}
    assert isinstance(it.find("B").value, Unresolved)
    assert isinstance(it.values.get("B", 7), Unresolved)
    assert it.find("UpdateReplacePolicy").value is ABSENT


def test_properties_made_by_a_decided_condition(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """
        Conditions: {T: !Equals [a, a]}
        Resources: {It: {Type: X, Properties: !If [T, {A: !If [T, 1, 2]}, {}]}}
        """,
    )
    assert values(code) == {"A": 1}
    assert block(code, "It").find("B").value is ABSENT


@pytest.mark.parametrize(
    ("transform", "told"),
    [
        ("AWS::Serverless-2016-10-31", []),
        ("[AWS::LanguageExtensions, AWS::Serverless-2016-10-31]", []),
        ("Mine", [2]),
        ("[AWS::LanguageExtensions, Mine]", [2]),
        ("[{Name: AWS::Include, Parameters: {Location: s3://x}}]", [2]),
        ("[[a]]", [2]),
    ],
)
def test_macros_are_told(tmp_path: Path, transform: Any, told: Any) -> None:
    code = read(
        tmp_path, f"AWSTemplateFormatVersion: 2010-09-09\nTransform: {transform}\nResources: {{A: {{Type: X}}}}\n"
    )
    assert [one.spot.line for one in code.problems] == told
    assert len(code.blocks) == 1


def test_modules_of_the_packager_are_told(tmp_path: Path) -> None:
    code = read(tmp_path, "Modules:\n  Net: {Source: ./net.yaml}\nResources: {A: {Type: X}}\n")
    assert [(one.spot.line, one.address) for one in code.problems] == [(2, "Net")]


@pytest.mark.parametrize("text", ["apiVersion: v1\nkind: Pod\n", "", "[1, 2]", "just text", "{}", "Resources: {}"])
def test_a_file_that_is_no_template_says_so(tmp_path: Path, text: Any) -> None:
    code = read(tmp_path, text)
    assert not code.blocks
    assert [one.message for one in code.problems] == ["is no CloudFormation template: it has no Resources with a Type"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    from scanner.iac.cloudformation import template

    code = template.load(tmp_path, tmp_path / "none.yaml")
    assert code.problems[0].message.startswith("cannot be read: ")


def test_values_are_a_mapping_of_what_is_set(tmp_path: Path) -> None:
    code = read(tmp_path, "Resources: {It: {Type: X, Properties: {A: 1, B: !Ref AWS::NoValue, C: !Ref Nowhere}}}")
    found = block(code, "It").values
    assert list(found) == ["A", "C"]
    assert len(found) == 2
    assert "A" in found
    assert "B" not in found
    assert found.get("B") is None
    assert found.get("B", 7) == 7
    with pytest.raises(KeyError):
        found["B"]
    assert why(found["C"]) == "Nowhere names nothing in this template"
