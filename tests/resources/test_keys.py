"""How AWS writes keys, key policies and the credential report, and how they are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import jmespath
import pytest

from scanner.model.resource import Resource
from scanner.resources.iam.credentials import AccessKey, Root, User, any_key, entries, moment
from scanner.resources.key_policies import ADMINISTER, USE, Grant, grants
from scanner.resources.kms import can_renew, can_rotate, latest, named, regions_of
from scanner.resources.logs import kept_for
from scanner.resources.secretsmanager import schedule

OWNER = Resource("arn:aws:s3:::bucket", "bucket", "111111111111", "eu-west-1", {})


@pytest.mark.parametrize(
    ("reference", "arn"),
    [
        ("arn:aws:kms:eu-central-1:222222222222:key/mrk-1", "arn:aws:kms:eu-central-1:222222222222:key/mrk-1"),
        ("arn:aws:kms:eu-central-1:222222222222:alias/a/b", "arn:aws:kms:eu-central-1:222222222222:alias/a/b"),
        ("1234abcd-12ab", "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab"),
        ("alias/data", "arn:aws:kms:eu-west-1:111111111111:alias/data"),
        ("aws/s3", "arn:aws:kms:eu-west-1:111111111111:alias/aws/s3"),
    ],
)
def test_a_key_is_found_however_it_is_named(reference: str, arn: str) -> None:
    assert named(reference, OWNER).arn == arn


@pytest.mark.parametrize("reference", ["arn:aws:s3:::bucket", "arn:aws:kms:eu-west-1"])
def test_what_names_no_key_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="names no KMS key"):
        named(reference, OWNER)


@pytest.mark.parametrize(
    ("spec", "origin", "manager", "rotates", "renews"),
    [
        ("SYMMETRIC_DEFAULT", "AWS_KMS", "CUSTOMER", True, True),
        ("SYMMETRIC_DEFAULT", "EXTERNAL", "CUSTOMER", False, True),
        ("SYMMETRIC_DEFAULT", "AWS_CLOUDHSM", "CUSTOMER", False, False),
        ("SYMMETRIC_DEFAULT", "EXTERNAL_KEY_STORE", "CUSTOMER", False, False),
        ("SYMMETRIC_DEFAULT", "AWS_KMS", "AWS", False, False),
        ("HMAC_256", "AWS_KMS", "CUSTOMER", False, False),
        ("RSA_2048", "EXTERNAL", "CUSTOMER", False, False),
    ],
)
def test_which_keys_rotate(spec: str, origin: str, manager: str, *, rotates: bool, renews: bool) -> None:
    raw = {"KeySpec": spec, "Origin": origin, "KeyManager": manager}
    assert (can_rotate(raw), can_renew(raw)) == (rotates, renews)


def test_the_last_rotation_is_the_newest_that_took_place() -> None:
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    assert latest([{"RotationDate": first}, {"RotationDate": last}, {"KeyMaterialState": "PENDING_ROTATION"}]) == last
    assert latest([]) is None


def test_the_primary_region_comes_first() -> None:
    raw = {"PrimaryKey": {"Region": "us-east-1"}, "ReplicaKeys": [{"Region": "eu-west-1"}, {"Region": "ap-south-1"}]}
    assert regions_of(raw) == ("us-east-1", "ap-south-1", "eu-west-1")


def policy(*statements: dict[str, Any]) -> tuple[Grant, ...]:
    return grants(json.dumps({"Statement": [{"Effect": "Allow", "Resource": "*", **one} for one in statements]}))


ANYONE: dict[str, Any] = {"Principal": {"AWS": "*"}, "Action": "kms:*"}


@pytest.mark.parametrize(
    ("condition", "everyone"),
    [
        (None, True),
        ({"StringEquals": {"kms:CallerAccount": "111111111111"}}, False),
        ({"StringEquals": {"AWS:PrincipalOrgID": ["o-1"]}}, False),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, True),
        ({"StringNotEquals": {"kms:CallerAccount": "111111111111"}}, True),
        ({"StringEqualsIfExists": {"kms:CallerAccount": "111111111111"}}, True),
        ({"StringEquals": {"kms:ViaService": "rds.eu-west-1.amazonaws.com"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-1/r-1"}}, False),
    ],
)
def test_a_condition_narrows_only_by_naming_callers(condition: Any, *, everyone: bool) -> None:
    (grant,) = policy({**ANYONE, **({"Condition": condition} if condition else {})})
    assert grant.everyone is everyone


def test_a_policy_names_roles_and_services_but_not_accounts_or_the_deleted() -> None:
    role = "arn:aws:iam::111111111111:role/r"
    root, one, service, deleted = policy(
        {"Principal": {"AWS": "111111111111"}, "Action": "kms:*"},
        {"Principal": {"AWS": [role]}, "Action": ["kms:put*"]},
        {"Principal": {"Service": "rds.amazonaws.com"}, "Action": "kms:GenerateDataKey*"},
        {"Principal": {"AWS": "AROA0123456789EXAMPLE"}, "Action": "kms:*"},
    )
    assert (root.names, one.names, service.names, deleted.names) == ((), (role,), ("rds.amazonaws.com",), ())
    assert (one.permits(ADMINISTER), one.permits(USE), service.permits(USE)) == (True, False, True)
    assert root.accounts == {"111111111111"}


def test_what_is_allowed_to_all_but_some_is_allowed_to_everyone() -> None:
    (grant,) = policy({"NotPrincipal": {"AWS": "arn:aws:iam::111111111111:user/x"}, "Action": "kms:*"})
    assert grant.everyone
    assert grants(json.dumps({"Statement": {"Effect": "Deny", **ANYONE}})) == ()


REPORT = """\
user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,mfa_active,access_key_1_active,\
access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date
<root_account>,arn:aws:iam::1:root,2020-01-01T00:00:00+00:00,not_supported,2026-01-01T00:00:00+00:00,not_supported,true,\
false,N/A,N/A,false,N/A,N/A
bob,arn:aws:iam::1:user/bob,2020-01-01T00:00:00+00:00,true,no_information,2025-01-01T00:00:00+00:00,false,\
false,2025-01-01T00:00:00+00:00,N/A,true,2026-01-01T00:00:00+00:00,2026-02-01T00:00:00+00:00
"""


def test_the_report_holds_root_users_and_the_keys_that_exist() -> None:
    found = list(entries(REPORT.encode()))

    def of(kind: type[Resource]) -> list[Any]:
        assert kind.listed_by is not None
        return [one for one in found if jmespath.search(kind.listed_by.where, one)]

    assert [one["arn"] for one in of(Root)] == ["arn:aws:iam::1:root"]
    assert [one["user"] for one in of(User)] == ["bob"]
    assert [(one["user"], one["key"], one["active"]) for one in of(AccessKey)] == [
        ("bob", "1", "false"),
        ("bob", "2", "true"),
    ]
    assert any_key(of(User)[0])
    assert not any_key(of(Root)[0])


def test_a_report_without_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="no column arn"):
        list(entries("<html>"))
    assert moment("no_information") is None


def test_log_groups_keep_for_ever_unless_told() -> None:
    assert kept_for({}) is None
    assert kept_for({"retentionInDays": 7}) is not None
    delivery = kept_for({"logGroupClass": "DELIVERY"})
    assert delivery is not None
    assert delivery.days == 1


def test_secrets_rotate_by_rate_or_cron() -> None:
    assert schedule({"AutomaticallyAfterDays": 30}) == "rate(30 days)"
    assert schedule({"ScheduleExpression": "cron(0 16 1 * ? *)", "AutomaticallyAfterDays": 30}) == "cron(0 16 1 * ? *)"
    assert schedule({}) is None
    with pytest.raises(ValueError, match="sometimes"):
        schedule({"ScheduleExpression": "sometimes"})
