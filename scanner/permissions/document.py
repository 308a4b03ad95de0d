"""Policy documents: what AWS keeps as JSON, read into statements. Policies in the wild write lists as single strings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from scanner.model.arn import OPEN
from scanner.model.late_dataclass import dataclass
from scanner.model.unresolved import Unresolved


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a statement: `StringEquals`, `aws:PrincipalOrgID`, the values any of which will do.

    `operator` is as written but for its qualifiers: `each` for `ForAllValues:`, `some` for `ForAnyValue:`, `if_exists`
    for the suffix `IfExists`.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    each: bool = False
    some: bool = False
    if_exists: bool = False

    def __str__(self) -> str:
        qualifier = "ForAllValues:" if self.each else "ForAnyValue:" if self.some else ""
        exists = "IfExists" if self.if_exists else ""
        return f"{qualifier}{self.operator}{exists} {self.key} {', '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Principals:
    """Whom a statement of a resource policy or a trust policy is about; `*` is everyone, of whatever account.

    `aws` holds ARNs, account ids as ARNs of root, ids of principals that are gone, or `*`. With `others` it is all but
    them (`NotPrincipal`).
    """

    aws: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    others: bool = False

    @property
    def everyone(self) -> bool:
        """It names everyone, or all but a few."""
        return self.others or "*" in self.aws

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts of the principals that it names."""
        return frozenset(one.split(":")[4] for one in self.aws if one.startswith("arn:") and one.count(":") > 4)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it names, in one list."""
        return (*self.aws, *self.services, *self.federated)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `actions` are all but those with `other_actions`, `resources` all but those with `other_resources`.

    A trust policy has no resources, a policy of an identity no principals.
    """

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    principals: Principals | None = None
    conditions: tuple[Condition, ...] = ()
    sid: str = ""
    other_actions: bool = False
    other_resources: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A policy, read. Variables such as `${aws:username}` are text before the version 2012-10-17."""

    statements: tuple[Statement, ...] = ()
    variables: bool = True

    def allowing(self) -> Iterator[Statement]:
        """Give the statements that allow."""
        return (one for one in self.statements if one.allows)

    def denying(self) -> Iterator[Statement]:
        """Give the statements that deny."""
        return (one for one in self.statements if not one.allows)


def document(raw: Any) -> Document:
    """Read a policy: JSON text, the same URL-encoded (as some IAM calls give it), or the parsed mapping.

    Raise ValueError, saying which statement, for what is no policy: it must become unknown and never "allows nothing".
    A name, an action or a value that code leaves open stays so, alone; whoever needs it finds that it cannot be told.
    """
    if isinstance(raw, (str, bytes)):
        raw = _parsed(raw.decode() if isinstance(raw, bytes) else raw)
    if not isinstance(raw, Mapping):
        raise ValueError(f"a policy is a JSON object, found {type(raw).__name__}")
    if "Statement" not in raw:
        raise ValueError("a policy without Statement")
    # A policy that names no version has the oldest (IAM user guide, "IAM JSON policy elements: Version").
    return Document(
        tuple(_statement(one, number) for number, one in enumerate(many(raw["Statement"]), 1)),
        variables=raw.get("Version", "2008-10-17") == "2012-10-17",
    )


def many(raw: Any) -> tuple[Any, ...]:
    """Take a list, or the single element that AWS accepts instead."""
    return tuple(raw) if isinstance(raw, (list, tuple)) else (raw,)


def _parsed(text: str) -> Any:
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped.startswith("%7B"):
        stripped = unquote(stripped)
    try:
        return json.loads(stripped)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _statement(raw: Any, number: int) -> Statement:
    if isinstance(raw, Unresolved):
        raw.stop()
    if not isinstance(raw, Mapping):
        raise ValueError(f"statement {number} is no object")
    effect = raw.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise ValueError(f"statement {number} has the effect {effect!r}")
    other_actions, other_resources = "NotAction" in raw, "NotResource" in raw
    actions = raw.get("NotAction" if other_actions else "Action")
    if actions is None:
        raise ValueError(f"statement {number} has no action")
    resources = raw.get("NotResource" if other_resources else "Resource", ())
    return Statement(
        allows=effect == "Allow",
        actions=_texts(actions, number),
        resources=_texts(resources, number),
        principals=_principals(raw, number),
        conditions=tuple(_conditions(raw.get("Condition") or {}, number)),
        sid=str(raw.get("Sid", "")),
        other_actions=other_actions,
        other_resources=other_resources,
    )


def _texts(raw: Any, number: int) -> tuple[str, ...]:
    found = many(raw)
    if not all(isinstance(one, (str, Unresolved)) for one in found):
        raise ValueError(f"statement {number} holds {raw!r} where text is expected")
    return found


def _principals(raw: Mapping[str, Any], number: int) -> Principals | None:
    others = "NotPrincipal" in raw
    named = raw.get("NotPrincipal" if others else "Principal")
    if named is None:
        return None
    if isinstance(named, (str, Unresolved)):
        named = {"AWS": named}
    if not isinstance(named, Mapping):
        raise ValueError(f"statement {number} has a principal that is no object")
    aws = _texts(named.get("AWS", ()), number)
    return Principals(
        # AWS takes an account's id for its root (IAM user guide, "AWS JSON policy elements: Principal").
        aws=tuple(_account_as_root(one) for one in aws),
        services=_texts(named.get("Service", ()), number),
        federated=(*_texts(named.get("Federated", ()), number), *_texts(named.get("CanonicalUser", ()), number)),
        others=others,
    )


def _account_as_root(name: Any) -> Any:
    bare = not isinstance(name, Unresolved) and (name.startswith(OPEN) or (len(name) == 12 and name.isdigit()))
    return f"arn:aws:iam::{name}:root" if bare else name


def _conditions(raw: Any, number: int) -> Iterator[Condition]:
    if isinstance(raw, Unresolved):
        raw.stop()
    if not isinstance(raw, Mapping):
        raise ValueError(f"statement {number} has a condition that is no object")
    for test, keys in raw.items():
        if not isinstance(keys, Mapping):
            raise ValueError(f"statement {number} has a condition {test} that is no object")
        qualifier, _, operator = test.rpartition(":")
        if_exists = operator.lower().endswith("ifexists")
        for key, values in keys.items():
            yield Condition(
                operator=operator[: -len("IfExists")] if if_exists else operator,
                key=key,
                values=tuple(_value(one, number) for one in many(values)),
                each=qualifier.lower() == "forallvalues",
                some=qualifier.lower() == "foranyvalue",
                if_exists=if_exists,
            )


def _value(raw: Any, number: int) -> str:
    if isinstance(raw, Unresolved):
        return raw  # type: ignore[return-value]  # it refuses to be used as the text that it is not
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, (str, int, float)):
        return str(raw)
    raise ValueError(f"statement {number} tests against {raw!r}")
