"""Stacks: one template with what it is given, and what names in it stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from scanner.iac.block import ABSENT, Block, Code, Path, Problem
from scanner.iac.cloudformation import parameters
from scanner.iac.cloudformation.document import Document
from scanner.iac.cloudformation.evaluation import DEEPEST, EMPTY, Env, entries, evaluate
from scanner.iac.cloudformation.values import NO_VALUE, is_settled, text_of
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.cloudformation.run import Run

_SUFFIXES: Final = {"aws-cn": "amazonaws.com.cn", "aws-iso": "c2s.ic.gov", "aws-iso-b": "sc2s.sgov.gov"}
_PARTITIONS: Final = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-iso-", "aws-iso"),
)
#: names each of which is made of the next
_LONGEST_CHAIN: Final = 40
#: characters of a message
_LONGEST: Final = 500


def partition_of(region: str) -> str:
    """Give the partition of a region; `aws` where the region is not known."""
    return next((partition for prefix, partition in _PARTITIONS if region.startswith(prefix)), "aws")


class Stack:
    """A template with its parameters, conditions and mappings, and the blocks and nested stacks made of it."""

    def __init__(  # noqa: PLR0913  # all that a stack is given
        self, run: Run, document: Document, code: Code, given: Callable[[str], Any], *, region: str, account: str,
        name: str = "", prefix: str = "", trail: tuple[Spot, ...] = (), files: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.run = run
        self.document = document
        self.code = code
        self.given = given
        self.region = region or "?region"
        self.account = account or "?account"
        self.partition = partition_of(region)
        self.name = name
        self.prefix = prefix
        self.trail = trail
        #: the files on the way to this one, to see a circle of nested stacks
        self.files = files
        #: what holds for all of it: why it may not exist
        self.doubt: Unresolved | None = None
        #: the tags that the stack gives to all of its resources, where somebody says them
        self.tags: Any = None
        self.blocks: dict[str, Block] = {}
        #: logical ids of resources whose condition is false, with the condition
        self.missing: dict[str, str] = {}
        #: nested stacks by logical id, or why they are not read; those still to be read
        self.nested: dict[str, Stack | Unresolved] = {}
        self.pending: dict[str, Callable[[], Stack | Unresolved]] = {}
        self._sections: dict[str, dict[str, Any]] = {}
        self._parameters: dict[str, Any] = {}
        self._conditions: dict[str, tuple[Any, Path, Env]] | None = None
        self._decided: dict[str, bool | Unresolved] = {}
        self._outputs: dict[str, tuple[Any, Path, Env]] | None = None
        self._doing: set[str] = set()

    # What is wrong and open

    def note(self, problem: Problem) -> None:
        """Tell of a problem, once; a name of any length that it repeats does not make it longer than can be read."""
        if len(problem.message) > _LONGEST:
            problem = replace(problem, message=f"{problem.message[:_LONGEST]} …")
        if problem not in self.code.problems:
            self.code.problems.append(problem)

    def place(self, at: Path) -> Spot | None:
        """Give the place of a path in the template; None for what is not written there."""
        return self.document.spot(at) if at else None

    def unresolved(self, why: str, at: Path, refs: tuple[str, ...] = (), choices: tuple[Any, ...] = ()) -> Unresolved:
        """Give what cannot be known of a place, and why."""
        return Unresolved(why, refs, self.place(at), choices)

    def at(self, value: Unresolved, at: Path) -> Unresolved:
        """Give the same unresolved value as it stands at another place."""
        return type(value)(value.why, value.refs, self.place(at) or value.spot, value.choices, value.reason)

    def because(self, value: Unresolved, at: Path) -> Unresolved:
        """Give what is unresolved because of a value that it is made of: the choices of that are not its own."""
        return Unresolved(value.why, value.refs, self.place(at) or value.spot, (), value.reason)

    def section(self, name: str) -> dict[str, Any]:
        """Give a section of the template, empty where there is none."""
        if name not in self._sections:
            found = self.document.value.get(name) if isinstance(self.document.value, dict) else None
            self._sections[name] = found if isinstance(found, dict) else {}
        return self._sections[name]

    # Names

    def ref(self, name: str, at: Path, env: Env) -> Any:
        """Give what `Ref` gives for a name."""
        if name in env.names:
            value = env.names[name]
            return self.at(value, at) if isinstance(value, Unresolved) else value
        if name.startswith("AWS::"):
            return self._pseudo(name, at)
        if name in self.section("Parameters"):
            value = self.parameter(name)
            return self.at(value, at) if isinstance(value, Unresolved) else value
        return self._of_resource(name, "Ref", at)

    def get_att(self, name: str, attribute: str, at: Path, _: Env) -> Any:
        """Give what `Fn::GetAtt` gives for an attribute of a resource."""
        nested = self.nested_stack(name)
        if nested is not None and attribute.startswith("Outputs."):
            if isinstance(nested, Unresolved):
                return self.unresolved(f"{name}.{attribute}: {nested.why}", at, (f"{name}.{attribute}",))
            value = nested.output(attribute[len("Outputs.") :])
            if value is NO_VALUE:
                return self.unresolved(f"{name} has no output {attribute[len('Outputs.') :]}", at)
            return self.at(value, at) if isinstance(value, Unresolved) else value
        return self._of_resource(name, attribute, at)

    def nested_stack(self, name: str) -> Stack | Unresolved | None:
        """Give the nested stack of a logical id, or why it is not read; None where it is none."""
        follow = self.pending.pop(name, None)
        if follow is not None:
            self.nested[name] = Unresolved(f"{name} is a nested stack that refers to itself")
            self.nested[name] = follow()
        return self.nested.get(name)

    def _of_resource(self, name: str, attribute: str, at: Path) -> Any:
        shown = name if attribute == "Ref" else f"{name}.{attribute}"
        ref = self.prefix + shown
        block = self.blocks.get(name)
        if block is None:
            if name in self.missing:
                why = f"{shown} is not there: condition {self.missing[name]} of {name} is false"
            else:
                why = f"{shown} names nothing in this template"
            return self.unresolved(why, at, (ref,))
        from scanner.iac.naming import export  # noqa: PLC0415  # it knows every form; a scan of no reference needs none

        key = f"{name}.{attribute}"
        if key in self._doing or len(self._doing) > _LONGEST_CHAIN:
            return self.unresolved(f"{shown} refers to itself", at, (ref,))
        self._doing.add(key)
        try:
            value = export(block, attribute)
            if value is ABSENT and attribute != "Ref":
                value = self._property(block, attribute)
        except CouldNotCheck as stop:
            return Unresolved(stop.unknown.detail, (ref,), self.place(at), (), stop.unknown.reason)
        finally:
            self._doing.discard(key)
        if value is ABSENT or value is None:
            return self.unresolved(f"{shown} is known after apply", at, (ref,))
        return self.at(value, at) if isinstance(value, Unresolved) else value

    def _property(self, block: Block, attribute: str) -> Any:
        """Give an attribute that has the name of a property: it is what that was set to."""
        value = block.values.get(attribute)
        return value if isinstance(value, (str, int, float, Unresolved)) else ABSENT

    def _pseudo(self, name: str, at: Path) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name == "AWS::Region":
            return self.region
        if name == "AWS::AccountId":
            return self.account
        if name == "AWS::Partition":
            return self.partition
        if name == "AWS::URLSuffix":
            return _SUFFIXES.get(self.partition, "amazonaws.com")
        if name == "AWS::StackName" and self.name:
            return self.name
        return self.unresolved(f"{name} is known when the stack is deployed", at, (name,))

    def parameter(self, name: str) -> Any:
        """Give the value of a parameter."""
        if name not in self._parameters:
            declared = self.section("Parameters")[name]
            declared = declared if isinstance(declared, dict) else {}
            declared_at = self.document.spot(("Parameters", name))
            key = f"parameter {name}"
            if key in self._doing:
                return Unresolved(f"parameter {name} refers to itself", (name,), declared_at)
            self._doing.add(key)
            try:
                self._parameters[name] = parameters.value_of(name, declared, self.given(name), declared_at)
            finally:
                self._doing.discard(key)
        return self._parameters[name]

    def output(self, name: str) -> Any:
        """Give the value of an output; `NO_VALUE` where there is none."""
        found = self.outputs().get(name)
        if found is None:
            return NO_VALUE
        raw, at, env = found
        key = f"output {name}"
        if key in self._doing:
            return self.unresolved(f"output {name} refers to itself", at)
        self._doing.add(key)
        try:
            if isinstance(raw, dict) and "Value" in raw:
                return evaluate(self, raw["Value"], (*at, "Value"), env)
            return self.unresolved(f"output {name} has no value", at)
        finally:
            self._doing.discard(key)

    def outputs(self) -> dict[str, tuple[Any, Path, Env]]:
        """Give the outputs by name, as the template has them."""
        if self._outputs is None:
            found = entries(self, self.section("Outputs"), ("Outputs",), EMPTY)
            self._outputs = {key: (raw, at, env) for key, raw, at, env in found}
        return self._outputs

    # Conditions

    def condition(self, name: str, env: Env) -> bool | Unresolved:
        """Say whether a condition holds, or why that cannot be said."""
        if name in env.held:
            return env.held[name]
        if name in self._decided:
            return self._decided[name]
        if self._conditions is None:
            found = entries(self, self.section("Conditions"), ("Conditions",), EMPTY)
            self._conditions = {key: (raw, at, inner) for key, raw, at, inner in found}
        if name not in self._conditions:
            return Unresolved(f"condition {name} is not in this template", (name,))
        raw, at, inner = self._conditions[name]
        key = f"condition {name}"
        if key in self._doing or self.run.depth >= DEEPEST:
            return self.unresolved(f"condition {name} refers to itself", at, (name,))
        self._doing.add(key)
        self.run.depth += 1
        try:
            holds = self.decide(raw, at, inner)
        finally:
            self.run.depth -= 1
            self._doing.discard(key)
        if isinstance(holds, Unresolved):
            why = holds.why if holds.why.startswith("condition ") else f"condition {name} is open: {holds.why}"
            holds = Unresolved(why, holds.refs or (name,), holds.spot or self.place(at))
        self._decided[name] = holds
        return holds

    def decide(self, raw: Any, at: Path, env: Env) -> bool | Unresolved:
        """Say whether what stands for a condition is true."""
        if isinstance(raw, dict) and len(raw) == 1:
            name, argument = next(iter(raw.items()))
            place = (*at, name)
            if name == "Condition" and isinstance(argument, str):
                return self.condition(argument, env)
            if name == "Fn::Equals":
                return self._equals(argument, place, env)
            if name in ("Fn::And", "Fn::Or", "Fn::Not"):
                inner = argument if isinstance(argument, list) else [argument]
                return self._combine(name, inner, place, env)
        value = evaluate(self, raw, at, env)
        if isinstance(value, Unresolved):
            return self.because(value, at)
        text = text_of(value)
        if text in ("true", "false"):
            return text == "true"
        return self.unresolved("a condition cannot be worked out", at)

    def _combine(self, name: str, argument: list[Any], at: Path, env: Env) -> bool | Unresolved:
        if self.run.depth >= DEEPEST or not argument:
            return self.unresolved("conditions are nested too deep" if argument else f"{name} has no conditions", at)
        self.run.depth += 1
        try:
            found = [self.decide(one, (*at, number), env) for number, one in enumerate(argument)]
        finally:
            self.run.depth -= 1
        unknown = [one for one in found if isinstance(one, Unresolved)]
        known = [one for one in found if not isinstance(one, Unresolved)]
        if name == "Fn::And":
            return False if False in known else (unknown[0] if unknown else True)
        if name == "Fn::Or":
            return True if True in known else (unknown[0] if unknown else False)
        if len(argument) > 1:
            return self.unresolved("Fn::Not takes one condition", at)
        return unknown[0] if unknown else not known[0]

    def _equals(self, argument: Any, at: Path, env: Env) -> bool | Unresolved:
        if not isinstance(argument, list) or len(argument) != 2:
            return self.unresolved("Fn::Equals needs two values", at)
        sides = [self._compared(one, (*at, number), env) for number, one in enumerate(argument)]
        for one in sides:
            if one is None:
                return self.unresolved("Fn::Equals compares what is no text", at)
        found: set[bool | None] = set()
        first, second = ((one.choices or (None,)) if isinstance(one, Unresolved) else (one,) for one in sides)
        for left in first:
            for right in second:
                found.add(_equal(left, right))
        if len(found) == 1 and None not in found:
            return found == {True}
        for one in sides:
            if isinstance(one, Unresolved):
                return self.because(one, at)
        return self.unresolved("which region or account the stack is deployed to decides it", at)

    def _compared(self, raw: Any, at: Path, env: Env) -> Any:
        """Give a side of a comparison: a text, what is unresolved, or None."""
        value = evaluate(self, raw, at, env)
        if isinstance(value, Unresolved) and isinstance(raw, dict) and list(raw) == ["Ref"]:
            name = raw["Ref"]
            declared = self.section("Parameters").get(name) if isinstance(name, str) else None
            if isinstance(declared, dict) and text_of(declared.get("NoEcho")) in ("true", "True"):
                kept = parameters.raw_value_of(declared, self.given(name))
                return value if kept is None else kept
        if isinstance(value, list):
            texts = [None if isinstance(one, Unresolved) else text_of(one) for one in value]
            return None if None in texts else "\0".join(str(one) for one in texts)
        return value if isinstance(value, Unresolved) else text_of(value)


def _equal(left: Any, right: Any) -> bool | None:
    one, other = text_of(left), text_of(right)
    if one is None or other is None:
        return None
    if one == other:
        return True
    return False if is_settled(one) and is_settled(other) else None
