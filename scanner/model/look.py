"""Looking at an estate: every read is noted as evidence, and what could not be seen raises.

The joins here are what keeps the product honest: `every` and `where` give what there is and then *raise if there
may be more*; `any_of` and `all_of` are three-valued; `Partial` carries a list that may be incomplete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from scanner.model.amiss import Read, amiss
from scanner.model.arn import Nearby, alike, place_of, same, unsettled
from scanner.model.errors import CouldNotCheck, UndeclaredRead
from scanner.model.estate import Estate, Gap
from scanner.model.fact import Fact
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Evidence, Known, Reading, Reason, Unknown
from scanner.model.resource import Resource

T = TypeVar("T")
R = TypeVar("R", bound=Resource)
_BUCKETS = ":s3:::"


@dataclass(frozen=True, slots=True)
class Partial(Generic[T]):
    """A list of which some may be missing: `known` is certain, `missing` says why there may be more."""

    known: tuple[T, ...]
    missing: Unknown | None = None

    def whole(self) -> tuple[T, ...]:
        """Give the list where it is certainly complete; raise where there may be more."""
        if self.missing is not None:
            raise CouldNotCheck(self.missing)
        return self.known


class Notes:
    """What is being read, and what may be; one for all looks that are used together."""

    __slots__ = ("allowed", "trace")

    def __init__(self) -> None:
        self.trace: list[Read] = []
        self.allowed: frozenset[Fact[Any]] | None = None


class Look:
    """One reader of one estate, for one thread; `trace` holds what has been read since it was last emptied.

    Several accounts are read by a look each (`together`). What one of them refers to in another by its ARN, such as a
    copy's vault, is then looked up there; nothing else of another account is ever seen.
    """

    __slots__ = (
        "_bound", "_by_id", "_gaps", "_index", "_kinds", "_listed", "_memo", "_near", "_needed", "_shared", "estate",
        "notes", "others",
    )  # fmt: skip

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.notes = Notes()
        self.others: tuple[Look, ...] = ()
        self._kinds = estate.kinds
        self._gaps: dict[str, list[Gap]] = {}
        for gap in estate.gaps:
            self._gaps.setdefault(gap.kind, []).append(gap)
        self._listed: dict[str, list[tuple[str, Known[None]]]] = {}
        for (kind, region), evidence in estate.listings.items():
            self._listed.setdefault(kind, []).append((region, Known(None, (evidence,))))
        self._bound: dict[str, tuple[Resource, ...]] = {}
        self._by_id: dict[str, dict[str, Resource]] = {}
        self._index: dict[Fact[Any], tuple[dict[Any, list[Resource]], list[tuple[Resource, Unknown]]]] = {}
        self._near: dict[str | Fact[Any], Nearby] = {}
        self._needed: dict[Fact[Any], frozenset[Fact[Any]]] = {}
        self._memo: dict[tuple[Fact[Any], str], Reading[Any]] = {}
        self._shared: dict[Callable[[Look], Any], tuple[Any, Read]] = {}

    @classmethod
    def together(cls, estates: Iterable[Estate]) -> tuple[Look, ...]:
        """Give a look at each of several accounts; they know of each other."""
        looks = tuple(cls(estate) for estate in estates)
        for look in looks:
            look.notes = looks[0].notes
            look.others = tuple(other for other in looks if other is not look)
        return looks

    @property
    def trace(self) -> list[Read]:
        """What has been read, in order."""
        return self.notes.trace

    @trace.setter
    def trace(self, trace: list[Read]) -> None:
        self.notes.trace = trace

    @property
    def allowed(self) -> frozenset[Fact[Any]] | None:
        """The facts that may be read now; none for all."""
        return self.notes.allowed

    @allowed.setter
    def allowed(self, allowed: frozenset[Fact[Any]] | None) -> None:
        self.notes.allowed = allowed

    # -- facts ---------------------------------------------------------------------------------------------

    def read(self, resource: Resource, fact: Fact[T]) -> T:
        """Give a fact's value and note it as evidence; raise `CouldNotCheck` where it is unknown."""
        notes = self.notes
        if notes.allowed is not None and fact not in notes.allowed:
            raise UndeclaredRead(f"{fact.key} is read but not declared")
        reading = resource.readings.get(fact.name) or self.reading(resource, fact)
        notes.trace.append((resource, fact, reading))
        if type(reading) is Known:
            value: T = reading.value
            return value
        raise CouldNotCheck(reading)  # type: ignore[arg-type]

    def reading(self, resource: Resource, fact: Fact[T]) -> Reading[T]:
        """Give a fact's reading, worked out once where it is derived; nothing is noted."""
        reading = resource.readings.get(fact.name)
        if reading is None:
            if fact.by is None:
                return Unknown(Reason.BEYOND, f"{fact.key} was not collected")
            reading = self._memo.get((fact, resource.id))
            if reading is None:
                reading = self._work_out(resource, fact)
                self._memo[fact, resource.id] = reading
        return reading

    def _work_out(self, resource: Resource, fact: Fact[T]) -> Reading[T]:
        # A fact that comes back to itself (a replica of its own replica) is malformed, not an endless question.
        self._memo[fact, resource.id] = Unknown(Reason.MALFORMED, f"{fact.key} of {resource.id} refers to itself")
        notes = self.notes
        outer, allowed = notes.trace, notes.allowed
        needed = self._needed.get(fact)
        if needed is None:
            needed = self._needed[fact] = frozenset(fact.needs)
        notes.trace, notes.allowed = [], needed
        try:
            value = fact.by(resource, self)  # type: ignore[misc]
        except CouldNotCheck as stop:
            evidence = _evidence(notes.trace, resource) or stop.unknown.evidence
            return Unknown(stop.unknown.reason, stop.unknown.detail, evidence)
        except ValueError as error:
            # As in a converter: what AWS wrote cannot be read.
            return Unknown(Reason.MALFORMED, f"{fact.key}: {error}", _evidence(notes.trace, resource))
        except (TypeError, AttributeError, LookupError, ArithmeticError):
            unusable = amiss(notes.trace)
            if unusable is None:
                raise
            return Unknown(unusable.reason, unusable.detail, _evidence(notes.trace, resource) or unusable.evidence)
        else:
            return Known(value, _evidence(notes.trace, resource))
        finally:
            notes.trace, notes.allowed = outer, allowed

    def once(self, make: Callable[[Look], T]) -> T:
        """Give what many derived facts need and one answer serves: made once, its evidence one entry per call.

        `make` must not raise `CouldNotCheck`: what it could not see belongs into what it makes.
        """
        notes = self.notes
        found = self._shared.get(make)
        if found is None:
            outer, notes.trace = notes.trace, []
            try:
                made = make(self)
                calls = {one.where.partition(" ")[0]: one for one in reversed(_evidence(notes.trace))}
            finally:
                notes.trace = outer
            found = self._shared[make] = (made, (None, None, Known(None, tuple(reversed(calls.values())))))
        notes.trace.append(found[1])
        return found[0]

    # -- resources -----------------------------------------------------------------------------------------

    def found(self, kind: type[R]) -> tuple[R, ...]:
        """Give the resources of a kind that were found, whether or not there may be more."""
        bound = self._bound.get(kind.kind)
        if bound is None:
            bound = tuple(resource.seen_by(self) for resource in self.estate.resources.get(kind.kind, ()))
            self._bound[kind.kind] = bound
        return bound  # type: ignore[return-value]

    def every(self, kind: type[R], *, region: str | None = None) -> Iterator[R]:
        """Yield the resources of a kind, then raise if there may be more."""
        doubt: Unknown | None = None
        for resource in self.found(kind):
            there = True if region is None else alike(resource.region, region)
            if there and resource.doubt is None:
                yield resource
            elif there is not False:
                doubt = resource.doubt or unsettled(resource.region, str(region))
        self._close(kind, region, doubt)

    def sole(self, kind: type[R], *, region: str | None = None) -> R:
        """Give the resource that stands for a whole region, or for the account; raise where none was read.

        There is one at most; of several, which only a malformed estate has, it is the first by its id.
        """
        found = min(self.every(kind, region=region), key=lambda one: one.id, default=None)
        if found is None:
            where = f"region {region}" if region else "the account"
            raise CouldNotCheck(Unknown(Reason.BEYOND, f"{where} was not scanned for the {kind.title}"))
        return found

    def where(self, kind: type[R], fact: Fact[T], value: T, *, region: str | None = None) -> Iterator[R]:
        """Yield the resources whose fact has this value, then raise if there may be more."""
        table, maybe = self._indexed(kind, fact)
        doubt: Unknown | None = None
        for resource in table.get(value, ()):
            there = True if region is None else alike(resource.region, region)
            if there and resource.doubt is None:
                self.trace.append((resource, fact, self.reading(resource, fact)))
                yield resource  # type: ignore[misc]
            elif there is not False:
                doubt = resource.doubt or unsettled(resource.region, str(region))
        for resource, unknown in maybe:
            if region is None or alike(resource.region, region) is not False:
                raise CouldNotCheck(unknown)
        if self.estate.of_code and isinstance(value, str):
            self._close_near(fact, value, table)
        self._close(kind, region, doubt)

    def one(self, kind: type[R], id: str) -> R | None:  # noqa: A002  # the field's own word
        """Give the resource with this id; None where it certainly does not exist; raise where it may.

        An ARN tells where to look: a list that broke off in another region does not matter, and what is in a region
        or an account that was not scanned may exist. What is in another account that was scanned too is given as that
        account's look sees it.
        """
        found = self.found_as(kind, id)
        if found is not None and found.doubt is not None:
            raise CouldNotCheck(found.doubt)
        if found is None:
            region, account = place_of(id)
            for other in self.others:
                # The ARN of a bucket names no account, and no two accounts have the same bucket.
                if account and alike(account, other.estate.account):
                    return other.one(kind, id)
                if not account and (found := other.found_as(kind, id)) is not None:
                    return found  # type: ignore[return-value]
            if self.estate.of_code:
                for look in (self, *self.others):
                    look._close_near(kind.kind, id, (one.id for one in look.found(kind)))  # noqa: SLF001
            if account and not same(account, self.estate.account):
                raise CouldNotCheck(Unknown(Reason.BEYOND, f"{id} belongs to account {account}, not scanned here"))
            self._close(kind, region or None)
            if kind.kind in self.estate.unnamed:
                raise CouldNotCheck(self.estate.unnamed[kind.kind])
            if id.startswith(_BUCKETS, id.find(":", len("arn:"))):
                for other in self.others:
                    other._close(kind, None)  # noqa: SLF001  # it may be any account's
        return found  # type: ignore[return-value]

    def found_as(self, kind: type[Resource], id: str) -> Resource | None:  # noqa: A002  # as above
        """Give the resource with this id among those that were found in this account."""
        table = self._by_id.get(kind.kind)
        if table is None:
            table = self._by_id[kind.kind] = {resource.id: resource for resource in self.found(kind)}
        return table.get(id)

    def _close_near(self, what: str | Fact[Any], text: str, texts: Iterable[Any]) -> None:
        """Raise where one of some texts may be another, though it reads otherwise: code may leave open where it is."""
        near = self._near.get(what)
        if near is None:
            near = self._near[what] = Nearby(one for one in texts if isinstance(one, str))
        for one in near.of(text):
            raise CouldNotCheck(unsettled(one, text))

    def _indexed(
        self, kind: type[R], fact: Fact[Any]
    ) -> tuple[dict[Any, list[Resource]], list[tuple[Resource, Unknown]]]:
        index = self._index.get(fact)
        if index is None:
            table: dict[Any, list[Resource]] = {}
            maybe: list[tuple[Resource, Unknown]] = []
            for resource in self.found(kind):
                reading = self.reading(resource, fact)
                if isinstance(reading, Known):
                    try:
                        table.setdefault(reading.value, []).append(resource)
                    except CouldNotCheck as stop:  # something inside the value is unresolved
                        maybe.append((resource, stop.unknown))
                else:
                    maybe.append((resource, reading))
            index = self._index[fact] = (table, maybe)
        return index

    def gaps_of(self, kind: type[Resource]) -> Sequence[Gap]:
        """Give every place where there may be resources of a kind that were not found."""
        if kind.kind not in self._kinds:
            return (Gap(kind.kind, "", Unknown(Reason.BEYOND, f"{kind.title}: not collected in this estate")),)
        return self._gaps.get(kind.kind, ())

    def gap(self, kind: type[Resource], region: str | None = None) -> Unknown | None:
        """Say why there may be more resources of a kind than were found, if so."""
        estate = self.estate
        for gap in self._gaps.get(kind.kind, ()):
            if region is None or not gap.region or alike(gap.region, region) is not False:
                return gap.unknown
        if kind.kind not in self._kinds:
            return Unknown(Reason.BEYOND, f"{kind.title or kind.kind}: not collected in this estate")
        if region and (kind.kind, "") not in estate.listings and not any(alike(one, region) for one in estate.regions):
            return Unknown(Reason.BEYOND, f"{kind.title or kind.kind}: region {region} was not scanned")
        return None

    def _close(self, kind: type[Resource], region: str | None, doubt: Unknown | None = None) -> None:
        for where, listed in self._listed.get(kind.kind, ()):
            if region is None or not where or alike(where, region):
                self.trace.append((None, None, listed))
        unknown = self.gap(kind, region) or doubt
        if unknown is not None:
            raise CouldNotCheck(unknown)


def _evidence(trace: Sequence[Read], of: Resource | None = None) -> tuple[Evidence, ...]:
    """Give what was read, each place once; of what code declares, what tells of itself comes last."""
    if len(trace) == 1 and len(trace[0][2].evidence) <= 1:
        return trace[0][2].evidence
    every = dict.fromkeys(one for _, _, reading in trace for one in reading.evidence)
    if of is None or of.declaration is None:
        return tuple(every)
    mine = [reading for it, _, reading in trace if it and it.id == of.id]
    if len(mine) == len(trace):
        return tuple(every)
    own = dict.fromkeys(one for reading in mine for one in reading.evidence)
    return (*(one for one in every if one not in own), *own)


@contextmanager
def legible(what: str = "") -> Iterator[None]:
    """Read what AWS wrote; where it cannot be read, the judgement is unknown."""
    try:
        yield
    except ValueError as error:
        raise CouldNotCheck(Unknown(Reason.MALFORMED, f"{what}: {error}" if what else str(error))) from None


def any_of(items: Iterable[T], ask: Callable[[T], bool]) -> bool:
    """True on the first yes; unknown only if nothing said yes and something could not answer."""
    return not all_of(items, lambda one: not ask(one))


def all_of(items: Iterable[T], ask: Callable[[T], bool]) -> bool:
    """False on the first no; unknown only if nothing said no and something could not answer."""
    doubt: CouldNotCheck | None = None
    try:
        for one in items:
            try:
                if not ask(one):
                    return False
            except CouldNotCheck as stop:
                doubt = doubt or stop
    except CouldNotCheck as stop:
        doubt = doubt or stop
    if doubt is not None:
        raise doubt
    return True


def perhaps(ask: Callable[[], Partial[T]]) -> Partial[T]:
    """Give a partial list even where it could not be worked out at all: then nothing of it is known."""
    try:
        return ask()
    except CouldNotCheck as stop:
        return Partial((), stop.unknown)


def those(items: Iterable[T], ask: Callable[[T], bool] = lambda _: True) -> Partial[T]:
    """Give the items that answer yes, and why there may be more."""
    return gathered(items, lambda one: (one,) if ask(one) else ())


def gathered(items: Iterable[T], pick: Callable[[T], Iterable[Any]]) -> Partial[Any]:
    """Give what `pick` takes of each item, and why there may be more."""
    known: list[Any] = []
    missing: Unknown | None = None
    try:
        for one in items:
            try:
                known.extend(pick(one))
            except CouldNotCheck as stop:
                missing = missing or stop.unknown
    except CouldNotCheck as stop:
        missing = missing or stop.unknown
    return Partial(tuple(known), missing)
