"""Blocks told in a few words, read and judged: what the tests of the forms of one group of services need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import jmespath

from rules import catalogue
from scanner.engine import judge
from scanner.iac.block import Block, Code
from scanner.iac.read import read
from scanner.model.estate import Estate
from scanner.model.finding import Finding, Findings
from scanner.model.origin import NOTHING
from scanner.model.policy import Policy, Scope
from scanner.model.reading import Known, Reading, Source, Spot, Unknown
from scanner.model.resource import Resource
from scanner.model.rule import Rule
from scanner.model.unresolved import Unresolved, unresolved_in
from scanner.plan import Need, Plan, plan
from scanner.resources.alerting.patterns import LEFT_OPEN
from tests.collect.recorded import AT
from tests.examples import DEMANDS

REGION, ACCOUNT = "eu-west-1", "111122223333"
OPEN = Unresolved("var.open has no value", ("var.open",), Spot("variables.tf", 1))
Values = Mapping[str, Any]


def terraform(type_: str, name: str = "one", /, *, at: str = REGION, owner: str = ACCOUNT, **values: Any) -> Block:
    """Make a block as the Terraform reader does."""
    address = f"{type_}.{name}"
    return Block(Source.TERRAFORM, type_, address, ".", values, Spot("main.tf", 1), region=at, account=owner)


def cloudformation(type_: str, name: str = "One", /, *, at: str = REGION, owner: str = ACCOUNT, **values: Any) -> Block:
    """Make a block as the CloudFormation reader does."""
    return Block(Source.CLOUDFORMATION, type_, name, ".", values, Spot("t.yaml", 1), region=at, account=owner)


@cache
def _work() -> Plan:
    """Plan to read every fact of every kind that rules look at, not only those that they need."""
    needs = plan(catalogue().rules.values()).needs
    return Plan({
        name: Need(need.kind, tuple(fact for fact in need.kind.facts.values() if fact.by is None))
        for name, need in needs.items()
    })  # fmt: skip


def estate_of(*blocks: Block, whole: bool = True) -> Estate:
    """Read the blocks of one account into an estate."""
    (found,) = read(Code(blocks[0].root, blocks[0].source, "hcl", list(blocks)), _work(), at=AT, whole=whole)
    return found


def readings(kind: type[Resource], *blocks: Block) -> Mapping[str, Reading[Any]]:
    """Give what was read of the one resource of a kind."""
    (found,) = estate_of(*blocks).resources[kind.kind]
    return found.readings


def values(kind: type[Resource], *blocks: Block) -> dict[str, Any]:
    """Give the facts that are known of the one resource of a kind."""
    return {name: one.value for name, one in readings(kind, *blocks).items() if isinstance(one, Known)}


def live(kind: type[Resource], item: Values, **answers: Values) -> dict[str, Any]:
    """Give the facts that the live converters make of what AWS answers: of the listed item, and of calls by operation."""
    found: dict[str, Any] = {}
    for name, fact in kind.facts.items():
        told = fact.live
        if told is None or told.side is not None:
            continue
        answer = item if told.call is None else answers.get(told.call.operation)
        if answer is None:
            continue
        raw = jmespath.search(told.path, answer)
        if raw is not None:
            found[name] = told.convert(raw)
        elif told.absent is not NOTHING:
            found[name] = told.absent
    return found


def loses_only_it(kind: type[Resource], *blocks: Block, but: Sequence[object] = ()) -> None:
    """Leave open every value of every block in turn: what hangs on it is open then, and nothing else changes.

    `but` names attributes that only name something: of those nothing need be lost.
    """
    before = values(kind, *blocks)
    for number, block in enumerate(blocks):
        for path in leaves(block.values):
            told = [*blocks[:number], leave_open(block, path), *blocks[number + 1 :]]
            found = estate_of(*told).resources.get(kind.kind, ())
            if not found or path[-1] in but:
                continue
            lost = found[0].doubt is not None
            for name, value in before.items():
                reading = found[0].readings[name]
                if isinstance(reading, Unknown) or _is_open(reading.value):
                    lost = True
                else:
                    assert reading.value == value, (block.address, path, name)
            assert lost, (block.address, path)


def _is_open(value: Any) -> bool:
    return unresolved_in(value) is not None or (isinstance(value, str) and LEFT_OPEN in value)


def leaves(raw: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of everything in some values: mappings and lists as well as what is in them."""
    if path:
        yield path
    parts: Any = raw.items() if isinstance(raw, Mapping) else enumerate(raw) if isinstance(raw, list) else ()
    for step, one in parts:
        yield from leaves(one, (*path, step))


def opened(raw: Any, path: Sequence[Any], value: Any = OPEN) -> Any:
    """Give the same values, one of them left open."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(raw, Mapping):
        return {**raw, step: opened(raw[step], rest, value)}
    return [opened(one, rest, value) if number == step else one for number, one in enumerate(raw)]


def leave_open(block: Block, path: Sequence[Any]) -> Block:
    """Give the same block, one of its values left open."""
    return replace(block, values=opened(block.values, path))


def judged(*blocks: Block, rules: Sequence[str], whole: bool = True, scope: Scope = Scope()) -> Findings:  # noqa: B008
    """Judge blocks by some rules."""
    chosen: list[Rule] = [catalogue().rules[one] for one in rules]
    # The figures of the tables of rules, which demand more than the policy as it is shipped.
    policy = Policy("examples", "1", DEMANDS, {}, {})
    return judge(chosen, estate_of(*blocks, whole=whole), policy, at=AT, scope=scope)


def outcomes(*blocks: Block, rule: str, whole: bool = True, scope: Scope = Scope()) -> dict[str, Finding]:  # noqa: B008
    """Give the findings of a rule by the address of the block that they are about."""
    found = judged(*blocks, rules=[rule], whole=whole, scope=scope)
    assert not found.crashes
    return {one.subject.declaration.address: one for one in found.findings if one.subject.declaration is not None}


def never_flips(blocks: Sequence[Block], rules: Sequence[str], *, whole: bool = True, scope: Scope = Scope()) -> int:  # noqa: B008
    """Leave open every value of every block in turn: no verdict may turn into another than unknown; give how many."""
    before = {_key(one): one.outcome.value for one in judged(*blocks, rules=rules, whole=whole, scope=scope).findings}
    tried = 0
    for number, block in enumerate(blocks):
        for path in leaves(block.values):
            told = [*blocks[:number], leave_open(block, path), *blocks[number + 1 :]]
            found = judged(*told, rules=rules, whole=whole, scope=scope)
            assert not found.crashes, (block.address, path, found.crashes)
            for one in found.findings:
                was, now = before.get(_key(one)), one.outcome.value
                assert was is None or now in (was, "unknown"), (
                    one.rule.id, block.address, path, was, now, one.verdict.because,
                )  # fmt: skip
            tried += 1
    return tried


def _key(one: Finding) -> tuple[str, ...]:
    declared = one.subject.declaration  # of which one may make resources of several kinds
    return (one.rule.id, one.subject.kind, declared.address) if declared is not None else (one.rule.id, one.subject.id)
