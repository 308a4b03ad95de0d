"""Our own answers to calls: found by looking through the service modules, never by registering.

A service module marks a function with `@answers("backup:ListBackupJobs")`. It gets the `Call` and returns what
botocore's output shape says. `call.moto()` is moto's answer to the same call, where moto has one to be mended.
"""

import base64
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, TypeVar

from scanner.emulation.ground import World
from scanner.emulation.wire import Document, Intent, Refusal, Reply

Thing = TypeVar("Thing")
Kind = TypeVar("Kind")


class MotoRefused(Exception):
    """moto answered with an error that our answer did not take up; it goes out as it came."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.status))
        self.reply = reply


@dataclass(frozen=True)
class Call:
    """One call to one operation, and the world it is made in."""

    intent: Intent
    account: str
    world: World
    ask: Callable[[Mapping[str, str | None]], Document]

    def moto(self, **changes: str | None) -> Document:
        """Moto's answer to the same call; in query and json services with members replaced, or left out where None."""
        return self.ask(changes)

    def everything(self, member: str, *, size: str, token: str, **changes: str | None) -> Document:
        """Moto's answer with every page of one list in it, whatever page the call asked for."""
        answer = self.moto(**changes, **{size: None, token: None})
        while following := answer.get(token):
            further = self.moto(**changes, **{size: None, token: following})
            answer = {**further, member: [*answer[member], *further[member]]}
        return answer

    @property
    def params(self) -> Document:
        return self.intent.params

    @property
    def region(self) -> str:
        return self.intent.region

    @property
    def now(self) -> datetime:
        return self.world.clock()

    def shelf(self, kind: type[Kind]) -> Kind:
        """Our state of one kind where the call is made."""
        return self.world.shelf(kind, self.account, self.region)

    def backend(self, service: str) -> Any:
        """Moto's objects of a service where the call is made."""
        return self.world.backend(service, self.account, self.region)

    def fit(self, document: Document, within: str | None = None) -> Document:
        """A document reduced to the members that the answer, or the items of one of its members, may hold."""
        shape: Any = self.intent.model.output_shape
        if within is not None:
            shape = shape.members[within]
            shape = shape.member if shape.type_name == "list" else shape
        return pick(document, *shape.members)

    def page(
        self, things: Iterable[Thing], *, size: str = "MaxResults", token: str = "NextToken", most: int = 1000
    ) -> tuple[list[Thing], Document]:
        """One page of things, and the member that asks for the next one, if there is one."""
        everything = list(things)
        start = _position(self.params.get(token))
        end = start + min(int(self.params.get(size) or most), most)
        return everything[start:end], ({token: _token(end)} if end < len(everything) else {})


Answer = Callable[[Call], Document]


def answers(*operations: str) -> Callable[[Answer], Answer]:
    """Mark a function as our answer to operations, written `service:Operation`."""

    def mark(function: Answer) -> Answer:
        function.__dict__["answers"] = operations
        return function

    return mark


def answers_in(package: ModuleType) -> dict[tuple[str, str], Answer]:
    """Every answer in a package's modules, by service and operation."""
    found: dict[tuple[str, str], Answer] = {}
    for module in _modules(package):
        for member in list(vars(module).values()):
            for operation in getattr(member, "__dict__", {}).get("answers", ()) if callable(member) else ():
                service, _, name = operation.partition(":")
                if found.setdefault((service, name), member) is not member:
                    raise TypeError(f"{operation} has two answers")
    return found


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for entry in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(entry.name)
        yield module
        if entry.ispkg:
            yield from _modules(module)


def pick(document: Document, *names: str) -> Document:
    """The named members that a document has."""
    return {name: document[name] for name in names if document.get(name) is not None}


def _token(position: int) -> str:
    return base64.urlsafe_b64encode(f"from {position}".encode()).decode()


def _position(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("from "))
    except ValueError as broken:
        raise Refusal("InvalidParameterValueException", "The token is not one of ours.") from broken
