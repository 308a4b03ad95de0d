"""A table that is backed up continuously."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from scanner.emulation.services.dynamodb.recovery import TableRecovery, table_recovery
from tests.drills.emulated import ACCOUNT, HERE, Desk, desk


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk() as found:
        client = found.client("dynamodb")
        client.create_table(
            TableName="customers",
            AttributeDefinitions=[
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "since", "AttributeType": "N"},
                {"AttributeName": "country", "AttributeType": "S"},
            ],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "since", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-country",
                    "KeySchema": [{"AttributeName": "country", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            DeletionProtectionEnabled=True,
            Tags=[{"Key": "System", "Value": "metadata"}],
        )
        client.update_time_to_live(
            TableName="customers", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends"}
        )
        client.update_continuous_backups(
            TableName="customers", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        for number in range(20):
            item = {"id": {"S": f"c{number}"}, "since": {"N": str(number)}, "name": {"S": f"customer {number}"}}
            client.put_item(
                TableName="customers", Item=item | ({"country": {"S": "CH"}} if number % 2 else {})
            )  # every second one belongs into the index
        recovery(found).lag, recovery(found).creating = timedelta(seconds=5), timedelta(seconds=20)
        yield found


def recovery(found: Desk) -> TableRecovery:
    """How the emulation restores tables."""
    return table_recovery(found.emulator.world, ACCOUNT, HERE)
