"""Event patterns against the examples of the EventBridge user guide, and events that are foretold in part."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.permissions.truth import Doubt
from scanner.resources.alerting import events
from scanner.resources.alerting.alarm_rules import children, rings
from scanner.resources.alerting.patterns import ANY, Open, matches_pattern, mismatch, read_pattern

EC2: dict[str, Any] = {
    "version": "0",
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "EC2 Instance State-change Notification",
    "source": "aws.ec2",
    "account": "111122223333",
    "time": "2017-12-22T18:43:48Z",
    "region": "us-west-1",
    "resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0"],
    "detail": {"instance-id": "i-1234567890abcdef0", "state": "terminated"},
}
DETAIL: dict[str, Any] = {
    "state": "running", "c-count": 5, "d-count": 9, "x-limit": 301.8, "sourceIPAddress": "10.0.0.24", "name": "a\\b*c",
    "FileName": "photo.PNG", "responseElements": None, "empty": "", "flag": True, "list": ["a", "b"], "none": [],
    "nested": {"inner": 1}, "things": [{"kind": "x", "size": 1}, {"kind": "y", "size": 2}],
}  # fmt: skip
PLACE = ("eu-west-1", "111111111111")
VAULT = "arn:aws:backup:eu-west-1:111111111111:backup-vault:orders"


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ({"source": ["aws.ec2"]}, True),
        ({"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]}, True),
        ({"source": ["aws.ec2"], "detail": {"state": ["terminated", "stopped"]}}, True),
        ({"source": ["aws.ec2"], "detail": {"state": ["stopped"]}}, False),
        ({"source": ["AWS.EC2"]}, False),
        ({"resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0", "other"]}, True),
        ({"time": [{"prefix": "2017-12-22"}]}, True),
        ({"time": [{"prefix": "2017-10-02"}]}, False),
        ({"$or": [{"source": ["aws.backup"]}, {"detail": {"state": ["terminated"]}}]}, True),
        ({"$or": [{"source": ["aws.backup"]}, {"detail": {"state": ["stopped"]}}]}, False),
        (
            {"source": ["aws.ec2"], "detail": {"$or": [{"state": ["stopped"]}, {"instance-id": [{"prefix": "i-"}]}]}},
            True,
        ),
        ({"missing": {"deeper": [{"exists": False}]}}, True),
        ({"missing": {"deeper": [{"exists": True}]}}, False),
    ],
)
def test_whole_events(pattern: dict[str, Any], matches: bool) -> None:
    assert matches_pattern(read_pattern(json.dumps(pattern)), EC2) is matches


@pytest.mark.parametrize(
    ("key", "matchers", "matches"),
    [
        ("state", [{"anything-but": "initializing"}], True),
        ("state", [{"anything-but": ["stopped", "running"]}], False),
        ("state", [{"anything-but": {"prefix": "run"}}], False),
        ("state", [{"anything-but": {"prefix": ["stop", "init"]}}], True),
        ("state", [{"anything-but": {"suffix": "ing"}}], False),
        ("state", [{"anything-but": {"wildcard": "r*g"}}], False),
        ("state", [{"anything-but": {"equals-ignore-case": ["RUNNING", "x"]}}], False),
        ("x-limit", [{"anything-but": [100, 200, 301.8]}], False),
        ("missing", [{"anything-but": "x"}], False),
        ("c-count", [{"numeric": [">", 0, "<=", 5]}], True),
        ("c-count", [{"numeric": [">", 0, "<", 5]}], False),
        ("d-count", [{"numeric": ["<", 10]}], True),
        ("x-limit", [{"numeric": ["=", 3.018e2]}], True),
        ("state", [{"numeric": ["=", 1]}], False),
        ("c-count", [5], True),
        ("c-count", [5.0], False),
        ("c-count", ["5"], False),
        ("flag", [True], True),
        ("flag", [1], False),
        ("sourceIPAddress", [{"cidr": "10.0.0.0/24"}], True),
        ("sourceIPAddress", [{"cidr": "10.0.1.0/24"}], False),
        ("sourceIPAddress", [{"cidr": "2001:db8::/32"}], False),
        ("state", [{"cidr": "10.0.0.0/8"}], False),
        ("FileName", [{"suffix": ".PNG"}], True),
        ("FileName", [{"suffix": ".png"}], False),
        ("FileName", [{"suffix": {"equals-ignore-case": ".png"}}], True),
        ("FileName", [{"prefix": {"equals-ignore-case": "PHOTO"}}], True),
        ("FileName", [{"equals-ignore-case": "PHOTO.png"}], True),
        ("FileName", [{"wildcard": "p*.PN*"}], True),
        ("FileName", [{"wildcard": "*.gif"}], False),
        ("name", [{"wildcard": "a\\\\b\\*c"}], True),
        ("name", [{"wildcard": "a*\\*d"}], False),
        ("responseElements", [None], True),
        ("empty", [""], True),
        ("empty", [None], False),
        ("state", [{"exists": True}], True),
        ("missing", [{"exists": False}], True),
        ("nested", [{"exists": True}], False),
        ("none", [{"exists": False}], True),
        ("list", ["b", "z"], True),
        ("list", ["z"], False),
        ("list", [{"prefix": "b"}], True),
        ("things", {"kind": ["y"], "size": [2]}, True),
        ("things", {"kind": ["x"], "size": [2]}, False),
    ],
)
def test_comparisons(key: str, matchers: Any, matches: bool) -> None:
    pattern = read_pattern(json.dumps({"detail": {key: matchers}}))
    assert matches_pattern(pattern, {"detail": DETAIL}) is matches


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "{}", '"x"', '{"source": "aws.ec2"}', '{"source": []}', '{"source": [{"sounds-like": "x"}]}',
        '{"source": [{"prefix": 1}]}', '{"n": [{"numeric": [">"]}]}', '{"n": [{"numeric": ["!", 1]}]}',
        '{"a": [{"cidr": "no"}]}', '{"a": [["x"]]}', '{"a": [{"prefix": "x", "suffix": "y"}]}', '{"a": ' * 3000,
        '{"a":' * 3000 + '["x"]' + "}" * 3000,
    ],
)  # fmt: skip
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_pattern(text)


def test_long_wildcards_take_no_time() -> None:
    pattern = read_pattern(json.dumps({"a": [{"wildcard": "*a" * 500 + "b"}]}))
    assert matches_pattern(pattern, {"a": "a" * 5000}) is False


def test_what_cannot_be_foretold_is_a_doubt() -> None:
    event = events.backup_job(PLACE, VAULT, "FAILED")
    assert matches_pattern(read_pattern('{"detail": {"resourceType": [{"exists": true}]}}'), event) is True
    kinds = matches_pattern(read_pattern('{"detail": {"state": ["FAILED"], "resourceType": ["RDS"]}}'), event)
    assert isinstance(kinds, Doubt)
    assert kinds.why == "detail.resourceType"
    assert matches_pattern(read_pattern('{"detail": {"state": ["FAIL"], "resourceType": ["RDS"]}}'), event) is False
    assert isinstance(matches_pattern(read_pattern('{"a": {"b": ["c"]}}'), Open()), Doubt)
    assert isinstance(matches_pattern(read_pattern('{"a": {"b": ["c"]}}'), {"a": ANY}), Doubt)
    assert isinstance(matches_pattern(read_pattern('{"resources": ["x"]}'), event), Doubt)


def test_the_member_that_does_not_match_is_named() -> None:
    event = events.restore_job(PLACE)
    pattern = read_pattern('{"source": ["aws.backup"], "detail": {"state": ["FAILED"]}}')
    assert mismatch(pattern, event) == "detail.state"
    assert mismatch(read_pattern('{"$or": [{"source": ["x"]}, {"source": ["y"]}]}'), event) == ""


def test_every_event_has_a_page_and_matches_its_own_source() -> None:
    made = [
        events.backup_job(PLACE, VAULT, "FAILED"), events.copy_job(PLACE, VAULT), events.restore_job(PLACE),
        events.snapshot(PLACE, "createSnapshot"), events.snapshot(PLACE, "createSnapshots"),
        events.lifecycle_policy(PLACE, "arn:aws:dlm:eu-west-1:111111111111:policy/p"),
        events.database("arn:aws:rds:eu-west-1:111111111111:db:orders", "orders", "backup"),
        events.material_expired(PLACE, "arn:aws:kms:eu-west-1:111111111111:key/k"), events.key_call(PLACE, "DisableKey"),
    ]  # fmt: skip
    for event in made:
        assert (event["source"], event["detail-type"]) in events.PAGES
        pattern = json.dumps({"source": [event["source"]], "detail-type": [event["detail-type"]]})
        assert matches_pattern(read_pattern(pattern), event) is True


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("ALARM(a)", True),
        ('ALARM("a")', True),
        ("ALARM('arn:aws:cloudwatch:eu-west-1:111111111111:alarm:a')", True),
        ("OK(a)", False),
        ("NOT ALARM(a)", False),
        ("ALARM(a) OR ALARM(b)", True),
        ("TRUE AND (ALARM(a) OR FALSE)", True),
        ("NOT OK(a) AND NOT INSUFFICIENT_DATA(a)", True),
        ("ALARM(b)", None),
        ("ALARM(a) AND NOT ALARM(b)", None),
        ("AT_LEAST(1, ALARM, (a, b))", True),
        ("AT_LEAST(50%, NOT OK, ('arn:aws:cloudwatch:eu-west-1:111111111111:alarm:a', \"b, c\"))", True),
        ("AT_LEAST(2, ALARM, (a, b))", None),
        ("AT_LEAST(51%, ALARM, (a, b))", None),
        ("AT_LEAST(1, ALARM, (b, c)) OR FALSE", None),
        ("AT_LEAST(2, OK, (a, b))", False),
        ("NOT AT_LEAST(1, NOT INSUFFICIENT_DATA, (a, b)) AND TRUE", False),
        ('ALARM("name with spaces, (brackets) and \\"quotes\\"") OR ALARM(a)', True),
    ],
)
def test_composite_alarms(rule: str, answer: bool | None) -> None:
    found = rings(rule, "a")
    assert (None if isinstance(found, Doubt) else found) is answer


@pytest.mark.parametrize(
    "rule", ["", "ALARM(", "ALARM(a) ALARM(b)", "(ALARM(a)", "SOMETHING(a)", "AND", "(" * 500, "AT_LEAST(1, ALARM, ())"]
)
def test_what_is_no_alarm_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        rings(rule, "a")


def test_the_alarms_under_a_composite_one_are_named() -> None:
    assert children("AT_LEAST(2, ALARM, (a,'b c', arn:aws:cloudwatch:eu-west-1:1:alarm:d))") == ("a", "b c", "d")
    assert children('ALARM("a b") AND (OK(arn:aws:cloudwatch:eu-west-1:1:alarm:c) OR NOT ALARM(c))') == ("a b", "c")
