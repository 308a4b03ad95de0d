"""Key policies: who is named, and what for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

#: What shows that a statement lets somebody administer a key, or use it.
ADMINISTER = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
USE = ("kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:CreateGrant")

#: Condition keys that narrow "everyone" to callers of an account, an organisation or a resource of one (KMS developer
#: guide, "Condition keys for AWS KMS"; IAM user guide, "AWS global condition context keys"). `kms:ViaService` alone
#: does not: anyone's account can go through the service.
_NARROWING = frozenset({
    "kms:calleraccount", "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpce", "aws:sourcevpc",
})  # fmt: skip
#: Condition keys that say who among those callers: a role, a service, a resource for which the service calls.
_POINTING = frozenset({"kms:viaservice", "aws:principalarn", "aws:sourcearn"})
#: Tests that admit only what they name; a negated one, or one that holds where the key is missing, narrows nothing.
_ADMITTING = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})


@dataclass(frozen=True, slots=True)
class Grant:
    """One allowing statement: who may do what.

    `principals` are ARNs, account ids as ARNs of root, service names, or `*`; with `others` it is all but them.
    `narrowed` where conditions bind it to known accounts, `pointed` where they say which role or service.
    """

    principals: tuple[str, ...]
    actions: tuple[str, ...]
    others: bool = False
    narrowed: bool = False
    pointed: bool = False

    def permits(self, actions: Iterable[str]) -> bool:
        """Say whether it allows any of these actions."""
        return any(fnmatchcase(one.lower(), pattern.lower()) for one in actions for pattern in self.actions)

    @property
    def everyone(self) -> bool:
        """It allows everyone, whatever their account."""
        return (self.others or "*" in self.principals) and not self.narrowed

    @property
    def names(self) -> tuple[str, ...]:
        """The principals it names: none that stands for a whole account, and none that exists no more.

        IAM leaves the id of a deleted user or role in its place (IAM user guide, "Principal"): it has no `:` or `.`.
        """
        if self.others or self.everyone:
            return ()
        return tuple(
            one
            for one in self.principals
            if self.pointed or (not one.endswith(":root") and any(mark in one for mark in ":."))
        )

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts of the principals it names."""
        return frozenset(one.split(":")[4] for one in self.principals if one.startswith("arn:") and one.count(":") > 4)


def grants(policy: str) -> tuple[Grant, ...]:
    """Read the allowing statements of a key policy; raise ValueError where it is none."""
    document = json.loads(policy)
    statements = document.get("Statement", ())
    return tuple(_grant(one) for one in _many(statements) if one.get("Effect") == "Allow")


def _grant(raw: Mapping[str, Any]) -> Grant:
    others = "NotPrincipal" in raw
    # All actions but some is taken as all: it errs on the side of seeing a grant.
    actions = _many(raw["Action"]) if "Action" in raw else ("kms:*",)
    principals = _principals(raw.get("NotPrincipal" if others else "Principal"))
    narrowed, pointed = _bound(raw, _NARROWING), _bound(raw, _POINTING)
    return Grant(tuple(principals), tuple(actions), others, narrowed, pointed)


def _principals(raw: Any) -> Iterable[str]:
    if isinstance(raw, Mapping):
        for one in (one for some in raw.values() for one in _many(some)):
            yield f"arn:aws:iam::{one}:root" if one.isdigit() else one
    elif raw is not None:
        yield str(raw)


def _bound(raw: Mapping[str, Any], by: frozenset[str]) -> bool:
    return any(
        test.lower().rpartition(":")[2] in _ADMITTING and key.lower() in by and "*" not in _many(values)
        for test, keys in (raw.get("Condition") or {}).items()
        for key, values in keys.items()
    )


def _many(raw: Any) -> tuple[Any, ...]:
    return tuple(raw) if isinstance(raw, (list, tuple)) else (raw,)
