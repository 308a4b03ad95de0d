"""Intrinsic functions come to what CloudFormation makes of them, or stay open exactly where the template does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.iac.block import plain
from scanner.iac.naming import export
from scanner.model.unresolved import Unresolved
from tests.iac.cloudformation.written import block, one, read, values, why

HEAD = """
Parameters:
  Env: {Type: String, Default: prod}
  Days: {Type: Number, Default: "35"}
  Nets: {Type: CommaDelimitedList, Default: "a, b,c"}
  Open: {Type: String}
  Size: {Type: String, AllowedValues: [s, m]}
Mappings:
  ByEnv:
    prod: {days: 30, same: 1, list: [x, y]}
    dev: {days: 7, same: 1}
  ByRegion:
    eu-west-1: {days: 30, kind: a}
    us-east-1: {days: 35, kind: a}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Test: !Not [!Condition Prod]
  Unknown: !Equals [!Ref Open, x]
  Here: !Equals [!Ref AWS::Region, eu-west-1]
"""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Ref Env", "prod"),
        ("!Ref Days", 35),
        ("!Ref Nets", ["a", "b", "c"]),
        ("!Sub '${Env}-x-${!Env}-${Days}'", "prod-x-${Env}-35"),
        ("!Sub ['${Env}-${Mine}', {Mine: !Join ['', [a, b]]}]", "prod-ab"),
        ("!Sub ['${Env}', {Env: own}]", "own"),
        ("!Sub '${ Env }'", "prod"),
        ("!Sub plain", "plain"),
        ("!Join ['-', [a, 1, true, !Ref Env]]", "a-1-true-prod"),
        ("!Join [',', !Ref Nets]", "a,b,c"),
        ("!Join ['-', [a, !Ref AWS::NoValue, b]]", "a-b"),
        ("!Join ['', []]", ""),
        ("!Select [1, !Ref Nets]", "b"),
        ("!Select ['2', [x, y, z]]", "z"),
        ("!Select [0, [x, !Ref Open]]", "x"),
        ("!Select [1, [!Ref Open, x]]", "x"),
        ("!Select [1, !Split ['-', 'a-b-c']]", "b"),
        ("!Split [',', 'a,b']", ["a", "b"]),
        ("!FindInMap [ByEnv, !Ref Env, days]", 30),
        ("!FindInMap [ByEnv, prod, list]", ["x", "y"]),
        ("!FindInMap [ByRegion, !Ref AWS::Region, kind]", "a"),
        ("!FindInMap [ByEnv, !Ref Open, same]", 1),
        ("!FindInMap [ByEnv, test, days, {DefaultValue: 9}]", 9),
        ("!FindInMap [ByEnv, prod, days, {DefaultValue: 9}]", 30),
        ("!If [Prod, 1, 2]", 1),
        ("!If [Test, 1, 2]", 2),
        ("!If [Unknown, 1, 1]", 1),
        ("!If [Unknown, {a: 1, b: 2}, {a: 1, b: 2}]", {"a": 1, "b": 2}),
        ("!If [Unknown, !If [Unknown, 1, 2], 1]", 1),
        ("!If [Prod, !Ref AWS::NoValue, 1]", None),
        ("{a: !Ref AWS::NoValue, b: 1}", {"b": 1}),
        ("[1, !Ref AWS::NoValue, 2]", [1, 2]),
        ("!Base64 héllo", "aMOpbGxv"),
        ("!Base64 {'Fn::Sub': '${Env}'}", "cHJvZA=="),
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("!Select [1, !Cidr ['10.0.0.0/16', '3', '5']]", "10.0.0.32/27"),
        ("!Length [a, b, c]", 3),
        ("!Length {Ref: Nets}", 3),
        ("!ToJsonString {a: [1, !Ref Env], b: true}", '{"a":[1,"prod"],"b":true}'),
        ("!Ref AWS::Region", "?region"),
        ("!Ref AWS::AccountId", "?account"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/x'", "arn:aws:iam::?account:role/x"),
        ("!Select [4, !Split [':', !Sub 'arn:aws:iam::${AWS::AccountId}:role/x']]", "?account"),
        ("{'Ref': 'Env'}", "prod"),
        ("{Condition: {StringEquals: {a: b}}}", {"Condition": {"StringEquals": {"a": "b"}}}),
        ("2012-10-17", "2012-10-17"),
        ("null", None),
    ],
)
def test_what_is_settled(tmp_path: Path, expression: Any, value: Any) -> None:
    found = one(tmp_path, expression, HEAD)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("expression", "said", "choices"),
    [
        ("!Ref Open", "parameter Open has no value (t.yaml:6)", ()),
        ("!Ref Size", "parameter Size has no value (t.yaml:7)", ("s", "m")),
        ("!Sub 'db.${Size}'", "parameter Size has no value (t.yaml:7)", ("db.s", "db.m")),
        ("!Sub '${Size}-${Open}'", "parameter Size has no value (t.yaml:7)", ()),
        ("!Sub '{{resolve:ssm:${Size}}}'", "parameter Size has no value (t.yaml:7)", ()),
        ("!Join ['-', [a, !Ref Open]]", "parameter Open has no value (t.yaml:6)", ()),
        ("!Join ['-', !Ref Open]", "parameter Open has no value (t.yaml:6)", ()),
        ("!Join ['-', [a, !If [Unknown, b, !Ref AWS::NoValue]]]", "condition Unknown is open: parameter Open has no value (t.yaml:6)", ()),
        ("!Join ['-', [a, {b: c}]]", "Fn::Join has an item that is no text", ()),
        ("!Select [5, [a]]", "Fn::Select asks for item 5 of 1", ()),
        ("!Select [-1, [a]]", "Fn::Select needs a number and a list", ()),
        ("!Select [!Ref Open, [a]]", "parameter Open has no value (t.yaml:6)", ()),
        ("!Select [1, [!If [Unknown, x, !Ref AWS::NoValue], y, z]]", "condition Unknown is open: parameter Open has no value (t.yaml:6)", ()),
        ("!Select [0, !GetAZs '']", "Fn::GetAZs: which zones there are, only the account tells", ()),
        ("!Split ['-', !Ref AWS::Region]", "a part of ?region hangs on where the stack is deployed", ()),
        ("!FindInMap [ByEnv, !Ref Open, days]", "parameter Open has no value (t.yaml:6)", (30, 7)),
        ("!FindInMap [ByRegion, !Ref AWS::Region, days]", "ByRegion is looked up by where the stack is deployed", (30, 35)),
        ("!FindInMap [ByEnv, test, days]", "map ByEnv has no such entry", ()),
        ("!FindInMap [NoMap, a, b]", "map NoMap has no such entry", ()),
        ("!If [Unknown, 1, 2]", "condition Unknown is open: parameter Open has no value (t.yaml:6)", (1, 2)),
        ("!If [Unknown, 1, !Ref AWS::NoValue]", "condition Unknown is open: parameter Open has no value (t.yaml:6)", ()),
        ("!If [Unknown, 1, !Ref Open]", "condition Unknown is open: parameter Open has no value (t.yaml:6)", ()),
        ("!If [Unknown, {a: 1}, [1]]", "condition Unknown is open: parameter Open has no value (t.yaml:6)", ()),
        ("!If [Here, 1, 2]", "condition Here is open: which region or account the stack is deployed to decides it", (1, 2)),
        ("!If [Nowhere, 1, 2]", "condition Nowhere is not in this template", (1, 2)),
        ("!If [Prod, 1]", "Fn::If needs a condition and two values", ()),
        ("!ImportValue shared", "Fn::ImportValue shared: no template that was given exports it", ()),
        ("!GetAtt Nothing.Arn", "Nothing.Arn names nothing in this template", ()),
        ("!GetAtt Nothing", "Fn::GetAtt needs a resource and an attribute", ()),
        ("!Ref Nothing", "Nothing names nothing in this template", ()),
        ("!Ref [a]", "Ref names no text", ()),
        ("!Sub {a: b}", "Fn::Sub needs a text", ()),
        ("!Sub '${Nets}'", "${Nets} is no text", ()),
        ("!Ref AWS::StackName", "AWS::StackName is known when the stack is deployed", ()),
        ("!Ref AWS::Nonsense", "AWS::Nonsense is known when the stack is deployed", ()),
        ("!Transform {Name: Mine}", "Fn::Transform Mine is worked out by a macro in AWS", ()),
        ("{a: 1, 'Fn::Transform': {Name: Mine}}", "Fn::Transform: a macro may change what is around it", ()),
        ("{a: 1, 'Fn::If': [Prod, 1, 2]}", "Fn::If: a function beside other keys hides what is around it", ()),
        ("!Nonsense x", "!Nonsense is no function that can be worked out here", ()),
        ("{'Fn::GetStackOutput': {StackName: a, OutputName: b}}", "Fn::GetStackOutput: another stack tells it when this one is deployed", ()),
        ("'{{resolve:ssm:/a/b:1}}'", "ssm parameter /a/b:1 is read when the stack is deployed", ()),
        ("'{{resolve:ssm-secure:/a/b}}'", "ssm-secure /a/b is sensitive", ()),
        ("'{{resolve:secretsmanager:db:SecretString:pw}}'", "secretsmanager db is sensitive", ()),
        ("!Sub '{{resolve:secretsmanager:${Env}:SecretString:pw}}'", "secretsmanager prod is sensitive", ()),
        ("!Join ['', ['{{resolve:ssm:', !Ref Env, '}}']]", "ssm parameter prod is read when the stack is deployed", ()),
        ("!Cidr [nonsense, 2, 8]", "Fn::Cidr cannot divide this block", ()),
        ("!Cidr [10.0.0.0/8, 100000, 8]", "Fn::Cidr makes 1 to 256 blocks", ()),
        ("!Length [a, !If [Unknown, b, !Ref AWS::NoValue]]", "condition Unknown is open: parameter Open has no value (t.yaml:6)", ()),
        ("!ToJsonString {a: !Ref Open}", "parameter Open has no value (t.yaml:6)", ()),
        ("0123", "0123 has a leading zero: YAML reads it as an octal number, its readers as a decimal one; put it in quotes", ("0123", 83, 123)),
    ],
)  # fmt: skip
def test_what_is_open(tmp_path: Path, expression: Any, said: Any, choices: Any) -> None:
    found = one(tmp_path, expression, HEAD)
    assert why(found) == said
    assert found.choices == choices
    assert found.spot is not None
    assert found.spot.file == "t.yaml"


def test_structure_around_an_open_leaf_is_kept(tmp_path: Path) -> None:
    found = one(tmp_path, "{Statement: [{Effect: Deny, Resource: !Sub 'arn:${Open}', Principal: '*'}]}", HEAD)
    (statement,) = found["Statement"]
    assert statement["Effect"] == "Deny"
    assert isinstance(statement["Resource"], Unresolved)


def test_two_mappings_of_an_open_condition_agree_where_they_agree(tmp_path: Path) -> None:
    found = one(tmp_path, "!If [Unknown, {a: 1, b: [1, 2], c: 3}, {a: 1, b: [1, 3]}]", HEAD)
    assert found["a"] == 1
    assert found["b"][0] == 1
    assert found["b"][1].choices == (2, 3)
    assert isinstance(found["c"], Unresolved)
    assert found["c"].choices == ()


def test_lists_of_an_open_condition_that_differ_in_length_are_open(tmp_path: Path) -> None:
    found = one(tmp_path, "!If [Unknown, [{a: 1}], [{a: 1}, {a: 2}]]", HEAD)
    assert isinstance(found, Unresolved)
    assert found.choices == ()


def test_a_reference_to_a_resource_is_what_naming_says(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """
        Resources:
          Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: kept, EncryptionKeyArn: !GetAtt Key.Arn}}
          Key: {Type: AWS::KMS::Key}
          It:
            Type: X::Y::Z
            Properties:
              Ref: {Ref: Vault}
              Att: !GetAtt Key.Arn
              Sub: !Sub "${Key.Arn}/x"
              List: {"Fn::GetAtt": [Key, Arn]}
              Unknown: !GetAtt Key.Nonsense
              Own: !GetAtt Vault.BackupVaultName
        """,
    )
    found = values(code)
    key = export(block(code, "Key"), "Arn")
    assert isinstance(key, str)
    assert found["Att"] == found["List"] == key
    assert found["Sub"] == f"{key}/x"
    assert found["Ref"] == export(block(code, "Vault"), "Ref")
    assert why(found["Unknown"]) == "Key.Nonsense is known after apply"
    assert found["Unknown"].refs == ("Key.Nonsense",)
    assert found["Own"] == "kept"
    assert values(code, "Vault")["EncryptionKeyArn"] == key


def test_names_made_of_each_other_are_open(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """
        Resources:
          A: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: !Ref B}}
          B: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: !Ref A}}
          C: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: !GetAtt C.BackupVaultName}}
        """,
    )
    for address in "ABC":
        assert set(plain(block(code, address).values)) == {"BackupVaultName"}


def test_region_and_account_that_are_said(tmp_path: Path) -> None:
    text = "!Sub '${AWS::Region}/${AWS::AccountId}/${AWS::Partition}/${AWS::URLSuffix}'"
    assert one(tmp_path, text, region="cn-north-1", account="1") == "cn-north-1/1/aws-cn/amazonaws.com.cn"
    assert one(tmp_path, "!If [Here, 1, 2]", HEAD, region="eu-west-1") == 1
    assert one(tmp_path, "!FindInMap [ByRegion, !Ref AWS::Region, days]", HEAD, region="us-east-1") == 35
    code = read(tmp_path, "Resources: {A: {Type: X}}", region="us-gov-west-1", account="2")
    assert (code.blocks[0].region, code.blocks[0].account, code.blocks[0].partition) == (
        "us-gov-west-1",
        "2",
        "aws-us-gov",
    )


def test_a_choice_of_a_parameter_decides_what_all_choices_agree_on(tmp_path: Path) -> None:
    head = """
    Parameters: {Size: {Type: String, AllowedValues: [dev, test]}}
    Conditions: {Prod: !Equals [!Ref Size, prod]}
    """
    assert one(tmp_path, "!If [Prod, 1, 2]", head) == 2


def test_exports_of_other_templates_of_the_run(tmp_path: Path) -> None:
    from scanner.iac.cloudformation import discover, template
    from scanner.iac.cloudformation.run import Run
    from tests.iac.cloudformation.written import write

    write(
        tmp_path,
        {
            "a.yaml": """
                Parameters: {Env: {Type: String, Default: prod}}
                Resources:
                  It: {Type: X, Properties: {P: !ImportValue prod-days, Q: !ImportValue other, R: !ImportValue twice}}
                """,
            "b.yaml": """
                Parameters: {Env: {Type: String, Default: prod}}
                Resources: {B: {Type: X}}
                Outputs:
                  Days: {Value: 35, Export: {Name: !Sub "${Env}-days"}}
                  Odd: {Value: 1, Export: {Name: !Ref Nowhere}}
                  Twice: {Value: 1, Export: {Name: twice}}
                """,
            "c.yaml": """
                Resources: {C: {Type: X}}
                Outputs: {Twice: {Value: 2, Export: {Name: twice}}}
                """,
        },
    )
    run = Run(tmp_path)
    found = [template.load(tmp_path, path, run=run) for path in discover.roots(tmp_path, run)]
    assert [code.root for code in found] == ["a.yaml", "b.yaml", "c.yaml"]
    assert values(found[0])["P"] == 35
    assert isinstance(values(found[0])["Q"], Unresolved)
    assert why(values(found[0])["R"]) == "several templates export twice"


def test_choices_that_are_numbers_are_put_into_texts(tmp_path: Path) -> None:
    head = "Parameters: {Days: {Type: Number, AllowedValues: [7, 30]}, Sep: {Type: String, AllowedValues: ['', '-']}}"
    assert one(tmp_path, "!Sub '${Days}d'", head).choices == ("7d", "30d")
    assert one(tmp_path, "!Join ['', [a, !Ref Days]]", head).choices == ("a7", "a30")
    assert one(tmp_path, "!Split [!Ref Sep, 'a-b']", head).choices == ()
    assert one(tmp_path, "!Split ['-', !Ref Days]", head).choices == (["7"], ["30"])
    assert one(tmp_path, "!Select [0, !Split ['-', !Ref Sep]]", head) == ""
