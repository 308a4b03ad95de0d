"""BK612."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.access.guards import leaks
from scanner.resources.aws_backup.vaults import Vault


@rule(
    "BK612",
    severity=Severity.HIGH,
    reads=[Vault.policy, Vault.vault_type, Vault.locked, Vault.lock_final_at],
    enforces=["4.2-rbac"],
)
def vault_policies_deny_deletion_to_all_but_declared_roles(vault: Vault, demand: Objective) -> Verdict:
    """Vault policies deny deletion to all but declared roles.

    What a vault denies, no policy of an identity can allow: it is the one place where deletion can be kept from
    administrators too. It must deny the deletion of recovery points, the shortening of their lifecycles and the change of
    this policy, to everyone whom the configuration does not declare. A vault whose lock can no longer be taken off denies
    deletion to everybody by itself.

    Fix: deny these actions to `*` unless `aws:PrincipalArn` is one of the declared roles.
    """
    doubt: CouldNotCheck | None = None
    try:
        if because := _sealed(vault, demand):
            return Verdict.passed(because)
    except CouldNotCheck as stop:
        doubt = stop
    policy = vault.policy
    demanded = "deletion denied to all but declared roles"
    found = () if policy is None else leaks(policy, vault.id, vault.account, demand.scope.backup_roles)
    if policy is not None and not found:
        return Verdict.passed("its policy denies deletion to all but declared roles")
    if doubt is not None:
        raise doubt
    if policy is None:
        return Verdict.failed("it has no policy", demanded)
    first = found[0]
    if first.why:
        raise CouldNotCheck(
            Unknown(Reason.UNRESOLVED, f"whether its policy denies {first.action} depends on {first.why}")
        )
    return Verdict.failed(f"its policy does not deny {first.action} to {first.who or 'everyone'}", demanded)


def _sealed(vault: Vault, demand: Objective) -> str:
    if vault.vault_type == "LOGICALLY_AIR_GAPPED_BACKUP_VAULT":
        return "it is air-gapped: nobody can delete what lies in it before its time"
    if vault.locked and vault.lock_final_at is not None and vault.lock_final_at <= demand.at:
        return "its lock is final: nobody can delete what lies in it before its time"
    return ""
