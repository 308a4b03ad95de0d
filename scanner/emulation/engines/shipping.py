"""The log leaves the server for S3: in full segments only, at intervals, or as it is written.

Real services differ in just this, and it decides how much is lost with the host.
"""

import contextlib
import os
import re
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from scanner.emulation.engines.administration import ADMINISTRATOR, beat
from scanner.emulation.engines.history import SEGMENT, SEGMENT_SIZE, History
from scanner.emulation.engines.programs import EngineFailed
from scanner.emulation.engines.server import Server

_COMMIT = re.compile(r"desc: COMMIT(?:_PREPARED)? (?:xid \d+: )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) UTC")
_TICK = 0.1


@dataclass(frozen=True)
class Shipping:
    """How the log is shipped. `every` is the interval of the heartbeat, and of the partial segments when streaming."""

    mode: str
    every: timedelta = timedelta(0)


# A segment is shipped when it is full, which on a quiet database takes for ever.
ARCHIVE_ONLY = Shipping("archive-only")
# As the log arrives; what the host had not sent a second ago is lost with it.
STREAMING = Shipping("streaming", timedelta(seconds=1))


def timeout(seconds: float = 300) -> Shipping:
    """A heartbeat and a new segment at intervals; RDS does so every five minutes."""
    return Shipping("timeout", timedelta(seconds=seconds))


class Shipper:
    """Ships one server's log, from `start` until `stop`."""

    def __init__(self, server: Server, history: History, shipping: Shipping) -> None:
        self._server, self._history, self.shipping = server, history, shipping
        self._received = server.programs.folder(server.home / "received")
        self._scratch = server.programs.folder(server.home / "scratch")
        self._receiver: subprocess.Popen[bytes] | None = None
        self._partial: tuple[str, bytes] = ("", b"")
        self._over = Event()
        self._thread = Thread(target=self._run, name="wal-shipping", daemon=True)

    def start(self) -> None:
        """Begin."""
        if self.shipping.mode == "streaming":
            self._receive()
        self._thread.start()

    def halt(self) -> None:
        """Ship nothing more than what is on its way."""
        self._over.set()

    def stop(self, *, last: bool = False) -> None:
        """End; what is not in S3 now will not be, unless one last round is wished for."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()
        if self._receiver is not None:
            self._receiver.kill()
            self._receiver.wait()
        if last:
            with contextlib.suppress(OSError):
                self._archived(last=True)

    def _receive(self) -> None:
        """Receive the log as a standby would, kept by a slot over restarts; it ends with the server."""
        programs = self._server.programs
        told: list[str | Path] = ["pg_receivewal", "-h", "127.0.0.1", "-p", str(self._server.port), "-U", ADMINISTRATOR, "-D", self._received,
                "--slot=rds_streaming", "--no-loop", "--no-sync"]  # fmt: skip
        programs.run([*told, "--create-slot", "--if-not-exists"], secret=self._server.password)
        self._receiver = programs.popen(told, self._server.log, secret=self._server.password)

    def _run(self) -> None:
        due = time.monotonic() + self.shipping.every.total_seconds()
        while not self._over.wait(_TICK):
            # A server that is down for a restart, or dying, is met again at the next round.
            with contextlib.suppress(OSError, EngineFailed):
                self._archived()
                if self.shipping.mode != "archive-only" and time.monotonic() >= due:
                    due += self.shipping.every.total_seconds()
                    self._interval()

    def _interval(self) -> None:
        import psycopg

        if not self._server.running:
            return
        if self.shipping.mode == "streaming":
            self._arrived()
        with contextlib.suppress(psycopg.Error):
            beat(self._server, switch=self.shipping.mode == "timeout")

    def _archived(self, *, last: bool = False) -> None:
        """Ship the full segments; take nothing else away from the server than what is in S3."""
        for file in sorted(self._server.spool.iterdir()):
            if self._over.is_set() and not last:
                return
            if SEGMENT.match(file.name):
                content = file.read_bytes()
                self._history.ship(file.name, content, self._newest(file.name, content))
            elif file.name.endswith(".history"):
                self._history.ship(file.name, file.read_bytes(), None)
            elif file.name.endswith(".part"):
                continue
            file.unlink(missing_ok=True)

    def _arrived(self) -> None:
        """Ship what has arrived of the segment that is being written."""
        if self._receiver is None or self._receiver.poll() is not None:
            self._receive()
        for file in sorted(self._received.iterdir()):
            if SEGMENT.match(file.name):
                # Complete: the archive has it, or is about to have it.
                content = file.read_bytes()
                self._history.ship(file.name, content, self._newest(file.name, content))
                file.unlink(missing_ok=True)
            elif file.name.endswith(".partial"):
                name, content = file.name.removesuffix(".partial"), file.read_bytes()
                if (name, content) != self._partial:
                    self._history.ship(name, content, self._newest(name, content), partial=True)
                    self._partial = (name, content)

    def _newest(self, name: str, content: bytes) -> datetime | None:
        """The newest commit in just these bytes, whatever the server has written since."""
        copy = self._scratch / name
        self._server.programs.write(copy, content.rstrip(b"\0"))
        os.truncate(copy, SEGMENT_SIZE)
        try:
            said = self._server.programs.run(
                ["pg_waldump", "--rmgr=Transaction", "-p", self._scratch, name], tolerate=True, reading=True
            )
        finally:
            copy.unlink(missing_ok=True)
        return max((datetime.fromisoformat(each).replace(tzinfo=UTC) for each in _COMMIT.findall(said)), default=None)


def spooled(server: Server) -> list[Path]:
    """The segments that the server has handed over and S3 does not have yet."""
    return [file for file in server.spool.iterdir() if SEGMENT.match(file.name)]
