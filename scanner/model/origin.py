"""Origins: where live AWS keeps a fact. The call is data, so plans, permissions and documentation follow from it.

The border of this declaration is fixed: *a call, a path in its answer, a converter, a default*. What does not
fit is a `derived` fact in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Generic, TypeVar

from scanner.model.late_dataclass import dataclass

T = TypeVar("T")


class _Nothing:
    """The absence of a default: what an answer leaves out is unknown."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final = _Nothing()


@dataclass(frozen=True, slots=True)
class Of:
    """A parameter taken from the listed item by a path; `up` counts the parents to climb first."""

    path: str
    up: int = 0


def of(path: str) -> Of:
    """Take the parameter from the listed item itself."""
    return Of(path)


def parent(path: str) -> Of:
    """Take the parameter from the item of the parent resource."""
    return Of(path, up=1)


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """A parameter that is the id of the scanned account."""


OWN_ACCOUNT: Final = OwnAccount()


@dataclass(frozen=True, slots=True)
class Answered:
    """A parameter taken by a path from the answer of the call that is made `first`."""

    path: str


def answered(path: str) -> Answered:
    """Take the parameter from the answer of the call that is made first."""
    return Answered(path)


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a list, as RDS and EC2 take it: a name and the values, any of which will do."""

    name: str
    values: tuple[str, ...]

    @property
    def told(self) -> dict[str, str | list[str]]:
        """The filter as AWS wants it."""
        return {"Name": self.name, "Values": [*self.values]}


Parameter = Of | OwnAccount | Answered | str | int | bool | tuple[str | Filter, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One AWS operation with its parameters.

    `permission` is the IAM action where AWS does not name it after the operation.
    `nothing_on` lists the error codes by which AWS says "not configured"; they read as an empty answer.
    `first` is a call by which AWS makes what this one then reads; its parameters are taken from where this one's are.
    A call with `until` is repeated until its answer says so: a path, its value, and the values by which AWS says that
    it gave up.
    """

    service: str
    operation: str
    parameters: tuple[tuple[str, Parameter], ...] = ()
    permission: str = ""
    nothing_on: tuple[str, ...] = ()
    first: Call | None = None
    until: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The call as AWS documents it: `rds:DescribeDBInstances`."""
        return f"{self.service}:{self.operation}"

    def at(
        self,
        path: str,
        convert: Callable[[Any], T],
        *,
        absent: T | _Nothing = NOTHING,
        given: tuple[str, object] | None = None,
    ) -> Live[T]:
        """Keep the fact at `path` of this call's answer, asked once per resource."""
        return Live(path=path, convert=convert, absent=absent, call=self, given=given)


def call(
    name: str,
    *,
    permission: str = "",
    nothing_on: Sequence[str] = (),
    first: Call | None = None,
    until: tuple[str, ...] = (),
    **parameters: Parameter | Sequence[str | Filter],
) -> Call:
    """Name an AWS operation, `service:Operation`, with botocore's service name, and its parameters."""
    service, operation = name.split(":")
    frozen = tuple(
        (key, value if isinstance(value, (Of, OwnAccount, Answered, str, int, bool)) else tuple(value))
        for key, value in parameters.items()
    )
    return Call(service, operation, frozen, permission, tuple(nothing_on), first, until)


@dataclass(frozen=True, slots=True)
class SideList:
    """A list that answers one question for many resources: asked once per region, or once `everywhere`; joined by key.

    `key` is a path in each entry; `match` is a path in the listed item, or "" for the resource's id.
    """

    call: Call
    items: str
    key: str
    match: str = ""
    everywhere: bool = False

    def at(self, path: str, convert: Callable[[Any], T], *, absent: T | _Nothing = NOTHING) -> Live[T]:
        """Keep the fact at `path` of the entry; `absent` is the value of what the list does not name."""
        return Live(path=path, convert=convert, absent=absent, side=self)


@dataclass(frozen=True, slots=True)
class Live(Generic[T]):
    """Where live AWS keeps a fact: in the listed item, in a call of its own, or in a side list.

    `given=("manager", "CUSTOMER")` asks only where that fact has that value, and gives `absent` elsewhere.
    """

    path: str
    convert: Callable[[Any], T]
    absent: T | _Nothing = NOTHING
    call: Call | None = None
    side: SideList | None = None
    given: tuple[str, object] | None = None


def item(path: str, convert: Callable[[Any], T], *, absent: T | _Nothing = NOTHING) -> Live[T]:
    """Keep the fact in the item of the listing that found the resource: no call of its own."""
    return Live(path=path, convert=convert, absent=absent)


@dataclass(frozen=True, slots=True)
class Listing:
    """How the resources of a kind are found.

    `items` is a path in each page; where it leads to one text (a CSV report), `parse` makes items of it. `id` and `name` are templates over the item's top-level fields and
    `{account}`, `{region}`, `{partition}`; `where` is a path that must be true of an item, `picks` a function
    that must be, where there are too many items for a path. `everywhere` marks a
    service that has one list for all regions; `region` is then the path of the item's own region, and `located_by`
    the call that tells it where the list does not. `call=None` makes one resource per region (or per account) or
    takes the items from the configuration (`declared`); those that a drill `measured` name the `record` they are in.
    """

    call: Call | None
    items: str = "@"
    id: str = ""
    name: str = ""
    where: str = ""
    everywhere: bool = False
    region: str = ""
    located_by: Live[str] | None = None
    declared: str = ""
    measured: bool = False
    parse: Callable[[Any], Iterable[Any]] | None = None
    picks: Callable[[Any], bool] | None = None
