"""A small drill plan as a document, and what is made of it."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from drills.plan.document import load_plan
from drills.plan.model import DrillPlan

SYSTEMS = ("shop", "ledger", "people")
DOCUMENT: dict[str, Any] = {
    "schema": "backup-scan/drill-plan/1",
    "name": "small",
    "subjects": {
        "shop-db": {"system": "shop", "kind": "database", "resource": "shop", "region": "us-east-1"},
        "ledger-db": {"system": "ledger", "kind": "database", "resource": "ledger", "region": "us-east-1"},
    },
    "drills": [
        {"drill": "database-point-in-time", "of": "shop-db"},
        {"drill": "several-systems", "of": ["shop-db", "ledger-db"], "name": "both"},
    ],
    "limits": {"longest": "2h", "cost": 1},
    "targets": {
        "sandbox": {
            "account": "111122223333",
            "alias": "playground",
            "never": ["444455556666"],
            "role": "arn:aws:iam::111122223333:role/drill",
            "sweeper_role": "arn:aws:iam::111122223333:role/sweeper",
        }
    },
}


def document(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(DOCUMENT), **changes}


def written(folder: Path, told: dict[str, Any]) -> Path:
    file = folder / "plan.yaml"
    file.write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    return file


def plan_from(folder: Path, **changes: Any) -> DrillPlan:
    return load_plan(written(folder, document(**changes)), SYSTEMS)
