"""Several accounts are judged each for itself; what one refers to in another by its ARN is looked up there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from rules import catalogue
from scanner.engine import judge_all
from scanner.model.errors import CouldNotCheck
from scanner.model.estate import Estate, Gap
from scanner.model.look import Look
from scanner.model.policy import Policy, Tier
from scanner.model.reading import Evidence, Known, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.model.system import Selector, System
from scanner.resources.aws_backup.vaults import RecoveryPoint, Vault
from scanner.resources.dynamodb import Table
from scanner.resources.s3.buckets import Bucket

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOME, OTHER = "111111111111", "222222222222"
REGION = "eu-west-1"
TABLE = f"arn:aws:dynamodb:{REGION}:{HOME}:table/orders"
VAULT = f"arn:aws:backup:{REGION}:{OTHER}:backup-vault:bunker"


def resource(kind: type[Resource], arn: str, account: str, **facts: Any) -> Resource:
    return kind(arn, arn.rpartition(":")[2], account, REGION, {name: Known(value) for name, value in facts.items()})


def estate(account: str, *found: Resource, gaps: Iterable[Gap] = ()) -> Estate:
    kinds = {Table.kind, Vault.kind, RecoveryPoint.kind, Bucket.kind} | {one.kind for one in found}
    return Estate(
        Source.LIVE, account, f"arn:aws:iam::{account}:role/reader", (REGION,), AT,
        {kind: tuple(one for one in found if one.kind == kind) for kind in kinds},
        {(kind, ""): Evidence(Source.LIVE, f"list of {kind}", AT) for kind in kinds}, tuple(gaps),
    )  # fmt: skip


def test_what_is_in_another_account_is_seen_through_its_look() -> None:
    home, other = Look.together([estate(HOME), estate(OTHER, resource(Vault, VAULT, OTHER, locked=True))])
    vault = home.one(Vault, VAULT)
    assert vault is not None
    assert vault.look is other
    assert vault.locked
    assert any(one is vault for one, _, _ in home.trace), "what is read of another account is evidence here"


def test_absence_in_another_account_is_certain_only_where_its_list_is_whole() -> None:
    home, _ = Look.together([estate(HOME), estate(OTHER)])
    assert home.one(Vault, VAULT) is None
    gap = Gap(Vault.kind, REGION, Unknown(Reason.DENIED, "denied"))
    home, _ = Look.together([estate(HOME), estate(OTHER, gaps=[gap])])
    with pytest.raises(CouldNotCheck, match="denied"):
        home.one(Vault, VAULT)


def test_a_bucket_is_found_whichever_account_has_it() -> None:
    home, _ = Look.together([estate(HOME), estate(OTHER, resource(Bucket, "arn:aws:s3:::replica", OTHER))])
    found = home.one(Bucket, "arn:aws:s3:::replica")
    assert found is not None
    assert found.account == OTHER


def test_lists_never_mix_accounts() -> None:
    home, _ = Look.together([estate(HOME), estate(OTHER, resource(Vault, VAULT, OTHER))])
    assert list(home.every(Vault)) == []


def judged(rule: str, *estates: Estate) -> list[tuple[str, str, str, str]]:
    policy = Policy("p", "1", {"catalogue_tags": ("System",)}, {"gold": Tier("gold", "Gold", {})}, {})
    systems = (System("orders", "gold", (Selector(name="*/orders"),)),)
    found = judge_all([catalogue().rules[rule]], estates, policy, at=AT, systems=systems)
    return [(one.subject.account, one.subject.id, one.system, one.outcome.value) for one in found.findings]


def test_a_copy_in_another_account_has_the_system_of_its_source() -> None:
    point = resource(
        RecoveryPoint,
        f"arn:aws:backup:{REGION}:{OTHER}:recovery-point:1",
        OTHER,
        source=TABLE,
        encrypted=True,
        key=None,
    )
    table = resource(Table, TABLE, HOME, tags={})
    both = judged("BK402", estate(HOME, table), estate(OTHER, point))
    assert [one[2] for one in both if one[1] == point.id] == ["orders"]
    alone = judged("BK402", estate(OTHER, point))
    assert [one[2] for one in alone if one[1] == point.id] == [""]


def test_what_is_declared_is_told_once_unless_accounts_disagree() -> None:
    declared = resource(catalogue().rules["BK102"].kinds[0], "policy:scope/data", "", systems=("orders",))
    lonely = resource(catalogue().rules["BK102"].kinds[0], "policy:scope/data", "", systems=())
    same = judged("BK102", estate(HOME, declared), estate(OTHER, declared))
    assert [one[3] for one in same if one[1] == "policy:scope/data"] == ["passed"]
    differ = judged("BK102", estate(HOME, declared), estate(OTHER, lonely))
    assert sorted(one[3] for one in differ if one[1] == "policy:scope/data") == ["failed", "passed"]
