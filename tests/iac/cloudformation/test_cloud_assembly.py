"""CDK's output says which account and region a stack goes to; its nested stacks are assets beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.iac.cloudformation import discover, template
from scanner.iac.cloudformation.run import Run
from tests.iac.cloudformation.written import block, values, write


def _stack(file: str, environment: str, **properties: object) -> dict[str, object]:
    inner = {"templateFile": file, **properties}
    return {"type": "aws:cloudformation:stack", "environment": environment, "properties": inner}


MANIFEST = {
    "version": "36.0.0",
    "artifacts": {
        "App.assets": {"type": "cdk:asset-manifest", "properties": {"file": "App.assets.json"}},
        "App": _stack(
            "App.template.json", "aws://123456789012/eu-west-1", stackName="app-prod", tags={"team": "core"},
            parameters={"Days": "35"},
        ),
        "Free": _stack("Free.template.json", "aws://unknown-account/unknown-region"),
        "assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}},
    },
}  # fmt: skip
APP = {
    "Parameters": {"Days": {"Type": "Number"}},
    "Resources": {
        "Db1A": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {"P": {"Ref": "AWS::StackName"}, "Days": {"Ref": "Days"}},
            "Metadata": {"aws:cdk:path": "App/Db/Resource"},
        },
        "NestedStack": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/x"]]}},
            "Metadata": {"aws:asset:path": "AppNested.nested.template.json"},
        },
    },
}
SIMPLE = {"Resources": {"A": {"Type": "X", "Properties": {"Region": {"Ref": "AWS::Region"}}}}}


def test_an_assembly(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "cdk.out/manifest.json": json.dumps(MANIFEST),
            "cdk.out/App.template.json": json.dumps(APP, indent=1),
            "cdk.out/AppNested.nested.template.json": json.dumps(SIMPLE),
            "cdk.out/Free.template.json": json.dumps(SIMPLE),
            "cdk.out/asset.abc/template.json": json.dumps(SIMPLE),
            "cdk.out/assembly-Prod/manifest.json": json.dumps(
                {"artifacts": {"P": _stack("P.template.json", "aws://1/us-east-1")}}
            ),
            "cdk.out/assembly-Prod/P.template.json": json.dumps(SIMPLE),
        },
    )
    run = Run(tmp_path)
    found = discover.roots(tmp_path, run)
    codes = {
        code.root: code for code in (template.load(tmp_path, path, run=run, region="eu-north-1") for path in found)
    }
    assert list(codes) == [
        "cdk.out/App.template.json",
        "cdk.out/Free.template.json",
        "cdk.out/assembly-Prod/P.template.json",
    ]
    app = codes["cdk.out/App.template.json"]
    assert not app.problems
    db = block(app, "Db1A")
    assert (db.region, db.account) == ("eu-west-1", "123456789012")
    assert values(app, "Db1A") == {
        "P": "app-prod",
        "Days": 35,
        "Metadata": {"aws:cdk:path": "App/Db/Resource"},
        "StackTags": [{"Key": "team", "Value": "core"}],
    }
    nested = block(app, "NestedStack/A")
    assert (nested.region, values(app, "NestedStack/A")["Region"]) == ("eu-west-1", "eu-west-1")
    free = block(codes["cdk.out/Free.template.json"], "A")
    assert (free.region, free.account) == ("eu-north-1", "?account")
    assert block(codes["cdk.out/assembly-Prod/P.template.json"], "A").account == "1"


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        "{",
        '{"artifacts": []}',
        '{"artifacts": {"A": 7}}',
        '{"artifacts": {"A": {"type": "aws:cloudformation:stack", "environment": 7, "properties": {"templateFile": "t.json", "tags": 7}}}}',
        "[" * 100_000,
    ],
)
def test_a_manifest_that_is_none(tmp_path: Path, manifest: Any) -> None:
    write(tmp_path, {"manifest.json": manifest, "t.json": json.dumps(SIMPLE)})
    code = template.load(tmp_path, tmp_path / "t.json")
    assert [one.region for one in code.blocks] == ["?region"]
