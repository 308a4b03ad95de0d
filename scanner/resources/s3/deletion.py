"""What a bucket's policy says of deletion without a second factor."""

from __future__ import annotations

from typing import Final

from scanner.model.arn import does_fit, has_wildcards, same
from scanner.permissions.conditions import all_hold
from scanner.permissions.context import Context
from scanner.permissions.document import Document, Statement
from scanner.permissions.patterns import matches, matches_action
from scanner.permissions.transit import to_everyone

#: The two ways of having no second factor: a session without it, and long-term keys, whose requests lack the key
#: (IAM user guide, "AWS global condition context keys", aws:MultiFactorAuthPresent). Of nothing else is anything known.
_WITHOUT: Final = tuple(
    Context({"aws:securetransport": ("true",), "aws:multifactorauthpresent": present, "aws:multifactorauthage": None})
    for present in (("false",), None)
)


def refused_without_mfa(policy: Document, arn: str, *, kept: bool) -> bool:
    """Say whether a policy denies everyone to destroy any object of a bucket without a second factor.

    Where every version is `kept`, deleting an object only hides it, and deleting a version is what destroys.
    """
    denials = [one for one in policy.denying() if to_everyone(one) and _all_objects(one, arn)]
    actions = ("s3:DeleteObjectVersion",) if kept else ("s3:DeleteObject", "s3:DeleteObjectVersion")
    return all(
        # What holds only for some callers is a doubt, and does not refuse everyone.
        any(_about(one, action) and all_hold(one.conditions, without) is True for one in denials)
        for action in actions
        for without in _WITHOUT
    )


def _about(statement: Statement, action: str) -> bool:
    return any(matches_action(pattern, action) for pattern in statement.actions) is not statement.other_actions


def _all_objects(statement: Statement, arn: str) -> bool:
    """Say whether a statement is about every object of a bucket."""
    if statement.other_resources:
        # All but some: certain only where those are other buckets' by name.
        return all(_elsewhere(pattern, arn) for pattern in statement.resources)
    # What ends in a star, and fits the emptiest name of an object, fits every name.
    return any(pattern.endswith("*") and does_fit(pattern, f"{arn}/", matches) for pattern in statement.resources)


def _elsewhere(pattern: str, arn: str) -> bool:
    bucket = pattern.partition("/")[0]
    return not has_wildcards(bucket) and not same(bucket, arn)
