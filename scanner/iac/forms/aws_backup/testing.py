"""AWS Backup's report plans and restore tests in code, in Terraform and CloudFormation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.iac.block import Block
from scanner.iac.convert import each
from scanner.iac.form import ARN, NAME, Form, at
from scanner.iac.lowering import many, named_in, sole
from scanner.model.convert import text
from scanner.model.unresolved import Unresolved
from scanner.resources.aws_backup.plans import Condition
from scanner.resources.aws_backup.reports import ReportPlan
from scanner.resources.aws_backup.testing import RestoreTestingPlan, RestoreTestingSelection

_REPORT: Final = "arn:{partition}:backup:{region}:{account}:report-plan:{name}"
_TEST: Final = "arn:{partition}:backup:{region}:{account}:restore-testing-plan:{name}"
_RUNTIME: Final = {
    "status": "how its deployment ended shows at run time",
    "created_at": "it is made when the code is applied",
    "written_at": "when a report was written shows at run time",
}
_OWN: Final = (
    "what a plan leaves out it reports of its own region and account (AWS Backup developer guide, Report plans)"
)


def _of_test(plan: str, own: str) -> Callable[[Block], str]:
    def arn(block: Block) -> str:
        said = block.find(own).value
        place = (
            f"arn:{block.partition}:backup:{block.region}:{block.account}:restore-testing-plan:{named_in(block, plan)}"
        )
        return f"{place}/selection/{said if isinstance(said, str) else block.address}"

    return arn


def _conditions(tests: Mapping[str, str], key: str, value: str) -> Callable[[Any], tuple[Any, ...]]:
    """Make a converter for the conditions of a selection; a tag that is open makes its condition open."""

    def convert(raw: Any) -> tuple[Any, ...]:
        found: list[Any] = []
        block = sole(raw)
        if isinstance(block, Unresolved):
            return (block,)
        for name, test in tests.items():
            some = block.get(name)
            for one in many(some) if some is not None else ():
                name_of = one if isinstance(one, Unresolved) else one[key]
                if isinstance(name_of, Unresolved):
                    found.append(name_of)
                else:
                    found.append(Condition(test, text(name_of).removeprefix("aws:ResourceTag/"), _said(one[value])))
        return tuple(found)

    return convert


def _said(raw: Any) -> Any:
    if isinstance(raw, Unresolved):
        return raw
    return str(raw).lower() if isinstance(raw, bool) else str(raw)


FORMS = (
    Form(
        ReportPlan,
        "aws_backup_report_plan",
        arn=_REPORT,
        name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME},
        facts={
            "template": at("report_setting.report_template", text),
            "regions": at("report_setting.regions", each(text), absent=(), docs=_OWN),
            "accounts": at("report_setting.accounts", each(text), absent=(), docs=_OWN),
            "units": at("report_setting.organization_units", each(text), absent=(), docs=_OWN),
            "delivers_to": at("report_delivery_channel.s3_bucket_name", text),
        },
        beyond=_RUNTIME,
    ),
    Form(
        ReportPlan,
        "AWS::Backup::ReportPlan",
        arn=_REPORT,
        name="ReportPlanName",
        gives={"Ref": ARN, "ReportPlanArn": ARN},
        facts={
            "template": at("ReportSetting.ReportTemplate", text),
            "regions": at("ReportSetting.Regions", each(text), absent=(), docs=_OWN),
            "accounts": at("ReportSetting.Accounts", each(text), absent=(), docs=_OWN),
            "units": at("ReportSetting.OrganizationUnits", each(text), absent=(), docs=_OWN),
            "delivers_to": at("ReportDeliveryChannel.S3BucketName", text),
        },
        beyond=_RUNTIME,
    ),
    Form(
        RestoreTestingPlan,
        "aws_backup_restore_testing_plan",
        arn=_TEST,
        name="name",
        gives={"arn": ARN, "name": NAME},
        facts={
            "schedule": at("schedule_expression", text, write=str),
            "timezone": at("schedule_expression_timezone", text, absent="UTC", write=str,
                           docs="RestoreTestingPlanForCreate: schedules are in UTC by default"),
            "vaults": at("recovery_point_selection.include_vaults", each(text), absent=()),
            "without": at("recovery_point_selection.exclude_vaults", each(text), absent=(),
                          docs="r/backup_restore_testing_plan: optional"),
        },
    ),
    Form(
        RestoreTestingPlan,
        "AWS::Backup::RestoreTestingPlan",
        arn=_TEST,
        name="RestoreTestingPlanName",
        gives={"Ref": NAME, "RestoreTestingPlanArn": ARN},
        facts={
            "schedule": at("ScheduleExpression", text, write=str),
            "timezone": at("ScheduleExpressionTimezone", text, absent="UTC", write=str,
                           docs="AWS::Backup::RestoreTestingPlan: schedules are in UTC by default"),
            "vaults": at("RecoveryPointSelection.IncludeVaults", each(text), absent=()),
            "without": at("RecoveryPointSelection.ExcludeVaults", each(text), absent=()),
        },
    ),
    Form(
        RestoreTestingSelection,
        "aws_backup_restore_testing_selection",
        arn=_of_test("restore_testing_plan_name", "name"),
        name="name",
        gives={"name": NAME},
        facts={
            "type": at("protected_resource_type", text),
            "resources": at("protected_resource_arns", each(text), absent=(),
                            docs="r/backup_restore_testing_selection: optional"),
            "conditions": at("protected_resource_conditions", _conditions(
                {"string_equals": "equals", "string_not_equals": "not-equals"}, "key", "value"), absent=(),
                docs="r/backup_restore_testing_selection: optional"),
        },
    ),
    Form(
        RestoreTestingSelection,
        "AWS::Backup::RestoreTestingSelection",
        arn=_of_test("RestoreTestingPlanName", "RestoreTestingSelectionName"),
        name="RestoreTestingSelectionName",
        gives={"Ref": NAME},
        facts={
            "type": at("ProtectedResourceType", text),
            "resources": at("ProtectedResourceArns", each(text), absent=()),
            "conditions": at("ProtectedResourceConditions", _conditions(
                {"StringEquals": "equals", "StringNotEquals": "not-equals"}, "Key", "Value"), absent=()),
        },
    ),
)  # fmt: skip
