"""Users and groups in code, and their credentials as far as code makes them."""

from __future__ import annotations

import json

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.model.reading import Reason, Unknown
from scanner.resources.iam.credentials import AccessKey, User
from scanner.resources.iam.principals import Group, UserPolicies
from tests.iac.forms.identities import (
    BOUND,
    DELETES,
    LOGS,
    MANAGED,
    VAULT,
)
from tests.iac.forms.telling import (
    ACCOUNT,
    cloudformation,
    estate_of,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    readings,
    terraform,
    values,
)

USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/ines"
TF_USER = (
    terraform("aws_iam_user", name="ines", permissions_boundary=BOUND, tags={"Team": "ops"}),
    terraform("aws_iam_user_policy", user="ines", name="logs", policy=json.dumps(LOGS)),
    terraform("aws_iam_user_policy_attachment", user="ines", policy_arn=MANAGED),
    terraform("aws_iam_user_group_membership", user="ines", groups=["ops"]),
    terraform("aws_iam_group_membership", name="m", users=["ines"], group="people"),
)
CFN_USER = (
    cloudformation(
        "AWS::IAM::User", UserName="ines", PermissionsBoundary=BOUND, Tags=[{"Key": "Team", "Value": "ops"}],
        Groups=["ops"], ManagedPolicyArns=[MANAGED],
    ),
    cloudformation("AWS::IAM::UserPolicy", "P", UserName="ines", PolicyName="logs", PolicyDocument=LOGS),
    cloudformation("AWS::IAM::UserToGroupAddition", "M", GroupName="people", Users=["ines"]),
)  # fmt: skip


def test_users_read_the_same() -> None:
    told = live(UserPolicies, {
        "Arn": USER_ARN, "Path": "/", "Tags": [{"Key": "Team", "Value": "ops"}], "GroupList": ["ops", "people"],
        "UserPolicyList": [{"PolicyName": "logs", "PolicyDocument": LOGS}],
        "AttachedManagedPolicies": [{"PolicyArn": MANAGED}],
        "PermissionsBoundary": {"PermissionsBoundaryArn": BOUND},
    })  # fmt: skip
    assert values(UserPolicies, *TF_USER) == values(UserPolicies, *CFN_USER) == told


@pytest.mark.parametrize("blocks", [TF_USER, CFN_USER], ids=["terraform", "template"])
def test_what_is_open_of_a_user_stays_alone(blocks: tuple[Block, ...]) -> None:
    loses_only_it(UserPolicies, *blocks, but=("name", "UserName", "PolicyName", "Version", "Action", "Resource", 0))
    assert never_flips(blocks, ["BK602", "BK603", "BK605", "BK607", "BK608", "BK610"]) > 10


def test_groups_read_the_same() -> None:
    mine = (
        terraform("aws_iam_group", name="ops"),
        terraform("aws_iam_group_policy", group="ops", name="logs", policy=json.dumps(LOGS)),
        terraform("aws_iam_group_policy_attachment", group="ops", policy_arn=MANAGED),
    )
    theirs = (
        cloudformation("AWS::IAM::Group", GroupName="ops", ManagedPolicyArns=[MANAGED]),
        cloudformation("AWS::IAM::GroupPolicy", "P", GroupName="ops", PolicyName="logs", PolicyDocument=LOGS),
    )
    told = live(Group, {
        "GroupName": "ops", "GroupPolicyList": [{"PolicyName": "logs", "PolicyDocument": LOGS}],
        "AttachedManagedPolicies": [{"PolicyArn": MANAGED}],
    })  # fmt: skip
    assert values(Group, *mine) == values(Group, *theirs) == told


def test_a_user_has_what_its_groups_have() -> None:
    group = (
        terraform("aws_iam_group", name="ops"),
        terraform("aws_iam_group_policy", group="ops", name="d", policy=json.dumps(DELETES)),
    )
    user = (
        terraform("aws_iam_user", name="ines"),
        terraform("aws_iam_user_group_membership", user="ines", groups=["ops"]),
    )
    assert outcomes(VAULT, *group, *user, rule="BK605")[user[0].address].outcome.value == "failed"
    assert outcomes(VAULT, *group, user[0], rule="BK605")[user[0].address].outcome.value == "passed"
    assert outcomes(*TF_USER, rule="BK607")[TF_USER[0].address].outcome.value == "failed"
    assert outcomes(user[0], rule="BK607")[user[0].address].outcome.value == "passed"


def test_credentials_as_far_as_code_makes_them() -> None:
    user = terraform("aws_iam_user", name="ines")
    assert values(User, user) == {"console": False, "has_keys": False}
    assert values(User, cloudformation("AWS::IAM::User", UserName="ines")) == {"console": False, "has_keys": False}
    for name in ("console", "has_keys"):
        (found,) = estate_of(user, whole=False).resources[User.kind]
        reading = found.readings[name]
        assert isinstance(reading, Unknown)
        assert reading.reason is Reason.OPEN
    profile = terraform("aws_iam_user_login_profile", user="ines")
    key = terraform("aws_iam_access_key", user="ines")
    off = terraform("aws_iam_access_key", "off", user="ines", status="Inactive")
    assert values(User, user, profile, key, off) == {"console": True, "has_keys": True}
    assert values(User, user, off)["has_keys"] is False
    template = (
        cloudformation("AWS::IAM::User", UserName="ines", LoginProfile={"PasswordResetRequired": True}),
        cloudformation("AWS::IAM::AccessKey", "K", UserName="ines"),
    )
    assert values(User, *template) == {"console": True, "has_keys": True}
    assert values(AccessKey, user, key) == values(AccessKey, *template) == {"owner": USER_ARN, "active": True}
    assert isinstance(readings(AccessKey, key)["owner"], Unknown)
    deletes = terraform("aws_iam_user_policy", user="ines", name="d", policy=json.dumps(DELETES))
    assert outcomes(VAULT, user, deletes, key, rule="BK608")[user.address].outcome.value == "failed"


def test_a_user_without_a_name_in_a_template() -> None:
    user = cloudformation("AWS::IAM::User", "Ines")
    key = cloudformation("AWS::IAM::AccessKey", "K", UserName=export(user, "Ref"))
    assert values(AccessKey, user, key)["owner"] == export(user, "Arn")
