"""A run: its name, and what it calls and how it marks everything that it makes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from scanner.model.late_dataclass import dataclass

PREFIX = "bkpdrill-"
TAG_RUN, TAG_EXPIRES, TAG_OWNER, TAG_TOOL = "bkpdrill:run", "bkpdrill:expires-at", "bkpdrill:owner", "bkpdrill:tool"
TOOL = "backup-drill"
#: Without letters and digits that are mistaken for each other: a run's name is read out and typed.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a drill plan."""

    id: str
    began_at: datetime
    expires_at: datetime
    owner: str

    @classmethod
    def begin(cls, at: datetime, owner: str, keeps: timedelta) -> Run:
        """Begin a run: what it makes may be removed by anybody `keeps` after it began."""
        day = at.astimezone(UTC).strftime("%y%m%d")
        return cls(f"{day}-{''.join(secrets.choice(_LETTERS) for _ in range(6))}", at, at + keeps, owner)

    @property
    def prefix(self) -> str:
        """What every name begins with that the run gives."""
        return f"{PREFIX}{self.id}-"

    def name(self, what: str) -> str:
        """Name something that the run makes, as every service accepts it: letters, digits and single hyphens."""
        kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in what.lower())
        short = "-".join(part for part in kept.split("-") if part)
        return (self.prefix + short)[:60].rstrip("-")

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags of everything that it makes."""
        return {
            TAG_RUN: self.id,
            TAG_EXPIRES: self.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            TAG_OWNER: self.owner,
            TAG_TOOL: TOOL,
        }
