"""Managed policies: to how many they are attached, and those of AWS of which it is known what they say.

AWS writes its own policies, and changes most of them; what they say stands in no code. Of one it never changed, and
every reference prints it: AdministratorAccess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import Form, always, joined, made
from scanner.iac.forms.iam.holdings import name_is_open
from scanner.iac.lowering import many, stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import document
from scanner.resources.iam.principals import ManagedPolicy

OLDER: Final = {"older": "what earlier versions say is kept in the account"}
_ADMINISTRATOR: Final = ":iam::aws:policy/AdministratorAccess"
#: AWS managed policy reference guide, "AdministratorAccess".
_EVERYTHING: Final = document({
    "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
})  # fmt: skip

#: Where the types of both sources name policies that they attach, and to whom: one holder where that is empty.
_ATTACHING: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "aws_iam_role_policy_attachment": ("policy_arn", ()),
    "aws_iam_user_policy_attachment": ("policy_arn", ()),
    "aws_iam_group_policy_attachment": ("policy_arn", ()),
    "aws_iam_policy_attachment": ("policy_arn", ("roles", "users", "groups")),
    "aws_iam_role_policy_attachments_exclusive": ("policy_arns", ()),
    "aws_iam_user_policy_attachments_exclusive": ("policy_arns", ()),
    "aws_iam_group_policy_attachments_exclusive": ("policy_arns", ()),
    "aws_iam_role": ("managed_policy_arns", ()),
    "AWS::IAM::Role": ("ManagedPolicyArns", ()),
    "AWS::IAM::User": ("ManagedPolicyArns", ()),
    "AWS::IAM::Group": ("ManagedPolicyArns", ()),
}
_BOUNDING: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "aws_iam_role": ("permissions_boundary", ()),
    "aws_iam_user": ("permissions_boundary", ()),
    "AWS::IAM::Role": ("PermissionsBoundary", ()),
    "AWS::IAM::User": ("PermissionsBoundary", ()),
}


def _counted(
    ways: Mapping[str, tuple[str, tuple[str, ...]]], arn: str, own: int, block: Block, around: Surroundings
) -> int:
    """Count the holders that code names; what it does not hold can only add to them, so that only none may be more."""
    found, doubt = own, None
    for type_, (path, lists) in ways.items():
        named, open_ = around.having((type_,), path, arn, block)
        doubt = open_ if doubt is None else doubt
        for one in named:
            found += sum(_size(one, name) for name in lists) if lists else 1
    if not found:
        # Others may name a policy whose own name is open.
        stopped(name_is_open(block))
        stopped(doubt)
        stopped(around.open)
    return found


def _size(block: Block, path: str) -> int:
    value = block.find(path).value
    if isinstance(value, Unresolved):
        value.stop()
    return 0 if value is ABSENT else len(many(value))


def counts(arn: Callable[[Block, Surroundings], Any], *lists: str) -> dict[str, Any]:
    """Give the facts that count whom a policy is attached to and whom it bounds; `lists` name holders in its block."""

    def attachments(block: Block, around: Surroundings) -> int:
        return _counted(_ATTACHING, _text(arn(block, around)), sum(_size(block, one) for one in lists), block, around)

    def bounds(block: Block, around: Surroundings) -> int:
        return _counted(_BOUNDING, _text(arn(block, around)), 0, block, around)

    return {"attachments": joined(attachments), "as_boundary": joined(bounds)}


def _text(arn: Any) -> str:
    if isinstance(arn, Unresolved):
        arn.stop()
    return str(arn)


def known(type_: str, path: str) -> Form:
    """Give the policy of AWS that is known, where a block attaches it: AWS lists its own that are attached."""

    def attached(block: Block) -> str | None:
        value = block.find(path).value
        for one in () if value is ABSENT or isinstance(value, Unresolved) else many(value):
            if isinstance(one, str) and one.endswith(_ADMINISTRATOR):
                return one
        return None

    return Form(
        ManagedPolicy,
        type_,
        arn=attached,
        when=lambda block: attached(block) is not None,
        once=True,
        facts={
            "document": made(lambda _: _EVERYTHING, path),
            "aws_managed": always(True, "AWS managed policy reference guide, AdministratorAccess"),
            **counts(lambda block, _: attached(block)),
        },
        beyond=OLDER,
    )
