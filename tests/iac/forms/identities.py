"""Policies and roles that the tests of IAM in code share."""

from __future__ import annotations

import json
from typing import Any

from scanner.iac.block import Block
from tests.iac.forms.telling import (
    ACCOUNT,
    cloudformation,
    terraform,
)

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def trust(*principals: Any, **condition: Any) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": one, **condition} for one in principals
        ],
    }


def allow(*actions: str, on: str = "*") -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [*actions], "Resource": on}]}


PEOPLE = trust({"AWS": ROOT})
LOGS = allow("logs:PutLogEvents")
DELETES = allow("backup:*", "kms:*")
BOUND = f"arn:aws:iam::{ACCOUNT}:policy/bound"
MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/own/deletes"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def role(**more: Any) -> Block:
    return terraform("aws_iam_role", name="operations", assume_role_policy=json.dumps(PEOPLE), **more)


def template_role(**more: Any) -> Block:
    return cloudformation("AWS::IAM::Role", RoleName="operations", AssumeRolePolicyDocument=PEOPLE, **more)


VAULT = terraform("aws_backup_vault", name="main")


def policy_of(document: dict[str, Any]) -> Block:
    return terraform("aws_iam_role_policy", role="operations", name="p", policy=json.dumps(document))
