"""BK602."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.iam.credentials import User


@rule(
    "BK602",
    severity=Severity.HIGH,
    reads=[User.console, User.mfa],
    enforces=["6.2-mfa"],
    aliases=["mfa-enabled-for-iam-console-access", "iam-user-mfa-enabled"],
)
def console_users_have_mfa(user: User, demand: Objective) -> Verdict:
    """Every console user has MFA.

    A password is guessed, reused and phished; with it alone whoever has it is the user, backups and all.

    Fix: give the user an MFA device, or remove its password and let it sign in through an identity provider.
    """
    demand.only_if("mfa")
    if not user.console:
        return Verdict.exempt("it has no password, so it cannot sign in to the console")
    return Verdict.when(user.mfa, "has a second factor" if user.mfa else "has a password and no second factor", "MFA")
