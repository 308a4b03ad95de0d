"""Opinions: a check of checkov's and a verdict of ours on the same resource, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

from scanner.iac.second_opinion.results import FAILED, PASSED, SKIPPED, Results, Row
from scanner.iac.second_opinion.table import BY_ID, Check
from scanner.model.finding import Finding
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Spot
from scanner.model.verdict import Outcome


class Stand(IntEnum):
    """How the two stand to each other, what needs looking at first."""

    THEY_PASS = 0  #: they pass what we fail
    WE_PASS = 1  #: they fail what we pass
    OPEN = 2  #: they decide what we say cannot be decided
    SKIPPED = 3  #: a comment of theirs skips what we fail, or cannot decide
    NOT_DEMANDED = 4  #: they fail what the policy does not demand here
    ONLY_THEIRS = 5  #: none of our verdicts is about it
    ONLY_OURS = 6  #: none of their checks is about it
    AGREE = 7

    @property
    def disagrees(self) -> bool:
        """Whether the two say different things."""
        return self < Stand.ONLY_THEIRS


@dataclass(frozen=True, slots=True)
class Opinion:
    """One pair: what they say and what we say of a resource; one side is missing where only the other speaks."""

    stand: Stand
    address: str
    spot: Spot | None
    rule: str
    check: str = ""
    theirs: str = ""
    #: what their check really tests
    tests: str = ""
    comment: str = ""
    ours: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """All pairs, disagreements first, with where theirs come from and what a reader must know of them."""

    source: str
    version: str
    opinions: tuple[Opinion, ...]
    notes: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def disagreements(self) -> tuple[Opinion, ...]:
        """The pairs that say different things."""
        return tuple(one for one in self.opinions if one.stand.disagrees)


def compare(findings: Iterable[Finding], results: Results) -> SecondOpinion:
    """Hold checkov's rows against our findings: by rule, address and file."""
    ours = _Ours(findings)
    found: list[Opinion] = []
    met: set[str] = set()
    unmapped = 0
    for row in results.rows:
        check = BY_ID.get(row.check)
        if check is None:
            unmapped += 1
            continue
        found.extend(_pairs(row, check, ours, met))
    if not results.trouble:
        asked = {rule for check in BY_ID.values() for rule in check.rules}
        found.extend(_alone(one) for one in ours.failures if one.fingerprint not in met and one.rule.id in asked)
    found.sort(key=lambda one: (one.stand, one.rule, one.address, one.check))
    notes = list(results.notes)
    if not results.rows and not results.trouble:
        notes.append("checkov names no check on any resource: it passes nothing, and fails nothing")
    if unmapped:
        notes.append(f"{unmapped} of {len(results.rows)} results are of checks that bear on no rule of ours")
    return SecondOpinion(results.source, results.version, tuple(found), tuple(notes), results.trouble)


def _pairs(row: Row, check: Check, ours: _Ours, met: set[str]) -> list[Opinion]:
    pairs: list[Opinion] = []
    for rule in check.rules:
        findings = ours.about(rule, row)
        met.update(one.fingerprint for one in findings)
        pairs.extend(_pair(row, check, one) for one in findings)
    if not pairs and row.result != SKIPPED:
        spot = Spot(row.files[0], max(row.line, 1)) if row.files else None
        pairs.append(
            Opinion(
                Stand.ONLY_THEIRS, row.resource, spot, check.rules[0], row.check, row.result, check.tests, row.comment
            )
        )
    return pairs


def _pair(row: Row, check: Check, finding: Finding) -> Opinion:
    block, decided = finding.subject.declaration, finding.decided_at
    assert block is not None
    state = "waived" if finding.outcome is Outcome.FAILED and finding.waiver is not None else finding.outcome.value
    return Opinion(
        _stand(row.result, finding.outcome), block.address, decided.spot if decided is not None else block.spot,
        finding.rule.id, row.check, row.result, check.tests, row.comment, state, finding.verdict.because,
    )  # fmt: skip


def _stand(theirs: str, ours: Outcome) -> Stand:
    if theirs == SKIPPED:
        return Stand.SKIPPED if ours in (Outcome.FAILED, Outcome.UNKNOWN) else Stand.AGREE
    if ours is Outcome.UNKNOWN:
        return Stand.OPEN
    if theirs == PASSED:
        return Stand.THEY_PASS if ours is Outcome.FAILED else Stand.AGREE
    if ours is Outcome.EXEMPT:
        return Stand.NOT_DEMANDED
    return Stand.WE_PASS if theirs == FAILED and ours is Outcome.PASSED else Stand.AGREE


def _alone(finding: Finding) -> Opinion:
    block, decided = finding.subject.declaration, finding.decided_at
    address = block.address if block is not None else finding.subject.id
    return Opinion(
        Stand.ONLY_OURS, address, decided.spot if decided is not None else None, finding.rule.id,
        ours=finding.outcome.value, because=finding.verdict.because,
    )  # fmt: skip


class _Ours:
    """Our findings on code, found by rule and address, or by rule and the place of something they rest on."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.failures: list[Finding] = []
        self._named: dict[tuple[str, str], list[Finding]] = {}
        self._placed: dict[str, list[tuple[Finding, tuple[Spot, ...]]]] = {}
        self._all: dict[str, list[Finding]] = {}
        for one in findings:
            block = one.subject.declaration
            if block is None:
                continue
            if one.outcome is Outcome.FAILED:
                self.failures.append(one)
            self._named.setdefault((one.rule.id, block.address), []).append(one)
            self._all.setdefault(one.rule.id, []).append(one)

    def about(self, rule: str, row: Row) -> Sequence[Finding]:
        """Give the findings of a rule that a row is about."""
        for address in _addresses(row):
            named = self._named.get((rule, address), ())
            if named:
                return _nearest(named, row)
        return self._resting_on(rule, row)

    def _resting_on(self, rule: str, row: Row) -> Sequence[Finding]:
        """Give the findings that read something of the row's block: it settles something of another block."""
        if not row.line:
            return ()
        if rule not in self._placed:
            self._placed[rule] = [(one, tuple(_spots(one))) for one in self._all.get(rule, ())]
        return [
            one
            for one, spots in self._placed[rule]
            if any(row.line <= spot.line <= row.end_line and _alike(spot.file, row) for spot in spots)
        ]


def _spots(finding: Finding) -> Iterable[Spot]:
    own = finding.subject.declaration
    for _, _, reading in finding.reads:
        for one in reading.evidence:
            if one.spot is not None and (own is None or one.spot != own.spot):
                yield one.spot


def _addresses(row: Row) -> Sequence[str]:
    """Give the addresses that a row may mean: Terraform's own, or a template's logical id after its type."""
    if "::" not in row.resource:
        return (row.resource,)
    # `AWS::RDS::DBInstance.Db`; a module's types have more parts (`AWS::RDS::DBInstance::MODULE.Db`).
    return (row.resource.partition(".")[2] or row.resource, row.resource)


def _nearest(findings: Sequence[Finding], row: Row) -> Sequence[Finding]:
    """Choose among blocks of the same address in several roots the one whose file is the row's; all, where none is."""
    if len(findings) == 1 or row.framework == "terraform_plan":
        return findings
    scores: Mapping[int, int] = {place: _likeness(one, row) for place, one in enumerate(findings)}
    best = max(scores.values())
    return [one for place, one in enumerate(findings) if scores[place] == best]


def _likeness(finding: Finding, row: Row) -> int:
    block = finding.subject.declaration
    if block is None or block.spot is None:
        return 0
    same = max((_common(block.spot.file, file) for file in row.files), default=0)
    return 2 * same + (block.spot.line == row.line)


def _common(one: str, other: str) -> int:
    """Count the parts that two paths have in common at their ends."""
    count = 0
    for mine, theirs in zip(reversed(one.split("/")), reversed(other.split("/")), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _alike(file: str, row: Row) -> bool:
    """Say whether a file can be the row's: one path ends with the other."""
    return any(_common(file, other) >= min(file.count("/"), other.count("/")) + 1 for other in row.files)
