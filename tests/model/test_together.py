"""Several accounts are judged each for itself; what one refers to in another by its ARN is looked up there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules import catalogue
from scanner.engine import judge_all
from scanner.model.errors import CouldNotCheck
from scanner.model.estate import Estate, Gap
from scanner.model.look import Look, Partial
from scanner.model.policy import Objective, Policy, Scope, Tier
from scanner.model.reading import Evidence, Known, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.model.system import Selector, System
from scanner.objectives import Objectives
from scanner.resources.aws_backup.settings import stores
from scanner.resources.aws_backup.vaults import RecoveryPoint, Vault
from scanner.resources.dynamodb import Table
from scanner.resources.s3.buckets import Bucket
from scanner.resources.unjudged import UnjudgedStore

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOME, OTHER = "111111111111", "222222222222"
REGION = "eu-west-1"
TABLE = f"arn:aws:dynamodb:{REGION}:{HOME}:table/orders"
LOST = Unknown(Reason.DENIED, "denied")
VAULT = f"arn:aws:backup:{REGION}:{OTHER}:backup-vault:bunker"


def resource(kind: type[Resource], arn: str, account: str, **facts: Any) -> Resource:
    return kind(arn, arn.rpartition(":")[2], account, REGION, {name: Known(value) for name, value in facts.items()})


def estate(account: str, *found: Resource, gaps: Iterable[Gap] = ()) -> Estate:
    kinds = {Vault.kind, RecoveryPoint.kind, *(kind.kind for kind in stores())} | {one.kind for one in found}
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


def test_a_bucket_may_be_of_an_account_that_could_not_be_seen() -> None:
    home, _ = Look.together([estate(HOME), estate(OTHER)])
    assert home.one(Bucket, "arn:aws:s3:::replica") is None
    home, _ = Look.together([estate(HOME), estate(OTHER, gaps=[Gap(Bucket.kind, "", LOST)])])
    with pytest.raises(CouldNotCheck, match="denied"):
        home.one(Bucket, "arn:aws:s3:::replica")
    assert home.one(Vault, VAULT.replace(OTHER, HOME)) is None, "of what names its account no other account tells"


def test_lists_never_mix_accounts() -> None:
    home, _ = Look.together([estate(HOME), estate(OTHER, resource(Vault, VAULT, OTHER))])
    assert list(home.every(Vault)) == []


def judged(rule: str, *estates: Estate, at: datetime | None = AT) -> list[tuple[str, str, str, str]]:
    base = {"catalogue_tags": ("System",), "rpo": timedelta(hours=1)}
    policy = Policy("p", "1", base, {"gold": Tier("gold", "Gold", {})}, {})
    systems = (System("orders", "gold", (Selector(name="*/orders"),)),)
    found = judge_all([catalogue().rules[rule]], estates, policy, at=at, systems=systems)
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


def test_a_copy_from_an_account_out_of_sight_may_be_of_any_system() -> None:
    bucket = resource(Bucket, "arn:aws:s3:::app/orders", HOME, tags={})
    facts = {"source": bucket.id, "encrypted": True, "key": None}
    arn = f"arn:aws:backup:{REGION}:{OTHER}:recovery-point:1"
    copied = resource(RecoveryPoint, arn, OTHER, copied_from=VAULT.replace(OTHER, HOME), **facts)
    original = resource(RecoveryPoint, arn, OTHER, copied_from=None, **facts)

    def objective(point: Resource, *others: Estate) -> Objective:
        looks = Look.together([estate(OTHER, point), *others])
        gold = Policy("p", "1", {"rpo": 1}, {"gold": Tier("gold", "Gold", {"rpo": 2})}, {})
        systems = (System("orders", "gold", (Selector(tags={"System": "orders"}),)),)
        accounts = [Objectives(look, gold, systems, Scope(), AT) for look in looks]
        for one in accounts:
            one.beside = {other.look.estate.account: other for other in accounts if other is not one}
        return accounts[0].rows(RecoveryPoint)[0][2]

    assert objective(original).figure("rpo", "RPO") == 1
    assert objective(copied, estate(HOME)).figure("rpo", "RPO") == 1, "its account was seen, and the bucket is gone"
    assert objective(copied, estate(HOME, bucket)).figure("rpo", "RPO") == 1
    with pytest.raises(CouldNotCheck, match=f"is in account {HOME}, not scanned here"):
        objective(copied).figure("rpo", "RPO")
    lost = RecoveryPoint(arn, "1", OTHER, REGION, {**copied.readings, "copied_from": LOST})
    with pytest.raises(CouldNotCheck, match="denied"):
        objective(lost).figure("rpo", "RPO")
    with pytest.raises(CouldNotCheck, match="denied"):
        objective(copied, estate(HOME, gaps=[Gap(Bucket.kind, "", LOST)])).figure("rpo", "RPO")


def test_without_a_moment_each_account_is_judged_as_of_when_it_was_read() -> None:
    def read(account: str, at: datetime) -> Estate:
        table = resource(
            Table, TABLE.replace(HOME, account), account, tags={}, latest=at - timedelta(minutes=5), made=Partial(()),
            created_at=at - timedelta(days=99), backed_up_with=None,
        )  # fmt: skip
        return replace(estate(account, table), taken_at=at)

    both = read(HOME, AT - timedelta(hours=3)), read(OTHER, AT)
    assert [one[3] for one in judged("BK303", *both, at=None) if "table" in one[1]] == ["passed", "passed"]
    assert [one[3] for one in judged("BK303", *both) if "table" in one[1]] == ["failed", "passed"]


def test_only_lists_of_its_own_service_may_hide_the_source_of_a_backup() -> None:
    def figure(source: str, gap: type[Resource]) -> int:
        arn = f"arn:aws:backup:{REGION}:{HOME}:recovery-point:1"
        point = resource(RecoveryPoint, arn, HOME, source=source, encrypted=True, key=None, copied_from=None)
        gold = Policy("p", "1", {"rpo": 1}, {"gold": Tier("gold", "Gold", {"rpo": 2})}, {})
        systems = (System("orders", "gold", (Selector(tags={"System": "orders"}),)),)
        look = Look(estate(HOME, point, gaps=[Gap(gap.kind, REGION, LOST)]))
        figure: int = Objectives(look, gold, systems, Scope(), AT).rows(RecoveryPoint)[0][2].figure("rpo", "RPO")
        return figure

    volume = f"arn:aws:fsx:{REGION}:{HOME}:volume/fs-1/fsvol-1"
    assert figure(TABLE, Bucket) == 1
    for source, kind in ((TABLE, Table), (volume, UnjudgedStore)):
        with pytest.raises(CouldNotCheck, match="denied"):
            figure(source, kind)
