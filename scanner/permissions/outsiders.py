"""Outsiders: whom a resource's policy lets in from beyond its account.

This reads what a policy says by itself, for callers that nobody can list. What a known caller may do, with all
policies that have a say, is `evaluate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum

from scanner.model.arn import OPEN, is_among, is_open, place_of
from scanner.model.late_dataclass import dataclass
from scanner.model.ranges import broad
from scanner.permissions.document import Condition, Document, Statement
from scanner.permissions.patterns import matches, matches_action


class Whom(IntEnum):
    """How far a door is open, the narrowest first."""

    NOBODY = 0
    ACCOUNTS = 1
    NETWORKS = 2
    ORGANISATIONS = 3
    ADDRESSES = 4
    EVERYONE = 5


@dataclass(frozen=True, slots=True)
class Door:
    """One statement that lets somebody in: whom, what for, and its name or number in the policy."""

    whom: Whom
    names: tuple[str, ...]
    actions: tuple[str, ...]
    sid: str

    def __str__(self) -> str:
        named = ", ".join(self.names)
        return {
            Whom.NOBODY: "nobody",
            Whom.ACCOUNTS: f"account {named}",
            Whom.NETWORKS: f"everyone in {named}",
            Whom.ORGANISATIONS: f"organisation {named}",
            Whom.ADDRESSES: f"everyone at {named}",
            Whom.EVERYONE: "everyone",
        }[self.whom]


@dataclass(frozen=True, slots=True)
class _Bound:
    whom: Whom
    names: tuple[str, ...] = ()


_OPEN = _Bound(Whom.EVERYONE)
#: Condition keys that say from which account, organisation, network or address a caller comes (IAM user guide, "AWS
#: global condition context keys"; KMS and S3 have two of their own).
_ACCOUNT = frozenset({"aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "kms:calleraccount"})
_ARN = frozenset({"aws:principalarn", "aws:sourcearn"})
_ORGANISATION = frozenset({"aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths"})
_NETWORK = frozenset({"aws:sourcevpc", "aws:sourcevpce"})
#: Tests that admit what they name, and those that admit the rest: a Deny with one of the latter lets in the named.
_ADMITTING = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"})
_NEGATED = frozenset({
    "stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress",
})  # fmt: skip


def doors(policy: Document) -> tuple[Door, ...]:
    """Give what a policy lets in, services of AWS apart; raise ValueError for addresses that are none."""
    denials = [one for one in policy.denying() if one.principals is not None and one.principals.everyone]
    found = (_door(one, number, denials) for number, one in enumerate(policy.statements, 1) if one.allows)
    return tuple(one for one in found if one is not None and one.whom is not Whom.NOBODY)


def _door(one: Statement, number: int, denials: list[Statement]) -> Door | None:
    if one.principals is None:
        return None
    if one.principals.everyone:
        bound = _tightest([_OPEN, *map(_bound, one.conditions)])
    else:
        accounts = tuple(sorted(one.principals.accounts))
        bound = _Bound(Whom.ACCOUNTS if accounts else Whom.NOBODY, accounts)
    for denial in denials:
        if _covers(denial, one):
            bound = _tightest([bound, _left_by(denial)])
    return Door(bound.whom, bound.names, ("*",) if one.other_actions else one.actions, one.sid or f"statement {number}")


def _tightest(bounds: Iterable[_Bound]) -> _Bound:
    """Give the narrowest of bounds that all hold; of two that name accounts, what both name."""
    best = _OPEN
    for one in bounds:
        if one.whom is best.whom is Whom.ACCOUNTS:
            both = tuple(name for name in best.names if is_among(name, one.names))
            best = _Bound(Whom.ACCOUNTS if both else Whom.NOBODY, both)
        elif one.whom < best.whom:
            best = one
    return best


def _bound(condition: Condition) -> _Bound:
    # One that also holds where the caller brings no such key admits those who bring none.
    if condition.operator.lower() not in _ADMITTING or condition.if_exists or condition.each:
        return _OPEN
    return _named(condition)


def _left_by(denial: Statement) -> _Bound:
    """Say whom a Deny for everyone leaves in: those that its negated tests name, any of them."""
    tests = [one for one in denial.conditions if not _spares_services(one)]
    if not denial.conditions:
        return _Bound(Whom.NOBODY)
    # A test of any of several values does not hold for a caller that brings none: it is not denied.
    if not tests or any(one.operator.lower() not in _NEGATED or one.some for one in tests):
        return _OPEN
    left = [_named(one) for one in tests]
    widest = max(one.whom for one in left)
    return _Bound(widest, tuple(sorted({name for one in left if one.whom is widest for name in one.names})))


def _spares_services(one: Condition) -> bool:
    if one.operator.lower() != "bool" or one.key.lower() not in ("aws:principalisawsservice", "aws:viaawsservice"):
        return False
    return [value.lower() for value in one.values] == ["false"]


def _named(condition: Condition) -> _Bound:
    key, values = condition.key.lower(), condition.values
    if key == "aws:sourceip":
        return _OPEN if broad(values) else _Bound(Whom.ADDRESSES, values)
    if key in _ARN:
        values = tuple(place_of(one)[1] for one in values)
        if not all(one.startswith(OPEN) or (len(one) == 12 and one.isdigit()) for one in values):
            return _OPEN
        return _Bound(Whom.ACCOUNTS, tuple(sorted(set(values))))
    for keys, whom in ((_ACCOUNT, Whom.ACCOUNTS), (_ORGANISATION, Whom.ORGANISATIONS), (_NETWORK, Whom.NETWORKS)):
        if key in keys:
            loose = any(
                one.startswith(("*", "?", "$", "o-*", "vpc-*", "vpce-*")) and not is_open(one) for one in values
            )
            return _OPEN if loose else _Bound(whom, values)
    return _OPEN


def _covers(denial: Statement, allowed: Statement) -> bool:
    """Say whether a Deny reaches everything that a statement allows."""
    if denial.other_actions or denial.other_resources or allowed.other_actions or allowed.other_resources:
        return False
    return _all(denial.actions, allowed.actions, matches_action) and _all(denial.resources, allowed.resources, matches)


def _all(patterns: tuple[str, ...], wanted: tuple[str, ...], fits: Callable[[str, str], bool]) -> bool:
    return all(any(fits(pattern, one) for pattern in patterns) for one in wanted)
