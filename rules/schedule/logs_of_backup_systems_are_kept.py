"""BK213."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.arn import Somewhere, tentative
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.logs import LogGroup

#: Log groups that tell what happened to data and backups, whatever system they belong to.
_TELLING = ("/aws/rds/", "/aws/docdb/", "/aws/neptune/", "/aws/backup", "rdsosmetrics")
_TELLING_WORDS = ("backup", "restore", "snapshot", "cloudtrail")


@rule(
    "BK213",
    severity=Severity.MEDIUM,
    reads=[LogGroup.kept, LogGroup.log_class],
    enforces=["1.2-scope"],
    aliases=["cw-loggroup-retention-period-check"],
)
def logs_of_backup_systems_are_kept(group: LogGroup, demand: Objective) -> Verdict:
    """Logs of backup systems are kept long enough.

    When a backup turns out to be bad, its log says why; a log that expires before its backups do cannot.

    Fix: set the retention of the log group to the demanded period or more.
    """
    wanted = demand.log_retention
    name = group.name.lower()
    telling = name.startswith(_TELLING) or any(word in name for word in _TELLING_WORDS)
    member = bool(demand.memberships())
    if not member and isinstance(tentative(group.name, group), Somewhere):
        said = f"the code does not settle the name of {group.name}, and that tells whether it is about backups"
        raise CouldNotCheck(Unknown(Reason.UNRESOLVED, said))
    if not telling and not member:
        return Verdict.exempt("belongs to no declared system, and its name tells of no backups")
    if group.log_class == "DELIVERY":
        return Verdict.exempt("only passes logs on to S3 or Firehose, and keeps them for one day")
    kept = group.kept
    if kept is None:
        return Verdict.passed("kept for ever", speak(wanted))
    return Verdict.when(kept >= wanted, f"kept {speak(kept)}", speak(wanted))
