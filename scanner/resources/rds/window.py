"""The daily window in which a database takes its automated backup, in UTC."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from scanner.model.late_dataclass import dataclass

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A daily window: the hour it opens, in UTC, and how long it stays open."""

    opens: time
    lasts: timedelta

    def opens_within(self, opens: time, lasts: timedelta) -> bool:
        """Say whether it opens inside another window, end excluded; both may run over midnight."""
        late = (_since_midnight(self.opens) - _since_midnight(opens)) % _DAY
        return not late or late < lasts  # a window without length is its first moment

    def __str__(self) -> str:
        hours, minutes = divmod((_since_midnight(self.opens) + self.lasts) % _DAY // timedelta(minutes=1), 60)
        return f"{self.opens:%H:%M}-{hours:02}:{minutes:02} UTC"


def window(raw: Any) -> Window:
    """Read `hh24:mi-hh24:mi`, in UTC (PreferredBackupWindow, API reference)."""
    first, last = (time.fromisoformat(part) for part in str(raw).split("-"))
    return Window(first, (_since_midnight(last) - _since_midnight(first)) % _DAY)


def _since_midnight(hour: time) -> timedelta:
    return timedelta(hours=hour.hour, minutes=hour.minute, seconds=hour.second)
