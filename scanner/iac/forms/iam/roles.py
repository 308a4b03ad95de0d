"""Roles in code: `aws_iam_role`, `AWS::IAM::Role`, the roles that services make for themselves, and their policies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, Form, always, at, joined
from scanner.iac.forms.iam.holdings import Keeps, Tied, Written, arn_by
from scanner.iac.forms.iam.managed import known
from scanner.iac.lowering import named_in
from scanner.model.convert import text
from scanner.permissions.document import document
from scanner.resources.iam.principals import Role, linked, seconds

_RUNTIME: Final = {
    "created_at": "a role is created when the code is applied",
    "last_used_at": "when it was used shows at run time",
    "uses": "what was used of its policies shows at run time",
}
_HOUR: Final = timedelta(hours=1)
TERRAFORM: Final = Keeps(
    inside="inline_policy",
    parts=("name", "policy"),
    attached="managed_policy_arns",
    written=(Written("aws_iam_role_policy", "role", "name", "policy"),),
    tied=(
        Tied("aws_iam_role_policy_attachment", "role", "policy_arn"),
        Tied("aws_iam_policy_attachment", "roles", "policy_arn"),
        Tied("aws_iam_role_policy_attachments_exclusive", "role_name", "policy_arns"),
    ),
)
TEMPLATE: Final = Keeps(
    inside="Policies",
    attached="ManagedPolicyArns",
    path="Path",
    written=(
        Written("AWS::IAM::Policy", "Roles", "PolicyName", "PolicyDocument"),
        Written("AWS::IAM::RolePolicy", "RoleName", "PolicyName", "PolicyDocument"),
    ),
    tied=(Tied("AWS::IAM::ManagedPolicy", "Roles"),),
)


def _whole_seconds(value: timedelta) -> int:
    return value // timedelta(seconds=1)


def _held(keeps: Keeps, inside: str, attached: str) -> dict[str, Any]:
    return {
        "inline": joined(keeps.inline, inside),
        "attached": joined(keeps.attachments, attached),
        "may_touch_backups": joined(keeps.may_touch, attached, inside),
    }


def _of_service(block: Block) -> dict[str, Any]:
    """Give the trust policy of a role that a service makes for itself: it lets in the service alone."""
    service = _service(block)
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _service(block: Block) -> str:
    return named_in(block, "aws_service_name" if block.find("AWSServiceName").value is ABSENT else "AWSServiceName")


def _linked_arn(block: Block) -> str:
    named = f"aws-service-role/{_service(block)}/{block.known_name or block.address}"
    return f"arn:{block.partition}:iam::{block.account}:role/{named}"


def _linked(type_: str, gives: dict[str, Any], tags: Any) -> Form:
    return Form(
        Role,
        type_,
        arn=_linked_arn,
        gives=gives,
        facts={
            "tags": tags,
            "path": at(
                "", lambda raw: f"/aws-service-role/{text(raw.get('aws_service_name', raw.get('AWSServiceName')))}/"
            ),
            "trust": joined(lambda block, _: document(_of_service(block)), "aws_service_name", "AWSServiceName"),
            "boundary": always(None, "IAM user guide, Permissions boundaries: a service-linked role has none"),
            "inline": always(
                (), "IAM user guide, Service-linked roles: what they may do is in a managed policy of AWS"
            ),
            "may_touch_backups": always(False, "only its service can use and change a service-linked role"),
            "service_linked": always(True, "IAM user guide, Create a service-linked role"),
        },
        beyond={
            **_RUNTIME,
            "attached": "AWS attaches a policy of its own to it",
            "longest_session": "AWS chooses how long its sessions last",
        },
    )


FORMS: Final = (
    Form(
        Role,
        "aws_iam_role",
        arn=arn_by("role", "name", "path"),
        name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME},
        facts={
            "tags": TERRAFORM_TAGS,
            "path": at("path", text, absent="/", docs="r/iam_role: path is optional; IAM user guide: / by default"),
            "trust": at("assume_role_policy", document),
            "boundary": at("permissions_boundary", lambda raw: text(raw) or None, absent=None),
            "longest_session": at(
                "max_session_duration", seconds, absent=_HOUR, write=_whole_seconds,
                docs="r/iam_role: the default of one hour is applied",
            ),
            "service_linked": at("path", linked, absent=False),
            **_held(TERRAFORM, "inline_policy", "managed_policy_arns"),
        },
        beyond=_RUNTIME,
    ),
    Form(
        Role,
        "AWS::IAM::Role",
        arn=arn_by("role", "RoleName", "Path"),
        name="RoleName",
        gives={"Ref": NAME, "Arn": ARN},
        facts={
            "tags": CLOUDFORMATION_TAGS,
            "path": at("Path", text, absent="/", docs="AWS::IAM::Role: defaults to a slash"),
            "trust": at("AssumeRolePolicyDocument", document),
            "boundary": at("PermissionsBoundary", text, absent=None),
            "longest_session": at(
                "MaxSessionDuration", seconds, absent=_HOUR, write=_whole_seconds,
                docs="AWS::IAM::Role: the default value of one hour is applied",
            ),
            "service_linked": at("Path", linked, absent=False),
            **_held(TEMPLATE, "Policies", "ManagedPolicyArns"),
        },
        beyond=_RUNTIME,
    ),
    _linked("aws_iam_service_linked_role", {"arn": ARN, "id": ARN, "name": NAME}, TERRAFORM_TAGS),
    _linked("AWS::IAM::ServiceLinkedRole", {"Ref": NAME, "RoleName": NAME}, at("Tags", dict, absent={})),
    known("aws_iam_role", "managed_policy_arns"),
    known("AWS::IAM::Role", "ManagedPolicyArns"),
)  # fmt: skip
