"""ARNs: arn:partition:service:region:account:resource. And the places in them that code does not settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.model.resource import Resource

_COLONS = 5
#: The first sign of a text that stands for a region or an account that code leaves open.
OPEN = "?"


class Somewhere(str):
    """A region or an account that code leaves open: the same as itself; whether it is another, nobody can say.

    It begins with `?` and names what decides it, such as the provider configuration of a Terraform module.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str) or not other or str.__eq__(self, other):
            return str.__eq__(self, other)
        from scanner.model.errors import CouldNotCheck  # noqa: PLC0415  # only code that is judged comes here
        from scanner.model.reading import Reason, Unknown  # noqa: PLC0415

        one, two = (str(side).removeprefix(OPEN) for side in (self, other))
        raise CouldNotCheck(
            Unknown(Reason.UNRESOLVED, f"the code does not settle the place `{one}`, so it may be `{two}` or another")
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def somewhere(text: str) -> str:
    """Give a region or an account as it must be compared: one that is left open equals no other and differs from none."""
    return Somewhere(text) if text.startswith(OPEN) else text


def tentative(text: str, owner: Resource) -> str:
    """Give a resource's id or name as it must be compared: code may leave it open, or the place in it.

    The name of what has none in the code is its address; whatever another text names may be it.
    """
    declared = owner.declaration
    if declared is not None and (owner.name == declared.address or f":{OPEN}" in text):
        return Somewhere(text)
    return text


def is_arn(text: str) -> bool:
    """Say whether a name is an ARN."""
    return text.startswith("arn:") and text.count(":") >= _COLONS


def place_of(text: str) -> tuple[str, str]:
    """Give the region and the account that an ARN names, each "" where it names none; both "" of what is no ARN."""
    if not is_arn(text):
        return "", ""
    region, account = text.split(":", _COLONS)[3:5]
    return somewhere(region), somewhere(account)
