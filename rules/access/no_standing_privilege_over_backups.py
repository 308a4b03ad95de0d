"""BK608."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.look import any_of
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.access.reach import certainly, told
from scanner.resources.iam.principals import Principal, Role, UserPolicies

#: Every role that IAM Identity Center keeps in an account allows twelve hours; how long its sessions last says the
#: permission set (IAM Identity Center user guide, "Set session duration").
_OF_IDENTITY_CENTER = ":role/aws-reserved/sso.amazonaws.com/"


@rule(
    "BK608",
    severity=Severity.HIGH,
    reads=[
        Principal.deeds, Role.service_linked, Role.entry, Role.longest_session, UserPolicies.has_keys,
        UserPolicies.console,
    ],
    enforces=["6.2-jit"],
)  # fmt: skip
def no_standing_privilege_over_backups(identity: Principal, demand: Objective) -> Verdict:
    """No standing privilege over backups.

    Power over backups is taken for a short task and given back. A user's key or password that never expires, a session
    that lasts all day, and a role that anyone of an account may take are power that stands there for whoever finds it.

    Fix: give the power to a role with short sessions that names who may take it, and take it from users.
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
        if lasts > limit and _OF_IDENTITY_CENTER in identity.id:
            why = (
                "how long its sessions last says its permission set, which only the account of IAM Identity Center sees"
            )
            raise CouldNotCheck(Unknown(Reason.BEYOND, f"{can}; {why}"))
        return Verdict.when(lasts <= limit, f"its sessions last up to {speak(lasts)}", f"at most {speak(limit)}")
    if isinstance(identity, UserPolicies):
        # A user's sign-in to the console lasts twelve hours (IAM user guide, "How IAM users sign in to AWS").
        ways = {"keys that never expire": lambda: identity.has_keys, "a password": lambda: identity.console}
        tried: list[str] = []

        def has(way: str) -> bool:
            tried.append(way)
            return ways[way]()

        if any_of(ways, has):
            return Verdict.failed(f"{can}, with {tried[-1]}", "roles with short sessions")
    return Verdict.passed("it has neither a password nor keys that never expire")
