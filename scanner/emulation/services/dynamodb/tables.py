"""Tables: replicas of global tables, and tables that are not there yet."""

from copy import copy
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import described
from scanner.emulation.services.dynamodb.history import Histories, history_of
from scanner.emulation.services.dynamodb.writes import called
from scanner.emulation.wire import Document, Refusal


@dataclass
class Replicas:
    """The regions each table lives in."""

    regions: dict[str, list[str]] = field(default_factory=dict)


@answers("dynamodb:DescribeTable")
def describe_table(call: Call) -> Document:
    answer = described(call)
    return {"Table": completed(call, answer["Table"])}


@answers("dynamodb:UpdateTable")
def update_table(call: Call) -> Document:
    """A replica is a table of the same items in its region; moto forgets the wish."""
    name, changes = called(call.params["TableName"]), call.params.get("ReplicaUpdates", [])
    answer = call.moto()
    for change in changes:
        if "Create" in change:
            _replicate(call, name, change["Create"])
        elif "Delete" in change:
            _withdraw(call, name, change["Delete"]["RegionName"])
    return {"TableDescription": completed(call, answer["TableDescription"])}


@answers("dynamodb:DeleteTable")
def delete_table(call: Call) -> Document:
    """A table that is being made cannot be deleted yet (API, DeleteTable: ResourceInUseException)."""
    name, held = called(call.params["TableName"]), call.shelf(Histories)
    if not held.ready(name, call.now):
        raise Refusal("ResourceInUseException", f"Attempt to change a resource which is still in use: Table: {name}")
    answer = call.moto()
    held.of.pop(name, None)
    return answer


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
    call.world.shelf(Histories, call.account, region).of[name] = history_of(call, name)
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


def completed(call: Call, table: Document) -> Document:
    """A table as AWS describes it: with its identity, its replicas, and whether it is there yet."""
    name = table["TableName"]
    others = [region for region in call.shelf(Replicas).regions.get(name, []) if region != call.region]
    if others:
        table["GlobalTableVersion"] = "2019.11.21"
        table["Replicas"] = [{"RegionName": region, "ReplicaStatus": "ACTIVE"} for region in others]
    held = call.backend("dynamodb").tables.get(name)
    if held is not None:
        table.setdefault("TableId", str(uuid5(NAMESPACE_URL, f"{held.table_arn} {held.created_at}")))
    if not call.shelf(Histories).ready(name, call.now):
        table["TableStatus"], table["ItemCount"] = "CREATING", 0
        if "RestoreSummary" in table:
            table["RestoreSummary"]["RestoreInProgress"] = True
    return table
