"""BK801."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.arn import least_and_most, unsettled
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.look import perhaps
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.protection import Recoverable


@rule(
    "BK801",
    severity=Severity.HIGH,
    reads=[
        Recoverable.backed_up_with, Recoverable.made, Recoverable.elsewhere, Recoverable.copied,
        Recoverable.created_at, Recoverable.piecewise, Recoverable.plans,
    ],
    enforces=["6.3-geography"],
    aliases=["BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION"],
)  # fmt: skip
def copies_in_another_region(store: Recoverable, demand: Objective) -> Verdict:
    """Critical data has a copy in another region.

    A region can fail as a whole. A plan that copies is a promise; what counts is a usable backup that lies there and is
    no older than two intervals, a live replica, or, where the scan does not look, a copy job that completed as lately.

    Fix: add a copy to another region to the plan, or turn on the service's own replication.
    """
    belongs_to = store.backed_up_with
    if belongs_to:
        return Verdict.exempt(f"its backups belong to {belongs_to}")
    wanted = demand.copies_in_regions
    since = demand.at - 2 * demand.snapshot_every
    made, elsewhere, copied = store.made, perhaps(lambda: store.elsewhere), store.copied
    here = str(store.region)
    regions = {here: "the primary"}
    regions.update(
        {str(one.region): one.how for one in elsewhere.known if one.sound and str(one.region) not in ("", here)}
    )
    for one in made.known:
        if one.usable and (one.made_at >= since or one.continuous) and str(one.region) != here:
            regions[str(one.region)] = f"a backup of {one.made_at:%Y-%m-%d %H:%M} UTC"
    for copy in copied.known:
        if copy.at >= since and str(copy.region) != here:
            regions.setdefault(str(copy.region), f"copied {copy.at:%Y-%m-%d %H:%M} UTC, not looked at")
    observed = "in " + ", ".join(f"{region} ({how})" for region, how in sorted(regions.items()))
    asked = f"copies in {wanted} regions, no older than {speak(2 * demand.snapshot_every)}"
    least, most = least_and_most(regions)
    if least >= wanted:
        return Verdict.passed(observed, asked)
    if store.created_at > since:
        return Verdict.exempt(f"created {store.created_at:%Y-%m-%d %H:%M} UTC, its first copy is not due yet")
    for part in (elsewhere, made, copied):
        part.whole()
    if because := store.piecewise:
        return Verdict.exempt(because)
    if most >= wanted:
        raise CouldNotCheck(unsettled(*sorted(regions)[:2]))
    unsound = [
        f"{one.region} ({one.how})" for one in elsewhere.known if not one.sound and str(one.region) not in regions
    ]
    if unsound:
        observed += f"; not whole or not up to date in {', '.join(sorted(unsound))}"
    meant = {str(copy.region) for cover in store.plans.known for copy in cover.rule.copies} - set(regions)
    if meant:
        observed += f"; a plan copies to {', '.join(sorted(meant))}, but no copy arrived lately"
    return Verdict.failed(observed, asked)
