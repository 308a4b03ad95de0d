"""The progress display: a line per system with its mark, what is done now, and for how long, on a terminal only."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from drills.measuring.clock import Mark
from scanner.door.text import flat
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from rich.table import Table

Tell = Callable[[str, str], None]
#: How a drill says that it is over on a system.
DONE = "done"
_MARK = re.compile(r"(T[0-6]) (.*)")
_MINUTE, _HOUR = 60, 3600


@dataclass(slots=True)
class Line:
    """Where one system is."""

    #: how many drills of the run it is in
    drills: int
    done: int = 0
    mark: str = ""
    now: str = "waiting"
    began: float | None = None
    ended: float | None = None

    def hear(self, phase: str, at: float) -> None:
        """Take news."""
        if self.began is None or self.ended is not None:  # a drill begins
            self.began, self.ended, self.mark = at, None, ""
        found = _MARK.fullmatch(phase)
        if found is not None:
            self.mark = found[1]
            # A recovery is timed from the loss on.
            if found[1] == Mark.LOST.value:
                self.began = at
        self.now = found[2] if found is not None else phase
        if phase == DONE:
            self.done, self.ended = self.done + 1, at

    def lasted(self, at: float) -> str:
        """Say for how long it has been at it: since the loss, once there is one."""
        if self.began is None:
            return ""
        seconds = int((self.ended or at) - self.began)
        hours, rest = divmod(seconds, _HOUR)
        return (
            f"{hours}:{rest // _MINUTE:02}:{rest % _MINUTE:02}" if hours else f"{rest // _MINUTE}:{rest % _MINUTE:02}"
        )

    @property
    def whole(self) -> bool:
        """All of its drills are over."""
        return self.done >= self.drills and self.ended is not None


class Board:
    """A table that is redrawn a few times a second."""

    def __init__(self, systems: Mapping[str, int], clock: Callable[[], float] = time.monotonic) -> None:
        from rich.console import Console  # noqa: PLC0415  # nobody watches most runs
        from rich.live import Live  # noqa: PLC0415

        self._lines = {system: Line(drills) for system, drills in systems.items()}
        self._clock, self._lock, self._before = clock, Lock(), ""
        self._live = Live(
            console=Console(stderr=True),
            refresh_per_second=4,
            transient=True,
            get_renderable=self.draw,
            vertical_overflow="crop",
        )

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, value, trace)

    def tell(self, system: str, phase: str) -> None:
        """Take news of one system."""
        with self._lock:
            self._before = ""
            self._lines.setdefault(system, Line(1)).hear(phase, self._clock())

    def prepare(self, says: str) -> None:
        """Take news of the target, before any drill begins."""
        with self._lock:
            self._before = says

    def draw(self) -> Table:
        """Draw it as it is now."""
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", expand=False)
        table.add_column("system", no_wrap=True, overflow="ellipsis", max_width=28)
        table.add_column("drill", justify="right", no_wrap=True)
        table.add_column("mark", no_wrap=True)
        table.add_column("time", justify="right", no_wrap=True)
        table.add_column("now", no_wrap=True, overflow="ellipsis", ratio=1)
        with self._lock:
            at = self._clock()
            for system, line in self._lines.items():
                style = "green" if line.whole else "" if line.began is not None and line.ended is None else "dim"
                now = self._before and f"the target: {self._before}" if not line.began and self._before else line.now
                current = min(line.done + (line.ended is None and line.began is not None), line.drills)
                row = (flat(system), f"{current}/{line.drills}", line.mark, line.lasted(at), flat(now))
                table.add_row(*(Text(cell, style=style) for cell in row))
        return table


@contextmanager
def watching(systems: Mapping[str, int], *, verbose: bool, quiet: bool) -> Iterator[tuple[Tell, Callable[[str], None]]]:
    """Give who hears of systems and who hears of the target: a display on a terminal, lines if verbose, else nothing."""
    if quiet or not (verbose or sys.stderr.isatty()):
        yield lambda _system, _phase: None, lambda _says: None
    elif verbose:
        began = time.monotonic()

        def line(system: str, phase: str) -> None:
            sys.stderr.write(f"{time.monotonic() - began:7.1f} s  {flat(system)}: {flat(phase)}\n")
            sys.stderr.flush()

        yield line, lambda says: line("target", says)
    else:
        with Board(systems) as board:
            yield board.tell, board.prepare
