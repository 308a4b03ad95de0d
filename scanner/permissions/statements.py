"""Statements, and how far each reaches over a shelf: which it names, under its conditions, for a caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from enum import Enum

from scanner.model.arn import OPEN, alike, fits
from scanner.model.errors import CouldNotCheck
from scanner.model.late_dataclass import dataclass
from scanner.permissions.conditions import all_hold
from scanner.permissions.context import Caller, Context
from scanner.permissions.document import Document, Statement
from scanner.permissions.extents import Extent, together
from scanner.permissions.patterns import matches, matches_action
from scanner.permissions.shelf import Shelf, of_target
from scanner.permissions.truth import Doubt
from scanner.permissions.variables import Filled, has_variables, keys_in


class How(Enum):
    """By what a statement means a caller; it decides what else must allow (user guide, "Policy evaluation logic")."""

    #: the statement stands in a policy of the caller itself, or in one that names nobody
    OWN = "own"
    #: it names the user, or a session of the role: neither boundary nor identity policy need allow
    ITSELF = "itself"
    #: it names the role: its boundary must allow too
    ROLE = "role"
    #: it names everyone
    EVERYONE = "everyone"
    #: it names the caller's account: the account's own policies decide
    ACCOUNT = "account"


@dataclass(slots=True)
class Sides:
    """What a document allows, by how it means the caller, and what it denies."""

    allows: dict[How, Extent] = field(default_factory=dict)
    denies: Extent = field(default_factory=Extent)

    def allowed(self, *ways: How) -> Extent:
        """Give what is allowed in any of these ways."""
        return together(self.allows[way] for way in ways if way in self.allows)


NOTHING = Sides()
_OF_MFA = "aws:multifactorauth"


class Paper:
    """A document made ready: its statements by the service that their actions are of, and what they ask about."""

    __slots__ = ("_allows", "_any", "_by_service", "document", "of_mfa", "personal")

    def __init__(self, document: Document) -> None:
        self.document = document
        self._by_service: dict[str, list[Statement]] = {}
        self._any: list[Statement] = []
        self._allows: dict[str, bool] = {}
        asked: set[str] = set()
        self.personal = False
        for one in document.statements:
            services = set() if one.other_actions else {action.partition(":")[0].lower() for action in one.actions}
            if one.other_actions or any("*" in service or "?" in service for service in services):
                self._any.append(one)
            else:
                for service in services:
                    self._by_service.setdefault(service, []).append(one)
            try:
                asked |= _keys_of(one, document)
            except (
                CouldNotCheck
            ):  # what code leaves open may ask about anybody and anything; it matters where it is used
                asked |= {_OF_MFA, *(condition.key.lower() for condition in one.conditions)}
                self.personal = True
            self.personal = self.personal or one.principals is not None
        self.of_mfa = any(key.startswith(_OF_MFA) for key in asked)
        # What is supposed of MFA is supposed of everyone alike.
        self.personal = self.personal or any(not of_target(key) and not key.startswith(_OF_MFA) for key in asked)

    def about(self, action: str) -> Iterable[Statement]:
        """Give the statements that are about an action."""
        service = action.partition(":")[0].lower()
        for one in (*self._by_service.get(service, ()), *self._any):
            if any(matches_action(pattern, action) for pattern in one.actions) != one.other_actions:
                yield one

    def may_allow(self, action: str) -> bool:
        """Say whether it may allow an action to somebody."""
        found = self._allows.get(action)
        if found is None:
            found = self._allows[action] = any(one.allows for one in self.about(action))
        return found

    def sides(self, action: str, shelf: Shelf, caller: Caller, context: Context) -> Sides:
        """Say how far it allows and denies an action."""
        allows: dict[How, list[Extent]] = {}
        denies: list[Extent] = []
        for one in self.about(action):
            ways = means(one, caller)
            reach = _reach(one, shelf, context, self.document) if ways else Extent()
            if not reach:
                continue
            for way, doubt in ways:
                extent = reach if doubt is None else reach.doubted(doubt.why)
                if doubt is not None and OPEN in caller.arn:
                    shelf.unsettled = doubt.why
                (allows.setdefault(way, []) if one.allows else denies).append(extent)
        return Sides({way: together(some) for way, some in allows.items()}, together(denies))


def _keys_of(one: Statement, document: Document) -> set[str]:
    keys = {condition.key for condition in one.conditions}
    if document.variables:
        values = (value for condition in one.conditions for value in condition.values)
        for text in (*one.resources, *values):
            if has_variables(text):
                keys.update(keys_in(text))
    return {key.lower() for key in keys}


def _reach(one: Statement, shelf: Shelf, context: Context, document: Document) -> Extent:
    """Say over which resources a statement reaches, by their names and by its conditions."""
    named = _named(one, shelf, context, document)
    if not named or not one.conditions:
        return named
    keys = {key for key in _keys_of(one, document) if of_target(key)}
    return together(_where_they_hold(one, named, keys, shelf, context, document))


def _where_they_hold(
    one: Statement, named: Extent, keys: set[str], shelf: Shelf, context: Context, document: Document
) -> Iterator[Extent]:
    for values, spans in shelf.classes(keys):
        here = named.within(spans)
        if here:
            known = context.and_(values) if values else context
            answer = all_hold(one.conditions, known, variables=document.variables)
            if isinstance(answer, Doubt):
                shelf.unsettled = answer.why if shelf.open else ""
                yield here.doubted(answer.why)
            elif answer:
                yield here


def _named(one: Statement, shelf: Shelf, context: Context, document: Document) -> Extent:
    if not one.resources and not one.other_resources:
        return Extent(shelf.whole)  # a trust policy is about its role
    found = together(_fitting(pattern, shelf, context, document) for pattern in one.resources)
    return Extent(shelf.whole) - found if one.other_resources else found


def _fitting(pattern: str, shelf: Shelf, context: Context, document: Document) -> Extent:
    if not document.variables or not has_variables(pattern):
        return shelf.find(pattern)
    filled = Filled(pattern, context)
    if filled.missing:
        return Extent()
    here = shelf.find(filled.text)
    return here if filled.doubt is None else here.doubted(filled.doubt.why)


#: By what a statement means a caller, each with what it hangs on, if on anything.
Ways = tuple[tuple[How, Doubt | None], ...]


def means(one: Statement, caller: Caller) -> Ways:
    """Say by what a statement means a caller; nothing where it does not, and a doubt where it may not."""
    principals = one.principals
    if principals is None:
        return ((How.OWN, None),)
    if caller.kind == "service":
        named = caller.arn in principals.services
        if principals.others:
            return () if named else ((How.EVERYONE, None),)
        return ((How.ITSELF, None),) if named else ((How.EVERYONE, None),) if principals.everyone else ()
    if principals.others:
        return _but(principals.aws, caller, allows=one.allows)
    return tuple(_by(principals.aws, caller, denies=not one.allows))


def _by(names: tuple[str, ...], caller: Caller, *, denies: bool) -> Iterator[tuple[How, Doubt | None]]:
    """Name the first way that is certain, then others that may be, where code leaves accounts open."""
    by_name = How.ROLE if caller.kind == "role" else How.ITSELF
    # Who may take a role may name the session: one that is allowed something can be had, one that is denied shunned.
    sessions = caller.kind == "role" and not denies
    sure: How | None = None
    if caller.arn in names:
        sure = by_name
    elif sessions and any(name.startswith(caller.sessions) for name in names):
        sure = How.ITSELF
    elif "*" in names:
        sure = How.EVERYONE
    elif any(name.endswith(f":iam::{caller.account}:root") for name in names):
        sure = How.ACCOUNT
    if sure is not None:
        yield sure, None
    texts = [name for name in names if isinstance(name, str)]
    if OPEN not in caller.arn and not any(OPEN in name for name in texts):
        return
    for name in texts:
        how = by_name if alike(name, caller.arn) is None else None
        if how is None and sessions and fits(f"{caller.sessions}*", name, matches) is None:
            how = How.ITSELF
        if how is None and name.endswith(":root") and alike(name.split(":")[4], caller.account) is None:
            how = How.ACCOUNT
        if how is not None and how is not sure:
            yield how, Doubt(f"whether {name} is of account {caller.account}, which the code does not settle")


def _but(names: tuple[str, ...], caller: Caller, *, allows: bool) -> Ways:
    """Say whether a statement for all but some means a caller.

    "All but" someone denies its account and its role's sessions as well, unless they are named too (user guide, "AWS JSON
    policy elements: NotPrincipal").
    """
    if "*" in names:
        return ()
    itself = _any(alike(name, caller.arn) for name in names)
    if itself is False:
        return ((How.EVERYONE, None),)
    account = _any(name.endswith(":root") and alike(name.split(":")[4], caller.account) for name in names)
    session = caller.kind != "role" or _any(fits(f"{caller.sessions}*", name, matches) for name in names)
    if itself and (allows or (account and session)):
        return ()
    return ((How.EVERYONE, Doubt("NotPrincipal names it, but not its account and its session too")),)


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Yes on the first yes; none where nothing said yes and something could not tell."""
    found = set(answers)
    return True if True in found else None if None in found else False
