"""AWS Backup plans and selections in code: `aws_backup_plan`, `aws_backup_selection` and their CloudFormation types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from scanner.iac.block import Block
from scanner.iac.convert import each
from scanner.iac.form import ARN, At, Form, at
from scanner.iac.lowering import Lower, listed, lowered, many, named_in, reached, reopened, settled, sole
from scanner.model.convert import flag, text, whole
from scanner.model.unresolved import Unresolved
from scanner.resources.aws_backup.plans import TESTS, Condition, Copy, Plan, PlanRule, Selection, plan_rule


def _days(raw: Any) -> int | None:
    # The provider passes 0 days on as nothing set (expandLifecycle); Terraform writes 0 for what is not set.
    return whole(raw) or None


_LIFECYCLE: Final = lowered({
    "delete_after": ("DeleteAfterDays", _days),
    "cold_storage_after": ("MoveToColdStorageAfterDays", _days),
    "opt_in_to_archive_for_supported_resources": ("OptInToArchiveForSupportedResources", flag),
})  # fmt: skip
_RULE: Final = lowered({
    "rule_name": "RuleName",
    "target_vault_name": "TargetBackupVaultName",
    "schedule": "ScheduleExpression",
    "schedule_expression_timezone": "ScheduleExpressionTimezone",
    "start_window": ("StartWindowMinutes", whole),
    "completion_window": ("CompletionWindowMinutes", whole),
    "enable_continuous_backup": ("EnableContinuousBackup", flag),
    "lifecycle": ("Lifecycle", _LIFECYCLE),
    "copy_action": ("CopyActions", listed(lowered({
        "destination_vault_arn": "DestinationBackupVaultArn", "lifecycle": ("Lifecycle", _LIFECYCLE),
    }))),
    "recovery_point_tags": "RecoveryPointTags",
})  # fmt: skip
#: What the provider sends where a rule does not say it: the defaults in its schema of aws_backup_plan. Without them
#: (CloudFormation) those of the API hold: 8 hours, and no limit.
_SENT: Final = {"StartWindowMinutes": 60, "CompletionWindowMinutes": 180}

_CFN_LIFECYCLE: Final = lowered({
    "DeleteAfterDays": ("DeleteAfterDays", whole),
    "MoveToColdStorageAfterDays": ("MoveToColdStorageAfterDays", whole),
    "OptInToArchiveForSupportedResources": ("OptInToArchiveForSupportedResources", flag),
})  # fmt: skip
_CFN_RULE: Final = lowered({
    "RuleName": "RuleName",
    "TargetBackupVault": "TargetBackupVaultName",
    "ScheduleExpression": "ScheduleExpression",
    "ScheduleExpressionTimezone": "ScheduleExpressionTimezone",
    "StartWindowMinutes": ("StartWindowMinutes", whole),
    "CompletionWindowMinutes": ("CompletionWindowMinutes", whole),
    "EnableContinuousBackup": ("EnableContinuousBackup", flag),
    "Lifecycle": ("Lifecycle", _CFN_LIFECYCLE),
    "CopyActions": ("CopyActions", listed(lowered({
        "DestinationBackupVaultArn": "DestinationBackupVaultArn", "Lifecycle": ("Lifecycle", _CFN_LIFECYCLE),
    }))),
    "RecoveryPointTags": "RecoveryPointTags",
})  # fmt: skip

_FIELDS: Final = {
    "vault": ("TargetBackupVaultName",),
    "schedule": ("ScheduleExpression",),
    "timezone": ("ScheduleExpressionTimezone",),
    "start_within": ("StartWindowMinutes",),
    "complete_within": ("CompletionWindowMinutes",),
    "continuous": ("EnableContinuousBackup",),
    "kept": ("Lifecycle.DeleteAfterDays",),
    "cold_after": ("Lifecycle.MoveToColdStorageAfterDays",),
    "opted_in_to_archive": ("Lifecycle.OptInToArchiveForSupportedResources",),
    "tags": ("RecoveryPointTags",),
}


def _rules(lower: Lower, sent: Mapping[str, Any]) -> Callable[[Any], tuple[Any, ...]]:
    def convert(raw: Any) -> tuple[Any, ...]:
        return tuple(
            one if isinstance(one, Unresolved) else _rule({**sent, **lower(one)}, number)
            for number, one in enumerate(many(raw), 1)
        )

    return convert


def _rule(raw: Mapping[str, Any], number: int) -> PlanRule:
    """Read one rule in the API's shape; one whose name is open is called by its number."""
    plain = settled({**raw, "CopyActions": (), "RecoveryPointTags": {}})
    found = reopened(plan_rule({"RuleName": f"#{number}", **plain}), raw, _FIELDS)
    tags = raw.get("RecoveryPointTags")
    if isinstance(tags, Mapping):
        found = replace(found, tags=tuple((key, tags[key]) for key in sorted(tags)))
    return replace(found, copies=_copies(raw.get("CopyActions") or (), raw.get("Lifecycle")))


def _copies(raw: Any, of_rule: Any) -> Any:
    if isinstance(raw, Unresolved):
        return raw
    return tuple(one if isinstance(one, Unresolved) else _copy(one, of_rule) for one in raw)


def _copy(raw: Mapping[str, Any], of_rule: Any) -> Copy:
    own = raw.get("Lifecycle")
    # As in the live converter: a copy without a lifecycle of its own has that of the rule.
    lifecycle = own if isinstance(own, Unresolved) or own else of_rule
    return Copy(
        raw["DestinationBackupVaultArn"],
        _length(reached({"Lifecycle": lifecycle}, "Lifecycle.DeleteAfterDays")),
        _length(reached({"Lifecycle": lifecycle}, "Lifecycle.MoveToColdStorageAfterDays")),
    )


def _length(raw: Any) -> Any:
    return raw if isinstance(raw, Unresolved) else plan_rule({"Lifecycle": {"DeleteAfterDays": raw}}).kept


# -- selections ----------------------------------------------------------------------------------------------------


def _plan_arn(block: Block, plan: str) -> str:
    """Give the ARN of the plan that an id names: a plan and what it selects lie in one place."""
    return f"arn:{block.partition}:backup:{block.region}:{block.account}:backup-plan:{plan}"


def _id(block: Block) -> str:
    return block.known_arn.rpartition(":")[2] or block.address


def _selected(path: str) -> Callable[[Block], str]:
    def arn(block: Block) -> str:
        return f"{_plan_arn(block, named_in(block, path))}/selection/{block.known_name or block.address}"

    return arn


def _condition(test: Any, key: Any, value: Any) -> Any:
    """Make a condition; one of which the kind or the tag is open is open itself, a value alone may be."""
    for one in (test, key):
        if isinstance(one, Unresolved):
            return one
    if not isinstance(value, Unresolved):
        value = "true" if value is True else "false" if value is False else str(value)
    return Condition(TESTS[test], text(key).removeprefix("aws:ResourceTag/"), value)


def _tag(one: Mapping[str, Any]) -> Any:
    return _condition(one["type"], one["key"], one["value"])


def _cfn_tag(one: Mapping[str, Any]) -> Any:
    return _condition(one["ConditionType"], one["ConditionKey"], one["ConditionValue"])


def _conditions(names: Mapping[str, str], key: str, value: str) -> Callable[[Any], tuple[Any, ...]]:
    """Make a converter for the conditions of a selection, in the order of the live one: by their tests."""

    def convert(raw: Any) -> tuple[Any, ...]:
        found: list[Any] = []
        blocks = [sole(one) for one in many(raw)]
        for name, test in names.items():
            for block in blocks:
                if isinstance(block, Unresolved):
                    continue
                some = block.get(name)
                found.extend(
                    one if isinstance(one, Unresolved) else _condition(test, one[key], one[value])
                    for one in (many(some) if some is not None else ())
                )
        return (*found, *(block for block in blocks if isinstance(block, Unresolved)))

    return convert


_TESTS_OF: Final = {
    "string_equals": "StringEquals", "string_like": "StringLike", "string_not_equals": "StringNotEquals",
    "string_not_like": "StringNotLike",
}  # fmt: skip

FORMS = (
    Form(
        Plan,
        "aws_backup_plan",
        arn=lambda block: _plan_arn(block, _id(block)),
        name="name",
        gives={"arn": ARN, "id": _id},
        facts={
            "rules": At(
                "rule", _rules(_RULE, _SENT), absent=(), docs="r/backup_plan: rules are what it does",
                parts=(
                    ("", "kept", "lifecycle.delete_after"), ("", "schedule", "schedule"),
                    ("copy_action", "kept", "lifecycle.delete_after"), ("copy_action", "vault", "destination_vault_arn"),
                ),
            ),
        },
    ),
    Form(
        Plan,
        "AWS::Backup::BackupPlan",
        arn=lambda block: _plan_arn(block, _id(block)),
        name="BackupPlan.BackupPlanName",
        gives={"Ref": _id, "BackupPlanId": _id, "BackupPlanArn": ARN},
        facts={
            "rules": At(
                "BackupPlan.BackupPlanRule", _rules(_CFN_RULE, {}), absent=(),
                parts=(
                    ("", "kept", "Lifecycle.DeleteAfterDays"), ("", "schedule", "ScheduleExpression"),
                    ("CopyActions", "kept", "Lifecycle.DeleteAfterDays"),
                    ("CopyActions", "vault", "DestinationBackupVaultArn"),
                ),
            ),
        },
    ),
    Form(
        Selection,
        "aws_backup_selection",
        arn=_selected("plan_id"),
        name="name",
        gives={"id": lambda block: block.known_name or block.address},
        facts={
            "resources": at("resources", each(text), absent=(), docs="r/backup_selection: optional"),
            "not_resources": at("not_resources", each(text), absent=(), docs="r/backup_selection: optional"),
            "any_tags": at("selection_tag", each(_tag), absent=(), docs="r/backup_selection: optional"),
            "conditions": at(
                "condition", _conditions(_TESTS_OF, "key", "value"), absent=(), docs="r/backup_selection: optional"
            ),
            "role": at("iam_role_arn", text),
        },
    ),
    Form(
        Selection,
        "AWS::Backup::BackupSelection",
        arn=_selected("BackupPlanId"),
        name="BackupSelection.SelectionName",
        gives={"SelectionId": lambda block: block.known_name or block.address},
        facts={
            "resources": at("BackupSelection.Resources", each(text), absent=()),
            "not_resources": at("BackupSelection.NotResources", each(text), absent=()),
            "any_tags": at("BackupSelection.ListOfTags", each(_cfn_tag), absent=()),
            "conditions": at(
                "BackupSelection.Conditions",
                _conditions({one: one for one in _TESTS_OF.values()}, "ConditionKey", "ConditionValue"), absent=(),
            ),
            "role": at("BackupSelection.IamRoleArn", text),
        },
    ),
)  # fmt: skip
