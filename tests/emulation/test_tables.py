"""Tables come back as they were at a time, and nothing is given back that AWS does not give back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from scanner.emulation.services.dynamodb.recovery import TableFault, table_recovery

START = datetime(2026, 11, 24, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ACCOUNT, HERE = "123456789012", "eu-west-1"


class Hands:
    """A clock with hands that tests move."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def aws(hands: Hands) -> Iterator[Emulator]:
    with Emulator(clock=hands) as emulator:
        yield emulator


@pytest.fixture
def tables(aws: Emulator) -> Any:
    client = aws.client("dynamodb")
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    client.create_table(
        TableName="things",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "part", "by")],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "part", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-who",
                "KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "System", "Value": "s"}],
    )
    client.update_time_to_live(TableName="things", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends"})
    client.update_continuous_backups(
        TableName="things", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return client


def item(name: str, **more: Any) -> dict[str, Any]:
    return {"id": {"S": name}, "part": {"S": "0"}, **more}


def key(name: str) -> dict[str, Any]:
    return {"id": {"S": name}, "part": {"S": "0"}}


def held(client: Any, name: str) -> dict[str, Any]:
    return {each["id"]["S"]: each for each in client.scan(TableName=name)["Items"]}


def back(client: Any, at: datetime | None, name: str, **told: Any) -> dict[str, Any]:
    when = {"UseLatestRestorableTime": True} if at is None else {"RestoreDateTime": at}
    client.restore_table_to_point_in_time(SourceTableName="things", TargetTableName=name, **when, **told)
    return held(client, name)


def refusal(call: Any, **told: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**told)
    return str(refused.value.response["Error"]["Code"])


def test_every_kind_of_write_is_undone(tables: Any, hands: Hands) -> None:
    puts = [{"PutRequest": {"Item": item(name, n={"N": "1"})}} for name in "abcd"]
    tables.batch_write_item(RequestItems={"things": puts})
    before = held(tables, "things")
    hands.at += MINUTE
    tables.put_item(TableName="things", Item=item("new"))
    tables.update_item(
        TableName="things", Key=key("a"), UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"N": "2"}}
    )
    tables.delete_item(TableName="things", Key=key("b"))
    tables.transact_write_items(
        TransactItems=[
            {"Delete": {"TableName": "things", "Key": key("c")}},
            {"Put": {"TableName": "things", "Item": item("together")}},
        ]
    )
    tables.execute_statement(Statement="INSERT INTO \"things\" VALUE {'id': 'said', 'part': '0'}")
    tables.batch_write_item(RequestItems={"things": [{"DeleteRequest": {"Key": key("d")}}]})
    after = held(tables, "things")
    assert set(after) == {"a", "new", "together", "said"}
    hands.at += 10 * MINUTE
    assert back(tables, START + timedelta(seconds=30), "earlier") == before
    assert back(tables, START + MINUTE, "later") == after
    assert back(tables, None, "newest") == after


def test_what_reached_behind_the_port_is_found(tables: Any, hands: Hands, aws: Emulator) -> None:
    tables.put_item(TableName="things", Item=item("a"))
    with aws.on_stage() as world:
        world.backend("dynamodb", ACCOUNT, HERE).tables["things"].put_item(item("seeded"))
    hands.at += 10 * MINUTE
    assert set(back(tables, START, "then")) == {"a"}  # nobody knew of it then
    hands.at += 10 * MINUTE
    assert set(back(tables, None, "now")) == {"a", "seeded"}


def test_a_refused_transaction_leaves_no_trace(tables: Any, hands: Hands) -> None:
    tables.put_item(TableName="things", Item=item("a"))
    steps = [
        {"Put": {"TableName": "things", "Item": item("b")}},
        {"ConditionCheck": {"TableName": "things", "Key": key("a"), "ConditionExpression": "attribute_not_exists(id)"}},
    ]
    assert refusal(tables.transact_write_items, TransactItems=steps) == "TransactionCanceledException"
    hands.at += 10 * MINUTE
    assert set(back(tables, None, "copy")) == {"a"}


def test_what_a_restore_keeps_and_what_it_forgets(tables: Any, hands: Hands) -> None:
    tables.put_item(TableName="things", Item=item("a", by={"S": "x"}))
    hands.at += 10 * MINUTE
    back(tables, None, "copy")
    source, copy = (tables.describe_table(TableName=name)["Table"] for name in ("things", "copy"))
    assert copy["TableId"] != source["TableId"]
    assert copy["RestoreSummary"]["SourceTableArn"] == source["TableArn"]
    assert copy["RestoreSummary"]["RestoreDateTime"] == hands.at - 5 * MINUTE
    for kept in ("KeySchema", "BillingModeSummary", "SSEDescription"):
        assert copy[kept] == source[kept]
    assert [index["IndexName"] for index in copy["GlobalSecondaryIndexes"]] == ["by-who"]
    assert tables.scan(TableName="copy", IndexName="by-who")["Count"] == 1
    assert not copy["DeletionProtectionEnabled"]
    assert "StreamSpecification" not in copy
    assert tables.list_tags_of_resource(ResourceArn=copy["TableArn"])["Tags"] == []
    told = tables.describe_time_to_live(TableName="copy")["TimeToLiveDescription"]
    assert told["TimeToLiveStatus"] == "DISABLED"
    told = tables.describe_continuous_backups(TableName="copy")["ContinuousBackupsDescription"]
    assert told["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"


def test_a_backup_holds_the_items_of_its_time(tables: Any) -> None:
    tables.put_item(TableName="things", Item=item("a", by={"S": "x"}))
    arn = tables.create_backup(TableName="things", BackupName="nightly")["BackupDetails"]["BackupArn"]
    tables.put_item(TableName="things", Item=item("b"))
    tables.delete_item(TableName="things", Key=key("a"))
    tables.restore_table_from_backup(TargetTableName="copy", BackupArn=arn, GlobalSecondaryIndexOverride=[])
    assert set(held(tables, "copy")) == {"a"}
    copy = tables.describe_table(TableName="copy")["Table"]
    assert not copy.get("GlobalSecondaryIndexes")
    assert copy["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert copy["RestoreSummary"]["SourceBackupArn"] == arn
    told = {"TargetTableName": "other"}
    assert (
        refusal(tables.restore_table_from_backup, BackupArn=arn[:-1] + ("1" if arn.endswith("0") else "0"), **told)
        == "BackupNotFoundException"
    )
    told = {"TargetTableName": "things", "BackupArn": arn}
    assert refusal(tables.restore_table_from_backup, **told) == "TableAlreadyExistsException"


def test_what_aws_refuses(tables: Any, hands: Hands) -> None:
    hands.at += 10 * MINUTE
    restore = tables.restore_table_to_point_in_time
    told: dict[str, Any] = {"SourceTableName": "things", "TargetTableName": "copy"}
    newest = {"UseLatestRestorableTime": True}
    assert refusal(restore, **told) == "ValidationException"
    assert refusal(restore, **told, **newest, RestoreDateTime=START) == "ValidationException"
    for outside in (START - MINUTE, hands.at - 4 * MINUTE, START - timedelta(days=400)):
        assert refusal(restore, **told, RestoreDateTime=outside) == "InvalidRestoreTimeException"
    assert refusal(restore, **newest, **(told | {"SourceTableName": "none"})) == "TableNotFoundException"
    assert refusal(restore, **newest, **(told | {"TargetTableName": "things"})) == "TableAlreadyExistsException"
    off = {"PointInTimeRecoveryEnabled": False}
    tables.update_continuous_backups(TableName="things", PointInTimeRecoverySpecification=off)
    assert refusal(restore, **told, **newest) == "PointInTimeRecoveryUnavailableException"
    # Whoever turns it off and on again begins a new window.
    tables.update_continuous_backups(
        TableName="things", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    hands.at += 10 * MINUTE
    assert refusal(restore, **told, RestoreDateTime=START + MINUTE) == "InvalidRestoreTimeException"


def test_nothing_comes_back_without_its_key(tables: Any, hands: Hands, aws: Emulator) -> None:
    hands.at += 10 * MINUTE
    arn = tables.describe_table(TableName="things")["Table"]["SSEDescription"]["KMSMasterKeyArn"]
    aws.client("kms").disable_key(KeyId=arn)
    told: dict[str, Any] = {"SourceTableName": "things", "TargetTableName": "copy", "UseLatestRestorableTime": True}
    assert refusal(tables.restore_table_to_point_in_time, **told) == "ValidationException"
    assert "copy" not in tables.list_tables()["TableNames"]


def test_a_restore_takes_its_time(tables: Any, hands: Hands, aws: Emulator) -> None:
    tables.put_item(TableName="things", Item=item("a"))
    hands.at += 10 * MINUTE
    table_recovery(aws.world, ACCOUNT, HERE).creating = 3 * MINUTE
    told: dict[str, Any] = {"SourceTableName": "things", "TargetTableName": "copy", "UseLatestRestorableTime": True}
    made = tables.restore_table_to_point_in_time(**told)["TableDescription"]
    assert (made["TableStatus"], made["RestoreSummary"]["RestoreInProgress"]) == ("CREATING", True)
    hands.at += 2 * MINUTE
    assert refusal(tables.scan, TableName="copy") == "ResourceNotFoundException"
    assert refusal(tables.put_item, TableName="copy", Item=item("z")) == "ResourceNotFoundException"
    assert refusal(tables.delete_table, TableName="copy") == "ResourceInUseException"
    hands.at += MINUTE
    made = tables.describe_table(TableName="copy")["Table"]
    assert (made["TableStatus"], made["RestoreSummary"]["RestoreInProgress"]) == ("ACTIVE", False)
    assert set(held(tables, "copy")) == {"a"}
    tables.delete_table(TableName="copy")


@pytest.mark.parametrize(
    ("fault", "left"),
    [
        (TableFault.IGNORES_TIME, {"a", "b", "c", "late"}),
        (TableFault.LOSES_ITEMS, {"a", "c"}),
        (TableFault.EMPTY, set()),
    ],
)
def test_a_restore_goes_wrong_as_wished(
    tables: Any, hands: Hands, aws: Emulator, fault: TableFault, left: set[str]
) -> None:
    for name in "abc":
        tables.put_item(TableName="things", Item=item(name))
    hands.at += 10 * MINUTE
    tables.put_item(TableName="things", Item=item("late"))
    table_recovery(aws.world, ACCOUNT, HERE).faults.add(fault)
    assert set(back(tables, None, "copy")) == left


def test_a_replica_has_the_same_history(tables: Any, hands: Hands, aws: Emulator) -> None:
    tables.update_table(TableName="things", ReplicaUpdates=[{"Create": {"RegionName": "eu-central-1"}}])
    there = aws.client("dynamodb", "eu-central-1")
    on = {"PointInTimeRecoveryEnabled": True}
    there.update_continuous_backups(TableName="things", PointInTimeRecoverySpecification=on)
    hands.at += MINUTE
    tables.put_item(TableName="things", Item=item("a"))
    hands.at += 10 * MINUTE
    assert back(there, START, "then") == {}
    assert set(back(there, START + MINUTE, "now")) == {"a"}
