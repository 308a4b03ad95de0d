"""Requests are understood and answers written in AWS's own protocols.

The one place that knows query, ec2, json, rest-json and rest-xml. Which operation a request means is decided by
botocore's service models, through moto's router; what an answer looks like, by the same models.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from threading import Lock
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from botocore.parsers import create_parser
from botocore.utils import parse_timestamp
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SerializationContext, XFormedAttributePicker, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

Document = dict[str, Any]
_routing = Lock()

# The name in a signature and, where it differs, the services of botocore that sign with it.
SIGNED_AS: dict[str, tuple[str, ...]] = {
    "access-analyzer": ("accessanalyzer",),
    "apigateway": ("apigatewayv2", "apigateway"),
    "cassandra": ("keyspaces",),
    "elasticfilesystem": ("efs",),
    "elasticloadbalancing": ("elbv2", "elb"),
    "es": ("opensearch", "es"),
    "monitoring": ("cloudwatch",),
    "s3": ("s3control", "s3"),
    "sso": ("sso-admin",),
    "states": ("stepfunctions",),
    "tagging": ("resourcegroupstaggingapi",),
}


class Refusal(Exception):
    """AWS says no; becomes an error in the protocol of the call."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Intent:
    """What a request asks for: an operation of a service in a region, and with what."""

    service: str
    operation: str
    region: str
    signer: str
    model: OperationModel
    protocol: str
    params: Document


def recognise(environ: dict[str, Any], body: bytes) -> Intent | None:
    """The operation a request means; None when no service model knows it."""
    scope = _credential_scope(environ.get("HTTP_AUTHORIZATION", ""))
    if scope is None:
        return None
    signer, region, signed_as = scope
    for service in SIGNED_AS.get(signed_as, (signed_as,)):
        if (service == "s3control") != environ.get("PATH_INFO", "").startswith("/v20180820/") and signed_as == "s3":
            continue
        request = Request({**environ, "wsgi.input": BytesIO(body)})
        try:
            # moto makes its routers and models when they are first asked for, and not for two threads at once.
            with _routing:
                model, from_path = get_service_router(service).match(request)
            protocol = determine_request_protocol(model.service_model, request.content_type)
        except Exception as unknown:  # an unknown service or an unmodelled operation: moto may still know it
            if isinstance(unknown, (NotFound, NotImplementedError)) or "UnknownService" in type(unknown).__name__:
                continue
            raise
        if request.values.get("Version", model.service_model.api_version) != model.service_model.api_version:
            continue
        return Intent(
            service, model.name, region, signer, model, protocol, _params(request, model, protocol, from_path, body)
        )
    return None


def _credential_scope(authorization: str) -> tuple[str, str, str] | None:
    """Access key, region and service out of `AWS4-HMAC-SHA256 Credential=KEY/DAY/REGION/SERVICE/aws4_request, ...`."""
    _, found, rest = authorization.partition("Credential=")
    parts = rest.split(",")[0].split("/")
    return (parts[0], parts[2], parts[3].lower()) if found and len(parts) == 5 else None


def _params(request: Request, model: OperationModel, protocol: str, from_path: Document, body: bytes) -> Document:
    parser = PROTOCOL_PARSERS[protocol](model, timestamp_parser=_aware)
    told: Any = {
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": body,
        "url_path": request.path,
        "url_params": from_path,
    }
    return parser.parse(told)


def _aware(value: Any) -> datetime:
    return cast("datetime", parse_timestamp(value)).astimezone(UTC)


def edited(body: bytes, changes: Mapping[str, str | None], protocol: str) -> bytes:
    """A query or json request's body with some members, and what lies under them, replaced or left out."""
    if not changes:
        return body
    if protocol == "json":
        told = {name: value for name, value in json.loads(body or b"{}").items() if name not in changes}
        return json.dumps(told | {name: value for name, value in changes.items() if value is not None}).encode()
    kept = [
        (name, value)
        for name, value in parse_qsl(body.decode(), keep_blank_values=True)
        if name.split(".")[0] not in changes
    ]
    return urlencode(kept + [(name, value) for name, value in changes.items() if value is not None]).encode()


def read(reply: Reply, intent: Intent) -> Document:
    """Moto's answer as botocore would hand it to a caller; a refusal when it is one."""
    parser = create_parser(intent.protocol)
    told = {
        "status_code": reply.status,
        "headers": {name.lower(): value for name, value in reply.headers},
        "body": reply.body,
    }
    answer = cast("Document", parser.parse(told, cast("Any", intent.model.output_shape)))
    answer.pop("ResponseMetadata", None)
    if reply.status >= 300:
        error = answer.get("Error", {})
        raise Refusal(error.get("Code", "InternalFailure"), error.get("Message", ""), reply.status)
    return answer


def write(answer: Document, intent: Intent, request_id: str) -> Reply:
    """An answer in botocore's shape, as the service would send it."""
    serializer = get_serializer_class(intent.model.service_model.service_name, intent.protocol)
    told = serializer(intent.model, context=SerializationContext(request_id)).serialize(answer)
    body = told["body"].encode() if isinstance(told["body"], str) else told["body"]
    headers = [(name, str(value)) for name, value in told["headers"].items()]
    return Reply(told["status_code"], headers + _request_id(intent.protocol, request_id), body)


def describe(things: Document, intent: Intent) -> Document:
    """Moto's own objects as the answer to this call shows them."""
    serializer = get_serializer_class(intent.model.service_model.service_name, intent.protocol)
    shown = serializer(intent.model, context=SerializationContext(""), value_picker=XFormedAttributePicker())
    told = shown.serialize(things)
    body = told["body"].encode() if isinstance(told["body"], str) else told["body"]
    return read(Reply(200, [], body), intent)


def refuse(refusal: Refusal, intent: Intent, request_id: str) -> Reply:
    """A refusal as the service would send it."""
    code, message = escape(refusal.code), escape(refusal.message)
    kind = "text/xml"
    headers: list[tuple[str, str]] = []
    if intent.protocol == "ec2":
        body = (
            f"<?xml version='1.0' encoding='UTF-8'?><Response><Errors><Error><Code>{code}</Code>"
            f"<Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
    elif intent.protocol == "query":
        namespace = escape(str(intent.model.service_model.metadata.get("xmlNamespace", "")))
        body = (
            f"<ErrorResponse xmlns='{namespace}'><Error><Type>Sender</Type><Code>{code}</Code>"
            f"<Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    elif intent.protocol == "rest-xml":
        kind = "application/xml"
        body = (
            f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message>"
            f"<RequestId>{request_id}</RequestId><HostId>emulated</HostId></Error>"
        )
    else:
        kind = "application/json" if intent.protocol == "rest-json" else "application/x-amz-json-1.1"
        headers.append(("x-amzn-ErrorType", refusal.code))
        body = json.dumps({"__type": refusal.code, "message": refusal.message})
    headers += [("Content-Type", kind), *_request_id(intent.protocol, request_id)]
    return Reply(refusal.status, headers, body.encode())


def _request_id(protocol: str, request_id: str) -> list[tuple[str, str]]:
    return [("x-amz-request-id" if protocol == "rest-xml" else "x-amzn-RequestId", request_id)]


__all__ = [
    "Document",
    "Intent",
    "Refusal",
    "Reply",
    "describe",
    "get_service_model",
    "read",
    "recognise",
    "refuse",
    "write",
]
