"""Sniffing: what kind of JSON file this is, told by its top-level keys while it is read the one time.

Plans, states, templates, change sets and the results of another scanner all end in `.json`. A file that can be none of
them is not even parsed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

#: A plan of 20,000 resources has 70 MB; what is far above is not read into memory for a guess.
LARGEST: Final = 512 * 1024 * 1024

_MARKS: Final = (
    b'"format_version"', b'"terraform_version"', b'"lineage"', b'"Resources"', b'"Changes"', b'"check_type"',
    b'"encrypted_data"', b'"@message"', b'"summary"',
)  # fmt: skip


class Kind(StrEnum):
    """What a JSON file is."""

    PLAN = "plan"
    STATE = "state"  #: terraform.tfstate
    SHOWN_STATE = "shown state"  #: `terraform show -json` without a plan
    TEMPLATE = "template"
    CHANGE_SET = "change set"
    CHECKOV = "checkov results"
    OTHER = "other"
    WRONG = "wrong"  #: `wrong` and `hint` say why it cannot be read


@dataclass(slots=True)
class Opened:
    """A file that was read once: its kind, its content where it has one of the kinds, or why it cannot be read."""

    kind: Kind
    document: Any = None
    wrong: str = ""
    hint: str = ""
    line: int = 1


def sniff(file: Path) -> Opened:
    """Read a file that may be JSON, and tell its kind."""
    try:
        size = file.stat().st_size
        if size > LARGEST:
            return Opened(Kind.WRONG, wrong=f"has {size:,} bytes, at most {LARGEST:,} are read")
        data = file.read_bytes()
    except OSError as error:
        return Opened(Kind.WRONG, wrong=f"cannot be read: {error.strerror or error}")
    return tell(data)


def tell(data: bytes) -> Opened:
    """Tell the kind of a file's content."""
    if data[:4] == b"PK\x03\x04":
        return Opened(
            Kind.WRONG, wrong="is a binary plan, which only Terraform can read",
            hint="run `terraform show -json PLAN > plan.json`, and give that file",
        )  # fmt: skip
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")  # `>` of Windows PowerShell writes UTF-16
    if not wide and not any(mark in data for mark in _MARKS):
        return Opened(Kind.OTHER)
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        return _not_json(data, error)
    except UnicodeDecodeError as error:
        return Opened(Kind.WRONG, wrong=f"is no text: byte {error.start} is not {error.encoding}")
    except RecursionError:
        return Opened(Kind.WRONG, wrong="is nested too deeply to be read")
    except ValueError as error:  # a number of thousands of digits
        return Opened(Kind.WRONG, wrong=f"is no JSON: {error}")
    kind, wrong, hint = _kind(document)
    return Opened(kind, document if kind not in (Kind.OTHER, Kind.WRONG) else None, wrong, hint)


def _not_json(data: bytes, error: json.JSONDecodeError) -> Opened:
    if error.msg == "Extra data" and b'"@message"' in data[:4096]:
        return Opened(
            Kind.WRONG, wrong="is the log that `terraform plan -json` prints, not a plan",
            hint="run `terraform plan -out plan.bin` and `terraform show -json plan.bin > plan.json`",
        )  # fmt: skip
    return Opened(
        Kind.WRONG, wrong=f"is no JSON: {error.msg} (line {error.lineno}, column {error.colno})", line=error.lineno,
        hint="it may be cut off: write it again",
    )  # fmt: skip


def _kind(document: Any) -> tuple[Kind, str, str]:
    if isinstance(document, list):
        results = bool(document) and all(isinstance(one, dict) and "check_type" in one for one in document)
        return (Kind.CHECKOV if results else Kind.OTHER), "", ""
    if not isinstance(document, dict):
        return Kind.OTHER, "", ""
    if "encrypted_data" in document and ("meta" in document or "encryption_version" in document):
        hint = "run `tofu show -json FILE > plan.json`, which decrypts it, and give that file"
        return Kind.WRONG, "is encrypted by OpenTofu", hint
    return _of_keys(document), "", ""


def _of_keys(document: dict[str, Any]) -> Kind:
    if "format_version" in document:
        if "resource_changes" in document or "planned_values" in document or "configuration" in document:
            return Kind.PLAN
        # a state without any resource is shown as its format and version alone
        return Kind.SHOWN_STATE if "values" in document or len(document) <= 2 else Kind.OTHER
    if "version" in document and ("lineage" in document or "terraform_version" in document):
        return Kind.STATE
    if "check_type" in document and ("results" in document or "summary" in document):
        return Kind.CHECKOV
    if isinstance(document.get("Resources"), dict):
        return Kind.TEMPLATE
    if isinstance(document.get("Changes"), list) and ("ChangeSetName" in document or "StackName" in document):
        return Kind.CHANGE_SET
    return Kind.OTHER
