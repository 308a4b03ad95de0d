"""Tables: replicas of global tables, and restorable times that move."""

from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import altered, described
from scanner.emulation.wire import Document, Refusal

LAG = timedelta(minutes=5)


@dataclass
class Replicas:
    """The regions each table lives in."""

    regions: dict[str, list[str]] = field(default_factory=dict)


@answers("dynamodb:DescribeTable")
def describe_table(call: Call) -> Document:
    answer = described(call)
    return {"Table": _replicated(call, answer["Table"])}


@answers("dynamodb:UpdateTable")
def update_table(call: Call) -> Document:
    """A replica is a table of the same items in its region; moto forgets the wish."""
    name, changes = call.params["TableName"].split("/")[-1], call.params.get("ReplicaUpdates", [])
    answer = call.moto()
    for change in changes:
        if "Create" in change:
            _replicate(call, name, change["Create"])
        elif "Delete" in change:
            _withdraw(call, name, change["Delete"]["RegionName"])
    return {"TableDescription": _replicated(call, answer["TableDescription"])}


def _replicate(call: Call, name: str, wanted: Document) -> None:
    region = wanted["RegionName"]
    table = call.backend("dynamodb").tables.get(name)
    if table is None:
        raise Refusal("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
    twin = copy(table)
    twin.region, twin.table_arn = region, table.table_arn.replace(f":{call.region}:", f":{region}:")
    twin.continuous_backups = {
        **table.continuous_backups,
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
    }
    if key := wanted.get("KMSMasterKeyId"):
        twin.sse_specification = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    call.world.backend("dynamodb", call.account, region).tables[name] = twin
    known = call.shelf(Replicas).regions.get(name, [call.region])
    _spread(call, name, [*known, region])


def _withdraw(call: Call, name: str, region: str) -> None:
    call.world.backend("dynamodb", call.account, region).tables.pop(name, None)
    known = call.shelf(Replicas).regions.get(name, [call.region])
    call.world.shelf(Replicas, call.account, region).regions.pop(name, None)
    _spread(call, name, [each for each in known if each != region])


def _spread(call: Call, name: str, regions: list[str]) -> None:
    for region in regions:
        call.world.shelf(Replicas, call.account, region).regions[name] = regions


def _replicated(call: Call, table: Document) -> Document:
    others = [region for region in call.shelf(Replicas).regions.get(table["TableName"], []) if region != call.region]
    if others:
        table["GlobalTableVersion"] = "2019.11.21"
        table["Replicas"] = [{"RegionName": region, "ReplicaStatus": "ACTIVE"} for region in others]
    return table


@answers("dynamodb:DescribeBackup")
def describe_backup(call: Call) -> Document:
    """Moto leaves out the identity of the table that was backed up."""
    answer = described(call)
    source = answer["BackupDescription"]["SourceTableDetails"]
    source.setdefault("TableId", str(uuid5(NAMESPACE_URL, source["TableArn"])))
    return answer


@answers("dynamodb:DescribeContinuousBackups", "dynamodb:UpdateContinuousBackups")
def describe_continuous_backups(call: Call) -> Document:
    """The newest restorable time lags five minutes behind now, as AWS promises; `<table>/pitr` alters both times."""
    answer = call.moto()
    recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
        days, newest = timedelta(days=recovery.get("RecoveryPeriodInDays", 35)), call.now - LAG
        recovery["LatestRestorableDateTime"] = newest
        recovery["EarliestRestorableDateTime"] = max(min(recovery["EarliestRestorableDateTime"], newest), newest - days)
        altered(call, recovery, f"{call.params['TableName'].split('/')[-1]}/pitr")
    return answer
