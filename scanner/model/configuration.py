"""The configuration: which accounts are scanned, which systems there are, what is allowed, and what people wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from scanner.model.late_dataclass import dataclass
from scanner.model.policy import Scope
from scanner.model.records import Records
from scanner.model.system import System


@dataclass(frozen=True, slots=True)
class Account:
    """One account to scan, and how to get in; the id must be that of the credentials."""

    name: str
    id: str
    regions: tuple[str, ...]
    profile: str = ""
    role: str = ""
    external_id: str = ""
    endpoint: str = ""
    #: the account whose credentials take on the role; none for those of the profile or the environment
    via: Account | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    """The organisation whose members are scanned with `--account all`, and how to get into each."""

    listed_by: str
    role: str
    regions: tuple[str, ...]
    external_id: str = ""
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a team writes about itself; `declared` holds the items of kinds that only a configuration can name."""

    accounts: Mapping[str, Account]
    systems: tuple[System, ...] = ()
    #: none where there is no configuration: then nobody knows what was waived or attested
    records: Records | None = None
    scope: Scope = Scope()
    organization: Organization | None = None
    declared: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    file: str = ""
    digest: str = ""
