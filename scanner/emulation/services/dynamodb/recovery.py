"""Restores of tables: from backups, and to a time. What AWS refuses is refused, and what it forgets is forgotten.

A restored table has the indexes, the billing mode, the capacity and the encryption of its source. Auto scaling, IAM
policies, alarms, tags, streams, time to live, point-in-time recovery and deletion protection have to be set up anew
(DynamoDB developer guide, "Point-in-time recovery: how it works", and "Restoring a table").
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.descriptions import altered, described
from scanner.emulation.services.dynamodb.history import Histories, history_of
from scanner.emulation.services.dynamodb.tables import completed
from scanner.emulation.services.dynamodb.writes import called
from scanner.emulation.services.encryption import usable
from scanner.emulation.wire import Document, Refusal, describe


class TableFault(Enum):
    """How a restore of a table goes wrong, where it is wished."""

    IGNORES_TIME = "it brings back what is there now"
    LOSES_ITEMS = "every third item is missing"
    EMPTY = "it says ACTIVE and has no item"
    ALTERS_ITEMS = "each text that is no key ends otherwise"
    LOSES_INDEXES = "the secondary indexes are missing"
    HANGS = "it stays CREATING for ever"


@dataclass
class TableRecovery:
    """How tables are restored in one region."""

    #: how far the newest restorable time is behind now: "typically five minutes", says AWS
    lag: timedelta = timedelta(minutes=5)
    #: how long a restored table stays CREATING; AWS takes minutes to hours
    creating: timedelta = timedelta(0)
    faults: set[TableFault] = field(default_factory=set)


def table_recovery(world: World, account: str, region: str) -> TableRecovery:
    """How tables are restored there, to be changed."""
    return world.shelf(TableRecovery, account, region)


@answers("dynamodb:DescribeContinuousBackups", "dynamodb:UpdateContinuousBackups")
def describe_continuous_backups(call: Call) -> Document:
    """The newest restorable time lags behind now; `<table>/pitr` alters what is told."""
    answer = call.moto()
    name = called(call.params["TableName"])
    recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    table = call.backend("dynamodb").tables[name]
    history_of(call, name).compare(table, call.now)
    recovery.update(_window(call, table))
    altered(call, recovery, f"{name}/pitr")
    return answer


def _window(call: Call, table: Any) -> Document:
    """From when to when a table can be restored; nothing where recovery is off."""
    told = table.continuous_backups["PointInTimeRecoveryDescription"]
    if told["PointInTimeRecoveryStatus"] != "ENABLED":
        return {}
    enabled = datetime.fromtimestamp(told["EarliestRestorableDateTime"], UTC)
    newest = max(call.now - call.shelf(TableRecovery).lag, min(enabled, call.now))
    oldest = newest - timedelta(days=told.get("RecoveryPeriodInDays", 35))
    return {"EarliestRestorableDateTime": max(min(enabled, newest), oldest), "LatestRestorableDateTime": newest}


@answers("dynamodb:RestoreTableToPointInTime")
def restore_to_point_in_time(call: Call) -> Document:
    """A new table with the items of a time."""
    from moto.dynamodb.models.table import RestoredPITTable

    told, tables = call.params, call.backend("dynamodb").tables
    name = called(told.get("SourceTableName") or told.get("SourceTableArn") or "")
    source = tables.get(name)
    if source is None:
        raise Refusal("TableNotFoundException", f"Table not found: {name}")
    check_target(call, told["TargetTableName"])
    window = altered_window(call, source)
    if not window:
        raise Refusal(
            "PointInTimeRecoveryUnavailableException", f"Point in time recovery is not enabled for table '{name}'"
        )
    moment = _moment(told, window)
    check_encryption(call, source, told.get("SSESpecificationOverride"))
    history = history_of(call, name)
    history.compare(source, call.now)
    ignored = TableFault.IGNORES_TIME in call.shelf(TableRecovery).faults
    kind: Any = RestoredPITTable
    table = kind(told["TargetTableName"], call.account, call.region, source)
    table.restore_date_time = moment.astimezone(UTC).replace(tzinfo=None)
    return bring_back(call, table, source, list(history.at(call.now if ignored else moment)))


def altered_window(call: Call, table: Any) -> Document:
    """The window as descriptions tell it."""
    window = _window(call, table)
    return altered(call, window, f"{table.name}/pitr") if window else {}


def _moment(told: Document, window: Document) -> datetime:
    at, newest = told.get("RestoreDateTime"), bool(told.get("UseLatestRestorableTime"))
    if (at is None) != newest:
        raise Refusal("ValidationException", "Either UseLatestRestorableTime or RestoreDateTime must be specified")
    oldest, latest = window["EarliestRestorableDateTime"], window["LatestRestorableDateTime"]
    moment: datetime = latest if at is None else at.astimezone(UTC)
    # Times are told in whole seconds.
    if not oldest.replace(microsecond=0) <= moment <= latest:
        raise Refusal(
            "InvalidRestoreTimeException",
            f"Invalid restore time: it must be between {oldest:%Y-%m-%dT%H:%M:%SZ} and {latest:%Y-%m-%dT%H:%M:%SZ}",
        )
    return moment


@answers("dynamodb:RestoreTableFromBackup")
def restore_from_backup(call: Call) -> Document:
    """A new table with the items of a backup, and the settings that its table had then."""
    from moto.dynamodb.models.table import RestoredTable

    told = call.params
    backup = call.backend("dynamodb").backups.get(told["BackupArn"])
    if backup is None:
        raise Refusal("BackupNotFoundException", f"Backup not found: {told['BackupArn']}")
    check_target(call, told["TargetTableName"])
    check_encryption(call, backup.table, told.get("SSESpecificationOverride"))
    kind: Any = RestoredTable
    table = kind(told["TargetTableName"], call.account, call.region, backup)
    # What moto backs up is the table itself, with its items; what it shows of the restore is when it was asked for.
    table.restore_date_time = backup.creation_date_time
    items = [item.to_json()["Attributes"] for item in backup.table.all_items()]
    return bring_back(call, table, backup.table, items)


def check_target(call: Call, name: str) -> None:
    """Nothing is restored into a table that is there."""
    if name in call.backend("dynamodb").tables:
        raise Refusal("TableAlreadyExistsException", f"Table already exists: {name}")


def check_encryption(call: Call, source: Any, instead: Document | None) -> None:
    """The key of the source must be usable, and so must another that the copy is to have. The words are ours."""
    for said in (source.sse_specification, instead):
        key = (said or {}).get("KMSMasterKeyId")
        if not usable(call, key):
            raise Refusal("ValidationException", f"KMS validation error: the key {key} is not enabled")


def bring_back(call: Call, table: Any, source: Any, items: list[Document]) -> Document:
    """Put a restored table in its place, with these items, as the call wishes it and as the faults have it."""
    told, recovery = call.params, call.shelf(TableRecovery)
    table.billing_mode = told.get("BillingModeOverride") or source.billing_mode
    table.sse_specification = told.get("SSESpecificationOverride") or deepcopy(source.sse_specification)
    if throughput := told.get("ProvisionedThroughputOverride"):
        table.throughput = {**throughput, "NumberOfDecreasesToday": 0}
    _choose(table, "global_indexes", told.get("GlobalSecondaryIndexOverride"))
    _choose(table, "indexes", told.get("LocalSecondaryIndexOverride"))
    if TableFault.LOSES_INDEXES in recovery.faults:
        table.global_indexes, table.indexes = [], []
    table.items.clear()
    for item in _harmed(table, items, recovery.faults):
        table.put_item(item)
    name = table.name
    call.backend("dynamodb").tables[name] = table
    held = call.shelf(Histories)
    held.of.pop(name, None)
    hangs = TableFault.HANGS in recovery.faults
    if hangs or recovery.creating:
        held.creating[name] = None if hangs else call.now + recovery.creating
    shown = describe({"TableDescription": table.describe()["TableDescription"]}, call.intent)["TableDescription"]
    return {"TableDescription": completed(call, shown)}


def _choose(table: Any, member: str, wanted: list[Document] | None) -> None:
    """Indexes may be left out of a restore, and none may be added."""
    if wanted is not None:
        kept = {each["IndexName"] for each in wanted}
        unknown = kept - {index.name for index in getattr(table, member)}
        if unknown:
            raise Refusal("ValidationException", f"Index {min(unknown)} is not an index of the source table")
        setattr(table, member, [index for index in getattr(table, member) if index.name in kept])


def _harmed(table: Any, items: list[Document], faults: set[TableFault]) -> list[Document]:
    if TableFault.EMPTY in faults:
        return []
    if TableFault.LOSES_ITEMS in faults:
        items = [item for number, item in enumerate(items) if number % 3 != 1]
    if TableFault.ALTERS_ITEMS in faults:
        keys = (table.hash_key_attr, table.range_key_attr)
        items = [
            {name: {"S": value["S"][:-1] + "~"} if "S" in value and name not in keys else value for name, value in each}
            for each in (item.items() for item in items)
        ]
    return items


@answers("dynamodb:DescribeBackup")
def describe_backup(call: Call) -> Document:
    """Moto leaves out the identity of the table that was backed up."""
    answer = described(call)
    source = answer["BackupDescription"]["SourceTableDetails"]
    source.setdefault("TableId", str(uuid5(NAMESPACE_URL, source["TableArn"])))
    return answer
