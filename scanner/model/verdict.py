"""Verdicts: what a rule says of one resource."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol, Self


class Named(Protocol):
    """What has a name: a fact."""

    name: str


class Outcome(StrEnum):
    """The four outcomes, and no fifth."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"


class Severity(StrEnum):
    """How much a failure matters."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Verdict(NamedTuple):  # made once per finding: a frozen dataclass takes three times as long
    """An outcome and because: what was observed first, what is demanded second."""

    outcome: Outcome
    observed: str
    demanded: str = ""
    #: the name of the fact that decided, where it is not the last that was read of the resource
    fact: str = ""
    #: what decided stands with another resource, of which that fact is made
    beside: bool = False
    #: the part of that fact which decided, where it has several
    label: str = ""

    @classmethod
    def when(cls, kept: bool, observed: str, demanded: str = "") -> Self:  # noqa: FBT001  # reads as a sentence
        """Pass when the promise is kept, fail otherwise."""
        return cls(Outcome.PASSED if kept else Outcome.FAILED, observed, demanded)

    @classmethod
    def passed(cls, observed: str, demanded: str = "") -> Self:
        """The promise is kept."""
        return cls(Outcome.PASSED, observed, demanded)

    @classmethod
    def failed(cls, observed: str, demanded: str = "") -> Self:
        """The promise is broken."""
        return cls(Outcome.FAILED, observed, demanded)

    @classmethod
    def exempt(cls, because: str) -> Self:
        """The promise does not concern this resource."""
        return cls(Outcome.EXEMPT, because)

    def by(self, fact: Named, *, beside: bool = False, label: str = "") -> Self:
        """Say which fact of the resource decided: a finding about code points at the place where that is written."""
        return self._replace(fact=fact.name, beside=beside, label=label)

    @property
    def because(self) -> str:
        """The reason in one sentence: `kept 7 days, policy demands 30 days`."""
        return f"{self.observed}, policy demands {self.demanded}" if self.demanded else self.observed
