"""A key that is taken away takes its data away, and gives it back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.kinds import drills
from drills.kinds.key_loss_data import REFUSED
from drills.plan.model import Subject
from scanner.emulation import Emulator
from tests.drills.alerts.scenes import REGION, of, on_scene, performed
from tests.drills.stand_ins import DrivenClock


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


def key_of(aws: Emulator) -> Subject:
    made = aws.client("kms").create_key(Description="in use")["KeyMetadata"]["KeyId"]
    return Subject("key", "documents", "key", made, REGION)


def test_it_is_lost_with_the_key_and_comes_back_with_it(aws: Emulator, tmp_path: Path) -> None:
    subject = key_of(aws)
    measured = performed(of(aws), tmp_path, subject, "key-loss-data", clock=DrivenClock())
    assert measured.why == ""
    assert [one.held for one in measured.checks] == [True, True, True]
    assert measured.came_back is True
    assert aws.client("kms").describe_key(KeyId=subject.resource)["KeyMetadata"]["KeyState"] == "Enabled"


def test_data_that_needs_no_key_is_told(aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.emulation import application

    monkeypatch.delitem(application.ANSWERS, ("kms", "Decrypt"))
    measured = performed(of(aws), tmp_path, key_of(aws), "key-loss-data", clock=DrivenClock())
    assert {one.name: one.held for one in measured.checks}[REFUSED] is False


def test_a_refusal_of_who_asks_says_nothing_of_the_key(aws: Emulator, tmp_path: Path) -> None:
    with on_scene(of(aws), tmp_path, key_of(aws), "key-loss-data", clock=DrivenClock()) as scene:
        aws.interference.deny("kms:Decrypt")
        drills()["key-loss-data"].perform([scene])
    assert {one.name: one.held for one in scene.measured.checks}[REFUSED] is None
    assert scene.measured.why != ""
    assert scene.measured.came_back is None


@pytest.mark.parametrize(("state", "held"), [("disabled", False), ("going", False)])
def test_a_key_in_danger_is_told(aws: Emulator, tmp_path: Path, state: str, held: bool) -> None:
    subject, kms = key_of(aws), aws.client("kms")
    if state == "disabled":
        kms.disable_key(KeyId=subject.resource)
    else:
        kms.schedule_key_deletion(KeyId=subject.resource)
    measured = performed(of(aws), tmp_path, subject, "key-loss-data", clock=DrivenClock())
    assert measured.checks[0].held is held
