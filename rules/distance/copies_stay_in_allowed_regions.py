"""BK802."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rules.kit import rule
from scanner.model.arn import is_among
from scanner.model.errors import CouldNotCheck
from scanner.model.look import Partial, gathered, perhaps, those
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
        return Verdict.when(_among(allowed, resource.region), f"it lies in {resource.region}{_since(resource)}", wanted)
    if isinstance(resource, Recoverable):
        copies, copied = perhaps(lambda: resource.elsewhere), resource.copied
        places = {(one.how, one.region) for one in copies.known if one.region} | {
            ("copies", one.region) for one in copied.known
        }
        away = those(places, lambda place: not _among(allowed, place[1]))
        if away.known:
            return Verdict.failed("; ".join(sorted(f"{how} in {region}" for how, region in away.known)), wanted)
        away.whole()
        copies.whole()
        copied.whole()
        regions = {region for _, region in places}
    else:
        sent = _sent(resource)
        outside = those(sent.known, lambda one: not _among(allowed, one[1]))
        if outside.known:
            away_to = ", ".join(sorted({str(region) for _, region in outside.known}))
            return Verdict.failed(f"it copies to {away_to}", wanted).by(
                _SENDS[type(resource)], label=outside.known[0][0]
            )
        outside.whole()
        regions = {str(region) for _, region in sent.whole()}
    if not regions:
        return Verdict.exempt("it has no copies elsewhere")
    return Verdict.passed(f"it is copied to {', '.join(sorted(regions))}", wanted)


#: the fact that says where copies are sent
_SENDS: dict[type, Any] = {plans.Plan: plans.Plan.rules, dlm.Policy: dlm.Policy.copies}


def _sent(resource: plans.Plan | dlm.Policy) -> Partial[tuple[str, str]]:
    """Give the regions that a plan or a policy copies to, each with where that is said, and why there may be more."""
    copies: Partial[tuple[str, Any]]
    if isinstance(resource, dlm.Policy):
        copies = Partial(tuple(("", one) for one in resource.copies))
    else:
        copies = gathered(enumerate(resource.rules, 1), lambda one: _numbered(*one))
    regions = gathered(copies.known, lambda one: ((one[0], one[1].region),))
    return Partial(regions.known, copies.missing or regions.missing)


def _numbered(number: int, rule: plans.PlanRule) -> list[tuple[str, plans.Copy]]:
    return [(f"{number}.{its}.vault", copy) for its, copy in enumerate(rule.copies, 1)]


def _among(allowed: Collection[str], region: str) -> bool:
    """Say whether a region is allowed; raise where code leaves it open."""
    return is_among(region, allowed)


def _since(backup: Backup) -> str:
    """Say since when, if that is known: the region alone decides."""
    try:
        return f", made {backup.made_at.date().isoformat()}"
    except CouldNotCheck:
        return ""
