"""Blocks: what every source of code is read into before facts are taken from it.

A block is one resource as the code declares it, at one address: a Terraform resource instance, a resource of a plan,
of a state, or of a CloudFormation template. Its values are plain data (mappings, lists, texts, numbers, booleans,
None) in which anything the code does not settle is an `Unresolved`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any, Final

from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Source, Spot
from scanner.model.unresolved import Unresolved

Path = tuple[str | int, ...]


class _Absent:
    """What the code does not set. An explicit null, and CloudFormation's NoValue, are not set either."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at a path of a block: the value or `ABSENT`, and where it, or the nearest above it, is written."""

    value: Any
    spot: Spot | None
    attribute: str


class _Open(dict[str, Any]):
    """The values of a nested block of which nothing is known: none of them is known not to be set."""

    def __init__(self, why: Unresolved) -> None:
        super().__init__()
        self.why = replace(why, choices=())

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002  # as a mapping does
        return super().get(key, self.why)


def _nowhere(_: Path) -> Spot | None:
    return None


@dataclass(slots=True, eq=False)
class Block:
    """One resource as the code declares it.

    `values` may be worked out on demand (any Mapping), a nested block is a mapping in a list, as in plan JSON.
    `spots` gives the place of what stands at a path, or of the nearest above it; None where the source has no lines.
    `trail` holds the module calls that lead to it, outermost first. `doubt` says why it may not exist at all.
    `region` and `account` are texts; one that begins with `?` stands for a place the code does not settle, and is the
    same for all blocks of one provider. `changed` is what a plan or a change set does with it.
    """

    source: Source
    type: str
    address: str
    root: str
    values: Mapping[str, Any]
    spot: Spot | None = None
    spots: Callable[[Path], Spot | None] = _nowhere
    region: str = "?region"
    account: str = "?account"
    partition: str = "aws"
    trail: tuple[Spot, ...] = ()
    doubt: Unresolved | None = None
    changed: str = ""
    #: what is known of it without a path: the ARN and the name that AWS gave it, where a state or a plan tells them
    known_arn: str = ""
    known_name: str = ""
    #: what was found so far, by path: many facts look at the same attributes
    _known: dict[str, Found] = field(default_factory=dict, init=False, repr=False)

    def find(self, path: str) -> Found:
        """Give what stands at a dotted path; a list of one is walked through, as nested blocks are."""
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._find(path)
        return found

    def _find(self, path: str) -> Found:
        here: Any = self.values
        steps: list[str | int] = []
        for part in path.split(".") if path else ():
            kind = type(here)
            if kind is not dict:
                if kind is list or isinstance(here, (list, tuple)):
                    if not here:
                        return Found(ABSENT, self.place(steps), path)
                    here = here[0]
                    steps.append(0)
                if isinstance(here, Unresolved):
                    # What it can be is told of it, not of what lies within it.
                    here = replace(here, choices=())
                    break
                if not isinstance(here, Mapping):
                    return Found(ABSENT, self.place(steps), path)
            here = here.get(part)
            if here is None:
                return Found(ABSENT, self.place([*steps, part]), path)
            steps.append(part)
        return Found(plain(here), self.place(steps), path)

    def find_all(self, path: str) -> list[tuple[Mapping[str, Any], Path]]:
        """Give every nested block at a dotted path with its steps; one that is unresolved is given as what it is."""
        places: list[tuple[Any, Path]] = [(self.values, ())]
        for part in path.split("."):
            following: list[tuple[Any, Path]] = []
            for here, steps in places:
                value = here.get(part) if isinstance(here, Mapping) else None
                if isinstance(value, (list, tuple)):
                    following.extend((one, (*steps, part, number)) for number, one in enumerate(value))
                elif value is not None:
                    following.append((value, (*steps, part)))
            places = following
        return places

    def part(self, values: Any, steps: Path, address: str) -> Block:
        """Give a nested block as a block of its own; `^` leads to the whole, and an unresolved one may not exist."""
        doubt = self.doubt
        if not isinstance(values, (Mapping, Unresolved)):
            values = Unresolved(f"{address} is not written as a block")
        inner: dict[str, Any]
        if isinstance(values, Unresolved):
            doubt = values if doubt is None else doubt
            inner = _Open(values)
        else:
            inner = {**plain(values)}
        inner["^"] = [self.values]
        length = len(steps)

        def place(path: Path) -> Spot | None:
            outward = path[:1] == ("^",)
            return self.spots(path[2:] if outward else (*steps, *path)) or self.spots(steps[:length])

        return Block(
            self.source, self.type, address, self.root, inner, self.spots(steps) or self.spot, place, self.region,
            self.account, self.partition, self.trail, doubt, self.changed,
        )  # fmt: skip

    def place(self, steps: list[str | int] | Path) -> Spot | None:
        """Give the place of a path, or of the nearest above it that is written."""
        return self.spots(tuple(steps)) or self.spot


def plain(value: Any) -> Any:
    """Work out a whole value: plain mappings and lists, with `Unresolved` left where it is."""
    kind = type(value)
    if kind is str or kind is bool or kind is int:
        return value
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read or followed, and so may hide resources: a parse error, a module that is not on disk."""

    message: str
    spot: Spot
    hint: str = ""
    #: the address of the module call or block that it concerns, where it is one
    address: str = ""
    #: it is a mistake of the code itself, not something that is not at hand
    broken: bool = False


@dataclass(slots=True)
class Code:
    """One root as it was read: a Terraform root module, a plan, a state, or a CloudFormation stack with its nested ones.

    `root` is its path relative to what was given on the command line (`.` for that itself). `files` are all files
    that were read for it, relative in the same way; `sought` are the files and directories that its functions looked
    for, there or not, as far as its values have been worked out.
    """

    root: str
    source: Source
    form: str  #: hcl, plan, state, template, change set
    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    sought: set[str] = field(default_factory=set)
    #: addresses that the code says were moved: the new one, and the one before
    moved: dict[str, str] = field(default_factory=dict)
    #: addresses that a plan or a change set takes away, and how: delete, forget
    gone: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Block]:
        return iter(self.blocks)
