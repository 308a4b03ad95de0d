"""Users and groups in code, their credentials as far as code makes them, and their policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, Form, at, joined, made
from scanner.iac.forms.iam.holdings import Keeps, Tied, Written, arn_by, naming
from scanner.iac.forms.iam.managed import known
from scanner.iac.lowering import named_in, stopped
from scanner.iac.naming import name_of
from scanner.iac.surroundings import Surroundings
from scanner.model.arn import somewhere
from scanner.model.convert import text
from scanner.model.errors import CouldNotCheck
from scanner.model.look import any_of
from scanner.model.reading import Reason, Unknown
from scanner.resources.iam.credentials import AccessKey, User
from scanner.resources.iam.principals import Group, UserPolicies

_MADE: Final = "a user is created when the code is applied"
_USES: Final = {"created_at": _MADE, "uses": "what was used of its policies shows at run time"}
_CREDENTIALS: Final = {
    "created_at": _MADE,
    "mfa": "a second factor is set up by whoever has it",
    "used_at": "when its password was used shows at run time",
    "password_changed_at": "when its password was changed shows at run time",
}
_OF_KEYS: Final = {
    "rotated_at": "a key is made when the code is applied",
    "used_at": "when it was used shows at run time",
}
_USERS: Final[Mapping[str, str]] = {"aws_iam_user": "name", "AWS::IAM::User": "UserName"}

TERRAFORM_USER: Final = Keeps(
    written=(Written("aws_iam_user_policy", "user", "name", "policy"),),
    tied=(
        Tied("aws_iam_user_policy_attachment", "user", "policy_arn"),
        Tied("aws_iam_policy_attachment", "users", "policy_arn"),
        Tied("aws_iam_user_policy_attachments_exclusive", "user_name", "policy_arns"),
    ),
    members=(("aws_iam_user_group_membership", "user", "groups"), ("aws_iam_group_membership", "users", "group")),
)
TEMPLATE_USER: Final = Keeps(
    inside="Policies",
    attached="ManagedPolicyArns",
    groups="Groups",
    path="Path",
    written=(
        Written("AWS::IAM::Policy", "Users", "PolicyName", "PolicyDocument"),
        Written("AWS::IAM::UserPolicy", "UserName", "PolicyName", "PolicyDocument"),
    ),
    tied=(Tied("AWS::IAM::ManagedPolicy", "Users"),),
    members=(("AWS::IAM::UserToGroupAddition", "Users", "GroupName"),),
)
TERRAFORM_GROUP: Final = Keeps(
    written=(Written("aws_iam_group_policy", "group", "name", "policy"),),
    tied=(
        Tied("aws_iam_group_policy_attachment", "group", "policy_arn"),
        Tied("aws_iam_policy_attachment", "groups", "policy_arn"),
        Tied("aws_iam_group_policy_attachments_exclusive", "group_name", "policy_arns"),
    ),
)
TEMPLATE_GROUP: Final = Keeps(
    inside="Policies",
    attached="ManagedPolicyArns",
    path="Path",
    written=(
        Written("AWS::IAM::Policy", "Groups", "PolicyName", "PolicyDocument"),
        Written("AWS::IAM::GroupPolicy", "GroupName", "PolicyName", "PolicyDocument"),
    ),
    tied=(Tied("AWS::IAM::ManagedPolicy", "Groups"),),
)


def _held(keeps: Keeps, inside: str, attached: str) -> dict[str, Any]:
    return {"inline": joined(keeps.inline, inside), "attached": joined(keeps.attachments, attached)}


def _held_by_user(keeps: Keeps, inside: str, attached: str, groups: str) -> dict[str, Any]:
    return {
        **_held(keeps, inside, attached),
        "groups": joined(keeps.memberships, groups),
        "may_touch_backups": joined(keeps.may_touch, attached, inside, groups),
    }


# -- credentials -----------------------------------------------------------------------------------------------------


def _if_given(found: bool, around: Surroundings) -> bool:  # noqa: FBT001  # what the code says
    """Say that there is one, or that there is none as far as the code goes: it may also be made by hand."""
    if not found and around.open is not None:
        around.open.stop()
    return found


def _signs_in(type_: str, by: str) -> Callable[[Block, Surroundings], bool]:
    def console(block: Block, around: Surroundings) -> bool:
        profile = block.find("LoginProfile").value
        if stopped(profile) is not ABSENT:
            return True
        return _if_given(bool(type_ and naming(type_, by, block, around)), around)

    return console


def _has_keys(type_: str, by: str, status: str) -> Callable[[Block, Surroundings], bool]:
    def has(block: Block, around: Surroundings) -> bool:
        return _if_given(any_of(naming(type_, by, block, around), lambda key: _active(key, status)), around)

    return has


def _active(key: Block, path: str) -> bool:
    value = stopped(key.find(path).value)
    return value is ABSENT or _is_active(value)


def _is_active(raw: Any) -> bool:
    return text(raw) == "Active"


def _owner(path: str) -> Callable[[Block, Surroundings], str]:
    """Give the ARN of the user of a key, which has a path that only the user's own block tells."""

    def owner(block: Block, around: Surroundings) -> str:
        called = named_in(block, path)
        found = [one for type_, by in _USERS.items() for one in _called(type_, by, called, block, around)]
        if not found:
            said = f"{block.address} belongs to user {called}, which the code does not hold"
            raise CouldNotCheck(Unknown(Reason.OPEN, said))
        return text(stopped(around.arn(found[0])))

    return owner


def _called(type_: str, by: str, name: str, block: Block, around: Surroundings) -> list[Block]:
    """Find the users of a type that are called so: by what is written, or by what stands for a name that is not."""
    found, _ = around.having((type_,), by, name, block)
    near = [one for one in found if somewhere(one.account) == somewhere(block.account)]
    stands = None if near else around.named((type_,), name, block)
    return near if stands is None else [stands]


def _key_arn(path: str) -> Callable[[Block], str]:
    """Name a key by its address: live AWS tells its number of two, which depends on the keys that the user has."""
    return lambda block: (
        f"arn:{block.partition}:iam::{block.account}:user/{named_in(block, path)}/access-key-{block.address}"
    )


def _own_name(block: Block) -> str:
    """Give the name by which users name a group."""
    form = next(form for form in FORMS if form.type == block.type)
    stopped(block.find(str(form.name)).value)
    return name_of(form, block)


_GIVES: Final = {"arn": ARN, "id": NAME, "name": NAME}
_TEMPLATE_GIVES: Final = {"Ref": NAME, "Arn": ARN}

FORMS: Final = (
    Form(
        UserPolicies,
        "aws_iam_user",
        arn=arn_by("user", "name", "path"),
        name="name",
        gives=_GIVES,
        facts={
            "tags": TERRAFORM_TAGS,
            "path": at("path", text, absent="/", docs="r/iam_user: path defaults to /"),
            "boundary": at("permissions_boundary", lambda raw: text(raw) or None, absent=None),
            **_held_by_user(TERRAFORM_USER, "name", "name", "name"),
        },
        beyond=_USES,
    ),
    Form(
        UserPolicies,
        "AWS::IAM::User",
        arn=arn_by("user", "UserName", "Path"),
        name="UserName",
        gives=_TEMPLATE_GIVES,
        facts={
            "tags": CLOUDFORMATION_TAGS,
            "path": at("Path", text, absent="/", docs="AWS::IAM::User: defaults to a slash"),
            "boundary": at("PermissionsBoundary", text, absent=None),
            **_held_by_user(TEMPLATE_USER, "Policies", "ManagedPolicyArns", "Groups"),
        },
        beyond=_USES,
    ),
    Form(
        User,
        "aws_iam_user",
        arn=arn_by("user", "name", "path"),
        name="name",
        facts={
            "console": joined(_signs_in("aws_iam_user_login_profile", "user"), "name"),
            "has_keys": joined(_has_keys("aws_iam_access_key", "user", "status"), "name"),
        },
        beyond=_CREDENTIALS,
    ),
    Form(
        User,
        "AWS::IAM::User",
        arn=arn_by("user", "UserName", "Path"),
        name="UserName",
        facts={
            "console": joined(_signs_in("", ""), "LoginProfile"),
            "has_keys": joined(_has_keys("AWS::IAM::AccessKey", "UserName", "Status"), "UserName"),
        },
        beyond=_CREDENTIALS,
    ),
    Form(
        AccessKey,
        "aws_iam_access_key",
        arn=_key_arn("user"),
        gives={},
        facts={
            "owner": joined(_owner("user"), "user"),
            "active": at("status", _is_active, absent=True, docs="r/iam_access_key: valid values are Active, the default, and Inactive"),
        },
        beyond=_OF_KEYS,
    ),
    Form(
        AccessKey,
        "AWS::IAM::AccessKey",
        arn=_key_arn("UserName"),
        gives={},
        facts={
            "owner": joined(_owner("UserName"), "UserName"),
            "active": at("Status", _is_active, absent=True, docs="AWS::IAM::AccessKey: the default value is Active"),
        },
        beyond=_OF_KEYS,
    ),
    Form(
        Group,
        "aws_iam_group",
        arn=arn_by("group", "name", "path"),
        name="name",
        gives=_GIVES,
        facts={
            "called": made(_own_name, "name"),
            **_held(TERRAFORM_GROUP, "name", "name"),
        },
    ),
    Form(
        Group,
        "AWS::IAM::Group",
        arn=arn_by("group", "GroupName", "Path"),
        name="GroupName",
        gives=_TEMPLATE_GIVES,
        facts={
            "called": made(_own_name, "GroupName"),
            **_held(TEMPLATE_GROUP, "Policies", "ManagedPolicyArns"),
        },
    ),
    known("AWS::IAM::User", "ManagedPolicyArns"),
    known("AWS::IAM::Group", "ManagedPolicyArns"),
)  # fmt: skip
