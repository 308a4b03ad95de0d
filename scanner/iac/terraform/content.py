"""Contents: the values of a block's body, each worked out when somebody asks for it, and where each is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from scanner.iac.block import Path
from scanner.iac.hcl.evaluate import settle, work
from scanner.iac.hcl.nodes import Literal
from scanner.iac.hcl.tree import Attribute, Body, HclBlock
from scanner.iac.hcl.values import EvaluationError, Namespace, Scope, SetValue
from scanner.iac.terraform.configuration import address_of
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

#: what Terraform itself reads of a resource, and no provider
META: Final = frozenset({"count", "for_each", "depends_on", "provider", "connection", "provisioner", "dynamic"})
_NO_BLOCKS: Final = META | {"timeouts"}
#: where the values are written that are worked out of others
_WRITTEN_AS: Final = {"tags_all": "tags"}
_NOT_INSIDE: Final = frozenset({"dynamic"})

#: more instances or blocks than this are not written out one by one
MOST: Final = 10_000

_RUNNING: Final = object()


class With(Scope):
    """A scope with some more names."""

    __slots__ = ("meter", "names", "outer")

    def __init__(self, outer: Scope, names: Mapping[str, Any]) -> None:
        self.outer = outer
        self.meter = outer.meter
        self.names = names

    def get(self, name: str) -> Any:
        """Give what a name stands for."""
        return self.names[name] if name in self.names else self.outer.get(name)

    def function(self, name: str) -> Any:
        """Give a function of the place."""
        return self.outer.function(name)


def worked(attribute: Attribute, scope: Scope) -> Any:
    """Work out an attribute; what Terraform would refuse is not settled, for the reason that it would give.

    The result may be a namespace: a whole resource, or the outputs of a module. A `RecursionError` goes through to
    where the working out began: what is too far away from there may be near enough to somebody else.
    """
    expression = attribute.expression
    if type(expression) is Literal:
        return expression.value
    meter = scope.meter
    before = meter.begin()
    try:
        return work(expression, scope)
    except EvaluationError as error:
        return Unresolved(f"{expression.said}: {error.message}", (), error.spot or attribute.value_spot)
    except CouldNotCheck as stop:
        return Unresolved(stop.unknown.detail, (), attribute.value_spot, (), stop.unknown.reason)
    finally:
        meter.end(before)


def settled(attribute: Attribute, scope: Scope) -> Any:
    """Work out an attribute to plain data."""
    value = worked(attribute, scope)
    if isinstance(value, (Namespace, dict, list)):
        value = settle(value, attribute.value_spot)
        if isinstance(value, (dict, list)) and not scope.meter.bears(value):
            why = f"{attribute.expression.said} is too large to be worked with"
            return Unresolved(why, (), attribute.value_spot)
    return value


class Nested:
    """One nested block that was written out: its body, and the blocks inside; all of a resource share their room."""

    __slots__ = ("blocks", "body", "header", "room")

    def __init__(self, body: Body, header: Spot, room: list[int]) -> None:
        self.body = body
        self.header = header
        self.blocks: dict[str, list[Nested]] = {}
        self.room = room
        room[0] -= 1


def nested_types(body: Body, without: frozenset[str]) -> dict[str, None]:
    """Give the types of a body's blocks, in order."""
    found: dict[str, None] = {}
    for block in body.blocks:
        if block.type == "dynamic":
            if block.labels:
                found[block.labels[0]] = None
        elif block.type not in without:
            found[block.type] = None
    return found


def blocks_of(body: Body, type_: str, scope: Scope, made: Nested) -> Any:
    """Give the blocks of a type as mappings; not settled where their number is not."""
    values: list[Any] = []
    nodes: list[Nested] = []
    for block in body.blocks:
        if block.type == type_:
            value, node = _written(block.body, block.header, scope, made.room)
            values.append(value)
            nodes.append(node)
        elif block.type == "dynamic" and block.labels[:1] == (type_,):
            for value, node in _dynamic(block, scope, made.room):
                values.append(value)
                nodes.append(node)
    made.blocks[type_] = nodes
    if len(values) == 1 and isinstance(values[0], Unresolved):
        return values[0]
    return values


def _written(body: Body, header: Spot, scope: Scope, room: list[int]) -> tuple[Any, Nested]:
    node = Nested(body, header, room)
    if body.damaged is not None:
        return Unresolved(f"the block cannot be read: {body.damaged.message}", (), body.damaged.spot), node
    values: dict[str, Any] = {name: settled(one, scope) for name, one in body.attributes.items()}
    for type_ in nested_types(body, _NOT_INSIDE):
        values[type_] = blocks_of(body, type_, scope, node)
    return values, node


def _dynamic(block: HclBlock, scope: Scope, room: list[int]) -> Iterator[tuple[Any, Nested]]:
    """Write a dynamic block out, once for each element."""
    type_ = block.labels[0]
    content = next(block.body.blocks_of("content"), None)
    repeat = block.body.attributes.get("for_each")
    header = block.header
    if content is None or repeat is None:
        lacking = "content block" if content is None else "for_each"
        yield Unresolved(f"the dynamic block has no {lacking}", (), header), Nested(Body(), header, room)
        return
    elements = pairs_of(worked(repeat, scope), repeat.value_spot)
    if isinstance(elements, Unresolved):
        why = f"whether there are {type_} blocks is not settled: {elements.why}"
        yield Unresolved(why, elements.refs, repeat.value_spot), Nested(content.body, header, room)
        return
    iterator = address_of(block.body.attributes.get("iterator")) or type_
    for key, value in elements:
        if room[0] < 0:
            why = f"there are more than {MOST} blocks in one resource"
            yield Unresolved(why, (), header), Nested(content.body, header, room)
            return
        if isinstance(key, Unresolved):  # of a set: it may be the same as another, and then there is one block less
            yield key, Nested(content.body, header, room)
        else:
            inner = With(scope, {iterator: {"key": key, "value": value}})
            yield _written(content.body, content.header, inner, room)


def pairs_of(value: Any, spot: Spot | None) -> list[tuple[Any, Any]] | Unresolved:
    """Give what a dynamic block's `for_each` runs through, keys and values."""
    if isinstance(value, Namespace):
        found = value.pairs(spot)
        if found is None:
            return Unresolved("for_each needs a collection, and this is one thing", (), spot)
        value = dict(found) if isinstance(found, list) else found
    if isinstance(value, Unresolved):
        return value
    if isinstance(value, (dict, list, tuple)):
        if len(value) > MOST:
            return Unresolved(f"for_each has {len(value)} elements, more than {MOST}", (), spot)
        if isinstance(value, SetValue):
            return [(one, one) for one in value]
        return list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    return Unresolved(f"for_each needs a collection, not {'null' if value is None else 'one value'}", (), spot)


class Content(Mapping[str, Any]):
    """A block's values by name: attributes, and lists of mappings for its nested blocks."""

    __slots__ = ("_names", "_node", "_values", "added", "address", "body", "scope")

    def __init__(self, block: HclBlock, scope: Scope, address: str) -> None:
        self.body = block.body
        self.scope = scope
        self.address = address
        #: values that no line sets by itself: they are worked out of others
        self.added: dict[str, Any] = {}
        self._node = Nested(block.body, block.header, [MOST])
        self._values: dict[str, Any] = {}
        self._names: dict[str, None] | None = None

    @property
    def names(self) -> dict[str, None]:
        """What is written in it, in order."""
        if self._names is None:
            attributes = {name: None for name in self.body.attributes if name not in META}
            self._names = attributes | nested_types(self.body, _NO_BLOCKS) | dict.fromkeys(self.added)
        return self._names

    def __getitem__(self, name: str) -> Any:
        if name not in self.names and (self.body.damaged is None or name in META):
            raise KeyError(name)
        try:
            return self.at(name)
        except RecursionError:  # not kept: seen from somewhere else it may be near enough
            said = f"{self.address}.{name}"
            return Unresolved(f"{said} is nested too deeply to be worked out", (said,), self.spot((name,)))

    def at(self, name: str) -> Any:
        """Give a value, or None; for those who are themselves inside the working out of another."""
        value = self._values.get(name, self)
        if value is self:
            if name in self.names:
                return self._work_out(name)
            if self.body.damaged is None or name in META:
                return None
            damage = self.body.damaged
            return Unresolved(f"{self.address} cannot be read whole: {damage.message}", (), damage.spot)
        if value is _RUNNING:
            said = f"{self.address}.{name}"
            return Unresolved(f"{said} refers to itself", (said,), self.body_spot(name))
        return value

    def kept(self, name: str, work: Callable[[], Any]) -> Any:
        """Give what was worked out once under a name that no line sets; for whom it makes itself part of, an error."""
        key = f"<{name}>"
        if self._values.get(key) is _RUNNING:
            raise EvaluationError(f"{self.address}.{name} refers to itself", self._node.header)
        if key not in self._values:
            self._values[key] = _RUNNING
            try:
                self._values[key] = work()
            except BaseException:
                del self._values[key]
                raise
        return self._values[key]

    def body_spot(self, name: str) -> Spot:
        """Give the place of an attribute without writing any block out."""
        attribute = self.body.attributes.get(name)
        return self._node.header if attribute is None else attribute.spot

    def _work_out(self, name: str) -> Any:
        self._values[name] = _RUNNING
        try:
            if name in self.added:
                value = self.added[name]()
            elif name in self.body.attributes:
                value = settled(self.body.attributes[name], self.scope)
            else:
                value = blocks_of(self.body, name, self.scope, self._node)
        except BaseException:  # the stack is too short from here, not from everywhere
            del self._values[name]
            raise
        self._values[name] = value
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def spot(self, path: Path) -> Spot | None:
        """Give the place of what stands at a path, or of the nearest above it."""
        node = self._node
        if path and path[0] in self.names and path[0] not in node.body.attributes:
            self.get(str(path[0]))  # the blocks are written out by it
        steps = list(path)
        if steps and steps[0] in self.added:
            steps = [_WRITTEN_AS.get(str(steps[0]), steps[0])]
        while steps:
            name = str(steps.pop(0))
            if name in node.body.attributes:
                return node.body.attributes[name].spot
            blocks = node.blocks.get(name)
            if not blocks:
                declared = next((one for one in node.body.blocks if name in (one.type, *one.labels[:1])), None)
                return declared.header if declared is not None else node.header
            number = steps.pop(0) if steps and isinstance(steps[0], int) else 0
            node = blocks[number] if isinstance(number, int) and number < len(blocks) else blocks[0]
        return node.header
