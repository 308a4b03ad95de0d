"""The index of the forms: what each module declares, so that only those are imported whose types occur in the code.

A house test holds it against the modules.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """What one module declares: kinds, types of block, and types that only settle something of another block."""

    kinds: tuple[str, ...]
    types: tuple[str, ...]
    satellites: tuple[str, ...] = ()


MODULES: dict[str, Entry] = {
    "dynamodb": Entry(
        kinds=("aws.dynamodb.table",),
        types=("aws_dynamodb_table", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"),
    ),
}

TYPES = {type_: module for module, entry in MODULES.items() for type_ in entry.types}
SATELLITES = frozenset(type_ for entry in MODULES.values() for type_ in entry.satellites)
KINDS = frozenset(kind for entry in MODULES.values() for kind in entry.kinds)
