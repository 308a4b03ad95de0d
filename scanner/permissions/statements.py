"""Statements, and how far each reaches over a shelf: which it names, under its conditions, for a caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from scanner.permissions.conditions import all_hold
from scanner.permissions.context import Caller, Context
from scanner.permissions.document import Document, Principals, Statement
from scanner.permissions.extents import Extent, together
from scanner.permissions.patterns import matches_action
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
            asked |= _keys_of(one, document)
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
            way, doubt = means(one, caller)
            if way is None:
                continue
            reach = _reach(one, shelf, context, self.document)
            if doubt is not None:
                reach = reach.doubted(doubt.why)
            if reach:
                (allows.setdefault(way, []) if one.allows else denies).append(reach)
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
        return Extent(shelf.find(pattern))
    filled = Filled(pattern, context)
    if filled.missing:
        return Extent()
    here = Extent(shelf.find(filled.text))
    return here if filled.doubt is None else here.doubted(filled.doubt.why)


def means(one: Statement, caller: Caller) -> tuple[How | None, Doubt | None]:
    """Say by what a statement means a caller; None where it does not, and a doubt where it may not."""
    principals = one.principals
    if principals is None:
        return How.OWN, None
    if not principals.others:
        return _by(principals, caller, denies=not one.allows), None
    if caller.kind == "service":
        return (None if caller.arn in principals.services else How.EVERYONE), None
    root = f":iam::{caller.account}:root"
    account = any(name.endswith(root) for name in principals.aws)
    itself = caller.arn in principals.aws
    session = caller.kind != "role" or any(name.startswith(caller.sessions) for name in principals.aws)
    if "*" in principals.aws or (itself and (one.allows or (account and session))):
        return None, None
    # "All but" someone denies its account and its role's sessions as well, unless they are named too (user guide,
    # "AWS JSON policy elements: NotPrincipal").
    return How.EVERYONE, Doubt("NotPrincipal names it, but not its account and its session too") if itself else None


def _by(principals: Principals, caller: Caller, *, denies: bool) -> How | None:
    if caller.kind == "service":
        return How.ITSELF if caller.arn in principals.services else How.EVERYONE if principals.everyone else None
    names = principals.aws
    if caller.arn in names:
        return How.ROLE if caller.kind == "role" else How.ITSELF
    # Who may take a role may name the session: one that is allowed something can be had, one that is denied shunned.
    if caller.kind == "role" and not denies and any(name.startswith(caller.sessions) for name in names):
        return How.ITSELF
    if "*" in names:
        return How.EVERYONE
    root = f":iam::{caller.account}:root"
    return How.ACCOUNT if any(name.endswith(root) for name in names) else None
