"""What records and watches: trails, AWS Config, scanners, reports, restore tests; at home well, in recovery badly."""

from collections.abc import Iterable
from typing import Any

from scanner.emulation.company.metadata import bucket
from scanner.emulation.company.site import HOME, RECOVERY, Site, vault_arn
from scanner.emulation.services.config import discover
from scanner.emulation.services.tagging import mark

BUCKET = "fivex-audit"
# What the trail is told to record of objects: some of the buckets that hold backups, not all.
RECORDED = ("fivex-mirrors", "fivex-wal-archive", "fivex-archive-2019")


def settle(site: Site) -> None:
    """Make it all, and the streams and images that nothing judges."""
    bucket(site, BUCKET, key="data", system="monitoring", locked=365)
    _trails(site)
    record(site, HOME, allSupported=True, includeGlobalResourceTypes=True)
    # The routes are left out, and nothing is delivered: there is a recorder, for somebody asked for one.
    record(
        site,
        RECOVERY,
        delivers=False,
        recordingStrategy={"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
        exclusionByResourceTypes={"resourceTypes": ["AWS::EC2::RouteTable"]},
    )
    site.client("guardduty").create_detector(Enable=True)
    site.client("guardduty", RECOVERY).create_detector(Enable=False)
    site.client("inspector2").enable(accountIds=[site.account], resourceTypes=["EC2", "ECR"])
    site.client("securityhub").enable_security_hub()
    _restore_tests(site)
    _others(site)


def _trails(site: Site) -> None:
    """One trail of all regions that leaves out KMS, one of the home region that does not, and one that is forgotten."""
    trail, there = site.client("cloudtrail"), site.client("cloudtrail", RECOVERY)
    trail.create_trail(
        Name="fivex-audit",
        S3BucketName=BUCKET,
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
        KmsKeyId=site.keys["data"],
    )
    objects = [f"arn:aws:s3:::{name}/" for name in RECORDED]
    trail.put_event_selectors(
        TrailName="fivex-audit",
        AdvancedEventSelectors=[
            selector(
                "operations",
                ("eventCategory", "Equals", "Management"),
                ("eventSource", "NotEquals", "kms.amazonaws.com"),
            ),
            selector(
                "objects",
                ("eventCategory", "Equals", "Data"),
                ("resources.type", "Equals", "AWS::S3::Object"),
                ("resources.ARN", "StartsWith", *objects),
            ),
        ],
    )
    trail.create_trail(Name="fivex-keys", S3BucketName=BUCKET, EnableLogFileValidation=True)
    there.create_trail(Name="fivex-before-the-move", S3BucketName=BUCKET, IsMultiRegionTrail=True)
    for client, name in ((trail, "fivex-audit"), (trail, "fivex-keys"), (there, "fivex-before-the-move")):
        client.start_logging(Name=name)
    there.stop_logging(Name="fivex-before-the-move")


def selector(name: str, *conditions: tuple[str, ...]) -> dict[str, Any]:
    """An advanced selector; each condition is a field, a test and the values."""
    return {
        "Name": name,
        "FieldSelectors": [{"Field": field, test: list(values)} for field, test, *values in conditions],
    }


def record(site: Site, region: str, *, to: str = BUCKET, delivers: bool = True, **group: Any) -> None:
    """Record the configuration of a region, and deliver it every day unless told not to."""
    config = site.client("config", region)
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": site.role("aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
            "recordingGroup": group,
        }
    )
    if not delivers:
        return
    config.put_delivery_channel(
        DeliveryChannel={
            "name": "default",
            "s3BucketName": to,
            "configSnapshotDeliveryProperties": {"deliveryFrequency": "TwentyFour_Hours"},
        }
    )
    config.start_configuration_recorder(ConfigurationRecorderName="default")


def _restore_tests(site: Site) -> None:
    """Test customer metadata every month, all kinds of it."""
    chosen = {
        "Algorithm": "RANDOM_WITHIN_WINDOW",
        "IncludeVaults": [vault_arn("metadata-vault")],
        "RecoveryPointTypes": ["SNAPSHOT"],
    }
    plan_restores(site, "metadata_monthly", "cron(0 6 1 * ? *)", chosen, ("DynamoDB", "S3"), "backup-operator")


def plan_restores(
    site: Site,
    name: str,
    schedule: str,
    chosen: dict[str, Any],
    kinds: Iterable[str],
    role: str,
    region: str = HOME,
) -> None:
    """Restore a backup of each kind, in AWS Backup's words, by a schedule."""
    backup = site.client("backup", region)
    backup.create_restore_testing_plan(
        RestoreTestingPlan={
            "RestoreTestingPlanName": name,
            "ScheduleExpression": schedule,
            "RecoveryPointSelection": chosen,
        }
    )
    for kind in kinds:
        backup.create_restore_testing_selection(
            RestoreTestingPlanName=name,
            RestoreTestingSelection={
                "RestoreTestingSelectionName": kind.lower(),
                "ProtectedResourceType": kind,
                "ProtectedResourceArns": ["*"],
                "IamRoleArn": site.role(role),
            },
        )


def _others(site: Site) -> None:
    """Data stores of kinds that are not judged: in a system, in none, and answered for."""
    with site.emulator.on_stage() as world:
        for service, name, told in (
            ("kinesis", "stream/clicks-live", {"System": "analytics"}),
            ("kinesis", "stream/clicks-trial", {"Owner": "nobody"}),
            ("ecr", "repository/shop", {"Owner": "platform"}),
        ):
            mark(world, site.account, HOME, site.arn(service, name), told)
        discover(world, site.account, HOME, {"AWS::EC2::VPC": 2, "AWS::ECR::Repository": 1, "AWS::Kinesis::Stream": 2})
