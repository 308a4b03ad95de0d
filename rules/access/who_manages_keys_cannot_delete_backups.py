"""BK611."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.access.reach import certainly, told
from scanner.resources.iam.principals import Principal, Role


@rule(
    "BK611",
    severity=Severity.HIGH,
    reads=[Principal.deeds, Principal.key_deeds, Role.service_linked],
    enforces=["6.2-least-privilege"],
)
def who_manages_keys_cannot_delete_backups(identity: Principal, demand: Objective) -> Verdict:
    """Who manages keys cannot delete backups.

    Deleting a key destroys every backup under it, after a delay in which it can be noticed; deleting the backups as well
    leaves nothing to notice it by. Two identities must be taken over for that, not one.

    Fix: give the management of keys and the deletion of backups to different roles.
    """
    if isinstance(identity, Role) and identity.service_linked:
        return Verdict.exempt("a service of AWS made it for itself and alone can take it")
    deletes, manages = identity.deeds, identity.key_deeds
    if not deletes.known and deletes.missing is None:
        return Verdict.passed("it can delete no backup")
    if not manages.known and manages.missing is None:
        return Verdict.exempt("it manages no key that encrypts backups")
    backups, keys = certainly(deletes), certainly(manages)
    return Verdict.failed(f"it can {told(keys)}; and it can {told(backups)}", "two identities for that")
