"""What watches the company: search domains and log groups."""

from scanner.emulation.company.site import RECOVERY, Site, tags


def settle(site: Site) -> None:
    """Make a domain and logs that keep, and some that do not."""
    search, logs = site.client("opensearch"), site.client("logs")
    search.create_domain(
        DomainName="observability",
        EngineVersion="OpenSearch_2.17",
        TagList=tags("monitoring"),
        EncryptionAtRestOptions={"Enabled": True, "KmsKeyId": site.keys["data"]},
        NodeToNodeEncryptionOptions={"Enabled": True},
        DomainEndpointOptions={"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
        ClusterConfig={"InstanceType": "r7g.large.search", "InstanceCount": 3, "ZoneAwarenessEnabled": True},
        SnapshotOptions={"AutomatedSnapshotStartHour": 2},
    )
    search.create_domain(
        DomainName="observability-dev",
        EngineVersion="OpenSearch_2.11",
        TagList=tags("monitoring"),
        EncryptionAtRestOptions={"Enabled": False},
        NodeToNodeEncryptionOptions={"Enabled": False},
        SnapshotOptions={"AutomatedSnapshotStartHour": 14},
    )
    for name, days, key in (
        ("/aws/backup/jobs", 365, "data"),
        ("/aws/rds/instance/orders-main/postgresql", 90, "data"),
        ("/fivex/backup-operator", None, None),
        ("/aws/rds/instance/orders-legacy/error", 7, None),
        ("/aws/lambda/backup-exporter", 3, None),
    ):
        logs.create_log_group(
            logGroupName=name, tags={"System": "monitoring"}, **({"kmsKeyId": site.keys[key]} if key else {})
        )
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    site.client("logs", RECOVERY).create_log_group(logGroupName="/aws/backup/jobs", tags={"System": "monitoring"})
