"""Encryption in transit as resource policies demand it: who is refused without TLS, or with an old version of it."""

from __future__ import annotations

from collections.abc import Callable

from scanner.model.arn import does_fit
from scanner.model.late_dataclass import dataclass
from scanner.model.look import any_of
from scanner.permissions.document import Condition, Document, Statement
from scanner.permissions.patterns import matches, matches_action

# Names of condition keys and operators are compared without case (IAM user guide, "Condition").
_SECURE, _VERSION = "aws:securetransport", "s3:tlsversion"
#: Conditions that except only calls which AWS's own services make: these use TLS, and never leave AWS.
_OF_SERVICES = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})
_TEXT = frozenset({"stringequals", "stringlike", "stringequalsignorecase"})
_NO_TEXT = frozenset({"stringnotequals", "stringnotlike", "stringnotequalsignorecase"})


@dataclass(frozen=True, slots=True)
class Reach:
    """What of a bucket the statements reach that deny everyone every action; and why others fall short, in words."""

    bucket: bool = False
    objects: bool = False
    short: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """They reach the bucket and all its objects."""
        return self.bucket and self.objects


def refusing_plain(policy: Document, arn: str) -> Reach:
    """Say how far a bucket's policy refuses requests without TLS."""
    return _reach(policy, arn, _SECURE, _without_tls)


def refusing_older(policy: Document, arn: str, demanded: str) -> Reach:
    """Say how far a bucket's policy refuses requests by versions of TLS older than demanded."""
    return _reach(policy, arn, _VERSION, lambda one: _below(one, float(demanded)))


def denies_without_tls(statement: Statement, action: str) -> bool:
    """Say whether a statement denies everyone an action without TLS."""
    return (
        not statement.allows
        and to_everyone(statement)
        and any(matches_action(pattern, action) for pattern in statement.actions) is not statement.other_actions
        and all(_without_tls(one) for one in _narrowing(statement))
    )


def requires_tls(statement: Statement) -> bool:
    """Say whether a statement applies to no request without TLS."""
    return any(
        one.key.lower() == _SECURE
        and not one.each
        and one.operator.lower() in ("bool", *_TEXT)
        and {value.lower() for value in one.values} == {"true"}
        for one in statement.conditions
    )


def to_everyone(statement: Statement) -> bool:
    """Say whether a statement is about everyone, without exception."""
    who = statement.principals
    return who is not None and not who.others and "*" in who.aws


def _reach(policy: Document, arn: str, key: str, meets: Callable[[Condition], bool]) -> Reach:
    patterns: list[str] = []
    short: list[str] = []
    for one in policy.denying():
        flaw = _flaw(one, key, meets)
        if flaw is None:
            patterns.extend(one.resources)
        elif flaw:
            short.append(f"statement {one.sid} {flaw}" if one.sid else f"a statement {flaw}")
    return Reach(
        any_of(patterns, lambda pattern: does_fit(pattern, arn, matches)),
        # What ends in a star, and fits the emptiest name of an object, fits every name.
        any_of(patterns, lambda pattern: pattern.endswith("*") and does_fit(pattern, type(arn)(f"{arn}/"), matches)),
        tuple(short),
    )


def _flaw(one: Statement, key: str, meets: Callable[[Condition], bool]) -> str | None:
    """Say why a statement does not deny all of it, "" where it is about something else; none where it does."""
    left = _narrowing(one)
    if not all(meets(condition) for condition in left):
        asked = [condition.key for condition in left]
        if key not in map(str.lower, asked):
            return ""
        if len(asked) > 1:
            return f"denies only where {' and '.join(asked)} all apply"
        return f"denies only where {left[0]}"
    if not to_everyone(one):
        return "denies some principals only"
    if not _every_action(one):
        return "denies some actions only"
    return "denies by what it leaves out" if one.other_resources else None


def _narrowing(statement: Statement) -> list[Condition]:
    return [one for one in statement.conditions if not _excepts_services(one)]


def _excepts_services(one: Condition) -> bool:
    denied = one.operator.lower() == "bool" and [value.lower() for value in one.values] == ["false"]
    return denied and one.key.lower() in _OF_SERVICES


def _every_action(one: Statement) -> bool:
    if one.other_actions:
        # All but some actions of other services are all of S3's.
        services = [pattern.partition(":")[0].lower() for pattern in one.actions]
        return not any(matches_action(service, "s3") for service in services)
    return any(pattern == "*" or pattern.lower() == "s3:*" for pattern in one.actions)


def _without_tls(one: Condition) -> bool:
    """Whether every request without TLS meets the condition; AWS always says whether there is TLS."""
    if one.key.lower() != _SECURE or one.each:
        return False
    operator, off = one.operator.lower(), "false" in {value.lower() for value in one.values}
    return off if operator == "bool" or operator in _TEXT else operator in _NO_TEXT and not off


def _below(one: Condition, demanded: float) -> bool:
    """Whether every request by an older version of TLS meets the condition. Versions go by tenths."""
    if one.key.lower() != _VERSION or one.each:
        return False
    try:
        figures = [float(value) for value in one.values]
    except ValueError:
        return False  # IAM compares nothing with what is no number
    operator = one.operator.lower()
    if operator == "numericlessthan":
        return any(figure >= demanded for figure in figures)
    if operator == "numericlessthanequals":
        return any(round(figure + 0.1, 1) >= demanded for figure in figures)
    return operator == "numericnotequals" and all(figure >= demanded for figure in figures)
