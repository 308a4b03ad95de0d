"""moto, loaded with the settings we need, and worlds that do not see each other.

moto keeps all state in process-wide dictionaries. A `World` takes them off the stage when another world enters,
so that each emulator of a process has an AWS of its own. One world is on stage at a time, guarded by one lock.
While it is, moto lives by that world's clock: what is made under yesterday's clock was made yesterday.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from scanner.emulation.engines import Engines

# Read when a backend is made: without the first every region shows 1,302 foreign images as our own snapshots,
# without the second the 1,001st database of a region is refused.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
os.environ.setdefault("MOTO_RDS_SNAPSHOT_LIMIT", "1000000")

import moto.backends
import moto.core.utils
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

ACCOUNT = "123456789012"
# moto keeps what belongs to no region under the name of the partition.
EVERYWHERE = "aws"

Shelf = TypeVar("Shelf")

# The worlds on stage now, innermost last; none while no call is answered.
_clocks: "list[World]" = []

# Handlers hold no state of their own, so that one dispatcher serves every world.
DISPATCHER = DomainDispatcherApplication(create_backend_app)


def prepare(*services: str) -> None:
    """Have moto ready for these services, by moto's names; call it on stage.

    Getting ready draws from moto's dice, once per process: what must be reproducible prepares first and seeds then.
    """
    for service in services:
        if service not in DISPATCHER.app_instances:
            DISPATCHER.app_instances[service] = create_backend_app(cast("Any", service))


class World:
    """One isolated AWS: moto's state and ours."""

    _stage = RLock()
    _present: "World | None" = None

    def __init__(self, clock: Callable[[], datetime], account: str = ACCOUNT) -> None:
        self.clock, self.account = clock, account
        # Real servers behind the databases, where they are wished for.
        self.engines: Engines | None = None
        self._resting: list[tuple[Any, dict[str, Any]]] = []
        self._buckets: dict[str, Any] = {}
        self._shelves: dict[tuple[type, str, str], Any] = {}

    @contextmanager
    def on_stage(self) -> Iterator[None]:
        """Make this world's state the one that moto sees, for as long as the block lasts."""
        with World._stage:
            if World._present is not self:
                if World._present is not None:
                    World._present._leave()
                self._enter()
                World._present = self
            _clocks.append(self)
            try:
                yield
            finally:
                _clocks.pop()

    def shelf(self, kind: type[Shelf], account: str, region: str) -> Shelf:
        """Our own state of one kind in one account and region; made empty when first asked for."""
        key = (kind, account, region)
        if key not in self._shelves:
            self._shelves[key] = kind()
        return cast("Shelf", self._shelves[key])

    def shelves(self, kind: type[Shelf], account: str) -> dict[str, Shelf]:
        """Every region's state of one kind in one account."""
        return {
            region: shelf
            for (held, owner, region), shelf in list(self._shelves.items())
            if held is kind and owner == account
        }

    def backend(self, service: str, account: str, region: str) -> Any:
        """Moto's own objects; call it on stage only."""
        return get_backend(cast("Any", service))[account][region]

    def end(self) -> None:
        """Forget everything."""
        with World._stage:
            if World._present is self:
                self._leave()
                World._present = None
            self._resting, self._buckets, self._shelves = [], {}, {}

    def _enter(self) -> None:
        for backends, accounts in self._resting:
            backends.update(accounts)
            _in_use().append(backends)
        _bucket_names().update(self._buckets)
        self._resting, self._buckets = [], {}

    def _leave(self) -> None:
        for backends in _in_use():
            self._resting.append((backends, dict(backends)))
            backends.clear()
        _in_use().clear()
        self._buckets = dict(_bucket_names())
        _bucket_names().clear()


def _in_use() -> list[Any]:
    """Moto's own list of the dictionaries that hold anything."""
    return cast("list[Any]", vars(BackendDict)["_instances"])


def _bucket_names() -> dict[str, Any]:
    """The one register of moto that lies outside its backends: which account owns which bucket."""
    # Another thread may be in the middle of importing the module.
    backends = getattr(sys.modules.get("moto.s3.models"), "s3_backends", None)
    return cast("dict[str, Any]", backends.bucket_accounts) if backends is not None else {}


def _moto_now() -> datetime:
    return (_clocks[-1].clock() if _clocks else datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)


def _utcnow() -> datetime:
    return emulated_now()  # type: ignore[name-defined, no-any-return]  # noqa: F821  (runs in moto.core.utils)


# moto's modules import the function itself, so that only its inside can be exchanged for all of them.
vars(moto.core.utils)["emulated_now"] = _moto_now
# moto looks through botocore's folders again for every service, and through its own for every request (measured: a sixth
# of the time in which a company settles). Its models are its own: those of our clients are changed by botocore.
_LOADER = vars(moto.core.utils)["create_loader"]()
vars(moto.core.utils)["create_loader"] = lambda: _LOADER
_MODULES = tuple(moto.backends.list_of_moto_modules())
vars(moto.backends)["list_of_moto_modules"] = lambda: _MODULES
moto.core.utils.utcnow.__code__ = _utcnow.__code__
