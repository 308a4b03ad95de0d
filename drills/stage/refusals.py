"""How a drill stops: refused before anything is made, without a figure, or by somebody's wish."""

from __future__ import annotations

from scanner.model.errors import BackupScanError


class DrillRefused(BackupScanError):
    """A guard does not hold: nothing was made, or nothing more is made."""

    exit_code = 3


class Inconclusive(Exception):
    """What was to be measured could not be: a reason, never a verdict."""


class NotTested(Exception):
    """It was not tried, for the target does not have what it takes."""


class Stopped(Exception):
    """The kill switch was thrown, the time or the money is used up: clean up and end."""


class NotRestored(Exception):
    """Nothing came back: the scene has noted why, and there is nothing more to measure on it."""
