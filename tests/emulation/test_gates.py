"""IAM, organisations and analyzers, where moto answers otherwise than AWS or not at all."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from scanner.emulation.ground import EVERYWHERE
from scanner.emulation.seeding import (
    add_aws_policy,
    alter,
    date_role,
    use_access_key,
    use_password,
    use_role,
    use_service,
)
from tests.emulation.conftest import AT

ACCOUNT = "123456789012"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:*"}]})
ANYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def role(aws: Emulator, name: str = "keeper") -> str:
    return str(aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"])


def test_policies_of_aws_are_named_where_they_are_attached(aws: Emulator) -> None:
    iam = aws.client("iam")
    role(aws)
    with aws.on_stage() as world:
        arns = [add_aws_policy(world, ACCOUNT, name, ANYTHING) for name in ("Attached", "Bounding", "Unattached")]
    iam.attach_role_policy(RoleName="keeper", PolicyArn=arns[0])
    iam.put_role_permissions_boundary(RoleName="keeper", PermissionsBoundary=arns[1])
    policies = iam.get_account_authorization_details()["Policies"]
    assert [(one["PolicyName"], one["PermissionsBoundaryUsageCount"]) for one in policies] == [
        ("Attached", 0),
        ("Bounding", 1),
    ]
    assert all(one["PolicyId"].startswith("ANPA") for one in policies)


def test_a_report_names_the_services_that_policies_let_use(aws: Emulator) -> None:
    iam, arn = aws.client("iam"), role(aws)
    allow = {"Effect": "Allow", "Action": ["backup:*", "rds:DescribeDBInstances"], "Resource": "*"}
    iam.put_role_policy(
        RoleName="keeper", PolicyName="x", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    )
    with aws.on_stage() as world:
        use_service(world, ACCOUNT, arn, "backup", AT, DeleteRecoveryPoint=None, ListBackupJobs=AT)
    job = iam.generate_service_last_accessed_details(Arn=arn, Granularity="ACTION_LEVEL")["JobId"]
    report = iam.get_service_last_accessed_details(JobId=job)
    backup, rds = report["ServicesLastAccessed"]
    assert (report["JobStatus"], backup["ServiceNamespace"], rds["ServiceNamespace"]) == ("COMPLETED", "backup", "rds")
    assert backup["LastAuthenticated"] == AT
    assert [one.get("LastAccessedTime") for one in backup["TrackedActionsLastAccessed"]] == [None, AT]
    assert "LastAuthenticated" not in rds
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_service_last_accessed_details(JobId="0" * 36)


def test_what_was_used_when(aws: Emulator) -> None:
    iam = aws.client("iam")
    role(aws)
    iam.create_user(UserName="bob")
    iam.create_login_profile(UserName="bob", Password="Not-a-secret-1")
    iam.create_access_key(UserName="bob")
    with aws.on_stage() as world:
        use_password(world, ACCOUNT, "bob", AT - timedelta(days=5))
        use_access_key(world, ACCOUNT, "bob", AT - timedelta(days=4))
        use_role(world, ACCOUNT, "keeper", AT - timedelta(days=3))
        date_role(world, ACCOUNT, "keeper", AT - timedelta(days=9))
    iam.generate_credential_report()
    header, _, bob = iam.get_credential_report()["Content"].decode().strip().split("\n")
    row = dict(zip(header.split(","), bob.split(","), strict=True))
    assert row["password_last_used"] == f"{AT - timedelta(days=5):%Y-%m-%dT%H:%M:%S+00:00}"
    assert row["access_key_1_last_used_date"] == f"{AT - timedelta(days=4):%Y-%m-%dT%H:%M:%S+00:00}"
    (one,) = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert (one["RoleLastUsed"]["LastUsedDate"], one["CreateDate"]) == (AT - timedelta(days=3), AT - timedelta(days=9))


def test_the_summary_says_what_the_root_user_has(aws: Emulator) -> None:
    iam = aws.client("iam")
    names = ("AccountMFAEnabled", "AccountPasswordPresent", "AccountAccessKeysPresent")
    assert [iam.get_account_summary()["SummaryMap"][name] for name in names] == [1, 1, 0]
    with aws.on_stage() as world:
        more: dict[str, Any] = {"mfa_active": "false", "access_key_2_active": "true"}
        alter(world, ACCOUNT, EVERYWHERE, "iam", "<root_account>", **more)
        alter(world, ACCOUNT, EVERYWHERE, "iam", "account-summary", AccountPasswordPresent=0)
    assert [iam.get_account_summary()["SummaryMap"][name] for name in names] == [0, 0, 1]


def test_an_account_of_no_organisation_is_told_so(aws: Emulator) -> None:
    organizations = aws.client("organizations")
    calls: tuple[tuple[str, dict[str, str]], ...] = (
        ("describe_organization", {}),
        ("list_accounts", {}),
        ("describe_account", {"AccountId": ACCOUNT}),
    )
    for name, told in calls:
        with pytest.raises(ClientError, match="AWSOrganizationsNotInUseException"):
            getattr(organizations, name)(**told)


def test_an_account_says_where_in_the_organisation_it_is(aws: Emulator) -> None:
    organizations = aws.client("organizations")
    number = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    (root,) = (one["Id"] for one in organizations.list_roots()["Roots"])
    unit = organizations.create_organizational_unit(ParentId=root, Name="prod")["OrganizationalUnit"]["Id"]
    organizations.move_account(AccountId=ACCOUNT, SourceParentId=root, DestinationParentId=unit)
    account = organizations.describe_account(AccountId=ACCOUNT)["Account"]
    assert account["Paths"] == [f"{number}/{root}/{unit}/{ACCOUNT}/"]


def test_analyzers_are_of_their_region(aws: Emulator) -> None:
    here, there = aws.client("accessanalyzer"), aws.client("accessanalyzer", "eu-central-1")
    here.create_analyzer(analyzerName="outside", type="ACCOUNT")
    here.create_analyzer(analyzerName="unused", type="ACCOUNT_UNUSED_ACCESS")
    assert [one["name"] for one in here.list_analyzers(type="ACCOUNT")["analyzers"]] == ["outside"]
    assert there.list_analyzers()["analyzers"] == []
    with pytest.raises(ClientError, match="ConflictException"):
        here.create_analyzer(analyzerName="outside", type="ACCOUNT")
    here.delete_analyzer(analyzerName="unused")
    assert [one["status"] for one in here.list_analyzers()["analyzers"]] == ["ACTIVE"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        here.delete_analyzer(analyzerName="unused")
