"""Lines on a terminal: as wide as it is, within reason, and broken between words only."""

from __future__ import annotations

import shutil
from textwrap import TextWrapper

from scanner.door.text import flat

_NARROW, _WIDE = 60, 110


def width() -> int:
    """Give how many columns a line may have; where nobody tells, as on a pipe, the most."""
    return min(max(shutil.get_terminal_size((_WIDE, 24)).columns, _NARROW), _WIDE)


def wrapped(text: str, indent: int = 0, hang: int = 0) -> str:
    """Break a text into lines that begin at a column, and further in from the second on."""
    first = " " * indent
    wrapper = TextWrapper(
        width(),
        initial_indent=first,
        subsequent_indent=first + " " * hang,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return wrapper.fill(flat(text))
