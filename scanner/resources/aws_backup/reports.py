"""AWS Backup's reports: the plans by which it writes them, and what they tell of a region."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scanner.model.arn import is_among
from scanner.model.convert import instant, text, tuple_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, any_of, gathered
from scanner.model.origin import Listing, call, item
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.resources.aws_backup.vaults import Vault

#: The template whose reports name each backup job, the failed ones too.
JOBS = "BACKUP_JOB_REPORT"


class ReportPlan(Resource):
    """A plan by which AWS Backup writes reports."""

    kind = "aws.backup.report-plan"
    title = "report plan"
    listed_by = Listing(call("backup:ListReportPlans"), "ReportPlans[]", id="{ReportPlanArn}", name="{ReportPlanName}")

    template: Fact[str] = fact("What it reports.", live=item("ReportSetting.ReportTemplate", text))
    # What a plan leaves out it reports of its own region and account (user guide, "Creating report plans").
    regions: Fact[tuple[str, ...]] = fact(
        "The regions that it reports of, `*` for all; none for its own.",
        live=item("ReportSetting.Regions", tuple_of(text), absent=()),
    )
    accounts: Fact[tuple[str, ...]] = fact(
        "The accounts that it reports of, ROOT for those of its organisation; none for its own.",
        live=item("ReportSetting.Accounts", tuple_of(text), absent=()),
    )
    units: Fact[tuple[str, ...]] = fact(
        "The organisational units that it reports of.",
        live=item("ReportSetting.OrganizationUnits", tuple_of(text), absent=()),
    )
    delivers_to: Fact[str] = fact("The bucket it writes to.", live=item("ReportDeliveryChannel.S3BucketName", text))
    status: Fact[str] = fact("Whether its deployment ended well.", live=item("DeploymentStatus", text))
    created_at: Fact[datetime] = fact("When it was made.", live=item("CreationTime", instant))
    written_at: Fact[datetime | None] = fact(
        "When its last report was written; none where none ever was.",
        live=item("LastSuccessfulExecutionTime", instant, absent=None),
    )


@dataclass(frozen=True, slots=True)
class Reported:
    """A plan whose reports tell of the jobs of a region."""

    plan: str
    bucket: str
    created_at: datetime
    written_at: datetime | None = None


def reported(region: Reporting, look: Look) -> Partial[Reported]:
    """Give the plans that report the backup jobs of a region, wherever they are, and why there may be more."""

    def telling(plan: ReportPlan) -> Iterable[Reported]:
        if plan.template != JOBS or plan.status == "DELETE_IN_PROGRESS" or not _of(plan, region):
            return ()
        return (Reported(plan.name, plan.delivers_to, plan.created_at, plan.written_at),)

    return gathered(look.every(ReportPlan), telling)


def _of(plan: ReportPlan, region: Reporting) -> bool:
    regions = plan.regions or (plan.region,)
    if "*" not in regions and not is_among(region.region, regions):
        return False
    accounts = plan.accounts
    if not accounts and not plan.units:
        return True
    if "ROOT" in accounts or is_among(region.account, accounts):
        return True
    if plan.units:
        where = Unknown(
            Reason.BEYOND, f"whether the account is in the units of report plan {plan.name} is not known here"
        )
        raise CouldNotCheck(where)
    return False


class Reporting(Resource):
    """What AWS Backup reports of one region."""

    kind = "aws.backup.reporting"
    title = "backup reports"
    listed_by = Listing(None, id="arn:{partition}:backup:{region}:{account}:reports", name="backup reports of {region}")

    in_use: Fact[bool] = derived(
        "A vault of the region holds recovery points.",
        needs=lambda _: [Vault.points],
        by=lambda region, look: any_of(look.every(Vault, region=region.region), lambda vault: vault.points > 0),
    )
    reports: Fact[Partial[Reported]] = derived(
        "The report plans that tell of the region's backup jobs.",
        needs=lambda _: [
            ReportPlan.template, ReportPlan.regions, ReportPlan.accounts, ReportPlan.units, ReportPlan.delivers_to,
            ReportPlan.status, ReportPlan.created_at, ReportPlan.written_at,
        ],
        by=reported,
    )  # fmt: skip
