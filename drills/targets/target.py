"""A target: how it is opened, and what it offers once it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from drills.plan.model import DrillPlan, Login, Subject
    from scanner.collect.port import Port


class Opened(ABC):
    """A target that is open: the account that it is, and the one port to it."""

    #: `emulator`, `localstack` or `sandbox`
    name: ClassVar[str]
    #: it is a real account: all guards are needed
    real: ClassVar[bool] = False
    account: str
    endpoint: str = ""

    @property
    @abstractmethod
    def port(self) -> Port:
        """The port to it."""

    @abstractmethod
    def evidence(self, subject: Subject) -> str:
        """Say what a measurement on it shows: `simulated`, `engine`, `sandbox` or `production-backup`."""

    def lacks(self, service: str) -> str:  # noqa: ARG002  # most targets lack nothing
        """Say why a service of AWS cannot be used here; "" where it can."""
        return ""

    @abstractmethod
    def password(self, login: Login) -> str:
        """Give a password; it is kept in memory, and goes into no message, log or file."""

    def service_time(self) -> datetime | None:
        """Give the time of day as the service tells it, to compare the clocks; None where they are one clock."""
        return None

    def lose(self, subject: Subject) -> bool:  # noqa: ARG002  # a real one loses nothing
        """Destroy the source, where the target can and may: only the emulation does. Tell whether it did."""
        return False


class Target(ABC):
    """A target that a plan can name."""

    name: ClassVar[str]

    @abstractmethod
    def open(self, plan: DrillPlan) -> AbstractContextManager[Opened]:
        """Open it for a plan; raise `DrillRefused` where it is not what it should be."""
