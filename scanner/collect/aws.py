"""boto3 behind the port: clients with one shared loader, pagination everywhere, errors sorted into reasons."""

from __future__ import annotations

import ipaddress
import os
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scanner.collect.port import CallFailed, Page
from scanner.model.errors import ScanRefused
from scanner.model.reading import Reason

if TYPE_CHECKING:
    import boto3
    from botocore.client import BaseClient

    from scanner.model.configuration import Account

#: Error codes by which AWS says "you may not".
DENIED = frozenset({
    "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized",
    "Client.UnauthorizedOperation", "AuthFailure", "403", "OptInRequired", "SubscriptionRequiredException",
    "UnauthorizedException", "AuthorizationErrorException", "KMSAccessDeniedException",
})  # fmt: skip
THROTTLED = frozenset({
    "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "RequestThrottled",
    "TooManyRequestsException", "SlowDown", "ProvisionedThroughputExceededException", "BandwidthLimitExceeded",
    "RequestThrottledException", "PriorRequestNotComplete", "TransactionInProgressException", "EC2ThrottledException",
    "429",
})  # fmt: skip
UNSUPPORTED = frozenset({
    "UnknownOperationException", "UnknownOperation", "NotImplemented", "InternalFailure501", "501", "404",
    "UnsupportedOperation", "UnsupportedOperationException", "InvalidAction", "NotImplementedError",
})  # fmt: skip
EXPIRED = frozenset({
    "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException",
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "RequestExpired", "TokenRefreshRequired",
})  # fmt: skip
_LARGEST_PAGE = 1000
_TOKENS = (("NextToken", "NextToken"), ("nextToken", "nextToken"), ("Marker", "Marker"), ("NextMarker", "Marker"))


def reason_of(code: str, status: int) -> Reason:
    """Sort an error code of AWS into the reason why a fact is unknown."""
    if code in DENIED:
        return Reason.DENIED
    if code in THROTTLED:
        return Reason.THROTTLED
    if code in UNSUPPORTED or status == 501:
        return Reason.UNSUPPORTED
    return Reason.FAILED


class Boto:
    """The port to AWS, or to an emulator at an endpoint; made per account, shared by all threads."""

    def __init__(
        self, session: boto3.Session, *, endpoint: str | None = None, concurrency: int = 16, attempts: int = 8
    ) -> None:
        from botocore.config import Config  # noqa: PLC0415  # boto3 is heavy: only a scan loads it

        self._session = session
        self._endpoint = endpoint
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._lock = threading.Lock()
        self._config = Config(
            retries={"mode": "adaptive", "max_attempts": attempts},
            max_pool_connections=max(10, concurrency),
            connect_timeout=10,
            read_timeout=60,
            user_agent_extra="backup-scan",
            parameter_validation=True,
        )

    def client(self, service: str, region: str) -> BaseClient:
        """Give the client of a service in a region, made once."""
        key = (service, region)
        with self._lock:
            client = self._clients.get(key)
            if client is None:
                client = self._clients[key] = self._session.client(
                    service, region_name=region or "us-east-1", endpoint_url=self._endpoint, config=self._config
                )
        return client

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        """Make one operation and yield every page of its answer; raise `CallFailed`."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        from botocore.parsers import ResponseParserError  # noqa: PLC0415  # no BotoCoreError: a page of HTML, say

        try:
            client = self.client(service, region)
            method = _snake(operation)
            if client.can_paginate(method):
                answers: Iterator[Any] = iter(_largest_pages(client, method).paginate(**parameters))
            else:
                answers = _follow(client, method, dict(parameters))
            for answer in answers:
                meta = answer.pop("ResponseMetadata", {})
                yield Page(answer, meta.get("RequestId", ""), datetime.now(UTC))
        except ClientError as error:
            raise _client_error(error) from None
        except BotoCoreError as error:
            raise CallFailed(Reason.FAILED, type(error).__name__, _first_line(error)) from None
        except (OSError, ValueError, ResponseParserError) as error:  # urllib3 and parsers below botocore
            raise CallFailed(Reason.FAILED, type(error).__name__, _first_line(error)) from None


def _largest_pages(client: BaseClient, method: str) -> Any:
    """Give the paginator of a method, asking for the largest pages that its model admits: fewest calls."""
    pager = client.get_paginator(method)
    limit = pager._pagination_cfg.get("limit_key")  # noqa: SLF001  # botocore does not publish it
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    most = shape.members[limit].metadata.get("max") if limit and shape and limit in shape.members else None
    if most and most <= _LARGEST_PAGE:
        plain = pager.paginate
        pager.paginate = lambda **given: plain(**given, PaginationConfig={"PageSize": most})
    return pager


def _follow(client: BaseClient, method: str, parameters: dict[str, Any]) -> Iterator[Any]:
    """Page by the token in the answer, for operations that botocore has no paginator for."""
    members = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    accepted = members.input_shape.members if members.input_shape else {}
    seen: set[str] = set()
    while True:
        answer = getattr(client, method)(**parameters)
        yield answer
        for given, taken in _TOKENS:
            token = answer.get(given)
            if token and taken in accepted and token not in seen:
                seen.add(token)
                parameters[taken] = token
                break
        else:
            return


def _snake(operation: str) -> str:
    from botocore import xform_name  # noqa: PLC0415

    return str(xform_name(operation))


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0][:200] if text else type(error).__name__


def _client_error(error: Any) -> CallFailed:
    fault = error.response.get("Error", {})
    meta = error.response.get("ResponseMetadata", {})
    code = str(fault.get("Code", "")) or "Unknown"
    status = int(meta.get("HTTPStatusCode", 0) or 0)
    message = str(fault.get("Message", "")).strip()
    if message.lower().startswith(("<!doctype", "<html")):
        message = "the endpoint does not implement this operation" if code in ("404", "501") else "no usable answer"
    reason = reason_of(code, status)
    if code == "500" and message == "no usable answer":
        reason = Reason.FAILED
    request = str(meta.get("RequestId", "") or fault.get("RequestId", ""))
    return CallFailed(reason, code, message.splitlines()[0][:300] if message else "no message", request_id=request)


class Identity:
    """Who is calling: the account and the ARN that AWS sees."""

    def __init__(self, account: str, arn: str) -> None:
        self.account = account
        self.arn = arn


def connect(account: Account, *, concurrency: int = 16, attempts: int = 8) -> tuple[Boto, Identity]:
    """Open the configured account and prove that it is that account; raise `ScanRefused` otherwise.

    The endpoint is the account's, or `AWS_ENDPOINT_URL`. An emulator on loopback needs no credentials.
    """
    import boto3  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    region = account.regions[0]
    endpoint = account.endpoint or os.environ.get("AWS_ENDPOINT_URL", "")
    try:
        session = boto3.Session(profile_name=account.profile or None, region_name=region)
        if is_loopback(endpoint) and session.get_credentials() is None:
            session = boto3.Session("emulator", "emulator", region_name=region)
        session = _share_loader(session)
        if account.role:
            session = _assume(session, account, endpoint)
        port = Boto(session, endpoint=endpoint or None, concurrency=concurrency, attempts=attempts)
        answer = port.client("sts", region).get_caller_identity()
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        message = error.response.get("Error", {}).get("Message", "")
        hint = "renew the credentials and run again" if code in EXPIRED else "check the role, profile and its trust"
        raise ScanRefused(
            f"account {account.name} ({account.id}): {error.operation_name} answered {code}: {message}", hint=hint
        ) from None
    except (BotoCoreError, ValueError) as error:
        raise ScanRefused(
            f"account {account.name} ({account.id}): {_first_line(error)}",
            hint="check credentials (profile, role, environment), the region's name and the network",
        ) from None
    identity = Identity(str(answer["Account"]), str(answer["Arn"]))
    if identity.account != account.id:
        raise ScanRefused(
            f"account {account.name} is configured as {account.id}, but the credentials belong to "
            f"{identity.account} ({identity.arn}); nothing was scanned",
            hint="use the credentials of the configured account, or correct its id in the configuration",
        )
    return port, identity


def is_loopback(endpoint: str) -> bool:
    """Say whether an endpoint is on this machine."""
    host = urlsplit(endpoint).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _share_loader(session: boto3.Session) -> boto3.Session:
    # One loader for all clients: six clients cost 40 MB without it and 5 MB with it (measured).
    core = session._session  # noqa: SLF001  # boto3 has no public way to its botocore session
    core.register_component("data_loader", core.get_component("data_loader"))
    return session


def _assume(session: boto3.Session, account: Account, endpoint: str) -> boto3.Session:
    import boto3  # noqa: PLC0415

    client = session.client("sts", endpoint_url=endpoint or None)
    extra = {"ExternalId": account.external_id} if account.external_id else {}
    answer = client.assume_role(RoleArn=account.role, RoleSessionName="backup-scan", **extra)
    keys = answer["Credentials"]
    return _share_loader(
        boto3.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            region_name=account.regions[0],
        )
    )
