"""Findings: a verdict on a resource, with the evidence it rests on and the waiver that covers it, if any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from scanner.model.amiss import Read
from scanner.model.declaration import Declaration
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Evidence, Known, Reason
from scanner.model.rule import Rule
from scanner.model.verdict import Outcome, Verdict
from scanner.model.waiver import Ticket, Waiver


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: a resource, or the gap where resources could not be listed."""

    kind: str
    id: str
    name: str
    account: str
    region: str
    gap: bool = False
    #: it is not in AWS: people declared or wrote it, and it is the same for every account
    declared: bool = False
    #: where code declares it
    declaration: Declaration | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One fact that a verdict rests on: its name, its value in words, and where it was read."""

    fact: str
    value: str
    evidence: tuple[Evidence, ...]
    known: bool = True


@dataclass(slots=True)
class Finding:
    """One verdict on one subject."""

    rule: Rule
    subject: Subject
    verdict: Verdict
    system: str = ""
    tier: str = ""
    waiver: Waiver | None = None
    #: the waiver that covered it until it expired
    lapsed: Waiver | None = None
    reads: Sequence[Read] = ()
    #: where it is worked on; it counts all the same
    ticket: Ticket | None = None
    #: the one clause it is about, where its rule enforces several
    about: tuple[str, ...] = ()
    #: why it is unknown, in a word; none of any other outcome
    reason: Reason | None = None
    _observations: tuple[Observation, ...] | None = None

    @property
    def outcome(self) -> Outcome:
        """The verdict's outcome."""
        return self.verdict.outcome

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses of the policy on which it bears."""
        return self.about or self.rule.enforces

    @property
    def fingerprint(self) -> str:
        """An id that stays the same from scan to scan: rule and subject, never the verdict."""
        subject, block = self.subject, self.subject.declaration
        if block is not None:  # of code, neither the place in the file nor what AWS will call it counts
            text = f"{self.rule.id}\0{block.root}\0{block.moved_from or block.address}\0{subject.kind}"
        else:
            text = f"{self.rule.id}\0{subject.account}\0{subject.region}\0{subject.kind}\0{subject.id}"
        import hashlib  # noqa: PLC0415  # slow to import, and a gate that tells nothing needs none of it

        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def decided_at(self) -> Evidence | None:
        """The place in the code that decided: of the fact that the rule names, or else of the last that was read.

        Facts of its own that are written count; of what is not written anywhere, its block is the place. None of what
        live AWS holds, and of what stands in no file.
        """
        block = self.subject.declaration
        if block is None:
            return None
        named = self.verdict.fact
        last: Evidence | None = None
        decisive: Evidence | None = None
        for resource, fact, reading in self.reads:
            if resource is None or fact is None or resource.id != self.subject.id:
                continue
            # What a fact is made of may stand in other blocks, which settle it but mostly are not at fault.
            beside = self.verdict.beside and fact.name == named
            its = _last(
                (one for one in reading.evidence if fact.by is None or (one.address == block.address) is not beside),
                self.verdict.label if fact.name == named else "",
            )
            last = its or last
            if fact.name == named:
                decisive = its
            elif named in resource.readings and fact.by is not None:  # it may be what this fact is made of
                read = resource.readings[named].evidence
                decisive = _last(one for one in reading.evidence if one in read) or decisive
        if decisive is None and last is None and block.spot is not None:
            return Evidence(block.source, block.spot.said, spot=block.spot)
        return decisive or last

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What the verdict rests on, each reading once, in the order in which it was read."""
        if self._observations is None:
            self._observations = self._observe()
        return self._observations

    def _observe(self) -> tuple[Observation, ...]:
        seen: dict[tuple[str, str], Observation] = {}
        for resource, fact, reading in self.reads:
            if resource is None or fact is None:
                for one in reading.evidence:
                    seen.setdefault(("list", one.where), Observation("list", one.where, (one,)))
                continue
            mine = resource.id == self.subject.id
            name = fact.name if mine else f"{resource.id} {fact.name}"
            known = isinstance(reading, Known)
            value = show(reading.value) if isinstance(reading, Known) else reading.detail
            seen.setdefault((resource.id, fact.name), Observation(name, value, tuple(reading.evidence), known))
        return tuple(seen.values())


def _last(evidence: Iterable[Evidence], label: str = "") -> Evidence | None:
    """Give the last place of some: the one of that label, or one at which an attribute stands, if there is any."""
    placed = [one for one in evidence if one.spot is not None]
    if label and (labelled := [one for one in placed if one.label == label]):
        return labelled[-1]
    return next((one for one in reversed(placed) if one.attribute), placed[-1] if placed else None)


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of one judgement, in a stable order, with what a reader needs to weigh them."""

    at: datetime
    findings: tuple[Finding, ...]
    crashes: tuple[str, ...] = field(default=())

    def count(self) -> Counter[Outcome]:
        """How many findings have each outcome."""
        return Counter(finding.outcome for finding in self.findings)


def show(value: Any, limit: int = 120) -> str:
    """Say a value in words, short."""
    from scanner.model.codec import speak_value  # noqa: PLC0415  # the codec is needed by reports only

    text = speak_value(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
