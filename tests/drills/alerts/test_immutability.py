"""A lock that holds is told from one that does not, and from an identity that may delete nothing at all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drills.kinds import drills
from drills.plan.model import Subject
from drills.scene import Measured
from scanner.emulation import Emulator
from tests.drills.alerts.scenes import REGION, of, on_scene, performed

ARCHIVE = Subject("archive", "documents", "bucket", "archive", REGION)
SHORT = {"locked_for": "2s"}


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator() as emulator:
        s3 = emulator.client("s3")
        where: Any = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket="archive", CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
        rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
        s3.put_object_lock_configuration(
            Bucket="archive", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )
        yield emulator


def held(measured: Measured, about: str) -> list[bool | None]:
    return [one.held for one in measured.checks if one.about == about]


def test_a_lock_holds(aws: Emulator, tmp_path: Path) -> None:
    measured = performed(of(aws), tmp_path, ARCHIVE, "immutability-object", settings=SHORT)
    assert measured.why == ""
    assert held(measured, "must-deny") == [True] * 4
    assert held(measured, "must-allow") == [True, True]
    assert held(measured, "integrity") == [True]
    assert [one.detail for one in measured.checks if one.about == "configuration"] == ["compliance, 30 days"]
    assert [one["Name"] for one in aws.client("s3").list_buckets()["Buckets"]] == ["archive"]


def test_a_lock_that_does_not_hold_is_told(aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.s3.models import FakeKey

    monkeypatch.setattr(FakeKey, "is_locked", lambda *_, **__: False)
    measured = performed(of(aws), tmp_path, ARCHIVE, "immutability-object", settings=SHORT)
    assert held(measured, "must-deny")[0] is False
    assert held(measured, "integrity") == [False]


def test_a_bucket_without_a_lock_is_told(aws: Emulator, tmp_path: Path) -> None:
    aws.client("s3").create_bucket(Bucket="open", CreateBucketConfiguration={"LocationConstraint": REGION})
    subject = Subject("open", "documents", "bucket", "open", REGION)
    measured = performed(of(aws), tmp_path, subject, "immutability-object", settings=SHORT)
    assert held(measured, "configuration") == [False]
    assert held(measured, "must-deny") == [True] * 4


def test_who_may_delete_nothing_shows_nothing_of_the_lock(aws: Emulator, tmp_path: Path) -> None:
    with on_scene(of(aws), tmp_path, ARCHIVE, "immutability-object", settings=SHORT) as scene:
        aws.interference.deny("s3:DeleteObject")
        drills()["immutability-object"].perform([scene])
        aws.interference.clear()
    assert "a refusal would show nothing" in scene.measured.why
    assert held(scene.measured, "must-deny") == []


def test_who_may_lock_nothing_shows_nothing_of_shortening(aws: Emulator, tmp_path: Path) -> None:
    with on_scene(of(aws), tmp_path, ARCHIVE, "immutability-object", settings=SHORT) as scene:
        aws.interference.deny("s3:PutObjectRetention")
        drills()["immutability-object"].perform([scene])
    assert held(scene.measured, "must-deny") == [True, True, None, None]
