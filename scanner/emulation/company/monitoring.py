"""What watches the company: search domains and log groups."""

from typing import Any

from scanner.emulation.company.site import HOME, RECOVERY, Site, tags


def settle(site: Site) -> None:
    """Make a domain and logs that keep, and some that do not."""
    search = site.client("opensearch")
    home = site.network[HOME]
    domain(site, "observability", VPCOptions={"SubnetIds": list(home.subnets), "SecurityGroupIds": [home.group]})
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
        log_group(site, name, days=days, key=key)
    log_group(site, "/aws/backup/jobs", region=RECOVERY)


def domain(site: Site, name: str, **told: Any) -> None:
    """A search domain as it should be."""
    site.client("opensearch").create_domain(
        DomainName=name,
        EngineVersion="OpenSearch_2.17",
        TagList=tags("monitoring"),
        EncryptionAtRestOptions={"Enabled": True, "KmsKeyId": site.keys["data"]},
        NodeToNodeEncryptionOptions={"Enabled": True},
        DomainEndpointOptions={"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
        ClusterConfig={"InstanceType": "r7g.large.search", "InstanceCount": 3, "ZoneAwarenessEnabled": True},
        SnapshotOptions={"AutomatedSnapshotStartHour": 2},
        **told,
    )


def log_group(site: Site, name: str, *, days: int | None = None, key: str | None = None, region: str = HOME) -> None:
    """A log group; kept for ever unless told, encrypted by AWS's own key unless there is one."""
    logs = site.client("logs", region)
    logs.create_log_group(
        logGroupName=name, tags={"System": "monitoring"}, **({"kmsKeyId": site.keys[key]} if key else {})
    )
    if days:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
