"""IAM in code: who holds which policies tells one truth in Terraform and CloudFormation, and as AWS lists it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from rules import catalogue
from scanner.iac.block import Block, Code
from scanner.iac.naming import export
from scanner.iac.read import read
from scanner.model.reading import Known, Reason, Source, Unknown
from scanner.plan import plan
from scanner.resources.iam.credentials import AccessKey, User
from scanner.resources.iam.principals import Group, ManagedPolicy, Role, UserPolicies
from tests.collect.recorded import AT
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    REGION,
    cloudformation,
    estate_of,
    leave_open,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    readings,
    terraform,
    values,
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


TF_ROLE = (
    role(path="/ops/", permissions_boundary=BOUND, max_session_duration=7200, tags={"Team": "ops"},
         inline_policy=[{"name": "logs", "policy": json.dumps(LOGS)}], managed_policy_arns=[READ_ONLY]),
    terraform("aws_iam_role_policy", role="operations", name="deletes", policy=json.dumps(DELETES)),
    terraform("aws_iam_role_policy_attachment", role="operations", policy_arn=MANAGED),
)  # fmt: skip
CFN_ROLE = (
    template_role(
        Path="/ops/", PermissionsBoundary=BOUND, MaxSessionDuration="7200", Tags=[{"Key": "Team", "Value": "ops"}],
        Policies=[{"PolicyName": "logs", "PolicyDocument": LOGS}], ManagedPolicyArns=[READ_ONLY, MANAGED],
    ),
    cloudformation("AWS::IAM::Policy", "Deletes", Roles=["operations"], PolicyName="deletes", PolicyDocument=DELETES),
)  # fmt: skip
LIVE_ROLE = live(
    Role,
    {
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/ops/operations", "Path": "/ops/", "RoleName": "operations",
        "Tags": [{"Key": "Team", "Value": "ops"}],
        "AssumeRolePolicyDocument": PEOPLE,
        "RolePolicyList": [
            {"PolicyName": "logs", "PolicyDocument": LOGS}, {"PolicyName": "deletes", "PolicyDocument": DELETES},
        ],
        "AttachedManagedPolicies": [{"PolicyArn": READ_ONLY}, {"PolicyArn": MANAGED}],
        "PermissionsBoundary": {"PermissionsBoundaryArn": BOUND},
    },
)  # fmt: skip


def test_roles_read_the_same() -> None:
    told = {**LIVE_ROLE, "longest_session": timedelta(hours=2)}
    del told["last_used_at"]
    assert values(Role, *TF_ROLE) == values(Role, *CFN_ROLE) == told
    (found,) = estate_of(*TF_ROLE).resources[Role.kind]
    assert (found.id, found.name) == (f"arn:aws:iam::{ACCOUNT}:role/ops/operations", "operations")


def test_a_role_of_which_little_is_written() -> None:
    for block in (role(), template_role()):
        found = values(Role, block)
        assert (found["inline"], found["attached"], found["boundary"], found["path"]) == ((), (), None, "/")
        assert (found["longest_session"], found["service_linked"], found["may_touch_backups"]) == (
            timedelta(hours=1),
            False,
            False,
        )


def test_what_a_state_repeats_is_not_told_twice() -> None:
    """States list in the role what its satellites write and attach; an empty block stands for no policy."""
    stated = role(
        inline_policy=[{"name": "deletes", "policy": json.dumps(DELETES)}, {"name": "", "policy": ""}],
        managed_policy_arns=[MANAGED],
    )
    found = values(Role, stated, *TF_ROLE[1:])
    assert [one.name for one in found["inline"]] == ["deletes"]
    assert found["attached"] == (MANAGED,)


@pytest.mark.parametrize(
    "tie",
    [
        terraform("aws_iam_role_policy_attachment", role="operations", policy_arn=MANAGED),
        terraform("aws_iam_role_policy_attachment", at="us-east-1", role="operations", policy_arn=MANAGED),
        terraform("aws_iam_policy_attachment", name="x", roles=["other", "operations"], policy_arn=MANAGED),
        terraform("aws_iam_role_policy_attachments_exclusive", role_name="operations", policy_arns=[MANAGED]),
    ],
    ids=["attachment", "another region", "many", "exclusive"],
)
def test_ways_to_attach(tie: Block) -> None:
    assert values(Role, role(), tie)["attached"] == (MANAGED,)
    for path in (("role",), ("roles",), ("role_name",)):
        if path[0] in tie.values:
            assert isinstance(readings(Role, role(), leave_open(tie, path))["attached"], Unknown)


def test_a_policy_of_another_account_is_not_attached_here() -> None:
    abroad = terraform("aws_iam_role_policy_attachment", owner="210987654321", role="operations", policy_arn=MANAGED)
    work = plan([catalogue().rules["BK605"]])
    here, _ = read(Code(".", Source.TERRAFORM, "hcl", [role(), abroad]), work, at=AT, whole=True)
    reading = here.resources[Role.kind][0].readings["attached"]
    assert reading == Known((), reading.evidence)


def test_a_template_s_managed_policy_names_its_holders() -> None:
    policy = cloudformation(
        "AWS::IAM::ManagedPolicy", "P", ManagedPolicyName="own", PolicyDocument=DELETES, Roles=["operations"]
    )
    assert values(Role, template_role(), policy)["attached"] == (export(policy, "Ref"),)
    assert values(ManagedPolicy, template_role(), policy)["attachments"] == 1
    assert outcomes(template_role(), policy, rule="BK606")["P"].outcome.value == "failed"


@pytest.mark.parametrize("blocks", [TF_ROLE, CFN_ROLE], ids=["terraform", "template"])
def test_what_is_open_of_a_role_stays_alone(blocks: tuple[Block, ...]) -> None:
    loses_only_it(
        Role, *blocks, but=("name", "RoleName", "PolicyName", "Version", "Action", "Resource", "Principal", 0)
    )
    rules = ["BK603", "BK605", "BK606", "BK608", "BK610", "BK611", "BK613"]
    vault = (
        terraform("aws_backup_vault", name="main")
        if blocks is TF_ROLE
        else cloudformation("AWS::Backup::BackupVault", "V", BackupVaultName="main")
    )
    for whole in (True, False):
        assert never_flips([*blocks, vault], rules, whole=whole) > 10


def test_service_linked_roles() -> None:
    for block in (
        terraform("aws_iam_service_linked_role", aws_service_name="backup.amazonaws.com"),
        cloudformation("AWS::IAM::ServiceLinkedRole", AWSServiceName="backup.amazonaws.com"),
    ):
        found = values(Role, block)
        assert found["service_linked"] is True
        assert found["path"] == "/aws-service-role/backup.amazonaws.com/"
        assert outcomes(block, rule="BK605")[block.address].outcome.value == "exempt"


# -- what roles can do ---------------------------------------------------------------------------------------------

VAULT = terraform("aws_backup_vault", name="main")


def policy_of(document: dict[str, Any]) -> Block:
    return terraform("aws_iam_role_policy", role="operations", name="p", policy=json.dumps(document))


def test_a_role_that_deletes_backups_fails_where_the_code_is_all_there_is() -> None:
    for rule in ("BK603", "BK605", "BK608"):
        found = outcomes(VAULT, role(), policy_of(DELETES), rule=rule)[role().address]
        assert found.outcome.value == "failed", rule
        found = outcomes(VAULT, role(), policy_of(DELETES), rule=rule, whole=False)[role().address]
        assert found.outcome.value == "unknown", rule


def test_a_role_that_touches_no_backups_passes_where_the_code_is_all_there_is() -> None:
    blocks = (VAULT, terraform("aws_s3_bucket", bucket="b"), role(), policy_of(LOGS))
    for rule, said in {
        "BK603": "exempt",
        "BK605": "passed",
        "BK608": "exempt",
        "BK611": "passed",
        "BK610": "exempt",
    }.items():
        assert outcomes(*blocks, rule=rule)[role().address].outcome.value == said, rule
    assert outcomes(*blocks, rule="BK605", whole=False)[role().address].reason in (Reason.OPEN, Reason.RUNTIME)


def test_a_vault_s_own_policy_may_give_what_no_code_holds() -> None:
    giving = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
        ]
    }
    policy = terraform("aws_backup_vault_policy", backup_vault_name="main", policy=json.dumps(giving))
    assert outcomes(VAULT, policy, role(), policy_of(LOGS), rule="BK605")[role().address].outcome.value == "unknown"


def test_a_role_that_is_taken_with_mfa_only_passes_whatever_it_can_do() -> None:
    guarded = terraform(
        "aws_iam_role", name="operations", assume_role_policy=json.dumps(trust({"AWS": ROOT}, Condition=MFA))
    )
    for document in (DELETES, allow("backup:DeleteRecoveryPoint")):
        assert outcomes(VAULT, guarded, policy_of(document), rule="BK603")[guarded.address].outcome.value == "passed"


def test_a_control_policy_in_the_code_makes_it_depend() -> None:
    control = terraform("aws_organizations_policy", name="guard", content=json.dumps({"Statement": []}))
    found = outcomes(VAULT, role(), policy_of(DELETES), control, rule="BK605")[role().address]
    assert found.outcome.value == "unknown"
    assert "guard is in the code" in found.verdict.because


def test_the_account_that_declares_the_organisation_is_bounded_by_none() -> None:
    organisation = terraform("aws_organizations_organization", feature_set="ALL")
    control = terraform("aws_organizations_policy", name="guard", content=json.dumps({"Statement": []}))
    for whole in (True, False):
        blocks = (VAULT, role(), policy_of(DELETES), organisation, control)
        assert outcomes(*blocks, rule="BK605", whole=whole)[role().address].outcome.value == "failed"


def test_a_vault_whose_name_is_open_may_be_the_one_that_a_policy_names() -> None:
    named = allow("backup:DeleteBackupVault", on=f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:main")
    assert outcomes(VAULT, role(), policy_of(named), rule="BK605")[role().address].outcome.value == "failed"
    lost = terraform("aws_backup_vault", name=OPEN)
    assert outcomes(lost, role(), policy_of(named), rule="BK605")[role().address].outcome.value == "unknown"
    other = allow("backup:DeleteBackupVault", on=f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:main")
    assert outcomes(lost, role(), policy_of(other), rule="BK605")[role().address].outcome.value == "passed"


def test_policies_of_aws() -> None:
    """What they say is in no code; one of them never changed."""
    reads = terraform("aws_iam_role_policy_attachment", role="operations", policy_arn=READ_ONLY)
    found = outcomes(VAULT, role(), reads, rule="BK605")[role().address]
    assert (found.outcome.value, found.reason) == ("unknown", Reason.RUNTIME)
    assert "AWS writes" in found.verdict.because
    everything = terraform("aws_iam_role_policy_attachment", role="operations", policy_arn=ADMINISTRATOR)
    for blocks in ((VAULT, role(), everything), (VAULT, role(managed_policy_arns=[ADMINISTRATOR, OPEN]))):
        (policy,) = estate_of(*blocks).resources[ManagedPolicy.kind]
        assert policy.id == ADMINISTRATOR
    assert outcomes(VAULT, role(), everything, rule="BK605")[role().address].outcome.value == "failed"
    assert outcomes(VAULT, role(), everything, rule="BK606")[everything.address].outcome.value == "failed"
    twice = terraform("aws_iam_user_policy_attachment", user="ines", policy_arn=ADMINISTRATOR)
    (policy,) = estate_of(role(), everything, twice).resources[ManagedPolicy.kind]
    assert policy.readings["attachments"] == Known(2, policy.readings["attachments"].evidence)
    template = cloudformation("AWS::IAM::Group", GroupName="g", ManagedPolicyArns=[ADMINISTRATOR])
    assert [one.id for one in estate_of(template).resources[ManagedPolicy.kind]] == [ADMINISTRATOR]


def test_who_is_let_in() -> None:
    theirs = "arn:aws:iam::999988887777:root"
    stranger = terraform("aws_iam_role", name="operations", assume_role_policy=json.dumps(trust({"AWS": theirs})))
    for whole in (True, False):
        assert outcomes(stranger, rule="BK613", whole=whole)[stranger.address].outcome.value == "failed"
        assert outcomes(role(), rule="BK613", whole=whole)[role().address].outcome.value == "passed"
    ours = {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}
    organised = terraform(
        "aws_iam_role", name="operations", assume_role_policy=json.dumps(trust({"AWS": "*"}, Condition=ours))
    )
    assert outcomes(organised, rule="BK613")[organised.address].outcome.value == "unknown"
    half = terraform("aws_iam_role", name="operations", assume_role_policy=json.dumps(PEOPLE))
    open_ = leave_open(half, ("assume_role_policy",))
    assert outcomes(open_, rule="BK613")[half.address].outcome.value == "unknown"


# -- managed policies ----------------------------------------------------------------------------------------------


def test_managed_policies_read_the_same() -> None:
    mine = terraform("aws_iam_policy", name="deletes", path="/own/", policy=json.dumps(DELETES))
    theirs = cloudformation(
        "AWS::IAM::ManagedPolicy", ManagedPolicyName="deletes", Path="/own/", PolicyDocument=DELETES
    )
    told = live(ManagedPolicy, {
        "Arn": MANAGED, "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 0,
        "PolicyVersionList": [{"IsDefaultVersion": True, "VersionId": "v1", "Document": DELETES}],
    })  # fmt: skip
    del told["older"]
    assert values(ManagedPolicy, mine) == values(ManagedPolicy, theirs) == told
    assert [one.id for one in estate_of(mine).resources[ManagedPolicy.kind]] == [MANAGED]
    assert export(mine, "arn") == export(mine, "id") == MANAGED


def test_how_many_a_policy_is_attached_to() -> None:
    policy = terraform("aws_iam_policy", name="deletes", path="/own/", policy=json.dumps(DELETES))
    to_role = terraform("aws_iam_role_policy_attachment", role="operations", policy_arn=MANAGED)
    to_many = terraform("aws_iam_policy_attachment", roles=["a", "b"], users=["c"], groups=[], policy_arn=MANAGED)
    assert values(ManagedPolicy, policy, to_role, to_many)["attachments"] == 4
    assert values(ManagedPolicy, policy, role(permissions_boundary=MANAGED))["as_boundary"] == 1
    assert outcomes(policy, rule="BK606")[policy.address].outcome.value == "exempt"
    assert outcomes(policy, rule="BK606", whole=False)[policy.address].reason is Reason.OPEN
    assert outcomes(policy, to_role, rule="BK606", whole=False)[policy.address].outcome.value == "failed"
    lost = leave_open(to_role, ("policy_arn",))
    assert outcomes(policy, lost, rule="BK606")[policy.address].outcome.value == "unknown"
    assert outcomes(leave_open(policy, ("name",)), to_role, rule="BK606")[policy.address].outcome.value == "unknown"


def test_a_policy_that_is_open_hides_no_other() -> None:
    blocks = (
        role(),
        policy_of(DELETES),
        terraform("aws_iam_role_policy", "two", role="operations", name="q", policy=OPEN),
    )
    assert outcomes(*blocks, rule="BK606")[role().address].outcome.value == "failed"
    assert outcomes(role(), policy_of(LOGS), blocks[2], rule="BK606")[role().address].outcome.value == "unknown"


# -- users and groups ----------------------------------------------------------------------------------------------

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
