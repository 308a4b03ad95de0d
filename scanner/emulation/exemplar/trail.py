"""What is written down: every call in one trail of all regions, and every configuration."""

from scanner.emulation.company.metadata import bucket
from scanner.emulation.company.monitoring import log_group
from scanner.emulation.company.site import HOME, RECOVERY, Site
from scanner.emulation.company.watch import record, selector

BUCKET = "exemplar-records"


def settle(site: Site) -> None:
    """Make the bucket, the trail and the recorders."""
    bucket(site, BUCKET, key="watch", locked=365, system="monitoring")
    log_group(site, "/exemplar/cloudtrail", days=365, key="data")
    trail = site.client("cloudtrail")
    trail.create_trail(
        Name="everything",
        S3BucketName=BUCKET,
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        KmsKeyId=site.keys["watch"],
        CloudWatchLogsLogGroupArn=site.arn("logs", "log-group:/exemplar/cloudtrail:*"),
        CloudWatchLogsRoleArn=site.role("trail"),
    )
    trail.put_event_selectors(
        TrailName="everything",
        AdvancedEventSelectors=[
            selector("operations", ("eventCategory", "Equals", "Management")),
            selector("objects", ("eventCategory", "Equals", "Data"), ("resources.type", "Equals", "AWS::S3::Object")),
        ],
    )
    trail.start_logging(Name="everything")
    for region in (HOME, RECOVERY):
        record(site, region, to=BUCKET, allSupported=True, includeGlobalResourceTypes=region == HOME)
