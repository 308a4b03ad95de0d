"""boto3 behind the port: one client per service and region, patience with limits, errors sorted into reasons."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scanner.collect.paging import Asker, asker
from scanner.collect.port import CallFailed, Page
from scanner.collect.refusals import ALWAYS_ON, CLOSED, ENDED, client_error, failed
from scanner.model.reading import Reason

if TYPE_CHECKING:
    import boto3
    from botocore.client import BaseClient

#: Where the services without regions answer, by the beginning of the region's name.
HOMES = {"cn-": "cn-north-1", "us-gov-": "us-gov-west-1"}
#: How often a request may be lost on the way, or break the service, before it is given up: (timeouts, lost, broken).
PATIENCE = (2, 3, 4)
#: For how long, in seconds, a service that could not be reached is not asked again.
REST = 30.0
CONNECT_TIMEOUT, READ_TIMEOUT = 5, 30


def is_loopback(endpoint: str) -> bool:
    """Say whether an endpoint is on this machine."""
    host = urlsplit(endpoint).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def to_host(endpoint: str) -> Callable[..., None]:
    """Make what sends every request to the host of an endpoint: of s3control, botocore puts the account before it."""
    host = urlsplit(endpoint).netloc

    def send(request: Any, **_: Any) -> None:
        parts = urlsplit(request.url)
        if parts.netloc.endswith(f".{host}"):
            request.url = parts._replace(netloc=host).geturl()

    return send


class Boto:
    """The port to AWS, or to an emulator at an endpoint; made per account, shared by all threads."""

    def __init__(
        self, session: boto3.Session, *, endpoint: str | None = None, concurrency: int = 16, attempts: int = 10
    ) -> None:
        from botocore.config import Config  # noqa: PLC0415  # boto3 is heavy: only a scan loads it

        self._session = session
        self._endpoint = endpoint
        own = str(session.region_name or "")
        self._home = next((home for start, home in HOMES.items() if own.startswith(start)), "us-east-1")
        self._clients: dict[tuple[str, str], Client] = {}
        self._lock = threading.Lock()
        self._ended: CallFailed | None = None
        self._closed: dict[str, CallFailed] = {}
        own_place: dict[str, Any] = {}
        if endpoint:
            # One host answers for every bucket and account, and what is on this machine is not behind a proxy.
            own_place = {"s3": {"addressing_style": "path"}, "inject_host_prefix": False}
            own_place |= {"proxies": {}} if is_loopback(endpoint) else {}
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=max(10, concurrency),
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            user_agent_extra="backup-scan",
            parameter_validation=True,
            **own_place,
        )

    def client(self, service: str, region: str) -> BaseClient:
        """Give the client of a service in a region, made once."""
        return self._client(service, region).boto

    def _client(self, service: str, region: str) -> Client:
        key = (service, region)
        client = self._clients.get(key)
        if client is None:
            with self._lock:  # a session makes one client at a time
                client = self._clients.get(key)
                if client is None:
                    made = self._session.client(
                        service, region_name=region or self._home, endpoint_url=self._endpoint, config=self._config
                    )
                    if self._endpoint:
                        made.meta.events.register_first("request-created", to_host(self._endpoint))
                    offered = self._session.get_available_regions
                    client = Client(
                        made, custom=bool(self._endpoint), offered=lambda: not region or region in offered(service)
                    )
                    self._clients[key] = client
        return client

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        """Make one operation and yield every page of its answer; raise `CallFailed`."""
        from botocore.exceptions import (  # noqa: PLC0415
            ClientError,
            CredentialRetrievalError,
            NoCredentialsError,
            SSOError,
            TokenRetrievalError,
            UnauthorizedSSOTokenError,
        )

        lost = (CredentialRetrievalError, NoCredentialsError, SSOError, TokenRetrievalError, UnauthorizedSSOTokenError)
        try:
            self._still_open(region)
            for answer in self._client(service, region).answers(operation, dict(parameters)):
                meta = answer.pop("ResponseMetadata", {})
                yield Page(answer, meta.get("RequestId", ""), datetime.now(UTC))
                self._still_open(region)
        except CallFailed:
            raise
        except ClientError as error:
            raise self._judged(client_error(error.response), region) from None
        except lost as error:
            raise self._judged(failed(error, code="ExpiredToken"), region) from None
        except Exception as error:  # noqa: BLE001  # botocore's, urllib3's, and whatever its parsers stumble over
            raise failed(error) from None

    def _still_open(self, region: str) -> None:
        """Refuse at once what is known to be refused: after the credentials have ended, or in a closed region."""
        told = self._ended or self._closed.get(region)
        if told is not None:
            raise told

    def _judged(self, failure: CallFailed, region: str) -> CallFailed:
        """See whether a failure is that of the whole account, or of the whole region, and remember it."""
        told = f"{failure.code}: {failure.message}"
        if failure.code in ENDED:
            self._ended = CallFailed(
                Reason.FAILED, "ExpiredToken", f"the credentials expired during the scan, renew them and scan again ({told})",
                request_id=failure.request_id, at=failure.at,
            )  # fmt: skip
            return self._ended
        if failure.code in CLOSED and region not in ALWAYS_ON:
            self._closed[region] = CallFailed(
                Reason.DENIED, failure.code, f"the region {region} is not enabled in this account, or does not accept "
                f"its session: enable it or leave it out of the configuration ({failure.message})",
                request_id=failure.request_id, at=failure.at,
            )  # fmt: skip
            return self._closed[region]
        return failure


class Client:
    """A client of one service in one region, which gives up early on what does not answer."""

    def __init__(self, boto: BaseClient, *, custom: bool, offered: Callable[[], bool]) -> None:
        self.boto = boto
        self._custom = custom
        self._offered = offered
        self._askers: dict[str, Asker] = {}
        self._down: CallFailed | None = None
        self._rests_until = 0.0
        events = boto.meta.events
        events.register("before-call", self._before)
        events.register("before-parse", self._arrived)
        events.register("response-received", self._heard)

    def answers(self, operation: str, parameters: dict[str, Any]) -> Iterator[Any]:
        """Ask, and give each page of the answer."""
        ask = self._askers.get(operation)
        if ask is None:
            ask = self._askers[operation] = asker(self.boto, operation)
        return ask(parameters)

    # -- botocore tells; what these raise ends the request without another attempt ----------------------------

    def _before(self, **_: Any) -> None:
        if self._down is not None and time.monotonic() < self._rests_until:
            raise self._down

    def _arrived(self, response_dict: Mapping[str, Any], operation_model: Any, **_: Any) -> None:
        status, body = response_dict["status_code"], response_dict.get("body")
        if not isinstance(body, bytes) or operation_model.http.get("method") == "HEAD":
            return
        # Its type says nothing: moto calls most of its answers text/html.
        page = body[:64].lstrip().lower().startswith((b"<!doctype html", b"<html"))
        reason, said = Reason.FAILED, ""
        if page and self._custom and status in (404, 405, 500, 501):
            reason, said = Reason.UNSUPPORTED, "the endpoint does not implement this operation"
        elif page and status < 400:
            said = "a web page instead of an answer"
        elif status < 300 and _broken_off(response_dict["headers"], body, operation_model):
            # botocore reads what is left of JSON as an answer without members: a list of nothing.
            said = "the answer is not whole"
        if said:
            raise CallFailed(
                reason, str(status), said, request_id=_number(response_dict["headers"]), at=datetime.now(UTC)
            )

    def _heard(
        self, parsed_response: Mapping[str, Any] | None, context: dict[str, Any], exception: Exception | None, **_: Any
    ) -> None:
        if exception is not None:
            self._lost(context, exception)
            return
        self._down = None
        answer = parsed_response or {}
        failure = client_error(answer)
        meta = answer.get("ResponseMetadata", {})
        status = meta.get("HTTPStatusCode", 0)
        if status < 300 and not meta.get("RequestId") and not answer.keys() - {"ResponseMetadata"}:
            # AWS numbers its answers. What has neither a number nor anything that was asked for is not one of them,
            # and must not read as a list of nothing.
            raise CallFailed(Reason.MALFORMED, str(status), "not an answer of AWS", at=datetime.now(UTC))
        if status >= 500 and failure.reason is not Reason.THROTTLED:
            context["broken"] = context.get("broken", 0) + 1
            if context["broken"] >= PATIENCE[2] or failure.reason is Reason.UNSUPPORTED:
                raise failure

    def _lost(self, context: dict[str, Any], exception: Exception) -> None:
        from botocore.exceptions import (  # noqa: PLC0415
            ConnectTimeoutError,
            EndpointConnectionError,
            HTTPClientError,
            ReadTimeoutError,
        )

        if not isinstance(exception, (HTTPClientError, ConnectTimeoutError, EndpointConnectionError)):
            return
        context["lost"] = context.get("lost", 0) + 1
        late = isinstance(exception, (ConnectTimeoutError, ReadTimeoutError))
        if context["lost"] < PATIENCE[0 if late else 1]:
            return
        failure = failed(exception)
        if isinstance(exception, EndpointConnectionError) and not self._custom and not self._offered():
            failure = CallFailed(
                Reason.UNSUPPORTED, failure.code, f"AWS does not offer this service in this region ({failure.message})",
                at=failure.at,
            )  # fmt: skip
        self._rests_until = time.monotonic() + REST
        self._down = failure
        raise failure


def _broken_off(headers: Mapping[str, str], body: bytes, operation: Any) -> bool:
    told = str(headers.get("content-length", ""))
    if told.isdigit() and int(told) > len(body):
        return True
    if operation.service_model.resolved_protocol not in ("json", "rest-json"):
        return False
    if operation.output_shape is not None and "payload" in operation.output_shape.serialization:
        return False
    text = body.strip()
    return bool(text) and not (text.startswith(b"{") and text.endswith(b"}"))


def _number(headers: Mapping[str, str]) -> str:
    return str(headers.get("x-amzn-requestid") or headers.get("x-amz-request-id") or "")
