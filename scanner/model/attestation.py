"""Attestations: dated statements of named persons, each of a clause that nothing technical can prove; they expire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import date, timedelta
from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class Proof(StrEnum):
    """What became of the evidence that an attestation names."""

    NONE = "none"
    LINK = "link"
    INTACT = "intact"
    ALTERED = "altered"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Attestation:
    """One statement about one clause; it holds from the day it is made to its last day, both included."""

    clause: str
    statement: str
    by: str
    on: date
    until: date
    role: str = ""
    evidence: str = ""
    proof: Proof = Proof.NONE
    #: the ids of the accounts it is about; () for all
    accounts: tuple[str, ...] = ()
    #: the file and the line where it stands
    where: str = field(default="", compare=False)

    def ends(self, every: timedelta | None) -> date:
        """Give the last day on which it counts: its own, or the policy's where that is sooner."""
        return self.on + every if every is not None and self.until - self.on > every else self.until

    def holds(self, today: date, every: timedelta | None) -> bool:
        """Say whether it counts on a day."""
        return self.proof is not Proof.ALTERED and self.on <= today <= self.ends(every)


def current(
    attestations: Iterable[Attestation], account: str, today: date, every: timedelta | None
) -> Attestation | None:
    """Give the attestation that decides for an account: one that holds, else the newest that was made by this day.

    Adding a statement never makes a clause worse, and taking one away never makes it better.
    """
    mine = [one for one in attestations if not one.accounts or account in one.accounts]
    return max(
        mine,
        key=lambda one: (
            one.holds(today, every),
            one.on <= today,
            one.proof is not Proof.ABSENT,
            one.ends(every) if one.holds(today, every) else one.on,
            one.where,
        ),
        default=None,
    )
