"""The emulator: start it, take its endpoint or its clients, stop it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from scanner.emulation.interference import Interference

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

    from scanner.emulation.engines import Engines
    from scanner.emulation.ground import World


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@cache
def _loader() -> Loader:
    """One set of service models for all sessions; each set costs a second and 40 MB."""
    return Loader()


def _models() -> botocore.session.Session:
    session = botocore.session.Session()
    session.register_component("data_loader", _loader())
    return session


class Emulator:
    """An AWS of its own on a free loopback port: `with Emulator() as aws: aws.client("backup", "eu-west-1")`.

    Several emulators of one process do not see each other's resources. `clock` dates everything that is made; with
    `set_clock` the past can be lived through, and `scanner.emulation.seeding` puts in what only AWS could have made.
    With `engines`, PostgreSQL databases are real servers that hold data: see `scanner.emulation.engines`.
    """

    def __init__(
        self,
        port: int = 0,
        clock: Callable[[], datetime] = _wall_clock,
        account: str | None = None,
        engines: "Engines | None" = None,
    ) -> None:
        self.interference, self.engines = Interference(), engines
        self._port, self._clock, self._account = port, clock, account
        self._world: World | None = None
        self._server: BaseWSGIServer | None = None
        self._clients: dict[tuple[str, str], Any] = {}

    def start(self) -> Self:
        """Open the port over an empty AWS; a running emulator starts afresh."""
        self.stop()
        from scanner.emulation.ground import ACCOUNT, World
        from scanner.emulation.serving import serve

        self._world = World(self._clock, self._account or ACCOUNT)
        if self.engines is not None:
            self._world.engines = self.engines
            self.engines.start(self._world)
        self._server = serve(self._world, self.interference, self._port)
        Thread(target=self._server.serve_forever, name="emulator", daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the port and forget every resource and every interference."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if self._world is not None:
            if self.engines is not None:
                self.engines.stop()
            self._world.end()
        self._server, self._world, self._clients = None, None, {}
        self.interference.clear()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def endpoint(self) -> str:
        """The URL that serves every AWS service."""
        if self._server is None:
            raise RuntimeError("the emulator is not running: call start() or use it in a with statement")
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def world(self) -> "World":
        """The state behind the port, for seeding."""
        if self._world is None:
            raise RuntimeError("the emulator is not running: call start() or use it in a with statement")
        return self._world

    def set_clock(self, clock: Callable[[], datetime]) -> None:
        """From now on take the time from here."""
        self._clock = self.world.clock = clock

    @contextmanager
    def on_stage(self) -> Iterator["World"]:
        """This emulator's state, safe to change for as long as the block lasts; a call inside waits for its end, for ever."""
        with self.world.on_stage():
            yield self.world

    def session(self, region: str = "eu-west-1") -> boto3.Session:
        """A boto3 session with credentials that are good for nothing else."""
        return boto3.Session(
            aws_access_key_id="AKIAEMULATED",
            aws_secret_access_key="emulated",
            region_name=region,
            botocore_session=_models(),
        )

    def client(self, service: str, region: str = "eu-west-1") -> Any:
        """A boto3 client of one service, kept for the next time it is asked for."""
        if (service, region) not in self._clients:
            config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}, max_pool_connections=20)
            client = self.session(region).client(service, region_name=region, endpoint_url=self.endpoint, config=config)
            client.meta.events.register_first("request-created", self._to_the_one_host)
            self._clients[service, region] = client
        return self._clients[service, region]

    def _to_the_one_host(self, request: Any, **_: Any) -> None:
        """One host answers for every account: of s3control, botocore puts its number before the host's name."""
        parts, host = urlsplit(request.url), urlsplit(self.endpoint).netloc
        if parts.netloc.endswith(f".{host}"):
            request.url = parts._replace(netloc=host).geturl()


logging.getLogger("werkzeug").setLevel(logging.ERROR)
