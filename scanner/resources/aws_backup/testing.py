"""AWS Backup's automated restore tests: the plans, what they select, and which of a system's stores they test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from scanner.model.arn import does_fit
from scanner.model.convert import text, tuple_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.logic import jointly
from scanner.model.look import Look, Partial, all_of, any_of, gathered
from scanner.model.origin import Listing, call, item, of, parent
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.system import Selector
from scanner.resources.aws_backup.plans import Condition, matches, names
from scanner.resources.aws_backup.settings import stores
from scanner.resources.aws_backup.vaults import RecoveryPoint

if TYPE_CHECKING:
    from scanner.resources.store import DataStore

#: The kinds that restore testing takes, by AWS Backup's names (RestoreTestingSelectionForCreate, API reference).
TESTABLE = frozenset({"Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3"})


class RestoreTestingPlan(Resource):
    """An automated restore test."""

    kind = "aws.backup.restore-testing-plan"
    title = "restore testing plan"
    listed_by = Listing(
        call("backup:ListRestoreTestingPlans"), "RestoreTestingPlans[]",
        id="{RestoreTestingPlanArn}", name="{RestoreTestingPlanName}",
    )  # fmt: skip
    _get = call("backup:GetRestoreTestingPlan", RestoreTestingPlanName=of("RestoreTestingPlanName"))
    _points = "RestoreTestingPlan.RecoveryPointSelection"

    schedule: Fact[str] = fact("When it runs.", live=item("ScheduleExpression", text))
    timezone: Fact[str] = fact(
        "The time zone of its schedule.", live=item("ScheduleExpressionTimezone", text, absent="UTC")
    )
    vaults: Fact[tuple[str, ...]] = fact(
        "The vaults whose recovery points it restores, as patterns.",
        live=_get.at(f"{_points}.IncludeVaults", tuple_of(text), absent=()),
    )
    without: Fact[tuple[str, ...]] = fact(
        "The vaults that it leaves out, as patterns.",
        live=_get.at(f"{_points}.ExcludeVaults", tuple_of(text), absent=()),
    )


def conditions(raw: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Read `ProtectedResourceConditions`: all of them must hold."""
    tests = (("StringEquals", "equals"), ("StringNotEquals", "not-equals"))
    return tuple(
        Condition(test, one["Key"].removeprefix("aws:ResourceTag/"), one["Value"])
        for name, test in tests
        for one in raw.get(name) or ()
    )


_GET = call(
    "backup:GetRestoreTestingSelection", RestoreTestingPlanName=parent("RestoreTestingPlanName"),
    RestoreTestingSelectionName=of("RestoreTestingSelectionName"),
)  # fmt: skip


class RestoreTestingSelection(Resource):
    """What a restore testing plan tests: resources of one kind."""

    kind = "aws.backup.restore-testing-selection"
    title = "restore testing selection"
    child_of = RestoreTestingPlan
    listed_by = Listing(
        call("backup:ListRestoreTestingSelections", RestoreTestingPlanName=parent("RestoreTestingPlanName")),
        "RestoreTestingSelections[]",
        id="{parent_id}/selection/{RestoreTestingSelectionName}",
        name="{RestoreTestingSelectionName}",
    )

    type: Fact[str] = fact("The kind that it tests, by AWS Backup's name.", live=item("ProtectedResourceType", text))
    resources: Fact[tuple[str, ...]] = fact(
        "The ARNs that it names, `*` for all of the kind.",
        live=_GET.at("RestoreTestingSelection.ProtectedResourceArns", tuple_of(text), absent=()),
    )
    conditions: Fact[tuple[Condition, ...]] = fact(
        "The conditions on tags that must all hold.",
        live=_GET.at("RestoreTestingSelection.ProtectedResourceConditions", conditions, absent=()),
    )

    @property
    def plan_id(self) -> str:
        """The ARN of the plan it belongs to; raise where code does not settle which it is."""
        plan, found, _ = self.id.partition("/selection/")
        if not found:
            raise CouldNotCheck(self.doubt or Unknown(Reason.MALFORMED, f"{self.id} names no plan"))
        return plan

    def picks(self, store: DataStore) -> bool:
        """Say whether it tests a store; raise where its tags decide and are unknown."""
        return jointly(
            lambda: not self.resources or any_of(self.resources, lambda one: one == "*" or names(one, store)),
            lambda: all_of(self.conditions, lambda one: one.holds(store.tags)),
        )


@dataclass(frozen=True, slots=True)
class Tester:
    """A restore testing plan that restores some of the stores of a kind."""

    plan: str
    schedule: str
    timezone: str
    stores: int


@dataclass(frozen=True, slots=True)
class Tested:
    """The stores of a system that are of one kind, how many of them have recovery points, and who tests them."""

    type: str
    stores: int
    held: int
    plans: tuple[Tester, ...] = ()


def tested(selectors: Sequence[Selector], look: Look) -> Partial[Tested]:
    """Say, for each testable kind of store of a system, which plans restore how many of them."""
    known: list[Tested] = []
    missing: Unknown | None = None
    own: dict[str, list[DataStore]] = {}
    for kind in stores():
        if kind.backup_type in TESTABLE:
            members = gathered(look.every(kind), lambda store: _member(store, selectors, look))
            missing = missing or members.missing
            for store in members.known:
                own.setdefault(store.backed_up_as, []).append(store)
    for name in sorted(own):
        plans: dict[str, Tester] = {}
        held = 0
        for store in own[name]:
            try:
                held += any_of(look.where(RecoveryPoint, RecoveryPoint.source, store.id), lambda _: True)
            except CouldNotCheck as stop:
                missing = missing or stop.unknown
                continue
            found = gathered(_selections(name, store, look), partial(_testers, store, look))
            missing = missing or found.missing
            for plan in dict.fromkeys(found.known):
                count = plans[plan.id].stores if plan.id in plans else 0
                plans[plan.id] = Tester(plan.name, plan.schedule, plan.timezone, count + 1)
        known.append(Tested(name, len(own[name]), held, tuple(plans[one] for one in sorted(plans))))
    return Partial(tuple(known), missing)


def _member(store: DataStore, selectors: Sequence[Selector], look: Look) -> Iterable[DataStore]:
    if not any_of(selectors, lambda one: one.picks(store)):
        return ()
    # The backups of a member of a cluster are the cluster's.
    whole = type(store).facts.get("backed_up_with")
    return () if whole is not None and look.read(store, whole) else (store,)


def _selections(name: str, store: DataStore, look: Look) -> Iterator[RestoreTestingSelection]:
    return look.where(RestoreTestingSelection, RestoreTestingSelection.type, name, region=store.region)


def _testers(store: DataStore, look: Look, selection: RestoreTestingSelection) -> Iterable[RestoreTestingPlan]:
    plan = look.one(RestoreTestingPlan, selection.plan_id)
    if plan is None and selection.declaration is not None:
        said = f"{selection.declaration.address} is part of a restore testing plan that is not in the code"
        raise CouldNotCheck(Unknown(Reason.OPEN, said))
    if plan is None or not selection.picks(store):
        return ()
    points = look.where(RecoveryPoint, RecoveryPoint.source, store.id, region=store.region)
    return (plan,) if any_of(points, lambda point: _from(plan, point.vault)) else ()


def _from(plan: RestoreTestingPlan, vault: str) -> bool:
    return any_of(plan.vaults, lambda one: does_fit(one, vault, matches)) and not any_of(
        plan.without, lambda one: does_fit(one, vault, matches)
    )


def tested_needs() -> list[Fact[Any]]:
    """Name the facts that `tested` reads."""
    plan, selection = RestoreTestingPlan, RestoreTestingSelection
    return [
        plan.schedule, plan.timezone, plan.vaults, plan.without, selection.type, selection.resources,
        selection.conditions, RecoveryPoint.source, RecoveryPoint.vault,
        *(
            kind.facts[name]
            for kind in stores()
            if kind.backup_type in TESTABLE
            for name in ("tags", "backed_up_as", "backed_up_with")
            if name in kind.facts
        ),
    ]  # fmt: skip
