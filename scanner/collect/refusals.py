"""What AWS refuses, sorted: error codes into the reason why a fact is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scanner.collect.port import CallFailed
from scanner.model.reading import Reason

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
#: Codes by which AWS says, of some services, that the region itself is closed to the account.
CLOSED = frozenset({"OptInRequired", "UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"})
#: Codes by which AWS says that credentials that were good have come to their end.
ENDED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
#: The regions that every account has; all later ones must be enabled first (Account Management, user guide).
ALWAYS_ON = frozenset({
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1",
    "us-east-2", "us-west-1", "us-west-2", "cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1", "",
})  # fmt: skip


def reason_of(code: str, status: int) -> Reason:
    """Sort an error code of AWS into the reason why a fact is unknown."""
    if code in DENIED:
        return Reason.DENIED
    if code in THROTTLED:
        return Reason.THROTTLED
    if code in UNSUPPORTED or status == 501:
        return Reason.UNSUPPORTED
    return Reason.FAILED


def in_a_line(error: Exception) -> str:
    """Say an error in one short line."""
    return " ".join(str(error).split())[:300] or type(error).__name__


def failed(error: Exception, *, code: str = "") -> CallFailed:
    """Make a failed call of an error below AWS: the network, a parser."""
    return CallFailed(Reason.FAILED, code or type(error).__name__, in_a_line(error), at=datetime.now(UTC))


def client_error(response: Mapping[str, Any]) -> CallFailed:
    """Make a failed call of the error that AWS answered."""
    fault = response.get("Error", {})
    meta = response.get("ResponseMetadata", {})
    code = str(fault.get("Code", "")) or "Unknown"
    status = int(meta.get("HTTPStatusCode", 0) or 0)
    message = str(fault.get("Message", "")).strip()
    if message.lower().startswith(("<!doctype", "<html")):
        message = "the endpoint does not implement this operation" if code in ("404", "501") else "no usable answer"
    said = message.splitlines()[0][:300] if message else "no message"
    request = str(meta.get("RequestId", "") or fault.get("RequestId", ""))
    return CallFailed(reason_of(code, status), code, said, request_id=request, at=datetime.now(UTC))
