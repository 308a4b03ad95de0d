"""The law of the readers: whatever the files hold, what is not read is told with its file and line, and nothing crashes.

The files are read as the command line does it, judged by every rule, and mended as far as that is certain.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from rules import catalogue
from scanner.cli.gate import Bench, Judged, no_collector
from scanner.documents.construct import load_policy
from scanner.iac.block import Problem
from scanner.iac.fixes.edit import apply, diff
from scanner.iac.sources import CodeError, Inputs, load
from scanner.model.configuration import Configuration
from scanner.model.reading import Spot
from scanner.model.verdict import Outcome
from scanner.plan import plan

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@cache
def bench() -> Bench:
    """Give what code is judged by here: all rules and the 5X policy, and the code is all there is."""
    rules = tuple(catalogue().rules.values())
    policy = load_policy(None)
    return Bench(rules, plan(rules), policy, Configuration({}), AT, True, frozenset(one.id for one in rules))


def hold(directory: Path, files: Mapping[str, bytes], named: str = ".") -> Judged | None:
    """Write some files, and hold the law for what is named of them; give what was judged, or None if it is no code."""
    for name, data in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    try:
        codes = tuple(load([directory / named], directory, Inputs()))
    except CodeError:
        return None
    for code in codes:
        for problem in code.problems:
            _hold_problem(problem)
        for block in code.blocks:
            assert block.address, block
            assert block.root == code.root, block
    with no_collector():
        judged = bench().judge(codes, directory, lambda _: True)
    assert not judged.findings.crashes, judged.findings.crashes
    for finding in judged.findings.findings:
        if finding.outcome is Outcome.FAILED and finding.subject.declaration is not None:
            place = finding.decided_at
            assert place is not None, (finding.rule.id, finding.subject.id)
            assert place.spot is not None, (finding.rule.id, finding.subject.id)
            _hold_spot(place.spot)
    for edits in judged.fixes.values():
        for edit in edits:
            text = (directory / edit.file).read_bytes().decode("utf-8")
            assert 0 <= edit.start <= edit.end <= len(text), edit
            assert apply(text, [edit]) != text, edit
            assert diff(edit.file, text, [edit]), edit
    return judged


def _hold_problem(problem: Problem) -> None:
    assert problem.message, problem
    assert len(problem.message) < 1_000, problem
    _hold_spot(problem.spot)


def _hold_spot(spot: Spot) -> None:
    assert spot.file, spot
    assert not os.path.isabs(spot.file), spot  # noqa: PTH117  # it is a text
    assert spot.line >= 1, spot
    assert spot.column >= 0, spot
    assert spot.end_line == 0 or spot.end_line >= spot.line, spot
