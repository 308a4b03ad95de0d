"""Adding to a document: one more entry at the end of a list, and every other byte as it was, comments included."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from scanner.documents.errors import DocumentError
from scanner.documents.yaml_file import compose, parse_yaml

#: What can stand without quotes, and reads the same in every YAML: ids, dates and durations, but no number.
_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|BK[0-9]{3}|[0-9.]+-[a-z][a-z0-9-]*|[0-9]+[wd]([0-9]+d)?")
_BY_HAND = "add the entry by hand"


def appended(file: str, raw: bytes, key: str, entry: Mapping[str, Any]) -> bytes:
    """Give a document with one more entry at the end of its list `key`.

    Raise DocumentError where the document cannot be read, or is written in a way that leaves no room for an entry.
    """
    before = parse_yaml(file, raw)
    if not isinstance(before.data, dict):
        raise DocumentError(file, 1, "found no mapping", _BY_HAND)
    mark = "\ufeff" if raw.startswith(b"\xef\xbb\xbf") else ""
    whole = (mark + _with(file, raw.decode("utf-8-sig"), key, entry)).encode()
    line, _ = before.lines.get((key,), (1, 1))
    # Whatever the document looks like: it must say what it said, and the entry.
    with contextlib.suppress(DocumentError):
        if parse_yaml(file, whole).data == {**before.data, key: [*(before.data.get(key) or ()), dict(entry)]}:
            return whole
    raise DocumentError(file, line, f"found {key} written so that nothing can be added", _BY_HAND)


def written(entry: Mapping[str, Any], indent: int, line: str) -> str:
    """Write an entry of a list as YAML."""
    rows = [f"{name}: {_value(value)}" for name, value in entry.items()]
    return "".join(f"{' ' * indent}{'- ' if number == 0 else '  '}{row}{line}" for number, row in enumerate(rows))


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_value(one)}' for name, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    # JSON's strings are YAML's, and quotes let no reader take a text for anything else.
    return str(value) if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def _with(file: str, text: str, key: str, entry: Mapping[str, Any]) -> str:
    line = "\r\n" if "\r\n" in text else "\n"
    root = compose(file, text)
    assert isinstance(root, yaml.MappingNode)  # its data is a mapping
    found = next((value for name, value in root.value if name.value == key), None)
    if found is None:
        ended = text if not text or text.endswith("\n") else text + line
        return f"{ended}{line}{key}:{line}{written(entry, 2, line)}"
    if isinstance(found, yaml.SequenceNode) and found.flow_style:
        begin, end = found.start_mark.index, found.end_mark.index
        if not found.value:  # `waivers: []` becomes a list of lines
            head = text[:begin].rstrip(" ")
            return _after(head + text[end:], len(head), written(entry, 2, line), line)
        inner = text[: end - 1].rstrip()
        comma = "" if inner.endswith(",") else ","
        return f"{inner}{comma} {_value(entry)}{text[end - 1 :]}"
    if isinstance(found, yaml.SequenceNode):
        last = found.value[-1]
        place = found.start_mark.column
        apart = text[: last.start_mark.index].count(line + line, found.value[0].start_mark.index)
        gap = line if apart or len(found.value) == 1 else ""
        return _after(text, _end(last), gap + written(entry, place, line), line)
    return _after(text, found.start_mark.index, written(entry, 2, line), line)


def _end(node: yaml.Node) -> int:
    """Find where a node's own text ends; the mark of a block stands where the next thing begins."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return _end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return _end(node.value[-1])
    end: int = node.end_mark.index
    return end


def _after(text: str, index: int, more: str, line: str) -> str:
    """Put lines after the line in which a place is; after the place itself where that begins a line."""
    if index and text[index - 1] == "\n":
        return text[:index] + more + text[index:]
    end = text.find("\n", index)
    return text[: end + 1] + more + text[end + 1 :] if end >= 0 else text + line + more
