"""S3 in code: satellites, older arguments and templates tell one truth as AWS does; what is open stays alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.model.finding import Finding
from scanner.model.reading import Known, Unknown
from scanner.resources.s3.account import PublicBlock
from scanner.resources.s3.buckets import Bucket, Lock
from scanner.resources.s3.replication import ReplicationRule
from tests.iac.forms.buckets import INLINE, LIVE, TEMPLATE, TERRAFORM, TLS, of
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    cloudformation,
    leave_open,
    loses_only_it,
    never_flips,
    outcomes,
    readings,
    terraform,
    values,
)


def known_live(*but: str) -> dict[str, Any]:
    return {
        **{name: one for name, one in LIVE.items() if name not in (*but, "created_at")},
        "tags": {"System": "orders"},
    }


def test_satellites_tell_what_aws_tells() -> None:
    assert values(Bucket, *TERRAFORM) == known_live()


def test_a_template_tells_what_aws_tells() -> None:
    found = values(Bucket, *TEMPLATE)
    assert found.pop("mfa_delete") is False  # no template can turn it on
    assert found == known_live("mfa_delete")


def test_the_older_arguments_tell_what_aws_tells() -> None:
    found = values(Bucket, *INLINE)
    old, cold = found.pop("lifecycle")
    assert found == known_live("lifecycle")
    then, later = LIVE["lifecycle"]
    assert old == replace(then, noncurrent_kept=0)  # which that argument cannot say
    assert cold == replace(later, part="prefix logs/ and tag a=b")


def test_a_bucket_of_which_nothing_is_written() -> None:
    for block in (terraform("aws_s3_bucket", bucket="orders"), cloudformation("AWS::S3::Bucket", BucketName="orders")):
        assert values(Bucket, block) == {
            "tags": {}, "encrypted": True, "algorithm": "AES256", "key": None, "versioning": "", "mfa_delete": False,
            "policy": None, "lifecycle": (), "replication": (), "lock": None, "policy_public": False, "acl_public": False,
        }  # fmt: skip
        blocked = readings(Bucket, block)["public_block"]
        assert isinstance(blocked, Unknown)
        assert "April 2023" in blocked.detail
        for changed in ("create", "replace", "Add"):
            made = replace(block, changed=changed)
            assert values(Bucket, made)["public_block"] == PublicBlock(True, True, True, True)
            assert outcomes(made, rule="BK516")[block.address].outcome.value == "passed"


def test_what_a_state_repeats_in_the_bucket_counts_less_than_its_satellites() -> None:
    stale = terraform(
        "aws_s3_bucket",
        bucket="orders",
        versioning=[{"enabled": False, "mfa_delete": False}],
        policy="",
        acl=None,
        lifecycle_rule=[],
        replication_configuration=[],
        object_lock_configuration=[],
        server_side_encryption_configuration=[
            {
                "rule": [
                    {"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256", "kms_master_key_id": ""}]}
                ]
            }
        ],
        tags={"System": "orders"},
    )
    assert values(Bucket, stale, *TERRAFORM[1:]) == known_live()
    assert values(Bucket, stale)["policy"] is None
    assert values(Bucket, stale)["key"] is None


def test_aws_s_own_key_where_none_is_named() -> None:
    kms = of("server_side_encryption_configuration", rule=[
        {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": ""}]},
    ])  # fmt: skip
    assert values(Bucket, TERRAFORM[0], kms)["key"] == "alias/aws/s3"
    bucket_key_only = of("server_side_encryption_configuration", rule=[{"bucket_key_enabled": True}])
    assert values(Bucket, TERRAFORM[0], bucket_key_only)["algorithm"] == "AES256"


def test_object_lock_without_a_default_retention() -> None:
    assert values(Bucket, terraform("aws_s3_bucket", bucket="b", object_lock_enabled=True))["lock"] == Lock()
    assert values(Bucket, terraform("aws_s3_bucket", bucket="b", object_lock_enabled=False))["lock"] is None
    assert values(Bucket, cloudformation("AWS::S3::Bucket", ObjectLockEnabled="true"))["lock"] == Lock()
    bucket = terraform("aws_s3_bucket", bucket="orders")
    years = of("object_lock_configuration", rule=[{"default_retention": [{"mode": "GOVERNANCE", "years": 1}]}])
    assert values(Bucket, bucket, years)["lock"] == Lock("GOVERNANCE", timedelta(days=365))


def test_the_id_of_a_replication_rule_that_aws_chooses_is_open() -> None:
    rule = {"status": "Enabled", "destination": [{"bucket": "arn:aws:s3:::far"}]}
    (found,) = values(Bucket, TERRAFORM[0], of("replication_configuration", rule=[rule]))["replication"]
    assert replace(found, name="") == ReplicationRule("arn:aws:s3:::far")
    with pytest.raises(Exception, match="S3 then chooses"):
        str(found.name)


#: What only names something, or says what is not kept of it.
FREE = (
    "bucket", "Bucket", "BucketName", "role", "Role", "id", "Id", "time", "Time", "minutes", "Minutes", "acl", "rule",
    "object_ownership", "object_lock_enabled", "ObjectLockEnabled",
)  # fmt: skip


@pytest.mark.parametrize("blocks", [INLINE, TEMPLATE, TERRAFORM[:8]], ids=["inline", "template", "satellites"])
def test_what_is_open_stays_alone(blocks: tuple[Block, ...]) -> None:
    loses_only_it(Bucket, *blocks, but=FREE)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("blocks", [INLINE, TEMPLATE, TERRAFORM], ids=["inline", "template", "satellites"])
def test_what_is_open_turns_no_verdict(blocks: tuple[Block, ...], whole: bool) -> None:
    rules = ["BK111", "BK210", "BK401", "BK505", "BK516", "BK604", "BK806"]
    assert never_flips(blocks, rules, whole=whole) > 20


@pytest.mark.parametrize("block", TERRAFORM[1:8], ids=[one.type for one in TERRAFORM[1:8]])
def test_a_satellite_that_does_not_say_whose_it_is_may_be_anybody_s(block: Block) -> None:
    """It makes unknown what it settles, of the bucket for which no other settles it."""
    lost = leave_open(block, ("bucket",))
    before, after = values(Bucket, *TERRAFORM), readings(Bucket, *(lost if one is block else one for one in TERRAFORM))
    gone = {name for name in before if isinstance(after[name], Unknown)}
    assert gone
    assert all(after[name] == Known(before[name], after[name].evidence) for name in before.keys() - gone)


def test_a_rule_that_is_open_hides_no_other() -> None:
    versioned = of("versioning", versioning_configuration=[{"status": "Enabled"}])
    early = {"id": "early", "status": "Enabled", "noncurrent_version_expiration": [{"noncurrent_days": 3}]}
    late = {"id": "late", "status": "Enabled", "noncurrent_version_expiration": [{"noncurrent_days": 300}]}
    bucket = TERRAFORM[0]

    def judge(*rules: Any) -> Finding:
        lifecycle = of("lifecycle_configuration", rule=[*rules])
        return outcomes(bucket, versioned, lifecycle, rule="BK210")[bucket.address]

    assert judge(late).outcome.value == "passed"
    assert judge(late, early).outcome.value == "failed"
    assert judge(OPEN, early).outcome.value == "failed"
    assert judge(late, OPEN).outcome.value == "unknown"
    assert judge({**late, "status": OPEN}, early).outcome.value == "failed"
    assert judge({**early, "status": OPEN}).outcome.value == "unknown"
    assert judge({**early, "noncurrent_version_expiration": [{"noncurrent_days": OPEN}]}).outcome.value == "unknown"


def test_satellites_may_be_chained_by_their_ids() -> None:
    policy = of("policy", policy=json.dumps(TLS))
    assert export(policy, "id") == "orders"
    assert export(replace(policy, values={"bucket": OPEN}), "id") is OPEN
    owned = of("versioning", expected_bucket_owner=ACCOUNT)
    assert export(owned, "id") == f"orders,{ACCOUNT}"


def test_a_name_that_is_open_makes_unknown_what_satellites_may_settle() -> None:
    bucket = terraform("aws_s3_bucket", bucket=OPEN)
    named = of("versioning", versioning_configuration=[{"status": "Enabled"}])
    assert isinstance(readings(Bucket, bucket, named)["versioning"], Unknown)
    assert outcomes(bucket, named, rule="BK111")[bucket.address].outcome.value == "unknown"


def test_judged() -> None:
    bad = terraform("aws_s3_bucket", bucket="orders", tags={"System": "orders"})
    key = terraform("aws_kms_key", "k")
    encrypted = of("server_side_encryption_configuration", rule=[
        {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": export(key, "arn")}]},
    ])  # fmt: skip
    good = [encrypted if one.type == encrypted.type else one for one in TERRAFORM]
    for rule in ("BK111", "BK401", "BK505"):
        assert outcomes(bad, rule=rule)[bad.address].outcome.value == "failed", rule
        assert outcomes(*good, key, rule=rule)[bad.address].outcome.value == "passed", rule


def test_archives_are_known_by_their_lifecycle() -> None:
    cold = of("lifecycle_configuration", rule=[
        {"id": "c", "status": "Enabled", "transition": [{"days": 1, "storage_class": "DEEP_ARCHIVE"}]},
    ])  # fmt: skip
    bucket = TERRAFORM[0]
    for rule in ("BK604", "BK711"):
        assert outcomes(bucket, cold, rule=rule)[bucket.address].outcome.value == "failed", rule
    assert outcomes(*TERRAFORM[:2], *TERRAFORM[7:8], cold, rule="BK604")[bucket.address].outcome.value == "passed"
    trail = terraform("aws_cloudtrail", name="t", is_multi_region_trail=True, event_selector=[
        {"data_resource": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}]},
    ])  # fmt: skip
    assert outcomes(bucket, cold, trail, rule="BK711")[bucket.address].outcome.value == "passed"


def test_replicas_are_found_in_the_code() -> None:
    far = terraform("aws_s3_bucket", "far", at="eu-central-1", bucket="far")
    lagging = outcomes(*TERRAFORM, far, rule="BK705")[TERRAFORM[0].address]
    assert lagging.outcome.value == "failed"
