"""BK107."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources import efs, fsx

FileSystem = efs.FileSystem | fsx.FileSystem


@rule(
    "BK107",
    severity=Severity.HIGH,
    reads=[
        efs.FileSystem.plans, efs.FileSystem.native, efs.FileSystem.replica_target,
        fsx.FileSystem.plans, fsx.FileSystem.native, fsx.FileSystem.scratch,
    ],
    enforces=["4.1-compute-snapshots"],
    aliases=["efs-in-backup-plan", "fsx-resources-protected-by-backup-plan"],
)  # fmt: skip
def file_systems_are_backed_up_automatically(system: FileSystem, demand: Objective) -> Verdict:
    """File systems are backed up automatically.

    A file that is overwritten or deleted is gone from every client at once; only a backup brings it back. The target of
    a replication is exempt: what it holds is backed up at its source. Scratch storage of FSx for Lustre cannot be backed
    up at all, so it is no place for data that must survive.

    Fix: turn on automatic backups, or tag the file system so that a backup plan selects it.
    """
    wanted = "automatic backups or a backup plan"
    if isinstance(system, efs.FileSystem):
        # Read first: a target that is not seen to be one must not fail.
        if system.replica_target:
            return Verdict.exempt("it is the read-only target of a replication, and its source is judged")
    elif system.scratch:
        return Verdict.failed("it is scratch storage, which cannot be backed up", wanted)
    plans = system.plans
    if plans.known:
        return Verdict.passed(f"selected by {', '.join(sorted({cover.plan_name for cover in plans.known}))}")
    try:
        if system.native:
            return Verdict.passed("automatic backups are on")
    except CouldNotCheck:
        plans.whole()
        raise
    plans.whole()
    return Verdict.failed("automatic backups are off and no backup plan selects it", wanted)
