"""What the tests of robustness share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.iac.terraform.repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    path = tmp_path / "repository"
    path.mkdir()
    return Repository(path)
