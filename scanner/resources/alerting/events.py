"""The events by which AWS tells of failures, as its guides show them, made out for one place.

`ANY` stands where the guides show an example of what nobody can foretell. AWS adds members to events now and then;
a pattern that asks for one that the guide does not show matches nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.arn import place_of
from scanner.model.late_dataclass import dataclass
from scanner.resources.alerting.patterns import ANY, Open

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Where an event is documented, and when that was read."""

    title: str
    guide: str
    read_on: str


_BACKUP = Page("Monitoring AWS Backup events using Amazon EventBridge", "AWS Backup developer guide", "2026-11-24")
_EBS = Page("Amazon EventBridge events for Amazon EBS", "Amazon EBS user guide", "2026-11-24")
_DLM = Page("Monitor Data Lifecycle Manager policies using EventBridge", "Amazon EBS user guide", "2026-11-24")
_RDS = Page("Creating a rule that triggers on an Amazon RDS event", "Amazon RDS user guide", "2026-11-24")
_KMS = Page("Monitor KMS keys with Amazon EventBridge", "AWS KMS developer guide", "2026-11-24")
_TRAIL = Page("AWS service events delivered via AWS CloudTrail", "Amazon EventBridge user guide", "2026-11-24")

#: Where each kind of event is documented, by its source and detail-type.
PAGES: Mapping[tuple[str, str], Page] = {
    ("aws.backup", "Backup Job State Change"): _BACKUP,
    ("aws.backup", "Copy Job State Change"): _BACKUP,
    ("aws.backup", "Restore Job State Change"): _BACKUP,
    ("aws.backup", "Backup Plan State Change"): _BACKUP,
    ("aws.backup", "Backup Vault State Change"): _BACKUP,
    ("aws.backup", "Recovery Point Change"): _BACKUP,
    ("aws.backup", "Recovery Point State Change"): _BACKUP,
    ("aws.backup", "Recovery Point Index State Change"): _BACKUP,
    ("aws.backup", "Region Setting State Change"): _BACKUP,
    ("aws.backup", "Scan Job State Change"): _BACKUP,
    ("aws.backup", "AWS API Call via CloudTrail"): _TRAIL,
    ("aws.ec2", "EBS Snapshot Notification"): _EBS,
    ("aws.ec2", "EBS Multi-Volume Snapshots Completion Status"): _EBS,
    ("aws.dlm", "DLM Policy State Change"): _DLM,
    ("aws.rds", "RDS DB Instance Event"): _RDS,
    ("aws.rds", "RDS DB Cluster Event"): _RDS,
    ("aws.kms", "KMS Imported Key Material Expiration"): _KMS,
    ("aws.kms", "KMS CMK Rotation"): _KMS,
    ("aws.kms", "KMS CMK Deletion"): _KMS,
    ("aws.kms", "AWS API Call via CloudTrail"): _TRAIL,
}
SOURCES = tuple(dict.fromkeys(source for source, _ in PAGES))


def _event(place: tuple[str, str], source: str, kind: str, resources: Any, detail: Any) -> Event:
    region, account = place
    return {
        "version": "0", "id": ANY, "detail-type": kind, "source": source, "account": account, "time": ANY,
        "region": region, "resources": resources, "detail": detail,
    }  # fmt: skip


def backup_job(place: tuple[str, str], vault: str, state: str) -> Event:
    """Give the event of a backup job that ends in a state, in the vault of an ARN.

    The example of a failed job has no resources; what they would be is not foretold.
    """
    detail = {
        "backupJobId": ANY, "backupVaultArn": vault, "backupVaultName": type(vault)(vault.rpartition(":")[2]),
        "bytesTransferred": ANY, "creationDate": ANY, "iamRoleArn": ANY, "resourceArn": ANY, "resourceType": ANY,
        "state": state, "statusMessage": ANY, "startBy": ANY, "percentDone": ANY, "createdBy": Open(),
    }  # fmt: skip
    return _event(place, "aws.backup", "Backup Job State Change", [ANY], detail)


def copy_job(place: tuple[str, str], vault: str, state: str = "FAILED") -> Event:
    """Give the event of a copy job out of the vault of an ARN."""
    detail = {
        "copyJobId": ANY, "backupSizeInBytes": ANY, "creationDate": ANY, "iamRoleArn": ANY, "resourceArn": ANY,
        "resourceType": ANY, "sourceBackupVaultArn": vault, "state": state, "statusMessage": ANY,
        "completionDate": ANY, "destinationBackupVaultArn": ANY, "createdBy": Open(),
    }  # fmt: skip
    return _event(place, "aws.backup", "Copy Job State Change", [ANY], detail)


def restore_job(place: tuple[str, str], state: str = "FAILED") -> Event:
    """Give the event of a restore job; it names no vault, and its state under `status`."""
    detail = {
        "restoreJobId": ANY, "backupSizeInBytes": ANY, "creationDate": ANY, "iamRoleArn": ANY, "percentDone": ANY,
        "resourceType": ANY, "status": state, "statusMessage": ANY,
    }  # fmt: skip
    return _event(place, "aws.backup", "Restore Job State Change", [ANY], detail)


def snapshot(place: tuple[str, str], action: str) -> Event:
    """Give the event of an EBS action that failed: createSnapshot, createSnapshots, copySnapshot."""
    detail = {"event": action, "result": "failed", "cause": ANY, "request-id": ANY, "startTime": ANY, "endTime": ANY}
    if action == "createSnapshots":
        detail |= {"snapshots": ANY}
        return _event(place, "aws.ec2", "EBS Multi-Volume Snapshots Completion Status", [ANY], detail)
    detail |= {"snapshot_id": ANY, "source": ANY}
    return _event(place, "aws.ec2", "EBS Snapshot Notification", [ANY], detail)


def lifecycle_policy(place: tuple[str, str], policy: str) -> Event:
    """Give the event of a lifecycle policy that cannot work any more."""
    detail = {"state": "ERROR", "cause": ANY, "policy_id": policy}
    return _event(place, "aws.dlm", "DLM Policy State Change", [policy], detail)


def database(arn: str, name: str, category: str) -> Event:
    """Give an event of a database in one of RDS's categories."""
    kind = "CLUSTER" if ":cluster:" in arn else "DB_INSTANCE"
    detail = {
        "EventCategories": [category], "SourceType": kind, "SourceArn": arn, "Date": ANY, "Message": ANY,
        "SourceIdentifier": name, "EventID": ANY,
    }  # fmt: skip
    region, account = place_of(arn)
    noun = "Cluster" if kind == "CLUSTER" else "Instance"
    return _event((region, account), "aws.rds", f"RDS DB {noun} Event", [arn], detail)


def material_expired(place: tuple[str, str], key: str) -> Event:
    """Give the event that the imported material of a key has expired."""
    return _event(
        place, "aws.kms", "KMS Imported Key Material Expiration", [key], {"key-id": type(key)(key.rpartition("/")[2])}
    )  # fmt: skip


def key_call(place: tuple[str, str], action: str) -> Event:
    """Give the event of a call of KMS that succeeded, as CloudTrail writes it: DisableKey, ScheduleKeyDeletion.

    A call that failed has an `errorCode`; this one has none.
    """
    detail = {
        "eventVersion": ANY, "userIdentity": Open(), "eventTime": ANY, "eventSource": "kms.amazonaws.com",
        "eventName": action, "awsRegion": place[0], "sourceIPAddress": ANY, "userAgent": ANY,
        "requestParameters": Open(keyId=ANY), "responseElements": Open(), "requestID": ANY, "eventID": ANY,
        "readOnly": False, "resources": [Open(accountId=place[1], type="AWS::KMS::Key", ARN=ANY)],
        "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": place[1],
        "eventCategory": "Management",
    }  # fmt: skip
    return _event(place, "aws.kms", "AWS API Call via CloudTrail", [], detail)


def any_of_them() -> tuple[Event, ...]:
    """Give one event of each documented kind of which nothing but its kind is foretold."""
    return tuple(Open(source=source, **{"detail-type": kind}, detail=Open()) for source, kind in PAGES)
