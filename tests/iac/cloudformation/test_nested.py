"""Nested stacks on disk are read with what they are given; those that are not on disk are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.iac.cloudformation import template
from scanner.model.unresolved import Unresolved
from tests.iac.cloudformation.written import block, read, values, why, write

CHILD = """\
Parameters:
  Days: {Type: Number}
  Nets: {Type: CommaDelimitedList, Default: none}
  Key: {Type: String, Default: ''}
Conditions: {HasKey: !Not [!Equals [!Ref Key, '']]}
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: kept, Days: !Ref Days, Nets: !Ref Nets, Key: !If [HasKey, !Ref Key, !Ref AWS::NoValue]}
Outputs:
  Name: {Value: !Ref Vault}
  Days: {Value: !Ref Days}
"""


def test_a_nested_stack_with_its_parameters_and_outputs(tmp_path: Path) -> None:
    write(tmp_path, {"net/child.yaml": CHILD})
    code = read(
        tmp_path,
        """\
        Parameters: {Open: {Type: String}}
        Resources:
          It: {Type: X, Properties: {P: !GetAtt Nested.Outputs.Days, Q: !Sub "${Nested.Outputs.Name}!", R: !GetAtt Nested.Outputs.No}}
          Nested:
            Type: AWS::CloudFormation::Stack
            Properties:
              TemplateURL: net/child.yaml
              Parameters: {Days: 35, Nets: !Join [',', [a, b]], Key: !Ref Open}
              Tags: [{Key: team, Value: core}]
        """,
    )
    assert not code.problems
    assert [one.address for one in code.blocks] == ["It", "Nested", "Nested/Vault"]
    assert code.files == ["t.yaml", "net/child.yaml"]
    found = values(code, "Nested/Vault")
    assert found["Days"] == 35
    assert found["Nets"] == ["a", "b"]
    assert isinstance(found["Key"], Unresolved)
    assert found["StackTags"] == [{"Key": "team", "Value": "core"}]
    vault = block(code, "Nested/Vault")
    assert vault.root == "t.yaml"
    assert vault.spot is not None
    assert vault.spot.said == "net/child.yaml:7"
    assert [spot.said for spot in vault.trail] == ["t.yaml:4"]
    it = values(code, "It")
    assert it["P"] == 35
    assert it["Q"] == "kept!"
    assert why(it["R"]) == "Nested has no output No"


def test_nested_stacks_that_give_to_each_other(tmp_path: Path) -> None:
    write(tmp_path, {"child.yaml": CHILD})
    code = read(
        tmp_path,
        """
        Resources:
          First:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: child.yaml, Parameters: {Days: !GetAtt Second.Outputs.Days, Key: !GetAtt Second.Outputs.Name}}
          Second:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: ./child.yaml, Parameters: {Days: 7}}
        """,
    )
    assert not code.problems
    assert values(code, "First/Vault")["Days"] == 7
    assert values(code, "First/Vault")["Key"] == "kept"
    assert "Key" not in values(code, "Second/Vault")


def test_a_stack_that_gives_to_itself_is_open(tmp_path: Path) -> None:
    write(tmp_path, {"child.yaml": CHILD})
    code = read(
        tmp_path,
        """
        Resources:
          A:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: child.yaml, Parameters: {Days: !GetAtt B.Outputs.Days}}
          B:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: child.yaml, Parameters: {Days: !GetAtt A.Outputs.Days}}
        """,
    )
    assert isinstance(values(code, "A/Vault")["Days"], Unresolved)
    assert isinstance(values(code, "B/Vault")["Days"], Unresolved)


def test_a_nested_stack_that_may_not_exist(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "child.yaml": CHILD,
            "mid.yaml": "Resources: {In: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}}",
        },
    )
    code = read(
        tmp_path,
        """
        Parameters: {Open: {Type: String}}
        Conditions: {U: !Equals [!Ref Open, x], F: !Equals [a, b]}
        Resources:
          N: {Type: AWS::CloudFormation::Stack, Condition: U, Properties: {TemplateURL: mid.yaml}}
          Gone: {Type: AWS::CloudFormation::Stack, Condition: F, Properties: {TemplateURL: mid.yaml}}
        """,
    )
    assert [one.address for one in code.blocks] == ["N", "N/In", "N/In/Vault"]
    assert all(one.doubt is not None for one in code.blocks)
    assert why(values(code, "N/In/Vault")["Days"]) == "parameter Days has no value (child.yaml:2)"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "https://s3.amazonaws.com/b/child.yaml",
            "N: nested template is not on disk: https://s3.amazonaws.com/b/child.yaml",
        ),
        ("S3://b/child.yaml", "N: nested template is not on disk: S3://b/child.yaml"),
        ("missing.yaml", "N: nested template missing.yaml is not on disk"),
        (".", "N: nested template . is not on disk"),
        ("!Sub '${Open}/x.yaml'", "N: nested template is not on disk: parameter Open has no value (t.yaml:1)"),
        ("!Ref AWS::NoValue", "N: nested template is not on disk: no path"),
        ("other.txt", "N: nested template other.txt is no template"),
        ("t.yaml", "N: nested template t.yaml nests itself"),
        ('"a\\0b"', "N: nested template a\0b is not on disk"),
    ],
)
def test_what_is_not_read_is_told(tmp_path: Path, url: Any, said: Any) -> None:
    write(tmp_path, {"other.txt": "hello"})
    code = read(
        tmp_path,
        f"""\
        Parameters: {{Open: {{Type: String}}}}
        Resources:
          N:
            Type: AWS::CloudFormation::Stack
            Properties:
              TemplateURL: {url}
          It: {{Type: X, Properties: {{P: !GetAtt N.Outputs.Y}}}}
        """,
    )
    (problem,) = code.problems
    assert problem.message == said
    assert (problem.spot.line, problem.address) == (6, "N")
    assert isinstance(values(code)["P"], Unresolved)


def test_a_circle_of_stacks_ends(tmp_path: Path) -> None:
    write(tmp_path, {"b.yaml": "Resources: {B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: t.yaml}}}"})
    code = read(tmp_path, "Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml}}}")
    assert [one.address for one in code.blocks] == ["A", "A/B"]
    assert [(one.message, one.address) for one in code.problems] == [("B: nested template t.yaml nests itself", "A/B")]


def test_stacks_that_nest_each_other_many_times_end(tmp_path: Path) -> None:
    parts = {
        f"s{n}.yaml": "Resources:\n" + "".join(
            f"  N{k}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: s{n + 1}.yaml}}}}\n" for k in range(4)
        )
        for n in range(8)
    }  # fmt: skip
    write(tmp_path, {**parts, "s8.yaml": "Resources: {A: {Type: X}}"})
    code = template.load(tmp_path, tmp_path / "s0.yaml")
    assert any(one.message.endswith("too many, or too deep") for one in code.problems)
    assert len(code.blocks) < 20_000


def test_what_is_wrong_in_a_nested_template_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"child.yaml": "Resources:\n  A: [\n"})
    code = read(tmp_path, "Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}}")
    assert code.problems[0].spot.file == "child.yaml"


def test_parameters_that_are_made_by_a_function_are_open(tmp_path: Path) -> None:
    write(tmp_path, {"child.yaml": CHILD})
    code = read(
        tmp_path,
        """
        Parameters: {Open: {Type: String}}
        Resources:
          N:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: child.yaml, Parameters: !If [U, {Days: 7}, {Days: 8, Key: x}]}
        """,
    )
    assert isinstance(values(code, "N/Vault")["Days"], Unresolved)
    assert isinstance(values(code, "N/Vault")["Key"], Unresolved)


def test_nested_stacks_share_what_the_root_exports(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"child.yaml": "Resources: {A: {Type: X}}\nOutputs: {O: {Value: 35, Export: {Name: days}}}"},
    )
    code = read(
        tmp_path,
        """
        Resources:
          N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}
          It: {Type: X, Properties: {P: !ImportValue days}}
        """,
    )
    assert values(code)["P"] == 35


def test_an_application_of_sam(tmp_path: Path) -> None:
    write(tmp_path, {"child.yaml": CHILD})
    code = read(
        tmp_path,
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          App:
            Type: AWS::Serverless::Application
            Properties: {Location: child.yaml, Parameters: {Days: 3}, Tags: {a: b}}
          Far: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: x, SemanticVersion: 1.0.0}}}
        """,
    )
    assert values(code, "App/Vault")["Days"] == 3
    assert values(code, "App/Vault")["StackTags"] == [{"Key": "a", "Value": "b"}]
    assert block(code, "App").type == "AWS::CloudFormation::Stack"
    assert [one.address for one in code.problems] == ["Far"]
