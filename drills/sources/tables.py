"""Tables of DynamoDB: canaries as items, and what a table holds in figures that tell nothing of it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from drills.measuring.canaries import Canary
from drills.stage.port import Calls
from scanner.model.late_dataclass import dataclass

#: What marks an item as a canary of a run, and the rest of what it says.
RUN, NUMBER, WRITTEN, NONCE, SEAL = (f"bkpdrill_{name}" for name in ("run", "number", "written_at", "nonce", "seal"))
Item = Mapping[str, Mapping[str, Any]]
#: Numbers that are keys of canaries lie where nobody counts; DynamoDB keeps 38 digits.
_FAR = -(10**30)
NO_INDEXES: Mapping[str, tuple[str, ...]] = {}
_NEVER = datetime.min.replace(tzinfo=UTC)


class TableWell:
    """Canaries as items of a table, each with a key of its own that was free before."""

    def __init__(self, calls: Calls, table: Mapping[str, Any], run: str) -> None:
        self._calls, self._run = calls, run
        self._table: str = table["TableName"]
        types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
        self._keys = [(one["AttributeName"], types[one["AttributeName"]]) for one in table["KeySchema"]]
        self._numbers: set[int] = set()

    def prepare(self) -> None:
        """Nothing has to be made: a canary is an item like any other."""

    def write(self, canary: Canary) -> None:
        """Write one; raise `CallFailed` where it is not certain, or where its key belongs to somebody else's item."""
        self._numbers.add(canary.number)
        self._calls.one(
            "dynamodb:PutItem",
            TableName=self._table,
            Item={
                **self._key(canary.number),
                RUN: {"S": self._run},
                NUMBER: {"N": str(canary.number)},
                WRITTEN: {"S": canary.written_at.astimezone(UTC).isoformat()},
                NONCE: {"S": canary.nonce},
                SEAL: {"S": canary.seal},
            },
            ConditionExpression="attribute_not_exists(#key) OR #run = :run",
            ExpressionAttributeNames={"#key": self._keys[0][0], "#run": RUN},
            ExpressionAttributeValues={":run": {"S": self._run}},
        )

    def read(self) -> Iterable[Canary]:
        """Give all of this run that are there."""
        return content_of(self._calls, self._table, self._run).canaries

    def forget(self) -> None:
        """Delete the canaries of this run, and nothing else."""
        for number in sorted(self._numbers):
            self._calls.unless(
                "ConditionalCheckFailedException",
                operation="dynamodb:DeleteItem",
                TableName=self._table,
                Key=self._key(number),
                ConditionExpression="#run = :run",
                ExpressionAttributeNames={"#run": RUN},
                ExpressionAttributeValues={":run": {"S": self._run}},
            )
            self._numbers.discard(number)

    def _key(self, number: int) -> dict[str, dict[str, Any]]:
        said = f"bkpdrill-{self._run}-{number}"
        return {
            name: {"N": str(_FAR + number)} if kind == "N" else {"B": said.encode()} if kind == "B" else {"S": said}
            for name, kind in self._keys
        }


@dataclass(frozen=True, slots=True)
class TableContent:
    """What a table holds: how many items beside canaries, a hash over them that no order changes, and the canaries."""

    items: int
    digest: str
    #: how many of all items, canaries too, belong into each secondary index
    indexed: Mapping[str, int]
    canaries: tuple[Canary, ...]


def content_of(
    calls: Calls,
    table: str,
    run: str,
    indexes: Mapping[str, tuple[str, ...]] = NO_INDEXES,
    looked: Callable[[], None] = lambda: None,
) -> TableContent:
    """Read every item once, consistently; `indexes` are the key attributes of each, `looked` is called for every page."""
    count, total, canaries = 0, 0, []
    indexed = dict.fromkeys(indexes, 0)
    for page in calls.pages("dynamodb:Scan", TableName=table, ConsistentRead=True):
        looked()
        for item in page.get("Items", ()):
            for name, keys in indexes.items():
                indexed[name] += all(key in item for key in keys)
            if RUN not in item:
                count += 1
                total += int.from_bytes(hashlib.sha256(_canonical(item)).digest())
            elif item[RUN].get("S") == run:
                canaries.append(_canary(item))
    digest = hashlib.sha256(str(total).encode()).hexdigest()
    return TableContent(count, digest, indexed, tuple(canaries))


def indexes_of(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Give the secondary indexes of a table, each with the attributes that an item must have to be in it."""
    both = (*table.get("GlobalSecondaryIndexes", ()), *table.get("LocalSecondaryIndexes", ()))
    return {one["IndexName"]: tuple(key["AttributeName"] for key in one["KeySchema"]) for one in both}


def in_index(calls: Calls, table: str, index: str) -> int:
    """Count what an index holds."""
    return sum(
        page.get("Count", 0) for page in calls.pages("dynamodb:Scan", TableName=table, IndexName=index, Select="COUNT")
    )


def _canonical(item: Item) -> bytes:
    def plain(value: Any) -> Any:
        match value:
            case bytes() | bytearray():
                return base64.b64encode(value).decode()
            case Mapping():
                return {
                    key: sorted(map(plain, one)) if key in ("SS", "NS", "BS") and isinstance(one, list) else plain(one)
                    for key, one in value.items()
                }
            case list():
                return [plain(one) for one in value]
        return value

    return json.dumps(plain(item), sort_keys=True, separators=(",", ":")).encode()


def _canary(item: Item) -> Canary:
    """Read a canary; one that cannot be read is one that nobody wrote, and its seal will say so."""
    try:
        written = datetime.fromisoformat(item[WRITTEN]["S"])
        return Canary(int(item[NUMBER]["N"]), written, item[NONCE]["S"], item[SEAL]["S"])
    except (KeyError, ValueError):
        return Canary(-1, _NEVER, "", "")
