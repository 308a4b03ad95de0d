"""Who would notice: event rules, topics, subscriptions and alarms, and how each of them can be broken."""

import json
from datetime import timedelta
from typing import Any

from scanner.emulation.company.site import BUNKER, HOME, RECOVERY, Site
from scanner.emulation.seeding import confirm_subscriptions, date_alarm

FAILED = {"source": ["aws.backup"], "detail-type": ["Backup Job State Change"]}
LOST_KEYS = {
    "source": ["aws.kms"],
    "detail-type": ["AWS API Call via CloudTrail"],
    "detail": {"eventSource": ["kms.amazonaws.com"], "eventName": ["DisableKey", "ScheduleKeyDeletion"]},
}
RESTORED = {"source": ["aws.backup"], "detail-type": ["Restore Job State Change"]}


def settle(site: Site) -> None:
    """Make the topics first, then what sends to them."""
    for region in (HOME, RECOVERY):
        topic(site, "backup-alerts", region, senders=("backup", "cloudwatch", "events"), confirmed=True)
    topic(site, "unread", HOME, senders=("cloudwatch", "events"), confirmed=False)
    # As SNS makes it: CloudWatch and RDS of the same account may publish, EventBridge may not.
    topic(site, "locked-out", HOME, senders=(), confirmed=True)
    topic(site, "sealed-alerts", HOME, senders=("cloudwatch", "events"), confirmed=True, KmsMasterKeyId="alias/aws/sns")
    _rules(site)
    _databases(site)
    _alarms(site)


def topic(site: Site, name: str, region: str, *, senders: tuple[str, ...], confirmed: bool, **attributes: str) -> str:
    """A topic that services may publish to, with an address that has said yes, or has not yet."""
    sns, arn = site.client("sns", region), site.arn("sns", name, region)
    if senders:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": [f"{one}.amazonaws.com" for one in senders]},
            "Action": "sns:Publish",
            "Resource": arn,
        }
        attributes["Policy"] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sns.create_topic(Name=name, Attributes=attributes)
    sns.subscribe(TopicArn=arn, Protocol="email", Endpoint=f"{name}@example.com")
    if confirmed:
        with site.emulator.on_stage() as world:
            confirm_subscriptions(world, arn)
    return arn


def event_rule(site: Site, name: str, pattern: dict[str, Any], to: str, region: str = HOME, **more: Any) -> None:
    """A rule on the default bus with one target."""
    events = site.client("events", region)
    events.put_rule(Name=name, EventPattern=json.dumps(pattern), **more)
    events.put_targets(Rule=name, Targets=[{"Id": "operations", "Arn": to}])


def _rules(site: Site) -> None:
    alerts, away = site.arn("sns", "backup-alerts"), site.arn("sns", "backup-alerts", RECOVERY)
    event_rule(
        site,
        "failed-backups",
        FAILED
        | {
            "detail": {
                "state": ["FAILED", "ABORTED", "EXPIRED"],
                "backupVaultName": [{"prefix": "orders-"}, {"prefix": "metadata-"}],
            }
        },
        alerts,
    )
    # The state is called FAILED: this one has never matched anything.
    event_rule(site, "failed-backups", FAILED | {"detail": {"state": ["FAIL", "EXPIRE"]}}, away, RECOVERY)
    event_rule(
        site,
        "failed-backups-of-development",
        FAILED | {"detail": {"backupVaultName": ["development-vault"]}},
        alerts,
        State="DISABLED",
    )
    event_rule(
        site,
        "failed-reports",
        FAILED | {"detail": {"state": ["FAILED", "EXPIRED"], "backupVaultName": ["reporting-vault"]}},
        site.arn("sns", "locked-out"),
    )
    event_rule(
        site,
        "failed-archives",
        FAILED | {"detail": {"state": ["FAILED", "EXPIRED"], "backupVaultName": ["archive-vault"]}},
        site.arn("lambda", "function:open-ticket"),
    )
    # A restore job has its state under `status`.
    event_rule(site, "failed-restores", RESTORED | {"detail": {"state": ["FAILED"]}}, alerts)
    event_rule(site, "failed-restores", RESTORED | {"detail": {"status": ["FAILED"]}}, away, RECOVERY)
    snapshots = {"source": ["aws.ec2"], "detail-type": ["EBS Snapshot Notification"], "detail": {"result": ["failed"]}}
    event_rule(site, "failed-snapshots", snapshots, alerts)
    event_rule(
        site,
        "policies-in-error",
        {
            "source": ["aws.dlm"],
            "detail": {"state": ["ERROR"], "policy_id": [{"anything-but": {"suffix": _second(site)}}]},
        },
        alerts,
    )
    event_rule(site, "keys-in-danger", LOST_KEYS, alerts)
    # By then the key is gone.
    event_rule(site, "keys-gone", {"source": ["aws.kms"], "detail-type": ["KMS CMK Deletion"]}, away, RECOVERY)


def _second(site: Site) -> str:
    """One of the lifecycle policies, of which nobody is told."""
    return str(site.client("dlm").get_lifecycle_policies()["Policies"][1]["PolicyId"])


def _databases(site: Site) -> None:
    rds = site.client("rds")
    rds.create_event_subscription(
        SubscriptionName="orders-databases",
        SnsTopicArn=site.arn("sns", "locked-out"),
        SourceType="db-instance",
        SourceIds=["orders-main", "orders-main-replica", "orders-ledger-1", "orders-ledger-2", "orders-new"],
        EventCategories=["backup", "failure", "low storage"],
        Enabled=True,
    )
    rds.create_event_subscription(
        SubscriptionName="old-databases",
        SnsTopicArn=site.arn("sns", "locked-out"),
        SourceType="db-instance",
        SourceIds=["orders-legacy"],
        EventCategories=["availability", "failure"],
        Enabled=True,
    )
    rds.create_event_subscription(
        SubscriptionName="clusters",
        SnsTopicArn=site.arn("sns", "locked-out"),
        SourceType="db-cluster",
        SourceIds=["orders-ledger", "clicks"],
        Enabled=True,
    )
    rds.create_event_subscription(
        SubscriptionName="graphs",
        SnsTopicArn=site.arn("sns", "unread"),
        SourceType="db-cluster",
        SourceIds=["graph"],
        Enabled=True,
    )


def _alarms(site: Site) -> None:
    alerts = site.arn("sns", "backup-alerts")
    free: dict[str, Any] = {"below": 20e9, "Namespace": "AWS/RDS", "MetricName": "FreeStorageSpace"}
    alarm(site, "orders-main-storage", {"DBInstanceIdentifier": "orders-main"}, [alerts], **free)
    alarm(site, "orders-gap-storage", {"DBInstanceIdentifier": "orders-gap"}, [alerts], ActionsEnabled=False, **free)
    alarm(site, "orders-stuck-storage", {"DBInstanceIdentifier": "orders-stuck"}, [], **free)
    alarm(site, "orders-broken-storage", {"DBInstanceIdentifier": "orders-broken"}, [alerts], **free | {"below": 0.0})
    full: dict[str, Any] = {"above": 90.0, "Namespace": "AWS/Redshift", "MetricName": "PercentageDiskSpaceUsed"}
    alarm(site, "warehouse-full", {"ClusterIdentifier": "warehouse"}, [alerts], **full)
    alarm(
        site, "warehouse-sandbox-full", {"ClusterIdentifier": "warehouse-sandbox"}, [site.arn("sns", "unread")], **full
    )
    room: dict[str, Any] = {"below": 20480.0, "Namespace": "AWS/ES", "MetricName": "FreeStorageSpace"}
    alarm(site, "observability-full", {"DomainName": "observability", "ClientId": site.account}, [], **room)
    # CloudWatch may not use the key that AWS manages for SNS.
    alarm(site, "observability-dev-full", {"DomainName": "observability-dev", "ClientId": site.account},
          [site.arn("sns", "sealed-alerts")], **room)  # fmt: skip
    site.client("cloudwatch").put_composite_alarm(
        AlarmName="anything-full",
        AlarmRule='ALARM("observability-full") OR ALARM("warehouse-full")',
        AlarmActions=[alerts],
    )
    memory: dict[str, Any] = {
        "above": 85.0,
        "Namespace": "AWS/ElastiCache",
        "MetricName": "DatabaseMemoryUsagePercentage",
    }
    restart = "arn:aws:automate:eu-west-1:ec2:reboot"
    alarm(site, "sessions-full", {"CacheClusterId": "sessions-001"}, [restart], **memory)
    _lags(site, alerts)
    alarm(
        site,
        "imported-key-expires",
        {"KeyId": site.keys["imported"].rpartition("/")[2]},
        [alerts],
        below=14 * 86400.0,
        Namespace="AWS/KMS",
        MetricName="SecondsUntilKeyMaterialExpiration",
    )
    # Auto Scaling's own, and one that watches no data: nobody need hear of them.
    alarm(site, "TargetTracking-table/auth-users", {"TableName": "auth-users"}, [], above=70.0,
          Namespace="AWS/DynamoDB", MetricName="ConsumedReadCapacityUnits")  # fmt: skip
    alarm(site, "web-busy", {"InstanceId": "i-0123"}, [], above=90.0, Namespace="AWS/EC2", MetricName="CPUUtilization")
    # Their topic is another account's, where the scan does not look.
    alarm(site, "files-full", {"FileSystemId": "fs-0123"}, [f"arn:aws:sns:{HOME}:{BUNKER}:operations"], above=90.0,
          Namespace="AWS/FSx", MetricName="StorageCapacityUtilization")  # fmt: skip
    with site.emulator.on_stage() as world:
        date_alarm(world, site.account, HOME, "orders-main-storage", "OK", site.at - timedelta(days=90))
        date_alarm(world, site.account, HOME, "warehouse-full", "INSUFFICIENT_DATA", site.at - timedelta(days=40))


def _lags(site: Site, alerts: str) -> None:
    alarm(site, "orders-replica-late", {"DBInstanceIdentifier": "orders-main-replica"}, [alerts], above=240.0,
          Namespace="AWS/RDS", MetricName="ReplicaLag")  # fmt: skip
    # In milliseconds: an hour, where the tier allows five minutes.
    alarm(site, "auth-users-late", {"TableName": "auth-users", "ReceivingRegion": RECOVERY}, [alerts], above=3_600_000.0,
          Namespace="AWS/DynamoDB", MetricName="ReplicationLatency")  # fmt: skip
    alarm(site, "profiles-late", {"TableName": "customer-profiles", "ReceivingRegion": RECOVERY}, [alerts],
          above=600_000.0, Namespace="AWS/DynamoDB", MetricName="ReplicationLatency")  # fmt: skip
    rule = {
        "SourceBucket": "fivex-customer-documents",
        "DestinationBucket": "fivex-customer-documents-copy",
        "RuleId": "everything",
    }
    where = site.client("s3").get_bucket_location(Bucket=rule["DestinationBucket"])["LocationConstraint"] or HOME
    alarm(site, "documents-late", rule, [site.arn("sns", "backup-alerts", where)], where, above=600.0,
          Namespace="AWS/S3", MetricName="ReplicationLatency")  # fmt: skip


def alarm(
    site: Site,
    name: str,
    dimensions: dict[str, str],
    actions: list[str],
    region: str = HOME,
    *,
    above: float | None = None,
    below: float | None = None,
    **more: Any,
) -> None:
    """An alarm on one metric."""
    site.client("cloudwatch", region).put_metric_alarm(
        AlarmName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        AlarmActions=actions,
        ComparisonOperator="LessThanThreshold" if above is None else "GreaterThanThreshold",
        Threshold=below if above is None else above,
        EvaluationPeriods=1,
        Period=300,
        Statistic="Minimum" if above is None else "Maximum",
        **more,
    )
