"""BK802."""

from __future__ import annotations

from typing import Any

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.look import perhaps
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources import dlm
from scanner.resources.aws_backup import plans
from scanner.resources.protection import Recoverable
from scanner.resources.store import Backup


@rule(
    "BK802",
    severity=Severity.CRITICAL,
    reads=[Backup.made_at, Recoverable.elsewhere, Recoverable.copied, plans.Plan.rules, dlm.Policy.copies],
    enforces=["2-gdpr"],
)
def copies_stay_in_allowed_regions(resource: Any, demand: Objective) -> Verdict:
    """Copies stay in allowed regions.

    Data protection law holds for copies too. Judged are backups by where they lie, data stores by where their service
    copies them to, and backup plans and lifecycle policies by where they send copies, also before they have sent any.
    The regions that the scan does not look at are seen only through what sends data there.

    Fix: delete the copy and stop what makes it, or name the region among the allowed ones.
    """
    allowed = demand.scope.allowed_regions
    if not allowed:
        return Verdict.exempt("the configuration names no allowed regions")
    wanted = f"only {', '.join(sorted(allowed))}"
    if isinstance(resource, Backup):
        return Verdict.when(resource.region in allowed, f"it lies in {resource.region}{_since(resource)}", wanted)
    if isinstance(resource, Recoverable):
        copies, copied = perhaps(lambda: resource.elsewhere), resource.copied
        places = {(one.how, one.region) for one in copies.known if one.region} | {
            ("copies", one.region) for one in copied.known
        }
        if outside := sorted(f"{how} in {region}" for how, region in places if region not in allowed):
            return Verdict.failed("; ".join(outside), wanted)
        copies.whole()
        copied.whole()
        regions = {region for _, region in places}
    else:
        if isinstance(resource, dlm.Policy):
            regions = {one.region for one in resource.copies}
        else:
            regions = {copy.region for one in resource.rules for copy in one.copies}
        if outside := sorted(regions - allowed):
            return Verdict.failed(f"it copies to {', '.join(outside)}", wanted)
    if not regions:
        return Verdict.exempt("it has no copies elsewhere")
    return Verdict.passed(f"it is copied to {', '.join(sorted(regions))}", wanted)


def _since(backup: Backup) -> str:
    """Say since when, if that is known: the region alone decides."""
    try:
        return f", made {backup.made_at.date().isoformat()}"
    except CouldNotCheck:
        return ""
