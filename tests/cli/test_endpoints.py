"""A scan of an endpoint that breaks: refused in one message, or honest about what it did not answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import pytest
from click.testing import CliRunner, Result

from scanner.cli.main import main

IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:iam::111111111111:user/scanner</Arn><UserId>A</UserId><Account>111111111111</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
EXPIRED = '{"__type": "ExpiredTokenException", "message": "The security token included in the request is expired"}'
Script = Callable[[str], tuple[int, str] | None]


class Stub:
    """An endpoint that knows who calls, and answers each JSON operation by a script; None is never answered."""

    def __init__(self, script: Script) -> None:
        self.over = threading.Event()
        self.asked = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
                stub.asked.set() if operation else None
                answer = script(operation) if operation else (200, IDENTITY)
                if answer is None:
                    stub.over.wait(30)
                    self.close_connection = True
                    return
                body = answer[1].encode()
                self.send_response(answer[0])
                self.send_header("Content-Type", "application/x-amz-json-1.1" if operation else "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(autouse=True)
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backup-scan.yaml").write_text(
        'schema: backup-scan/config/1\naccounts:\n  prod: {id: "111111111111", regions: [eu-west-1]}\n',
        encoding="utf-8",
    )


def scan(endpoint: str, monkeypatch: pytest.MonkeyPatch, *more: str) -> Result:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    return CliRunner().invoke(main, ["--account", "prod", "--rule", "BK106", *more])


def test_credentials_that_end_before_the_first_answer_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Stub(lambda _: (400, EXPIRED)) as stub:
        result = scan(stub.endpoint, monkeypatch, "--output", "out")
    assert result.exit_code == 3, result.output
    assert "no call was answered" in result.stderr
    assert "ExpiredToken" in result.stderr
    assert "renew the credentials" in result.stderr
    assert not list((tmp_path / "out").iterdir())


def test_credentials_that_end_during_the_scan_are_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "ListTables": (200, '{"TableNames": ["orders"]}'),
        "GetResources": (200, '{"ResourceTagMappingList": []}'),
    }

    def script(operation: str) -> tuple[int, str]:
        return answers.get(operation, (400, EXPIRED))

    with Stub(script) as stub:
        result = scan(stub.endpoint, monkeypatch, "--format", "json")
    assert result.exit_code == 4, result.output
    assert [one["outcome"] for one in json.loads(result.stdout)["findings"]] == ["unknown"]
    assert "the credentials ended during the scan" in result.stderr
    assert "renew them and run again" in result.stderr


def test_a_denial_is_an_answer_and_makes_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = '{"__type": "AccessDeniedException", "message": "not authorized"}'
    with Stub(lambda _: (400, denied)) as stub:
        result = scan(stub.endpoint, monkeypatch)
    assert result.exit_code == 4, result.output
    assert "AccessDenied" in result.stdout


def test_the_wrong_account_is_refused_with_both_ids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "backup-scan.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("111111111111", "222222222222"), encoding="utf-8")
    with Stub(lambda _: (200, "{}")) as stub:
        result = scan(stub.endpoint, monkeypatch)
    assert result.exit_code == 3
    assert "222222222222" in result.stderr
    assert "111111111111" in result.stderr
    assert "nothing was scanned" in result.stderr


def test_judging_another_day_does_not_change_when_it_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Stub(lambda _: (200, '{"TableNames": []}')) as stub:
        result = scan(stub.endpoint, monkeypatch, "--at", "2100-01-01", "--output", "out")
    assert result.exit_code == 3, result.output
    assert "nothing was checked" in result.stderr
    assert "with --rule BK106" in result.stderr
    assert not json.loads((tmp_path / "out" / "estate.json").read_text("utf-8"))["taken_at"].startswith("2100")


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_scan_at_once_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from scanner.cli.main import main; main()"
    )
    with Stub(lambda _: None) as stub:
        scanning = subprocess.Popen(
            [sys.executable, "-c", program, "--account", "prod", "--rule", "BK106", "--output", "out"],
            cwd=tmp_path, env={**os.environ, "AWS_ENDPOINT_URL": stub.endpoint}, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert stub.asked.wait(60)
            time.sleep(0.2)
            scanning.send_signal(number)
            _, said = scanning.communicate(timeout=10)
        finally:
            scanning.kill()
    assert scanning.returncode == 130
    assert "backup-scan: interrupted" in said
    assert "Traceback" not in said
    assert not list((tmp_path / "out").iterdir())
