"""The law of code: whatever single value is left open, no verdict turns into its opposite, and none gets lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rules import catalogue
from scanner.documents.construct import load_policy
from scanner.engine import judge_all
from scanner.iac.block import Block, Code, plain
from scanner.iac.read import read
from scanner.iac.sources import Inputs, base_of, load
from scanner.model.finding import Finding
from scanner.model.reading import Reason
from scanner.model.unresolved import Unresolved
from scanner.model.verdict import Outcome
from scanner.plan import plan

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "infra"
CASES = ["terraform/good", "terraform/bad", "cloudformation/good.yaml", "cloudformation/bad.yaml"]
RULES = [rule for rule in catalogue().rules.values() if not rule.id.startswith("BK9")]
WORK = plan(RULES)
POLICY = load_policy()
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
OPEN = Unresolved("a value that the law leaves open")
#: What may become of a verdict that loses sight: itself, or unknown.
LOST = {
    Outcome.PASSED: {Outcome.FAILED},
    Outcome.FAILED: {Outcome.PASSED, Outcome.EXEMPT},
    Outcome.EXEMPT: {Outcome.FAILED},
}


@cache
def code(case: str) -> Code:
    path = EXAMPLES / case
    (found,) = load([path], base_of([path]), Inputs())
    found.blocks = [replace(block, values=plain(block.values)) for block in found.blocks]
    return found


def judged(some: Code, *, whole: bool) -> dict[str, Finding]:
    estates = read(some, WORK, at=AT, whole=whole)
    findings = judge_all(RULES, estates, POLICY, at=AT)
    assert not findings.crashes
    return {one.fingerprint: one for one in findings.findings if one.subject.declaration is not None}


@cache
def before(case: str, whole: bool) -> dict[str, Finding]:
    return judged(code(case), whole=whole)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from leaves(one, (*path, number))


def without(value: Any, path: tuple[str | int, ...]) -> Any:
    if not path:
        return OPEN
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = without(value[path[0]], path[1:])  # type: ignore[index]
    return copy


def blocks() -> Iterator[Any]:
    for case in CASES:
        for number, block in enumerate(code(case).blocks):
            yield pytest.param(case, number, id=f"{case}:{block.address}")


@pytest.mark.parametrize(("case", "number"), [*blocks()])
def test_what_is_left_open_turns_no_verdict(case: str, number: int) -> None:
    whole = number % 2 == 0  # each block is tried in one of the two worlds; its neighbours in the other
    old, some = before(case, whole), code(case)
    block = some.blocks[number]
    for path in leaves(block.values):
        opened = replace(block, values=without(block.values, path))
        new = judged(replace_block(some, number, opened), whole=whole)
        for mark, was in old.items():
            now = new.get(mark)
            where = f"{block.address} without {'.'.join(map(str, path))}: {was.rule.id} on {was.subject.name}"
            if now is None:
                assert was.outcome is not Outcome.FAILED, f"{where} is lost"
            else:
                assert now.outcome not in LOST.get(was.outcome, ()), f"{where}: {was.verdict} became {now.verdict}"


@pytest.mark.parametrize("case", CASES)
def test_a_block_that_may_not_exist_is_no_proof(case: str) -> None:
    for number, block in enumerate(code(case).blocks):
        doubtful = replace(block, doubt=OPEN)
        new = judged(replace_block(code(case), number, doubtful), whole=True)
        for mark, was in before(case, True).items():
            now = new.get(mark)
            assert now is not None
            where = f"{block.address} in doubt: {was.rule.id} on {was.subject.name}"
            assert now.outcome not in LOST.get(was.outcome, ()), f"{where}: {was.verdict} became {now.verdict}"


@pytest.mark.parametrize("case", CASES)
def test_a_smaller_world_is_never_more_certain(case: str) -> None:
    for mark, wide in before(case, True).items():
        narrow = before(case, False).get(mark)
        assert narrow is not None
        assert narrow.outcome not in LOST.get(wide.outcome, ()), f"{wide.rule.id}: {wide.verdict}, {narrow.verdict}"
        if narrow.outcome is Outcome.UNKNOWN and wide.outcome is not Outcome.UNKNOWN:
            assert narrow.reason in (Reason.OPEN, Reason.RUNTIME, Reason.UNRESOLVED)


def replace_block(some: Code, number: int, block: Block) -> Code:
    return replace(some, blocks=[*some.blocks[:number], block, *some.blocks[number + 1 :]])
