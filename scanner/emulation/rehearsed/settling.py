"""The drilled company moves in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.emulation.server import Emulator

ACCOUNT = "432109876543"
HOME, RECOVERY = "eu-west-1", "eu-central-1"
CONFIGURATION = Path(__file__).with_name("rehearsed.yaml")
PLAN = Path(__file__).with_name("quarterly.yaml")


@dataclass
class Site:
    """The emulator, and what the topics have made so far, by names of their own."""

    emulator: Emulator
    rows: int
    tell: Callable[[str], None]
    made: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str, region: str = HOME) -> Any:
        """A client of one service."""
        return self.emulator.client(service, region)


def settle(emulator: Emulator, *, rows: int = 20_000, tell: Callable[[str], None] = lambda _: None) -> Site:
    """Make all of it; `rows` is how many each database begins with, `tell` hears what is being made."""
    from scanner.emulation.rehearsed import alerts, databases, files, ground, locks, points, tables

    site = Site(emulator, rows, tell)
    for topic in (ground, databases, tables, files, points, alerts, locks):
        topic.settle(site)
    return site
