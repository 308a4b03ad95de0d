"""What the tests of the forms of databases share: blocks in both languages, read, judged, and left open leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import jmespath

import rules
from scanner.documents.construct import load_policy
from scanner.engine import judge
from scanner.iac.block import Block, Code
from scanner.iac.forms import forms_of
from scanner.iac.read import read
from scanner.model.origin import NOTHING
from scanner.model.policy import Policy, Scope
from scanner.model.reading import Known, Reading, Source, Spot, Unknown
from scanner.model.resource import Resource
from scanner.model.system import Selector, System
from scanner.model.unresolved import Unresolved, unresolved_in
from scanner.plan import Plan, plan
from scanner.resources import kinds
from tests.collect.recorded import AT

REGION, ACCOUNT = "eu-west-1", "111111111111"
PLACE = f"{REGION}:{ACCOUNT}"
KEY = f"arn:aws:kms:{PLACE}:key/1"
OPEN = Unresolved("var.open has no value (variables.tf:1)", ("var.open",), Spot("variables.tf", 1))
#: A critical tier, which demands most of what a policy can.
SYSTEMS = (System("all", "production-database", (Selector({}, "*", ""),), (), ()),)
SCOPE = Scope(frozenset({REGION}), frozenset({"222222222222"}))
_NONE: Mapping[str, Any] = {}


def terraform(
    kind: str, name: str, values: Mapping[str, Any] = _NONE, *, region: str = REGION, root: str = "."
) -> Block:
    """Make a block as the Terraform readers do."""
    address, spot = f"{kind}.{name}", Spot("main.tf", 3)
    return Block(Source.TERRAFORM, kind, address, root, values, spot, region=region, account=ACCOUNT)


def template(kind: str, name: str, values: Mapping[str, Any] = _NONE, *, region: str = REGION) -> Block:
    """Make a block as the reader of templates does."""
    spot = Spot("stack.yaml", 3)
    return Block(Source.CLOUDFORMATION, f"AWS::{kind}", name, ".", values, spot, region=region, account=ACCOUNT)


@cache
def _work(everything: bool) -> Plan:
    work = plan(rules.catalogue().rules.values())
    if everything:
        for name, need in work.needs.items():
            facts = tuple(fact for fact in kinds()[name].facts.values() if fact.live is not None)
            work.needs[name] = replace(need, facts=facts)  # type: ignore[index]
    return work


@cache
def _policy() -> Policy:
    return load_policy()


def readings(kind: type[Resource], blocks: Sequence[Block], *, whole: bool = True) -> Mapping[str, Reading[Any]]:
    """Read every fact of the resource that the first of these blocks declares."""
    code = Code(".", blocks[0].source, "hcl", list(blocks))
    for estate in read(code, _work(everything=True), at=AT, whole=whole):
        for found in estate.resources.get(kind.kind, ()):
            if found.declaration is not None and found.declaration.address == blocks[0].address:
                return found.readings
    raise AssertionError(f"{blocks[0].address} declares no {kind.kind}")


def told(kind: type[Resource], *blocks: Block, whole: bool = True) -> dict[str, Any]:
    """Give the facts that are known of what the first of these blocks declares."""
    found = readings(kind, blocks, whole=whole)
    return {name: reading.value for name, reading in found.items() if isinstance(reading, Known)}


def left_open(kind: type[Resource], *blocks: Block, whole: bool = True) -> dict[str, str]:
    """Give why each fact that is not known is not."""
    found = readings(kind, blocks, whole=whole)
    return {name: reading.detail for name, reading in found.items() if isinstance(reading, Unknown)}


def identity(block: Block, kind: type[Resource]) -> str:
    """Give the id of what a block declares."""
    code = Code(".", block.source, "hcl", [block])
    (estate,) = read(code, _work(everything=True), at=AT)
    (found,) = estate.resources[kind.kind]
    return found.id


def answered(kind: type[Resource], item: Mapping[str, Any], **asked: Any) -> dict[str, Any]:
    """Give the facts as the live converters make them of what AWS answers; `asked` holds what other calls tell."""
    found: dict[str, Any] = {}
    for name, fact in kind.facts.items():
        live: Any = fact.live
        if live is None:
            continue
        if name in asked:
            found[name] = live.convert(asked[name])
        elif live.call is None:
            raw = jmespath.search(live.path, item)
            if raw is not None:
                found[name] = live.convert(raw)
            elif live.absent is not NOTHING:
                found[name] = live.absent
    return found


def said(block: Block, kind: type[Resource]) -> set[str]:
    """Give the names of the facts that the form of a block keeps."""
    (form,) = (one for one in forms_of(block.type) if one.kind is kind)
    return set(form.facts)


def verdicts(
    blocks: Sequence[Block], *, whole: bool = True, only: Iterable[str] = ()
) -> dict[tuple[str, str], tuple[str, str]]:
    """Judge blocks by these rules, or by all: outcome and why, by rule and address."""
    catalogue = rules.catalogue().rules
    chosen = [catalogue[one] for one in only] or list(catalogue.values())
    code = Code(".", blocks[0].source, "hcl", list(blocks))
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for estate in read(code, _work(everything=False), at=AT, whole=whole):
        judged = judge(chosen, estate, _policy(), at=AT, systems=SYSTEMS, scope=SCOPE)
        assert not judged.crashes
        for one in judged.findings:
            declaration = one.subject.declaration
            if declaration is not None:
                found[one.rule.id, declaration.address] = (one.outcome.value, one.verdict.because)
    return found


def outcome(rule: str, *blocks: Block, whole: bool = True) -> str:
    """Judge what the first of these blocks declares by one rule."""
    return verdicts(blocks, whole=whole, only=[rule])[rule, blocks[0].address][0]


def leaves(values: Any, steps: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of everything inside some values."""
    if steps:
        yield steps
    inside: Any = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for step, one in inside:
        yield from leaves(one, (*steps, step))


def opened(values: Any, steps: tuple[Any, ...]) -> Any:
    """Give some values with one inside them left open."""
    if not steps:
        return OPEN
    twin = values.copy()
    twin[steps[0]] = opened(twin[steps[0]], steps[1:])
    return twin


def variants(blocks: Sequence[Block]) -> Iterator[tuple[str, list[Block]]]:
    """Give these blocks with each value of each in turn left open."""
    for place, block in enumerate(blocks):
        for steps in leaves(block.values):
            twin = replace(block, values=opened(block.values, steps))
            yield f"{block.address} {steps}", [*blocks[:place], twin, *blocks[place + 1 :]]


def hold_the_law(blocks: Sequence[Block], *, whole: bool, only: Iterable[str]) -> int:
    """Leave each value open: no verdict turns into its opposite; give how many had been decided."""
    before = verdicts(blocks, whole=whole, only=only)
    for what, twins in variants(blocks):
        for which, (after, why) in verdicts(twins, whole=whole, only=only).items():
            pair = {before.get(which, ("", ""))[0], after}
            assert pair != {"passed", "failed"}, f"{what}: {which} was {before[which]}, is {after}: {why}"
    return sum(one in ("passed", "failed") for one, _ in before.values())


def hold_facts(kind: type[Resource], blocks: Sequence[Block], *idle: str) -> None:
    """Leave each value open: facts stay what they were or become unknown; each attribute but the idle opens one."""
    before = readings(kind, blocks)
    opens: dict[str, set[str]] = {attribute: set() for attribute in blocks[0].values}
    for steps in leaves(blocks[0].values):
        twin = replace(blocks[0], values=opened(blocks[0].values, steps))
        for name, reading in readings(kind, [twin, *blocks[1:]]).items():
            if isinstance(reading, Known) and unresolved_in(reading.value) is None:
                known = before[name]
                assert isinstance(known, Known), f"{steps}: {name} was unknown and is {reading.value!r}"
                assert known.value == reading.value, f"{steps}: {name}"
            elif isinstance(before[name], Known):
                opens[steps[0]].add(name)
    still = {attribute for attribute, names in opens.items() if not names}
    assert still == set(idle), still
