"""What people review: reports of every job, and a restore of every kind of backup each week."""

from scanner.emulation.company.site import HOME, RECOVERY, Site
from scanner.emulation.company.watch import plan_restores

# The kinds, in AWS Backup's words, of which a backup is restored every week.
TESTED = ("Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3")


def settle(site: Site) -> None:
    """Make the plans of reports, then those of restore tests."""
    backup = site.client("backup")
    for template in ("BACKUP_JOB_REPORT", "COPY_JOB_REPORT", "RESTORE_JOB_REPORT"):
        backup.create_report_plan(
            ReportPlanName=template.lower(),
            ReportSetting={"ReportTemplate": template, "Regions": [HOME, RECOVERY], "Accounts": [site.account]},
            ReportDeliveryChannel={"S3BucketName": "exemplar-records", "Formats": ["CSV", "JSON"]},
        )
    chosen = {
        "Algorithm": "LATEST_WITHIN_WINDOW",
        "IncludeVaults": ["*"],
        "RecoveryPointTypes": ["SNAPSHOT", "CONTINUOUS"],
    }
    for region in (HOME, RECOVERY):
        plan_restores(site, "weekly", "cron(0 6 ? * MON *)", chosen, TESTED, "restore-tester", region)
