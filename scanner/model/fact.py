"""Facts: what is worth knowing about a kind of resource, declared once, the way an ORM declares columns.

`Table.pitr` is the declaration, `table.pitr` the value. Reading a value inside a judgement records it as evidence;
a value that could not be read raises `CouldNotCheck`, which only the engine catches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from scanner.model.look import Look
    from scanner.model.origin import Live
    from scanner.model.resource import Resource

T = TypeVar("T")
Judge = Callable[[Any, "Look"], T]
Needs = Callable[[Any], "Iterable[Fact[Any]]"]


class Fact(Generic[T]):
    """One thing worth knowing about a kind, with the place where each source keeps it."""

    __slots__ = ("_needs", "by", "live", "name", "owner", "promise")

    def __init__(
        self,
        promise: str,
        *,
        live: Live[T] | None = None,
        by: Judge[T] | None = None,
        needs: Needs | None = None,
    ) -> None:
        self.promise = promise
        self.live = live
        self.by = by
        self._needs = needs
        self.name = ""
        self.owner: type[Resource] = None  # type: ignore[assignment]  # set by __set_name__

    def __set_name__(self, owner: type[Resource], name: str) -> None:
        self.owner = owner
        self.name = name

    def of(self, owner: type[Resource]) -> Fact[T]:
        """Declare the same fact for a kind that inherits it."""
        twin: Fact[T] = Fact(self.promise, live=self.live, by=self.by, needs=self._needs)
        twin.__set_name__(owner, self.name)
        return twin

    @property
    def needs(self) -> tuple[Fact[Any], ...]:
        """The facts that a derived fact is made of."""
        return tuple(self._needs(self.owner)) if self._needs else ()

    @property
    def key(self) -> str:
        """The fact's name in reports: `aws.rds.instance.retention`."""
        return f"{self.owner.kind}.{self.name}"

    @overload
    def __get__(self, resource: None, owner: type[Resource]) -> Self: ...
    @overload
    def __get__(self, resource: Resource, owner: type[Resource]) -> T: ...
    def __get__(self, resource: Resource | None, owner: type[Resource]) -> Self | T:
        if resource is None:
            return self
        return resource.look.read(resource, self)

    def __repr__(self) -> str:
        return f"<fact {self.key}>"


def fact(promise: str, *, live: Live[T] | None = None) -> Fact[T]:
    """Declare a fact that a source keeps; the promise is a sentence that is true of the value."""
    return Fact(promise, live=live)


def derived(promise: str, *, needs: Needs, by: Judge[T]) -> Fact[T]:
    """Declare a fact that is made of others.

    `by(resource, look)` may read the resource's facts and look at the rest of the estate; `needs(kind)` names every
    fact that it reads when it is asked of that kind, late, because kinds refer to each other.
    """
    return Fact(promise, by=by, needs=needs)
