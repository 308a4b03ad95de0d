"""What an identity can do to backups and to their keys: one derived fact each.

Privileges that could be gained by other means (writing policies, passing roles) are not followed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial
from scanner.model.reading import Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.permissions.actions import BOUNDED
from scanner.permissions.context import Caller, Values
from scanner.permissions.document import Document
from scanner.permissions.evaluate import Answer, Policies
from scanner.permissions.extents import intersection, size
from scanner.permissions.statements import How
from scanner.permissions.truth import Doubt
from scanner.resources import kinds
from scanner.resources.access.shelves import Place, needs, shelves

if TYPE_CHECKING:
    from scanner.resources.iam.principals import Principal

_MEMBERSHIP = "aws.organizations.membership"


@dataclass(frozen=True, slots=True)
class Deed:
    """An action that an identity can do to things of a sort.

    To how many for certain (`count`), with one of them and the policy that allows it; to how many perhaps, and why that is
    not certain. Of both, how many also without MFA.
    """

    action: str
    on: str
    count: int = 0
    example: str = ""
    by: str = ""
    perhaps: int = 0
    why: str = ""
    without_mfa: int = 0
    perhaps_without_mfa: int = 0
    #: why it is not certain, in a word
    reason: Reason = Reason.UNRESOLVED


def deeds(principal: Principal, look: Look) -> Partial[Deed]:
    """Give what an identity can do to backups, and why there may be more."""
    return _deeds(principal, look, look.once(shelves).backups)


def key_deeds(principal: Principal, look: Look) -> Partial[Deed]:
    """Give what an identity can do to the keys of backups, and why there may be more."""
    return _deeds(principal, look, look.once(shelves).keys)


def reads(kind: type[Principal]) -> list[Fact[Any]]:
    """Name the facts that both read."""
    membership = _membership().facts
    return [
        kind.policies, kind.bound, kind.tags, *needs(), membership["organisation"], membership["control_policies"],
        membership["resource_control_policies"],
    ]  # fmt: skip


def _membership() -> type[Resource]:
    return kinds()[_MEMBERSHIP]


_NOT_LOOKED_AT = "service control policies could not be read: the organisation was not looked at"


@dataclass(frozen=True, slots=True)
class _Organisation:
    """What bounds every identity of the account."""

    controls: tuple[tuple[Document, ...], ...] | Doubt
    resource_controls: tuple[tuple[Document, ...], ...] | Doubt
    known: dict[str, Values]


def organisation(look: Look) -> _Organisation:
    """Read what the organisation says, if the account is in one; asked through `look.once`."""
    try:
        (membership,) = look.every(_membership())
    except (CouldNotCheck, ValueError):
        return _Organisation(_unseen(look, "service"), _unseen(look, "resource"), {})
    known: dict[str, Values] = {}
    try:
        own: str | None = membership.organisation  # type: ignore[attr-defined]  # a kind that is found by its name
        known["aws:principalorgid"] = None if own is None else (own,)
        known["aws:resourceorgid"] = known["aws:principalorgid"]
    except CouldNotCheck:
        pass  # what asks for it then depends on it
    return _Organisation(
        _levels(membership, "control_policies", "service control policies"),
        _levels(membership, "resource_control_policies", "resource control policies"),
        known,
    )


def _unseen(look: Look, sort: str) -> tuple[tuple[Document, ...], ...] | Doubt:
    """Give what bounds the account where its place in an organisation was not seen.

    Code that is said to be all there is, and has no such policy, is bounded by none.
    """
    kind = kinds()[f"aws.organizations.{sort}-control-policy"]
    for each in (look, *look.others):
        for one in each.found(kind):
            return Doubt(f"{kind.title} {one.name} is in the code, which does not tell whom it bounds")
    if look.estate.source is Source.LIVE or look.gap(kind) is not None:
        return Doubt(_NOT_LOOKED_AT)
    return ()


def _levels(membership: Resource, name: str, title: str) -> tuple[tuple[Document, ...], ...] | Doubt:
    try:
        return tuple(tuple(one.document for one in level) for level in getattr(membership, name))
    except CouldNotCheck as stop:
        return Doubt(f"{title} could not be read: {stop.unknown.detail}")


def _deeds(principal: Principal, look: Look, places: tuple[Place, ...]) -> Partial[Deed]:
    above = look.once(organisation)
    named = principal.policies
    bound = principal.bound
    documents = tuple(one.document for one in named)
    boundary = None if bound is None else bound.document
    policies = Policies(documents, boundary, above.controls)
    bounded = Policies(documents, boundary, above.controls, above.resource_controls)
    try:
        tags = principal.tags
    except CouldNotCheck:
        tags = None
    caller = Caller(principal.id, tags, above.known)
    found: dict[tuple[str, str], Deed] = {}
    missing: Unknown | None = None
    for place in places:
        for action in place.sort.actions:
            answer = place.court.judge(action, caller, bounded if place.sort.service in BOUNDED else policies)
            if answer.extent:
                deed = _deed(action, place, answer, principal, caller)
                before = found.get((action, place.title))
                found[action, place.title] = deed if before is None else _both(before, deed)
        if place.missing is not None and missing is None and _may_more(place, documents):
            missing = place.missing
    return Partial(tuple(found.values()), missing)


def _both(one: Deed, other: Deed) -> Deed:
    """Put together what can be done to things under different policies; the example is one that is certain."""
    first, second = (one, other) if one.count or not other.count else (other, one)
    return replace(
        first,
        count=one.count + other.count,
        perhaps=one.perhaps + other.perhaps,
        why=one.why or other.why,
        without_mfa=one.without_mfa + other.without_mfa,
        perhaps_without_mfa=one.perhaps_without_mfa + other.perhaps_without_mfa,
        example=first.example or second.example,
    )


def _may_more(place: Place, documents: tuple[Document, ...]) -> bool:
    """Say whether things that were not seen could be harmed: by the identity's policies, or by policies of their own."""
    return place.given or any(
        place.court.may_allow(document, action) for document in documents for action in place.sort.actions
    )


def _deed(action: str, place: Place, answer: Answer, principal: Principal, caller: Caller) -> Deed:
    sure, perhaps = answer.extent.yes, answer.extent.maybe
    first = (sure or perhaps)[0][0]
    why = "; ".join(answer.extent.why) or "; ".join(answer.without_mfa.why)
    return Deed(
        action,
        place.title,
        size(sure),
        place.court.shelf.targets[first].id,
        _by(action, first, place, principal, caller),
        size(perhaps),
        why,
        size(answer.without_mfa.yes),
        size(answer.without_mfa.maybe),
        # The organisation of code is other code.
        Reason.OPEN if why == _NOT_LOOKED_AT and principal.declaration is not None else Reason.UNRESOLVED,
    )


def _by(action: str, first: int, place: Place, principal: Principal, caller: Caller) -> str:
    """Name the policy that allows an action on the example; one of the resource's own where none of the identity does."""
    here = ((first, first + 1),)
    for one in principal.policies:
        allowed = place.court.sides(one.document, action, caller).allowed(*How)
        if intersection(allowed.most, here):
            return one.name
    return f"the policy of the {place.title} itself"


def certainly(found: Partial[Deed]) -> tuple[Deed, ...]:
    """Give the deeds that can be done for certain; raise where there are none and there may be some."""
    sure = tuple(one for one in found.known if one.count)
    if not sure:
        for one in found.known:
            raise CouldNotCheck(Unknown(one.reason, f"{one.action} on {one.example} depends on {one.why}"))
        found.whole()
    return sure


def told(found: tuple[Deed, ...]) -> str:
    """Say in words what can be done: up to three actions, to how many things, one of them, and by which policy."""
    actions = tuple(dict.fromkeys(one.action for one in found))
    more = f" and {len(actions) - _ACTIONS} more" if len(actions) > _ACTIONS else ""
    most: dict[str, int] = {}
    for one in found:
        most[one.on] = max(most.get(one.on, 0), one.count)
    count = ", ".join(
        f"{number} {title}{'' if number == 1 else 's'}" for title, number in list(most.items())[:_ACTIONS]
    )
    rest = f" and {len(most) - _ACTIONS} more sorts" if len(most) > _ACTIONS else ""
    return f"{', '.join(actions[:_ACTIONS])}{more} on {count}{rest}, such as {found[0].example}, by {found[0].by}"


#: How many actions are worth naming.
_ACTIONS = 3
