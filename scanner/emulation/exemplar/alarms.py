"""What rings before storage ends, and when a replica falls behind."""

from scanner.emulation.company.alerts import alarm
from scanner.emulation.company.site import HOME, RECOVERY, Site
from scanner.emulation.exemplar.alerts import TOPIC

GIB = float(1 << 30)


def settle(site: Site) -> None:
    """Make the alarms on storage, then those on replicas."""
    _storage(site)
    _replicas(site)


def _storage(site: Site) -> None:
    to = [site.arn("sns", TOPIC)]
    database = {"DBInstanceIdentifier": "orders-main"}
    alarm(site, "orders-main-storage", database, to, below=40 * GIB, Namespace="AWS/RDS", MetricName="FreeStorageSpace")
    warehouse = {"ClusterIdentifier": "warehouse"}
    alarm(
        site,
        "warehouse-full",
        warehouse,
        to,
        above=80.0,
        Namespace="AWS/Redshift",
        MetricName="PercentageDiskSpaceUsed",
    )
    domain = {"DomainName": "observability", "ClientId": site.account}
    # OpenSearch counts in MiB.
    alarm(site, "observability-full", domain, to, below=20480.0, Namespace="AWS/ES", MetricName="FreeStorageSpace")
    for member in ("sessions-001", "sessions-002"):
        alarm(
            site,
            f"{member}-full",
            {"CacheClusterId": member},
            to,
            above=80.0,
            Namespace="AWS/ElastiCache",
            MetricName="DatabaseMemoryUsagePercentage",
        )
    for system in site.client("fsx").describe_file_systems()["FileSystems"]:
        alarm(
            site,
            "documents-full",
            {"FileSystemId": system["FileSystemId"]},
            to,
            below=60 * GIB,
            Namespace="AWS/FSx",
            MetricName="FreeStorageCapacity",
        )


def _replicas(site: Site) -> None:
    """Global tables are measured where they send, buckets where they arrive."""
    for region, other in ((HOME, RECOVERY), (RECOVERY, HOME)):
        for name, seconds in (("users", 240), ("profiles", 600)):
            alarm(
                site,
                f"{name}-late",
                {"TableName": name, "ReceivingRegion": other},
                [site.arn("sns", TOPIC, region)],
                region,
                above=seconds * 1000.0,
                Namespace="AWS/DynamoDB",
                MetricName="ReplicationLatency",
            )
    for name, seconds in (("exemplar-customer-documents", 600), ("exemplar-log", 45)):
        for source, target, region in ((name, f"{name}-twin", RECOVERY), (f"{name}-twin", name, HOME)):
            alarm(
                site,
                f"{target}-late",
                {"SourceBucket": source, "DestinationBucket": target, "RuleId": "everything"},
                [site.arn("sns", TOPIC, region)],
                region,
                above=float(seconds),
                Namespace="AWS/S3",
                MetricName="ReplicationLatency",
            )
