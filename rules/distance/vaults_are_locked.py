"""BK805."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.history import Keeping
from scanner.resources.aws_backup.vaults import Vault
from scanner.resources.protection import Recoverable

#: Stands for a day that is settled when code is applied.
_WHEN_APPLIED = datetime.max.replace(tzinfo=UTC)


@rule(
    "BK805",
    severity=Severity.HIGH,
    reads=[
        Vault.points, Vault.fed, Vault.locked, Vault.lock_least, Vault.lock_most, Vault.lock_final_at, Vault.vault_type,
        Recoverable.backed_up_with, Recoverable.kept_in,
    ],
    enforces=["5.1-retention", "2-best-practice"],
    aliases=["BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK", "backup-vault-lock-check"],
)  # fmt: skip
def vaults_are_locked(subject: Vault | Recoverable, demand: Objective) -> Verdict:
    """Vaults are locked with the policy's retention.

    Without a lock, whoever may delete backups can delete all of them today. The lock's minimum must be at least the
    policy's retention, else shorter-lived recovery points get in, and its maximum no less. A vault is judged where its
    own system or the base figures demand it; a data store by its tier, and one locked vault with a recovery
    point of it from within the retention is enough. Governance mode can be lifted by those with the permission, compliance mode by nobody.

    Fix: lock the vault with a minimum retention that is the policy's, in compliance mode once it is tried.
    """
    demand.only_if("locked")
    if isinstance(subject, Vault):
        return _vault(subject, demand)
    belongs_to = subject.backed_up_with
    if belongs_to:
        return Verdict.exempt(f"its backups belong to {belongs_to}")
    kept_in = subject.kept_in
    for keeping in kept_in.known:
        if keeping.newest >= demand.at - demand.retention and _locks(keeping, demand.retention):
            return Verdict.passed(_said(keeping, demand), _wanted(demand))
    if not kept_in.whole():
        return Verdict.exempt("it has no recovery points in a vault")
    return Verdict.failed("; ".join(_said(keeping, demand) for keeping in kept_in.known), _wanted(demand))


def _vault(vault: Vault, demand: Objective) -> Verdict:
    # What a vault holds no code tells; one that a plan writes to will hold something.
    if not (vault.points if vault.declaration is None else vault.fed):
        return Verdict.exempt("it holds no recovery points")
    if not vault.locked:
        return Verdict.failed(f"{vault.name} is not locked", _wanted(demand))
    air_gapped = vault.vault_type == "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
    keeping = Keeping(vault.name, demand.at, vault.locked, vault.lock_least, vault.lock_most, _final(vault), air_gapped)
    return Verdict.when(_locks(keeping, demand.retention), _said(keeping, demand), _wanted(demand))


def _final(vault: Vault) -> datetime | None:
    """Say since when the lock is final; the words of a verdict alone hang on it."""
    try:
        return vault.lock_final_at
    except CouldNotCheck:
        return None if vault.declaration is None else _WHEN_APPLIED


def _locks(keeping: Keeping, retention: timedelta) -> bool:
    return (
        keeping.locked
        and keeping.least is not None
        and keeping.least >= retention
        and (keeping.most is None or keeping.most >= retention)
    )


def _said(keeping: Keeping, demand: Objective) -> str:
    at, retention = demand.at, demand.retention
    if not keeping.locked:
        return f"{keeping.vault} is not locked"
    if keeping.air_gapped:
        mode = "air-gapped"
    elif keeping.final_at is None:
        mode = "governance mode"
    elif keeping.final_at == _WHEN_APPLIED:
        mode = "compliance mode, from some time after it is applied"
    elif keeping.final_at > at:
        mode = f"compliance mode from {keeping.final_at:%Y-%m-%d}"
    else:
        mode = "compliance mode"
    least = "no minimum" if keeping.least is None else f"at least {speak(keeping.least)}"
    most = "" if keeping.most is None else f", at most {speak(keeping.most)}"
    old = "" if keeping.newest >= at - retention else f", but has nothing newer than {keeping.newest:%Y-%m-%d}"
    return f"{keeping.vault} is locked ({mode}) for {least}{most}{old}"


def _wanted(demand: Objective) -> str:
    return f"a lock of at least {speak(demand.retention)}"
