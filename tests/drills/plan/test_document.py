"""A plan as a document: all that is wrong is told with its place, and its digest is of what it says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.plan.document import digest_of, load_plan
from drills.plan.model import DrillPlan
from scanner.documents.errors import DocumentError
from tests.drills.plan.plans import SYSTEMS, document, plan_from, written


def wrong(folder: Path, **changes: Any) -> str:
    with pytest.raises(DocumentError) as told:
        load_plan(written(folder, document(**changes)), SYSTEMS)
    return str(told.value)


def test_a_plan_is_read(tmp_path: Path) -> None:
    plan = plan_from(tmp_path)
    assert isinstance(plan, DrillPlan)
    assert [entry.name for entry in plan.entries] == ["database-point-in-time of shop-db", "both"]
    assert plan.limits.longest == timedelta(hours=2)
    assert plan.limits.keeps == timedelta(hours=24)
    assert [one.system for one in plan.subjects_of(plan.entries[1])] == ["shop", "ledger"]


def test_an_unknown_system_is_told_with_the_nearest(tmp_path: Path) -> None:
    subjects = document()["subjects"]
    subjects["shop-db"]["system"] = "shp"
    told = wrong(tmp_path, subjects=subjects)
    assert "found unknown system 'shp' of subject shop-db" in told
    assert "did you mean shop?" in told
    assert "plan.yaml:4" in told or "plan.yaml:5" in told


def test_all_that_is_wrong_with_the_drills_is_told_at_once(tmp_path: Path) -> None:
    told = wrong(
        tmp_path,
        drills=[
            {"drill": "database-point-in-tim", "of": "shop-db"},
            {"drill": "database-point-in-time", "of": "shop"},
            {"drill": "database-point-in-time", "of": "shop-db", "settings": {"untl": "latest"}},
            {"drill": "database-point-in-time", "of": ["shop-db", "ledger-db"], "name": "two"},
        ],
    )
    for message in (
        "found unknown drill 'database-point-in-tim'",
        "found unknown subject 'shop' of drill",
        "found unknown setting 'untl'",
        "found 2 subjects for drill two",
    ):
        assert message in told


def test_a_day_that_does_not_exist_is_told(tmp_path: Path) -> None:
    approval = {"by": "Ada", "on": "2026-02-30", "until": "2026-03-30", "digest": "0" * 64}
    assert "found '2026-02-30'" in wrong(tmp_path, approvals=[approval])


def test_the_digest_is_of_all_but_the_approvals(tmp_path: Path) -> None:
    plan = plan_from(tmp_path)
    approval = {"by": "Ada", "on": "2026-11-01", "until": "2026-12-01", "digest": plan.digest}
    approved = plan_from(tmp_path, approvals=[approval])
    assert approved.digest == plan.digest
    assert approved.approvals[0].on == date(2026, 11, 1)
    assert plan_from(tmp_path, limits={"longest": "3h", "cost": 1}).digest != plan.digest


def test_the_order_of_properties_is_nothing() -> None:
    told = document()
    assert digest_of(told) == digest_of(dict(reversed(told.items())))
