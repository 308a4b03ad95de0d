"""Entry: who can take a role, and whether only with MFA (IAM user guide, "Role trust policies", "Secure API access with MFA")."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model.late_dataclass import dataclass
from scanner.permissions.actions import BACKUP_SERVICES
from scanner.permissions.conditions import all_hold
from scanner.permissions.context import Context
from scanner.permissions.document import Document, Principals, Statement
from scanner.permissions.patterns import matches_action
from scanner.permissions.truth import Truth, all_true, any_true, opposite

_TAKING = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
#: What a request says of MFA where none was used: with a session, and with long-term keys.
_WITHOUT = (
    Context({"aws:multifactorauthpresent": ("false",), "aws:multifactorauthage": None}),
    Context({"aws:multifactorauthpresent": None, "aws:multifactorauthage": None}),
)
#: Conditions that say who of an account is meant.
_POINTING = frozenset({"aws:principalarn", "aws:userid", "aws:username"})
_ADMITTING = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
_EXCEPTING = frozenset({"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike"})


@dataclass(frozen=True, slots=True)
class Entry:
    """Who can take a role.

    `wide` are whole accounts, or everyone, of whom no condition says who; `without_mfa` those who need no MFA; `through`
    the roles by which it is taken: their sessions show no MFA of their own.
    """

    services: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    without_mfa: tuple[str, ...] = ()
    through: tuple[str, ...] = ()

    @property
    def of_services(self) -> bool:
        """Only services of AWS can take it."""
        return bool(self.services) and not self.people and not self.federated

    @property
    def of_backup(self) -> bool:
        """Only services that make and expire backups can take it."""
        return self.of_services and set(self.services) <= BACKUP_SERVICES

    @property
    def nobody(self) -> bool:
        """Nobody can take it."""
        return not self.services and not self.people and not self.federated


def entry(trust: Document) -> Entry:
    """Read a trust policy."""
    services: dict[str, None] = {}
    federated: dict[str, None] = {}
    people: dict[str, None] = {}
    wide: dict[str, None] = {}
    without: dict[str, None] = {}
    through: dict[str, None] = {}
    denies = [one for one in trust.denying() if _takes(one)]
    for one in trust.allowing():
        if not _takes(one) or one.principals is None:
            continue
        named = one.principals
        services.update(dict.fromkeys(() if named.others else named.services))
        federated.update(dict.fromkeys(() if named.others else named.federated))
        for name in _people(named):
            free = _needs_no_mfa(name, one, denies, trust)
            people[name] = None
            if (name == "*" or name.endswith(":root")) and not (_points(one) or any(map(_keeps_out, denies))):
                wide[name] = None
            if free is not False:
                (through if ":role/" in name or ":assumed-role/" in name else without)[name] = None
    return Entry(tuple(services), tuple(federated), tuple(people), tuple(wide), tuple(without), tuple(through))


def _takes(one: Statement) -> bool:
    return any(_about(one, action) for action in _TAKING)


def _about(one: Statement, action: str) -> bool:
    return any(matches_action(pattern, action) for pattern in one.actions) != one.other_actions


def _people(named: Principals) -> Iterator[str]:
    if named.others:
        yield "*"
        return
    # The id of a user or role that is gone stands for nobody.
    yield from (name for name in named.aws if name == "*" or name.startswith("arn:"))


def _points(one: Statement) -> bool:
    return any(
        condition.key.lower() in _POINTING
        and condition.operator.lower() in _ADMITTING
        and not condition.if_exists
        and "*" not in condition.values
        for condition in one.conditions
    )


def _keeps_out(deny: Statement) -> bool:
    """Say whether a statement denies everyone but some whom it names."""
    who, conditions = deny.principals, deny.conditions
    return (
        who is not None
        and not who.others
        and "*" in who.aws
        and _about(deny, "sts:AssumeRole")
        and len(conditions) == 1
        and conditions[0].key.lower() in _POINTING
        and conditions[0].operator.lower() in _EXCEPTING
        and not conditions[0].some
        and "*" not in conditions[0].values
    )


def _needs_no_mfa(name: str, one: Statement, denies: list[Statement], trust: Document) -> Truth:
    """Say whether a statement lets someone in without MFA; other conditions may hold, so only MFA's own can say no."""

    def free(action: str, context: Context) -> Truth:
        denied = any_true(
            all_hold(deny.conditions, context, variables=trust.variables)
            for deny in denies
            if _about(deny, action) and _means(deny, name)
        )
        allowed = all_hold(one.conditions, context, variables=trust.variables)
        return all_true((allowed, opposite(denied)))

    return any_true(free(action, context) for action in _TAKING if _about(one, action) for context in _WITHOUT)


def _means(deny: Statement, name: str) -> bool:
    """Say whether a statement that denies certainly means all whom a name stands for."""
    who = deny.principals
    if who is None or not who.others:
        return who is None or "*" in who.aws
    # Of a whole account, or of everyone, "all but" some spares those.
    return name != "*" and not name.endswith(":root") and name not in who.aws and "*" not in who.aws
