"""Readings: what a source said about one fact, or why it could not say it.

A value that could not be read is a value too: `Unknown`, with its reason. Nothing in the house may turn
an `Unknown` into "passed", "failed" or silence.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from scanner.model.late_dataclass import dataclass

T = TypeVar("T")


class Source(StrEnum):
    """Where readings come from."""

    LIVE = "live"
    TERRAFORM = "terraform"
    CLOUDFORMATION = "cloudformation"
    DRILL = "drill"
    DECLARED = "declared"


class Reason(StrEnum):
    """Why a fact could not be read."""

    DENIED = "denied"
    THROTTLED = "throttled"
    FAILED = "failed"
    UNSUPPORTED = "unsupported"
    UNRESOLVED = "unresolved"
    MALFORMED = "malformed"
    MISSING = "missing"
    BEYOND = "beyond"
    RULE_FAILED = "rule-failed"
    #: code never holds it: only a running account tells
    RUNTIME = "runtime"
    #: there may be more of it than the code that was given
    OPEN = "open-world"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file, counted from 1; the end is one past the last column, 0 where only the beginning is known."""

    file: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    @property
    def said(self) -> str:
        """The place as people write it: `main.tf:12`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where and when a reading was taken: an API call and its instant, or a file and its line.

    Of code, `spot` is the exact place and `attribute` the path of what stands there; of an attribute that is not
    set, the place of its block. `address` is that of the block of which it tells something, which is no part of what
    tells evidence apart: the instances of one block are read at one place. `label` names the part of the reading that
    stands there, where it has several parts.
    """

    source: Source
    where: str
    taken_at: datetime | None = None
    request_id: str = ""
    spot: Spot | None = None
    attribute: str = ""
    address: str = field(default="", compare=False)
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value that a source gave, with the evidence for it."""

    value: T
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that no source could give, with the reason in a word and in a sentence."""

    reason: Reason
    detail: str
    evidence: tuple[Evidence, ...] = ()


Reading = Known[T] | Unknown
