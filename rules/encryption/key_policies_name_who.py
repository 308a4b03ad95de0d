"""BK408."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.arn import is_among
from scanner.model.look import those
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.key_policies import ADMINISTER, USE
from scanner.resources.kms import AWS, DYING, Key


@rule(
    "BK408",
    severity=Severity.HIGH,
    reads=[Key.manager, Key.state, Key.grants],
    enforces=["6.1-key-storage"],
    aliases=["kms-key-policy-no-public-access"],
)
def key_policies_name_who(key: Key, demand: Objective) -> Verdict:
    """Key policies name who may administer and use them.

    The default policy names only the account as a whole: whoever may write an IAM policy there may then decrypt every
    backup and delete the key. A statement for the whole account may stand, so that the key cannot be locked out for
    ever; beside it, the policy names the roles or services that administer the key and those that use it.

    Fix: name the administrators and the users of the key in its policy, and remove principals that stand for everyone
    or for accounts that the configuration does not allow.
    """
    if key.manager == AWS:
        return Verdict.exempt("AWS manages it and writes its policy")
    if key.state in DYING:
        return Verdict.exempt(f"{key.state}: nobody can use it")
    grants = key.grants
    demanded = "named administrators and users"
    if any(grant.everyone for grant in grants):
        return Verdict.failed("its policy lets everyone in, whatever their account", demanded)
    allowed = {key.account, *demand.scope.allowed_accounts}
    named = {account for grant in grants for account in grant.accounts}
    strangers = those(sorted(named), lambda one: not is_among(one, allowed))
    if strangers.known:
        who = ", ".join(strangers.known)
        return Verdict.failed(f"its policy lets in account {who}, which is not allowed", demanded)
    lacking = [
        word
        for word, actions in (("administer", ADMINISTER), ("use", USE))
        if not any(grant.names and grant.permits(actions) for grant in grants)
    ]
    if lacking:
        whole = any(not grant.names and grant.permits(ADMINISTER) for grant in grants)
        who = ", only the account as a whole" if whole else ""
        return Verdict.failed(f"its policy names nobody who may {' or '.join(lacking)} it{who}", demanded)
    strangers.whole()
    return Verdict.passed("its policy names who may administer and who may use it")
