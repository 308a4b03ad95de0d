"""Every operation on tables that has an answer of ours, called once."""

from typing import Any

from scanner.emulation import Emulator

THERE = "eu-central-1"


def tables(aws: Emulator) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName="table",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.update_table(TableName="table", ReplicaUpdates=[{"Create": {"RegionName": THERE}}])
    dynamodb.describe_table(TableName="table")
    dynamodb.update_continuous_backups(
        TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    dynamodb.describe_continuous_backups(TableName="table")
    copy = dynamodb.create_backup(TableName="table", BackupName="copy")["BackupDetails"]["BackupArn"]
    dynamodb.list_backups()
    dynamodb.describe_backup(BackupArn=copy)
    _items(dynamodb)
    dynamodb.restore_table_to_point_in_time(
        SourceTableName="table", TargetTableName="earlier", UseLatestRestorableTime=True
    )
    dynamodb.restore_table_from_backup(TargetTableName="backed-up", BackupArn=copy)
    dynamodb.delete_table(TableName="earlier")


def _items(dynamodb: Any) -> None:
    key = {"id": {"S": "one"}}
    dynamodb.put_item(
        TableName="table", Item={**key, "raw": {"B": b"\x00\xff"}, "in": {"M": {"list": {"L": [{"N": "1"}]}}}}
    )
    dynamodb.update_item(
        TableName="table", Key=key, UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"N": "2"}}
    )
    dynamodb.batch_write_item(RequestItems={"table": [{"PutRequest": {"Item": {"id": {"S": "two"}}}}]})
    dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": "table", "Item": {"id": {"S": "three"}}}}])
    dynamodb.execute_statement(Statement="INSERT INTO \"table\" VALUE {'id': 'four'}")
    dynamodb.batch_execute_statement(Statements=[{"Statement": "INSERT INTO \"table\" VALUE {'id': 'five'}"}])
    dynamodb.execute_transaction(TransactStatements=[{"Statement": "INSERT INTO \"table\" VALUE {'id': 'six'}"}])
    dynamodb.get_item(TableName="table", Key=key)
    dynamodb.query(
        TableName="table", KeyConditionExpression="id = :id", ExpressionAttributeValues={":id": {"S": "one"}}
    )
    dynamodb.scan(TableName="table")
    dynamodb.batch_get_item(RequestItems={"table": {"Keys": [key]}})
    dynamodb.delete_item(TableName="table", Key=key)
