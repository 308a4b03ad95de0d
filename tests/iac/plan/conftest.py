from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.iac.terraform import plan as plans
from scanner.iac.terraform import state as states


@pytest.fixture
def planned(tmp_path: Any) -> Any:
    """Load a plan, given as what its JSON says or as bytes."""

    def load(document: Any, **options: Any) -> Any:
        file = tmp_path / "plan.json"
        file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return plans.load(tmp_path, file, **options)

    return load


@pytest.fixture
def stated(tmp_path: Any) -> Any:
    """Load a state in the same way."""

    def load(document: Any, **options: Any) -> Any:
        file = tmp_path / "terraform.tfstate"
        file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return states.load(tmp_path, file, **options)

    return load
