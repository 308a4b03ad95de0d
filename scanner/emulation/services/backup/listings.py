"""Listings of jobs: narrowed as the caller wishes, the newest first."""

from collections.abc import Iterable

from scanner.emulation.answers import Call
from scanner.emulation.wire import Document, Refusal

# Request member that narrows a listing, and the job's member it is compared with.
NARROWED_BY = {
    "ByResourceArn": "ResourceArn",
    "ByState": "State",
    "ByStatus": "Status",
    "ByBackupVaultName": "BackupVaultName",
    "ByResourceType": "ResourceType",
    "ByAccountId": "AccountId",
    "ByParentJobId": "ParentJobId",
    "ByDestinationVaultArn": "DestinationBackupVaultArn",
    "ByMessageCategory": "MessageCategory",
    "BySourceRecoveryPointArn": "SourceRecoveryPointArn",
}


def job_called(jobs: dict[str, Document], job_id: str) -> Document:
    """A job by its identifier."""
    if job_id not in jobs:
        raise Refusal("ResourceNotFoundException", f"Failed reading job {job_id}")
    return jobs[job_id]


def listed(call: Call, member: str, jobs: Iterable[Document]) -> Document:
    """Newest first, as AWS lists them."""
    kept = sorted((job for job in jobs if _wanted(job, call.params)), key=lambda job: job["CreationDate"], reverse=True)
    shown, more = call.page(kept)
    return {member: [call.fit(job, member) for job in shown], **more}


def _wanted(job: Document, told: Document) -> bool:
    if any(by in told and told[by] not in (job.get(name), "*", "AGGREGATE_ALL") for by, name in NARROWED_BY.items()):
        return False
    over = job["CompletionDate"]
    return (
        ("ByCreatedBefore" not in told or job["CreationDate"] < told["ByCreatedBefore"])
        and ("ByCreatedAfter" not in told or job["CreationDate"] > told["ByCreatedAfter"])
        and ("ByCompleteBefore" not in told or bool(over and over < told["ByCompleteBefore"]))
        and ("ByCompleteAfter" not in told or bool(over and over > told["ByCompleteAfter"]))
    )
