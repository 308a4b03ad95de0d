"""Roles, users, groups and managed policies with their documents, all from one list of the account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import instant, tag_list, text, tuple_of, whole
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial, all_of, gathered
from scanner.model.origin import Listing, SideList, call, item
from scanner.model.reading import Source
from scanner.model.resource import Resource
from scanner.permissions.document import Document, document
from scanner.resources.access import given, reach
from scanner.resources.access.breadth import breadth, breadths
from scanner.resources.access.entry import Entry, entry
from scanner.resources.access.given import Given
from scanner.resources.access.reach import Deed
from scanner.resources.iam.credentials import User
from scanner.resources.iam.documents import NamedPolicy, in_force, named, versions
from scanner.resources.iam.holdings import Sway, left, sway
from scanner.resources.iam.last_accessed import DETAILS, ServiceUse, may_touch, uses
from scanner.resources.iam.trust import Entrant, entrants
from scanner.resources.organizations import Member, Membership

#: One call for all kinds of this file, so that it is made once. It names no policy of AWS that nothing is attached to.
_DETAILS = call("iam:GetAccountAuthorizationDetails")
_ALL = "[UserDetailList, RoleDetailList, GroupDetailList, Policies][]"
# The details leave out how long sessions may last; the list of roles has it (Role, API reference).
_ROLES = SideList(call("iam:ListRoles"), "Roles[]", key="Arn", everywhere=True)


def seconds(raw: Any) -> timedelta:
    """Read a number of seconds."""
    return timedelta(seconds=whole(raw))


def linked(raw: Any) -> bool:
    """Say whether a role's path is that of roles which a service makes for itself and alone can change."""
    return text(raw).startswith("/aws-service-role/")


def of_aws(raw: Any) -> bool:
    """Say whether a policy's ARN is that of one which AWS writes."""
    return text(raw).split(":")[4] == "aws"


def sway_of(holder: Holder, look: Look) -> Sway:
    """Join what is written into a holder and what is attached to it."""
    found = Sway()
    for one in holder.inline:
        found |= sway(one.document)
    for arn in holder.attached:
        found |= policy(arn, look).sway
    return found


def policy(arn: str, look: Look) -> ManagedPolicy:
    """Find a managed policy by its ARN; raise ValueError where the list does not name it."""
    found: ManagedPolicy = given.managed(arn, look)
    return found


def held_by(principal: Principal, look: Look) -> tuple[str, ...]:
    """Say what the policies of a principal and of its groups give of what matters, within its boundary."""
    found = principal.sway
    if isinstance(principal, UserPolicies):
        for name in principal.groups:
            for group in look.where(Group, Group.called, name):
                found |= group.sway
    return left(found, None if principal.boundary is None else policy(principal.boundary, look).sway)


def needed_to_hold(kind: type[Principal]) -> Iterator[Fact[Any]]:
    """Name what the permissions of a principal are made of."""
    yield from (kind.sway, kind.boundary, ManagedPolicy.sway)
    if issubclass(kind, UserPolicies):
        yield from (kind.groups, Group.called, Group.sway)


def fellows(look: Look) -> Partial[str]:
    """Name the accounts of the organisation; the one that manages it may be known where the others are not."""
    found = gathered(look.every(Member), lambda one: (one.number,))
    if found.missing is None and look.estate.source is Source.LIVE:
        return found
    # Code that declares accounts need not declare the organisation that they are in.
    above = gathered(look.every(Membership), lambda one: () if one.management is None else (one.management,))
    return Partial((*found.known, *above.known), found.missing or above.missing)


class Holder(Resource):
    """What policies can be written into or attached to. Abstract."""

    inline: Fact[tuple[NamedPolicy, ...]] = fact("The policies written into it.")
    # AWS leaves an empty list out (GetAccountAuthorizationDetails, API reference): it is then as if it were empty.
    attached: Fact[tuple[str, ...]] = fact(
        "The ARNs of the managed policies attached to it.",
        live=item("AttachedManagedPolicies[].PolicyArn", tuple_of(text), absent=()),
    )
    breadth: Fact[tuple[str, ...]] = derived(
        "The policies written into it that give every action on every backup, and of which services.",
        needs=lambda kind: [kind.inline],
        by=lambda holder, look: breadths([(one.name, one.document) for one in holder.inline], holder, look),
    )
    sway: Fact[Sway] = derived(
        "What its own policies say of the actions that take backups away, by their letter.",
        needs=lambda kind: [kind.inline, kind.attached, ManagedPolicy.sway],
        by=sway_of,
    )


class Principal(Holder):
    """A holder of policies that can act: a role or a user. Abstract."""

    boundary: Fact[str | None] = fact(
        "The ARN of the policy that bounds what the others may give it; none for no boundary.",
        live=item("PermissionsBoundary.PermissionsBoundaryArn", text, absent=None),
    )
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    created_at: Fact[datetime] = fact("When it was created.", live=item("CreateDate", instant))
    path: Fact[str] = fact("The path in its ARN.", live=item("Path", text))
    may_touch_backups: Fact[bool] = fact(
        "Its entry leaves it possible that it may touch backups: only then is it asked what it used.",
        live=item("@", may_touch),
    )
    deeds: Fact[Partial[Deed]] = derived(
        "What it can do to backups and to how long they are kept, by all policies that have a say.",
        needs=reach.reads,
        by=reach.deeds,
    )
    key_deeds: Fact[Partial[Deed]] = derived(
        "What it can do to the keys of backups, by all policies that have a say.",
        needs=reach.reads,
        by=reach.key_deeds,
    )
    policies: Fact[tuple[Given, ...]] = derived(
        "The policies that give it something: its own, those attached to it, those of its groups.",
        needs=given.needs,
        by=given.policies_of,
    )
    bound: Fact[Given | None] = derived(
        "Its boundary; none for no boundary.", needs=given.bound_needs, by=given.bound_of
    )
    taking_away: Fact[tuple[str, ...]] = derived(
        "The actions that take backups away which its policies give it by their letter.",
        needs=needed_to_hold,
        by=held_by,
    )
    uses: Fact[tuple[ServiceUse, ...]] = fact(
        # Two calls and more per identity that may touch backups; AWS makes a report of each, which takes it seconds.
        "When it last used the services that keep backups, of those its policies let it use.",
        live=DETAILS.at("ServicesLastAccessed", uses, absent=(), given=("may_touch_backups", True)),
    )


class Role(Principal):
    """A role of IAM."""

    kind = "aws.iam.role"
    title = "role"
    listed_by = Listing(_DETAILS, _ALL, id="{Arn}", name="{RoleName}", where="RoleId", everywhere=True)

    trust: Fact[Document] = fact(
        "The policy that says who may assume it.", live=item("AssumeRolePolicyDocument", document)
    )
    entrants: Fact[tuple[Entrant, ...]] = derived(
        "Whom its trust policy lets in, AWS's own services aside.",
        needs=lambda kind: [kind.trust],
        by=lambda role, _: entrants(role.trust),
    )
    organisation: Fact[str | None] = derived(
        "The organisation that its account is in; none for none.",
        needs=lambda _: [Membership.organisation],
        by=lambda _, look: next((one.organisation for one in look.every(Membership)), None),
    )
    fellows: Fact[Partial[str]] = derived(
        "The accounts of the organisation that its account is in.",
        needs=lambda _: [Member.number, Membership.management],
        by=lambda _, look: fellows(look),
    )
    entry: Fact[Entry] = derived(
        "Who can take it, by its trust policy.",
        needs=lambda kind: [kind.trust],
        by=lambda role, _: entry(role.trust),
    )
    inline: Fact[tuple[NamedPolicy, ...]] = fact(
        "The policies written into it.", live=item("RolePolicyList", named, absent=())
    )
    last_used_at: Fact[datetime | None] = fact(
        # Left out where it was not used in the tracking period of 400 days (RoleLastUsed, API reference).
        "When it was last used; none for not within the 400 days that AWS looks back.",
        live=item("RoleLastUsed.LastUsedDate", instant, absent=None),
    )
    service_linked: Fact[bool] = fact(
        "A service of AWS made it for itself and alone can change it.", live=item("Path", linked)
    )
    longest_session: Fact[timedelta] = fact(
        "How long one session may last.", live=_ROLES.at("MaxSessionDuration", seconds)
    )


def reported(user: UserPolicies, look: Look) -> User:
    """Find a user in the credential report; it may be older than the user."""
    found = look.one(User, user.id)
    if found is None:
        raise ValueError(f"the credential report does not name {user.id}")
    return found


def doubly(user: User) -> bool:
    """Say whether nobody can act as a user without a second factor."""
    asked: tuple[Callable[[], bool], ...] = (lambda: not user.has_keys, lambda: user.mfa or not user.console)
    return all_of(asked, lambda holds: holds())


class UserPolicies(Principal):
    """What an IAM user may do: a user as the list of policies shows it. Its credentials are facts of `User`."""

    kind = "aws.iam.user-policies"
    title = "IAM user's permissions"
    listed_by = Listing(_DETAILS, _ALL, id="{Arn}", name="{UserName}", where="UserId", everywhere=True)

    inline: Fact[tuple[NamedPolicy, ...]] = fact(
        "The policies written into it.", live=item("UserPolicyList", named, absent=())
    )
    groups: Fact[tuple[str, ...]] = fact(
        "The names of the groups that it is in.", live=item("GroupList", tuple_of(text), absent=())
    )
    has_keys: Fact[bool] = derived(
        "It has an active access key.",
        needs=lambda _: [User.has_keys],
        by=lambda user, look: reported(user, look).has_keys,
    )
    console: Fact[bool] = derived(
        "It can sign in to the console.",
        needs=lambda _: [User.console],
        by=lambda user, look: reported(user, look).console,
    )
    second_factor: Fact[bool] = derived(
        # Whoever has an MFA device is asked for it at each sign-in (user guide, "AWS multi-factor authentication in IAM").
        "Nobody can act as it without a second factor: it has no active key, and no password without MFA.",
        needs=lambda _: [User.has_keys, User.console, User.mfa],
        by=lambda user, look: doubly(reported(user, look)),
    )


class Group(Holder):
    """A group of IAM users."""

    kind = "aws.iam.group"
    title = "IAM group"
    listed_by = Listing(_DETAILS, _ALL, id="{Arn}", name="{GroupName}", where="GroupId", everywhere=True)

    called: Fact[str] = fact("Its name, by which users name it.", live=item("GroupName", text))
    inline: Fact[tuple[NamedPolicy, ...]] = fact(
        "The policies written into it.", live=item("GroupPolicyList", named, absent=())
    )


class ManagedPolicy(Resource):
    """A managed policy: the account's own, or one of AWS that is attached somewhere.

    The default version is in force, so `document` is that one. `older` holds the others: they give nothing until
    somebody who may `iam:SetDefaultPolicyVersion` puts them in force, so they count for judging that permission only.
    """

    kind = "aws.iam.policy"
    title = "managed policy"
    listed_by = Listing(_DETAILS, _ALL, id="{Arn}", name="{PolicyName}", where="PolicyId", everywhere=True)

    document: Fact[Document] = fact("What the version in force says.", live=item("PolicyVersionList", in_force))
    sway: Fact[Sway] = derived(
        "What it says of the actions that take backups away, by its letter.",
        needs=lambda kind: [kind.document],
        by=lambda policy, _: sway(policy.document),
    )
    breadth: Fact[tuple[str, ...]] = derived(
        "The services of which it gives every action on every backup.",
        needs=lambda kind: [kind.document],
        by=lambda policy, look: breadth(policy.document, policy, look),
    )
    older: Fact[tuple[NamedPolicy, ...]] = fact(
        "What the versions say that are not in force.", live=item("PolicyVersionList", versions)
    )
    attachments: Fact[int] = fact(
        "How many users, groups and roles it is attached to.", live=item("AttachmentCount", whole)
    )
    as_boundary: Fact[int] = fact(
        # Left out in old answers, from before boundaries (ManagedPolicyDetail, API reference).
        "How many users and roles it bounds.", live=item("PermissionsBoundaryUsageCount", whole, absent=0)
    )  # fmt: skip
    aws_managed: Fact[bool] = fact("AWS writes it.", live=item("Arn", of_aws))
