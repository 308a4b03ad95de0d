"""Truths: one resource of each of some kinds, as Terraform writes it, as templates do, and as AWS answers.

Most are the blocks and answers that the tests of the forms hold against each other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.iac.block import Block
from scanner.model.reading import Source
from scanner.model.resource import Resource
from scanner.resources.alerting.rules import EventRule
from scanner.resources.alerting.topics import Topic
from scanner.resources.aws_backup.plans import Plan
from scanner.resources.aws_backup.reports import ReportPlan
from scanner.resources.aws_backup.testing import RestoreTestingPlan
from scanner.resources.aws_backup.vaults import Vault
from scanner.resources.cloudtrail import Trail
from scanner.resources.cognito import UserPool
from scanner.resources.dynamodb import Table
from scanner.resources.iam.principals import Role
from scanner.resources.kms import Key
from scanner.resources.logs import LogGroup
from scanner.resources.rds.instances import Instance
from scanner.resources.s3.buckets import Bucket
from scanner.resources.secretsmanager import Secret
from tests.iac.forms import (
    buckets,
    test_audit,
    test_backup_plans,
    test_backup_vaults,
    test_events,
    test_iam,
    test_secrets,
    test_sns,
)
from tests.iac.forms.databases import answered
from tests.iac.forms.telling import ACCOUNT, REGION, cloudformation, live, terraform
from tests.iac.forms.told_databases import CLUSTERS, INSTANCE_LIVE, INSTANCES, cluster_live

_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
    ],
}
_SUBNETS = ["subnet-a", "subnet-b"]


@dataclass(frozen=True, slots=True)
class Truth:
    """One resource, the first of the blocks of each language."""

    kind: type[Resource]
    blocks: Mapping[Source, tuple[Block, ...]]
    #: the facts as AWS tells them
    live: Mapping[str, Any]


def _of(kind: type[Resource], terraform: Any, template: Any, live: Mapping[str, Any]) -> Truth:
    written = {Source.TERRAFORM: terraform, Source.CLOUDFORMATION: template}
    return Truth(kind, {name: (one,) if isinstance(one, Block) else tuple(one) for name, one in written.items()}, live)


def _clusters(name: str) -> Truth:
    kind, engine, blocks = CLUSTERS[name]
    return _of(kind, blocks, CLUSTERS[f"{name} template"][2], answered(kind, cluster_live(engine), subnets=_SUBNETS))


TRUTHS = {
    "bucket": _of(Bucket, buckets.TERRAFORM, buckets.TEMPLATE, buckets.LIVE),
    "bucket of older arguments": _of(Bucket, buckets.INLINE, buckets.TEMPLATE, {}),
    "database": _of(
        Instance, INSTANCES["terraform"], INSTANCES["template"],
        answered(Instance, INSTANCE_LIVE, native_encryption=[]),
    ),
    "aurora": _clusters("aurora"),
    "documents": _clusters("documents"),
    "graphs": _clusters("graphs"),
    "table": _of(
        Table,
        terraform(
            "aws_dynamodb_table", name="orders", hash_key="id", deletion_protection_enabled=True, tags={"System": "orders"},
            attribute=[{"name": "id", "type": "S"}], point_in_time_recovery=[{"enabled": True, "recovery_period_in_days": 20}],
            server_side_encryption=[{"enabled": True, "kms_key_arn": _KEY}],
        ),
        cloudformation(
            "AWS::DynamoDB::Table", TableName="orders", DeletionProtectionEnabled="true",
            Tags=[{"Key": "System", "Value": "orders"}],
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": "20"},
            SSESpecification={"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": _KEY},
        ),
        live(
            Table, {},
            DescribeTable={"Table": {
                "TableName": "orders", "SSEDescription": {"KMSMasterKeyArn": _KEY}, "DeletionProtectionEnabled": True,
            }},
            DescribeContinuousBackups={"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": {
                "PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 20,
            }}},
        ),
    ),
    "key": _of(
        Key,
        terraform(
            "aws_kms_key", enable_key_rotation=True, rotation_period_in_days=180, policy=json.dumps(_POLICY),
            tags={"System": "orders"},
        ),
        cloudformation(
            "AWS::KMS::Key", EnableKeyRotation="true", RotationPeriodInDays="180", KeyPolicy=_POLICY,
            Tags=[{"Key": "System", "Value": "orders"}],
        ),
        live(
            Key, {},
            DescribeKey={"KeyMetadata": {
                "KeyManager": "CUSTOMER", "KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS",
                "KeyUsage": "ENCRYPT_DECRYPT",
            }},
            GetKeyRotationStatus={"KeyRotationEnabled": True, "RotationPeriodInDays": 180},
            GetKeyPolicy={"Policy": json.dumps(_POLICY)},
        ),
    ),
    "log group": _of(
        LogGroup,
        terraform("aws_cloudwatch_log_group", name="orders", retention_in_days=400, kms_key_id=_KEY),
        cloudformation("AWS::Logs::LogGroup", LogGroupName="orders", RetentionInDays="400", KmsKeyId=_KEY),
        live(LogGroup, {"logGroupName": "orders", "retentionInDays": 400, "kmsKeyId": _KEY}),
    ),
    "vault": _of(Vault, test_backup_vaults.TF_VAULT, test_backup_vaults.CFN_VAULT, test_backup_vaults.LIVE_VAULT),
    "plan": _of(Plan, test_backup_plans.TF_PLAN, test_backup_plans.CFN_PLAN, test_backup_plans.LIVE_PLAN),
    "report plan": _of(ReportPlan, test_backup_vaults.TF_REPORT, test_backup_vaults.CFN_REPORT, {}),
    "restore testing plan": _of(RestoreTestingPlan, test_backup_vaults.TF_TEST, test_backup_vaults.CFN_TEST, {}),
    "secret": _of(Secret, test_secrets.TF_SECRET, test_secrets.CFN_SECRET, test_secrets.LIVE_SECRET),
    "topic": _of(Topic, test_sns.TF_TOPIC, test_sns.CFN_TOPIC, test_sns.LIVE_TOPIC),
    "event rule": _of(EventRule, test_events.TF_RULE, test_events.CFN_RULE, test_events.LIVE_RULE),
    "role": _of(Role, test_iam.TF_ROLE, test_iam.CFN_ROLE, test_iam.LIVE_ROLE),
    "trail": _of(Trail, test_audit.TF_TRAIL, test_audit.CFN_TRAIL, {}),
    "user pool": _of(UserPool, test_secrets.TF_POOL, test_secrets.CFN_POOL, {}),
}  # fmt: skip
