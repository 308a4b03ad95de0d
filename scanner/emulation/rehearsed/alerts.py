"""Who is told when a backup fails: a topic that somebody reads, the rule and the vault that send to it."""

import json

from scanner.emulation.rehearsed.settling import HOME, Site

TOPIC, VAULT = "backup-alerts", "rehearsed"
#: The name in which a drill sends an event of its own; only AWS sends in the name of AWS Backup.
OWN_SOURCE = "backup-drill"


def settle(site: Site) -> None:
    """Make them."""
    site.tell("alerts")
    account = site.emulator.world.account
    sns, sqs, events, backup = (site.client(one) for one in ("sns", "sqs", "events", "backup"))
    topic = sns.create_topic(Name=TOPIC)["TopicArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": ["events.amazonaws.com", "backup.amazonaws.com"]},
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }
        ],
    }
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    sqs.create_queue(QueueName="on-call")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{HOME}:{account}:on-call")
    pattern = {
        "source": ["aws.backup", OWN_SOURCE],
        "detail-type": ["Backup Job State Change"],
        "detail": {"state": ["FAILED", "ABORTED", "EXPIRED"]},
    }
    events.put_rule(Name="failed-backups", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="failed-backups", Targets=[{"Id": "topic", "Arn": topic}])
    if VAULT not in {one["BackupVaultName"] for one in backup.list_backup_vaults()["BackupVaultList"]}:
        backup.create_backup_vault(BackupVaultName=VAULT, EncryptionKeyArn=site.made[f"key@{HOME}"])
    backup.put_backup_vault_notifications(
        BackupVaultName=VAULT, SNSTopicArn=topic, BackupVaultEvents=["BACKUP_JOB_FAILED", "COPY_JOB_FAILED"]
    )
    site.made["alerts"] = topic
