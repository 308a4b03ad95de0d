"""A change set tells what its stack will be made of, as far as it was described with values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.iac.block import ABSENT
from scanner.model.unresolved import Unresolved
from tests.iac.cloudformation.written import block, read, values, why

ID = "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/c/1"


def _change(name: str, action: str, after: Any = None, **more: Any) -> dict[str, Any]:
    context = {} if after is None else {"AfterContext": json.dumps(after)}
    return {"Type": "Resource", "ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": "AWS::RDS::DBInstance", **context, **more}}  # fmt: skip


def _set(*changes: Any, **more: Any) -> str:
    return json.dumps({"ChangeSetName": "c", "ChangeSetId": ID, "Status": "CREATE_COMPLETE", "Changes": list(changes), **more}, indent=1)  # fmt: skip


def test_a_change_set(tmp_path: Path) -> None:
    after = {
        "Properties": {"BackupRetentionPeriod": "35", "KmsKeyId": "{{changeSet:KNOWN_AFTER_APPLY}}", "Tags": [{"Key": "a", "Value": "b"}], "Url": "{{resolve:secretsmanager:x}}", "Pw": "****"},
        "DeletionPolicy": "Retain",
        "Metadata": {"x": 1},
    }  # fmt: skip
    code = read(
        tmp_path,
        _set(
            _change("New", "Add", after),
            _change("Old", "Modify", {"Properties": {}}, PhysicalResourceId="old-1", Replacement="False"),
            _change("Again", "Modify", {"Properties": {}}, PhysicalResourceId="old-2", Replacement="True"),
            _change("Topic", "Import", {"Properties": {}}, PhysicalResourceId="arn:aws:sns:eu-west-1:1:t"),
            _change("Gone", "Remove"),
            _change("Left", "Remove", PolicyAction="Retain"),
            _change("Maybe", "Dynamic", {"Properties": {}}),
            {"Type": "Hook"},
            Tags=[{"Key": "team", "Value": "core"}],
        ),
        "c.json",
    )
    assert not code.problems
    assert code.form == "change set"
    assert [(one.address, one.changed) for one in code.blocks] == [
        ("New", "Add"),
        ("Old", "Modify"),
        ("Again", "Replace"),
        ("Topic", "Import"),
        ("Maybe", "Dynamic"),
    ]
    assert code.gone == {"Gone": "delete", "Left": "forget"}
    new = block(code, "New")
    assert (new.region, new.account, new.type) == ("eu-west-1", "123456789012", "AWS::RDS::DBInstance")
    found = values(code, "New")
    assert found["BackupRetentionPeriod"] == "35"
    assert found["DeletionPolicy"] == "Retain"
    assert found["StackTags"] == [{"Key": "team", "Value": "core"}]
    assert why(found["KmsKeyId"]) == "KmsKeyId is known after apply"
    assert isinstance(found["Url"], Unresolved)
    assert why(found["Pw"]) == "Pw is sensitive"
    assert new.find("MultiAZ").value is ABSENT
    assert new.find("BackupRetentionPeriod").spot == new.spots(())
    spot = new.spots(("BackupRetentionPeriod",))
    assert spot is not None
    assert "AfterContext" in (tmp_path / "c.json").read_text().splitlines()[spot.line - 1]
    assert block(code, "Old").known_name == "old-1"
    assert block(code, "Again").known_name == ""
    assert block(code, "Topic").known_arn == "arn:aws:sns:eu-west-1:1:t"
    assert block(code, "Maybe").doubt is not None


def test_a_change_set_without_values_is_open(tmp_path: Path) -> None:
    code = read(tmp_path, _set(_change("A", "Modify")), "c.json")
    found = block(code, "A").find("BackupRetentionPeriod").value
    assert isinstance(found, Unresolved)
    assert block(code, "A").find("DeletionPolicy").value is ABSENT
    assert [one.hint for one in code.problems] == ["describe it with --include-property-values"]


def test_what_is_wrong_in_a_change_set(tmp_path: Path) -> None:
    broken = _change("B", "Add")
    broken["ResourceChange"]["AfterContext"] = "{"
    listed = _change("L", "Add", {"Properties": []})
    deep = _change("D", "Add")
    deep["ResourceChange"]["AfterContext"] = "[" * 100_000
    code = read(
        tmp_path,
        _set(
            broken, listed, deep, 7, {}, {"ResourceChange": {}}, Status="FAILED", StatusReason="why not", NextToken="x"
        ),
        "c.json",
    )
    assert [one.address for one in code.blocks] == ["B", "L", "D"]
    assert all(isinstance(one.find("X").value, Unresolved) for one in code.blocks)
    assert [one.message for one in code.problems] == [
        "the change set cannot be executed: FAILED (why not)",
        "the change set has more pages, which are not here",
        "AfterContext of B cannot be read",
        "AfterContext of L cannot be read",
        "AfterContext of D cannot be read",
        "an entry of the changes is no change of a resource, and was passed over",
        "an entry of the changes is no change of a resource, and was passed over",
        "a change has no LogicalResourceId or no ResourceType, and was passed over",
    ]


def test_a_nested_stack_of_a_change_set_is_told(tmp_path: Path) -> None:
    change = _change("N", "Add", {"Properties": {}})
    change["ResourceChange"]["ResourceType"] = "AWS::CloudFormation::Stack"
    code = read(tmp_path, _set(change), "c.json")
    assert "change set of its own" in code.problems[0].message


@pytest.mark.parametrize(
    "key",
    ["ChangeSetName", "StackName", "StackId", "ChangeSetId", "Status", "NextToken", "Tags", "Changes", "Type", "ResourceChange",
     "Action", "LogicalResourceId", "ResourceType", "Replacement", "PolicyAction", "PhysicalResourceId", "AfterContext", "ModuleInfo"],
)  # fmt: skip
def test_what_is_given_twice_is_not_settled_and_stops_nothing(tmp_path: Path, key: str) -> None:
    more = {"Replacement": "True", "PhysicalResourceId": "x", "ModuleInfo": {}, "PolicyAction": "Delete"}
    known = {"StackName": "s", "StackId": ID, "NextToken": "", "Tags": []}
    text = _set(_change("One", "Modify", {"Properties": {}}, **more), _change("Gone", "Remove", **more), **known)
    assert f'"{key}":' in text
    code = read(tmp_path, text.replace(f'"{key}":', f'"{key}": 0, "{key}":'), "c.json")
    assert code.problems or code.blocks
    if key in ("Action", "Replacement"):
        assert all(one.changed != "Replace" or key == "Action" for one in code.blocks)
    if key == "Action":
        assert {one.address: one.doubt is not None for one in code.blocks} == {"One": True, "Gone": True}
