"""What CloudFormation has no type for is not known to be off, even where the templates are all the code there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.iac.test_deciding import judged

TEMPLATE = """\
Resources:
  Open:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: false}
  Closed:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration:
        {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}
  Snapshots: {Type: AWS::EC2::SnapshotBlockPublicAccess, Properties: {State: block-all-sharing}}
  Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: eu-west-1a, Size: 8}}
  Plain: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: eu-west-1a, Size: 8, Encrypted: false}}
  Hub: {Type: AWS::SecurityHub::Hub}
  Detector: {Type: AWS::GuardDuty::Detector, Properties: {Enable: true}}
"""
TERRAFORM = """\
resource "aws_s3_bucket" "open" {}
resource "aws_s3_bucket_public_access_block" "open" {
  bucket            = aws_s3_bucket.open.id
  block_public_acls = true
}
resource "aws_ebs_volume" "disk" {
  availability_zone = "eu-west-1a"
  size              = 8
}
resource "aws_ebs_snapshot_block_public_access" "all" {
  state = "block-all-sharing"
}
"""


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("BK516", {"Open": "unknown", "Closed": "passed"}),  # the account is left to the account
        ("BK401", {"Open": "failed", "Closed": "failed", "Disk": "unknown", "Plain": "failed"}),
        ("BK409", {}),
        ("BK517", {}),
        ("BK714", {}),
    ],
)
def test_what_no_template_says(tmp_path: Path, rule: str, said: dict[str, str]) -> None:
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    assert outcomes(tmp_path, rule) == said


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("BK516", {"": "failed", "aws_s3_bucket.open": "failed"}),
        ("BK401", {"aws_s3_bucket.open": "failed", "aws_ebs_volume.disk": "failed"}),
        ("BK409", {"aws_ebs_snapshot_block_public_access.all": "failed"}),
    ],
)
def test_what_terraform_could_have_said(tmp_path: Path, rule: str, said: dict[str, str]) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM)
    assert outcomes(tmp_path, rule) == said


def test_who_may_mend_an_open_bucket(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    (found,) = [one for one in judged(tmp_path, "BK516", "--whole-estate") if one["outcome"] == "unknown"]
    wanted = "it does not block new public policies, existing public policies itself"
    assert found["because"] == f"{wanted}, and no code tells whether the account does"


def outcomes(directory: Path, rule: str) -> dict[str, str]:
    return {
        (one["declaration"] or {}).get("address", "") if "declaration" in one else "": one["outcome"]
        for one in judged(directory, rule, "--whole-estate")
    }
