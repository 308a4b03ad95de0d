"""BK609."""

from __future__ import annotations

from datetime import datetime

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.iam.credentials import AccessKey, User
from scanner.resources.iam.last_accessed import LOOKS_BACK
from scanner.resources.iam.principals import Role


def _password(user: User) -> tuple[str, datetime | None, datetime] | Verdict:
    if not user.console:
        return Verdict.exempt("it has no password")
    # A user without a date of change has the password that it was created with.
    return "password", user.used_at, user.password_changed_at or user.created_at


def _key(key: AccessKey) -> tuple[str, datetime | None, datetime] | Verdict:
    if not key.active:
        return Verdict.exempt("inactive, so nobody can use it")
    return "key", key.used_at, key.rotated_at


def _role(role: Role, demand: Objective) -> tuple[str, datetime | None, datetime] | Verdict:
    if role.service_linked:
        return Verdict.exempt("a service of AWS made it for itself and alone can use it")
    used, made = role.last_used_at, role.created_at
    if used is None and demand.unused_after > LOOKS_BACK and demand.at - made > demand.unused_after:
        looked = f"not used for {speak(LOOKS_BACK)}, and AWS looks no further back"
        raise CouldNotCheck(Unknown(Reason.BEYOND, looked))
    return "role", used, made


@rule(
    "BK609",
    severity=Severity.MEDIUM,
    reads=[
        User.console, User.used_at, User.password_changed_at, User.created_at,
        AccessKey.active, AccessKey.used_at, AccessKey.rotated_at,
        Role.service_linked, Role.last_used_at, Role.created_at,
    ],
    enforces=["6.2-access-review"],
    aliases=["iam-user-unused-credentials-check"],
)  # fmt: skip
def unused_credentials_are_removed(one: User | AccessKey | Role, demand: Objective) -> Verdict:
    """Unused credentials are removed.

    A password, key or role that nobody uses is missed by nobody when somebody else does. One that was never used
    counts from when it was made or last set: before that nobody could have used it.

    Fix: delete the password, the access key or the role; deactivate a key first and see whether anything breaks.
    """
    wanted = demand.unused_after
    found = _password(one) if isinstance(one, User) else _key(one) if isinstance(one, AccessKey) else _role(one, demand)
    if isinstance(found, Verdict):
        return found
    what, used, made = found
    demanded = f"use within {speak(wanted)}"
    if used is not None and used >= made:
        age = demand.at - used
        return Verdict.when(age <= wanted, f"{what} last used {age.days} days ago, on {used:%Y-%m-%d}", demanded)
    age = demand.at - made
    if what == "role" and age > LOOKS_BACK:
        return Verdict.when(
            age <= wanted, f"role not used within the {speak(LOOKS_BACK)} that AWS looks back", demanded
        )
    since = "not used since it was" if used is None else "not used since it was last"
    word = "created" if what == "role" else "set" if what == "password" else "created or rotated"
    return Verdict.when(age <= wanted, f"{what} {since} {word} {age.days} days ago, on {made:%Y-%m-%d}", demanded)
