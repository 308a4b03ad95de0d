"""Hostile templates take bounded time, and time in line with their size."""

from __future__ import annotations

import json
from pathlib import Path

from scanner.iac.block import plain
from scanner.iac.cloudformation import discover, template
from scanner.iac.cloudformation.run import Run
from scanner.model.unresolved import Unresolved
from tests.iac.cloudformation.written import block, read, values, write


def _table(number: int) -> str:
    return f"""  Table{number}:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "${{AWS::Region}}-t{number}"
      SSESpecification: {{SSEEnabled: true, KMSMasterKeyId: !GetAtt Table{number // 2}.Arn}}
      Tags: [{{Key: system, Value: shop}}]
"""


def test_a_template_of_many_resources_that_name_each_other(tmp_path: Path) -> None:
    path = write(tmp_path, {"t.yaml": "Resources:\n" + "".join(map(_table, range(5000)))}) / "t.yaml"
    code = template.load(tmp_path, path)
    for one in code.blocks:
        plain(one.values)
        assert one.place(("TableName",)) is not None
    assert len(code.blocks) == 5000


def test_a_template_of_ten_megabytes(tmp_path: Path) -> None:
    entry = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "b" * 900, "Tags": [{"Key": "a", "Value": "b"}]}}
    text = json.dumps({"Resources": {f"B{number}": entry for number in range(10_000)}})
    assert len(text) > 10_000_000
    code = read(tmp_path, text, "t.json")
    assert len(code.blocks) == 10_000
    spot = code.blocks[-1].spots(("Tags", 0, "Value"))
    assert spot is not None
    assert spot.column > 10_000_000


def test_resources_that_are_named_after_each_other(tmp_path: Path) -> None:
    chain = "".join(
        f"  V{n}: {{Type: AWS::Backup::BackupVault, Properties: {{BackupVaultName: !Ref V{n + 1}}}}}\n"
        for n in range(2000)
    )
    code = read(
        tmp_path,
        f"Resources:\n{chain}  V2000: {{Type: AWS::Backup::BackupVault, Properties: {{BackupVaultName: x}}}}\n",
    )
    for one in code.blocks:
        plain(one.values)
    assert values(code, "V1999") == {"BackupVaultName": "x"}


def test_functions_in_functions(tmp_path: Path) -> None:
    expression = "{'Fn::Join': ['', [" * 60 + "a" + "]]}" * 60
    code = read(tmp_path, f"Resources: {{It: {{Type: X, Properties: {{P: {expression}, Q: 1}}}}}}")
    assert isinstance(values(code)["P"], Unresolved)
    assert values(code)["Q"] == 1
    deep = '{"a":' * 900 + "1" + "}" * 900
    code = read(tmp_path, '{"Resources": {"It": {"Type": "X", "Properties": {"P": ' + deep + ', "Q": 1}}}}', "t.json")
    assert block(code, "It").find("Q").value == 1


def test_conditions_in_conditions(tmp_path: Path) -> None:
    inner = "{'Fn::Not': [" * 150 + "{'Fn::Equals': [a, a]}" + "]}" * 150
    code = read(tmp_path, f"Conditions: {{C: {inner}}}\nResources: {{It: {{Type: X, Condition: C}}}}")
    assert code.blocks or code.problems


def test_an_expression_that_aliases_double(tmp_path: Path) -> None:
    lines = ["  a0: &a0 !Ref AWS::Region"]
    lines += [f"  a{n}: &a{n} !Join ['', [*a{n - 1}, *a{n - 1}]]" for n in range(1, 14)]
    text = "Metadata:\n" + "\n".join(lines) + "\nResources: {It: {Type: X, Properties: {P: *a13}}}\n"
    code = read(tmp_path, text)
    assert values(code)["P"] == "?region" * 2**13


def test_three_hundred_templates(tmp_path: Path) -> None:
    text = "Resources:\n" + "".join(map(_table, range(8)))
    write(tmp_path, {f"d{n % 7}/t{n}.yaml": text for n in range(300)})
    run = Run(tmp_path)
    codes = [template.load(tmp_path, path, run=run) for path in discover.roots(tmp_path, run)]
    assert sum(len(code.blocks) for code in codes) == 2400
