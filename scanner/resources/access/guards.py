"""Guards: to whom the policy of a vault denies deletion, and whom it leaves out.

A policy can except callers in many ways (`ArnNotLike` on their ARN, `NotPrincipal`, their ids), so it is asked, not
searched: it must deny somebody whom it cannot know, and everybody whom it names without their being declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.model.arn import filled, fits, has_wildcards
from scanner.model.late_dataclass import dataclass
from scanner.permissions.actions import GUARDED
from scanner.permissions.context import Caller, Mfa, context_of
from scanner.permissions.document import Document
from scanner.permissions.patterns import matches
from scanner.permissions.shelf import Shelf, Target
from scanner.permissions.statements import Paper

_NOBODY = "7e6d-whom-no-policy-names"
_PRINCIPAL, _USER = "aws:principalarn", "aws:username"
#: How a policy says "the account of whoever calls" or "of the vault", which is one: nobody deletes in another account's
#: vault (DeleteRecoveryPoint, AWS Backup API reference, takes a vault by its name only).
_SAME = re.compile(r"\$\{aws:(Principal|Resource)Account\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leak:
    """An action that a vault's policy does not deny to somebody who is not declared; `why` where that is not certain."""

    action: str
    who: str = ""
    why: str = ""


def leaks(policy: Document, vault: str, account: str, declared: Sequence[str]) -> tuple[Leak, ...]:
    """Give what a vault's policy does not deny to all but the declared; nothing where it denies it all.

    One that is certain stands alone: the rest changes nothing.
    """
    paper = Paper(policy)
    _, partition, _, region, *_ = vault.split(":") if vault.count(":") > 4 else ("", "aws", "", "", "")
    points = Shelf(
        Target(arn, region=region, account=account)
        # Recovery points of some kinds are ARNs of their own service.
        for arn in (
            f"arn:{partition}:backup:{region}:{account}:recovery-point:{_NOBODY}",
            f"arn:{partition}:ec2:{region}::snapshot/{_NOBODY}",
        )
    )
    itself = Shelf([Target(vault, region=region, account=account)])
    found: list[Leak] = []
    for who, caller, doubt in _callers(policy, f"arn:{partition}:iam::{account}:", declared):
        for action in GUARDED:
            shelf = itself if action.endswith("AccessPolicy") else points
            denied = [paper.sides(action, shelf, caller, context_of(caller, mfa=mfa)).denies for mfa in Mfa]
            if doubt and any(one.yes != shelf.whole for one in denied):
                found.append(Leak(action, who, doubt))
            elif any(one.most != shelf.whole for one in denied):
                return (Leak(action, who),)
            elif any(one.yes != shelf.whole for one in denied):
                found.append(Leak(action, who, next(why for one in denied for why in one.why)))
    return tuple(found)


def _callers(policy: Document, own: str, declared: Sequence[str]) -> Iterator[tuple[str, Caller, str]]:
    """Give who must be denied; with a reason where code leaves open whether the configuration declares them."""
    yield "", Caller(f"{own}role/{_NOBODY}", {}), ""
    yield "", Caller(f"{own}user/{_NOBODY}", {}), ""
    for name in dict.fromkeys(_named(policy, own)):
        for pattern in _own(name, own):
            answers = (covered(name, declared), covered(pattern, declared), _session_covered(pattern, declared))
            if True not in answers:
                somebody = Caller(filled(pattern, _NOBODY, "x"), {})
                yield name, somebody, f"whether {name} is declared" if None in answers else ""


def _named(policy: Document, own: str) -> Iterator[str]:
    """Give everyone whom the denying statements name, as patterns."""
    for one in policy.denying():
        if one.principals is not None and one.principals.others:
            yield from one.principals.aws
        for condition in one.conditions:
            if condition.key.lower() == _PRINCIPAL:
                # A session's own ARN is no value of this key (user guide, "aws:PrincipalArn").
                yield from (value for value in condition.values if ":assumed-role/" not in value)
            elif condition.key.lower() == _USER:
                yield from (f"{own}user/{value}" for value in condition.values)


def _own(pattern: str, own: str) -> Iterator[str]:
    """Give whom of the vault's account a pattern stands for, as patterns of their whole ARNs."""
    mine = own.split(":")
    parts = _SAME.sub(mine[4], pattern).split(":", 5)
    if len(parts) == len(mine):
        here = [there if fits(part, there, matches) else part for part, there in zip(parts[:5], mine, strict=False)]
        if parts[5] != "root":
            yield ":".join((*here, parts[5]))
    elif len(parts) > 1:
        yield own + parts[-1]
    else:
        yield from (f"{own}{kind}/{pattern}" for kind in ("role", "user"))


def _session_covered(pattern: str, declared: Sequence[str]) -> bool | None:
    """Say whether a pattern stands for sessions of a role that is declared; their ARNs leave its path out."""
    head, _, tail = pattern.partition(":assumed-role/")
    role = tail.partition("/")[0]
    if not role or any(":role/" in one and one.endswith(f"/{role}") for one in declared):
        return bool(role)
    return covered(f"{head.replace(':sts:', ':iam:')}:role/{role}", declared)


def covered(pattern: str, declared: Sequence[str]) -> bool | None:
    """Say whether everyone whom a pattern fits is declared; none where the code does not settle it."""
    wild = has_wildcards(pattern)
    answers = {
        one == pattern or (fits(one, pattern, matches) if not (wild and has_wildcards(one.replace("*", ""))) else False)
        for one in declared
    }
    return True if True in answers else None if None in answers else False
