"""BK513."""

from __future__ import annotations

from collections.abc import Iterable

from rules.kit import rule
from scanner.model.arn import is_among
from scanner.model.errors import CouldNotCheck
from scanner.model.look import legible, those
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.permissions.outsiders import Door, Whom, doors
from scanner.permissions.patterns import matches_action
from scanner.resources.aws_backup.vaults import Vault
from scanner.resources.ec2.images import Image
from scanner.resources.ec2.snapshots import Snapshot as DiskSnapshot
from scanner.resources.rds.snapshots import ClusterSnapshot
from scanner.resources.rds.snapshots import Snapshot as DatabaseSnapshot
from scanner.resources.redshift import Snapshot as WarehouseSnapshot

Shared = DatabaseSnapshot | ClusterSnapshot | WarehouseSnapshot | DiskSnapshot | Image
_DEMANDED = "declared accounts only"
#: Everything but this takes something out of a vault, or alters it.
_BRINGS = "backup:CopyIntoBackupVault"


@rule(
    "BK513",
    severity=Severity.CRITICAL,
    reads=[
        DatabaseSnapshot.shared_with, ClusterSnapshot.shared_with, WarehouseSnapshot.shared_with,
        DiskSnapshot.public, DiskSnapshot.shared_with, Image.public, Image.shared_with, Vault.policy,
    ],
    enforces=["6.3-geography", "6.2-rbac"],
    aliases=[
        "rds-snapshots-public-prohibited", "ebs-snapshot-public-restorable-check", "ec2-ami-public-access",
    ],
)  # fmt: skip
def backups_are_shared_with_declared_accounts(backup: Shared | Vault, demand: Objective) -> Verdict:
    """Backups are shared with declared accounts only.

    Whoever may restore a backup has all its data, and can be neither watched nor stopped from here. The accounts that
    may are those of the configuration. An organisation is not among them: who joins it later sees the backups too. The
    policy of a vault may let a whole organisation copy into it, for that takes nothing out.

    Fix: take back the permission to restore or launch, narrow the vault's policy, or declare the account in the
    configuration, under allowed: accounts.
    """
    allowed = frozenset({backup.account, *demand.scope.allowed_accounts})
    if isinstance(backup, Vault):
        return _vault(backup, allowed)
    if isinstance(backup, (DiskSnapshot, Image)):
        # Either of two calls tells that it is public.
        try:
            public = backup.public
        except CouldNotCheck:
            public = False
        if public:
            return Verdict.failed("shared with everyone", _DEMANDED)
    shared = backup.shared_with
    if "all" in shared:
        return Verdict.failed("shared with everyone", _DEMANDED)
    strangers = sorted(_strangers(shared, allowed))
    if strangers:
        return Verdict.failed(f"shared with {', '.join(map(_called, strangers))}", _DEMANDED)
    if isinstance(backup, (DiskSnapshot, Image)) and backup.public:
        return Verdict.failed("shared with everyone", _DEMANDED)
    others = sorted(one for one in shared if one != str(backup.account))
    return Verdict.passed(f"shared with {', '.join(others)}, declared" if others else "shared with nobody")


def _called(name: str) -> str:
    return f"organisation {name.rpartition('/')[2]}" if name.startswith("arn:") else f"account {name}"


def _vault(vault: Vault, allowed: Iterable[str]) -> Verdict:
    if vault.policy is None:
        return Verdict.passed("it has no policy that lets in another account")
    with legible(f"access policy of {vault.name}"):
        open_to = [one for one in (_stranger(door, allowed) for door in doors(vault.policy)) if one]
    if open_to:
        return Verdict.failed(f"its policy lets in {open_to[0]}", _DEMANDED)
    return Verdict.passed("its policy lets in no account that is not declared")


def _strangers(names: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """Give those of some accounts that are not declared; raise where one may be the account itself, left open by code."""
    found = those(names, lambda one: not is_among(one, allowed))
    return found.known or found.whole()


def _stranger(door: Door, allowed: Iterable[str]) -> str:
    """Say whom a door lets in who is not declared; "" for nobody."""
    if door.whom is Whom.ACCOUNTS:
        strangers = _strangers(door.names, allowed)
        return f"account {', '.join(strangers)} by {door.sid}" if strangers else ""
    if door.whom is Whom.ORGANISATIONS and all(matches_action(_BRINGS, one) for one in door.actions):
        return ""
    return f"{door} by {door.sid}"
