"""What a role, a user or a group holds: written into it, attached to it, and by which blocks.

IAM is the same in all regions, so that a block of another region may well name one: only the account tells them apart.
A policy whose holder the code leaves open may be anybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from scanner.iac.block import ABSENT, Block, Found
from scanner.iac.forms import forms_of
from scanner.iac.lowering import many, stopped, told
from scanner.iac.naming import identities
from scanner.iac.surroundings import Surroundings
from scanner.model.arn import somewhere
from scanner.model.convert import text
from scanner.model.errors import CouldNotCheck
from scanner.model.late_dataclass import dataclass
from scanner.model.look import any_of
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import document
from scanner.resources.iam.documents import NamedPolicy
from scanner.resources.iam.last_accessed import may_touch
from scanner.resources.iam.principals import linked


@dataclass(frozen=True, slots=True)
class Written:
    """One type of block that writes a policy into holders: who, what it is called, and what it says."""

    type: str
    by: str
    name: str
    document: str


@dataclass(frozen=True, slots=True)
class Tied:
    """One type of block that attaches managed policies to holders: to whom, and which; itself where `arns` is empty."""

    type: str
    by: str
    arns: str = ""


@dataclass(frozen=True, slots=True)
class Keeps:
    """Where one source keeps what a sort of holder holds."""

    written: tuple[Written, ...]
    tied: tuple[Tied, ...]
    #: the attribute of its own with policies, and the names of their parts; that with the ARNs of managed ones
    inside: str = ""
    parts: tuple[str, str] = ("PolicyName", "PolicyDocument")
    attached: str = ""
    #: where it names its groups, and which blocks put users into groups: the user, and the group
    groups: str = ""
    members: tuple[tuple[str, str, str], ...] = ()
    path: str = "path"

    def inline(self, block: Block, around: Surroundings) -> tuple[NamedPolicy, ...]:
        """Give the policies written into a holder; one of which nothing is settled stays open, alone."""
        return tuple(NamedPolicy(name, _read(raw)) for name, raw in dict(self._inline(block, around)).items())

    def _inline(self, block: Block, around: Surroundings) -> Iterator[tuple[str, Any]]:
        # States repeat in the holder what its satellites write: these come last, and stand.
        inside = stopped(block.find(self.inside).value) if self.inside else ABSENT
        for number, one in enumerate(() if inside is ABSENT else many(inside), 1):
            part = stopped(one)
            name, raw = (part.get(each) for each in self.parts)
            if raw is not None and (isinstance(raw, Unresolved) or raw != ""):
                called = _called(name, f"policy {number}")
                spot = block.place((self.inside, number - 1, self.parts[1]))
                around.pointed.append((block, Found(raw, spot, f"{self.inside}.{self.parts[1]}"), called))
                yield called, raw
        for kind in self.written:
            for one in naming(kind.type, kind.by, block, around):
                raw = one.find(kind.document).value
                if raw is not ABSENT:
                    called = _called(one.find(kind.name).value, one.address)
                    around.point(one, kind.document, called)
                    yield called, raw

    def attachments(self, block: Block, around: Surroundings) -> tuple[str, ...]:
        """Give the ARNs of the managed policies attached to a holder; one that is open stays so, alone."""
        found: list[Any] = []
        own = stopped(block.find(self.attached).value) if self.attached else ABSENT
        found.extend(() if own is ABSENT else many(own))
        for kind in self.tied:
            for one in naming(kind.type, kind.by, block, around):
                value = one.find(kind.arns).value if kind.arns else around.arn(one)
                around.point(one, kind.arns or kind.by)
                found.extend(() if value is ABSENT else many(value))
        open_: list[Any] = [one for one in found if isinstance(one, Unresolved)]
        return (*dict.fromkeys(text(one) for one in found if not isinstance(one, Unresolved)), *open_)

    def memberships(self, block: Block, around: Surroundings) -> tuple[str, ...]:
        """Give the names of the groups that a user is in."""
        own = stopped(block.find(self.groups).value) if self.groups else ABSENT
        found: list[Any] = [] if own is ABSENT else list(many(own))
        for type_, by, group in self.members:
            for one in naming(type_, by, block, around):
                value = one.find(group).value
                found.extend(() if value is ABSENT else many(value))
        return tuple(dict.fromkeys(text(stopped(one)) for one in found))

    def may_touch(self, block: Block, around: Surroundings) -> bool:
        """Say whether a holder may touch backups at all, as its entry in IAM's list would tell (`may_touch`)."""
        path = stopped(block.find(self.path).value)
        if path is not ABSENT and linked(path):
            return False

        def reaching() -> Iterator[Callable[[], bool]]:
            yield lambda: bool(self.attachments(block, around))
            yield lambda: bool(self.memberships(block, around))
            yield lambda: any_of(self._inline(block, around), lambda one: _touches(one[1]))

        return any_of(reaching(), lambda ask: ask())


def naming(type_: str, by: str, block: Block, around: Surroundings) -> list[Block]:
    """Give the blocks of a type that name a holder of the same account; raise where one may that does not say."""
    found: dict[int, Block] = {}
    doubt: Unresolved | None = None
    for value in sorted(identities(block)):
        named, open_ = around.having((type_,), by, value, block)
        doubt = open_ if doubt is None else doubt
        for one in named:
            try:
                if somewhere(one.account) == somewhere(block.account):
                    found[id(one)] = one
            except CouldNotCheck as stop:
                doubt = Unresolved(stop.unknown.detail, reason=stop.unknown.reason) if doubt is None else doubt
    if doubt is None and name_is_open(block) is not None:
        # What names nothing else in the code may name a holder whose name is open.
        _, doubt = around.naming({type_: by}, block)
    if doubt is not None:
        doubt.stop()
    return list(found.values())


def name_is_open(block: Block) -> Unresolved | None:
    """Give why the name of a block is open; none where it is written, or AWS makes one that nobody can write."""
    for form in forms_of(block.type) if not block.known_name else ():
        for path in (form.name,) if isinstance(form.name, str) else form.name:
            value = block.find(path).value if path else ABSENT
            if isinstance(value, Unresolved):
                return value
    return None


def _called(name: Any, otherwise: str) -> str:
    return name if isinstance(name, str) and name else otherwise


def _read(raw: Any) -> Any:
    """Read a policy; one that is open as a whole stays so, alone."""
    raw = told(raw)
    return raw if isinstance(raw, Unresolved) else document(raw)


def _touches(raw: Any) -> bool:
    return may_touch({"Path": "/", "RolePolicyList": [{"PolicyDocument": stopped(told(raw))}]})


def arn_by(noun: str, name: str, path: str) -> Callable[[Block], str]:
    """Make the ARN of something of IAM, which has a path before its name."""

    def arn(block: Block) -> str:
        here = stopped(block.find(path).value)
        value = block.known_name or block.find(name).value
        called = value if isinstance(value, str) and value else block.address
        return f"arn:{block.partition}:iam::{block.account}:{noun}{'/' if here is ABSENT else text(here)}{called}"

    return arn
