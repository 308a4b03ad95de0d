"""A PostgreSQL server on a port of the loopback interface, from the making of its volume to its loss."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.emulation.engines.configuration import ACCESS, settings
from scanner.emulation.engines.history import SEGMENT_SIZE
from scanner.emulation.engines.programs import EngineFailed, Programs

if TYPE_CHECKING:
    import psycopg

ADMINISTRATOR = "rdsadmin"
_READY = 120.0
_POLL = 0.03
_ATTEMPTS, _TAKEN = 5, "could not create any TCP/IP sockets"


class Server:
    """One server and its volume: `home` holds the data, what is to be archived, and what the server says."""

    def __init__(self, programs: Programs, home: Path, secret: str) -> None:
        self.programs, self.home, self._secret = programs, home, secret
        self.data, self.spool, self.log = home / "data", home / "spool", home / "log"
        self.port = 0
        self._told: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
        self._process: subprocess.Popen[bytes] | None = None
        programs.folder(home)
        programs.folder(self.spool)

    @property
    def password(self) -> Mapping[str, str]:
        """The administrator's password, for the environment of one program."""
        return {"PGPASSWORD": self._secret}

    def initialise(self) -> None:
        """Make an empty volume."""
        file = self.programs.write(self.home / "initial", self._secret)
        try:
            self.programs.run(
                ["initdb", "-D", self.data, "-U", ADMINISTRATOR, f"--pwfile={file}", "-A", "scram-sha-256",
                 "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
                 f"--wal-segsize={SEGMENT_SIZE // 1024 // 1024}"]
            )  # fmt: skip
        finally:
            file.unlink()

    def configure(self, parameters: Mapping[str, str], recovery: Mapping[str, str] | None = None) -> None:
        """Write the configuration; what needs a restart waits for one."""
        self.port, self._told = self.port or free_port(), (parameters, recovery or {})
        told = settings(
            port=self.port,
            spool=self.spool,
            known=self.programs.parameters,
            parameters=parameters,
            recovery=recovery or {},
        )
        self.programs.write(self.data / "postgresql.conf", told)
        self.programs.write(self.data / "postgresql.auto.conf", "")
        self.programs.write(self.data / "pg_hba.conf", ACCESS)

    def start(self, abandoned: Callable[[], bool] = lambda: False) -> None:
        """Start it and wait until it has recovered and takes logins; raise what it says when it ends instead."""
        for _ in range(_ATTEMPTS):
            if self._came_up(abandoned):
                return
            # Somebody else was faster to take the port.
            self.port = free_port()
            self.configure(*self._told)
        raise EngineFailed("the server found no port that stayed free")

    def _came_up(self, abandoned: Callable[[], bool]) -> bool:
        self._process = self.programs.popen(["postgres", "-D", self.data], self.log)
        deadline = time.monotonic() + _READY
        while not self._takes_logins():
            if self._process.poll() is not None:
                if _TAKEN in self.complaint():
                    return False
                raise EngineFailed(f"the server did not start: {self.complaint()}")
            if abandoned() or time.monotonic() > deadline:
                self.stop("immediate")
                raise EngineFailed(f"the server takes no logins: {self.complaint()}")
            time.sleep(_POLL)
        return True

    def _takes_logins(self) -> bool:
        import psycopg

        with contextlib.suppress(psycopg.Error), self.connect(patience=2) as link:
            row = link.execute("SELECT pg_is_in_recovery()").fetchone()
            return row == (False,)
        return False

    def complaint(self) -> str:
        """The last thing the server said that stopped it."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        said = [line.partition("FATAL: ")[2].strip() for line in lines if "FATAL: " in line]
        return said[-1] if said else "it said nothing"

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def connect(self, database: str = "postgres", patience: int = 10) -> "psycopg.Connection[Any]":
        """Log in as the service's administrator; statements commit one by one."""
        import psycopg

        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=ADMINISTRATOR, password=self._secret, dbname=database,
            connect_timeout=patience, autocommit=True, application_name="rds",
        )  # fmt: skip

    def reload(self) -> None:
        """Have it read its configuration again."""
        if self.running and self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    def stop(self, mode: str = "fast") -> None:
        """Shut it down, `fast` in an orderly way or `immediate` as by a crash; it is gone when this returns."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT if mode == "fast" else signal.SIGQUIT)
        try:
            self._process.wait(20 if mode == "fast" else 6)
        except subprocess.TimeoutExpired:
            self._slay()
        self._process = None

    def kill(self) -> None:
        """Lose the host: every process dies at once, and the volume is gone."""
        self._slay()
        self.remove()

    def _slay(self) -> None:
        if self._process is None:
            return
        # The backends lead groups of their own; found before their parent dies, they cannot do another write after it.
        victims = [self._process.pid, *_children(self._process.pid)]
        for victim in victims:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(victim, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def remove(self) -> None:
        """Take the volume away."""
        for _ in range(50):
            shutil.rmtree(self.home, ignore_errors=True)
            if not self.home.exists():
                return
            time.sleep(_POLL)


def _children(process: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        said = subprocess.run(  # noqa: S603
            ["/bin/ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False
        )
        return [int(each) for each in said.stdout.split()]


_given: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to outgoing connections."""
    dice = random.SystemRandom()
    for _ in range(500):
        port = dice.randrange(15000, 32000)
        if port in _given:
            continue
        with socket.socket() as door:
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
    raise EngineFailed("no free port was found on the loopback interface")
