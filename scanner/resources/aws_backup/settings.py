"""AWS Backup's settings per region, its restore tests and its reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.convert import flag, text
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource


def flags(raw: Mapping[str, Any]) -> Mapping[str, bool]:
    """Read a mapping of switches."""
    return {name: flag(value) for name, value in raw.items()}


class Settings(Resource):
    """What AWS Backup is opted in for, in one region."""

    kind = "aws.backup.settings"
    title = "AWS Backup settings"
    listed_by = Listing(
        None, id="arn:{partition}:backup:{region}:{account}:region-settings", name="AWS Backup in {region}"
    )

    opted_in: Fact[Mapping[str, bool]] = fact(
        "Whether AWS Backup may protect a kind, by its name for the kind.",
        live=call("backup:DescribeRegionSettings").at("ResourceTypeOptInPreference", flags),
    )


class RestoreTestingPlan(Resource):
    """An automated restore test."""

    kind = "aws.backup.restore-testing-plan"
    title = "restore testing plan"
    listed_by = Listing(
        call("backup:ListRestoreTestingPlans"), "RestoreTestingPlans[]",
        id="{RestoreTestingPlanArn}", name="{RestoreTestingPlanName}",
    )  # fmt: skip

    schedule: Fact[str] = fact("When it runs.", live=item("ScheduleExpression", text))
    timezone: Fact[str] = fact("The time zone of its schedule.", live=item("ScheduleExpressionTimezone", text, absent="UTC"))


class ReportPlan(Resource):
    """A plan by which AWS Backup writes reports."""

    kind = "aws.backup.report-plan"
    title = "report plan"
    listed_by = Listing(
        call("backup:ListReportPlans"), "ReportPlans[]", id="{ReportPlanArn}", name="{ReportPlanName}"
    )

    template: Fact[str] = fact("What it reports.", live=item("ReportSetting.ReportTemplate", text))
    delivers_to: Fact[str] = fact("The bucket it writes to.", live=item("ReportDeliveryChannel.S3BucketName", text))
    status: Fact[str] = fact("Whether its deployment ended well.", live=item("DeploymentStatus", text))


