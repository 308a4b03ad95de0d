"""Who is told: a topic in each region with a subscriber who said yes, and the events that go there."""

from typing import Any

from scanner.emulation.company.alerts import event_rule, topic
from scanner.emulation.company.site import HOME, RECOVERY, Site

TOPIC = "backup-alerts"
# The services that publish to the topics.
SENDERS = ("backup", "cloudwatch", "events", "events.rds")
EVENTS: dict[str, dict[str, Any]] = {
    "failed-backups": {
        "source": ["aws.backup"],
        "detail-type": ["Backup Job State Change"],
        "detail": {"state": ["FAILED", "ABORTED", "EXPIRED"]},
    },
    "failed-copies": {
        "source": ["aws.backup"],
        "detail-type": ["Copy Job State Change"],
        "detail": {"state": ["FAILED"]},
    },
    "failed-restores": {
        "source": ["aws.backup"],
        "detail-type": ["Restore Job State Change"],
        "detail": {"status": ["FAILED", "ABORTED"]},
    },
    "failed-snapshots": {
        "source": ["aws.ec2"],
        "detail-type": ["EBS Snapshot Notification"],
        "detail": {"result": ["failed"]},
    },
    "policies-in-error": {
        "source": ["aws.dlm"],
        "detail-type": ["DLM Policy State Change"],
        "detail": {"state": ["ERROR"]},
    },
    "keys-in-danger": {
        "source": ["aws.kms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["kms.amazonaws.com"],
            "eventName": ["DisableKey", "ScheduleKeyDeletion", "DeleteImportedKeyMaterial"],
        },
    },
}


def settle(site: Site) -> None:
    """Make the topics, what reaches them, and what the databases report."""
    for region, key in ((HOME, "watch"), (RECOVERY, "watch@recovery")):
        alerts = topic(site, TOPIC, region, senders=SENDERS, confirmed=True, KmsMasterKeyId=site.keys[key])
        for name, pattern in EVENTS.items():
            event_rule(site, name, pattern, alerts, region)
        for kind in ("db-instance", "db-cluster"):
            site.client("rds", region).create_event_subscription(
                SubscriptionName=f"{kind}-events", SnsTopicArn=alerts, SourceType=kind, Enabled=True
            )
