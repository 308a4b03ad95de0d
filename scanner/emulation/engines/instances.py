"""One database instance with a real server: what is done to it happens here, in its own thread, one thing at a time."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from scanner.emulation.engines import backups
from scanner.emulation.engines.administration import beat, change_password, prepare
from scanner.emulation.engines.faults import Fault
from scanner.emulation.engines.history import History, whole_second_after
from scanner.emulation.engines.lifecycle import Lifecycle, Stage
from scanner.emulation.engines.programs import EngineFailed
from scanner.emulation.engines.restoring import Wanted, restore, spoil
from scanner.emulation.engines.server import Server
from scanner.emulation.engines.shipping import Shipper, Shipping, spooled

if TYPE_CHECKING:
    from scanner.emulation.engines.registry import Engines

_PATIENCE = 30.0
_BROKEN = ("failed", "incompatible-restore")


@dataclass(frozen=True)
class Identity:
    """Whose instance it is, and where; `resource` is what it keeps when it is renamed."""

    account: str
    region: str
    resource: str


@dataclass
class Account:
    """What the instance is called, and how one gets in."""

    name: str
    master: str
    database: str | None
    password: str | None = field(default=None, repr=False)


class Instance:
    """One instance: its server, its history in S3, and what it is going through."""

    def __init__(
        self, engines: "Engines", identity: Identity, account: Account, shipping: Shipping, home: Path
    ) -> None:
        self.engines, self.identity, self.account, self.shipping = engines, identity, account, shipping
        self.lifecycle = Lifecycle(engines.clock, "creating")
        self.server: Server | None = Server(engines.programs, home, engines.secret)
        self.history: History | None = None
        self.parameters: dict[str, str] = {}
        self.pending_reboot = False
        self.trouble: str | None = None
        self._broken = False
        self._shipper: Shipper | None = None
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name=f"rds-{account.name}", daemon=True)
        self._thread.start()

    # What it is going through.

    def do(
        self, stage: Stage | None, work: Callable[[], None], otherwise: str = "failed", *, regardless: bool = False
    ) -> None:
        """Do some work after all that was asked for before; a stage ends with it, or fails into another state.

        Where an instance failed to come up, nothing more is done to it but what is done regardless.
        """

        def attempt() -> None:
            import psycopg

            if self._broken and not regardless:
                return
            try:
                work()
            except (EngineFailed, OSError, psycopg.Error) as failure:
                self.trouble = self.trouble or str(failure).strip().partition("\n")[0]
                self._broken = otherwise in _BROKEN
                if stage is not None:
                    self.lifecycle.fail(stage, otherwise)
            else:
                if stage is not None:
                    self.lifecycle.finish(stage)
            self.engines.settle()

        self._work.put(attempt)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            if not self.engines.over.is_set():
                # An emulator that stops in the middle takes away the ground of what is being done.
                with contextlib.suppress(Exception):
                    work()

    def retire(self) -> None:
        """Nothing more will be done to it."""
        self._work.put(None)

    def end(self) -> None:
        """Stop all of it, at once."""
        self.retire()
        if self._shipper is not None:
            self._shipper.stop()
        if self.server is not None:
            self.server.stop("immediate")
        self._thread.join(_PATIENCE)
        if self.server is not None:
            # What was being started when the end came.
            self.server.stop("immediate")

    @property
    def living(self) -> Server:
        """The server, where there is still one."""
        if self.server is None:
            raise EngineFailed("the host of the instance is lost")
        return self.server

    # What is done to it.

    def create(self, stage: Stage) -> None:
        """An empty database."""

        def work() -> None:
            server = self.living
            server.initialise()
            server.configure(self.parameters)
            server.start(self.engines.over.is_set)
            prepare(server, self.account.master, self.account.password or "", self.account.database)
            self.account.password = None

        self.do(stage, work)

    def recover(self, stage: Stage, wanted: Wanted, faults: frozenset[Fault]) -> None:
        """The database of a backup; a log that does not reach the wanted time makes the restore incompatible."""
        if Fault.HANG in faults:
            return

        def work() -> None:
            server = self.living
            restore(
                self.engines.programs, self.engines.storage, server, wanted,
                parameters=self.parameters, faults=faults, abandoned=self.engines.over.is_set,
            )  # fmt: skip
            spoil(server, self.account.database or "postgres", self.account.master, faults)

        self.do(stage, work, "incompatible-restore")

    def keep_backups(self, stage: Stage) -> None:
        """Begin the automated backups: ship the log, take a base backup, and reach past its end."""

        def work() -> None:
            self.history = self.history or History(
                f"automated/{self.identity.account}/{self.identity.region}/{self.identity.resource}",
                self.engines.storage,
            )
            if self._shipper is None:
                self._ship(self.history)
            self._base(self.history)

        self.do(stage, work)

    def back_up(self, stage: Stage | None) -> None:
        """Take one more base backup, as AWS does every day."""
        self.do(stage, lambda: self._base(self.history) if self.history else None)

    def _ship(self, history: History) -> None:
        self._shipper = Shipper(self.living, history, self.shipping)
        self._shipper.start()

    def _base(self, history: History) -> None:
        """Recovery can stop at the first second after a base backup when a commit comes after that."""
        base = backups.take(self.living, self.engines.storage, f"{history.prefix}/base/{len(history.bases) + 1:04d}")
        self._reach(self.living, history, whole_second_after(base.ended))
        history.bases.append(base)

    def _reach(self, server: Server, history: History, at: datetime) -> None:
        """Wait until a time has come and can be restored."""
        self.engines.over.wait(max(0.0, (at - datetime.now(UTC)).total_seconds()))
        beat(server, switch=True)
        self.engines.wait_for(lambda: (history.latest() or datetime.min.replace(tzinfo=UTC)) >= at)

    def end_backups(self) -> None:
        """Stop the automated backups and delete them, after what is under way."""
        self.do(None, self._give_up_backups)

    def _give_up_backups(self) -> None:
        history, self.history = self.history, None
        if self._shipper is not None:
            self._shipper.stop()
            self._shipper = None
        if history is not None:
            history.forget()

    def snapshot(self, stage: Stage, take: Callable[[Server], None]) -> None:
        """Take a snapshot while it runs."""
        self.do(stage, lambda: take(self.living), "available")

    def restart(self, stage: Stage) -> None:
        """Stop and start with what the parameter group says now; a value it cannot take is the group's fault."""

        def work() -> None:
            server = self.living
            server.stop()
            server.configure(self.parameters)
            server.start(self.engines.over.is_set)
            self.pending_reboot = False

        self.do(stage, work, "incompatible-parameters")

    def shut_down(self, stage: Stage) -> None:
        """Stop it; what it has written is shipped first."""

        def work() -> None:
            server = self.living
            server.stop()
            if self._shipper is not None:
                self.engines.wait_for(lambda: not spooled(server))

        self.do(stage, work)

    def change_password(self, stage: Stage, password: str) -> None:
        """Give the master another password."""
        self.do(stage, lambda: change_password(self.living, self.account.master, password), "available")

    def reconfigure(self) -> None:
        """Take over at once what does not need a restart."""

        def work() -> None:
            self.living.configure(self.parameters)
            self.living.reload()

        self.do(None, work)

    def delete(self, stage: Stage, *, retain: bool) -> None:
        """Stop the server, take the volume away, and the automated backups too unless they are retained."""
        import psycopg

        def work() -> None:
            server = self.server
            if server is not None and server.running:
                if retain and self.history is not None:
                    # What it has written last can be restored too; a server that is ill is deleted all the same.
                    with contextlib.suppress(EngineFailed, psycopg.Error):
                        self._reach(server, self.history, whole_second_after(datetime.now(UTC)))
                server.stop()
            self.server = None
            if self._shipper is not None:
                self._shipper.stop(last=retain)
                self._shipper = None
            if server is not None:
                server.remove()
            if not retain:
                self._give_up_backups()

        self.do(stage, work, "deleted", regardless=True)

    def kill(self) -> None:
        """Lose the host and the volume, now; RDS calls what it cannot recover failed."""
        server, self.server = self.server, None
        if self._shipper is not None:
            # Nothing is shipped after the loss: what the host had not sent is gone with it.
            self._shipper.halt()
        if server is not None:
            server.kill()
        if self._shipper is not None:
            self._shipper.stop()
            self._shipper = None
        self.lifecycle.lose("failed")
