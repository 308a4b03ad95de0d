"""BK608."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.access.reach import certainly, told
from scanner.resources.iam.principals import Principal, Role, UserPolicies


@rule(
    "BK608",
    severity=Severity.HIGH,
    reads=[Principal.deeds, Role.service_linked, Role.entry, Role.longest_session, UserPolicies.has_keys],
    enforces=["6.2-jit"],
)
def no_standing_privilege_over_backups(identity: Principal, demand: Objective) -> Verdict:
    """No standing privilege over backups.

    Power over backups is taken for a short task and given back. A key that never expires, a session that lasts all day,
    and a role that anyone of an account may take are power that stands there for whoever finds it.

    Fix: give the power to a role with short sessions that names who may take it, and take the keys from users.
    """
    if isinstance(identity, Role):
        if identity.service_linked:
            return Verdict.exempt("a service of AWS made it for itself and alone can take it")
        if identity.entry.of_services:
            return Verdict.exempt(f"only {', '.join(identity.entry.services)} can take it")
        if identity.entry.nobody:
            return Verdict.exempt("nobody can take it")
    found = certainly(identity.deeds)
    if not found:
        return Verdict.exempt("it can neither delete backups nor shorten how long they are kept")
    can = f"it can {told(found)}"
    if isinstance(identity, Role):
        limit = demand.session_lasts
        if identity.entry.wide:
            return Verdict.failed(f"{can}, and everyone in {identity.entry.wide[0]} may take it", "named people")
        lasts = identity.longest_session
        return Verdict.when(lasts <= limit, f"its sessions last up to {speak(lasts)}", f"at most {speak(limit)}")
    if isinstance(identity, UserPolicies) and identity.has_keys:
        return Verdict.failed(f"{can}, with keys that never expire", "roles with short sessions")
    return Verdict.passed("it has no keys that never expire")
