"""Trust policies: who is let in from outside the account, and what it must bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum

from scanner.model.arn import has_wildcards, is_among, is_arn, same
from scanner.model.late_dataclass import dataclass
from scanner.permissions.document import Condition, Document, Statement
from scanner.permissions.patterns import matches_action

#: By what a role is assumed. `sts:TagSession` and the like let nobody in by themselves.
_ASSUMING = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
#: Issuers that vouch for anybody's users and pipelines: the token must say whose (IAM user guide, "Create a role for
#: OpenID Connect federation", "Configuring a role for GitHub OIDC identity provider").
_SHARED = frozenset({
    "token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com", "oidc.vercel.com",
    "api.pulumi.com/oidc", "cognito-identity.amazonaws.com", "accounts.google.com", "www.amazon.com",
    "graph.facebook.com",
})  # fmt: skip
#: Of these AWS itself is the client, and the audience says whose application or identity pool it is.
_BY_AUDIENCE = {
    "cognito-identity.amazonaws.com": ("aud",),
    "accounts.google.com": ("aud", "oaud", "azp"),
    "www.amazon.com": ("app_id",),
    "graph.facebook.com": ("app_id",),
}
#: Claims that anybody's token can have alike: they tell of the run, not whose it is.
_OF_ANYBODY = frozenset({
    "aud", "amr", "azp", "ref", "ref_type", "ref_path", "ref_protected", "base_ref", "head_ref", "environment",
    "environment_protected", "event_name", "pipeline_source", "repository_visibility", "runner_environment", "run_attempt",
    "run_number", "workflow",
})  # fmt: skip
_EQUAL = frozenset({"stringequals", "stringequalsignorecase"})
_LIKE = frozenset({"stringlike", "arnlike", "arnequals"})
_UNEQUAL = frozenset({"stringnotequals", "stringnotequalsignorecase"})
_UNLIKE = frozenset({"stringnotlike", "arnnotlike", "arnnotequals"})
_OF_SERVICES = "aws:principalisawsservice"


class By(StrEnum):
    """How somebody is let in."""

    EVERYONE = "everyone"
    ACCOUNT = "account"
    ISSUER = "issuer"


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody whom a trust policy lets in.

    `name` is the account or the issuer. `organisations` are those it must be in, nothing where it need be in none.
    `bound` where an external id is demanded of an account, or the token of an issuer must say whose it is.
    """

    by: By
    name: str = ""
    organisations: tuple[str, ...] = ()
    bound: bool = False
    shared: bool = False


def entrants(trust: Document) -> tuple[Entrant, ...]:
    """Give everybody whom a trust policy lets in, AWS's own services aside."""
    fences = [(_ways(one), fence) for one in trust.denying() for fence in _fences(one)]
    found = (
        entrant
        for one in trust.allowing()
        if (ways := _ways(one))
        for each in _named(one)
        for entrant in _narrowed(
            each, [*one.conditions, *(fence for denied, fence in fences if _taken(each, ways) <= denied)]
        )
    )
    return tuple(dict.fromkeys(found))


def _taken(entrant: Entrant, ways: frozenset[str]) -> frozenset[str]:
    """Say which of the ways that a statement allows an entrant can go."""
    own = ways & {"sts:AssumeRoleWithWebIdentity" if entrant.by is By.ISSUER else "sts:AssumeRole"}
    return own or ways


def _ways(statement: Statement) -> frozenset[str]:
    """Give the ways of assuming the role that a statement is about."""
    return frozenset(
        action
        for action in _ASSUMING
        if any(matches_action(pattern, action) for pattern in statement.actions) is not statement.other_actions
    )


def _named(statement: Statement) -> Iterator[Entrant]:
    who = statement.principals
    if who is None:
        return
    if who.everyone:
        yield Entrant(By.EVERYONE)
        return
    for one in who.aws:
        # The id of a user or role that is gone stands without an ARN, and lets nobody in (user guide, "Principal").
        if is_arn(one):
            yield Entrant(By.ACCOUNT, one.split(":")[4])
    for one in who.federated:
        kind = one.split(":", 5)[5].partition("/")[0] if is_arn(one) else ""
        if kind == "saml-provider":
            yield Entrant(By.ACCOUNT, one.split(":")[4])
        else:
            issuer = one.partition(":oidc-provider/")[2] if kind else one
            yield Entrant(By.ISSUER, issuer, shared=issuer.lower() in _SHARED)


def _fences(statement: Statement) -> Iterator[Condition]:
    """Turn "deny all but these" into "only these"; whatever else a denial says is left aside, for it narrows less."""
    who = statement.principals
    if who is None or who.others or "*" not in who.aws or not _ways(statement):
        return
    narrowing = [one for one in statement.conditions if one.key.lower() != _OF_SERVICES]
    if len(narrowing) != 1:
        return
    (one,) = narrowing
    operator = one.operator.lower()
    if operator in _UNEQUAL and not one.some:
        yield replace(one, operator="StringEquals", if_exists=False, each=False)
    elif operator in _UNLIKE and not one.some:
        yield replace(one, operator="StringLike", if_exists=False, each=False)


def _narrowed(entrant: Entrant, conditions: Iterable[Condition]) -> Iterator[Entrant]:
    """Say what the conditions leave of an entrant: everyone may become some accounts."""
    accounts: set[str] | None = {entrant.name} if entrant.by is By.ACCOUNT else None
    organisations: set[str] | None = None
    bound = False
    for one in conditions:
        values = _admitted(one)
        if values is None:
            continue
        key = one.key.lower()
        if key == "aws:principalaccount" and not _open(values):
            accounts = _both(accounts, values)
        elif key == "aws:principalarn" and (named := _accounts(values)) is not None:
            accounts = _both(accounts, named)
        elif key == "aws:principalorgid" and not _open(values):
            organisations = values if organisations is None else organisations & values
        elif key == "aws:principalorgpaths" and (roots := {value.partition("/")[0] for value in values}):
            if not _open(roots):
                organisations = roots if organisations is None else organisations & roots
        elif key == "sts:externalid":
            bound = bound or (entrant.by is not By.ISSUER and all(value.strip("*?") for value in values))
        elif entrant.by is By.ISSUER:
            bound = bound or _says_whose(entrant, key, values)
    if organisations is not None and not organisations:
        return
    entrant = replace(entrant, organisations=tuple(sorted(organisations or ())), bound=bound)
    if accounts is None or entrant.by is By.ISSUER:
        yield entrant
        return
    for account in sorted(accounts):
        yield replace(entrant, by=By.ACCOUNT, name=account)


def _admitted(condition: Condition) -> set[str] | None:
    """Give the values of a condition that admits nobody else; none for one that also holds where the key is missing."""
    operator = condition.operator.lower()
    if condition.if_exists or condition.each:
        return None
    if operator in _EQUAL:
        # There a star is a star, which no account and no token has.
        return {value.replace("*", "\N{ASTERISK OPERATOR}") for value in condition.values}
    return set(condition.values) if operator in _LIKE else None


def _open(values: Iterable[str]) -> bool:
    return any(map(has_wildcards, values))


def _both(accounts: set[str] | None, named: set[str]) -> set[str]:
    return named if accounts is None else {one for one in accounts if is_among(one, named)}


def _accounts(values: Iterable[str]) -> set[str] | None:
    """Give the accounts of some ARNs; none where one of them leaves its account open."""
    found = {one.split(":")[4] if is_arn(one) else "*" for one in values}
    return None if _open(found) else found


def _says_whose(entrant: Entrant, key: str, values: Iterable[str]) -> bool:
    """Say whether a condition on a token pins it to somebody: an audience, or a claim whose first part is no wildcard."""
    issuer, _, claim = key.rpartition(":")
    if not same(issuer, entrant.name.lower()):
        return False
    by_audience = _BY_AUDIENCE.get(issuer, () if entrant.shared else ("aud",))
    if claim in by_audience:
        return not _open(values)
    if claim in _OF_ANYBODY:
        return False
    # `repo:*` is anybody's repository, `repo:us/*` is ours.
    return all(_pinned(value) for value in values)


def _pinned(value: str) -> bool:
    head, colon, rest = value.partition(":")
    owner = (rest if colon else head).partition("/")[0].partition(":")[0]
    return bool(owner) and not _open((head, owner) if colon else (owner,))
