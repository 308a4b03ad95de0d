"""The HTTP server under the emulator: moto's, quiet, keeping connections open."""

from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from scanner.emulation.application import Application
from scanner.emulation.ground import World
from scanner.emulation.interference import Interference


class Handler(MotoRequestHandler):
    """Says nothing, and answers at once."""

    # Header and body leave in two writes; with Nagle's algorithm a kept connection waits 40 ms between them.
    disable_nagle_algorithm = True

    def log(self, *_: Any) -> None:
        """A demonstration has nothing to say about each request; `Interference.calls` has the log."""


def serve(world: World, interference: Interference, port: int) -> BaseWSGIServer:
    """A server on the loopback interface; port 0 takes a free one."""
    return make_server("127.0.0.1", port, Application(world, interference), threaded=True, request_handler=Handler)
