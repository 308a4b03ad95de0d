"""Drift: what means the same is no difference, and what differs is told short and alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.iac.drift import compared, difference
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import document
from scanner.resources.vpc.groups import Opening
from scanner.resources.vpc.routes import Route

KEY = "arn:aws:kms:eu-west-1:123456789012:key/7f"
EVERYWHERE = Route("0.0.0.0/0", "igw-1")
DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["b", "a"]}


def differs(live: Any, said: Any, fact: str = "it", unmade: str = "") -> str:
    found = difference(fact, live, said, "main.tf:1", frozenset({unmade} - {""}))
    return "" if found is None else str(found)


@pytest.mark.parametrize(
    ("live", "said"),
    [
        (("subnet-b", "subnet-a"), ("subnet-a", "subnet-b")),
        ((Opening(22, 22, ("a", "b")),), (Opening(22, 22, ("b",)), Opening(22, 22, ("a",)))),
        ((Route("10.0.0.0/8", "local"), EVERYWHERE, Route("pl-1", "vpce-1")), (EVERYWHERE, EVERYWHERE)),
        (
            document({"Statement": DENY}),
            document({"Statement": [{**DENY, "Action": ["S3:*"], "Resource": ["a", "b"]}]}),
        ),
        ('{"a": [1, 2]}', json.dumps({"a": [2, 1]})),
        (KEY, "7f"),
    ],
)
def test_what_means_the_same(live: Any, said: Any) -> None:
    assert differs(live, said) == ""


@pytest.mark.parametrize(
    "said",
    [
        "alias/mine", "arn:aws:kms:eu-west-1:123456789012:key/aws_kms_key.k", "aws_kms_key.k[0]", "module.a.aws_kms_key.k",
        "arn:aws:kms:eu-west-1:123456789012:key/Key", "arn:aws:kms:?region:123456789012:key/9e",
    ],
)  # fmt: skip
def test_what_stands_for_what_aws_will_give_is_not_compared(said: str) -> None:
    assert differs(KEY, said, unmade="Key") == ""
    if not said.startswith("alias/"):
        assert differs((KEY, "x"), (said,), unmade="Key") == ""
        assert differs((EVERYWHERE,), (Route("0.0.0.0/0", said),), unmade="Key") == ""


def test_what_is_open_within_a_longer_list_is_no_difference() -> None:
    assert differs((EVERYWHERE,), (EVERYWHERE, Unresolved("var.more has no value"))) == ""


def test_a_version_that_is_told_less_far() -> None:
    assert differs("16.4", "16", "version") == ""
    assert differs("16.4", "16.4", "version") == ""
    assert differs("16.4", "1", "version") != ""
    assert differs("16.40", "16.4", "version") != ""


def test_only_what_differs_is_told() -> None:
    one, other = Opening(22, 22, ("0.0.0.0/0",)), Opening(443, 443, ("0.0.0.0/0",))
    assert differs((one, other), (other,)) == (
        "it is … and (first 22, last 22, ranges 0.0.0.0/0, lists none), main.tf:1 says … and no more"
    )
    wide = document({"Statement": DENY}), document({"Statement": {**DENY, "Action": "s3:Get*"}})
    assert differs(*wide) == "it statements actions is s3:*, main.tf:1 says s3:Get*"


def test_a_long_one_is_cut_where_it_still_tells() -> None:
    assert len(differs("x" * 900, "y" * 900)) < 500
    assert differs("x" * 900 + "a", "x" * 900 + "b").count("x") == 1800


def test_what_shows_at_run_time_or_is_told_again_is_not_compared() -> None:
    assert not compared("aws.rds.instance", "parameters_state")
    assert not compared("aws.kms.key", "policy")
    assert compared("aws.s3.bucket", "policy")
