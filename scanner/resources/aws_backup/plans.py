"""AWS Backup plans and selections, and the rule by which AWS decides what a selection picks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from scanner.model.arn import NAMELESS, Somewhere, fits, place_of, tentative
from scanner.model.convert import text, tuple_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.logic import either
from scanner.model.look import Look, any_of
from scanner.model.origin import Listing, call, of, parent
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource

#: How far back continuous backups reach at most, of whatever kind (developer guide, "Continuous backups and
#: point-in-time recovery").
CONTINUOUS_REACH = timedelta(days=35)


def matches(pattern: str, text: str) -> bool:
    """Say whether a pattern of AWS Backup fits: `*` stands for anything, and nothing else is special."""
    return pattern == text or fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]"))


def names(pattern: str, resource: Resource) -> bool:
    """Say whether a pattern names a resource; raise where code leaves open what decides it: its name, or the place."""
    if matches(pattern, resource.id):
        return True
    if resource.declaration is None:
        return False
    if isinstance(tentative(resource.id, resource), Somewhere) and _may_name(pattern, resource):
        said = f"the code does not settle {resource.id}, so `{pattern}` may name it"
        raise CouldNotCheck(Unknown(Reason.UNRESOLVED, said))
    return False


def _may_name(pattern: str, resource: Resource) -> bool:
    """Say whether a pattern fits what an id may come to be: with the pattern's own words in place of what is open."""
    if resource.look.found_as(type(resource), pattern) is not None:
        return False  # it names another one outright
    declared = resource.declaration
    assert declared is not None  # what live AWS holds is settled
    may_be = resource.id
    if resource.name == declared.address:
        may_be = may_be.replace(declared.address, NAMELESS)
    return fits(pattern, may_be, matches) is not False


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that a plan rule makes: where to, how long it is kept there (None: for ever), and when it turns cold."""

    vault: str
    kept: timedelta | None
    cold_after: timedelta | None = None

    @property
    def region(self) -> str:
        """The region of the destination vault."""
        return place_of(self.vault)[0]

    @property
    def account(self) -> str:
        """The account of the destination vault."""
        return place_of(self.vault)[1]


@dataclass(frozen=True, slots=True)
class PlanRule:
    """One rule of a plan.

    `kept` None means for ever; `schedule` "" means the AWS default, daily at 05:00 UTC; `complete_within` None means
    that no limit was chosen.
    """

    name: str
    vault: str
    schedule: str = ""
    timezone: str = "UTC"
    start_within: timedelta = timedelta(hours=8)
    kept: timedelta | None = None
    cold_after: timedelta | None = None
    continuous: bool = False
    copies: tuple[Copy, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    complete_within: timedelta | None = None
    opted_in_to_archive: bool = False

    @property
    def longest(self) -> timedelta | None:
        """How long the backup that is kept longest is kept, here or as a copy; None for ever."""
        kept = [self.kept, *(copy.kept for copy in self.copies)]
        lengths = [one for one in kept if one is not None]
        return max(lengths) if len(lengths) == len(kept) else None


def plan_rule(raw: Mapping[str, Any]) -> PlanRule:
    """Read one rule of `GetBackupPlan`, with the defaults of its API reference (BackupRule)."""
    lifecycle = raw.get("Lifecycle") or {}
    return PlanRule(
        name=raw.get("RuleName", ""),
        vault=raw.get("TargetBackupVaultName", ""),
        schedule=raw.get("ScheduleExpression", ""),
        timezone=_zone(raw.get("ScheduleExpressionTimezone")),
        start_within=timedelta(minutes=raw.get("StartWindowMinutes") or 480),
        kept=_days(lifecycle.get("DeleteAfterDays")),
        cold_after=_days(lifecycle.get("MoveToColdStorageAfterDays")),
        continuous=bool(raw.get("EnableContinuousBackup", False)),
        copies=tuple(_copy(one, lifecycle) for one in raw.get("CopyActions") or ()),
        tags=tuple(sorted((raw.get("RecoveryPointTags") or {}).items())),
        complete_within=_completion(raw.get("CompletionWindowMinutes")),
        # Without it, EBS snapshots stay out of the archive tier whatever the lifecycle says (Lifecycle, API reference).
        opted_in_to_archive=bool(lifecycle.get("OptInToArchiveForSupportedResources", False)),
    )


def _copy(raw: Mapping[str, Any], of_rule: Mapping[str, Any]) -> Copy:
    # "If you do not specify a lifecycle, AWS Backup applies the lifecycle policy of the source backup to the
    # destination backup" (CloudFormation, CopyActionResourceType; the API reference is silent).
    lifecycle = raw.get("Lifecycle") or of_rule
    return Copy(
        raw["DestinationBackupVaultArn"],
        _days(lifecycle.get("DeleteAfterDays")),
        _days(lifecycle.get("MoveToColdStorageAfterDays")),
    )


def _zone(raw: str | None) -> str:
    # AWS says Etc/UTC; UTC needs no time zone database.
    return "UTC" if raw in (None, "", "Etc/UTC") else str(raw)


def _days(raw: Any) -> timedelta | None:
    # AWS writes -1 for "always" where a lifecycle once was and is not any more.
    return timedelta(days=raw) if raw is not None and raw >= 0 else None


def _completion(raw: Any) -> timedelta | None:
    # AWS answers its default of a week (10080 minutes) where nobody chose a limit (BackupRule, API reference).
    return timedelta(minutes=raw) if raw is not None and raw != 10080 else None


def _selects(plan: Plan, look: Look) -> bool:
    return any_of(
        look.where(Selection, Selection.of_plan, plan.id, region=plan.region),
        lambda selection: either(lambda: bool(selection.resources), lambda: bool(selection.any_tags)),
    )


class Plan(Resource):
    """An AWS Backup plan."""

    kind = "aws.backup.plan"
    title = "backup plan"
    listed_by = Listing(
        call("backup:ListBackupPlans"), "BackupPlansList[]", id="{BackupPlanArn}", name="{BackupPlanName}"
    )

    rules: Fact[tuple[PlanRule, ...]] = fact(
        "Its rules: when it runs, where to, how long it keeps, what it copies.",
        live=call("backup:GetBackupPlan", BackupPlanId=of("BackupPlanId")).at(
            "BackupPlan.Rules", tuple_of(plan_rule), absent=()
        ),
    )
    selects: Fact[bool] = derived(
        "A selection of it names resources or tags.",
        needs=lambda _: [Selection.of_plan, Selection.resources, Selection.any_tags],
        by=_selects,
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a tag: `equals`, `like`, `not-equals` or `not-like`."""

    test: str
    key: str
    value: str

    def holds(self, tags: Mapping[str, str]) -> bool:
        """Say whether it holds; a negated test holds where the tag is absent, as in IAM."""
        value = tags.get(self.key)
        if self.test == "equals":
            return value == self.value
        if self.test == "like":
            return value is not None and matches(self.value, value)
        if self.test == "not-equals":
            return value != self.value
        return value is None or not matches(self.value, value)


#: The tests of conditions, by AWS's names for them.
TESTS = {
    "StringEquals": "equals",
    "StringLike": "like",
    "StringNotEquals": "not-equals",
    "StringNotLike": "not-like",
    "STRINGEQUALS": "equals",
}


def conditions(raw: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Read `Conditions`: all of them must hold."""
    return tuple(
        Condition(TESTS[test], one["ConditionKey"].removeprefix("aws:ResourceTag/"), one["ConditionValue"])
        for test in ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike")
        for one in raw.get(test) or ()
    )


def tag_conditions(raw: Any) -> tuple[Condition, ...]:
    """Read `ListOfTags`: any of them suffices."""
    return tuple(
        Condition(
            TESTS[one["ConditionType"]], one["ConditionKey"].removeprefix("aws:ResourceTag/"), one["ConditionValue"]
        )
        for one in raw
    )


_GET = call("backup:GetBackupSelection", BackupPlanId=parent("BackupPlanId"), SelectionId=of("SelectionId"))


class Selection(Resource):
    """What a plan applies to: (Resources or ListOfTags) and Conditions and not NotResources."""

    kind = "aws.backup.selection"
    title = "backup selection"
    child_of = Plan
    listed_by = Listing(
        call("backup:ListBackupSelections", BackupPlanId=parent("BackupPlanId")),
        "BackupSelectionsList[]",
        id="{parent_id}/selection/{SelectionId}",
        name="{SelectionName}",
    )

    resources: Fact[tuple[str, ...]] = fact(
        "The ARN patterns it names.", live=_GET.at("BackupSelection.Resources", tuple_of(text), absent=())
    )
    not_resources: Fact[tuple[str, ...]] = fact(
        "The ARN patterns it leaves out.", live=_GET.at("BackupSelection.NotResources", tuple_of(text), absent=())
    )
    any_tags: Fact[tuple[Condition, ...]] = fact(
        "The tags of which one suffices.", live=_GET.at("BackupSelection.ListOfTags", tag_conditions, absent=())
    )
    conditions: Fact[tuple[Condition, ...]] = fact(
        "The conditions that must all hold.", live=_GET.at("BackupSelection.Conditions", conditions, absent=())
    )
    role: Fact[str] = fact(
        "The role that makes the backups.", live=_GET.at("BackupSelection.IamRoleArn", text, absent="")
    )

    of_plan: Fact[str] = derived(
        "The ARN of the plan it belongs to.", needs=lambda _: (), by=lambda selection, _: selection.plan_id
    )

    @property
    def plan_id(self) -> str:
        """The ARN of the plan it belongs to; raise where code does not settle which it is."""
        plan, found, _ = self.id.partition("/selection/")
        if not found:
            raise CouldNotCheck(self.doubt or Unknown(Reason.MALFORMED, f"{self.id} names no plan"))
        return plan
