"""A LocalStack says what it offers; what it does not is not tested, and nothing beyond this machine is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from drills.measuring.clock import MachineClock
from drills.plan.model import DrillPlan, Entry, Limits, Login, Subject
from drills.running import Running
from drills.stage.journal import Journal
from drills.stage.refusals import DrillRefused, Inconclusive
from drills.stage.run import Run
from drills.targets.localstack import ENDPOINT, LocalStack, LocalStackTarget, endpoint_of

#: What LocalStack 4.9.2 answers (open core, without a container engine), as it was recorded.
HEALTH = json.loads(Path(__file__).with_name("health.json").read_text(encoding="utf-8"))


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[str]:
    """Something that answers every request with the same."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def plan_of(endpoint: str, *entries: tuple[str, Subject]) -> DrillPlan:
    subjects = {one.name: one for _, one in entries}
    drills = tuple(Entry(drill, drill, (one.name,)) for drill, one in entries)
    return DrillPlan(
        "test", subjects, drills, Limits(timedelta(minutes=1)), {"localstack": {"endpoint": endpoint}}, (), ""
    )


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://rds.eu-west-1.amazonaws.com",
        "http://10.0.0.1:4566",
        "http://localhost.example.com:4566",
        "http://example.com:4566#127.0.0.1",
        "http://127.0.0.1:4566@example.com",
        "file:///etc/passwd",
        "",
        "localhost:4566",
        "http://[::]:4566",
    ],
)
def test_only_this_machine_is_asked(endpoint: str) -> None:
    with pytest.raises(DrillRefused, match="not on this machine"):
        endpoint_of({"endpoint": endpoint})


@pytest.mark.parametrize("endpoint", ["http://localhost:4566/", "http://127.0.0.1:4566", "http://[::1]:4566"])
def test_this_machine_has_several_names(endpoint: str) -> None:
    assert endpoint_of({"endpoint": endpoint}) == endpoint.rstrip("/")


def test_it_listens_where_localstack_does() -> None:
    assert endpoint_of({}) == ENDPOINT


def test_nobody_answers() -> None:
    with answering(b"") as endpoint:
        pass
    with pytest.raises(DrillRefused, match="no LocalStack answers"), LocalStackTarget().open(plan_of(endpoint)):
        pass


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"services": ["s3"]}', b"\xff"])
def test_something_else_answers(body: bytes) -> None:
    with (
        answering(body) as endpoint,
        pytest.raises(DrillRefused, match="LocalStack"),
        LocalStackTarget().open(plan_of(endpoint)),
    ):
        pass


@pytest.mark.parametrize("service", ["s3", "kms", "sqs", "sns", "events", "iam", "sts", "secretsmanager"])
def test_what_answers_can_be_used(service: str) -> None:
    assert LocalStack(ENDPOINT, HEALTH).lacks(service) == ""


@pytest.mark.parametrize("service", ["rds", "backup", "efs", "fsx", "cloudtrail"])
def test_what_does_not_answer_is_told(service: str) -> None:
    assert LocalStack(ENDPOINT, HEALTH).lacks(service) == f"LocalStack 4.9.2 at {ENDPOINT} does not offer {service}"


def test_what_would_be_fetched_from_outside_is_not_used() -> None:
    assert "fetches its program" in LocalStack(ENDPOINT, HEALTH).lacks("dynamodb")
    # One that runs has it already.
    running = {**HEALTH, "services": {**HEALTH["services"], "dynamodb": "running"}}
    assert LocalStack(ENDPOINT, running).lacks("dynamodb") == ""


@pytest.mark.parametrize("state", ["error", "disabled", "unavailable"])
def test_a_service_in_trouble_is_told(state: str) -> None:
    told = {"version": "4.9.2", "services": {"s3": state}}
    assert LocalStack(ENDPOINT, told).lacks("s3").endswith(f"does not offer s3 ({state})")


def test_all_of_it_is_a_simulation() -> None:
    assert LocalStack(ENDPOINT, HEALTH).evidence(Subject("db", "it", "database", "db", "eu-west-1")) == "simulated"


def test_the_credentials_of_the_environment_are_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
    monkeypatch.setenv("AWS_PROFILE", "production")
    session = vars(LocalStack(ENDPOINT, HEALTH))["_session"]
    assert session.get_credentials().access_key == "test"


def test_a_password_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = LocalStack(ENDPOINT, HEALTH)
    monkeypatch.setenv("PASSWORD_OF_IT", "not-a-secret")
    assert opened.password(Login("keeper", env="PASSWORD_OF_IT")) == "not-a-secret"
    with pytest.raises(Inconclusive, match="not set"):
        opened.password(Login("keeper", env="NO_SUCH_PASSWORD"))


def test_what_cannot_run_is_not_tested_and_makes_nothing(tmp_path: Path) -> None:
    lacking: Mapping[str, Callable[[], Subject]] = {
        "alert-failed-job": lambda: Subject("alerts", "it", "alert", "alerts", "eu-west-1"),
        "database-point-in-time": lambda: Subject("db", "it", "database", "db", "eu-west-1"),
    }
    with answering(json.dumps(HEALTH).encode()) as endpoint:
        plan = plan_of(endpoint, *((drill, one()) for drill, one in lacking.items()))
        clock = MachineClock()
        run = Run.begin(clock.now(), "tests", timedelta(hours=1))
        with (
            LocalStackTarget().open(plan) as target,
            Journal(tmp_path, run.id, run.began_at, run.expires_at, target.endpoint) as journal,
        ):
            ran = Running(plan, target, run, journal, lambda: None, clock, {}).go()
    assert [one.drill for one in ran.measured] == list(lacking)
    for one in ran.measured:
        assert "does not offer" in one.not_tested
        assert one.checks == []
        assert one.came_back is None
    assert '"intends"' not in next(tmp_path.glob("*.journal")).read_text(encoding="utf-8")
