"""Keys of things: who manages the KMS key that a resource is encrypted with, and in which state it is."""

from __future__ import annotations

from typing import Any

from scanner.model.arn import same
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, legible
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.resources.kms import AWS, CUSTOMER, Alias, Key, Named, named

#: The state of a key that a resource names and that is certainly not there any more.
GONE = "gone"


def key_needs(kind: type[Resource]) -> list[Fact[Any]]:
    """Name the facts that `manager_of` and `state_of` read of a kind."""
    return [kind.facts["key"], Alias.target, Key.manager, Key.state]


def manager_of(owner: Any, look: Look) -> str | None:
    """Say who manages the KMS key of a resource: CUSTOMER or AWS; none where it has no KMS key.

    AWS managed keys cannot be shared, so a key of another account is a customer's; they cannot be deleted either, so
    a key that is gone was a customer's; and only AWS may name an alias `alias/aws/...` (KMS developer guide, "AWS KMS
    keys" and "Aliases").
    """
    name = _name(owner)
    if name is None:
        return None
    if name.alias.startswith("alias/aws/"):
        return AWS
    if not same(name.account, look.estate.account):
        return CUSTOMER
    key = resolve(name, look)
    return CUSTOMER if key is None else key.manager


def state_of(owner: Any, look: Look) -> str | None:
    """Give the state of the KMS key of a resource, `gone` where it does not exist; none where it has no KMS key."""
    name = _name(owner)
    if name is None:
        return None
    if not same(name.account, look.estate.account):
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"{name.arn} belongs to account {name.account}, not scanned here"))
    key = resolve(name, look)
    if key is None and name.alias.startswith("alias/aws/"):
        # Code that names no key gets the service's own: AWS makes it, and nobody can disable or delete it.
        return "Enabled"
    return GONE if key is None else key.state


def untold(owner: Any, look: Look) -> str | None:  # noqa: ARG001  # the shape of a derived fact
    """Say that AWS does not tell the key of this kind."""
    raise CouldNotCheck(Unknown(Reason.UNSUPPORTED, f"AWS does not list the key of a {owner.title}"))


def resolve(name: Named, look: Look) -> Key | None:
    """Find the key that is named; None where it certainly does not exist; raise where it may, out of sight."""
    if not name.key:
        alias = look.one(Alias, name.arn)
        if alias is None or alias.target is None:
            return None
        name = Named(name.account, name.region, key=alias.target, partition=name.partition)
    return look.one(Key, name.arn)


def _name(owner: Any) -> Named | None:
    reference: str | None = owner.key
    if not reference:
        return None
    with legible():
        return named(reference, owner)


class Keyed(Resource):
    """Something that a KMS key may encrypt. Abstract; each kind says where AWS keeps the key."""

    key: Fact[str | None] = fact("The KMS key that encrypts it, as AWS names it; none for no KMS key.")
    key_manager: Fact[str | None] = derived(
        "Who manages that KMS key: CUSTOMER or AWS; none for no KMS key.", needs=key_needs, by=manager_of
    )
    key_state: Fact[str | None] = derived(
        "The state of that KMS key; none for no KMS key.", needs=key_needs, by=state_of
    )
