"""BK601."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.look import any_of
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.iam.credentials import Root


@rule(
    "BK601",
    severity=Severity.CRITICAL,
    reads=[Root.mfa, Root.has_keys, Root.idle_keys, Root.has_password],
    enforces=["6.2-mfa"],
    aliases=["root-account-mfa-enabled", "iam-root-access-key-check"],
)
def the_root_user_has_mfa_and_no_access_key(root: Root, demand: Objective) -> Verdict:
    """The root user has MFA and no access key.

    No policy binds the root user: it deletes every vault that is not locked for good, and an access key of it does so
    without a second factor. Where the organisation has taken its credentials away, there is nothing left to protect.

    Fix: delete the root user's access keys and give it a hardware or virtual MFA device; in an organisation, manage
    root access centrally and delete the root credentials of member accounts.
    """
    demand.only_if("mfa")
    demanded = "MFA and no access key"
    flaws = {
        "has an active access key": lambda: root.has_keys,
        "has an access key, though inactive": lambda: root.idle_keys,
        "has a password and no MFA": lambda: not root.mfa and root.has_password,
    }
    tried: list[str] = []

    def has(flaw: str) -> bool:
        tried.append(flaw)
        return flaws[flaw]()

    if any_of(flaws, has):
        return Verdict.failed(tried[-1], demanded)
    return Verdict.passed("has MFA and no access key" if root.mfa else "has neither a password nor an access key")
