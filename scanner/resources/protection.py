"""Protection: which plans select a data store, and which backups of it exist. The joins of the main question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from scanner.model.fact import Fact, derived
from scanner.model.look import Look, Partial, gathered
from scanner.model.resource import Resource
from scanner.model.rule import concrete
from scanner.resources.aws_backup.plans import Plan, PlanRule, Selection
from scanner.resources.aws_backup.settings import Settings
from scanner.resources.store import Backup, DataStore

#: Kinds that AWS Backup leaves out unless the region is opted in, even where an ARN names them (developer guide,
#: "Assigning resources": Aurora, Neptune and DocumentDB).
_ALWAYS_OPT_IN = frozenset({"Aurora", "Neptune", "DocumentDB"})


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


def picks(selection: Selection, store: DataStore) -> bool:
    """Say whether a selection picks a store, by AWS's rule; raise where its tags decide and are unknown.

    (Resources or ListOfTags) and Conditions and not NotResources; a selection with neither Resources nor ListOfTags
    picks nothing. Patterns are ARNs with `*`. Source: AWS Backup developer guide, "Assigning resources".
    """
    if any(matches(pattern, store.id) for pattern in selection.not_resources):
        return False
    if not selection.resources and not selection.any_tags:
        return False
    named = any(matches(pattern, store.id) for pattern in selection.resources)
    if not named and not selection.any_tags:
        return False
    if not named and not any(one.holds(store.tags) for one in selection.any_tags):
        return False
    return not selection.conditions or all(one.holds(store.tags) for one in selection.conditions)


def matches(pattern: str, arn: str) -> bool:
    """Say whether an ARN pattern of AWS Backup names an ARN: only `*` is special in it."""
    return pattern == arn or fnmatchcase(arn, pattern.replace("[", "[[]").replace("?", "[?]"))


def explicit(selection: Selection, store: DataStore) -> bool:
    """Say whether a selection names the store or its kind by ARN, not by `*` or by tags alone."""
    return any(pattern != "*" and matches(pattern, store.id) for pattern in selection.resources)


def covers(store: DataStore, look: Look) -> Partial[Cover]:
    """Give the plan rules that apply to a store, and why there may be more: selected, and the region opted in."""

    def rules_of(selection: Selection) -> Iterable[Cover]:
        if not picks(selection, store) or not admitted(selection, store, look):
            return ()
        plan = look.one(Plan, selection.plan_id)
        if plan is None:
            return ()
        return tuple(Cover(plan.id, plan.name, rule, selection.role) for rule in plan.rules)

    return gathered(look.every(Selection, region=store.region), rules_of)


def admitted(selection: Selection, store: DataStore, look: Look) -> bool:
    """Say whether the region's opt-in lets this selection take this store.

    A kind that is named by ARN is taken whatever the opt-in says, except Aurora, Neptune and DocumentDB; a kind that
    the settings do not name is not held back.
    """
    kind = type(store).backup_type
    if explicit(selection, store) and kind not in _ALWAYS_OPT_IN:
        return True
    return all(settings.opted_in.get(kind, True) for settings in look.every(Settings, region=store.region))


def cover_needs(kind: type[DataStore]) -> list[Fact[Any]]:
    """Name the facts that `covers` reads."""
    return [
        kind.tags, Plan.rules, Settings.opted_in, Selection.resources, Selection.not_resources, Selection.any_tags,
        Selection.conditions, Selection.role,
    ]  # fmt: skip


def backup_kinds(kind: type[Resource]) -> tuple[type[Backup], ...]:
    """Give the kinds of backup that a kind of store can have."""
    return tuple(
        one for one in concrete(Backup) if issubclass(one, Backup) and (not one.made_of or kind.kind in one.made_of)
    )


def backups(store: DataStore, look: Look) -> Partial[Made]:
    """Give every backup of a store that exists, in all scanned regions, oldest first, and why there may be more."""
    known: dict[str, Made] = {}
    missing = None
    for kind in backup_kinds(type(store)):
        found = gathered(look.where(kind, kind.source, store.id), _made)
        known.update({one.id: one for one in found.known})
        missing = missing or found.missing
    return Partial(tuple(sorted(known.values(), key=lambda one: (one.made_at, one.id))), missing)


def _made(backup: Backup) -> Iterator[Made]:
    yield Made(backup.id, backup.kind, backup.region, backup.account, backup.made_at, backup.usable)


def backups_needs(kind: type[DataStore]) -> list[Fact[Any]]:
    """Name the facts that `backups` reads."""
    return [fact for one in backup_kinds(kind) for fact in (one.source, one.made_at, one.usable)]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A place other than its own where AWS keeps a live copy or copied backups of a store, and by what means."""

    region: str
    account: str
    how: str


class Recoverable(DataStore):
    """A data store that AWS can back up. Abstract."""

    plans: Fact[Partial[Cover]] = derived("The AWS Backup plan rules that select it.", needs=cover_needs, by=covers)
    made: Fact[Partial[Made]] = derived("The backups of it that exist.", needs=backups_needs, by=backups)
    # A kind without backups or replication of its own keeps these three defaults.
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
