"""Judging: findings per second of a core on plain rules, growth of joins, memory per resource."""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime, timedelta

from rules import catalogue
from scanner.documents.construct import load_policy
from scanner.engine import judge
from scanner.model.estate import Estate
from scanner.model.reading import Evidence, Known, Source
from scanner.model.rule import Rule
from scanner.model.system import Selector, System
from scanner.resources.aws_backup.plans import Condition, Plan, PlanRule, Selection
from scanner.resources.aws_backup.settings import Settings
from scanner.resources.aws_backup.vaults import RecoveryPoint
from scanner.resources.dynamodb import Table

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ACCOUNT, REGION = "123456789012", "eu-west-1"
SYSTEMS = (System("orders", "development", (Selector(tags={"System": "orders"}),)),)
PLAIN = ("BK106", "BK111", "BK402", "BK404")
JOINS = ("BK103", "BK301", "BK302")


def estate(size: int) -> Estate:
    """Give `size` times 100 tables with 30 recovery points each, and 10 plans that select them by tag."""
    evidence = (Evidence(Source.LIVE, "bench", AT),)

    def known(**facts: object) -> dict[str, Known[object]]:
        return {name: Known(value, evidence) for name, value in facts.items()}

    tables, points = [], []
    for number in range(100 * size):
        arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/t{number}"
        facts = known(tags={"System": "orders", "plan": str(number % 10)}, pitr=bool(number % 3), created_at=AT - timedelta(days=99),
                      encrypted=True, key=None, replicas=(), earliest=None, latest=None, pitr_reach=timedelta(days=35))  # fmt: skip
        tables.append(Table(arn, f"t{number}", ACCOUNT, REGION, facts))
        points += [
            RecoveryPoint(f"{arn}/{day}", f"t{number}", ACCOUNT, REGION, known(
                source=arn, made_at=AT - timedelta(days=day, hours=10), usable=True, status="COMPLETED", encrypted=True,
                copied_from=None, continuous=False, vault="v", kept=timedelta(days=35)))
            for day in range(30)
        ]  # fmt: skip
    plans = [Plan(f"p{one}", f"p{one}", ACCOUNT, REGION, known(rules=(PlanRule("daily", "v", "cron(0 2 * * ? *)"),)))
             for one in range(10)]  # fmt: skip
    selections = [
        Selection(f"p{one}/selection/s", "s", ACCOUNT, REGION, known(
            resources=(), not_resources=(), any_tags=(Condition("equals", "plan", str(one)),), conditions=(), role=""))
        for one in range(10)
    ]  # fmt: skip
    settings = [Settings("s", "s", ACCOUNT, REGION, known(opted_in={"DynamoDB": True}))]
    resources = {Table.kind: tuple(tables), RecoveryPoint.kind: tuple(points), Plan.kind: tuple(plans),
                 Selection.kind: tuple(selections), Settings.kind: tuple(settings)}  # fmt: skip
    from scanner.resources import kinds  # noqa: PLC0415

    return Estate(
        Source.LIVE, ACCOUNT, "bench", (REGION,), AT, resources, {(kind, ""): evidence[0] for kind in kinds()}
    )


def timed(rules: list[Rule], where: Estate) -> tuple[float, int]:
    """Judge; give the CPU time in seconds and the number of findings."""
    policy = load_policy()
    begun = time.process_time()
    found = judge(rules, where, policy, at=AT, systems=SYSTEMS)
    return time.process_time() - begun, len(found.findings)


def measure() -> None:
    """Print the figures."""
    shelf = catalogue().rules
    plain, joins = [shelf[one] for one in PLAIN], [shelf[one] for one in JOINS]
    for size in (1, 10, 100):
        where = estate(size)
        seconds, count = timed(plain, where)
        print(
            f"plain rules, {size:>3}x ({where.count():>6} resources): {count / seconds:>9,.0f} findings per CPU second"
        )
    first = 0.0
    for size in (1, 10, 100):
        where = estate(size)
        seconds, count = timed(joins, where)
        per = seconds / where.count()
        first = first or per
        print(f"joins, {size:>3}x ({where.count():>6} resources): {seconds:.2f} CPU s, {per / first:.2f}x per resource")
    tracemalloc.start()
    where = estate(10)
    held, _ = tracemalloc.get_traced_memory()
    found = judge([*plain, *joins], where, load_policy(), at=AT, systems=SYSTEMS)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"memory: {held / where.count():,.0f} bytes per resource, {(after - held) / len(found.findings):,.0f} per finding"
    )
