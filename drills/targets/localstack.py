"""A LocalStack: whatever of AWS answers there, on loopback only; what does not is not tested, and said to be so."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from drills.stage.refusals import DrillRefused
from drills.targets.emulator import password_in_environment, password_of
from drills.targets.target import Opened, Target
from scanner.collect.aws import Boto, is_loopback

if TYPE_CHECKING:
    import boto3

    from drills.plan.model import DrillPlan, Login, Subject
    from scanner.collect.port import Port

ENDPOINT = "http://localhost:4566"
#: The account of a LocalStack for whom no other is asked.
ACCOUNT = "000000000000"
#: States in which a service can be called. A service that is `available` starts when it is called for the first time.
_UP = ("available", "running", "starting")
#: What answers in LocalStack under another name than in botocore.
_KNOWN_AS = {"apigatewayv2": "apigateway", "rds-data": "rds", "elbv2": "elb"}
#: Listed as available, and all the same not to be used offline: each fetches a program from outside when it is first called
#: (measured with 4.9.2 and 2026.3.0).
_FETCHES = {
    "dynamodb": "it fetches its program from outside when it is first called",
    "dynamodbstreams": "it fetches its program from outside when it is first called",
    "lambda": "it needs a container engine",
}
_TIMEOUT = 5.0


class LocalStack(Opened):
    """A LocalStack that answers."""

    name: ClassVar[str] = "localstack"

    def __init__(self, endpoint: str, health: Mapping[str, Any], region: str = "eu-west-1") -> None:
        self.account, self.endpoint = ACCOUNT, endpoint
        self.version = str(health.get("version", "of unknown version"))
        self._services: Mapping[str, str] = health.get("services", {})
        session = _session(region)
        self._session = session
        self._port = Boto(session, endpoint=endpoint)

    @property
    def port(self) -> Port:
        """The port to it."""
        return self._port

    def evidence(self, subject: Subject) -> str:  # noqa: ARG002
        """Say that all of it is a simulation."""
        return "simulated"

    def lacks(self, service: str) -> str:
        """Say why a service cannot be used here: it says so itself, or it is known not to work offline."""
        state = self._services.get(_KNOWN_AS.get(service, service), "")
        if state not in _UP:
            return f"LocalStack {self.version} at {self.endpoint} does not offer {service}" + (
                f" ({state})" if state else ""
            )
        if why := _FETCHES.get(service) if state == "available" else "":
            return f"LocalStack {self.version} at {self.endpoint} offers {service}, but {why}"
        return ""

    def password(self, login: Login) -> str:
        """Give a password, from the environment or from its Secrets Manager."""
        if login.env:
            return password_in_environment(login.env)
        client: Any = self._session.client("secretsmanager", endpoint_url=self.endpoint)
        return password_of(client.get_secret_value(SecretId=login.secret)["SecretString"])


def _session(region: str) -> boto3.Session:
    """Give a session that takes nothing from the environment: credentials and profiles there are those of real accounts."""
    import boto3  # noqa: PLC0415  # heavy
    import botocore.session  # noqa: PLC0415

    nothing: dict[str, Any] = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    return boto3.Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106  # what LocalStack takes for its account
        region_name=region,
        botocore_session=botocore.session.Session(session_vars=nothing),
    )


class LocalStackTarget(Target):
    """A LocalStack that somebody has started."""

    name: ClassVar[str] = "localstack"

    @contextmanager
    def open(self, plan: DrillPlan) -> Iterator[LocalStack]:
        """Ask what it offers; refuse any endpoint that is not on this machine, or that is no LocalStack."""
        endpoint = endpoint_of(plan.targets.get("localstack", {}))
        yield LocalStack(endpoint, health_of(endpoint))


def endpoint_of(told: Mapping[str, Any]) -> str:
    """Give the endpoint: of the plan, else where LocalStack listens by itself."""
    endpoint = str(told.get("endpoint", ENDPOINT)).rstrip("/")
    if not endpoint.startswith(("http://", "https://")) or not is_loopback(endpoint):
        raise DrillRefused(
            f"{endpoint} is not on this machine",
            hint="name an endpoint on loopback under targets.localstack.endpoint, such as http://localhost:4566",
        )
    return endpoint


def health_of(endpoint: str) -> Mapping[str, Any]:
    """Ask which services it offers."""
    from urllib.error import URLError  # noqa: PLC0415
    from urllib.request import ProxyHandler, build_opener  # noqa: PLC0415

    # What is on this machine is behind no proxy.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"{endpoint}/_localstack/health", timeout=_TIMEOUT) as answer:
            told = json.loads(answer.read(1 << 20))
    except (URLError, OSError, ValueError) as error:
        said = getattr(error, "reason", error)
        raise DrillRefused(
            f"no LocalStack answers at {endpoint}: {type(said).__name__}",
            hint="start one (docs/localstack.md), or take the target emulator",
        ) from None
    if not isinstance(told, dict) or not isinstance(told.get("services"), dict):
        raise DrillRefused(
            f"what answers at {endpoint} is no LocalStack: it names no services",
            hint="name the endpoint of a LocalStack under targets.localstack.endpoint",
        )
    return told
