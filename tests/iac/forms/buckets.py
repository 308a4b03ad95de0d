"""One bucket told four times: by satellites, by the older arguments, by a template, and by what S3 answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from scanner.iac.block import Block
from scanner.resources.s3.buckets import Bucket
from tests.iac.forms.telling import (
    ACCOUNT,
    REGION,
    cloudformation,
    live,
    terraform,
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
BLOCKED: dict[str, Any] = {
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
