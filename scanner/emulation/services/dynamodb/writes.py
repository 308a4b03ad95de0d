"""Writes to tables: moto does them, and the history hears of them. Reads: not before a table is there."""

from collections.abc import Iterator
from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.dynamodb.history import Histories, history_of
from scanner.emulation.wire import Document, Refusal


@answers("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
def write_item(call: Call) -> Document:
    name = called(call.params["TableName"])
    check_ready(call, name)
    answer = call.moto()
    _note(call, name, [call.params.get("Item") or call.params["Key"]])
    return answer


@answers("dynamodb:BatchWriteItem")
def write_items(call: Call) -> Document:
    wanted = {called(name): requests for name, requests in call.params["RequestItems"].items()}
    for name in wanted:
        check_ready(call, name)
    answer = call.moto()
    for name, requests in wanted.items():
        _note(call, name, (_attributes(each) for each in requests))
    return answer


@answers("dynamodb:TransactWriteItems")
def write_together(call: Call) -> Document:
    """All or nothing: a transaction that is refused leaves no trace."""
    steps = [step for each in call.params["TransactItems"] for step in each.values()]
    for step in steps:
        check_ready(call, called(step["TableName"]))
    answer = call.moto()
    for step in steps:
        _note(call, called(step["TableName"]), [step.get("Item") or step["Key"]])
    return answer


@answers("dynamodb:ExecuteStatement", "dynamodb:BatchExecuteStatement", "dynamodb:ExecuteTransaction")
def execute(call: Call) -> Document:
    """What a statement does to which items only PartiQL knows: all tables are compared."""
    answer = call.moto()
    for name, table in call.backend("dynamodb").tables.items():
        history_of(call, name).compare(table, call.now)
    return answer


@answers("dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan")
def read_table(call: Call) -> Document:
    check_ready(call, called(call.params["TableName"]))
    return call.moto()


@answers("dynamodb:BatchGetItem")
def read_items(call: Call) -> Document:
    for name in call.params["RequestItems"]:
        check_ready(call, called(name))
    return call.moto()


def called(name: str) -> str:
    """A table's name, out of its name or its ARN."""
    return name.rpartition("/")[2]


def check_ready(call: Call, name: str) -> None:
    """A table that is being created or restored is as good as none to whoever reads or writes items."""
    if not call.shelf(Histories).ready(name, call.now):
        raise Refusal("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")


def _note(call: Call, name: str, keys: Any) -> None:
    table = call.backend("dynamodb").tables[name]
    history_of(call, name).note(table, keys, call.now)


def _attributes(request: Document) -> Document:
    """The item that is put, or the key that is deleted."""
    wanted: Iterator[Document] = (
        each.get("Item") or each["Key"]
        for each in (request.get("PutRequest"), request.get("DeleteRequest"))
        if each is not None
    )
    return next(wanted)
