"""Forms: where a block of code keeps each fact of a kind, and what holds where the code says nothing.

The border of this declaration is that of live origins: *a path, a converter, a default, a satellite block*. What does
not fit is a function of the block (`made`). Every fact of a kind that live AWS tells has its place here: in `facts`,
or in `beyond` with the reason why no code holds it; a house test fails on a hole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from scanner.iac.block import Block
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource

if TYPE_CHECKING:
    from scanner.iac.surroundings import Surroundings


class _Nothing:
    def __repr__(self) -> str:
        return "NOTHING"


#: No default: what the code does not set is unknown.
NOTHING: Final = _Nothing()


@dataclass(frozen=True, slots=True)
class Satellite:
    """A block of its own that settles something of another: its type, and the attribute that names the other.

    `value` is what that attribute holds of the other: any identity of it (its name, id or ARN). `when(other, own)` says
    whether it really means it, where an identity alone does not tell.
    """

    type: str
    by: str
    when: Callable[[Block, Block], bool] | None = None


@dataclass(frozen=True, slots=True)
class At:
    """One place where code keeps a fact.

    `absent` is what holds where it is not set, as `docs` says (the page and the words); `computed` says that AWS then
    chooses, and what. `every` takes the values of all satellites, in their order, instead of one. `write` turns the
    fact's value back into code, for fixes. `shows` names the attribute that findings point at, where it is not the
    whole path. Of a list of nested blocks, `parts` are the attributes within them that a verdict may name instead: the
    dotted path of the blocks within each, a word, and the attribute; the second rule's is labelled `2.word`, that of its
    first copy `2.1.word`.
    """

    path: str
    convert: Callable[[Any], Any]
    absent: Any = NOTHING
    docs: str = ""
    computed: str = ""
    via: Satellite | None = None
    every: bool = False
    write: Callable[[Any], Any] | None = None
    shows: str = ""
    parts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A fact that a function makes of a whole block; `shows` are the attributes that findings point at, first set wins."""

    by: Callable[[Block], Any]
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """A fact that a function makes of a block and of the other blocks of the code; `shows` as for `Made`."""

    by: Callable[[Block, Surroundings], Any]
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Always:
    """A fact that is the same of every resource of the kind, whatever the code says, as `docs` says."""

    value: Any
    docs: str = ""


Origin = At | Made | Joined | Always


def at(  # noqa: PLR0913  # each is one plain word of the declaration
    path: str,
    convert: Callable[[Any], Any],
    *,
    absent: Any = NOTHING,
    docs: str = "",
    computed: str = "",
    via: Satellite | None = None,
    every: bool = False,
    write: Callable[[Any], Any] | None = None,
    shows: str = "",
) -> At:
    """Keep the fact at a dotted path of the block, or of its satellite."""
    return At(path, convert, absent, docs, computed, via, every, write, shows)


def made(by: Callable[[Block], Any], *shows: str) -> Made:
    """Make the fact of the whole block."""
    return Made(by, shows)


def joined(by: Callable[[Block, Surroundings], Any], *shows: str) -> Joined:
    """Make the fact of the whole block and of the blocks around it, where no satellite tells it."""
    return Joined(by, shows)


def always(value: Any, docs: str = "") -> Always:
    """Give the fact the same value for every block."""
    return Always(value, docs)


#: What a reference to an attribute of a block gives: its ARN, its name, or what a function makes of the block.
ARN: Final = "arn"
NAME: Final = "name"
Gives = Mapping[str, "str | Callable[[Block], Any]"]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """How one type of block declares the resources of one kind.

    `arn` is a template over `{partition}`, `{region}`, `{account}`, `{name}` and `{address}`, or a function of the
    block; it must give what live AWS gives as the id of the kind. `name` is the path of the attribute that holds its
    name in AWS (several: the first that is set). `gives` says what references to its attributes evaluate to.
    `each` makes one resource of every nested block at that path; what such a form gives, it gives of the whole block.
    `when` says whether a block is of this kind at all.
    `parent` is the path of the attribute that names the resource it is part of, where `arn` needs it. `once` says that
    all blocks of the kind with one `arn` tell of one resource: the first stands for it, and its facts are joined.
    `lends` says that what it gives are the names of another block's resource, by which it is not called itself.
    """

    kind: type[Resource]
    type: str
    arn: str | Callable[[Block], Any]
    name: str | Sequence[str] = ""
    gives: Gives = field(default_factory=dict)
    facts: Mapping[str, Origin | Sequence[Origin]] = field(default_factory=dict)
    beyond: Mapping[str, str] = field(default_factory=dict)
    each: str = ""
    when: Callable[[Block], bool] | None = None
    once: bool = False
    lends: bool = False
