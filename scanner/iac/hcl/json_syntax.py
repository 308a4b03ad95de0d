"""The reader of Terraform's JSON files: `.tf.json` and `.tfvars.json` become the same tree as HCL does.

In JSON nothing tells a block from an attribute but the schema. What Terraform itself declares is a block here; inside
a resource everything else is an attribute, whose value (a mapping, or a list of them) may be what HCL writes as blocks.
"""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.hcl.json_scan import JsonMistake, Node, scan
from scanner.iac.hcl.tree import Attribute, Body, Document, HclBlock, Lines, Wrong
from scanner.model.unresolved import Unresolved

#: the blocks that a body may hold by the type of its block ("" is the file), and how many labels they have
_OF_RESOURCES: Final = {"lifecycle": 0, "provisioner": 1, "connection": 0, "dynamic": 1}
BLOCKS: Final[dict[str, dict[str, int]]] = {
    "": {
        "resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "provider": 1, "check": 1,
        "locals": 0, "terraform": 0, "moved": 0, "removed": 0, "import": 0,
    },
    "resource": _OF_RESOURCES,
    "data": _OF_RESOURCES,
    "ephemeral": _OF_RESOURCES,
    "dynamic": {"content": 0},
    "content": {"dynamic": 1},
    "lifecycle": {"precondition": 0, "postcondition": 0},
    "provisioner": {"connection": 0},
    "provider": {
        "default_tags": 0, "ignore_tags": 0, "assume_role": 0, "assume_role_with_web_identity": 0, "endpoints": 0,
    },
    "terraform": {"backend": 1, "required_providers": 0, "cloud": 0, "provider_meta": 1},
    "cloud": {"workspaces": 0},
    "variable": {"validation": 0},
    "output": {"precondition": 0},
    "check": {"assert": 0, "data": 2},
    "removed": {"lifecycle": 0, "provisioner": 1},
}  # fmt: skip
#: where Terraform takes texts as they are, without interpolations
_LITERAL: Final = frozenset({"variable"})
_COMMENT: Final = "//"


class JsonAttribute(Attribute):
    """An attribute whose expression is a JSON value."""

    __slots__ = ("literal", "node")

    def __init__(self, name: str, lines: Lines, start: int, node: Node, *, literal: bool) -> None:
        super().__init__(name, lines, start, node.start, node.end)
        self.node = node
        self.literal = literal

    @property
    def expression(self) -> Any:
        """The expression that the value is."""
        if self._expression is None:
            self._expression = _expression(self.node, self.lines, literal=self.literal)
        return self._expression

    def mistakes(self) -> list[Wrong]:
        """Give what is wrong with the templates in it, and the names that stand in one object twice."""
        found: list[Wrong] = []
        waiting = [self.node]
        while waiting:
            node = waiting.pop()
            if node.kind == "text" and not self.literal:
                found += _template_mistakes(node.value, self.lines, node.start, node.end)
            elif node.kind == "list":
                waiting += reversed(node.value)
            elif node.kind == "object":
                names: set[str] = set()
                for name, start, value in node.value:
                    if name in names:
                        found.append(Wrong(f"{name} is set twice", self.lines.spot(start, value.end)))
                    names.add(name)
                    if not self.literal:
                        found += _template_mistakes(name, self.lines, start, value.start)
                waiting += [value for _, _, value in reversed(node.value)]
        return found


def _template_mistakes(text: str, lines: Lines, start: int, end: int) -> list[Wrong]:
    if "${" not in text and "%{" not in text:
        return []
    from scanner.iac.hcl.expressions import parse_template  # noqa: PLC0415  # few texts have interpolations
    from scanner.iac.hcl.nodes import Malformed  # noqa: PLC0415  # as above

    found = parse_template(text, lines.spot(start, end), fixed=True)
    return [Wrong(found.message, found.spot)] if isinstance(found, Malformed) else []


def parse_json(text: str, file: str) -> Document:
    """Read a whole file; after a mistake, what stands before it is still given."""
    return _Reader(Lines(text, file)).read()


class _Reader:
    """Reads one file."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.document = Document(lines.file, Body())
        self.alone: set[int] = set()

    def read(self) -> Document:
        """Read it."""
        text, document = self.lines.text, self.document
        try:
            root: Node | None = scan(text, 1 if text.startswith("\ufeff") else 0)
        except JsonMistake as mistake:
            self._mistake(mistake.message, mistake.at, mistake.at + 1, document.body)
            root = mistake.read
        if root is not None:
            variables = self.lines.file.endswith(".tfvars.json")
            for one in root.value if root.kind == "list" and not variables else [root]:
                self._fill(document.body, one, {} if variables else BLOCKS[""], literal=variables)
        document.alone = frozenset(self.alone)
        return document

    def _mistake(self, message: str, start: int, end: int, body: Body) -> None:
        wrong = Wrong(message, self.lines.spot(start, end))
        body.damaged = body.damaged or wrong
        self.document.body.damaged = self.document.body.damaged or wrong
        self.document.wrong.append(wrong)

    def _fill(self, body: Body, node: Node, blocks: dict[str, int], *, literal: bool = False) -> None:
        """Put the members of an object into a body."""
        if node.kind != "object":
            self._mistake("expected an object ({…})", node.start, node.end, body)
            return
        if node.broken:
            body.damaged = body.damaged or self.document.body.damaged
        for name, start, value in node.value:
            if name == _COMMENT:
                self._comment(start, value)
            elif name in blocks:
                self._blocks(body, HclBlock(name, (), self.lines, start, value.start + 1), value, blocks[name])
            elif name in body.attributes:
                first = body.attributes[name]
                message = f"{name} is set twice, first on line {self.lines.line(first.start)}"
                self._mistake(message, start, value.end, body)
                first.spoil(message)
            else:
                body.attributes[name] = JsonAttribute(name, self.lines, start, value, literal=literal)

    def _blocks(self, body: Body, block: HclBlock, node: Node, labels: int) -> None:
        """Add what a member says of a type of block: one, a list of them, or one for each label."""
        if node.kind == "list":
            for one in node.value:
                again = HclBlock(block.type, block.labels, self.lines, one.start, one.start + 1)
                self._blocks(body, again, one, labels)
        elif node.kind != "object":
            if node.value is not None or node.kind != "word":
                self._mistake(f"expected an object ({{…}}) for {block.type}", node.start, node.end, body)
        elif labels:
            for name, start, value in node.value:
                if name == _COMMENT:
                    self._comment(start, value)
                else:
                    inner = HclBlock(block.type, (*block.labels, name), self.lines, start, value.start + 1)
                    self._blocks(body, inner, value, labels - 1)
        else:
            block.end = node.end
            body.blocks.append(block)
            self._fill(block.body, node, BLOCKS.get(block.type, {}), literal=block.type in _LITERAL)

    def _comment(self, start: int, node: Node) -> None:
        if node.kind != "text":
            return
        line = self.lines.line(start)
        known = self.document.comments.get(line)
        self.document.comments[line] = f"{known} {node.value}" if known else node.value.strip()
        begin = self.lines.starts[line - 1]
        stop = self.lines.text.find("\n", node.end)
        rest = self.lines.text[node.end : stop if stop >= 0 else None]
        if not self.lines.text[begin:start].strip() and not rest.strip(" \t\r,"):
            self.alone.add(line)


def _expression(node: Node, lines: Lines, *, literal: bool) -> Any:
    """Make the expression of a value: its texts are templates, its objects and lists are what they are in HCL."""
    from scanner.iac.hcl.expressions import number, parse_template  # noqa: PLC0415  # only what is asked for
    from scanner.iac.hcl.nodes import Literal, Malformed, ObjectOf, Place, TupleOf  # noqa: PLC0415

    spot = lines.spot(node.start, node.end)
    if node.kind == "text" and not literal:
        return parse_template(node.value, spot, fixed=True)
    place = Place(lines.text[node.start : node.end] if node.kind != "text" else node.value, spot, fixed=True)
    end = len(place.source)
    if node.kind == "number":
        try:
            value = number(node.value.removeprefix("-"), place)
        except ValueError as error:
            return Malformed(place, 0, end, str(error))
        negative = node.value.startswith("-") and not isinstance(value, Unresolved)
        return Literal(place, 0, end, -value if negative else value)
    if node.broken:
        return Malformed(place, 0, end, "a mistake in the file cuts it off")
    if node.kind == "list":
        return TupleOf(place, 0, end, [_expression(one, lines, literal=literal) for one in node.value])
    if node.kind != "object":
        return Literal(place, 0, end, node.value)
    items: dict[str, tuple[Any, Any]] = {}
    for name, start, value in node.value:
        at = lines.spot(start, value.start)
        if name in items:
            return Malformed(place, 0, end, f"{name} is set twice (line {at.line})")
        key = (
            Literal(Place(name, at, fixed=True), 0, len(name), name)
            if literal
            else parse_template(name, at, fixed=True)
        )
        items[name] = key, _expression(value, lines, literal=literal)
    return ObjectOf(place, 0, end, list(items.values()))
