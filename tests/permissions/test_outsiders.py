"""Whom a resource's policy lets in from outside."""

from __future__ import annotations

import time
from typing import Any

import pytest

from scanner.permissions.document import document
from scanner.permissions.outsiders import Whom, doors

ORGANISATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


def whom(*statements: dict[str, Any]) -> list[tuple[Whom, tuple[str, ...]]]:
    usual = {"Effect": "Allow", "Action": "es:*", "Resource": "*", "Principal": "*"}
    policy = document({"Statement": [{**usual, **one} for one in statements]})
    return [(one.whom, one.names) for one in doors(policy)]


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ({}, [(Whom.EVERYONE, ())]),
        ({"Principal": {"AWS": "999999999999"}}, [(Whom.ACCOUNTS, ("999999999999",))]),
        ({"Principal": {"Service": "backup.amazonaws.com"}}, []),
        ({"Principal": {"AWS": "AIDAEXAMPLEGONE"}}, []),
        ({"Condition": ORGANISATION}, [(Whom.ORGANISATIONS, ("o-1",))]),
        ({"Condition": {"StringEquals": {"AWS:PRINCIPALORGID": ["o-1"]}}}, [(Whom.ORGANISATIONS, ("o-1",))]),
        ({"Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}}, [(Whom.EVERYONE, ())]),
        ({"Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}}, [(Whom.EVERYONE, ())]),
        ({"Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-*"}}}, [(Whom.EVERYONE, ())]),
        ({"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}, [(Whom.EVERYONE, ())]),
        ({"Condition": {"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-1/*"}}}, [(Whom.EVERYONE, ())]),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, [(Whom.EVERYONE, ())]),
        ({"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}, [(Whom.NETWORKS, ("vpce-1",))]),
        ({"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}}, [(Whom.EVERYONE, ())]),
        (
            {"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/*"}}},
            [(Whom.ACCOUNTS, ("222222222222",))],
        ),
        (
            {
                "Condition": {
                    "StringEquals": {"aws:PrincipalAccount": ["1" * 12, "2" * 12], "aws:SourceAccount": "2" * 12}
                }
            },
            [(Whom.ACCOUNTS, ("2" * 12,))],
        ),
        ({"NotPrincipal": {"AWS": "999999999999"}, "Principal": None}, [(Whom.EVERYONE, ())]),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, [(Whom.EVERYONE, ())]),
    ],
)
def test_one_statement(statement: dict[str, Any], wanted: list[Any]) -> None:
    assert whom(statement) == wanted


def test_a_denial_of_all_others_narrows_everyone() -> None:
    deny = {"Effect": "Deny", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}
    assert whom({}, deny) == [(Whom.ORGANISATIONS, ("o-1",))]
    spared = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}
    assert whom({}, {"Effect": "Deny", "Condition": spared}) == [(Whom.ORGANISATIONS, ("o-1",))]
    either = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1", "aws:SourceVpc": "vpc-1"}}
    assert whom({}, {"Effect": "Deny", "Condition": either}) == [(Whom.ORGANISATIONS, ("o-1",))]
    assert whom({}, {"Effect": "Deny"}) == []
    paths = {"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-1/*"}}
    assert whom({}, {"Effect": "Deny", "Condition": paths}) == [(Whom.ORGANISATIONS, ("o-1/*",))]


def test_a_denial_of_less_narrows_nothing() -> None:
    deny = {"Effect": "Deny", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}
    assert whom({}, {**deny, "Action": "es:ESHttpGet"}) == [(Whom.EVERYONE, ())]
    assert whom({}, {**deny, "Resource": "arn:aws:es:*:*:domain/a"}) == [(Whom.EVERYONE, ())]
    assert whom({}, {**deny, "Principal": {"AWS": "999999999999"}}) == [(Whom.EVERYONE, ())]
    assert whom({}, {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}) == [
        (Whom.EVERYONE, ())
    ]
    # Who is in no organisation brings no paths, and is not denied.
    some = {"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-1/*"}}
    assert whom({}, {"Effect": "Deny", "Condition": some}) == [(Whom.EVERYONE, ())]
    services = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}
    assert whom({}, {"Effect": "Deny", "Condition": services}) == [(Whom.EVERYONE, ())]


def test_thousands_of_statements_take_no_time() -> None:
    many = [{"Principal": {"AWS": f"{number:012}"}} for number in range(20_000)]
    deny = {"Effect": "Deny", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}
    began = time.process_time()
    assert len(whom(*many, deny)) == 20_000
    assert time.process_time() - began < 3
