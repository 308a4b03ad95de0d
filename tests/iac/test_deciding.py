"""A failed finding names the file, the line and the attribute that decided: constructs met in public code, in small."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scanner.cli.main import main

AT = "2026-11-24T12:00:00Z"
DATABASE = """\
resource "aws_db_instance" "one" {
  engine                  = "postgres"
  engine_version          = "17.6"
  instance_class          = "db.t4g.medium"
  parameter_group_name    = aws_db_parameter_group.one.name
  storage_encrypted       = true
  kms_key_id              = var.key
  backup_retention_period = var.kept
  backup_window           = "07:00-08:00"
  deletion_protection     = false
}

resource "aws_db_parameter_group" "one" {
  family = "postgres17"
  parameter {
    name  = "rds.force_ssl"
    value = "0"
  }
}

variable "key" { default = null }
variable "kept" { default = 7 }
"""
CLUSTER = """\
resource "aws_rds_cluster" "one" {
  cluster_identifier = "one"
  engine             = "aurora-mysql"
}

resource "aws_rds_cluster_instance" "a" {
  cluster_identifier  = aws_rds_cluster.one.id
  engine              = "aurora-mysql"
  publicly_accessible = true
}

resource "aws_rds_cluster_instance" "b" {
  cluster_identifier  = aws_rds_cluster.one.id
  engine              = "aurora-mysql"
  publicly_accessible = false
}
"""
GROUP = """\
resource "aws_security_group" "one" {
  name   = "one"
  vpc_id = "vpc-1"

  ingress {
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "behind" {
  engine                 = "mysql"
  vpc_security_group_ids = [aws_security_group.one.id]
}
"""
PEOPLE = """\
Resources:
  Person:
    Type: AWS::IAM::User
  Role:
    Type: AWS::IAM::Role
    Properties:
      Path: /
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}]
  Much:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: much
      PolicyDocument:
        Statement: [{Effect: Allow, Action: ["ec2:*", "rds:*"], Resource: "*"}]
      Users: [!Ref Person]
      Roles: [!Ref Role]
  Little:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: zero
      PolicyDocument:
        Statement: [{Effect: Allow, Action: ["logs:PutLogEvents"], Resource: "*"}]
      Users: [!Ref Person]
      Roles: [!Ref Role]
  Inside:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}]
      Policies:
        - PolicyName: some
          PolicyDocument:
            Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]
        - PolicyName: none
          PolicyDocument:
            Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]
  Admin:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}]
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/AdministratorAccess
"""
WATCHED = """\
Resources:
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      S3BucketName: b
      IsLogging: true
      IsMultiRegionTrail: true
      EnableLogFileValidation: false
      KMSKeyId: arn:aws:kms:eu-west-1:123456789012:key/1
  Channel:
    Type: AWS::Config::DeliveryChannel
    Properties: {S3BucketName: b}
  Recorder:
    Type: AWS::Config::ConfigurationRecorder
    Properties:
      RoleARN: arn:aws:iam::123456789012:role/r
      RecordingGroup: {ResourceTypes: ["AWS::EC2::Volume"]}
  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      MfaConfiguration: "OFF"
      AdminCreateUserConfig: {AllowAdminCreateUserOnly: false}
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      RotationPeriodInDays: 365
      KeyPolicy: {Statement: []}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: api
      EndpointConfiguration: {Types: [REGIONAL]}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: []
      SSESpecification:
        SSEEnabled: true
"""
STREAM = """\
Resources:
  Stream:
    Type: AWS::MSK::Cluster
    Properties:
      EncryptionInfo:
        EncryptionInTransit:
          ClientBroker: TLS_PLAINTEXT
          InCluster: true
"""
FRONT = """\
resource "aws_cloudfront_distribution" "one" {
  enabled = true
  origin {
    domain_name = "b.s3.amazonaws.com"
    origin_id   = "b"
  }
  default_cache_behavior {
    viewer_protocol_policy = "https-only"
    target_origin_id       = "b"
  }
  viewer_certificate {
    minimum_protocol_version       = "TLSv1.2_2021"
    cloudfront_default_certificate = true
  }
}
"""
PLAN = """\
resource "aws_backup_plan" "one" {
  name = "one"
  rule {
    rule_name         = "long"
    target_vault_name = "v"
    schedule          = "cron(0 2 * * ? *)"
    lifecycle { delete_after = 35 }
  }
  rule {
    rule_name         = "short"
    target_vault_name = "v"
    schedule          = "cron(0 12 * * ? *)"
    lifecycle {
      delete_after = 35
    }
    copy_action {
      destination_vault_arn = "arn:aws:backup:eu-west-1:123456789012:backup-vault:near"
    }
    copy_action {
      destination_vault_arn = "arn:aws:backup:us-east-1:123456789012:backup-vault:far"
      lifecycle {
        delete_after = 7
      }
    }
  }
}

resource "aws_backup_selection" "all" {
  name         = "all"
  plan_id      = aws_backup_plan.one.id
  iam_role_arn = "arn:aws:iam::123456789012:role/backup"
  resources    = ["*"]
}
"""
TEMPLATE_PLAN = """\
Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: p
        BackupPlanRule:
          - {RuleName: long, TargetBackupVault: v, Lifecycle: {DeleteAfterDays: 35}}
          - RuleName: short
            TargetBackupVault: v
            Lifecycle:
              DeleteAfterDays: 7
"""


@pytest.mark.parametrize(
    ("code", "rule", "address", "line", "attribute"),
    [
        (DATABASE, "BK205", "aws_db_instance.one", 9, "backup_window"),
        (DATABASE, "BK401", "aws_db_instance.one", 7, "kms_key_id"),
        (DATABASE, "BK504", "aws_db_instance.one", 5, "parameter_group_name"),
        (DATABASE, "BK807", "aws_db_instance.one", 10, "deletion_protection"),
        (DATABASE.replace("= 7", "= 0"), "BK104", "aws_db_instance.one", 8, "backup_retention_period"),
        (CLUSTER, "BK510", "aws_rds_cluster.one", 9, "publicly_accessible"),
        (CLUSTER, "BK510", "aws_rds_cluster_instance.a", 9, "publicly_accessible"),
        (CLUSTER, "BK401", "aws_rds_cluster.one", 1, "storage_encrypted"),
        (GROUP, "BK512", "aws_security_group.one", 5, "ingress"),
        (PEOPLE, "BK607", "Person", 14, "PolicyDocument"),
        (PEOPLE, "BK606", "Person", 14, "PolicyDocument"),
        (PEOPLE, "BK606", "Role", 14, "PolicyDocument"),
        (PEOPLE, "BK606", "Inside", 33, "Policies.PolicyDocument"),
        (PEOPLE, "BK606", "Admin", 43, "ManagedPolicyArns"),
        (STREAM, "BK506", "Stream", 7, "EncryptionInfo.EncryptionInTransit.ClientBroker"),
        (FRONT, "BK503", "aws_cloudfront_distribution.one", 13, "viewer_certificate.cloudfront_default_certificate"),
        (PLAN, "BK202", "aws_backup_plan.one", 22, "lifecycle.delete_after"),
        (PLAN, "BK207", "aws_backup_plan.one", 12, "schedule"),
        (PLAN.replace("= 35 }", "= 3 }"), "BK202", "aws_backup_plan.one", 7, "lifecycle.delete_after"),
        (TEMPLATE_PLAN, "BK202", "Plan", 12, "Lifecycle.DeleteAfterDays"),
        (WATCHED, "BK710", "Trail", 8, "EnableLogFileValidation"),
        (WATCHED, "BK713", "Channel", 17, "RecordingGroup"),
        (WATCHED, "BK615", "Pool", 21, "MfaConfiguration"),
        (WATCHED, "BK405", "Key", 27, "RotationPeriodInDays"),
        (WATCHED, "BK503", "Api", 29, "SecurityPolicy"),
        (WATCHED, "BK401", "Table", 38, "SSESpecification.KMSMasterKeyId"),
    ],
)
def test_the_place_that_decided(
    tmp_path: Path, code: str, rule: str, address: str, line: int, attribute: str
) -> None:  # fmt: skip
    name = "template.yaml" if code.startswith("Resources") else "main.tf"
    (tmp_path / name).write_text(code)
    (found,) = [one for one in failed(tmp_path, rule) if one["declaration"]["address"] == address]
    place = found["declaration"]
    assert (Path(place["file"]).name, place["line"], place["attribute"]) == (name, line, attribute)


@pytest.mark.parametrize(
    ("rule", "line", "attribute"), [("BK201", 8, "backup_retention_period"), ("BK212", 10, "deletion_protection")]
)
def test_the_place_that_decided_where_nothing_else_helps(tmp_path: Path, rule: str, line: int, attribute: str) -> None:
    (tmp_path / "main.tf").write_text(DATABASE)
    (found,) = [one for one in judged(tmp_path, rule, "--whole-estate") if one["outcome"] == "failed"]
    assert (found["declaration"]["line"], found["declaration"]["attribute"]) == (line, attribute)


def judged(directory: Path, rule: str, *options: str) -> list[dict[str, Any]]:
    said = CliRunner().invoke(
        main, ["--iac", str(directory), "--format", "json", "--quiet", "--at", AT, "--rule", rule, *options]
    )
    found: list[dict[str, Any]] = json.loads(said.stdout)["findings"]
    return found


def failed(directory: Path, rule: str) -> list[dict[str, Any]]:
    return [one for one in judged(directory, rule) if one["outcome"] == "failed"]


def outcome(directory: Path, rule: str, address: str, *options: str) -> str:
    (found,) = [one for one in judged(directory, rule, *options) if one["declaration"]["address"] == address]
    said: str = found["outcome"]
    return said
