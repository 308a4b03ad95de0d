"""Seeds: what fuzzing begins with, a small root of every source."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "examples" / "infra"
_PROVIDER = "registry.terraform.io/hashicorp/aws"


@cache
def hcl() -> dict[str, bytes]:
    """Give a root of Terraform with a module, by its files."""
    good = EXAMPLES / "terraform" / "good"
    return {one.relative_to(good).as_posix(): one.read_bytes() for one in sorted(good.rglob("*.tf"))}


@cache
def bad_hcl() -> bytes:
    """Give a file of Terraform that fails rules, so that edits are looked for."""
    return (EXAMPLES / "terraform" / "bad" / "main.tf").read_bytes()


@cache
def templates() -> dict[str, bytes]:
    """Give CloudFormation templates."""
    return {one.name: one.read_bytes() for one in sorted((EXAMPLES / "cloudformation").glob("*.yaml"))}


@cache
def plan() -> Any:
    """Give a plan as its tree."""
    return json.loads((EXAMPLES / "plan" / "bad.json").read_bytes())


@cache
def hcl_tree() -> Any:
    """Give a root of Terraform in JSON that declares what the plan makes, as its tree."""
    blocks: dict[str, Any] = {}
    for one in plan()["resource_changes"]:
        if one["change"]["after"]:
            blocks.setdefault(one["type"], {})[one["name"]] = one["change"]["after"]
    return {"resource": blocks}


def plan_of(root: Any) -> Any:
    """Give the plan that makes the resources of a root in JSON, as its tree."""
    changes = [
        {
            "address": f"{kind}.{name}",
            "mode": "managed",
            "type": kind,
            "name": name,
            "provider_name": _PROVIDER,
            "change": {"actions": ["create"], "before": None, "after": values, "after_unknown": {}},
        }
        for kind, named in root["resource"].items()
        for name, values in named.items()
    ]
    return {**plan(), "resource_changes": changes}


def state_of(made: Any) -> Any:
    """Give a state of what a plan makes, as its tree."""
    resources = [
        {
            "mode": "managed",
            "type": one["type"],
            "name": one["name"],
            "provider": f'provider["{_PROVIDER}"]',
            "instances": [{"schema_version": 0, "attributes": one["change"]["after"], "sensitive_attributes": []}],
        }
        for one in made["resource_changes"]
        if one["change"]["after"]
    ]
    return {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 1,
        "lineage": "x",
        "outputs": {},
        "resources": resources,
    }


@cache
def state() -> Any:
    """Give a state of what the plan makes, as its tree."""
    return state_of(plan())


@cache
def template_tree() -> Any:
    """Give a template as the tree of its JSON."""
    return {
        "Parameters": {"Days": {"Type": "Number", "Default": 7}, "Secret": {"Type": "String", "NoEcho": True}},
        "Mappings": {"M": {"a": {"b": 35}}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
        "Resources": {
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True, "KeyPolicy": {"Statement": []}}},
            "Db": {
                "Type": "AWS::RDS::DBInstance",
                "Condition": "C",
                "DeletionPolicy": "Snapshot",
                "Properties": {
                    "BackupRetentionPeriod": {"Fn::If": ["C", {"Ref": "Days"}, {"Fn::FindInMap": ["M", "a", "b"]}]},
                    "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
                    "StorageEncrypted": True,
                    "Tags": [{"Key": "tier", "Value": {"Fn::Sub": "x-${AWS::Region}-${Key}"}}],
                },
            },
            "Table": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    "TableName": {"Fn::Join": ["-", ["a", {"Ref": "Days"}]]},
                    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                },
            },
            "Plan": {
                "Type": "AWS::Backup::BackupPlan",
                "Properties": {
                    "BackupPlan": {
                        "BackupPlanName": "p",
                        "BackupPlanRule": [
                            {
                                "RuleName": "r",
                                "TargetBackupVault": "v",
                                "ScheduleExpression": "cron(0 2 * * ? *)",
                                "Lifecycle": {"DeleteAfterDays": 35},
                                "CopyActions": [
                                    {"DestinationBackupVaultArn": "arn:aws:backup:eu-west-1:1:backup-vault:w"}
                                ],
                            }
                        ],
                    }
                },
            },
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "VersioningConfiguration": {"Status": "Enabled"},
                    "ReplicationConfiguration": {"Rules": []},
                },
            },
        },
        "Outputs": {"O": {"Value": {"Fn::GetAtt": ["Db", "Endpoint.Address"]}, "Export": {"Name": "o"}}},
    }


@cache
def change_set() -> Any:
    """Give a change set that makes the template, as its tree."""
    return change_set_of(template_tree())


def change_set_of(template: Any) -> Any:
    """Give the change set that makes a template, as its tree."""
    changes = [
        {
            "Type": "Resource",
            "ResourceChange": {
                "Action": "Add",
                "LogicalResourceId": name,
                "ResourceType": one["Type"],
                "Replacement": "False",
                "AfterContext": json.dumps({"Properties": one["Properties"]}),
            },
        }
        for name, one in template["Resources"].items()
    ]
    return {"ChangeSetName": "c", "StackName": "s", "Status": "CREATE_COMPLETE", "Changes": changes}
