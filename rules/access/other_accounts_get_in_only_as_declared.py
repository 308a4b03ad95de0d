"""BK613."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.arn import is_among
from scanner.model.look import any_of
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.iam.principals import Role
from scanner.resources.iam.trust import By, Entrant

#: How a policy says "the organisation that this role is in" (IAM user guide, "aws:ResourceOrgID").
_OURS = "${aws:resourceorgid}"


@rule(
    "BK613",
    severity=Severity.HIGH,
    reads=[Role.entrants, Role.service_linked, Role.organisation, Role.fellows],
    enforces=["6.2-least-privilege"],
)
def other_accounts_get_in_only_as_declared(role: Role, demand: Objective) -> Verdict:
    """Other accounts get in only as declared.

    Whoever a trust policy names is inside as soon as its own side allows it. An account that the configuration does
    not name has no business here. One that it names but neither scans nor finds in the organisation is somebody
    else's: without an external id, that somebody can be made to let its other customers in. An issuer of tokens such
    as GitHub vouches for everybody; the trust policy must say whose tokens it takes.

    Fix: take the account out of the trust policy, or name it in the configuration's `allowed.accounts`; demand an
    `sts:ExternalId` of third parties, and the token's `sub` of issuers.
    """
    if role.service_linked:
        return Verdict.exempt("a service of AWS made it for itself and alone can assume it")
    entrants = role.entrants
    known = {role.account, *demand.scope.own_accounts}
    allowed = {*known, *demand.scope.allowed_accounts}
    found: list[str] = []

    def astray(one: Entrant) -> bool:
        flaw = _flaw(one, role, known, allowed)
        found.append(flaw)
        return bool(flaw)

    if any_of(entrants, astray):
        return Verdict.failed(found[-1], "only declared accounts, third parties by an external id")
    outside = sorted({one.name for one in entrants if one.name and one.name != str(role.account)})
    return Verdict.passed(f"lets in {', '.join(outside)} as declared" if outside else "lets in nobody from outside")


def _flaw(one: Entrant, role: Role, known: set[str], allowed: set[str]) -> str:
    if one.by is By.ISSUER:
        if one.bound:
            return ""
        whose = "its token says anything" if one.shared else "neither audience nor subject is tested"
        return f"lets in whomever {one.name} vouches for: {whose}"
    if one.by is By.ACCOUNT and is_among(one.name, known):
        return ""
    if one.organisations and {ours.lower() for ours in one.organisations} <= {(role.organisation or "").lower(), _OURS}:
        return ""
    if one.by is By.EVERYONE:
        among = f" of organisation {', '.join(one.organisations)}" if one.organisations else ", whatever their account"
        return f"lets in everyone{among}"
    if not is_among(one.name, allowed):
        return f"lets in account {one.name}, which is not declared"
    if one.bound or is_among(one.name, (fellows := role.fellows).known):
        return ""
    fellows.whole()
    return f"lets in account {one.name}, which is not ours, without an external id"
