"""BK304."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.jobs import Job, RestoreJob

_UNDER_WAY = frozenset({"CREATED", "PENDING", "RUNNING", "ABORTING", "COMPLETING", "FAILING"})


@rule(
    "BK304",
    severity=Severity.HIGH,
    reads=[Job.state, Job.message, Job.started_at, Job.later_successes, Job.source, Job.source_gone],
    enforces=["5.2-failure-alert"],
)
def jobs_succeed_in_the_end(job: Job, demand: Objective) -> Verdict:  # the same for every tier
    """No backup, copy or restore job failed without a later success.

    A failed job that nobody repeated is a hole in the record, and often the first of many. A backup or copy that was
    aborted, expired in the queue or stayed partial counts as failed, whoever stopped it; a restore that a person
    aborted does not. Copies must succeed to the same vault. A resource that is gone cannot be backed up again; that it
    can be restored matters all the more.

    Fix: read the job's message, mend the cause and start the job again.
    """
    state = job.state
    if state == "COMPLETED":
        return Verdict.passed("completed")
    if state in _UNDER_WAY:
        return Verdict.exempt(f"still under way: {state.lower()}")
    if state == "ABORTED" and isinstance(job, RestoreJob):
        return Verdict.exempt("the restore was aborted by a person")
    later = job.later_successes if job.source else None
    if later is not None and later.known:
        return Verdict.passed(f"{state.lower()}, but one started {later.known[0]:%Y-%m-%d %H:%M} UTC completed")
    if not isinstance(job, RestoreJob) and job.source_gone:
        return Verdict.exempt(f"{state.lower()}, and {job.source} exists no more")
    if later is not None:
        later.whole()
    said = f": {job.message}" if job.message else ""
    return Verdict.failed(f"{state.lower()} {job.started_at:%Y-%m-%d %H:%M} UTC{said}", "a later success")
