"""The policies that give an identity something: its own, those attached to it, those of its groups; and its boundary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scanner.model.arn import place_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look
from scanner.model.reading import Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.permissions.document import Document
from scanner.resources import kinds

if TYPE_CHECKING:
    from scanner.resources.iam.principals import Principal

_GROUP, _POLICY, _USER = "aws.iam.group", "aws.iam.policy", "aws.iam.user-policies"


@dataclass(frozen=True, slots=True)
class Given:
    """A policy by its name."""

    name: str
    document: Document


def policies_of(principal: Principal, look: Look) -> tuple[Given, ...]:
    """Gather the policies that give a principal something."""
    found = list(_of(principal, look))
    if principal.kind == _USER:
        group = _kind(_GROUP)
        for name in principal.groups:  # type: ignore[attr-defined]  # users alone have groups
            for one in look.where(group, group.facts["called"], name):
                found.extend(_of(one, look))
    return tuple(found)


def needs(kind: type[Principal]) -> Iterator[Fact[Any]]:
    """Name the facts that `policies_of` reads."""
    yield from (kind.inline, kind.attached, _kind(_POLICY).facts["document"])
    if kind.kind == _USER:
        yield kind.facts["groups"]
        yield from (_kind(_GROUP).facts[name] for name in ("called", "inline", "attached"))


def bound_of(principal: Principal, look: Look) -> Given | None:
    """Find the boundary of a principal."""
    return None if principal.boundary is None else _managed(principal.boundary, look)


def bound_needs(kind: type[Principal]) -> Iterator[Fact[Any]]:
    """Name the facts that `bound_of` reads."""
    yield from (kind.boundary, _kind(_POLICY).facts["document"])


def _of(holder: Any, look: Look) -> Iterator[Given]:
    yield from (Given(one.name, one.document) for one in holder.inline)
    yield from (_managed(arn, look) for arn in holder.attached)


def _managed(arn: str, look: Look) -> Given:
    found = managed(arn, look)
    return Given(found.name, found.document)


def managed(arn: str, look: Look) -> Any:
    """Find a managed policy by its ARN; raise ValueError where the list does not name it.

    What AWS's own policies say, code that attaches them does not tell.
    """
    kind = _kind(_POLICY)
    if look.estate.source is not Source.LIVE and place_of(arn)[1] == "aws" and look.found_as(kind, arn) is None:
        said = f"what {arn} says, which AWS writes, is in no code; only a running account tells"
        raise CouldNotCheck(Unknown(Reason.RUNTIME, said))
    found = look.one(kind, arn)
    if found is None:
        raise ValueError(f"the list of policies does not name {arn}")
    return found


def _kind(name: str) -> type[Resource]:
    return kinds()[name]
