"""The table of prices and durations: dated, each with its source; what is not in it is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from scanner.documents.errors import DocumentError, Problem
from scanner.documents.schema import nearest, violations
from scanner.documents.yaml_file import Document, load_yaml
from scanner.model.duration import parse_duration
from scanner.model.late_dataclass import dataclass

PRICES = Path(__file__).with_name("prices.yaml")
SCHEMA = "drill-prices"


@dataclass(frozen=True, slots=True)
class Price:
    """What one thing costs while it lives, in US dollars."""

    kind: str
    hour: float
    per_gb: float = 0
    #: "" for every region, and for things without classes
    region: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class Prices:
    """The table."""

    as_of: date
    prices: tuple[Price, ...]
    #: by what it is on, and of what: an operation, or a drill
    durations: dict[tuple[str, str], timedelta]
    file: str

    def of(self, kind: str, region: str, size: str) -> Price | None:
        """Give the price of a thing; None where the table has none."""
        for one in self.prices:
            if one.kind == kind and one.region in ("", region) and one.size in ("", size):
                return one
        return None


def load_prices(path: Path | None = None) -> Prices:
    """Read a table; raise `DocumentError` with all that is wrong."""
    document = load_yaml(path or PRICES)
    problems = [problem for some in violations(document, SCHEMA).values() for problem in some]
    problems = problems or [*_unsound(document)]
    if problems:
        raise DocumentError.of(document.file, problems)
    data = document.data
    return Prices(
        date.fromisoformat(data["as_of"]),
        tuple(
            Price(one["kind"], one["hour"], one.get("per_gb", 0), one.get("region", ""), one.get("class", ""))
            for one in data["prices"]
        ),
        {(one["on"], one["of"]): parse_duration(one["usual"]) for one in data["durations"]},
        document.file,
    )


def _unsound(document: Document) -> Iterator[Problem]:
    data: Any = document.data
    try:
        date.fromisoformat(data["as_of"])
    except ValueError:
        yield document.problem(("as_of",), f"found {data['as_of']!r}", "expected a day that exists")
    for part in ("prices", "durations"):
        for index, one in enumerate(data[part]):
            if one["source"] not in data["sources"]:
                message = f"found unknown source {one['source']!r}"
                yield document.problem((part, index, "source"), message, nearest(one["source"], data["sources"]))
