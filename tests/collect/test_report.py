"""A report that AWS makes on request is asked for, waited for, read once and shared by the kinds in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.collect import asking, live
from scanner.collect.port import CallFailed, Page
from scanner.model.estate import Estate
from scanner.model.fact import Fact
from scanner.model.reading import Known, Reason
from scanner.plan import plan_facts
from scanner.resources.iam.credentials import AccessKey, User

AT = datetime(2026, 11, 24, tzinfo=UTC)
REPORT = (
    b"user,arn,user_creation_time,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    b"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date\n"
    b"bob,arn:aws:iam::1:user/bob,2020-01-01T00:00:00+00:00,true,true,2026-01-01T00:00:00+00:00,N/A,false,N/A,N/A\n"
)
FACTS: list[Fact[Any]] = [User.mfa, AccessKey.rotated_at]


class Iam:
    """An IAM that makes its report after so many questions."""

    def __init__(self, *, ready_after: int = 0, content: bytes = REPORT, denied: str = "") -> None:
        self.left, self.content, self.denied = ready_after, content, denied
        self.asked: list[str] = []

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        assert (service, region, dict(parameters)) == ("iam", "", {})
        self.asked.append(operation)
        if operation == self.denied:
            raise CallFailed(Reason.DENIED, "AccessDenied", "no")
        if operation == "GenerateCredentialReport":
            self.left -= 1
            yield Page({"State": "COMPLETE" if self.left < 0 else "STARTED"})
        else:
            yield Page({"Content": self.content})


def collected(port: Iam) -> Estate:
    return live.collect(plan_facts(FACTS), port, account="1", caller="c", regions=("eu-west-1",), at=AT)


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAUSES", (0.0, 0.0, 0.0))


def test_it_is_waited_for_and_read_once() -> None:
    port = Iam(ready_after=2)
    estate = collected(port)
    assert port.asked == ["GenerateCredentialReport"] * 3 + ["GetCredentialReport"]
    assert estate.calls == {"iam:GenerateCredentialReport": 3, "iam:GetCredentialReport": 1}
    (user,), (key,) = estate.resources[User.kind], estate.resources[AccessKey.kind]
    assert (user.id, key.name) == ("arn:aws:iam::1:user/bob", "access key 1 of bob")
    reading = key.readings["rotated_at"]
    assert isinstance(reading, Known)
    assert reading.value == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("port", "reason"),
    [
        (Iam(denied="GenerateCredentialReport"), Reason.DENIED),
        (Iam(denied="GetCredentialReport"), Reason.DENIED),
        (Iam(ready_after=99), Reason.FAILED),
        (Iam(content=b"<html>"), Reason.MALFORMED),
    ],
)
def test_without_it_the_kinds_in_it_are_a_gap(port: Iam, reason: Reason) -> None:
    estate = collected(port)
    assert {gap.kind for gap in estate.gaps} == {User.kind, AccessKey.kind}
    assert {gap.unknown.reason for gap in estate.gaps} == {reason}


def test_both_calls_are_planned() -> None:
    plan = plan_facts(FACTS)
    assert {"iam:GenerateCredentialReport", "iam:GetCredentialReport"} <= set(plan.permissions) & set(plan.operations)
