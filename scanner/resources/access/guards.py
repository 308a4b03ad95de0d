"""Guards: to whom the policy of a vault denies deletion, and whom it leaves out.

A policy can except callers in many ways (`ArnNotLike` on their ARN, `NotPrincipal`, their ids), so it is asked, not
searched: it must deny somebody whom it cannot know, and everybody whom it names without their being declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.permissions.actions import GUARDED
from scanner.permissions.context import Caller, Mfa, context_of
from scanner.permissions.document import Document
from scanner.permissions.patterns import matches
from scanner.permissions.shelf import Shelf, Target
from scanner.permissions.statements import Paper

_NOBODY = "7e6d-whom-no-policy-names"
_PRINCIPAL = "aws:principalarn"


@dataclass(frozen=True, slots=True)
class Leak:
    """An action that a vault's policy does not deny to somebody who is not declared; `why` where that is not certain."""

    action: str
    who: str = ""
    why: str = ""


def leaks(policy: Document, vault: str, account: str, declared: Sequence[str]) -> tuple[Leak, ...]:
    """Give what a vault's policy does not deny to all but the declared: certain leaks first; nothing where it does."""
    paper = Paper(policy)
    region = vault.split(":")[3] if vault.count(":") > 4 else ""
    points = Shelf(
        Target(arn, region=region, account=account)
        # Recovery points of some kinds are ARNs of their own service.
        for arn in (f"arn:aws:backup:{region}:{account}:recovery-point:{_NOBODY}", f"arn:aws:ec2:{region}::snapshot/{_NOBODY}")
    )  # fmt: skip
    itself = Shelf([Target(vault, region=region, account=account)])
    found: list[Leak] = []
    for who, caller in _callers(policy, account, declared):
        for action in GUARDED:
            shelf = itself if action.endswith("AccessPolicy") else points
            denied = [paper.sides(action, shelf, caller, context_of(caller, mfa=mfa)).denies for mfa in Mfa]
            if any(one.most != shelf.whole for one in denied):
                found.append(Leak(action, who))
            elif any(one.yes != shelf.whole for one in denied):
                found.append(Leak(action, who, next(why for one in denied for why in one.why)))
    return tuple(sorted(found, key=lambda leak: bool(leak.why)))


def _callers(policy: Document, account: str, declared: Sequence[str]) -> Iterator[tuple[str, Caller]]:
    yield "", Caller(f"arn:aws:iam::{account}:role/{_NOBODY}", {})
    yield "", Caller(f"arn:aws:iam::{account}:user/{_NOBODY}", {})
    for name in dict.fromkeys(_named(policy)):
        if not covered(name, declared) and name.count(":") >= 5 and ":root" not in name:
            yield name, Caller(name.replace("*", _NOBODY).replace("?", "x"), {})


def _named(policy: Document) -> Iterator[str]:
    """Give everyone whom the denying statements name, as patterns."""
    for one in policy.denying():
        if one.principals is not None and one.principals.others:
            yield from one.principals.aws
        for condition in one.conditions:
            if condition.key.lower() == _PRINCIPAL:
                yield from condition.values


def covered(pattern: str, declared: Sequence[str]) -> bool:
    """Say whether everyone whom a pattern fits is declared."""
    wild = "*" in pattern or "?" in pattern
    return any(one == pattern or (matches(one, pattern) and not (wild and "?" in one)) for one in declared)
