"""Customer metadata: tables and the documents' buckets."""

import json
from datetime import timedelta
from typing import Any

from scanner.emulation.company.authentication import replicate, table
from scanner.emulation.company.site import BUNKER, HOME, RECOVERY, Site, tags, vault_arn
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import alter, put_object

CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def settle(site: Site) -> None:
    """Make tables and buckets, and what AWS Backup keeps of them."""
    table(
        site,
        "customer-profiles",
        pitr=35,
        system="customer-metadata",
        Tags=tags("customer-metadata", Environment="production"),
    )
    replicate(site, "customer-profiles")
    table(site, "customer-preferences", pitr=None, key="aws", backup=None, system="customer-metadata")
    dynamodb = site.client("dynamodb")
    old = dynamodb.create_backup(TableName="customer-preferences", BackupName="customer-preferences-2025")[
        "BackupDetails"
    ]["BackupArn"]
    new = dynamodb.create_backup(TableName="customer-preferences", BackupName="customer-preferences-month")[
        "BackupDetails"
    ]["BackupArn"]
    with site.emulator.on_stage() as world:
        alter(world, ACCOUNT, HOME, "dynamodb", old, BackupCreationDateTime=site.at - timedelta(days=395))
        alter(world, ACCOUNT, HOME, "dynamodb", new, BackupCreationDateTime=site.at - timedelta(days=28))
    _buckets(site)
    copies = {vault_arn("recovery-vault", RECOVERY): 35, vault_arn("bunker-vault", HOME, BUNKER): 35}
    site.history(
        "metadata-vault",
        f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/customer-profiles",
        gib=20,
        plan="metadata-daily",
        copies=copies,
    )
    site.history(
        "metadata-vault",
        "arn:aws:s3:::fivex-customer-documents",
        gib=900,
        plan="metadata-daily",
        small={0: 0.08},
        copies=copies,
    )


def _buckets(site: Site) -> None:
    bucket(site, "fivex-customer-documents-copy", region=RECOVERY, key="data@recovery", system="customer-metadata")
    bucket(site, "fivex-customer-documents", key="data", system="customer-metadata", Environment="production")
    bucket(site, "fivex-customer-uploads", versions=False, system="customer-metadata")
    bucket(site, "fivex-customer-exports", key="data", system="customer-metadata")
    bucket(site, "fivex-orphan", versions=False, system=None, closed=False)
    replicate_bucket(site, "fivex-customer-documents", "fivex-customer-documents-copy")
    expire(site, "fivex-customer-documents", 60)
    expire(site, "fivex-customer-exports", 7)
    with site.emulator.on_stage() as world:
        for number in range(6):
            put_object(
                world,
                ACCOUNT,
                "fivex-customer-documents",
                f"contracts/{number:04}.pdf",
                site.at - timedelta(days=number),
                b"%PDF-1.7",
            )


def bucket(
    site: Site,
    name: str,
    *,
    region: str = HOME,
    key: str | None = None,
    versions: bool = True,
    system: str | None = None,
    closed: bool = True,
    locked: int | None = None,
    secure: bool = True,
    **more: str,
) -> None:
    """A bucket; encrypted by S3's own key unless there is one, locked for so many days if told."""
    s3 = site.client("s3", region)
    s3.create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": region},
        ObjectLockEnabledForBucket=locked is not None,
    )
    if versions:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if key:
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": site.keys[key],
                        },
                        "BucketKeyEnabled": True,
                    }
                ]
            },
        )
    if locked:
        s3.put_object_lock_configuration(
            Bucket=name,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": locked}},
            },
        )
    if closed:
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=CLOSED)
    if system:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags(system, **more)})
    if secure:
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(_only_modern_tls(name)))


def replicate_bucket(
    site: Site, name: str, to: str, *, region: str = HOME, key: str | None = None, timed: bool = False
) -> None:
    """Let a bucket replicate all its objects, with a key those that KMS encrypts too, timed within 15 minutes."""
    destination: dict[str, Any] = {"Bucket": f"arn:aws:s3:::{to}"}
    chosen: dict[str, Any] = {}
    if key:
        destination["EncryptionConfiguration"] = {"ReplicaKmsKeyID": site.keys[key]}
        chosen = {"SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}}}
    if timed:
        destination["ReplicationTime"] = {"Status": "Enabled", "Time": {"Minutes": 15}}
        destination["Metrics"] = {"Status": "Enabled", "EventThreshold": {"Minutes": 15}}
    site.client("s3", region).put_bucket_replication(
        Bucket=name,
        ReplicationConfiguration={
            "Role": site.role("replication"),
            "Rules": [
                {
                    "ID": "everything",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": destination,
                    **chosen,
                }
            ],
        },
    )


def expire(site: Site, name: str, days: int, **more: Any) -> None:
    """Let old versions go after so many days."""
    site.client("s3").put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "old-versions",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": days},
                    **more,
                }
            ]
        },
    )


def _only_modern_tls(name: str) -> dict[str, Any]:
    both = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    deny: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": both}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "NoPlainHttp", **deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Sid": "NoOldTls", **deny, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.3"}}},
        ],
    }
