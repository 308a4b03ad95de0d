"""BK610."""

from __future__ import annotations

from datetime import datetime

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.iam.last_accessed import LOOKS_BACK, last_use
from scanner.resources.iam.principals import Principal


@rule(
    "BK610",
    severity=Severity.MEDIUM,
    reads=[Principal.may_touch_backups, Principal.taking_away, Principal.uses, Principal.created_at],
    enforces=["6.2-access-review"],
)
def unused_backup_permissions_are_removed(principal: Principal, demand: Objective) -> Verdict:
    """Unused backup permissions are removed.

    Who may delete backups and never does will not miss the permission; who takes over the identity will use it. An
    identity passes as long as it uses any of its permissions to take backups away: roles of AWS's own policies hold
    those of every service, and cannot give up one.

    Fix: take the actions out of the identity's policies, or keep them in a role that is assumed when they are needed.
    """
    wanted = demand.unused_after
    if not principal.may_touch_backups:
        return Verdict.exempt("it holds no policy that lets it take backups away")
    held = principal.taking_away
    if not held:
        return Verdict.exempt("its policies do not let it take backups away")
    demanded = f"use within {speak(wanted)}"
    more = f" and {len(held) - 1} more" if len(held) > 1 else ""
    what = f"{held[0]}{more}"
    uses = {one.service: one for one in principal.uses}
    dates: list[datetime] = [date for one in held if (date := last_use(one, uses)) is not None]
    if dates:
        latest = max(dates)
        age = demand.at - latest
        return Verdict.when(
            age <= wanted, f"may do {what}; last used any {age.days} days ago, on {latest:%Y-%m-%d}", demanded
        )
    age = demand.at - principal.created_at
    if age <= wanted:
        return Verdict.passed(f"may do {what}; created {age.days} days ago and used none yet", demanded)
    if wanted > LOOKS_BACK:
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"none used for {speak(LOOKS_BACK)}, and AWS looks no further back"))
    return Verdict.failed(f"may do {what}; used none within the {speak(LOOKS_BACK)} that AWS looks back", demanded)
