"""What the tests of drills share."""

from __future__ import annotations

import pytest

#: Tests of these directories share servers by their files, and go on where the one before left them.
_SERVERS = ("access", "backups", "databases", "negative", "several")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name in _SERVERS and item.path.parent.parent.name == "drills":
            item.add_marker(pytest.mark.xdist_group(f"{item.path.parent.name}/{item.path.name}"))
