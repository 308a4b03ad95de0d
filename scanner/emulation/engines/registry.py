"""The engines of one emulator: every instance that has a real server, and what can be restored."""

import secrets
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from threading import Event, RLock, Thread
from typing import TYPE_CHECKING, Any

from scanner.emulation.engines import backups
from scanner.emulation.engines.faults import Faults
from scanner.emulation.engines.history import Base, History
from scanner.emulation.engines.instances import Account, Identity, Instance
from scanner.emulation.engines.lifecycle import Delays, Lifecycle
from scanner.emulation.engines.programs import EngineFailed, Programs
from scanner.emulation.engines.server import Server
from scanner.emulation.engines.shipping import Shipping, timeout
from scanner.emulation.engines.storage import Storage
from scanner.emulation.engines.watchdog import Watchdog

if TYPE_CHECKING:
    from scanner.emulation.ground import World

_PATIENCE = 30.0
_POLL = 0.03


@dataclass
class Snapshot:
    """A snapshot with real data: what it is going through, and the base backup when it is there."""

    lifecycle: Lifecycle
    prefix: str = ""
    base: Base | None = None
    # An automated snapshot shows the base backup of the automated backups; it has no objects of its own.
    shown: bool = False


@dataclass(frozen=True)
class Retained:
    """The automated backups of an instance that is gone, and what moto knew of the instance."""

    history: History
    database: Any


class Engines:
    """Real PostgreSQL servers behind the databases of an emulator, or behind `only` those with these identifiers.

    See the package for how they are used.
    """

    def __init__(
        self,
        shipping: Shipping | None = None,
        *,
        delays: Delays | None = None,
        quota: int = 40,
        only: Collection[str] | None = None,
        installation: Path | None = None,
    ) -> None:
        self.shipping, self.delays, self.quota = shipping or timeout(), delays or Delays(), quota
        self.only = only
        self.shipping_of: dict[str, Shipping] = {}
        self.faults = Faults()
        self.over = Event()
        self.secret = secrets.token_urlsafe(24)
        self.snapshots: dict[str, Snapshot] = {}
        self.retained: dict[str, Retained] = {}
        self.world: World | None = None
        self._installation = installation
        self._instances: dict[str, Instance] = {}
        self._programs: Programs | None = None
        self._watchdog: Watchdog | None = None
        self._numbers = count(1)
        self._lock = RLock()

    # From the emulator's start to its end.

    def start(self, world: "World") -> None:
        """Make ready for the databases of a world; each server starts when its database is created."""
        self.world, self._numbers = world, count(1)
        self.over.clear()
        self.storage = Storage(world)
        self._programs = Programs(self._installation)
        self._watchdog = Watchdog(self._programs.root)

    def stop(self) -> None:
        """Stop every server and take everything away. Not to be called on stage: what is under way needs it to end."""
        self.over.set()
        with self._lock:
            instances = list(self._instances.values())
            self._instances.clear()
        ending = [Thread(target=instance.end, daemon=True) for instance in instances]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join()
        if self._watchdog is not None:
            self._watchdog.release()
        self.snapshots.clear()
        self.retained.clear()
        self.shipping_of.clear()
        self.faults.clear()
        self.world, self._programs, self._watchdog = None, None, None

    @property
    def programs(self) -> Programs:
        """The programs; there are none before the start."""
        if self._programs is None:
            raise RuntimeError("the engines are not running: they start with their emulator")
        return self._programs

    def clock(self) -> datetime:
        """The world's time, by which states last."""
        return self.world.clock() if self.world is not None else datetime.now(UTC)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            if self.over.is_set() or time.monotonic() > deadline:
                raise EngineFailed("the backup did not reach S3")
            time.sleep(_POLL)

    # Its instances.

    def add(self, account: str, region: str, who: Account) -> Instance:
        """A new instance, that nothing was done to yet."""
        number = next(self._numbers)
        resource = "db-" + sha256(f"{account}/{region}/{who.name}/{number}".encode()).hexdigest().upper()[:26]
        instance = Instance(
            self,
            Identity(account, region, resource),
            who,
            self.shipping_of.get(who.name, self.shipping),
            self.programs.root / f"{number:04d}",
        )
        with self._lock:
            self._instances[resource] = instance
        return instance

    def of(self, database: Any) -> Instance | None:
        """The instance behind one of moto's databases, where it has a server."""
        return self._instances.get(getattr(database, "dbi_resource_id", ""))

    def holding(self, resource: str) -> tuple[Any, History | None] | None:
        """Moto's database of a resource identifier, in whatever region, or what was known of it, and its history."""
        instance = self._instances.get(resource)
        if instance is not None:
            return self._database(instance), instance.history
        kept = self.retained.get(resource)
        return (kept.database, kept.history) if kept is not None else None

    def named(self, name: str, region: str | None = None) -> Instance:
        """The instance with an identifier."""
        for instance in list(self._instances.values()):
            if instance.account.name == name and region in (None, instance.identity.region):
                return instance
        raise LookupError(f"no instance called {name} has a server here")

    def kill(self, name: str, region: str | None = None) -> None:
        """Lose an instance's host: every process dies at once, the volume is gone, nothing more reaches S3."""
        self.named(name, region).kill()
        self.settle()

    def back_up(self, name: str, region: str | None = None) -> None:
        """Take one more automated base backup, as AWS does every day, and wait for it."""
        instance = self.named(name, region)
        stage = instance.lifecycle.enter("backing-up", self.delays.backing_up)
        instance.back_up(stage)
        self.wait_for(lambda: stage.done is not None)

    # Snapshots.

    def snapshot(self, instance: Instance, arn: str, *, busy: bool = True) -> Snapshot:
        """Take a snapshot of an instance under an ARN."""
        world = self.world
        lifecycle = Lifecycle(self.clock, "creating")
        stage = lifecycle.enter("creating", self.delays.snapshot)
        snapshot = self.snapshots[arn] = Snapshot(lifecycle, f"snapshots/{next(self._numbers):06d}")
        held = instance.lifecycle.enter("backing-up", self.delays.snapshot) if busy else None

        def take(server: Server) -> None:
            try:
                snapshot.base = backups.take(server, self.storage, snapshot.prefix)
            except EngineFailed:
                lifecycle.fail(stage, "failed")
                raise
            lifecycle.finish(stage)
            if world is not None:
                self._date(arn, world.clock())

        if held is not None:
            instance.snapshot(held, take)
        else:
            instance.do(None, lambda: take(instance.living))
        return snapshot

    def show_base(self, instance: Instance, arn: str) -> None:
        """Have a snapshot show the base backup that an instance is taking."""
        world = self.world
        lifecycle = Lifecycle(self.clock, "creating")
        stage = lifecycle.enter("creating", self.delays.snapshot)
        snapshot = self.snapshots[arn] = Snapshot(lifecycle, shown=True)

        def show() -> None:
            if instance.history is None or not instance.history.bases:
                lifecycle.fail(stage, "failed")
                return
            snapshot.base = instance.history.bases[-1]
            lifecycle.finish(stage)
            if world is not None:
                self._date(arn, world.clock())

        instance.do(None, show)

    def _date(self, arn: str, at: datetime) -> None:
        """A snapshot is dated by the time up to which it has everything."""
        for snapshot in self._held("database_snapshots", arn):
            snapshot.created = snapshot.original_snapshot_create_time = at.astimezone(UTC).replace(tzinfo=None)

    def copy_snapshot(self, source: str, target: str) -> None:
        """Copy a snapshot's data to another ARN."""
        held = self.snapshots[source]
        lifecycle = Lifecycle(self.clock, "creating")
        stage = lifecycle.enter("creating", self.delays.snapshot)
        copy = self.snapshots[target] = Snapshot(lifecycle, f"snapshots/{next(self._numbers):06d}")
        if held.base is not None:
            self.storage.copy(held.base.prefix + "/", copy.prefix + "/")
            copy.base = Base(copy.prefix, held.base.ended, held.base.covered)
            lifecycle.finish(stage)
        else:
            lifecycle.fail(stage, "failed")

    def delete_snapshot(self, arn: str) -> None:
        """Forget a snapshot's data."""
        held = self.snapshots.pop(arn, None)
        if held is not None and not held.shown:
            self.storage.delete(held.prefix + "/")

    # What moto is told.

    def settle(self) -> None:
        """Have moto's objects say what the real things are going through, and lose those that are gone."""
        world = self.world
        if world is None or self.over.is_set():
            return
        with world.on_stage():
            for resource, instance in list(self._instances.items()):
                database = self._database(instance)
                status = instance.lifecycle.status
                if database is not None:
                    database.status = status
                if status == "deleted":
                    self._instances.pop(resource)
                    instance.retire()
                    if database is not None:
                        database.deletion_protection = False
                        database.backend.delete_db_instance(
                            database.db_instance_identifier, delete_automated_backups=False
                        )
            for arn, held in list(self.snapshots.items()):
                for snapshot in self._held("database_snapshots", arn):
                    snapshot.status = held.lifecycle.status

    def _database(self, instance: Instance) -> Any:
        world = self.world
        if world is None:
            return None
        rds = world.backend("rds", instance.identity.account, instance.identity.region)
        found = (each for each in rds.databases.values() if each.dbi_resource_id == instance.identity.resource)
        return next(found, None)

    def _held(self, what: str, arn: str) -> Iterator[Any]:
        world = self.world
        if world is None:
            return
        _, _, _, region, account, _, name = arn.split(":", 6)
        with world.on_stage():
            held = getattr(world.backend("rds", account, region), what).get(name)
            if held is not None:
                yield held
