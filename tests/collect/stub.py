"""A server on loopback that says what it is told to, also what no AWS would say: the real boto3 path, with trouble in it."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import boto3

from scanner.collect.aws import Boto


@dataclass(frozen=True)
class Say:
    """One answer: its status, body and type; or the trouble instead of it."""

    status: int = 200
    body: str = "{}"
    kind: str = "application/x-amz-json-1.1"
    numbered: bool = True
    missing: int = 0
    reset: bool = False
    wait: float = 0.0


HTML = "<!doctype html><html><title>Internal Server Error</title></html>"


def told(**answer: Any) -> Say:
    return Say(body=json.dumps(answer))


def refused(code: str, message: str = "no", status: int = 400) -> Say:
    return Say(status, json.dumps({"__type": code, "message": message}))


Script = Callable[[str, dict[str, Any]], Say]


@dataclass
class Stub:
    """The server: `script` gives the answer to `region service:Operation`, `heard` counts the requests."""

    script: Script
    endpoint: str = ""
    heard: Counter[str] = field(default_factory=Counter)

    def port(self, attempts: int = 10) -> Boto:
        session = boto3.Session("stub", "stub", region_name="eu-west-1")
        return Boto(session, endpoint=self.endpoint or None, attempts=attempts)


@contextmanager
def stub(script: Script) -> Iterator[Stub]:
    made = Stub(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            scope = self.headers["Authorization"].split("Credential=")[1].split("/")
            target = self.headers.get("X-Amz-Target", "")
            if target:
                operation, given = target.split(".")[-1], json.loads(body or b"{}")
            elif self.command == "POST" and body:
                form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
                operation, given = form.pop("Action"), form
            else:
                operation, given = self.path, {}
            name = f"{scope[2]} {scope[3]}:{operation}"
            made.heard[name] += 1
            self._say(made.script(name, given))

        do_GET = do_POST  # the base class's own spelling

        def _say(self, say: Say) -> None:
            time.sleep(say.wait)
            if say.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            body = say.body.encode()
            self.send_response(say.status)
            self.send_header("Content-Type", say.kind)
            self.send_header("Content-Length", str(len(body) + say.missing))
            if say.numbered:
                self.send_header("x-amzn-RequestId", "request-7")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = bool(say.missing)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A caller that went away is part of the play."""

    server = Server(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    made.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
