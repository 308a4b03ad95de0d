"""The configuration: which accounts are scanned, which systems there are, what is allowed and what is waived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.model.policy import Scope
from scanner.model.system import System
from scanner.model.waiver import Waiver


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


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a team writes about itself; `declared` holds the items of kinds that only a configuration can name."""

    accounts: Mapping[str, Account]
    systems: tuple[System, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    scope: Scope = Scope()  # noqa: RUF009  # frozen
    declared: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    file: str = ""
    digest: str = ""
