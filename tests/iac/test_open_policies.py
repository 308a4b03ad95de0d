"""What one statement of a policy leaves open hides nothing of what the others say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.iac.test_deciding import outcome

ROLE = """\
Parameters: {Open: {Type: String}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}]
      Policies:
        - PolicyName: one
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
"""
ALL = '{Effect: Allow, Action: ["s3:*", "backup:*"], Resource: "*"}'
SOME = '{Effect: Allow, Action: "s3:GetObject", Resource: "*"}'


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([ALL], "failed"),
        ([ALL, '{Effect: Allow, Action: "organizations:AttachPolicy", Resource: !Sub "arn:aws:x:::${Open}"}'], "failed"),
        ([ALL, '{Effect: Allow, Action: "s3:DeleteObject*", Resource: !Sub "arn:aws:s3:::${Open}/*"}'], "failed"),
        ([ALL, '{Effect: Allow, Action: "*", Resource: "*", Condition: {StringEquals: {"aws:ResourceTag/a": !Ref Open}}}'], "failed"),
        ([ALL, '{Effect: Allow, Action: [!Ref Open, "s3:GetObject"], Resource: "*"}'], "failed"),
        (['{Effect: Allow, Action: "s3:*", Resource: ["*", !Ref Open]}'], "failed"),
        (['{Effect: Allow, Action: "s3:*", Resource: [!Ref Open]}'], "unknown"),
        (['{Effect: Allow, Action: [!Ref Open], Resource: "*"}'], "unknown"),
        (['{Effect: Allow, NotAction: ["iam:*", !Ref Open], Resource: "*"}'], "unknown"),
        (['{Effect: Allow, Action: "*", NotResource: !Ref Open}'], "unknown"),
        (['{Effect: Allow, Action: "s3:*", Resource: "*", Condition: {StringEquals: {"aws:ResourceTag/a": !Ref Open}}}'], "unknown"),
        ([ALL, "{Effect: Deny, Action: '*', Resource: !Ref Open}"], "unknown"),
        ([ALL, "{Effect: Deny, Action: 'logs:*', Resource: !Ref Open}"], "failed"),
        ([SOME, '{Effect: Allow, Action: "s3:DeleteObject", Resource: !Ref Open}'], "passed"),
        ([SOME, '{Effect: Allow, Action: "iam:*", Resource: !Ref Open}'], "passed"),
    ],
)  # fmt: skip
def test_what_is_given(tmp_path: Path, statements: list[str], said: str) -> None:
    (tmp_path / "t.yaml").write_text(ROLE + "".join(f"              - {one}\n" for one in statements))
    assert outcome(tmp_path, "BK606", "Role") == said


VAULT = """\
Parameters: {Open: {Type: String}}
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: one
      AccessPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: "*", Action: "backup:CopyIntoBackupVault", Resource: !Ref Open}
"""


def test_what_is_denied(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(VAULT)
    assert outcome(tmp_path, "BK612", "Vault") == "failed"
    denies = '          - {Effect: Deny, Principal: "*", Action: "backup:*", Resource: !Ref Open}\n'
    (tmp_path / "t.yaml").write_text(VAULT + denies)
    assert outcome(tmp_path, "BK612", "Vault") == "unknown"
