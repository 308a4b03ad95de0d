"""Managed policies in code: `aws_iam_policy`, `AWS::IAM::ManagedPolicy`, and what attaches those of AWS."""

from __future__ import annotations

from typing import Final

from scanner.iac.form import ARN, NAME, Form, always, at
from scanner.iac.forms.iam.holdings import arn_by
from scanner.iac.forms.iam.managed import OLDER, counts, known
from scanner.permissions.document import document
from scanner.resources.iam.principals import ManagedPolicy

_OWN: Final = always(False, "AWS declares its own policies in no code")

FORMS: Final = (
    Form(
        ManagedPolicy,
        "aws_iam_policy",
        arn=arn_by("policy", "name", "path"),
        name="name",
        gives={"arn": ARN, "id": ARN, "name": NAME},
        facts={
            "document": at("policy", document),
            "aws_managed": _OWN,
            **counts(lambda block, around: around.arn(block)),
        },
        beyond=OLDER,
    ),
    Form(
        ManagedPolicy,
        "AWS::IAM::ManagedPolicy",
        arn=arn_by("policy", "ManagedPolicyName", "Path"),
        name="ManagedPolicyName",
        gives={"Ref": ARN, "PolicyArn": ARN},
        facts={
            "document": at("PolicyDocument", document),
            "aws_managed": _OWN,
            **counts(lambda block, around: around.arn(block), "Roles", "Users", "Groups"),
        },
        beyond=OLDER,
    ),
    known("aws_iam_role_policy_attachment", "policy_arn"),
    known("aws_iam_user_policy_attachment", "policy_arn"),
    known("aws_iam_group_policy_attachment", "policy_arn"),
    known("aws_iam_policy_attachment", "policy_arn"),
)
