"""A sandbox is entered only where it is the plan's account, at AWS itself, and by the role that is meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from drills.plan.document import plan_of
from drills.plan.model import DrillPlan, Login
from drills.stage.refusals import DrillRefused, Inconclusive
from drills.targets import sandbox
from drills.targets.sandbox import Sandbox, SandboxTarget, configured_endpoint, date_of
from scanner.collect.aws import Boto
from scanner.collect.session import Identity
from scanner.model.configuration import Account
from scanner.model.errors import ScanRefused
from tests.collect.recorded import Recorded, denied
from tests.collect.stub import Say, stub
from tests.drills.guards.real_account import ACCOUNT, PLAN, PRODUCTION, REGION, ROLE, changed, missing


def plan(data: Mapping[str, Any] = PLAN) -> DrillPlan:
    return plan_of(data)


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> list[Account]:
    """The accounts that were entered."""
    found: list[Account] = []

    def connect(account: Account) -> tuple[Any, Identity]:
        found.append(account)
        return Recorded({}), Identity(account.id, "arn")

    monkeypatch.setattr("scanner.collect.session.connect", connect)
    return found


def test_it_is_entered_by_the_drills_role_and_swept_by_the_sweepers(entered: list[Account]) -> None:
    with SandboxTarget(environment={}).open(plan()) as opened:
        assert (opened.account, opened.endpoint, opened.real) == (ACCOUNT, "", True)
        assert opened.evidence(next(iter(plan().subjects.values()))) == "sandbox"
    with SandboxTarget(sweeping=True, environment={}).open(plan()):
        pass
    assert [one.role for one in entered] == [ROLE, f"{ROLE}-sweeper"]
    assert all((one.id, one.regions, one.endpoint) == (ACCOUNT, (REGION,), "") for one in entered)


def test_productions_backups_are_evidence_of_their_own(entered: list[Account]) -> None:
    told = plan(changed("targets.sandbox.production_backups", True))
    with SandboxTarget(environment={}).open(told) as opened:
        assert opened.evidence(next(iter(told.subjects.values()))) == "production-backup"


@pytest.mark.parametrize(
    ("data", "environment", "says"),
    [
        (PLAN, {"AWS_ENDPOINT_URL": "http://localhost:4566"}, "AWS_ENDPOINT_URL is set"),
        (PLAN, {"AWS_ENDPOINT_URL_RDS": "http://localhost:4566"}, "AWS_ENDPOINT_URL_RDS is set"),
        (changed("targets.sandbox.account", "000000000000"), {}, "account id of examples and emulators"),
        (changed("targets.sandbox.account", "123456789012"), {}, "account id of examples and emulators"),
        (changed("targets.sandbox", None), {}, "says nothing of a sandbox"),
        (changed("targets.sandbox.never", [PRODUCTION, ACCOUNT]), {}, "is an account that is never touched"),
    ],
)
def test_it_is_not_entered(
    data: dict[str, Any], environment: dict[str, str], says: str, entered: list[Account]
) -> None:
    with pytest.raises(DrillRefused, match=says), SandboxTarget(environment=environment).open(plan(data)):
        pass
    assert len(entered) == (says == "is an account that is never touched")


def test_another_account_is_refused_and_nothing_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(_: Account) -> Any:
        raise ScanRefused("the credentials belong to 9; nothing was scanned", hint="use others")

    monkeypatch.setattr("scanner.collect.session.connect", connect)
    with pytest.raises(DrillRefused, match="nothing was done") as refused, SandboxTarget(environment={}).open(plan()):
        pass
    assert (refused.value.hint, refused.value.exit_code) == ("use others", 3)


@pytest.mark.parametrize(
    ("lines", "endpoint"),
    [
        ("[profile p]\nregion = eu-west-1\n", ""),
        ("[profile p]\nendpoint_url = http://localhost:4566\n", "http://localhost:4566"),
        ("[profile p]\nservices = s\n[services s]\nrds =\n  endpoint_url = http://localhost:9\n", "http://localhost:9"),
        ("[profile other]\n", ""),
    ],
)
def test_an_endpoint_of_the_profile_is_found(
    lines: str, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(lines)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert configured_endpoint("p") == endpoint


SECRET = "secretsmanager:GetSecretValue"


def opened(**answers: Any) -> Sandbox:
    return Sandbox(
        Recorded({name.replace("__", ":"): one for name, one in answers.items()}), ACCOUNT, (REGION, "eu-central-1")
    )


def test_a_password_comes_from_whichever_region_has_the_secret() -> None:
    def answer(region: str, _: Any) -> Any:
        return missing("ResourceNotFoundException") if region == REGION else {"SecretString": '{"password": "hush"}'}

    assert opened(secretsmanager__GetSecretValue=answer).password(Login("keeper", secret="s")) == "hush"


@pytest.mark.parametrize(
    ("given", "says"), [(missing("ResourceNotFoundException"), "none of"), (denied(), "AccessDenied")]
)
def test_a_secret_that_is_not_given_is_inconclusive(given: Any, says: str) -> None:
    with pytest.raises(Inconclusive, match=says):
        opened(secretsmanager__GetSecretValue=given).password(Login("keeper", secret="s"))


def test_what_aws_does_not_offer_in_a_region_is_lacking() -> None:
    assert opened().lacks("rds") == ""
    assert opened().lacks("iam") == ""
    there = Sandbox(Recorded({}), ACCOUNT, (REGION, "mars-north-1"))
    assert there.lacks("rds") == "AWS does not offer rds in mars-north-1"


def test_the_time_of_the_service_is_the_date_of_its_answer() -> None:
    assert date_of({"date": "Tue, 24 Nov 2026 06:00:00 GMT"}) == datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert date_of({}) is None
    assert date_of({"date": "yesterday"}) is None
    assert opened().service_time() is None
    body = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    with stub(lambda *_: Say(body=body, kind="text/xml")) as server:
        port = Boto(boto3.Session("a", "b", region_name=REGION), endpoint=server.endpoint)
        found = Sandbox(port, ACCOUNT, (REGION,)).service_time()
    assert found is not None
    assert abs((datetime.now(UTC) - found).total_seconds()) < 3600
    with stub(lambda *_: Say(status=400, body="<ErrorResponse/>", kind="text/xml")) as server:
        port = Boto(boto3.Session("a", "b", region_name=REGION), endpoint=server.endpoint)
        assert Sandbox(port, ACCOUNT, (REGION,)).service_time() is None


def test_it_knows_no_way_to_lose_anything() -> None:
    assert sandbox.Sandbox.lose(opened(), next(iter(plan().subjects.values()))) is False
