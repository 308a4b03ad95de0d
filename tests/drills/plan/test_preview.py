"""What would be done, as a document: it fits its schema, and tells whether approvals hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from drills.plan.preview import preview
from drills.plan.prices import load_prices
from scanner.documents.schema import load_schema
from tests.drills.plan.plans import plan_from

TODAY = date(2026, 11, 24)


def told(folder: Path, target: str = "sandbox", **changes: Any) -> dict[str, Any]:
    plan = plan_from(folder, **changes)
    found = preview(plan, plan.entries, target, {"shop": ["ledger"]}, load_prices(), TODAY)
    Draft202012Validator(load_schema("drill-preview")).validate(found)
    return found


def test_drills_stand_in_their_order_and_systems_after_what_they_need(tmp_path: Path) -> None:
    found = told(tmp_path)
    assert [one["name"] for one in found["drills"]] == ["database-point-in-time of shop-db", "both"]
    assert [one["after"] for one in found["drills"][1]["systems"]] == [["ledger"], []]
    assert all(one["steps"] for one in found["drills"])


def test_an_unknown_cost_is_told_and_would_be_refused(tmp_path: Path) -> None:
    found = told(tmp_path)
    assert found["estimate"]["usd_at_most"] is None
    assert "unknown" in found["limits"]["above_cap"]
    assert told(tmp_path, "emulator")["limits"]["above_cap"] == ""


def test_an_approval_holds_for_its_digest_and_its_days_only(tmp_path: Path) -> None:
    digest = plan_from(tmp_path).digest
    days = [("2026-11-01", "2026-11-24"), ("2026-11-25", "2026-12-01"), ("2026-11-01", "2026-11-23")]
    given = [{"by": "Ada", "on": on, "until": until, "digest": digest} for on, until in days]
    given.append({**given[0], "digest": "0" * 64})
    found = told(tmp_path, approvals=given)["approvals"]
    assert [one["holds"] for one in found] == [True, False, False, False]
    assert [bool(one["why_void"]) for one in found] == [False, True, True, True]
