"""The emulation of the tests of databases."""

from tests.drills.databases.conftest import aws, engines, target

__all__ = ["aws", "engines", "target"]
