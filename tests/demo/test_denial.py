"""Each operation of the plan is denied in turn: no verdict may turn into its opposite, and no finding may vanish."""

from __future__ import annotations

import pytest

from rules import catalogue
from scanner.collect.port import CallFailed
from scanner.model.finding import Finding, Findings
from scanner.model.reading import Unknown
from scanner.model.verdict import Outcome
from scanner.plan import IDENTITY, plan
from tests.demo.conftest import Demo
from tests.demo.replay import Replay

pytestmark = pytest.mark.xdist_group("demo")
OPERATIONS = [name for name in plan(catalogue().rules.values()).operations if name != IDENTITY.name]
OPPOSITE = {Outcome.PASSED: Outcome.FAILED, Outcome.FAILED: Outcome.PASSED}


def test_a_replay_is_judged_like_the_recording(demo: Demo) -> None:
    again = demo.judge(demo.collect(Replay(demo.recording.answers)))
    assert [told(one) for one in again.findings] == [told(one) for one in demo.findings.findings]
    assert not demo.findings.crashes


def told(one: Finding) -> tuple[str, str, str, str, str]:
    return one.rule.id, one.subject.kind, one.subject.id, one.outcome.value, one.verdict.because


@pytest.mark.parametrize("operation", OPERATIONS)
def test_denying_an_operation_flips_nothing_and_hides_nothing(demo: Demo, operation: str) -> None:
    estate = demo.collect(Replay(demo.recording.answers, lambda name, _: name == operation))
    compare(demo.findings, demo.judge(estate), operation)
    if any(f"{service}:{called}" == operation for service, called, _, _ in demo.recording.answers):
        told = [gap.unknown.detail for gap in estate.gaps if operation in gap.unknown.detail]
        told += [
            reading.detail
            for found in estate.resources.values()
            for resource in found
            for reading in resource.readings.values()
            if isinstance(reading, Unknown) and operation in reading.detail
        ]
        assert told, f"nobody is told that {operation} was denied"
        assert all("AccessDenied" in one and "denied-1" in one for one in told if "denied-1" in one or "you may" in one)


@pytest.mark.parametrize("service", sorted({name.split(":")[0] for name in OPERATIONS}))
def test_denying_a_service_in_one_region_flips_nothing_and_hides_nothing(demo: Demo, service: str) -> None:
    estate = demo.collect(
        Replay(demo.recording.answers, lambda name, region: name.startswith(f"{service}:") and region == "eu-central-1")
    )
    compare(demo.findings, demo.judge(estate), service)


def test_denying_everything_leaves_only_unknown_and_exempt(demo: Demo) -> None:
    found = demo.judge(demo.collect(Replay(demo.recording.answers, lambda *_: True)))
    settled = {one.rule.id for one in found.findings if one.outcome in OPPOSITE}
    # Only what the configuration itself declares can still be judged.
    declared = {rule.id for rule in catalogue().rules.values()
                if any(kind.kind.startswith("policy.") for kind in rule.kinds)}  # fmt: skip
    assert settled <= declared


def compare(before: Findings, after: Findings, what: str) -> None:
    assert not after.crashes, after.crashes[:3]
    now = {(one.rule.id, one.subject.kind, one.subject.id): one for one in after.findings}
    gaps = {(one.rule.id, one.subject.kind, one.subject.region) for one in after.findings if one.subject.gap}
    gaps |= {(rule, kind, "") for rule, kind, _ in gaps}
    for one in before.findings:
        key = (one.rule.id, one.subject.kind, one.subject.id)
        same = now.get(key)
        if same is None:
            covered = {(one.rule.id, one.subject.kind, region) for region in (one.subject.region, "")} & gaps
            assert covered or one.subject.gap, f"{key} vanished without {what}"
            continue
        assert same.outcome is not OPPOSITE.get(one.outcome), (
            f"{key}: {one.outcome} ({one.verdict.because}) became {same.outcome} ({same.verdict.because}) without {what}"
        )


def test_the_demo_itself_has_calls_that_are_denied(demo: Demo) -> None:
    failures = [page for pages in demo.recording.answers.values() for page in pages if isinstance(page, CallFailed)]
    assert any(one.reason.value == "denied" for one in failures)
    assert demo.estate.gaps
