"""Key policies: who is named, and what for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.model.late_dataclass import dataclass
from scanner.permissions.document import Condition, Principals, Statement, document
from scanner.permissions.patterns import matches_action

#: What shows that a statement lets somebody administer a key, or use it.
ADMINISTER = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
#: A grant lets others use it: who may make grants administers the key, as `kms:Create*` of AWS's own example does.
USE = ("kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:Sign", "kms:GenerateMac", "kms:DeriveSharedSecret")

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
        return any(matches_action(pattern, one) for one in actions for pattern in self.actions)

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


def grants(policy: Any) -> tuple[Grant, ...]:
    """Read the allowing statements of a key policy; raise ValueError where it is none."""
    return tuple(_grant(one) for one in document(policy).allowing())


def _grant(one: Statement) -> Grant:
    principals = one.principals or Principals()
    return Grant(
        principals.names,
        # All actions but some is taken as all: it errs on the side of seeing a grant.
        ("kms:*",) if one.other_actions else one.actions,
        principals.others,
        _bound(one.conditions, _NARROWING),
        _bound(one.conditions, _POINTING),
    )


def _bound(conditions: Iterable[Condition], by: frozenset[str]) -> bool:
    return any(
        not one.if_exists
        # "All values" of a key that is missing holds, so it narrows nothing.
        and not one.each
        and one.operator.lower() in _ADMITTING
        and one.key.lower() in by
        and "*" not in one.values
        for one in conditions
    )
