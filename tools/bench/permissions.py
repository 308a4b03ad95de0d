"""Effective permissions: identities and backups grow together; what one identity costs must not grow with them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from rules import catalogue
from scanner.documents.construct import load_policy
from scanner.engine import judge
from scanner.model.estate import Estate
from scanner.model.reading import Evidence, Known, Source
from scanner.permissions.document import document
from scanner.resources import kinds
from scanner.resources.aws_backup.vaults import RecoveryPoint, Vault
from scanner.resources.iam.documents import NamedPolicy
from scanner.resources.iam.principals import ManagedPolicy, Role
from scanner.resources.organizations import Membership
from scanner.resources.rds.snapshots import Snapshot

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ACCOUNT, REGION = "123456789012", "eu-west-1"
RULES = ("BK603", "BK605", "BK608", "BK611")
EVIDENCE = (Evidence(Source.LIVE, "bench", AT),)


def _known(**facts: object) -> dict[str, Known[object]]:
    return {name: Known(value, EVIDENCE) for name, value in facts.items()}


def _policy(*statements: dict[str, Any]) -> Any:
    return document(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"} | one for one in statements]}
    )


def estate(size: int) -> Estate:
    """Give `size` times 20 roles, 200 snapshots and 200 recovery points, in ten vaults that each have a policy."""
    snapshots = [
        Snapshot(f"arn:aws:rds:{REGION}:{ACCOUNT}:snapshot:team{n // 10}-{n}", f"s{n}", ACCOUNT, REGION, _known(tags={"n": str(n % 7)}))
        for n in range(200 * size)
    ]  # fmt: skip
    vaults = [_vault(n) for n in range(10)]
    points = [
        RecoveryPoint(f"arn:aws:backup:{REGION}:{ACCOUNT}:recovery-point:{n:08}", f"p{n}", ACCOUNT, REGION, _known(vault=vaults[n % 10].id))
        for n in range(200 * size)
    ]  # fmt: skip
    shared = _policy({"Action": ["rds:Describe*", "backup:List*", "backup:Get*"]}, {"Action": "logs:*"})
    managed = ManagedPolicy(f"arn:aws:iam::{ACCOUNT}:policy/shared", "shared", ACCOUNT, "", _known(document=shared))
    trust = _policy({"Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/u"}})
    roles = [
        Role(f"arn:aws:iam::{ACCOUNT}:role/r{n}", f"r{n}", ACCOUNT, "", _known(
            inline=(NamedPolicy("own", _own(n)),), attached=(managed.id,), boundary=None, tags={}, service_linked=False,
            trust=trust, longest_session=AT - AT))
        for n in range(20 * size)
    ]  # fmt: skip
    alone = Membership(
        "m", "m", ACCOUNT, "", _known(organisation=None, control_policies=(), resource_control_policies=())
    )
    resources: Any = {Snapshot.kind: tuple(snapshots), RecoveryPoint.kind: tuple(points), Vault.kind: tuple(vaults),
                      Role.kind: tuple(roles), ManagedPolicy.kind: (managed,), Membership.kind: (alone,)}  # fmt: skip
    return Estate(
        Source.LIVE, ACCOUNT, "bench", (REGION,), AT, resources, {(kind, ""): EVIDENCE[0] for kind in kinds()}
    )


def _vault(number: int) -> Vault:
    admin = f"arn:aws:iam::{ACCOUNT}:role/r{number}"
    guard = _policy({"Effect": "Deny", "Principal": "*", "Action": "backup:Delete*",
                     "Condition": {"ArnNotLike": {"aws:PrincipalArn": admin}}})  # fmt: skip
    facts = _known(policy=guard, locked=False, lock_final_at=None, vault_type="BACKUP_VAULT", key=None)
    return Vault(f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:v{number}", f"v{number}", ACCOUNT, REGION, facts)


def _own(number: int) -> Any:
    """One in twenty may do everything; the others name their team's snapshots, by patterns of their own."""
    if number % 20 == 0:
        return _policy({"Action": "*"})
    return _policy(
        {"Action": "rds:DeleteDBSnapshot", "Resource": f"arn:aws:rds:*:{ACCOUNT}:snapshot:team{number}-*"},
        {"Action": ["backup:Delete*", "s3:*"], "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
        {"Effect": "Deny", "Action": "rds:*", "Condition": {"StringEquals": {"aws:ResourceTag/n": "3"}}},
    )


def measure() -> None:
    """Print the figures."""
    chosen = [catalogue().rules[one] for one in RULES if one in catalogue().rules]
    policy, first = load_policy(), 0.0
    for size in (1, 10, 100):
        where = estate(size)
        begun = time.process_time()
        found = judge(chosen, where, policy, at=AT)
        seconds = time.process_time() - begun
        assert not found.crashes, found.crashes[0]
        per = seconds / (20 * size)
        first = first or per
        print(
            f"permissions, {size:>3}x ({20 * size:>4} identities, {400 * size:>5} backups): {seconds:.2f} CPU s, "
            f"{1000 * per:.1f} ms and {per / first:.2f}x per identity"
        )
