"""The table of published cases: what AWS's guides say of a request, the evaluation says too."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.permissions.context import Caller
from scanner.permissions.document import Document, document
from scanner.permissions.evaluate import Access, Policies, Ruling, ask
from scanner.permissions.shelf import Target
from scanner.permissions.truth import Doubt

TABLE = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
CASES = [pytest.param({**TABLE["defaults"], **case}, id=case["says"]) for case in TABLE["cases"]]
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def policy(raw: Any) -> Document | Doubt:
    if isinstance(raw, dict) and "unknown" in raw:
        return Doubt(raw["unknown"])
    return document(raw if isinstance(raw, dict) else {"Version": "2012-10-17", "Statement": raw})


def many(raw: Any) -> Any:
    return Doubt(raw["unknown"]) if isinstance(raw, dict) else tuple(map(policy, raw))


def levels(raw: Any) -> Any:
    return Doubt(raw["unknown"]) if isinstance(raw, dict) else tuple(map(many, raw))


def ruling(case: dict[str, Any]) -> Ruling:
    known = {
        key: None if value is None else tuple(value) if isinstance(value, list) else (value,)
        for key, value in case.get("known", {}).items()
    }
    return ask(
        case["action"],
        Target(case["resource"], region=case.get("region", ""), account=case.get("account", ""), tags=case.get("tags")),
        Caller(case["caller"], case.get("caller_tags"), known),
        Policies(
            many(case.get("own", [])),
            policy(case["boundary"]) if "boundary" in case else None,
            levels(case.get("controls", [])),
            levels(case.get("resource_controls", [])),
        ),
        resource=policy(case["policy"]) if "policy" in case else None,
        access=Access(case.get("access", "usual")),
        at=AT,
    )


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_the_published_one(case: dict[str, Any]) -> None:
    found = ruling(case)
    assert found.outcome.value == case["outcome"], found
    if "why" in case:
        assert any(case["why"] in one for one in found.why), found


def test_there_are_enough_cases_and_each_names_its_page() -> None:
    assert len(TABLE["cases"]) >= 80
    assert all(case["from"] for case in TABLE["cases"])
    assert len({case["says"] for case in TABLE["cases"]}) == len(TABLE["cases"])
