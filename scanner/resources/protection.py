"""Protection: which plans select a data store, and which backups of it exist. The joins of the main question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived
from scanner.model.late_dataclass import dataclass
from scanner.model.logic import either, jointly
from scanner.model.look import Look, Partial, all_of, any_of, gathered
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.rule import concrete
from scanner.model.unresolved import Unresolved
from scanner.resources.aws_backup.history import (
    Copied,
    Keeping,
    Run,
    Sized,
    copies,
    copies_needs,
    keepings,
    keepings_needs,
    runs,
    runs_needs,
    sizes,
    sizes_needs,
)  # fmt: skip
from scanner.resources.aws_backup.plans import Plan, PlanRule, Selection, names
from scanner.resources.aws_backup.rhythm import often_enough, schedule_of
from scanner.resources.aws_backup.settings import Settings
from scanner.resources.store import Backup, DataStore

#: Kinds that AWS Backup leaves out unless the region is opted in, even where an ARN names them: Aurora, Neptune and
#: DocumentDB (developer guide, "Assigning resources"), FSx (the same guide, "Shared resource types").
_ALWAYS_OPT_IN = frozenset({"Aurora", "Neptune", "DocumentDB", "FSx"})


@dataclass(frozen=True, slots=True)
class Cover:
    """One plan rule that applies to a data store, and the role that makes the backups."""

    plan: str
    plan_name: str
    rule: PlanRule
    role: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """One backup of a data store that exists."""

    id: str
    kind: str
    region: str
    account: str
    made_at: datetime
    usable: bool
    copy: bool = False
    continuous: bool = False
    #: how far back from now a continuous one restores
    reach: timedelta | None = None


def picks(selection: Selection, store: DataStore) -> bool:
    """Say whether a selection picks a store, by AWS's rule; raise where its tags decide and are unknown.

    (Resources or ListOfTags) and Conditions and not NotResources; a selection with neither Resources nor ListOfTags
    picks nothing. Patterns are ARNs with `*`. Source: AWS Backup developer guide, "Assigning resources".
    """
    try:
        return _picks(selection, store)
    except CouldNotCheck:
        # Part of it is open; what is not may decide all the same.
        return jointly(
            lambda: not any_of(selection.not_resources, lambda pattern: names(pattern, store)),
            lambda: either(lambda: _named(selection, store), lambda: _tagged(selection, store)),
            lambda: all_of(selection.conditions, lambda one: one.holds(store.tags)),
        )


def _picks(selection: Selection, store: DataStore) -> bool:
    if any(names(pattern, store) for pattern in selection.not_resources):
        return False
    if not any(names(pattern, store) for pattern in selection.resources):
        tags = selection.any_tags
        if not tags or not any(one.holds(store.tags) for one in tags):
            return False
    return not selection.conditions or all(one.holds(store.tags) for one in selection.conditions)


def _named(selection: Selection, store: DataStore) -> bool:
    return any_of(selection.resources, lambda pattern: names(pattern, store))


def _tagged(selection: Selection, store: DataStore) -> bool:
    return any_of(selection.any_tags, lambda one: one.holds(store.tags))


def explicit(selection: Selection, store: DataStore) -> bool:
    """Say whether a selection names the store or its kind by ARN, not by `*`, its service or tags alone."""
    # "arn:aws:ec2:*" names a service only (developer guide, "Filter by services or resource types").
    return any_of(
        selection.resources,
        lambda pattern: pattern.count(":") >= 5 and pattern.split(":", 5)[5] != "*" and names(pattern, store),
    )


def covers(store: DataStore, look: Look) -> Partial[Cover]:
    """Give the plan rules that apply to a store, and why there may be more: selected, and the region opted in."""

    def rules_of(selection: Selection) -> Iterable[Cover]:
        if not picks(selection, store) or not admitted(selection, store, look):
            return ()
        plan = look.one(Plan, selection.plan_id)
        if plan is None and selection.declaration is not None:
            said = f"{selection.declaration.address} is part of a backup plan that is not in the code"
            raise CouldNotCheck(Unknown(Reason.OPEN, said))
        if plan is None:
            return ()
        role = selection.role if selection.declaration is None else _role(selection)
        return tuple(Cover(plan.id, plan.name, rule, role) for rule in plan.rules)

    return gathered(look.every(Selection, region=store.region), rules_of)


def _role(selection: Selection) -> str:
    """Give the role of a selection; one that code leaves open hides nothing but itself."""
    try:
        return selection.role
    except CouldNotCheck as stop:
        return Unresolved(stop.unknown.detail, reason=stop.unknown.reason)  # type: ignore[return-value]


def admitted(selection: Selection, store: DataStore, look: Look) -> bool:
    """Say whether the region's opt-in lets this selection take this store.

    A kind that is named by ARN is taken whatever the opt-in says, except Aurora, Neptune and DocumentDB; a kind that
    the settings do not name is not held back.
    """
    kind = store.backed_up_as
    return either(
        lambda: kind not in _ALWAYS_OPT_IN and explicit(selection, store),
        lambda: look.sole(Settings, region=store.region).takes(kind),
    )


def cover_needs(kind: type[DataStore]) -> list[Fact[Any]]:
    """Name the facts that `covers` reads."""
    return [
        kind.tags, kind.backed_up_as, Plan.rules, Settings.opted_in, Selection.resources, Selection.not_resources, Selection.any_tags,
        Selection.conditions, Selection.role,
    ]  # fmt: skip


def backup_kinds(kind: type[Resource]) -> tuple[type[Backup], ...]:
    """Give the kinds of backup that a kind of store can have."""
    return _backup_kinds(kind.kind)


@cache
def _backup_kinds(kind: str) -> tuple[type[Backup], ...]:
    return tuple(
        one for one in concrete(Backup) if issubclass(one, Backup) and (not one.made_of or kind in one.made_of)
    )


def backups(store: DataStore, look: Look, tied_by: Mapping[type[Backup], Fact[str]] | None = None) -> Partial[Made]:
    """Give every backup of a store that exists, in all scanned regions, oldest first, and why there may be more.

    `tied_by` names, for some kinds of backup, another fact than `source` that ties a backup to its store.
    """
    known: dict[str, Made] = {}
    missing = None
    for kind in backup_kinds(type(store)):
        found = gathered(look.where(kind, (tied_by or {}).get(kind, kind.source), store.id), _made)
        known.update({one.id: one for one in found.known})
        missing = missing or found.missing
    return Partial(tuple(sorted(known.values(), key=lambda one: (one.made_at, one.id))), missing)


def _made(backup: Backup) -> Iterator[Made]:
    yield Made(
        backup.id, backup.kind, backup.region, backup.account, backup.made_at, backup.usable,
        backup.copied_from is not None, backup.continuous, backup.reach,
    )  # fmt: skip


def backups_needs(kind: type[DataStore], tied_by: Mapping[type[Backup], Fact[str]] | None = None) -> list[Fact[Any]]:
    """Name the facts that `backups` reads."""
    return [
        fact
        for one in backup_kinds(kind)
        for fact in (
            (tied_by or {}).get(one, one.source), one.made_at, one.usable, one.copied_from, one.continuous, one.reach,
        )
    ]  # fmt: skip


def lasting(covers: Iterable[Cover], wanted: timedelta, every: timedelta, at: datetime) -> tuple[Cover, ...]:
    """Give the plan rules that keep as long as wanted, here or as copies, if together they run often enough.

    One that runs seldom and keeps for years leaves most days of the last month without a backup.
    """
    found: list[Cover] = []
    doubt: CouldNotCheck | None = None
    for cover in covers:
        try:
            if cover.rule.longest is None or cover.rule.longest >= wanted:
                schedule_of(cover.rule)
                found.append(cover)
        except CouldNotCheck as stop:
            doubt = doubt or stop
    if found and often_enough([cover.rule for cover in found], every, at):
        return tuple(found)
    if doubt is not None:
        raise doubt
    return ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A place other than its own where AWS keeps a live copy or copied backups of a store, and by what means.

    `sound` where it can stand in for the store: it is whole, and kept up to date. A region that is not known is "".
    """

    region: str
    account: str
    how: str
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of time to any moment of which a store can be restored."""

    earliest: datetime
    latest: datetime


class Recoverable(DataStore):
    """A data store that AWS can back up. Abstract."""

    plans: Fact[Partial[Cover]] = derived("The AWS Backup plan rules that select it.", needs=cover_needs, by=covers)
    made: Fact[Partial[Made]] = derived("The backups of it that exist.", needs=backups_needs, by=backups)
    runs: Fact[Partial[Run]] = derived("The backup jobs of it that completed.", needs=runs_needs, by=runs)
    sizes: Fact[Partial[Sized]] = derived("How large its backups were.", needs=sizes_needs, by=sizes)
    copied: Fact[Partial[Copied]] = derived(
        "The copies of its backups that arrived where the scan does not look.", needs=copies_needs, by=copies
    )
    kept_in: Fact[Partial[Keeping]] = derived(
        "The backup vaults in which it has recovery points, and their locks.", needs=keepings_needs, by=keepings
    )
    # A kind without backups or replication of its own keeps these six defaults.
    piecewise: Fact[str | None] = derived(
        "Why the backups of its parts are judged and not its own; none where it is taken as a whole.",
        needs=lambda _: (), by=lambda *_: None,
    )  # fmt: skip
    backed_up_with: Fact[str | None] = derived(
        "The id of the resource that its backups belong to: the cluster of a member; none for itself.",
        needs=lambda _: (), by=lambda *_: None,
    )  # fmt: skip
    restorable: Fact[Span | None] = derived(
        "The span to any moment of which its own continuous backups restore it; none where it has none.",
        needs=lambda _: (), by=lambda *_: None,
    )  # fmt: skip
    native: Fact[bool] = derived(
        "It keeps backups of its own, without AWS Backup.", needs=lambda _: (), by=lambda *_: False
    )
    native_loss: Fact[timedelta | None] = derived(
        "The most data that its own backups can lose, as AWS documents it; none where it has no backups of its own.",
        needs=lambda _: (), by=lambda *_: None,
    )  # fmt: skip
    elsewhere: Fact[Partial[Elsewhere]] = derived(
        "Where the service itself keeps a copy of it in another region or account: replicas, replicated backups.",
        needs=lambda _: (), by=lambda *_: Partial(()),
    )  # fmt: skip
