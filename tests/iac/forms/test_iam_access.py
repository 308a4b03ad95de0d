"""What roles and policies in code can do to backups, and what only a running account tells."""

from __future__ import annotations

import json

from scanner.iac.naming import export
from scanner.model.reading import Known, Reason
from scanner.resources.iam.principals import ManagedPolicy
from tests.iac.forms.identities import (
    ADMINISTRATOR,
    DELETES,
    LOGS,
    MANAGED,
    MFA,
    PEOPLE,
    READ_ONLY,
    ROOT,
    VAULT,
    allow,
    policy_of,
    role,
    trust,
)
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    REGION,
    cloudformation,
    estate_of,
    leave_open,
    live,
    outcomes,
    terraform,
    values,
)


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
    many = (lost, terraform("aws_backup_vault", "two", name=OPEN), VAULT)
    assert outcomes(*many, role(), policy_of(named), rule="BK605")[role().address].outcome.value == "failed"
    assert outcomes(*many[:2], role(), policy_of(named), rule="BK605")[role().address].outcome.value == "unknown"
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
    also = leave_open(to_many, ("policy_arn",))
    assert values(ManagedPolicy, policy, to_role, lost, also)["attachments"] == 1
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
