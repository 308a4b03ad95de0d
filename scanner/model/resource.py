"""Resources: things that must survive, and things that help them to. A kind is a class, its facts are declared on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scanner.model.fact import Fact

if TYPE_CHECKING:
    from scanner.model.declaration import Declaration
    from scanner.model.look import Look
    from scanner.model.origin import Listing
    from scanner.model.reading import Reading, Unknown


class Resource:
    """One resource of an estate: its identity, which is always known, and the readings of its facts."""

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    listed_by: ClassVar[Listing | None] = None
    child_of: ClassVar[type[Resource] | None] = None
    #: the name of the fact that holds the id of the resource this one belongs to (a backup's source)
    belongs_to: ClassVar[str] = ""
    #: the name of the fact that names what a copy was copied from, where that tells the source's account and its ARN does not
    came_from: ClassVar[str] = ""
    #: the kinds that it can belong to; () for any data store
    made_of: ClassVar[tuple[str, ...]] = ()
    #: the name of the fact that holds the tags by which systems select it
    tagged_by: ClassVar[str] = ""
    #: the name of the fact that names its declared system outright
    member_of: ClassVar[str] = ""
    #: the name of the fact that names the one clause it is about, where its rule enforces several
    about: ClassVar[str] = ""
    #: it is what people wrote: it joins an estate when that is judged, and belongs to no system
    recorded: ClassVar[bool] = False
    #: it is a part of code, and no account has any
    in_code: ClassVar[bool] = False
    facts: ClassVar[Mapping[str, Fact[Any]]] = {}

    __slots__ = ("account", "declaration", "doubt", "id", "look", "name", "readings", "region")

    def __init__(
        self,
        id: str,  # noqa: A002  # the field's own word
        name: str,
        account: str,
        region: str,
        readings: Mapping[str, Reading[Any]],
        declaration: Declaration | None = None,
        doubt: Unknown | None = None,
    ) -> None:
        self.id = id
        self.name = name
        self.account = account
        self.region = region
        self.readings = readings
        #: where code declares it; none of what live AWS holds
        self.declaration = declaration
        #: why it may not exist at all, where code leaves that open
        self.doubt = doubt
        self.look: Look = None  # type: ignore[assignment]  # a resource is read through a look only

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Fact)}
        for base in cls.__mro__[1:]:
            for name, value in vars(base).items():
                if isinstance(value, Fact) and name not in vars(cls):
                    own[name] = value.of(cls)
                    setattr(cls, name, own[name])
        cls.facts = own

    def seen_by(self, look: Look) -> Self:
        """Bind the resource to the look that reads it, leaving this one untouched."""
        twin = object.__new__(type(self))
        twin.id, twin.name, twin.account, twin.region = self.id, self.name, self.account, self.region
        twin.readings = self.readings
        twin.declaration, twin.doubt = self.declaration, self.doubt
        twin.look = look
        return twin

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id}>"
