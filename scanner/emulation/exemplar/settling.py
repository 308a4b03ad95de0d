"""The exemplary company moves in, in the order in which its parts need each other."""

from datetime import datetime
from pathlib import Path

from scanner.emulation.server import Emulator

CONFIGURATION = Path(__file__).with_name("exemplar.yaml")


def settle(emulator: Emulator, at: datetime) -> None:
    """Seed the company as it is at a time; afterwards the emulator's clock stands at that time."""
    emulator.set_clock(lambda: at)
    emulator.interference.calls.clear()
