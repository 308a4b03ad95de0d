"""The real boto3 path through trouble on the way: no scan hangs, nothing that went wrong reads as a list of nothing."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from scanner.collect import aws, paging
from scanner.collect.aws import Boto
from scanner.collect.live import collect
from scanner.collect.port import CallFailed, Page
from scanner.collect.session import connect
from scanner.model.configuration import Account
from scanner.model.errors import ScanRefused
from scanner.model.estate import Estate
from scanner.model.reading import Known, Reason, Unknown
from scanner.plan import plan_facts
from scanner.resources.dynamodb import Table
from tests.collect.recorded import AT
from tests.collect.stub import HTML, Say, Stub, refused, stub, told

TABLES = "eu-west-1 dynamodb:ListTables"
CONTINUOUS = {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED",
              "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"}}}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.01)


def pages(port: Boto, service: str = "dynamodb", operation: str = "ListTables", region: str = "eu-west-1",
          **parameters: Any) -> list[Page]:  # fmt: skip
    return list(port.pages(service, operation, region, parameters))


def failure(port: Boto, *called: str) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        pages(port, *called)
    return caught.value


def scanned(server: Stub, *facts: Any, regions: tuple[str, ...] = ("eu-west-1",), port: Boto | None = None) -> Estate:
    return collect(plan_facts(facts), port or server.port(), account="1", caller="arn:aws:iam::1:user/u",
                   regions=regions, at=AT, concurrency=4)  # fmt: skip


@pytest.mark.parametrize(
    ("say", "reason", "code", "requests"),
    [
        (Say(500, HTML, "text/html"), Reason.UNSUPPORTED, "500", 1),
        (Say(404, HTML, "text/html"), Reason.UNSUPPORTED, "404", 1),
        (Say(501, "", "text/plain"), Reason.UNSUPPORTED, "501", 1),
        (Say(200, HTML, "text/html"), Reason.FAILED, "200", 1),
        (Say(200, '{"TableNames": ["a"', missing=400), Reason.FAILED, "200", 1),
        (Say(200, "", missing=400), Reason.FAILED, "200", 1),
        (Say(200, '{"TableNames": ["a"'), Reason.FAILED, "200", 1),
        (Say(200, "all is well", "text/plain"), Reason.FAILED, "200", 1),
        (Say(200, "{}", numbered=False), Reason.MALFORMED, "200", 1),
        (Say(200, '{"nobody": "asked"}', numbered=False), Reason.MALFORMED, "200", 1),
        (Say(reset=True), Reason.FAILED, "", 3),
        (refused("InternalServerError", status=500), Reason.FAILED, "InternalServerError", 4),
        (refused("ThrottlingException"), Reason.THROTTLED, "ThrottlingException", 5),
        (refused("AccessDeniedException"), Reason.DENIED, "AccessDeniedException", 1),
        (refused("UnknownOperationException"), Reason.UNSUPPORTED, "UnknownOperationException", 1),
    ],
)  # fmt: skip
def test_trouble_has_a_reason_and_an_end(say: Say, reason: Reason, code: str, requests: int) -> None:
    with stub(lambda *_: say) as server:
        told_of = failure(server.port(attempts=5))
        assert (told_of.reason, server.heard[TABLES]) == (reason, requests)
        assert told_of.code == code or not code
        assert told_of.at is not None
        assert told_of.request_id == ("request-7" if say.numbered and code != "501" and not say.reset else "")


def test_no_strange_answer_in_xml_is_a_list_of_nothing() -> None:
    bodies = [HTML, "<foo/>", "", "<DescribeDBInstancesResponse/>", "plain"]
    said = [""]
    with stub(lambda *_: Say(200, said[0], "text/xml", numbered=False)) as server:
        port = server.port()
        for said[0] in bodies:
            for called in (("rds", "DescribeDBInstances"), ("ec2", "DescribeVolumes"), ("s3", "ListBuckets")):
                assert failure(port, *called).code not in ("", "Unknown")


def test_who_throttles_sometimes_is_asked_again() -> None:
    with stub(
        lambda *_: told(TableNames=["a"]) if server.heard[TABLES] > 3 else refused("ThrottlingException")
    ) as server:
        assert [page.answer["TableNames"] for page in pages(server.port())] == [["a"]]


def test_who_cannot_be_reached_is_asked_no_more_but_others_are() -> None:
    with stub(lambda name, _: Say(reset=True) if "dynamodb" in name else told(Keys=[])) as server:
        port = server.port()
        first, second = failure(port), failure(port, "dynamodb", "DescribeLimits")
        assert (first.code, second.code) == ("ConnectionClosedError",) * 2
        assert sum(server.heard.values()) == 3
        assert pages(port, "kms", "ListKeys")


def test_who_rested_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "REST", 0.0)
    with stub(lambda *_: Say(reset=True) if server.heard[TABLES] <= 3 else told(TableNames=["a"])) as server:
        port = server.port()
        assert failure(port).code == "ConnectionClosedError"
        assert pages(port)[0].answer == {"TableNames": ["a"]}


def test_who_does_not_answer_does_not_hold_the_scan_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "READ_TIMEOUT", 0.3)
    with stub(lambda *_: Say(wait=2.0)) as server:
        begun = time.monotonic()
        assert failure(server.port()).code == "ReadTimeoutError"
        assert time.monotonic() - begun < 5
        assert server.heard[TABLES] == 2


def test_where_nobody_listens_is_said_soon() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = Stub(lambda *_: Say(), f"http://127.0.0.1:{taken.getsockname()[1]}").port()
        told_of = failure(port)
    assert (told_of.reason, told_of.code) == (Reason.FAILED, "EndpointConnectionError")


@pytest.mark.parametrize(("region", "reason"), [("eu-west-1", Reason.FAILED), ("xx-nowhere-1", Reason.UNSUPPORTED)])
def test_a_service_that_a_region_lacks_is_named(region: str, reason: Reason) -> None:
    from botocore.exceptions import EndpointConnectionError

    port = Stub(lambda *_: Say(), "").port()
    client = port._client("memorydb", region)

    def lost(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url=f"https://memory-db.{region}.amazonaws.com", error="no such host")

    client.boto.meta.events.register("before-send", lost)
    told_of = failure(port, "memorydb", "DescribeClusters", region)
    assert told_of.reason is reason
    assert ("does not offer" in told_of.message) is (reason is Reason.UNSUPPORTED)


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with stub(lambda *_: told(TableNames=["a"])) as server:
        assert pages(server.port())


def test_a_slow_service_is_waited_for() -> None:
    with stub(lambda *_: Say(body='{"TableNames": ["a"]}', wait=0.5)) as server:
        assert pages(server.port())[0].answer == {"TableNames": ["a"]}


# -- pages ----------------------------------------------------------------------------------------------------


def paged(chain: dict[str | None, tuple[list[str], str | None]]) -> Any:
    def script(_: str, given: dict[str, Any]) -> Say:
        names, after = chain[given.get("ExclusiveStartTableName")]
        return told(TableNames=names, **({"LastEvaluatedTableName": after} if after else {}))

    return script


def test_an_empty_page_in_the_middle_is_not_the_end() -> None:
    with stub(paged({None: (["aaa"], "aaa"), "aaa": ([], "bbb"), "bbb": (["ccc"], None)})) as server:
        assert [page.answer["TableNames"] for page in pages(server.port())] == [["aaa"], [], ["ccc"]]


@pytest.mark.parametrize("chain", [
    {None: (["aaa"], "aaa"), "aaa": (["bbb"], "aaa")},
    {None: (["aaa"], "aaa"), "aaa": (["bbb"], "bbb"), "bbb": (["aaa"], "aaa")},
])  # fmt: skip
def test_a_list_that_leads_in_a_circle_ends_as_a_failure(chain: Any) -> None:
    with stub(paged(chain)) as server:
        assert failure(server.port()).code in ("TokenRepeated", "PaginationError")
        assert server.heard[TABLES] <= 4


@pytest.mark.parametrize(("answers", "code"), [
    ([{"NextToken": "x"}, {"NextToken": "x"}], "TokenRepeated"),
    ([{"NextToken": "x"}, {"NextToken": "y"}, {"NextToken": "x"}], "TokenRepeated"),
    ([{"NextMarker": "x"}], "CannotContinue"),
])  # fmt: skip
def test_pages_without_a_paginator_are_followed_to_the_end_or_fail(answers: list[dict[str, str]], code: str) -> None:
    replies = iter(answers)
    with pytest.raises(CallFailed) as caught:
        list(paging._follow(lambda **_: next(replies), {"NextToken": None}, {}))
    assert caught.value.code == code


def test_the_largest_pages_are_asked_for() -> None:
    asked: list[dict[str, Any]] = []

    def script(_: str, given: dict[str, Any]) -> Say:
        asked.append(given)
        return told(TableNames=["a"])

    with stub(script) as server:
        pages(server.port())
    assert asked == [{"Limit": 100}]


# -- the whole account, or a whole region ------------------------------------------------------------------------


def test_after_the_credentials_expire_nothing_more_is_asked_and_everything_says_so() -> None:
    def script(name: str, _: dict[str, Any]) -> Say:
        if "ListTables" in name:
            return told(TableNames=[f"t{n}" for n in range(200)])
        return refused("ExpiredTokenException", "The security token included in the request is expired")

    with stub(script) as server:
        estate = scanned(server, Table.pitr)
        assert sum(server.heard.values()) < 20
    readings = [table.readings["pitr"] for table in estate.resources[Table.kind]]
    assert len(readings) == 200
    for reading in readings:
        assert isinstance(reading, Unknown)
        assert "ExpiredToken" in reading.detail
        assert "expired during the scan" in reading.detail
        assert "request-7" in reading.detail


def test_a_region_that_is_not_enabled_is_asked_once_and_said_in_one_way() -> None:
    def script(name: str, _: dict[str, Any]) -> Say:
        if name.startswith("me-south-1"):
            return refused("UnrecognizedClientException", "The security token included in the request is invalid.")
        return {"ListTables": told(TableNames=["t"]), "DescribeContinuousBackups": told(**CONTINUOUS)}.get(
            name.split(":")[1], told(ResourceTagMappingList=[])
        )

    with stub(script) as server:
        port = server.port()
        estate = scanned(server, Table.pitr, regions=("eu-west-1", "me-south-1"), port=port)
        (gap,) = estate.gaps
        assert (gap.region, gap.unknown.reason) == ("me-south-1", Reason.DENIED)
        assert "me-south-1 is not enabled" in gap.unknown.detail
        heard = sum(server.heard.values())
        assert "is not enabled" in failure(port, "kms", "ListKeys", "me-south-1").message
        assert sum(server.heard.values()) == heard
    assert [type(one.readings["pitr"]) for one in estate.resources[Table.kind]] == [Known]


def test_a_bad_session_in_a_region_that_all_have_is_not_called_a_closed_region() -> None:
    with stub(lambda *_: refused("UnrecognizedClientException")) as server:
        port = server.port()
        assert "enabled" not in failure(port).message
        assert server.heard[TABLES] == 1


@pytest.mark.parametrize("say", [Say(200, HTML, "text/html"), Say(200, "<x/>", "text/xml", numbered=False),
                                 Say(500, HTML, "text/html"), Say(reset=True), Say(200, "{", missing=9)])  # fmt: skip
def test_who_does_not_say_who_is_calling_is_not_scanned(say: Say) -> None:
    with stub(lambda *_: say) as server, pytest.raises(ScanRefused, match=r"account prod \(123456789012\)"):
        connect(Account("prod", "123456789012", ("eu-west-1",), endpoint=server.endpoint))


@pytest.fixture
def role(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    taken: list[str] = []

    def script(name: str, _: dict[str, Any]) -> Say:
        if "AssumeRole" in name:
            taken.append(name)
            # Valid for so short a time that it must be renewed at once.
            return Say(200, "<AssumeRoleResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><AssumeRoleResult>"
                       f"<Credentials><AccessKeyId>K{len(taken)}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                       "<SessionToken>t</SessionToken>"
                       f"<Expiration>{'2000' if len(taken) == 1 else '2999'}-01-01T00:00:00Z</Expiration></Credentials>"
                       "</AssumeRoleResult></AssumeRoleResponse>", "text/xml")  # fmt: skip
        return Say(200, "<GetCallerIdentityResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'>"
                   "<GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/r/backup-scan</Arn>"
                   "<UserId>u</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
                   "</GetCallerIdentityResponse>", "text/xml")  # fmt: skip

    with stub(script) as server:
        yield server


def test_a_role_is_taken_again_before_it_ends(role: Stub) -> None:
    account = Account("prod", "123456789012", ("eu-west-1",), endpoint=role.endpoint,
                      role="arn:aws:iam::123456789012:role/r")  # fmt: skip
    _, who = connect(account)
    assert who.account == "123456789012"
    assert role.heard["eu-west-1 sts:AssumeRole"] == 2
