"""Estimates: what the table does not tell is unknown, and what is unknown or above the cap is refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.kinds import drills
from drills.plan.forecast import Forecast, forecast, together, why_refused
from drills.plan.prices import Price, Prices, load_prices
from drills.stage.makeable import makeable
from scanner.documents.errors import DocumentError
from tests.drills.plan.plans import document, plan_from

OPERATION = "rds:RestoreDBInstanceToPointInTime"


def table(*prices: Price, usual: timedelta | None = None) -> Prices:
    known = {} if usual is None else {("aws", OPERATION): usual}
    return Prices(date(2026, 11, 24), prices, known, "table.yaml")


def subject(folder: Path, **told: Any) -> Any:
    subjects = document()["subjects"]
    subjects["shop-db"] |= told
    return plan_from(folder, subjects=subjects)


def cost(folder: Path, prices: Prices, target: str = "sandbox", **told: Any) -> Forecast:
    plan = subject(folder, **told)
    return forecast(plan, plan.entries[0], target, prices)


PRICE = Price("rds:db", 0.5, 0.73, "us-east-1", "db.t4g.small")


def test_a_price_counts_for_as_long_as_a_run_may_take(tmp_path: Path) -> None:
    found = cost(tmp_path, table(PRICE), restore_with={"instance_class": "db.t4g.small"}, settings={"gigabytes": 100})
    # half a dollar, and 100 gigabytes at a tenth of a cent, each for two hours
    assert found.dollars == pytest.approx(2 * (0.5 + 0.1))
    assert found.per_hour == pytest.approx(0.6)
    assert found.unpriced == ()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, "shop-db says no restore_with.instance_class"),
        ({"restore_with": {"instance_class": "db.t4g.small"}}, "shop-db says no settings.gigabytes"),
        ({"restore_with": {"instance_class": "db.x9.huge"}}, "no price of rds:db db.x9.huge in us-east-1"),
        (
            {"restore_with": {"instance_class": "db.t4g.small"}, "region": "eu-west-1"},
            "no price of rds:db db.t4g.small in eu-west-1",
        ),
    ],
)
def test_what_the_table_or_the_plan_does_not_tell_is_unknown(tmp_path: Path, told: dict[str, Any], why: str) -> None:
    found = cost(tmp_path, table(PRICE), **told)
    assert found.dollars is None
    assert any(why in one for one in found.unpriced)
    assert why_refused(found, 1000).startswith("the cost is unknown, and the cap is 1000.00 USD")


def test_nothing_is_billed_for_an_emulation(tmp_path: Path) -> None:
    assert cost(tmp_path, table(), "emulator").dollars == 0


def test_a_cap_refuses_what_is_above_it_and_a_plan_without_one(tmp_path: Path) -> None:
    one = Forecast(1.01, 0.5, (), None, ("why",))
    assert why_refused(one, 1) == "the cost is estimated at 1.01 USD at most, and the cap is 1.00 USD"
    assert why_refused(one, 1.01) == ""
    assert "no cost cap" in why_refused(one, None)


def test_one_that_is_unknown_makes_the_sum_unknown() -> None:
    known = Forecast(1, 1, (), timedelta(minutes=1), ())
    both = together([known, Forecast(None, 0, ("no price",), None, ("no duration",))])
    assert both.dollars is None
    assert both.takes is None
    assert both.unpriced == ("no price",)
    assert together([known, known]).takes == timedelta(minutes=2)


def test_durations_are_of_the_operation_in_aws_and_of_the_drill_elsewhere(tmp_path: Path) -> None:
    prices = table(PRICE, usual=timedelta(minutes=20))
    assert cost(tmp_path, prices).takes == timedelta(minutes=20)
    elsewhere = cost(tmp_path, prices, "localstack")
    assert elsewhere.takes is None
    assert elsewhere.untimed


def test_the_table_of_the_house_is_of_things_that_are_made_and_drills_that_there_are() -> None:
    prices = load_prices()
    operations = {operation for kind in makeable().values() for operation in kind.made_by}
    assert {one.kind for one in prices.prices} <= set(makeable())
    assert {what for _, what in prices.durations} <= operations | set(drills())


def test_a_source_that_is_not_named_is_told(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(
        'schema: backup-scan/drill-prices/1\nas_of: "2026-11-24"\nsources: {ours: asked}\n'
        "prices: [{kind: x, hour: 1, source: our}]\ndurations: []\n"
    )
    with pytest.raises(DocumentError, match=r"found unknown source 'our'.*did you mean ours"):
        load_prices(file)
