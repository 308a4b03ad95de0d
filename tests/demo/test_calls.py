"""The demo account, heard from the other side: how many calls a scan costs, and what throttling does to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from scanner.collect.session import connect
from scanner.emulation.interference import Heard
from scanner.model.finding import Findings
from scanner.model.verdict import Outcome
from tests.demo.conftest import Demo

pytestmark = pytest.mark.xdist_group("demo")


def counted(calls: Iterable[Heard]) -> Counter[str]:
    return Counter(f"{one.name} {one.region} {sorted(one.params.items(), key=str)}" for one in calls)


def told(found: Findings) -> list[tuple[str, str, str, str, str]]:
    # What an unknown says names the request, which is another one every time.
    return [
        (one.rule.id, one.subject.kind, one.subject.id, one.outcome.value,
         "" if one.outcome is Outcome.UNKNOWN else one.verdict.because)
        for one in found.findings
    ]  # fmt: skip


def test_no_call_is_made_twice(demo: Demo) -> None:
    made = counted(demo.heard)
    # A report that AWS makes on request is asked for until it is there.
    assert [call for call, times in made.items() if times > 1 and "GenerateCredentialReport" not in call] == []
    assert sum(made.values()) <= 1.05 * len(made)
    # What the estate says it cost is what it cost.
    assert sum(demo.estate.calls.values()) == sum(made.values())
    assert "GetCallerIdentity" not in " ".join(made)


def test_throttling_costs_calls_and_no_verdict(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.02)
    before = len(demo.emulator.interference.calls)
    demo.emulator.interference.throttle(0.3, 7)
    try:
        estate = demo.collect(connect(demo.account)[0])
    finally:
        demo.emulator.interference.throttle(0.0, 0)
    made = counted(demo.emulator.interference.calls[before:])
    assert len(made) < sum(made.values()) <= 2 * len(made)
    assert told(demo.judge(estate)) == told(demo.findings)
