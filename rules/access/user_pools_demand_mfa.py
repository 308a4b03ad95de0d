"""BK615."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.cognito import UserPool


@rule(
    "BK615",
    severity=Severity.MEDIUM,
    reads=[UserPool.mfa, UserPool.users, UserPool.closed],
    enforces=["6.2-mfa"],
    aliases=["cognito-user-pool-mfa-enabled"],
)
def user_pools_demand_mfa(pool: UserPool, demand: Objective) -> Verdict:
    """User pools demand MFA.

    Where the second factor is optional, the users who need it most do without. Users who come through an identity
    provider of their own are that provider's to ask; Cognito's setting does not reach them.

    Fix: set the pool's MFA configuration to ON, after giving the users a way to enrol.
    """
    demand.only_if("mfa")
    mfa = pool.mfa
    if mfa == "ON":
        return Verdict.passed("every user needs a second factor")
    if pool.closed and pool.users == 0:
        return Verdict.exempt("it has no users, and nobody can sign up")
    word = "users may do without a second factor" if mfa == "OPTIONAL" else f"MFA is {mfa}"
    return Verdict.failed(word, "MFA for every user").by(UserPool.mfa)
