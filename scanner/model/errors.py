"""The errors of the house, one tree.

BackupScanError                what a person can mend; printed as one message, never as a traceback
├── DocumentError              a policy or configuration file is wrong        (scanner.documents)
├── ScanRefused                nothing may be scanned: wrong account, no credentials, no network
├── OutputError                a report could not be written
└── EstateError                a kept estate cannot be read
Signals inside a judgement, caught by the engine only:
├── CouldNotCheck              a fact is unknown
├── NotDemanded                the policy sets no figure here
└── UndeclaredRead             a rule reads a fact that it did not declare: a bug in the rule
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.model.reading import Unknown


class BackupScanError(Exception):
    """Something a person can mend: what happened, where, and what to do."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ScanRefused(BackupScanError):
    """Nothing was scanned: the account, the credentials or the network are not as configured."""

    exit_code = 3


class OutputError(BackupScanError):
    """A report could not be written."""

    exit_code = 74


class EstateError(BackupScanError):
    """A kept estate cannot be read."""


class CouldNotCheck(Exception):
    """A fact that the judgement needs is unknown."""

    def __init__(self, unknown: Unknown) -> None:
        self.unknown = unknown

    def __str__(self) -> str:
        return self.unknown.detail


class NotDemanded(Exception):
    """The policy sets no figure for this resource, so there is nothing to judge."""


class UndeclaredRead(Exception):
    """A rule read a fact that it did not declare: a bug in the rule."""
