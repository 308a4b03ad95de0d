"""Three-valued logic over questions of which some cannot be answered: one certain answer may settle them all."""

from __future__ import annotations

from collections.abc import Callable

from scanner.model.errors import CouldNotCheck


def either(*asks: Callable[[], bool]) -> bool:
    """Ask until one says yes; unknown only if none did and one could not answer."""
    return not jointly(*(_denied(ask) for ask in asks))


def jointly(*asks: Callable[[], bool]) -> bool:
    """Ask until one says no; unknown only if none did and one could not answer."""
    doubt: CouldNotCheck | None = None
    for ask in asks:
        try:
            if not ask():
                return False
        except CouldNotCheck as stop:
            doubt = doubt or stop
    if doubt is not None:
        raise doubt
    return True


def _denied(ask: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: not ask()
