"""Restore jobs: they take their time, and what is restored is really there, where the point really holds something."""

from datetime import timedelta
from uuid import uuid4

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.backup.contents import Contents, bring_back, came, forget_expired
from scanner.emulation.services.backup.jobs import add_restore_job
from scanner.emulation.services.backup.listings import job_called, listed
from scanner.emulation.services.backup.roles import why_no_restore
from scanner.emulation.services.backup.state import Backup
from scanner.emulation.services.encryption import usable
from scanner.emulation.wire import Document, Refusal


@answers("backup:StartRestoreJob")
def start_restore_job(call: Call) -> Document:
    """A job of a point that holds nothing is done at once, and names a new resource which nobody makes."""
    forget_expired(call)
    told, held = call.params, call.shelf(Backup).every_point()
    point = next((one for one in held if one["RecoveryPointArn"] == told["RecoveryPointArn"]), None)
    if point is None:
        raise Refusal("ResourceNotFoundException", f"Recovery point {told['RecoveryPointArn']} not found")
    if not call.shelf(Contents).holds(point["RecoveryPointArn"]):
        job_id = str(uuid4())
        return call.fit(_job(call, point, "COMPLETED", job_id, created=f"{point['ResourceArn']}-restored-{job_id[:8]}"))
    if not told.get("IamRoleArn"):
        raise Refusal("MissingParameterValueException", "IamRoleArn must be specified")
    why, created = _why_not(call, point), None
    if not why:
        try:
            created = bring_back(call, point)
        except Refusal as refusal:
            why = f"{refusal.code}: {refusal.message}"
    if why:
        return call.fit(_job(call, point, "FAILED", str(uuid4()), message=why))
    return call.fit(_job(call, point, "PENDING", str(uuid4()), created=created))


def _why_not(call: Call, point: Document) -> str:
    """Say why AWS Backup itself cannot; the words are ours."""
    role, key = call.params["IamRoleArn"], point["EncryptionKeyArn"]
    if why := why_no_restore(call.world, role, point["ResourceArn"]):
        return why
    return "" if usable(call, key) else f"The KMS key {key} that encrypts the recovery point cannot be used."


def _job(
    call: Call, point: Document, status: str, job_id: str, *, created: str | None = None, message: str | None = None
) -> Document:
    made = add_restore_job(
        call.world,
        point,
        call.now,
        region=call.region,
        account=call.account,
        status=status,
        message=message,
        took=timedelta(),
        created=created,
        job_id=job_id,
    )
    made["IamRoleArn"] = call.params.get("IamRoleArn") or made["IamRoleArn"]
    return made


@answers("backup:ListRestoreJobs")
def list_restore_jobs(call: Call) -> Document:
    _settle(call)
    return listed(call, "RestoreJobs", call.shelf(Backup).restore_jobs.values())


@answers("backup:DescribeRestoreJob")
def describe_restore_job(call: Call) -> Document:
    _settle(call)
    return call.fit(job_called(call.shelf(Backup).restore_jobs, call.params["RestoreJobId"]))


def _settle(call: Call) -> None:
    """Have the jobs under way say how far they are."""
    longest = call.shelf(Contents).restoring
    for one in call.shelf(Backup).restore_jobs.values():
        if one["Status"] not in ("PENDING", "RUNNING") or not one["CreatedResourceArn"]:
            continue
        status = came(call, one["CreatedResourceArn"])
        if status == "FAILED":
            one.update(Status=status, CompletionDate=call.now, StatusMessage="The new resource failed.")
        elif status == "COMPLETED" and call.now - one["CreationDate"] >= longest:
            one.update(Status=status, CompletionDate=call.now, PercentDone="100.00%")
        elif call.now > one["CreationDate"]:
            one["Status"] = "RUNNING"
