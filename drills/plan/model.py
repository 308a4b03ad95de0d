"""What a drill plan says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, timedelta
from typing import Any

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in to a database: the name of a user, and where the password is; the password itself stands nowhere."""

    user: str
    #: the ARN or name of a secret in Secrets Manager, whose text is a password or JSON with a member `password`
    secret: str = ""
    #: the name of an environment variable that holds it
    env: str = ""


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """A check of the user's own: exactly one of `sql`, `http` and `command`, and what is expected of its answer."""

    name: str
    sql: str = ""
    http: str = ""
    command: tuple[str, ...] = ()
    #: `equals`, `at_least`, `at_most`, `matches` (a regular expression), `status` (of HTTP or of the command)
    expect: Mapping[str, Any] = field(default_factory=dict)
    #: asked of the source before the loss as well, and compared
    same_as_source: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """What one role or database user must be able to do, and must not: SQL statements, or AWS actions on the subject."""

    who: str
    login: Login | None = None
    role: str = ""
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that is drilled: a database, a table, a bucket, and what is known about it."""

    name: str
    system: str
    #: `database`, `cluster`, `table`, `bucket`, `file-system`, `volume`, `vault`, `key`, `network`, `alert`, `service`
    kind: str
    #: its identifier, name or ARN
    resource: str
    region: str
    login: Login | None = None
    database: str = ""
    #: how often a canary is written; None where none may be
    canaries: timedelta | None = None
    checks: tuple[OwnCheck, ...] = ()
    access: tuple[Access, ...] = ()
    #: tables that may come back without a row, each with why
    may_be_empty: Mapping[str, str] = field(default_factory=dict)
    #: what the restored copy needs: `subnet_group`, `security_groups`, `parameter_group`, `instance_class`, `kms_key`, …
    restore_with: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One drill of the plan, on one subject or several."""

    name: str
    drill: str
    of: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these a run is stopped, or never begins."""

    longest: timedelta
    #: in US dollars; None: a real account is refused
    cost: float | None = None
    keeps: timedelta = timedelta(hours=24)
    #: days on which nothing is drilled in a real account, each with why
    freeze: tuple[tuple[date, date, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """Who authorised a run of exactly this plan, when, and under which ticket (clause 3.2-head)."""

    by: str
    on: date
    until: date
    digest: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """A drill plan; `digest` is that of everything but its approvals."""

    name: str
    subjects: Mapping[str, Subject]
    entries: tuple[Entry, ...]
    limits: Limits
    targets: Mapping[str, Mapping[str, Any]]
    approvals: tuple[Approval, ...]
    digest: str
    file: str = ""

    def subjects_of(self, entry: Entry) -> tuple[Subject, ...]:
        """Give what a drill is on, in the order in which the plan names it."""
        return tuple(self.subjects[name] for name in entry.of)
