"""JSON written as a template: where a part of it is not settled, the rest of the document can still be read."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from scanner.iac.hcl.coercion import to_text
from scanner.iac.hcl.values import EvaluationError, JsonText
from scanner.model.unresolved import Unresolved

_QUOTE: Final = re.compile(r'\\.|"', re.DOTALL)
_BEGIN, _END = "\ue000", "\ue001"
_MARK: Final = re.compile(f"{_BEGIN}([0-9]+){_END}")


def read_document(pieces: list[Any], whole: Unresolved) -> Unresolved:
    """Give `whole` with the document that the pieces of a template make, if they make one."""
    texts: list[str] = []
    quoted = False
    for place, one in enumerate(pieces):
        if isinstance(one, Unresolved):
            mark = f"{_BEGIN}{place}{_END}"
            texts.append(mark if quoted else f'"{mark}"')
            continue
        try:
            text = to_text(one)
        except EvaluationError:
            return whole
        if _BEGIN in text:
            return whole
        quoted ^= sum(found[0] == '"' for found in _QUOTE.finditer(text)) % 2 == 1
        texts.append(text)
    written = "".join(texts)
    if written.lstrip()[:1] not in ("{", "["):
        return whole
    try:
        document = _open(json.loads(written), pieces)
    except (ValueError, RecursionError):
        return whole
    return JsonText(whole.why, whole.refs, whole.spot, (), whole.reason, document)


def _open(value: Any, pieces: list[Any]) -> Any:
    """Put the unsettled pieces where their marks are; ValueError if one of them is in a name."""
    if isinstance(value, str):
        mark = _MARK.search(value)
        return pieces[int(mark[1])] if mark else value
    if isinstance(value, list):
        return [_open(one, pieces) for one in value]
    if isinstance(value, dict):
        if any(_BEGIN in key for key in value):
            raise ValueError("a name in the document is not settled")
        return {key: _open(one, pieces) for key, one in value.items()}
    return value
