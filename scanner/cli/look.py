"""The look of what is printed on a terminal: styles, symbols, and how much is said."""

from __future__ import annotations

import re

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from reports.report import Tally
from reports.words import STATES, SYMBOLS

#: How many resources are named for one reason; the reports name them all.
MOST_NAMES = 20
#: What is said of a rule differently from resource to resource is said so many times; the report says it all.
MOST_SAID = 12
STYLES = {
    "failed": "bold red",
    "unknown": "yellow",
    "waived": "magenta",
    "passed": "green",
    "exempt": "dim",
    "empty": "dim",
}
SEVERITIES = {"critical": "bold white on red", "high": "bold red", "medium": "yellow", "low": "cyan"}
_PLAIN_SYMBOLS = {"failed": "x", "unknown": "?", "waived": "~", "passed": "+", "exempt": "-", "empty": "."}
_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#\[)", re.MULTILINE)


def counts(tally: Tally, console: Console) -> Text:
    """Give the numbers of each state in a line."""
    text = Text("\n")
    for state in STATES:
        text.append(f"{symbol(state, console)} {getattr(tally, state)} {state}   ", style=STYLES[state])
    return text


def symbol(state: str, console: Console) -> str:
    """Give a state's symbol, or one that the terminal's encoding has."""
    return SYMBOLS[state] if console.encoding.lower().startswith("utf") else _PLAIN_SYMBOLS[state]


def indented(text: Text, columns: int) -> Padding:
    """Indent a text, also where it is wrapped."""
    return Padding(text, (0, 0, 0, columns), expand=False)


def harmless(text: str) -> str:
    """Keep a name from being a command: GitHub's runner obeys lines of a log that begin with `::`, or hold `##[`."""
    return _COMMAND.sub(lambda found: f"{found[1] or ''}{': ' if found[0].endswith(':') else '# '}", text)
