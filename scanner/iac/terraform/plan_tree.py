"""The configuration that a plan carries: its tree of modules, its expressions, and what their references lead to.

A plan tells of an expression only whether it is constant and which names it refers to, never what it does with them.
So a value is followed through variables and outputs, and nothing is worked out. Locals are in no plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.naming import export

#: What a plan does not tell.
OPEN: Final = ABSENT

_DEPTH: Final = 24
_STEP: Final = re.compile(r'([^.\[\]"]+)|\[("(?:[^"\\]|\\.)*"|[^\]]*)\]')
_NAMES: Final = frozenset({"each", "count", "self", "local", "path", "terraform", "data", "ephemeral"})

Key = str | int | None
Step = tuple[str | int, bool]


def mapping(value: Any) -> dict[str, Any]:
    """Give a value that should be an object, and an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    """Give a value that should be an array, and an empty one where it is none."""
    return value if isinstance(value, list) else []


def steps_of(address: str) -> list[Step]:
    """Take an address or a reference apart: its names, and the keys in brackets, which are marked as such."""
    return [(name, False) if name else (_key(key), True) for name, key in _STEP.findall(address)]


def _key(text: str) -> str | int:
    if text[:1] == '"' == text[-1:] and len(text) > 1:
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return int(text) if text.isascii() and text.isdigit() else text


def references(expression: Mapping[str, Any]) -> list[str]:
    """Give what an expression refers to, without the beginnings of longer references that a plan lists beside them."""
    names = list(dict.fromkeys(one for one in listing(expression.get("references")) if isinstance(one, str)))
    return [
        one for one in names
        if not any(other != one and other.startswith(one) and other[len(one)] in ".[" for other in names)
    ]  # fmt: skip


class Module:
    """One instance of a module: its configuration, how it was called, and the resources it declares."""

    __slots__ = ("address", "call", "children", "config", "key", "parent", "resources")

    def __init__(self, config: Any, parent: Module | None, call: Any, key: Key, address: str) -> None:
        self.config = mapping(config)
        self.parent = parent
        self.call = mapping(call)
        self.key = key
        self.address = address
        self.children: dict[tuple[str, Key], Module | None] = {}
        self.resources: dict[str, dict[str, Any]] = {
            f"{one.get('type')}.{one.get('name')}": one
            for one in listing(self.config.get("resources"))
            if isinstance(one, dict) and one.get("mode") != "data"
        }

    def child(self, name: str, key: Key) -> Module | None:
        """Give one instance of a module that this one calls."""
        known = self.children.get((name, key), self)
        if known is not self:
            return known
        call = mapping(self.config.get("module_calls")).get(name)
        made = None
        if isinstance(call, dict):
            shown = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
            address = f"{self.address}.module.{name}{shown}".lstrip(".")
            made = Module(call.get("module"), self, call, key, address)
        self.children[name, key] = made
        return made


class Tree:
    """A plan's configuration, its variables' values, and the blocks that its references may lead to."""

    def __init__(self, configuration: Any, variables: Any) -> None:
        self.root = Module(mapping(configuration).get("root_module"), None, None, None, "")
        self.values = mapping(variables)
        self.blocks: dict[tuple[str, str], list[tuple[Key, Block]]] = {}
        self._modules: dict[str, Module | None] = {"": self.root}

    def module(self, address: str) -> Module | None:
        """Give the module instance at an address such as `module.a["x"].module.b`."""
        if address not in self._modules:
            here: Module | None = self.root
            steps = steps_of(address)
            place = 0
            while here is not None and place + 1 < len(steps):
                name, place = str(steps[place + 1][0]), place + 2
                key: Key = None
                if place < len(steps) and steps[place][1]:
                    key, place = steps[place][0], place + 1
                here = here.child(name, key)
            self._modules[address] = here
        return self._modules[address]

    def settle(self, expression: Any, module: Module, depth: int = 0) -> Any:
        """Give the value that an expression has if it is constant, or nothing but one reference; else `OPEN`."""
        if not isinstance(expression, dict) or depth > _DEPTH:
            return OPEN
        if "constant_value" in expression:
            return expression["constant_value"]
        names = references(expression)
        return self.follow(names[0], module, depth + 1) if len(names) == 1 else OPEN

    def follow(self, reference: str, module: Module, depth: int = 0) -> Any:
        """Give what a reference leads to: a known value, or the identity of another resource; else `OPEN`."""
        steps = steps_of(reference)
        if not steps or depth > _DEPTH or len(steps) < 2:
            return OPEN
        head = steps[0][0]
        if head == "var":
            return _within(self._variable(str(steps[1][0]), module, depth), steps[2:])
        if head == "module":
            return self._output(steps[1:], module, depth)
        if head in _NAMES:
            return OPEN
        return self._attribute(steps, module, depth)

    def _variable(self, name: str, module: Module, depth: int) -> Any:
        declared = mapping(mapping(module.config.get("variables")).get(name))
        value: Any = OPEN
        if module.parent is None:
            if name in self.values:
                value = mapping(self.values[name]).get("value")
            elif "default" in declared:
                value = declared["default"]
        else:
            given = mapping(module.call.get("expressions")).get(name)
            if given is not None:
                value = self.settle(given, module.parent, depth)
            elif "default" in declared:
                value = declared["default"]
        if declared.get("sensitive") is True and value is not None:
            return OPEN
        return value

    def _output(self, steps: Sequence[Step], module: Module, depth: int) -> Any:
        name, rest = str(steps[0][0]), list(steps[1:])
        key: Key = None
        if rest and rest[0][1]:
            key = rest.pop(0)[0]
        child = module.child(name, key)
        if child is None or not rest:
            return OPEN
        output = mapping(mapping(child.config.get("outputs")).get(str(rest[0][0])))
        if output.get("sensitive") is True:
            return OPEN
        return _within(self.settle(output.get("expression"), child, depth), rest[1:])

    def _attribute(self, steps: Sequence[Step], module: Module, depth: int) -> Any:
        name, rest = f"{steps[0][0]}.{steps[1][0]}", list(steps[2:])
        instances = self.blocks.get((module.address, name), [])
        if rest and rest[0][1]:
            key = rest.pop(0)[0]
            instances = [one for one in instances if one[0] == key]
        if len(instances) != 1 or len(rest) != 1 or rest[0][1]:
            return OPEN
        block, attribute = instances[0][1], str(rest[0][0])
        given = block.values.get(attribute)
        if isinstance(given, str) and given:
            return given
        identity = export(block, attribute)
        if identity is not ABSENT:
            return identity
        # an attribute that only passes on what it was given: `bucket` of aws_s3_bucket_versioning
        expression = mapping(module.resources.get(name, {}).get("expressions")).get(attribute)
        passed = self.settle(expression, module, depth) if expression is not None else OPEN
        return passed if isinstance(passed, str) else OPEN


def _within(value: Any, steps: Sequence[Step]) -> Any:
    for name, _ in steps:
        if isinstance(value, dict):
            # an attribute of an object type that is optional, and was left out, is null
            value = value.get(name)
        elif isinstance(value, list) and isinstance(name, int) and name < len(value):
            value = value[name]
        else:
            return OPEN
    return value
