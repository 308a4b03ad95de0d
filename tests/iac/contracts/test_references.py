"""What one block says of another leads to the same verdict in every source: a key, its grants and what it encrypts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rules import catalogue
from scanner.documents.construct import load_policy
from scanner.engine import judge
from scanner.iac.read import read
from scanner.iac.sources import Inputs, load
from scanner.plan import plan as work
from tests.collect.recorded import AT
from tests.iac.plan.plans import change, configured, constant, holds, instance, kept, plan, refers

ARN = "arn:aws:kms:eu-west-1:111122223333:key/7"
HCL = """
resource "aws_kms_key" "k" {
  enable_key_rotation     = %s
  rotation_period_in_days = 90
}
resource "aws_backup_vault" "v" {
  name        = "orders"
  kms_key_arn = aws_kms_key.k.arn
}
resource "aws_backup_vault" "aws" {
  name = "plain"
}
"""
YAML = """
Resources:
  k:
    Type: AWS::KMS::Key
    Properties: {EnableKeyRotation: %s, RotationPeriodInDays: 90}
  v:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: orders, EncryptionKeyArn: !GetAtt k.Arn}
  aws:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: plain}
"""


def _terraform_json(rotates: bool) -> str:
    vaults = {"v": {"name": "orders", "kms_key_arn": "${aws_kms_key.k.arn}"}, "aws": {"name": "plain"}}
    key = {"k": {"enable_key_rotation": rotates, "rotation_period_in_days": 90}}
    return json.dumps({"resource": {"aws_kms_key": key, "aws_backup_vault": vaults}})


def _planned(rotates: bool) -> str:
    key, vault, plain = "aws_kms_key.k", "aws_backup_vault.v", "aws_backup_vault.aws"
    changes = [
        change(
            key,
            {"enable_key_rotation": rotates, "rotation_period_in_days": 90},
            {"arn": True, "id": True, "key_id": True},
        ),
        change(vault, {"name": "orders"}, {"arn": True, "id": True, "kms_key_arn": True}),
        change(plain, {"name": "plain"}, {"arn": True, "id": True, "kms_key_arn": True}),
    ]
    written = [
        configured(key, {"enable_key_rotation": constant(rotates)}),
        configured(vault, {"name": constant("orders"), "kms_key_arn": refers("aws_kms_key.k.arn", "aws_kms_key.k")}),
        configured(plain, {"name": constant("plain")}),
    ]
    return json.dumps(plan(changes, written))


def _stated(rotates: bool) -> str:
    key = {"enable_key_rotation": rotates, "rotation_period_in_days": 90, "arn": ARN, "id": "7", "key_id": "7"}
    named = {"name": "orders", "kms_key_arn": ARN, "arn": "arn:aws:backup:eu-west-1:111122223333:backup-vault:orders"}
    aws = "arn:aws:kms:eu-west-1:111122223333:alias/aws/backup"
    plain = {"name": "plain", "kms_key_arn": aws, "arn": "arn:aws:backup:eu-west-1:111122223333:backup-vault:plain"}
    vaults = [holds("aws_backup_vault.v", instance(named)), holds("aws_backup_vault.aws", instance(plain))]
    return json.dumps(kept(holds("aws_kms_key.k", instance(key)), *vaults))


def _template_json(rotates: bool) -> str:
    vault = {"BackupVaultName": "orders", "EncryptionKeyArn": {"Fn::GetAtt": ["k", "Arn"]}}
    resources = {
        "k": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": rotates, "RotationPeriodInDays": 90}},
        "v": {"Type": "AWS::Backup::BackupVault", "Properties": vault},
        "aws": {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "plain"}},
    }
    return json.dumps({"Resources": resources})


SOURCES: dict[str, Any] = {
    "main.tf": lambda rotates: HCL % str(rotates).lower(),
    "main.tf.json": _terraform_json,
    "plan.json": _planned,
    "terraform.tfstate": _stated,
    "t.yaml": lambda rotates: YAML % str(rotates).lower(),
    "t.json": _template_json,
}


@pytest.mark.parametrize("rotates", [True, False])
@pytest.mark.parametrize("name", SOURCES)
def test_the_key_of_a_vault(name: str, rotates: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(SOURCES[name](rotates))
    rules = [catalogue().rules[one] for one in ("BK403", "BK405")]
    (code,) = load([tmp_path / name], tmp_path, Inputs(region="eu-west-1", account="111122223333"))
    (estate,) = read(code, work(rules), at=AT, whole=True)
    found = judge(rules, estate, load_policy(), at=AT)
    told = {
        (one.rule.id, one.subject.declaration.address.rpartition(".")[2]): one.outcome.value
        for one in found.findings
        if one.subject.declaration is not None
    }
    assert told == {
        ("BK403", "v"): "passed",
        ("BK403", "aws"): "failed",
        # When it rotated last only a running account tells.
        ("BK405", "k"): "unknown" if rotates else "failed",
    }
