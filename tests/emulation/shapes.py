"""Whether an answer is what botocore's service model says it must be."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (datetime, int, float),
    "blob": (bytes, str),
}


def departures(document: Any, shape: Any, path: str = "") -> Iterator[str]:
    """Every key that the shape does not have, and every value of the wrong type."""
    if shape is None:
        if document:
            yield f"{path or '.'}: nothing is expected, {sorted(document)} given"
    elif shape.type_name == "structure":
        if not isinstance(document, dict):
            yield f"{path}: a structure is expected, {document!r} given"
            return
        yield from (f"{path}.{name}: not in the shape {shape.name}" for name in document if name not in shape.members)
        yield from (f"{path}.{name}: required and missing" for name in shape.required_members if name not in document)
        for name, value in document.items():
            if name in shape.members and value is not None:
                yield from departures(value, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for number, item in enumerate(document):
            yield from departures(item, shape.member, f"{path}[{number}]")
    elif shape.type_name == "map":
        for key, value in document.items():
            yield from departures(value, shape.value, f"{path}[{key}]")
    elif not isinstance(document, TYPES[shape.type_name]):
        yield f"{path}: {shape.type_name} is expected, {document!r} given"
    elif shape.type_name in ("integer", "long") and isinstance(document, bool):
        yield f"{path}: a number is expected, {document!r} given"
