"""Policy documents as IAM lists them: written into identities, and the versions of managed policies."""

from __future__ import annotations

from typing import Any

from scanner.model.convert import text
from scanner.model.late_dataclass import dataclass
from scanner.permissions.document import Document, document


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy document and what it is called."""

    name: str
    document: Document


def named(raw: Any) -> tuple[NamedPolicy, ...]:
    """Read inline policies."""
    return tuple(NamedPolicy(text(one["PolicyName"]), document(one["PolicyDocument"])) for one in raw)


def versions(raw: Any) -> tuple[NamedPolicy, ...]:
    """Read the versions of a managed policy that are not in force."""
    return tuple(
        NamedPolicy(text(one["VersionId"]), document(one["Document"])) for one in raw if not one["IsDefaultVersion"]
    )


def in_force(raw: Any) -> Document:
    """Read the one version of a managed policy that is in force; raise ValueError where none or several are."""
    (default,) = [one["Document"] for one in raw if one["IsDefaultVersion"]]
    return document(default)
