"""Seeds: what fuzzing begins with, a small root of every source."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "examples" / "infra"


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
def state() -> Any:
    """Give a state of what the plan makes, as its tree."""
    resources = [
        {
            "mode": "managed",
            "type": one["type"],
            "name": one["name"],
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [{"schema_version": 0, "attributes": one["change"]["after"], "sensitive_attributes": []}],
        }
        for one in plan()["resource_changes"]
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
        for name, one in template_tree()["Resources"].items()
    ]
    return {"ChangeSetName": "c", "StackName": "s", "Status": "CREATE_COMPLETE", "Changes": changes}
