"""A report that AWS makes of one resource: asked for by its name, waited for, and read by the number of its job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.collect import asking, live
from scanner.collect.port import CallFailed, Page
from scanner.model.estate import Estate
from scanner.model.reading import Known, Reason, Unknown
from scanner.plan import budget, plan_facts
from scanner.resources.iam.last_accessed import ServiceUse
from scanner.resources.iam.principals import Group, ManagedPolicy, Role, UserPolicies

AT = datetime(2026, 11, 24, tzinfo=UTC)
ALLOW = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"backup:*","Resource":"*"}}'


def role(name: str, path: str = "/", **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:iam::1:role{path}{name}"
    return {"RoleId": name, "RoleName": name, "Arn": arn, "Path": path, "CreateDate": AT, **more}


class Iam:
    """An IAM of two pages, which makes a report of each role after so many questions."""

    def __init__(self, *, ready_after: int = 0, status: str = "COMPLETED", job: bool = True) -> None:
        self.left: dict[str, int] = {}
        self.ready_after, self.status, self.job = ready_after, status, job
        self.asked: list[tuple[str, str]] = []

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        assert (service, region) == ("iam", "")
        self.asked.append((operation, str(parameters.get("Arn", parameters.get("JobId", "")))))
        if operation == "GetAccountAuthorizationDetails":
            yield Page({"RoleDetailList": [
                role("cleaner", RolePolicyList=[{"PolicyName": "x", "PolicyDocument": ALLOW}]),
                role("linked", "/aws-service-role/backup/", AttachedManagedPolicies=[{"PolicyArn": "arn:aws:iam::aws:policy/x"}]),
            ]})  # fmt: skip
            yield Page({
                "UserDetailList": [{"UserId": "u", "UserName": "bob", "Arn": "arn:aws:iam::1:user/bob", "Path": "/", "CreateDate": AT}],
                "GroupDetailList": None,
                "RoleDetailList": [role("reader")],
                "Policies": [{"PolicyId": "p", "PolicyName": "x", "Arn": "arn:aws:iam::aws:policy/x"}],
            })  # fmt: skip
        elif operation == "ListRoles":
            yield Page({"Roles": [role("cleaner", MaxSessionDuration=3600), role("reader", MaxSessionDuration=43200)]})
        elif operation == "GenerateServiceLastAccessedDetails":
            assert parameters["Granularity"] == "ACTION_LEVEL"
            yield Page({"JobId": f"job of {parameters['Arn']}"} if self.job else {})
        elif self.left.setdefault(parameters["JobId"], self.ready_after) > 0:
            self.left[parameters["JobId"]] -= 1
            yield Page({"JobStatus": "IN_PROGRESS"})
        else:
            yield Page({"JobStatus": self.status, "ServicesLastAccessed": [{"ServiceNamespace": "backup"}]})
            yield Page(
                {
                    "JobStatus": self.status,
                    "ServicesLastAccessed": [{"ServiceNamespace": "s3"}, {"ServiceNamespace": "rds"}],
                }
            )


def collected(port: Iam, *facts: Any) -> Estate:
    return live.collect(plan_facts(facts), port, account="1", caller="c", regions=("eu-west-1", "eu-north-1"), at=AT)


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAUSES", (0.0, 0.0, 0.0))


def test_it_is_asked_by_the_number_that_the_first_call_answers() -> None:
    port = Iam(ready_after=2)
    estate = collected(port, Role.uses)
    cleaner = estate.resources[Role.kind][1]
    assert cleaner.name == "cleaner"
    reading = cleaner.readings["uses"]
    assert isinstance(reading, Known)
    assert reading.value == (ServiceUse("backup"), ServiceUse("rds"))
    assert "Arn=arn:aws:iam::1:role/cleaner" in reading.evidence[0].where
    assert "job" not in reading.evidence[0].where
    assert port.asked.count(("GenerateServiceLastAccessedDetails", cleaner.id)) == 1
    assert port.asked.count(("GetServiceLastAccessedDetails", f"job of {cleaner.id}")) == 3
    assert estate.calls["iam:GetServiceLastAccessedDetails"] == 4  # three times, and the second page
    assert estate.calls["iam:GenerateServiceLastAccessedDetails"] == 1


def test_only_those_are_asked_that_may_touch_backups() -> None:
    port = Iam()
    estate = collected(port, Role.uses)
    assert {arn for name, arn in port.asked if name.startswith("Generate")} == {"arn:aws:iam::1:role/cleaner"}
    assert [one.readings["uses"].value for one in estate.resources[Role.kind] if one.name != "cleaner"] == [(), ()]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("port", "reason", "says"),
    [
        (Iam(ready_after=99), Reason.FAILED, "did not answer COMPLETED"),
        (Iam(status="FAILED"), Reason.FAILED, "answered FAILED"),
        (Iam(job=False), Reason.MISSING, "has no JobId"),
    ],
)
def test_a_report_that_does_not_come_is_unknown(port: Iam, reason: Reason, says: str) -> None:
    reading = collected(port, Role.uses).resources[Role.kind][1].readings["uses"]
    assert isinstance(reading, Unknown)
    assert reading.reason is reason
    assert says in reading.detail


def test_a_first_call_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    port = Iam()
    plain = port.pages

    def denied(service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        if operation.startswith("Generate"):
            raise CallFailed(Reason.DENIED, "AccessDenied", "no")
        return plain(service, operation, region, parameters)

    monkeypatch.setattr(port, "pages", denied)
    reading = collected(port, Role.uses).resources[Role.kind][1].readings["uses"]
    assert isinstance(reading, Unknown)
    assert "iam:GenerateServiceLastAccessedDetails: no" in reading.detail


def test_four_kinds_come_out_of_one_call() -> None:
    port = Iam()
    estate = collected(port, Role.path, UserPolicies.path, Group.called, ManagedPolicy.aws_managed)
    assert port.asked == [("GetAccountAuthorizationDetails", "")]
    found = {kind: [one.name for one in some] for kind, some in estate.resources.items()}
    assert found == {
        Role.kind: ["linked", "cleaner", "reader"],
        UserPolicies.kind: ["bob"],
        Group.kind: [],
        ManagedPolicy.kind: ["x"],
    }
    assert not estate.gaps


def test_a_side_list_of_everywhere_is_read_once() -> None:
    port = Iam()
    estate = collected(port, Role.longest_session)
    assert [name for name, _ in port.asked].count("ListRoles") == 1
    linked, cleaner, _ = estate.resources[Role.kind]
    assert str(cleaner.readings["longest_session"].value) == "1:00:00"  # type: ignore[union-attr]
    assert isinstance(linked.readings["longest_session"], Unknown)


def test_the_budget_names_the_first_call_of_each() -> None:
    said = {line.call.name: line.said for line in budget(plan_facts([Role.uses, Role.longest_session]), 3)}
    assert said["iam:GenerateServiceLastAccessedDetails"] == said["iam:GetServiceLastAccessedDetails"] == "1 per role"
    assert said["iam:ListRoles"] == "1, and further pages"
