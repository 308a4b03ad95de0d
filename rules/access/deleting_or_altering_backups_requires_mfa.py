"""BK603."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.access.reach import Deed, told
from scanner.resources.iam.principals import Principal, Role, UserPolicies


@rule(
    "BK603",
    severity=Severity.HIGH,
    reads=[Principal.deeds, Role.service_linked, Role.entry, UserPolicies.second_factor],
    enforces=["6.2-mfa"],
)
def deleting_or_altering_backups_requires_mfa(identity: Principal, demand: Objective) -> Verdict:
    """Deleting or altering backups requires MFA.

    A stolen key or password must not be enough to delete what is left after an attack. MFA is asked for by the policies
    that allow the action, by the trust policy of the role, or at the sign-in of a user who has no access key; `Bool` in a
    statement that denies is not enough, because long-term keys lack the key that it tests. Roles that only services of
    AWS can take have nobody to ask. Where an identity provider signs people in, AWS does not see whether they used MFA.

    Fix: add `"Bool": {"aws:MultiFactorAuthPresent": "true"}` to the role's trust policy, or to the statement that allows
    the action.
    """
    demand.only_if("mfa")
    if isinstance(identity, Role):
        if identity.service_linked:
            return Verdict.exempt("a service of AWS made it for itself and alone can take it")
        if identity.entry.of_services:
            return Verdict.exempt(f"only {', '.join(identity.entry.services)} can take it")
    found = identity.deeds
    if not found.known and found.missing is None:
        return Verdict.exempt("it can neither delete nor alter backups")
    free = tuple(one for one in found.known if one.without_mfa)
    perhaps = next((one for one in found.known if one.perhaps_without_mfa), None)
    if isinstance(identity, Role) and (free or perhaps or found.missing):
        entry = identity.entry
        if not entry.without_mfa:
            if other := entry.through or entry.federated:
                why = "whether its sessions used MFA is not seen in AWS"
                raise CouldNotCheck(Unknown(Reason.UNRESOLVED, f"it is taken by {other[0]}: {why}"))
            return Verdict.passed("it can be taken only with MFA" if entry.people else "nobody can take it")
        if free:
            return _failed(f"{entry.without_mfa[0]} can take it without MFA, and it can", free)
    if isinstance(identity, UserPolicies) and (free or perhaps or found.missing) and identity.second_factor:
        return Verdict.passed("it has no access key, and no password without MFA")
    if free:
        return _failed("it can, without MFA,", free)
    if perhaps:
        raise CouldNotCheck(
            Unknown(perhaps.reason, f"{perhaps.action} on {perhaps.example} without MFA depends on {perhaps.why}")
        )
    found.whole()
    return Verdict.passed("its policies allow it with MFA only")


def _failed(can: str, free: tuple[Deed, ...]) -> Verdict:
    return Verdict.failed(f"{can} {told(free)}", "MFA for that")
