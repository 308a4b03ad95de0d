"""S3 in code: satellites, older arguments and templates tell one truth as AWS does; what is open stays alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.model.reading import Known, Reason, Unknown
from scanner.resources.s3.account import Account, PublicBlock
from scanner.resources.s3.buckets import Bucket, Lock
from scanner.resources.s3.replication import ReplicationRule
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    REGION,
    cloudformation,
    estate_of,
    leave_open,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    readings,
    terraform,
    values,
)

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
FAR_KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/far"
TLS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": name, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": condition,
            "Resource": ["arn:aws:s3:::orders", "arn:aws:s3:::orders/*"],
        }
        for name, condition in {
            "NoHttp": {"Bool": {"aws:SecureTransport": "false"}},
            "NoOldTls": {"NumericLessThan": {"s3:TlsVersion": "1.3"}},
        }.items()
    ],
}  # fmt: skip
BLOCKED = {
    "block_public_acls": True,
    "ignore_public_acls": True,
    "block_public_policy": True,
    "restrict_public_buckets": True,
}
CFN_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": "true",
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def of(type_: str, **values_: Any) -> Block:
    return terraform(f"aws_s3_bucket_{type_}", bucket="orders", **values_)


TERRAFORM = (
    terraform("aws_s3_bucket", bucket="orders", tags={"System": "orders"}, object_lock_enabled=True),
    of("versioning", versioning_configuration=[{"status": "Enabled", "mfa_delete": "Enabled"}]),
    of(
        "server_side_encryption_configuration",
        rule=[{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": KEY}]}],
    ),
    of("public_access_block", **BLOCKED),
    of("policy", policy=json.dumps(TLS)),
    of(
        "lifecycle_configuration",
        rule=[
            {
                "id": "old", "status": "Enabled", "filter": [{"prefix": "", "tag": [], "and": []}],
                "noncurrent_version_expiration": [{"noncurrent_days": 90, "newer_noncurrent_versions": 3}],
                "expiration": [], "transition": [],
                "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
            },
            {
                "id": "cold", "status": "Disabled",
                "filter": [{"and": [{"prefix": "logs/", "tags": {"a": "b"}, "object_size_greater_than": 500}]}],
                "expiration": [{"date": "2030-01-13T00:00:00Z"}],
                "transition": [{"days": 30, "storage_class": "GLACIER"}],
                "noncurrent_version_transition": [{"noncurrent_days": 60, "storage_class": "DEEP_ARCHIVE"}],
            },
        ],
    ),
    of(
        "replication_configuration",
        role="arn:aws:iam::1:role/r",
        rule=[{
            "id": "all", "status": "Enabled", "filter": [{}],
            "destination": [{
                "bucket": "arn:aws:s3:::far", "storage_class": "STANDARD", "account": "210987654321",
                "encryption_configuration": [{"replica_kms_key_id": FAR_KEY}],
                "replication_time": [{"status": "Enabled"}],
                "metrics": [{"status": "Enabled"}],
            }],
            "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}],
            "delete_marker_replication": [{"status": "Disabled"}],
        }],
    ),
    of("object_lock_configuration", rule=[{"default_retention": [{"mode": "COMPLIANCE", "days": 35, "years": 0}]}]),
    of("acl", acl="private"),
    of("ownership_controls", rule=[{"object_ownership": "BucketOwnerEnforced"}]),
)  # fmt: skip
INLINE = (
    terraform(
        "aws_s3_bucket",
        bucket="orders",
        acl="private",
        tags={"System": "orders"},
        policy=json.dumps(TLS),
        versioning=[{"enabled": True, "mfa_delete": True}],
        server_side_encryption_configuration=[{"rule": [
            {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": KEY}]},
        ]}],
        lifecycle_rule=[
            {
                "id": "old", "enabled": True, "noncurrent_version_expiration": [{"days": 90}],
                "abort_incomplete_multipart_upload_days": 7,
            },
            {
                "id": "cold", "enabled": False, "prefix": "logs/", "tags": {"a": "b"},
                "expiration": [{"date": "2030-01-13"}], "transition": [{"days": 30, "storage_class": "GLACIER"}],
                "noncurrent_version_transition": [{"days": 60, "storage_class": "DEEP_ARCHIVE"}],
            },
        ],
        replication_configuration=[{"role": "r", "rules": [{
            "id": "all", "status": "Enabled", "filter": [{"prefix": "", "tags": {}}],
            "destination": [{
                "bucket": "arn:aws:s3:::far", "storage_class": "STANDARD", "account_id": "210987654321",
                "replica_kms_key_id": FAR_KEY, "replication_time": [{"status": "Enabled", "minutes": 15}],
                "metrics": [{"status": "Enabled", "minutes": 15}],
            }],
            "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"enabled": True}]}],
            "delete_marker_replication_status": "",
        }]}],
        object_lock_configuration=[{
            "object_lock_enabled": "Enabled", "rule": [{"default_retention": [{"mode": "COMPLIANCE", "days": 35}]}],
        }],
    ),
    of("public_access_block", **BLOCKED),
)  # fmt: skip
TEMPLATE = (
    cloudformation(
        "AWS::S3::Bucket",
        BucketName="orders",
        Tags=[{"Key": "System", "Value": "orders"}],
        VersioningConfiguration={"Status": "Enabled"},
        BucketEncryption={"ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}},
        ]},
        PublicAccessBlockConfiguration=CFN_BLOCKED,
        LifecycleConfiguration={"Rules": [
            {
                "Id": "old", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": "7"},
                "NoncurrentVersionExpiration": {"NoncurrentDays": "90", "NewerNoncurrentVersions": 3},
            },
            {
                "Id": "cold", "Status": "Disabled", "Prefix": "logs/", "TagFilters": [{"Key": "a", "Value": "b"}],
                "ObjectSizeGreaterThan": "500", "ExpirationDate": "2030-01-13",
                "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
                "NoncurrentVersionTransitions": [{"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": 60}],
            },
        ]},
        ReplicationConfiguration={"Role": "r", "Rules": [{
            "Id": "all", "Status": "Enabled", "Filter": {"Prefix": ""},
            "Destination": {
                "Bucket": "arn:aws:s3:::far", "StorageClass": "STANDARD", "Account": "210987654321",
                "EncryptionConfiguration": {"ReplicaKmsKeyID": FAR_KEY},
                "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}}, "Metrics": {"Status": "Enabled"},
            },
            "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
            "DeleteMarkerReplication": {"Status": "Disabled"},
        }]},
        ObjectLockEnabled=True,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": "35"}},
        },
    ),
    cloudformation("AWS::S3::BucketPolicy", "Policy", Bucket="orders", PolicyDocument=TLS),
)  # fmt: skip
LIVE = live(
    Bucket,
    {"Name": "orders", "CreationDate": datetime(2026, 1, 1, tzinfo=UTC)},
    GetBucketEncryption={"ServerSideEncryptionConfiguration": {"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}},
    ]}},
    GetBucketVersioning={"Status": "Enabled", "MFADelete": "Enabled"},
    GetBucketPolicy={"Policy": json.dumps(TLS)},
    GetBucketLifecycleConfiguration={"Rules": [
        {
            "ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 3},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
        {
            "ID": "cold", "Status": "Disabled",
            "Filter": {"And": {"Prefix": "logs/", "Tags": [{"Key": "a", "Value": "b"}], "ObjectSizeGreaterThan": 500}},
            "Expiration": {"Date": datetime(2030, 1, 13, tzinfo=UTC)},
            "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
            "NoncurrentVersionTransitions": [{"NoncurrentDays": 60, "StorageClass": "DEEP_ARCHIVE"}],
        },
    ]},
    GetBucketReplication={"ReplicationConfiguration": {"Role": "r", "Rules": [{
        "ID": "all", "Status": "Enabled", "Filter": {},
        "Destination": {
            "Bucket": "arn:aws:s3:::far", "StorageClass": "STANDARD", "Account": "210987654321",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": FAR_KEY},
            "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}}, "Metrics": {"Status": "Enabled"},
        },
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "DeleteMarkerReplication": {"Status": "Disabled"},
    }]}},
    GetObjectLockConfiguration={"ObjectLockConfiguration": {
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 35}},
    }},
    GetPublicAccessBlock={"PublicAccessBlockConfiguration": {**CFN_BLOCKED, "IgnorePublicAcls": True}},
    GetBucketPolicyStatus={"PolicyStatus": {"IsPublic": False}},
    GetBucketAcl={"Grants": [{"Grantee": {"ID": "owner", "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]},
)  # fmt: skip


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
    judge = lambda *rules: outcomes(bucket, versioned, of("lifecycle_configuration", rule=[*rules]), rule="BK210")[
        bucket.address
    ]
    assert judge(late).outcome.value == "passed"
    assert judge(late, early).outcome.value == "failed"
    assert judge(OPEN, early).outcome.value == "failed"
    assert judge(late, OPEN).outcome.value == "unknown"
    assert judge({**late, "status": OPEN}, early).outcome.value == "failed"
    assert judge({**early, "status": OPEN}).outcome.value == "unknown"
    assert judge({**early, "noncurrent_version_expiration": [{"noncurrent_days": OPEN}]}).outcome.value == "unknown"


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
    public = lambda policy: readings(Bucket, bucket, off, of("policy", policy=policy))["policy_public"]
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
    template = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}}
    assert (
        values(Bucket, cloudformation("AWS::S3::Bucket", AccessControl="PublicRead", **template))["acl_public"] is True
    )
    assert (
        values(Bucket, cloudformation("AWS::S3::Bucket", AccessControl="LogDeliveryWrite", **template))["acl_public"]
        is False
    )


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
