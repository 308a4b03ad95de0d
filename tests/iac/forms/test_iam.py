"""Roles in code: who holds which policies tells one truth in Terraform and CloudFormation, and as AWS lists it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from rules import catalogue
from scanner.iac.block import Block, Code
from scanner.iac.naming import export
from scanner.iac.read import read
from scanner.model.reading import Known, Source, Unknown
from scanner.plan import plan
from scanner.resources.iam.principals import ManagedPolicy, Role
from tests.collect.recorded import AT
from tests.iac.forms.identities import (
    BOUND,
    DELETES,
    LOGS,
    MANAGED,
    PEOPLE,
    READ_ONLY,
    role,
    template_role,
)
from tests.iac.forms.telling import (
    ACCOUNT,
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
