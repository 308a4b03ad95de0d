"""The progress display: services by regions, on standard error, on a terminal only."""

from __future__ import annotations

from threading import Lock
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from scanner.collect.live import Progress


class Board:
    """A table that is redrawn a few times a second while calls are under way."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._units: dict[tuple[str, str], Progress] = {}
        self._failed: set[tuple[str, str]] = set()
        self._lock = Lock()
        self._live = Live(
            console=self._console,
            refresh_per_second=8,
            transient=True,
            get_renderable=self._draw,
            vertical_overflow="crop",
        )

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, value, trace)
        done = sum(unit.ended for unit in self._units.values())
        services = len({service for _, service in self._units})
        regions = len({region for region, _ in self._units} - {"global"})
        self._console.print(f"read {done} answers of {services} services in {regions} regions", style="dim")

    def tell(self, unit: Progress) -> None:
        """Take news of one unit."""
        key = (unit.region, unit.service)
        with self._lock:
            self._units[key] = unit
            if unit.failed:
                self._failed.add(key)

    def _draw(self) -> Table:
        with self._lock:
            return self._table()

    def _table(self) -> Table:
        regions = sorted({region for region, _ in self._units}, key=lambda name: (name == "global", name))
        table = Table(title="Reading", title_justify="left", box=None, padding=(0, 2), header_style="bold")
        table.add_column("service")
        for region in regions:
            table.add_column(region, justify="right")
        for service in sorted({service for _, service in self._units}):
            table.add_row(service, *(self._cell((region, service)) for region in regions))
        return table

    def _cell(self, key: tuple[str, str]) -> Text:
        unit = self._units.get(key)
        if unit is None:
            return Text("")
        if unit.ended < unit.begun:
            return Text(f"{unit.ended}/{unit.begun} …", style="yellow")
        if key in self._failed:
            return Text(f"{unit.ended} !", style="red")
        return Text(f"{unit.ended} ✓", style="green")
