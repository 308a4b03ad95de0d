"""What an identity's policies give it of what takes backups away, by the letter of its policies.

This asks what could be removed, not what can be done: conditions, resources and the organisation's policies are left
aside. What can be done is the evaluator's question (`scanner.permissions.evaluate`).
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model.late_dataclass import dataclass
from scanner.permissions.document import Document, Statement
from scanner.permissions.patterns import matches_action

#: What takes backups away, or shortens how long they are kept, by AWS Backup and by the services themselves.
TAKING_AWAY = (
    "backup:DeleteBackupPlan", "backup:DeleteBackupSelection", "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy", "backup:DeleteBackupVaultLockConfiguration", "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint", "backup:PutBackupVaultAccessPolicy", "backup:PutBackupVaultLockConfiguration",
    "backup:UpdateBackupPlan", "backup:UpdateRecoveryPointLifecycle", "backup:UpdateRegionSettings",
    "dlm:DeleteLifecyclePolicy", "dlm:UpdateLifecyclePolicy",
    "dynamodb:DeleteBackup", "dynamodb:UpdateContinuousBackups",
    "ec2:DeleteSnapshot", "ec2:DeregisterImage",
    "elasticache:DeleteSnapshot", "fsx:DeleteBackup", "memorydb:DeleteSnapshot",
    "rds:DeleteDBClusterAutomatedBackup", "rds:DeleteDBClusterSnapshot", "rds:DeleteDBInstanceAutomatedBackup",
    "rds:DeleteDBSnapshot", "redshift:DeleteClusterSnapshot",
)  # fmt: skip
SERVICES = frozenset(one.partition(":")[0] for one in TAKING_AWAY)


@dataclass(frozen=True, slots=True)
class Sway:
    """Which of the actions that take backups away some policies allow, and which they deny on every resource."""

    allows: frozenset[str] = frozenset()
    denies: frozenset[str] = frozenset()

    def __or__(self, other: Sway) -> Sway:
        return Sway(self.allows | other.allows, self.denies | other.denies)


def sway(document: Document) -> Sway:
    """Read a policy for what it says of the actions that take backups away."""
    return Sway(_named(document.allowing()), _named(one for one in document.denying() if _whole(one)))


def left(given: Sway, boundary: Sway | None) -> tuple[str, ...]:
    """Give what is left of what policies give, after what they and a boundary deny."""
    if boundary is None:
        return tuple(sorted(given.allows - given.denies))
    return tuple(sorted((given.allows & boundary.allows) - given.denies - boundary.denies))


def _whole(statement: Statement) -> bool:
    """Say whether a statement is about every resource, whatever the circumstances."""
    return not statement.conditions and not statement.other_resources and "*" in statement.resources


def _named(statements: Iterable[Statement]) -> frozenset[str]:
    found: set[str] = set()
    for one in statements:
        missing = [action for action in TAKING_AWAY if action not in found]
        if not missing:
            break
        found.update(action for action in missing if _names(one, action))
    return frozenset(found)


def _names(statement: Statement, action: str) -> bool:
    return any(matches_action(pattern, action) for pattern in statement.actions) is not statement.other_actions
