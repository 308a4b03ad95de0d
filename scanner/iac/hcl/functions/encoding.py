"""Terraform's encoding functions: Base64, JSON, CSV and URLs."""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.hcl.functions.definition import MOST, Functions, blur, first_unsettled, nullable
from scanner.iac.hcl.functions.json_text import read_json, shaped, write_json
from scanner.iac.hcl.functions.unification import Unsure, text
from scanner.iac.hcl.values import EvaluationError, JsonText, ListValue, Object, normal
from scanner.model.unresolved import Unresolved

FUNCTIONS = Functions()
FUNCTIONS.later("base64gzip base64gunzip", "{name}() is not worked out")

_PLAIN: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_ENCODINGS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
}


def _bytes(source: str) -> bytes:
    from binascii import Error, a2b_base64  # noqa: PLC0415  # most code decodes nothing

    try:
        return a2b_base64(source.replace("\r", "").replace("\n", "").encode("ascii"), strict_mode=True)
    except (Error, UnicodeEncodeError):
        raise EvaluationError("it is no Base64") from None


@FUNCTIONS.define("base64encode", text)
def encode(source: str) -> str:
    """Give a text in Base64."""
    return _encoded(source.encode())


def _encoded(content: bytes) -> str:
    from binascii import b2a_base64  # noqa: PLC0415  # most code encodes nothing

    return b2a_base64(content, newline=False).decode()


@FUNCTIONS.define("base64decode", text)
def decode(source: str) -> str:
    """Give the text that is written in Base64."""
    return _text(_bytes(source), "utf-8")


def _text(content: bytes, encoding: str) -> str:
    try:
        return normal(content.decode(encoding))
    except UnicodeDecodeError:
        raise EvaluationError(f"the Base64 holds no {encoding.upper()} text") from None


def _encoding(name: str) -> str:
    found = _ENCODINGS.get(name.lower())
    if found is None:
        raise Unsure(f"the encoding {name[:40]!r} is not worked out")
    return found


@FUNCTIONS.define("textencodebase64", text, text)
def encode_as(source: str, encoding: str) -> str:
    """Give a text in Base64, in another encoding."""
    return _encoded(source.encode(_encoding(encoding)))


@FUNCTIONS.define("textdecodebase64", text, text)
def decode_as(source: str, encoding: str) -> str:
    """Give the text that is written in Base64 in another encoding."""
    return _text(_bytes(source), _encoding(encoding))


@FUNCTIONS.define("urlencode", text)
def url_encode(source: str) -> str:
    """Give a text as part of a URL's query."""
    if source.isascii() and source.isalnum():
        return source
    return "".join(chr(one) if one in _PLAIN else "+" if one == 0x20 else f"%{one:02X}" for one in source.encode())


@FUNCTIONS.define("urldecode", text)
def url_decode(source: str) -> str:
    """Give what part of a URL's query says (OpenTofu's)."""
    parts = source.replace("+", " ").encode().split(b"%")
    content = bytearray(parts[0])
    for part in parts[1:]:
        try:
            content.append(int(part[:2].decode("ascii"), 16) if part[:2].isalnum() and len(part) > 1 else -1)
        except ValueError:
            raise EvaluationError("it has a % without two hexadecimal digits") from None
        content += part[2:]
    return _text(bytes(content), "utf-8")


@FUNCTIONS.define("jsonencode", nullable, takes_unknown=True)
def json_encode(value: Any) -> Any:
    """Give a value as JSON; with something unsettled in it, the document for who reads it leaf by leaf."""
    if isinstance(value, Unresolved):
        return blur([value])
    found = first_unsettled(value)
    if found is None:
        return write_json(value)
    return JsonText(found.why, found.refs, found.spot, (), found.reason, value)


@FUNCTIONS.define("jsondecode", text, takes_unknown=True)
def json_decode(source: Any) -> Any:
    """Give the value that JSON says."""
    if isinstance(source, JsonText):
        return shaped(source.document)
    return blur([source]) if isinstance(source, Unresolved) else read_json(source)


@FUNCTIONS.define("csvdecode", text)
def csv_decode(source: str) -> Any:
    """Give the rows of a CSV text as objects, by the names in its first row."""
    rows = _rows(source)
    if not rows:
        raise EvaluationError("csvdecode() is given a text without a header")
    names, *rest = rows
    if len(set(names)) < len(names):
        raise EvaluationError("csvdecode() is given a header with a name twice")
    if any(len(row) != len(names) for row in rest):
        raise EvaluationError("csvdecode() is given a row that is longer or shorter than its header")
    return ListValue(Object(sorted(zip(map(normal, names), map(normal, row), strict=True))) for row in rest)


def _rows(source: str) -> list[list[str]]:
    """Read rows as Go does: empty lines are no rows, and a quote stands only around a whole field."""
    source = source.replace("\r\n", "\n")
    rows: list[list[str]] = []
    at, fields = 0, 0
    while at < len(source):
        if source[at] == "\n":
            at += 1
            continue
        row: list[str] = []
        more = True
        while more:
            field, at = _field(source, at)
            row.append(field)
            more = at < len(source) and source[at] == ","
            at += 1
        rows.append(row)
        fields += len(row)
        if fields > MOST:
            raise Unsure(f"csvdecode() would give more than {MOST:,} fields")
    return rows


def _field(source: str, at: int) -> tuple[str, int]:
    """Read one field; give it, and the place of the comma or line end after it."""
    if source[at : at + 1] != '"':
        ends = [end for end in (source.find(",", at), source.find("\n", at)) if end >= 0]
        end = min(ends, default=len(source))
        if '"' in source[at:end]:
            raise EvaluationError("csvdecode() is given a quote inside a field that has none around it")
        return source[at:end], end
    parts: list[str] = []
    while True:
        end = source.find('"', at + 1)
        if end < 0:
            raise EvaluationError("csvdecode() is given a quote that is never closed")
        parts.append(source[at + 1 : end])
        if source[end + 1 : end + 2] != '"':
            break
        at = end + 1
    if source[end + 1 : end + 2] not in ("", ",", "\n"):
        raise EvaluationError("csvdecode() is given text after a closing quote")
    return '"'.join(parts), end + 1
