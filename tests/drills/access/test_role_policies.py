"""What a role may do is read from its policies, and what cannot be told is not taken for a denial."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from drills.plan.model import Access, Subject
from drills.scene import Measured
from scanner.collect.port import CallFailed
from scanner.emulation import Emulator
from scanner.model.reading import Reason
from tests.drills.alerts.scenes import ACCOUNT, REGION, Bare, of, performed, policy
from tests.drills.stand_ins import ToldPort, refused

ROLE = f"arn:aws:iam::{ACCOUNT}:role/ops/auditor"
READS = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
TRUST = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator() as emulator:
        iam = emulator.client("iam")
        iam.create_role(RoleName="auditor", Path="/ops/", AssumeRolePolicyDocument=policy(TRUST))
        iam.put_role_policy(RoleName="auditor", PolicyName="reads", PolicyDocument=policy(READS))
        emulator.client("s3").create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": REGION})
        yield emulator


def bucket(*deny: str, allow: tuple[str, ...] = (), role: str = ROLE) -> Subject:
    return Subject(
        "archive", "it", "bucket", "archive", REGION, access=(Access("who", role=role, allow=allow, deny=deny),)
    )


def held(measured: Measured) -> list[bool | None]:
    return [one.held for one in measured.checks]


def test_what_no_policy_allows_is_denied(aws: Emulator, tmp_path: Path) -> None:
    subject = bucket("s3:DeleteObject", "s3:DeleteBucket", allow=("s3:GetObject", "s3:ListBucket"))
    measured = performed(of(aws), tmp_path, subject, "access-of-roles")
    assert held(measured) == [True] * 4
    assert {one.about for one in measured.checks} == {"must-allow", "must-deny"}
    assert all("nothing was called" in one.detail for one in measured.checks)


def test_what_a_policy_allows_is_told(aws: Emulator, tmp_path: Path) -> None:
    measured = performed(of(aws), tmp_path, bucket("s3:GetObject", allow=("s3:PutObject",)), "access-of-roles")
    assert held(measured) == [False, False]


def test_an_attached_policy_and_a_boundary_have_a_say(aws: Emulator, tmp_path: Path) -> None:
    iam = aws.client("iam")
    everything = iam.create_policy(
        PolicyName="everything", PolicyDocument=policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    )["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="auditor", PolicyArn=everything)
    assert held(performed(of(aws), tmp_path, bucket("s3:DeleteObject"), "access-of-roles")) == [False]
    bound = iam.create_policy(PolicyName="bound", PolicyDocument=policy(READS))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="auditor", PermissionsBoundary=bound)
    assert held(performed(of(aws), tmp_path, bucket("s3:DeleteObject"), "access-of-roles")) == [True]


def test_the_policy_of_the_bucket_has_a_say(aws: Emulator, tmp_path: Path) -> None:
    opens = {
        "Effect": "Allow",
        "Principal": {"AWS": ROLE},
        "Action": "s3:DeleteObject",
        "Resource": "arn:aws:s3:::archive/*",
    }
    aws.client("s3").put_bucket_policy(Bucket="archive", Policy=policy(opens))
    assert held(performed(of(aws), tmp_path, bucket("s3:DeleteObject"), "access-of-roles")) == [False]


@pytest.mark.parametrize("operation", ["s3:GetBucketPolicy", "iam:GetRole", "iam:ListRolePolicies"])
def test_what_cannot_be_read_denies_nothing(aws: Emulator, tmp_path: Path, operation: str) -> None:
    aws.interference.deny(operation)
    assert held(performed(of(aws), tmp_path, bucket("s3:DeleteObject"), "access-of-roles")) == [None]


def test_what_depends_denies_nothing(aws: Emulator, tmp_path: Path) -> None:
    hangs = {
        "Effect": "Allow",
        "Action": "s3:DeleteObject",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}},
    }
    aws.client("iam").put_role_policy(RoleName="auditor", PolicyName="reads", PolicyDocument=policy(hangs))
    measured = performed(of(aws), tmp_path, bucket("s3:DeleteObject"), "access-of-roles")
    assert held(measured) == [None]
    assert "depends" in measured.checks[0].detail


def test_a_role_that_is_not_there_denies_nothing(aws: Emulator, tmp_path: Path) -> None:
    subject = bucket("s3:DeleteObject", role=f"arn:aws:iam::{ACCOUNT}:role/nobody")
    assert held(performed(of(aws), tmp_path, subject, "access-of-roles")) == [None]


def test_a_matrix_without_denials_shows_nothing(aws: Emulator, tmp_path: Path) -> None:
    measured = performed(of(aws), tmp_path, bucket(allow=("s3:GetObject",)), "access-of-roles")
    assert "must be denied" in measured.why


class Real(Bare):
    """An account whose simulation can be asked."""

    real: ClassVar[bool] = True


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"EvalDecision": "implicitDeny"}, True),
        ({"EvalDecision": "explicitDeny", "MissingContextValues": ["aws:SourceIp"]}, True),
        ({"EvalDecision": "allowed"}, False),
        ({"EvalDecision": "implicitDeny", "MissingContextValues": ["aws:SourceIp"]}, None),
        ({}, None),
    ],
)
def test_aws_simulates_where_it_can_be_asked(tmp_path: Path, result: dict[str, Any], expected: bool | None) -> None:
    port = ToldPort(SimulatePrincipalPolicy=lambda **_: {"EvaluationResults": [result] if result else []})
    measured = performed(Real(port), tmp_path, bucket("s3:DeleteObject"), "access-of-roles")
    assert held(measured) == [expected]
    assert "iam:SimulatePrincipalPolicy" in measured.checks[0].detail
    assert port.names() == ["iam:SimulatePrincipalPolicy"]


def test_who_may_not_ask_the_simulation_reads_the_policies(tmp_path: Path) -> None:
    def missing(**_: Any) -> Any:
        raise CallFailed(Reason.FAILED, "NoSuchBucketPolicy", "there is none")

    port = ToldPort(
        SimulatePrincipalPolicy=refused("AccessDenied", Reason.DENIED),
        GetRole=lambda **_: {"Role": {"Arn": ROLE}},
        ListRolePolicies=lambda **_: {"PolicyNames": []},
        ListAttachedRolePolicies=lambda **_: {"AttachedPolicies": []},
        GetBucketPolicy=missing,
    )
    measured = performed(Real(port), tmp_path, bucket("s3:DeleteObject"), "access-of-roles")
    assert held(measured) == [True]
    assert "evaluating the policies" in measured.checks[0].detail
