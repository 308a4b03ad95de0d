"""Resources: the entries of a template's `Resources` become blocks; what hides resources is told as a problem."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from scanner.iac.block import Block, Path, Problem
from scanner.iac.cloudformation.evaluation import EMPTY, LOOP, Env, entries, replace_names
from scanner.iac.cloudformation.properties import Properties, written
from scanner.iac.cloudformation.stack import Stack
from scanner.iac.cloudformation.values import text_of
from scanner.model.reading import Source
from scanner.model.unresolved import Unresolved

#: transforms of AWS that make no resources of their own, or none but those that are made here
_KNOWN: Final = frozenset(
    {
        "AWS::Serverless-2016-10-31",
        "AWS::LanguageExtensions",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::CodeDeployBlueGreen",
    }
)
_NESTED: Final = frozenset({"AWS::CloudFormation::Stack", "AWS::Serverless::Application"})


def declare(stack: Stack) -> None:
    """Make the blocks of a stack, and of the stacks that it nests."""
    stack.run.stacks.append(stack)
    _tell_macros(stack)
    resources = stack.document.value.get("Resources")
    if resources is not None and not isinstance(resources, dict):
        message = "Resources is no mapping, so nothing of it is read"
        stack.note(Problem(message, stack.document.spot(("Resources",)), broken=True))
    for key, raw, at, env in entries(stack, stack.section("Resources"), ("Resources",), EMPTY):
        _take(stack, key, raw, at, env)
    for name in list(stack.pending):
        stack.nested_stack(name)


def _tell_macros(stack: Stack) -> None:
    transforms = stack.document.value.get("Transform")
    several = isinstance(transforms, list)
    for number, one in enumerate(transforms if several else [transforms]):
        name = one.get("Name") if isinstance(one, dict) else one
        name = text_of(name) if not isinstance(name, Unresolved) else None
        if one is None or name in _KNOWN:
            continue
        message = f"transform {name or 'without a name'} may change or add resources when the stack is deployed"
        hint = "judge the processed template (`aws cloudformation get-template --template-stage Processed`) as well"
        place = ("Transform", number) if several else ("Transform",)
        stack.note(Problem(message, stack.document.spot(place), hint))
    if "Fn::Transform" in stack.document.value:
        message = "Fn::Transform may change or add resources when the stack is deployed"
        stack.note(Problem(message, stack.document.spot(("Fn::Transform",))))
    for name in stack.section("Modules"):
        message = f"module {name} is expanded when the template is packaged, so its resources are not read"
        stack.note(Problem(message, stack.document.spot(("Modules", name)), "judge the packaged template", name))


def _take(stack: Stack, key: str, raw: Any, at: Path, env: Env) -> None:
    if key.startswith(LOOP) or (env.doubt is not None and key in stack.blocks):
        return  # a loop that cannot be gone through: it is told, and one stands for all that it may make
    address = stack.prefix + key
    if key == "Fn::Transform":
        message = "Fn::Transform adds resources when the stack is deployed, which are not read"
        stack.note(Problem(message, stack.document.spot(at)))
    elif not isinstance(raw, dict) or not key:
        message = f"resource {address} is no mapping, so it is not read" if key else "a resource has no name"
        stack.note(Problem(message, stack.document.spot(at), address=address, broken=True))
    elif not isinstance(raw.get("Type"), str):
        _tell_type(stack, address, raw, at)
    else:
        properties = raw.get("Properties")
        if properties is not None and not isinstance(properties, (dict, Unresolved)):
            message = f"Properties of {address} is no mapping, so they are not known"
            stack.note(Problem(message, stack.document.spot((*at, "Properties")), address=address, broken=True))
        _declare(stack, key, raw, at, env)


def _declare(stack: Stack, key: str, raw: dict[str, Any], at: Path, env: Env) -> None:
    kind: str = raw["Type"]
    doubt = stack.doubt if stack.doubt is not None else env.doubt
    if "Condition" in raw:
        name = raw["Condition"]
        if isinstance(name, str) and env.names:
            name = replace_names(name, env)
        holds = stack.condition(name, env) if isinstance(name, str) else stack.decide(name, (*at, "Condition"), env)
        if holds is False:
            stack.missing[key] = name if isinstance(name, str) else "of its own"
            return
        if isinstance(holds, Unresolved) and doubt is None:
            doubt = stack.at(holds, (*at, "Condition"))
        if isinstance(name, str):
            env = env.holding(name, holds=True)  # where it is, its condition is true
    if kind.startswith("AWS::Serverless::"):
        from scanner.iac.cloudformation.serverless import expand  # noqa: PLC0415  # few templates are AWS SAM's

        for part in expand(stack, key, kind, raw, at, env):
            add(stack, part.name, part.kind, Properties(stack, part.make), at, doubt)
    else:
        add(stack, key, kind, Properties(stack, partial(written, stack, raw, at, env)), at, doubt)
    if kind in _NESTED:
        from scanner.iac.cloudformation.nested import follow  # noqa: PLC0415  # few stacks nest others

        stack.pending[key] = partial(follow, stack, key, raw, at, env, doubt)
    _tell_what_hides(stack, key, kind, at)


def _tell_what_hides(stack: Stack, key: str, kind: str, at: Path) -> None:
    address = stack.prefix + key
    if kind.endswith("::MODULE"):
        message = f"module {kind} of {address} is in the registry of an account, so its resources are not read"
        hint = "judge the processed template or a change set as well"
        stack.note(Problem(message, stack.document.spot((*at, "Type")), hint, address))
    elif kind == "AWS::CloudFormation::StackSet":
        message = f"stack set {address} deploys stacks to other accounts and regions, which are not read here"
        stack.note(Problem(message, stack.document.spot(at), "judge its template on its own", address))


def _tell_type(stack: Stack, address: str, raw: dict[str, Any], at: Path) -> None:
    kind = raw.get("Type")
    if isinstance(kind, dict) and len(kind) == 1 and next(iter(kind)).endswith("Module"):
        name = next(iter(kind)).removeprefix("!")  # Rain's, as a tag or, in JSON, as a key
        message = f"{address} is a {name}, which is expanded when the template is packaged, so it is not read"
        stack.note(Problem(message, stack.document.spot((*at, "Type")), "judge the packaged template", address))
        return
    if kind is None and "Type" not in raw:
        message, place = f"resource {address} has no Type, so it is not read", at
    else:
        message, place = f"Type of {address} is no text, so it is not read", (*at, "Type")
    stack.note(Problem(message, stack.document.spot(place), address=address, broken=True))


def add(stack: Stack, name: str, kind: str, values: Properties, at: Path, doubt: Unresolved | None) -> Block | None:
    """Add a block to a stack."""
    if name in stack.blocks:
        message = f"{stack.prefix}{name} is declared twice; the second is not read"
        stack.note(Problem(message, stack.document.spot(at), address=stack.prefix + name, broken=True))
        return None
    block = Block(
        Source.CLOUDFORMATION, kind, stack.prefix + name, stack.code.root, values, stack.document.spot(at), values.place,
        stack.region, stack.account, stack.partition, stack.trail, doubt,
    )  # fmt: skip
    stack.blocks[name] = block
    stack.code.blocks.append(block)
    return block
