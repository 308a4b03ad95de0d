"""What the tests of robustness share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.iac.gate.desk import Desk
from tests.iac.terraform.repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    path = tmp_path / "repository"
    path.mkdir()
    return Repository(path)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_WORKSPACE", "CI_PROJECT_URL", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return Desk(tmp_path / "desk")
