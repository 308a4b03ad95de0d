"""Sniffing: what kind of JSON file this is, told by the keys it holds, without parsing it.

Plans, states, templates, change sets and the results of other scanners all end in `.json`. A key is found by its
quotes: inside of a text they would stand behind a backslash.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from scanner.model.late_dataclass import dataclass

PLAN: Final = "plan"
STATE: Final = "state"  #: terraform.tfstate
SHOWN_STATE: Final = "shown state"  #: `terraform show -json` without a plan
TEMPLATE: Final = "template"
CHANGE_SET: Final = "change set"
CHECKOV: Final = "checkov results"
OTHER: Final = "other"

#: A plan of 20,000 resources has 70 MB; what is far above is not read into memory.
LARGEST: Final = 512 << 20

_DEEPEST: Final = 200
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))

_ZIP: Final = b"PK\x03\x04"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")  # `>` of Windows PowerShell writes UTF-16

_KINDS: Final = (
    (PLAN, (b'"format_version"', b'"resource_changes"')),
    (PLAN, (b'"format_version"', b'"planned_values"')),
    (PLAN, (b'"format_version"', b'"configuration"')),
    (SHOWN_STATE, (b'"format_version"', b'"terraform_version"')),
    (STATE, (b'"lineage"', b'"serial"')),
    (STATE, (b'"terraform_version"', b'"version"', b'"resources"')),
    (STATE, (b'"terraform_version"', b'"version"', b'"modules"')),  # version 3, of Terraform 0.11
    (PLAN, (b'"encrypted_data"', b'"meta"')),  # of OpenTofu
    (PLAN, (b'"@message"', b'"@level"', b'"type":"version"')),  # what `terraform plan -json` prints
    (CHECKOV, (b'"check_type"', b'"summary"')),
    (CHECKOV, (b'"check_type"', b'"results"')),
    (CHANGE_SET, (b'"ChangeSetName"', b'"Changes"')),
    (TEMPLATE, (b'"Resources"', b'"Type"')),
    (TEMPLATE, (b'"AWSTemplateFormatVersion"',)),
)


@dataclass(slots=True)
class Opened:
    """A JSON file as it was read: its content, or why it cannot be read and what to do."""

    document: Any = None
    wrong: str = ""
    hint: str = ""
    line: int = 1


def sniff(file: Path) -> str:
    """Tell the kind of a file; what only looks like a plan is one, so that its reader can say what is wrong with it."""
    try:
        if file.stat().st_size > LARGEST:
            return OTHER
        return tell(file.read_bytes())
    except OSError:
        return OTHER


def tell(data: bytes) -> str:
    """Tell the kind of a file's content."""
    if data.startswith(_ZIP):
        return PLAN
    if data.startswith(_WIDE):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return OTHER
    return next((kind for kind, keys in _KINDS if all(key in data for key in keys)), OTHER)


def read(file: Path) -> Opened:
    """Read a JSON file, or say why it cannot be read."""
    try:
        size = file.stat().st_size
        if size > LARGEST:
            return Opened(wrong=f"has {size:,} bytes, at most {LARGEST:,} are read")
        data = file.read_bytes()
    except OSError as error:
        return Opened(wrong=f"cannot be read: {error.strerror or error}")
    if data.startswith(_ZIP):
        return Opened(
            wrong="is a binary plan, which only Terraform can read",
            hint="run `terraform show -json plan > plan.json`, and give that file",
        )
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        return _no_json(data, error)
    except UnicodeDecodeError as error:
        return Opened(wrong=f"is no text: byte {error.start} is not {error.encoding}")
    except RecursionError:
        return Opened(wrong="is nested too deeply to be read")
    except ValueError as error:  # a number of thousands of digits
        return Opened(wrong=f"is no JSON: {error}")
    if _deep(data, document):
        return Opened(wrong="is nested too deeply to be read")
    if isinstance(document, dict) and "encrypted_data" in document:
        return Opened(
            wrong="is encrypted by OpenTofu", hint="run `tofu show -json FILE > plan.json`, and give that file"
        )
    return Opened(document)


def _deep(data: bytes, document: Any) -> bool:
    """Tell whether a document is nested deeper than anything that walks it later can go."""
    brackets = data.translate(None, _NO_BRACKETS)
    for _ in range(_DEEPEST):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    level = [document]  # there may be brackets inside of texts, so it is counted with care
    for _ in range(_DEEPEST):
        level = [
            part
            for one in level
            for part in (one.values() if isinstance(one, dict) else one)
            if isinstance(part, (dict, list))
        ]
        if not level:
            return False
    return True


def _no_json(data: bytes, error: json.JSONDecodeError) -> Opened:
    if error.msg == "Extra data" and b'"@message"' in data[:4096]:
        return Opened(
            wrong="is what `terraform plan -json` prints while it works, not a plan",
            hint="run `terraform plan -out plan` and `terraform show -json plan > plan.json`",
        )
    return Opened(wrong=f"is no JSON: {error.msg}", hint="it may be cut off: write it again", line=error.lineno)
