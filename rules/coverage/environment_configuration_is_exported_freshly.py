"""BK116."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.s3.exports import Export


@rule("BK116", severity=Severity.MEDIUM, reads=[Export.exports, Export.newest], enforces=["5.1-environment"])
def environment_configuration_is_exported_freshly(export: Export, demand: Objective) -> Verdict:
    """Environment configuration is exported freshly.

    Data comes back into an environment; parameters, functions and task definitions are not in any database backup.

    Fix: run the job that exports the configuration, and see that it writes to the declared bucket and prefix.
    """
    newest, freshness = export.newest, demand.export_freshness
    demanded = f"one no older than {speak(freshness)}"
    if newest is None:
        what = f"there is no export of {export.exports}: nothing with content is in the declared place"
        return Verdict.failed(what, demanded)
    age = demand.at - newest
    observed = f"{export.exports} was last exported {newest:%Y-%m-%d %H:%M} UTC"
    return Verdict.when(age <= freshness, observed, demanded)
