"""Organisations: where an account is in one, which moto does not say; and that it is in none, which moto says otherwise."""

from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import EVERYWHERE
from scanner.emulation.wire import Document, Refusal


@answers("organizations:DescribeAccount")
def describe_account(call: Call) -> Document:
    """As moto's, with the path from the root down to the account."""
    manager = _managed(call)
    answer = call.moto()
    path, one = [], next(each for each in manager.accounts if each.id == call.params["AccountId"])
    while one is not None:
        path.append(one.id)
        one = next((each for each in manager.ou if each.id == one.parent_id), None)
    return {"Account": {**answer["Account"], "Paths": ["/".join((manager.org.id, *reversed(path))) + "/"]}}


@answers("organizations:ListAccounts")
def list_accounts(call: Call) -> Document:
    _managed(call)
    return call.moto()


def _managed(call: Call) -> Any:
    """Give moto's organisation of the calling account; only the management account may look into it."""
    from moto.organizations.models import organizations_backends

    backend = call.world.backend("organizations", call.account, EVERYWHERE)
    if backend.org is not None:
        return backend
    if call.account in organizations_backends.master_accounts:
        raise Refusal("AccessDeniedException", "You don't have permissions to access this resource.")
    raise Refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
