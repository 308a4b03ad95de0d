"""Customer metadata in DynamoDB: a table with an index, backed up continuously and by hand, and by AWS Backup."""

from datetime import timedelta

from scanner.emulation.rehearsed.settling import ACCOUNT, HOME, Site
from scanner.emulation.services.dynamodb.recovery import table_recovery

ITEMS = 250
_BATCH = 25


def settle(site: Site) -> None:
    """Make it, and fill it."""
    site.tell("a table")
    # AWS says "typically five minutes"; nobody would wait for that here, and no figure of a simulation counts.
    recovery = table_recovery(site.emulator.world, ACCOUNT, HOME)
    recovery.lag, recovery.creating = timedelta(seconds=5), timedelta(seconds=3)
    tables = site.client("dynamodb")
    made = tables.create_table(
        TableName="customers",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "country")],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-country",
                "KeySchema": [{"AttributeName": "country", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": site.made[f"key@{HOME}"]},
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "System", "Value": "customer-metadata"}],
    )
    site.made["table:customers"] = made["TableDescription"]["TableArn"]
    tables.update_time_to_live(
        TableName="customers", TimeToLiveSpecification={"Enabled": True, "AttributeName": "forget_at"}
    )
    tables.update_continuous_backups(
        TableName="customers", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    items = [
        {"id": {"S": f"{number:05d}"}, "name": {"S": f"customer {number}"}, "country": {"S": ("CH", "DE", "AT")[number % 3]}}
        for number in range(ITEMS)
    ]  # fmt: skip
    for first in range(0, ITEMS, _BATCH):
        puts = [{"PutRequest": {"Item": item}} for item in items[first : first + _BATCH]]
        tables.batch_write_item(RequestItems={"customers": puts})
    tables.create_backup(TableName="customers", BackupName="nightly")
