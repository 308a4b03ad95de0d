"""AWS Organizations: whether the account is in an organisation, where, and what the organisation forbids it.

Only the management account and delegated administrators may see where an account is and what is attached there
(DescribeAccount, ListPoliciesForTarget, API reference). From any other account these facts are unknown, with AWS's
refusal as the reason; that the account is in an organisation, and in which, every account may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scanner.model.convert import text
from scanner.model.fact import Fact, derived, fact
from scanner.model.logic import either
from scanner.model.look import Look
from scanner.model.origin import OWN_ACCOUNT, Listing, call, item, of, parent
from scanner.model.resource import Resource
from scanner.permissions.document import Document, document
from scanner.resources.iam.documents import NamedPolicy

_NONE = ["AWSOrganizationsNotInUseException"]
_ORGANISATION = call("organizations:DescribeOrganization", nothing_on=_NONE)
#: The organisation has policies; the other set, CONSOLIDATED_BILLING, has none (user guide, "Available feature sets").
ALL_FEATURES = "ALL"


def levels(answer: Any) -> Iterator[Mapping[str, Any]]:
    """Cut an account's path, `o-1/r-2/ou-3/111111111111/`, into its levels, the root first and the account last."""
    # SDKs of before 2026 drop the field; no account can be in two places, though the field is a list.
    if len(answer["Account"].get("Paths") or ()) != 1:
        raise ValueError("the answer does not say where in the organisation the account is")
    (path,) = answer["Account"]["Paths"]
    organisation, *below = text(path).strip("/").split("/")
    if not organisation.startswith("o-") or not below or below[-1] != answer["Account"]["Id"]:
        raise ValueError(f"no path of an account in an organisation: {path!r}")
    for depth, one in enumerate(below):
        yield {"Id": one, "Depth": depth}


class Level(Resource):
    """A level of the organisation that the account is in: the root, an organisational unit, the account itself."""

    kind = "aws.organizations.level"
    title = "level of the organisation"
    listed_by = Listing(
        call("organizations:DescribeAccount", AccountId=OWN_ACCOUNT, nothing_on=_NONE), "@",
        id="{Id}", name="{Id}", everywhere=True, parse=levels,
    )  # fmt: skip

    depth: Fact[int] = fact("How many levels are above it.", live=item("Depth", int))


class Ceiling(Resource):
    """A policy of the organisation that bounds what can be done, attached to a level above the account. Abstract."""

    level: Fact[str] = derived(
        "The level that it is attached to.",
        needs=lambda _: (),
        by=lambda policy, _: policy.id.partition("/")[0],
    )
    document: Fact[Document] = fact(
        "What it says.", live=call("organizations:DescribePolicy", PolicyId=of("Id")).at("Policy.Content", document)
    )


class ControlPolicy(Ceiling):
    """A service control policy: what the account's own identities can do at most."""

    kind = "aws.organizations.service-control-policy"
    title = "service control policy"
    child_of = Level
    listed_by = Listing(
        call("organizations:ListPoliciesForTarget", TargetId=parent("Id"), Filter="SERVICE_CONTROL_POLICY"),
        "Policies[]", id="{parent_id}/{Id}", name="{Name}", everywhere=True,
    )  # fmt: skip


class ResourceControlPolicy(Ceiling):
    """A resource control policy: what anybody can do with the account's resources at most."""

    kind = "aws.organizations.resource-control-policy"
    title = "resource control policy"
    child_of = Level
    listed_by = Listing(
        call("organizations:ListPoliciesForTarget", TargetId=parent("Id"), Filter="RESOURCE_CONTROL_POLICY"),
        "Policies[]", id="{parent_id}/{Id}", name="{Name}", everywhere=True,
    )  # fmt: skip


class Member(Resource):
    """An account of the organisation."""

    kind = "aws.organizations.account"
    title = "account of the organisation"
    listed_by = Listing(
        call("organizations:ListAccounts", nothing_on=_NONE), "Accounts[]", id="{Arn}", name="{Name}", everywhere=True
    )

    number: Fact[str] = fact("Its id.", live=item("Id", text))


def ceilings(kind: type[Ceiling]) -> Callable[[Membership, Look], tuple[tuple[NamedPolicy, ...], ...]]:
    """Make a judge of what is attached to each level of the account's path, the root first."""

    def judge(membership: Membership, look: Look) -> tuple[tuple[NamedPolicy, ...], ...]:
        # No policy of the organisation bounds its management account (user guide, "Service control policies",
        # "Resource control policies").
        if either(
            lambda: membership.is_management,
            lambda: membership.organisation is None,
            lambda: membership.features != ALL_FEATURES,
        ):
            return ()
        found = [
            tuple(NamedPolicy(one.name, one.document) for one in look.where(kind, kind.level, level.id))
            for level in sorted(look.every(Level), key=lambda level: level.depth)
        ]
        if not found:
            raise ValueError("the account is in an organisation that does not say where")
        if not any(found):
            return ()  # the type of policy is turned off: where it is on, each level has at least one
        if not all(found):
            raise ValueError("a level of the organisation has no policy, which AWS does not allow")
        return tuple(found)

    return judge


class Membership(Resource):
    """The account's place in an organisation, or that it is in none."""

    kind = "aws.organizations.membership"
    title = "membership of an organisation"
    listed_by = Listing(
        None, id="arn:{partition}:organizations::{account}:membership", name="account {account}", everywhere=True
    )

    organisation: Fact[str | None] = fact(
        "The id of the organisation that the account is in; none for none.",
        live=_ORGANISATION.at("Organization.Id", text, absent=None),
    )
    management: Fact[str | None] = fact(
        "The account that manages the organisation; none where the account is in none.",
        live=_ORGANISATION.at("Organization.MasterAccountId", text, absent=None),
    )
    features: Fact[str | None] = fact(
        "What the organisation can do: ALL or CONSOLIDATED_BILLING; none where the account is in none.",
        live=_ORGANISATION.at("Organization.FeatureSet", text, absent=None),
    )
    is_management: Fact[bool] = derived(
        "The account manages the organisation: no policy of it bounds this account.",
        needs=lambda _: [Membership.management],
        by=lambda membership, _: membership.management == membership.account,
    )
    control_policies: Fact[tuple[tuple[NamedPolicy, ...], ...]] = derived(
        "The service control policies over the account's identities, per level from the root down: each level must "
        "allow what is to be allowed. Nothing where none bounds them.",
        needs=lambda _: [
            Membership.organisation, Membership.features, Membership.is_management, Level.depth, ControlPolicy.level,
            ControlPolicy.document,
        ],
        by=ceilings(ControlPolicy),
    )  # fmt: skip
    resource_control_policies: Fact[tuple[tuple[NamedPolicy, ...], ...]] = derived(
        "The resource control policies over the account's resources, per level from the root down, as above.",
        needs=lambda _: [
            Membership.organisation, Membership.features, Membership.is_management, Level.depth,
            ResourceControlPolicy.level, ResourceControlPolicy.document,
        ],
        by=ceilings(ResourceControlPolicy),
    )  # fmt: skip
