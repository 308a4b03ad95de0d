"""Paging: every list to its end, in the largest pages that AWS gives, and never round in a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scanner.collect.port import CallFailed
from scanner.model.reading import Reason

if TYPE_CHECKING:
    from botocore.client import BaseClient

_LARGEST_PAGE = 1000
#: EC2 answers everything at once unless it is asked for pages; its models do not say how large they may be.
_PAGED = frozenset({"describe_instances", "describe_snapshots", "describe_volumes", "describe_images"})
_TOKENS = (
    ("NextToken", "NextToken"), ("nextToken", "nextToken"), ("Marker", "Marker"), ("NextMarker", "Marker"),
    ("PaginationToken", "PaginationToken"), ("NextContinuationToken", "ContinuationToken"),
)  # fmt: skip
Asker = Callable[[dict[str, Any]], Iterator[Any]]


def asker(client: BaseClient, operation: str) -> Asker:
    """Prepare an operation once: its paginator with the largest pages (fewest calls), or the token to follow."""
    from botocore import xform_name  # noqa: PLC0415

    method = str(xform_name(operation))
    shape = client.meta.service_model.operation_model(operation).input_shape
    accepted = shape.members if shape else {}
    if not client.can_paginate(method):
        return lambda parameters: _follow(getattr(client, method), accepted, parameters)
    pager = client.get_paginator(method)
    limit = pager._pagination_cfg.get("limit_key")  # noqa: SLF001  # botocore does not publish it
    most = accepted[limit].metadata.get("max") if limit in accepted else None
    if client.meta.service_model.service_name == "ec2" and method in _PAGED:
        most = _LARGEST_PAGE
    if not most or most > _LARGEST_PAGE:
        return lambda parameters: _without_circles(pager, parameters)

    def ask(parameters: dict[str, Any]) -> Iterator[Any]:
        size = {} if limit in parameters else {"PaginationConfig": {"PageSize": most}}
        return _without_circles(pager, {**parameters, **size})

    return ask


def _without_circles(pager: Any, parameters: Mapping[str, Any]) -> Iterator[Any]:
    """Give the pages; a token that comes again would lead round in a circle (botocore compares it with the last only)."""
    seen: set[str] = set()
    for answer in pager.paginate(**parameters):
        tokens = [one.search(answer) for one in pager._output_token]  # noqa: SLF001  # as above
        yield answer
        _once(repr(tokens) if any(tokens) else "", seen)


def _once(token: str, seen: set[str]) -> None:
    if not token:
        return
    if token in seen:
        raise CallFailed(Reason.FAILED, "TokenRepeated", "the list leads back to a page that was read")
    seen.add(token)


def _follow(method: Any, accepted: Mapping[str, Any], parameters: dict[str, Any]) -> Iterator[Any]:
    """Page by the token in the answer, for operations that botocore has no paginator for."""
    seen: set[str] = set()
    while True:
        answer = method(**parameters)
        yield answer
        found = next(((answer[given], taken) for given, taken in _TOKENS if answer.get(given)), None)
        if found is None:
            return
        token, taken = found
        if taken not in accepted:
            raise CallFailed(Reason.FAILED, "CannotContinue", f"the answer goes on, but {taken} cannot be asked for")
        _once(repr(token), seen)
        parameters[taken] = token
