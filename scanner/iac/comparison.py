"""Comparing two judgements of code: what a change added, what it made worse, and what it mended.

A finding is the same one before and after by its rule, root, address and kind, never by lines; what was moved or
renamed keeps what it was, also where Terraform moves it by itself: to or from the first instance, when `count` comes
or goes. What was observed is held against it, so that a failure that gets worse is not hidden by the
one that was there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from scanner.iac.block import Code
from scanner.model.finding import Finding
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Reason, Source
from scanner.model.verdict import Outcome
from scanner.resources.code import CodePart

ADDED, WORSENED, UNCHANGED = "added", "worsened", "unchanged"
_GRAVEST = (ADDED, WORSENED, UNCHANGED)
_AMOUNT = re.compile(r"-?\d+(?:\.\d+)?")
#: a line of a file, which is no part of what is observed there
_LINE = re.compile(r"(\.(?:tf|tofu|tfvars|json|ya?ml|template|tfstate)):\d+(?::\d+)?")
#: a step of an address to the first instance, or a key, in which there is none
_FIRST = re.compile(r'("(?:[^"\\]|\\.)*")|\[0\]')
_BETWEEN = re.compile(r", | and |; ")
_Key = tuple[str, ...]
_NO_MOVES: Mapping[tuple[str, str], str] = {}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change did: by fingerprint to what is there now, and the failures that are there no more."""

    changes: Mapping[str, str]
    mended: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """What was looked at now: what lies outside of it, or is hidden there, was not mended by being out of sight."""

    rules: Collection[str]
    roots: Collection[str]
    #: roots of which something could not be read
    hidden: Collection[str] = ()

    @classmethod
    def of(cls, codes: Collection[Code], rules: Collection[str], before: Collection[Code] = ()) -> Sight:
        """Give what was looked at by these rules: the roots of now, and those before that are there no more."""
        roots = {one.root for one in (*before, *codes)}
        return cls(rules, roots, {one.root for one in codes if one.problems})

    def shows(self, finding: Finding) -> bool:
        """Say whether a finding would be there now if the failure still were."""
        block = finding.subject.declaration
        return finding.rule.id in self.rules and (
            block is None or (block.root in self.roots and block.root not in self.hidden)
        )


def moves_in(codes: Iterable[Code]) -> Mapping[tuple[str, str], str]:
    """Give, by root and address, the address that each moved block had before."""
    return {(code.root, new): old for code in codes for new, old in code.moved.items()}


def compare(
    before: Iterable[Finding],
    after: Iterable[Finding],
    sight: Sight | None = None,
    moves: Mapping[tuple[str, str], str] = _NO_MOVES,
    unasked: Iterable[Finding] = (),
) -> Comparison:
    """Compare the findings on two states of the same code; `moves` are those of the state of now.

    What is `unasked` only a running account tells now: it is no failure of the code, and not mended either.
    """
    old: dict[_Key, list[Finding]] = {}
    for one in before:
        old.setdefault(_key(one), []).append(one)
    said = {(root, address) for (root, _), address in moves.items()}
    counted = {_counted(key): key for key, some in old.items() if _moves_itself(some[0], said)}
    changes: dict[str, str] = {}
    kept: set[int] = set()
    for one in after:
        keys = (*_names(one, moves), counted.get(_counted(_key(one)), ()))
        was = next((some.pop(0) for key in keys if (some := old.get(key))), None)
        if one.outcome not in (Outcome.FAILED, Outcome.UNKNOWN):
            if was is not None and was.outcome is Outcome.FAILED:
                kept.add(id(was))
                old.setdefault(("mended", *_key(was)), []).append(was)
            continue
        change = _change(was, one)
        changes[one.fingerprint] = min(change, changes.get(one.fingerprint, change), key=_GRAVEST.index)
    for one in unasked:
        for key in _names(one, moves):
            old.pop(key, None)
    left = [one for some in old.values() for one in some if one.outcome is Outcome.FAILED]
    mended = tuple(one for one in left if id(one) in kept or sight is None or sight.shows(one))
    return Comparison(changes, mended)


def _key(one: Finding, address: str = "") -> _Key:
    subject, block = one.subject, one.subject.declaration
    if block is None:
        return (one.rule.id, subject.account, subject.region, subject.kind, subject.id)
    if subject.kind == CodePart.kind:  # what cannot be read has no address of its own
        return (one.rule.id, block.root, subject.kind, _settled(subject.id), _settled(one.verdict.observed))
    return (one.rule.id, block.root, subject.kind, address or block.address)


def _names(one: Finding, moves: Mapping[tuple[str, str], str]) -> Iterator[_Key]:
    """Give the keys a finding may have had before: its own, and those of the addresses that it was moved from."""
    yield _key(one)
    block = one.subject.declaration
    if block is None:
        return
    here, seen = block.address, {block.address}
    while (here := moves.get((block.root, here), "")) and here not in seen:
        seen.add(here)
        yield _key(one, here)


def _moves_itself(one: Finding, said: Collection[tuple[str, str]]) -> bool:
    """Say whether Terraform may move a block by itself: it does not where a `moved` block says otherwise."""
    block = one.subject.declaration
    return block is not None and block.source is Source.TERRAFORM and (block.root, block.address) not in said


def _counted(key: _Key) -> _Key:
    """Give a key that is the same with `count` and without, for the first instance."""
    return (*key[:-1], _FIRST.sub(lambda found: found[1] or "", key[-1]))


def _change(old: Finding | None, new: Finding) -> str:
    if old is None:
        return ADDED
    if new.outcome is Outcome.UNKNOWN:
        if old.outcome is Outcome.UNKNOWN:
            # What lay open for a reason of its own, and now only because there may be more code, is no better. The
            # other way round, the code hides what it did not.
            return ADDED if old.reason is Reason.OPEN and new.reason is not Reason.OPEN else UNCHANGED
        # What is put where nobody can see it is no improvement, whatever it was.
        return ADDED if old.outcome is Outcome.EXEMPT else WORSENED
    if old.outcome is not Outcome.FAILED:
        return ADDED
    if old.waiver is not None and new.waiver is None:
        return WORSENED
    return WORSENED if _worse(old, new) else UNCHANGED


def counts(change: str, reason: Reason | None) -> bool:
    """Say whether a failure or an unknown counts against a change.

    That the code may not be all there is is nobody's fault, unless the change took away what was there to see.
    """
    return change == WORSENED or (change == ADDED and reason is not Reason.OPEN)


def _settled(text: str) -> str:
    return _LINE.sub(r"\1", text)


def _worse(old: Finding, new: Finding) -> bool:
    """Say whether what is observed got worse: anything that changed, unless it came nearer to what is demanded."""
    was, now = _settled(old.verdict.observed), _settled(new.verdict.observed)
    if was == now:
        return False
    some, fewer = Counter(_BETWEEN.split(was)), Counter(_BETWEEN.split(now))
    if fewer < some:
        return False  # some of what was amiss is not any more
    if _AMOUNT.sub("#", was) != _AMOUNT.sub("#", now):
        return True
    wanted = [float(one) for one in _AMOUNT.findall(new.verdict.demanded)]
    pairs = [
        (float(one), float(other))
        for one, other in zip(_AMOUNT.findall(was), _AMOUNT.findall(now), strict=True)
        if one != other
    ]
    if len(wanted) != 1 or len(pairs) != 1 or _units(new.verdict.demanded) != _units(now):
        return True
    (before, after), goal = pairs[0], wanted[0]
    return abs(after - goal) >= abs(before - goal) or (before < goal) != (after < goal)


def _units(text: str) -> list[str]:
    """Give the words after the amounts of a text: only days can be held against days."""
    return [word.rstrip("s") for word in re.findall(r"\d\s+([a-z]+)", text)]


def moved_roots(before: Iterable[Code], after: Iterable[Code], renamed: Mapping[str, str]) -> Mapping[str, str]:
    """Give the new names of roots that were renamed: by the old name, as most of their files were."""
    old, new = {one.root: one for one in before}, {one.root: one for one in after}
    owners = {file: root for root, one in old.items() if root not in new for file in one.files}
    found: dict[str, str] = {}
    for root, one in new.items():
        if root in old:
            continue
        votes = Counter(owners[was] for file in one.files if (was := renamed.get(file, "")) in owners)
        for was, _ in votes.most_common(1):
            found.setdefault(was, root)
    return found
