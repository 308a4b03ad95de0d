"""Mending: of all that failed in a root, what can be mended for certain, and by which edits.

What is chosen is proven together: all rules are asked again about the estate as it would be, every finding that is to
be mended passes, and nothing that passed does not any more. A block of which a failure is waived is left as it is in
that place, and so is one whose instances, or whose rules, would need different values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.iac.block import ABSENT, Block, Code
from scanner.iac.fixes.edit import Edit
from scanner.iac.fixes.places import Place
from scanner.iac.fixes.proposal import Case, Change, Origin, Origins, Proposal, changed
from scanner.iac.form import Form
from scanner.iac.satellites import Satellites
from scanner.iac.surroundings import Surroundings
from scanner.model.estate import Estate
from scanner.model.finding import Finding, Findings
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Source
from scanner.model.resource import Resource
from scanner.model.verdict import Outcome
from scanner.objectives import Objectives

Key = tuple[str, int, str]
#: Forms of code that are written by hand.
_EDITED = ("hcl", "template")
_ROUNDS = 4
#: What a verdict must not become. What a rule had nothing to say of may well be unknown afterwards: a backup that was
#: not taken could not be late.
_WORSE = {Outcome.PASSED: (Outcome.FAILED, Outcome.UNKNOWN), Outcome.EXEMPT: (Outcome.FAILED,)}


def mend(
    findings: Sequence[Finding],
    estates: Sequence[Estate],
    codes: Sequence[Code],
    origins: Mapping[tuple[str, str], tuple[Form, Block]],
    objectives_of: Callable[[Estate], Objectives],
    judge: Callable[[Sequence[Estate]], Findings],
    text_of: Callable[[str], str | None],
    *,
    whole: bool,
) -> Mapping[str, tuple[Edit, ...]]:
    """Give, by fingerprint, the edits that mend the failures of some roots that were judged together."""
    edited = {one.root for one in codes if one.form in _EDITED}
    failed = [
        one
        for one in findings
        if one.outcome is Outcome.FAILED
        and one.subject.declaration is not None
        and one.subject.declaration.root in edited
    ]
    known: dict[tuple[str, str], Origin] = {}
    for estate in estates:
        known.update(_origins(estate, codes, origins, whole=whole))
    cases = [case for estate in estates for case in _cases(failed, estate, known, objectives_of)]
    return _Choice(cases, known, judge, estates, findings, text_of).chosen()


def _origins(
    estate: Estate, codes: Sequence[Code], origins: Mapping[tuple[str, str], tuple[Form, Block]], *, whole: bool
) -> Iterator[tuple[tuple[str, str], Origin]]:  # fmt: skip
    blocks = [one for code in codes for one in code.blocks if one.account == str(estate.account)]
    satellites = Satellites(blocks, Surroundings(codes, whole=whole))
    for kind, found in estate.resources.items():
        for one in found:
            origin = origins.get((kind, one.id))
            if origin is not None and not origin[0].each:
                yield (kind, one.id), Origin(*origin, satellites)


def _cases(
    findings: Iterable[Finding], estate: Estate, origins: Origins, objectives_of: Callable[[Estate], Objectives]
) -> Iterator[Case]:
    mine = [one for one in findings if one.subject.account == str(estate.account)]
    if not mine:
        return
    objectives = objectives_of(estate)
    rows: dict[tuple[str, str], tuple[Resource, Objective]] = {}
    for found in estate.resources.values():
        for one in found[:1]:
            rows.update({(one.kind, each.id): (each, goal) for each, _, goal in objectives.rows(type(one))})
    for finding in mine:
        key = (finding.subject.kind, finding.subject.id)
        if key in rows and key in origins:
            yield Case(finding, *rows[key], objectives.look, origins)


class _Choice:
    """What is chosen among the proposals of all cases."""

    def __init__(
        self, cases: Sequence[Case], origins: Origins, judge: Callable[[Sequence[Estate]], Findings],
        estates: Sequence[Estate], findings: Sequence[Finding], text_of: Callable[[str], str | None],
    ) -> None:  # fmt: skip
        self._cases = cases
        self._origins = origins
        self._judge = judge
        self._estates = estates
        self._text_of = text_of
        self._was = {_name(one): one.outcome for one in findings}
        self._proposals = {_name(one.finding): one.proposals() for one in cases}
        self._barred: set[Key] = set()
        self._made: dict[tuple[Key, str], Edit | None] = {}

    def chosen(self) -> dict[str, tuple[Edit, ...]]:
        """Choose, and prove what was chosen; what makes something worse is left out, and the rest proven again."""
        self._barred.update(
            change.place.key
            for case in self._cases
            if case.finding.waiver is not None
            for proposal in self._proposals[_name(case.finding)]
            for change in proposal
        )
        for _ in range(_ROUNDS):
            values = self._values()
            if not values:
                return {}
            wrong = self._wrong(values)
            if not wrong:
                return self._edits(values)
            self._barred |= wrong
        return {}

    def _open(self, case: Case) -> list[Proposal]:
        if case.finding.waiver is not None:
            return []
        return [
            one
            for one in self._proposals[_name(case.finding)]
            if not any(change.place.key in self._barred for change in one)
        ]

    def _values(self) -> dict[Key, Change]:
        """Give each place the value that suits all that fail there; none where there is no such value."""
        wanted: dict[Key, list[list[Change]]] = {}
        for case in self._cases:
            by_place: dict[Key, list[Change]] = {}
            proposals = self._open(case)
            # Only the places of the first proposal: the others would mend the same.
            first = {change.place.key for one in proposals[:1] for change in one}
            for proposal in proposals:
                if {change.place.key for change in proposal} == first:
                    for change in proposal:
                        by_place.setdefault(change.place.key, []).append(change)
            for key, changes in by_place.items():
                wanted.setdefault(key, []).append(changes)
        found: dict[Key, Change] = {}
        for key, lists in wanted.items():
            suits = [one for one in lists[0] if all(any(one.same(other) for other in some) for some in lists[1:])]
            if suits:
                found[key] = suits[0]
        found = {key: change for key, change in found.items() if self._edit(change) is not None}
        _alone(found)
        # Half of a pair mends nothing.
        mending = [self._mending(case, found) for case in self._cases]
        used = {change.place.key for one in mending if one is not None for change in one}
        return {key: change for key, change in found.items() if key in used}

    def _mending(self, case: Case, values: Mapping[Key, Change]) -> Proposal | None:
        """Give the proposal of a case whose changes were all chosen."""
        for one in self._open(case):
            if all(each.place.key in values and values[each.place.key].same(each) for each in one):
                return one
        return None

    def _wrong(self, values: Mapping[Key, Change]) -> set[Key]:
        """Judge all of it with the chosen values; give the places where that does not come out as it should."""
        changes = self._spread(values)
        judged = self._judge([changed(estate, changes, self._origins) for estate in self._estates])
        now = {_name(one): one for one in judged.findings}
        wrong: set[Key] = set()
        for case in self._cases:
            proposal = self._mending(case, values)
            if proposal is not None and not _mended(now.get(_name(case.finding))):
                wrong |= {one.place.key for one in proposal}
        for name, outcome in self._was.items():
            came = now.get(name)
            if came is not None and came.outcome in _WORSE.get(outcome, ()):
                mine = {one.place.key for one in changes.get((name[1], name[2]), ())}
                # Where it has no change of its own, any of them may be what makes it worse.
                wrong |= mine or set(values)
        return wrong

    def _spread(self, values: Mapping[Key, Change]) -> dict[tuple[str, str], list[Change]]:
        """Give the changes by resource: what is changed in a block is changed for all that is made of it."""
        owners: dict[tuple[str, str], list[Change]] = {}
        places: dict[tuple[str, int], list[Change]] = {}
        for (file, line, _), change in values.items():
            if change.place.own:
                places.setdefault((file, line), []).append(change)
        for key, origin in self._origins.items():
            spot = origin.block.spot
            mine = places.get((spot.file, spot.line), []) if spot is not None else []
            if mine:
                owners[key] = list(mine)
        for case in self._cases:
            for change in self._mending(case, values) or ():
                if not change.place.own:
                    owners.setdefault(case.key, []).append(change)
        return owners

    def _edits(self, values: Mapping[Key, Change]) -> dict[str, tuple[Edit, ...]]:
        found: dict[str, tuple[Edit, ...]] = {}
        for case in self._cases:
            proposal = self._mending(case, values)
            if proposal is not None:
                edits = [self._edit(one) for one in proposal]
                found[case.finding.fingerprint] = tuple(one for one in edits if one is not None)
        return found

    def _edit(self, change: Change) -> Edit | None:
        key = (change.place.key, repr(change.written))
        if key not in self._made:
            self._made[key] = edit_of(change.place, change.written, self._text_of)
        return self._made[key]


def _alone(found: dict[Key, Change]) -> None:
    """Leave one change for each nested block that would have to be made: two would make it twice."""
    made: set[tuple[str, int, str]] = set()
    for key in sorted(found):
        file, line, path = key
        outer, block = path.partition(".")[0], found[key].place.block
        bare = block.source is Source.CLOUDFORMATION and not block.values  # `Properties` itself would have to be made
        if bare:
            outer = ""
        if bare or (outer != path and block.find(outer).value is ABSENT):
            if (file, line, outer) in made:
                del found[key]
            made.add((file, line, outer))


def _name(one: Finding) -> tuple[str, str, str, str]:
    return (one.rule.id, one.subject.kind, one.subject.id, one.subject.account)


def _mended(came: Finding | None) -> bool:
    """Say whether a finding came out as it should: it passes, or nothing is left of it that code could answer."""
    return came is not None and (came.outcome is Outcome.PASSED or came.reason is Reason.RUNTIME)


def edit_of(place: Place, value: Any, text_of: Callable[[str], str | None]) -> Edit | None:
    """Give the edit that writes a value in its place; None where that is not certain."""
    spot = place.block.spot
    text = text_of(spot.file) if spot is not None else None
    if spot is None or text is None or value is None:
        return None
    if place.block.source is Source.TERRAFORM:
        if not spot.file.endswith((".tf", ".tofu")):
            return None
        from scanner.iac.fixes.hcl import edit_hcl  # noqa: PLC0415  # what the code is not written in is not needed

        return edit_hcl(text, spot, place.origin.path, value, place.spot)
    from scanner.iac.fixes.template import edit_yaml  # noqa: PLC0415  # as above

    return edit_yaml(text, spot, place.block.address.rpartition("/")[2], place.origin.path, value)
