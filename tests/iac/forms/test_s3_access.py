"""Who gets into buckets, as code says: the blocks on public access, access control lists, and policies."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from scanner.model.reading import Known, Reading, Reason, Unknown
from scanner.resources.s3.account import Account, PublicBlock
from scanner.resources.s3.buckets import Bucket
from tests.iac.forms.buckets import BLOCKED, CFN_BLOCKED, TERRAFORM, of
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    cloudformation,
    estate_of,
    live,
    outcomes,
    readings,
    terraform,
    values,
)


def test_one_part_that_is_open_does_not_hide_one_that_is_off() -> None:
    bucket, account = TERRAFORM[0], terraform("aws_s3_account_public_access_block")
    blocks = of("public_access_block", **{**BLOCKED, "block_public_acls": OPEN, "block_public_policy": False})
    found = outcomes(bucket, blocks, account, rule="BK516")[bucket.address]
    assert (found.outcome.value, found.verdict.because.partition(",")[0]) == (
        "failed",
        "new public policies are not blocked",
    )
    only = of("public_access_block", **{**BLOCKED, "block_public_acls": OPEN})
    assert outcomes(bucket, only, account, rule="BK516")[bucket.address].outcome.value == "unknown"
    wide = terraform("aws_s3_account_public_access_block", **BLOCKED)
    assert outcomes(bucket, blocks, wide, rule="BK516")[bucket.address].outcome.value == "passed"


def test_the_account_in_code_that_is_all_there_is() -> None:
    bucket = TERRAFORM[0]
    off = of("public_access_block", **{**BLOCKED, "block_public_policy": False})
    assert outcomes(bucket, off, rule="BK516")[bucket.address].outcome.value == "failed"
    assert outcomes(bucket, off, rule="BK516", whole=False)[bucket.address].reason is Reason.OPEN
    (found,) = estate_of(bucket, off).resources[Account.kind]
    assert found.readings["public_block"] == Known(PublicBlock(), found.readings["public_block"].evidence)
    assert Account.kind not in estate_of(bucket, off, whole=False).resources


def test_the_account_s_own_block() -> None:
    block = terraform("aws_s3_account_public_access_block", **BLOCKED)
    (found,) = estate_of(block).resources[Account.kind]
    assert found.id == f"arn:aws:s3::{ACCOUNT}:account"
    told = live(
        Account, {}, GetPublicAccessBlock={"PublicAccessBlockConfiguration": {**CFN_BLOCKED, "IgnorePublicAcls": True}}
    )
    assert values(Account, block) == told
    assert values(Account, terraform("aws_s3_account_public_access_block"))["public_block"] == PublicBlock()
    (other,) = estate_of(replace(block, values={**BLOCKED, "account_id": "210987654321"})).resources[Account.kind]
    assert other.doubt is not None


ANYONE = {
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*"}]
}
FROM_HERE = {"Statement": [{**ANYONE["Statement"][0], "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}]}


def test_what_s3_calls_public() -> None:
    bucket, off = TERRAFORM[0], of("public_access_block")

    def public(policy: Any) -> Reading[Any]:
        return readings(Bucket, bucket, off, of("policy", policy=policy))["policy_public"]

    assert public(json.dumps(ANYONE)) == Known(True, public(json.dumps(ANYONE)).evidence)
    assert isinstance(public(json.dumps(FROM_HERE)), Unknown)
    assert isinstance(public(OPEN), Unknown)
    named = {"Statement": [{**ANYONE["Statement"][0], "Principal": {"AWS": "arn:aws:iam::1:root"}}]}
    assert public(json.dumps(named)) == Known(False, public(json.dumps(named)).evidence)
    kept_out = of("public_access_block", **BLOCKED)
    assert values(Bucket, bucket, kept_out, of("policy", policy=json.dumps(ANYONE)))["policy_public"] is False
    template = cloudformation(
        "AWS::S3::Bucket", BucketName="orders", PublicAccessBlockConfiguration={"BlockPublicAcls": False}
    )
    policy = cloudformation("AWS::S3::BucketPolicy", "P", Bucket="orders", PolicyDocument=ANYONE)
    assert values(Bucket, template, policy)["policy_public"] is True


@pytest.mark.parametrize(
    ("acl", "public"),
    [
        ({"acl": "public-read"}, True),
        ({"acl": "authenticated-read"}, True),
        ({"acl": "private"}, False),
        ({"access_control_policy": [{"grant": [
            {"grantee": [{"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers"}], "permission": "READ"},
        ]}]}, True),
        ({"access_control_policy": [{"grant": [{"grantee": [{"type": "CanonicalUser", "id": "x"}], "permission": "READ"}]}]}, False),
    ],
)  # fmt: skip
def test_access_control_lists(acl: dict[str, Any], public: bool) -> None:
    bucket, off = TERRAFORM[0], of("public_access_block")
    assert values(Bucket, bucket, off, of("acl", **acl))["acl_public"] is public
    enforced = of("ownership_controls", rule=[{"object_ownership": "BucketOwnerEnforced"}])
    assert values(Bucket, bucket, off, of("acl", **acl), enforced)["acl_public"] is False


def test_older_access_control_lists() -> None:
    off = of("public_access_block")
    assert (
        values(Bucket, terraform("aws_s3_bucket", bucket="orders", acl="public-read-write"), off)["acl_public"] is True
    )
    grants = [
        {"type": "Group", "permissions": ["READ"], "uri": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}
    ]
    assert values(Bucket, terraform("aws_s3_bucket", bucket="orders", grant=grants), off)["acl_public"] is True
    template: dict[str, Any] = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}}
    assert (
        values(Bucket, cloudformation("AWS::S3::Bucket", AccessControl="PublicRead", **template))["acl_public"] is True
    )
    assert (
        values(Bucket, cloudformation("AWS::S3::Bucket", AccessControl="LogDeliveryWrite", **template))["acl_public"]
        is False
    )
