"""AWS Organizations in code: the organisation, its accounts, and the policies that bound what they can do.

Where in the organisation the account of a piece of code is, only AWS tells; so code tells what a policy says, and not
whom it bounds. The account that declares the organisation manages it, and no policy bounds that one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import ARN, NAME, Form, at, made
from scanner.model.convert import text
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import document
from scanner.resources.organizations import (
    ALL_FEATURES,
    Ceiling,
    ControlPolicy,
    Member,
    Membership,
    ResourceControlPolicy,
)

_CHOSEN: Final = "AWS chooses it when the code is applied"
_SERVICE, _RESOURCE = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


def _attached(block: Block) -> str:
    """Name a policy as if it were attached to a level of its own: to which ones it is, code does not tell."""
    return f"{block.address}/{block.known_name or block.address}"


def _of_sort(path: str, sort: str, default: str) -> Callable[[Block], bool]:
    """Say whether a policy is of a sort; one whose sort is open may be of any."""

    def when(block: Block) -> bool:
        value = block.find(path).value
        return isinstance(value, Unresolved) or (default if value is ABSENT else value) == sort

    return when


def _policies(kind: type[Ceiling], sort: str) -> tuple[Form, ...]:
    return (
        Form(
            kind,
            "aws_organizations_policy",
            arn=_attached,
            name="name",
            gives={"id": lambda block: block.known_name or block.address},
            facts={"document": at("content", document)},
            when=_of_sort("type", sort, _SERVICE),
        ),
        Form(
            kind,
            "AWS::Organizations::Policy",
            arn=_attached,
            name="Name",
            gives={"Ref": lambda block: block.address, "Id": lambda block: block.address},
            facts={"document": at("Content", document)},
            when=_of_sort("Type", sort, ""),
        ),
    )


def _account(block: Block) -> Any:
    return block.account


FORMS: Final = (
    *_policies(ControlPolicy, _SERVICE),
    *_policies(ResourceControlPolicy, _RESOURCE),
    Form(
        Membership,
        "aws_organizations_organization",
        arn="arn:{partition}:organizations::{account}:membership",
        gives={"id": NAME, "master_account_id": _account},
        facts={
            "organisation": at("id", text, computed=_CHOSEN),
            "management": made(_account),
            "features": at(
                "feature_set", text, absent=ALL_FEATURES, docs="r/organizations_organization: ALL by default"
            ),
        },
    ),
    Form(
        Membership,
        "AWS::Organizations::Organization",
        arn="arn:{partition}:organizations::{account}:membership",
        gives={"Ref": NAME, "Id": NAME, "ManagementAccountId": _account},
        facts={
            "organisation": at("Id", text, computed=_CHOSEN),
            "management": made(_account),
            "features": at(
                "FeatureSet", text, absent=ALL_FEATURES, docs="AWS::Organizations::Organization: the default is ALL"
            ),
        },
    ),
    Form(
        Member,
        "aws_organizations_account",
        arn="arn:{partition}:organizations::{account}:account/{address}",
        name="name",
        gives={"arn": ARN},
        facts={"number": at("id", text, computed=_CHOSEN)},
    ),
    Form(
        Member,
        "AWS::Organizations::Account",
        arn="arn:{partition}:organizations::{account}:account/{address}",
        name="AccountName",
        gives={"Arn": ARN},
        facts={"number": at("AccountId", text, computed=_CHOSEN)},
    ),
)
