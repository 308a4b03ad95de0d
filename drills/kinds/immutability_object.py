"""Immutability of object versions: what is locked is neither deleted nor unlocked early."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from drills.kinds.drill import SingleDrill
from drills.measuring.clock import Mark
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive
from drills.verification.access import ALLOW, DENY
from scanner.collect.port import CallFailed
from scanner.model.duration import parse_duration, speak
from scanner.model.reading import Reason

DURATION: dict[str, Any] = {"type": "string", "pattern": r"^(?=\d)(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"}
#: How long the version of the run is locked: nobody can remove it before, not even the drill.
LOCKED = timedelta(minutes=3)
_FREE, _HELD = "free", "locked"


class ImmutabilityObject(SingleDrill):
    """A locked object version is neither deleted nor unlocked early, by whoever administers the backups.

    A lock in compliance mode binds everybody until it ends, so the drill locks nothing that others made: it makes a bucket
    and two versions of its own, one of them locked for a few minutes. The other one is deleted first: where even that is
    refused, a refusal shows nothing of the lock. The lock that the subject itself has is compared with that of the drill.
    """

    name: ClassVar[str] = "immutability-object"
    tests: ClassVar[tuple[str, ...]] = ()
    on: ClassVar[tuple[str, ...]] = ("bucket",)
    reads: ClassVar[tuple[str, ...]] = ("s3:GetObjectLockConfiguration", "s3:ListObjectVersions", "s3:GetObject")
    makes: ClassVar[tuple[str, ...]] = ("s3:CreateBucket",)
    settings: ClassVar[Mapping[str, Any]] = {"properties": {"locked_for": DURATION}}

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        locked = entry.settings.get("locked_for", speak(LOCKED))
        return (
            f"read the lock of {subjects[0].resource}",
            f"make a bucket of the run with Object Lock, and two versions, one of them locked for {locked}",
            "delete the free one: that must be allowed",
            "try to delete the locked one, to shorten its lock, and to turn it into one that can be bypassed: all must be denied",
            "read the locked one again: it must be there, byte for byte",
            f"wait until the lock is over ({locked}), delete version and bucket, and look whether they are gone (T6)",
        )

    def run(self, scene: Scene) -> None:
        """Try all that must be denied, on a version of the run's own."""
        self._own_lock(scene)
        bucket, body = self._bucket(scene), scene.stage.run.id.encode()
        length = parse_duration(scene.settings["locked_for"]) if "locked_for" in scene.settings else LOCKED
        self._put(scene, bucket, _FREE, body)
        first = (scene.clock.now() + length).replace(microsecond=0) + timedelta(seconds=1)
        ends = first + timedelta(seconds=1)
        self._put(scene, bucket, _HELD, body, ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=first)
        scene.mark(Mark.LOST)
        try:
            self._tries(scene, bucket, ends)
            self._still_there(scene, bucket, hashlib.sha256(body).hexdigest())
        finally:
            self._over(scene, ends)

    def _own_lock(self, scene: Scene) -> None:
        name = "the bucket locks what is put into it, and nobody can bypass the lock"
        try:
            told = scene.stage.calls.one("s3:GetObjectLockConfiguration", Bucket=scene.subject.resource)
        except CallFailed as failed:
            none = failed.code == "ObjectLockConfigurationNotFoundError"
            scene.check("configuration", name, held=False if none else None, detail=failed.code)
            return
        kept = told.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention", {})
        mode = kept.get("Mode", "")
        length = f"{kept['Days']} days" if "Days" in kept else f"{kept['Years']} years" if "Years" in kept else ""
        detail = f"{mode.lower()}, {length}" if mode else "no default retention"
        scene.check("configuration", name, held=mode == "COMPLIANCE", detail=detail)

    def _bucket(self, scene: Scene) -> Made:
        stage, name = scene.stage, scene.stage.run.name(f"lock {scene.subject.name}")
        # us-east-1 is the one region that is named by not naming it (S3 API, "CreateBucket").
        where: dict[str, Any] = (
            {} if stage.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": stage.region}}
        )
        made = stage.make("s3:locked-bucket", name, "s3:CreateBucket", ObjectLockEnabledForBucket=True, **where)
        tags = [{"Key": key, "Value": value} for key, value in stage.run.tags.items()]
        stage.change(made, "s3:PutBucketTagging", Bucket=name, Tagging={"TagSet": tags})
        return made

    def _put(self, scene: Scene, bucket: Made, key: str, body: bytes, **lock: Any) -> None:
        # A lock is taken only with a checksum (S3 user guide, "Configuring S3 Object Lock").
        scene.stage.change(
            bucket, "s3:PutObject", Bucket=bucket.id, Key=key, Body=body, ChecksumAlgorithm="SHA256", **lock
        )

    def _version(self, scene: Scene, bucket: Made, key: str) -> str:
        found = scene.stage.calls.every("s3:ListObjectVersions", "Versions", Bucket=bucket.id, Prefix=key)
        if not found:
            raise Inconclusive(f"the version that the drill has put as {key} is not there")
        return str(found[0]["VersionId"])

    def _tries(self, scene: Scene, bucket: Made, ends: datetime) -> None:
        stage, held = scene.stage, self._version(scene, bucket, _HELD)
        free = self._version(scene, bucket, _FREE)
        at = {"Bucket": bucket.id, "Key": _HELD, "VersionId": held}

        def delete_free() -> None:
            stage.change(bucket, "s3:DeleteObject", Bucket=bucket.id, Key=_FREE, VersionId=free)

        code = _refusal(delete_free)
        scene.check(ALLOW, "a version that is not locked can be deleted", held=not code, detail=code)
        if code:
            raise Inconclusive(
                f"this identity deletes no version at all ({code}): a refusal would show nothing of the lock"
            )
        longer = {"Mode": "COMPLIANCE", "RetainUntilDate": ends}
        code = _refusal(lambda: stage.change(bucket, "s3:PutObjectRetention", Retention=longer, **at))
        scene.check(ALLOW, "its lock can be made longer", held=not code, detail=code)
        retains = not code
        soon = ends - (ends - scene.clock.now()) / 2
        shorter = {"Mode": "COMPLIANCE", "RetainUntilDate": soon.replace(microsecond=0)}
        weaker = {"Mode": "GOVERNANCE", "RetainUntilDate": ends}
        tries: dict[str, Callable[[], Any]] = {
            "a locked version cannot be deleted": lambda: stage.change(bucket, "s3:DeleteObject", **at),
            "a locked version cannot be deleted by whoever may bypass governance": lambda: stage.change(
                bucket, "s3:DeleteObject", BypassGovernanceRetention=True, **at
            ),
            "its lock cannot be shortened": lambda: stage.change(
                bucket, "s3:PutObjectRetention", Retention=shorter, **at
            ),
            "its lock cannot be weakened": lambda: stage.change(
                bucket, "s3:PutObjectRetention", Retention=weaker, **at
            ),
        }
        for name, action in tries.items():
            code = _refusal(action)
            over = scene.clock.now() >= ends
            # A refusal shows something of the lock only where the same identity may do the like to what is not locked.
            telling = code == _DENIED and (retains or not name.startswith("its lock"))
            detail = "the lock was over before it could be tried" if over else code or "nothing refused it"
            scene.check(DENY, name, held=None if over or (code and not telling) else bool(code), detail=detail)

    def _still_there(self, scene: Scene, bucket: Made, wanted: str) -> None:
        try:
            answer = scene.stage.calls.one("s3:GetObject", Bucket=bucket.id, Key=_HELD)
            found = hashlib.sha256(answer["Body"].read()).hexdigest()
        except CallFailed as failed:
            gone = failed.code in ("NoSuchKey", "NoSuchVersion", "404")
            scene.check(
                "integrity",
                "the locked version is there, byte for byte",
                held=False if gone else None,
                detail=failed.code,
            )
            return
        same = found == wanted
        detail = f"SHA-256 {found[:16]}" if same else "another content"
        scene.check("integrity", "the locked version is there, byte for byte", held=same, detail=detail)

    def _over(self, scene: Scene, ends: datetime) -> None:
        """Wait until the version can be removed; whoever interrupts that leaves it to the sweeper."""
        scene.phase("waiting for the end of the lock")
        length = max(ends - scene.clock.now(), timedelta())
        scene.stage.wait(
            "the end of the lock",
            lambda: True if scene.clock.now() > ends else None,
            every=timedelta(seconds=1),
            longest=length + timedelta(minutes=1),
        )


#: What a lock answers (S3 user guide, "Object Lock considerations"): it has no code of its own.
_DENIED = "AccessDenied"


def _refusal(action: Callable[[], Any]) -> str:
    """Try something; give the code of its refusal, "" where nobody refused it."""
    try:
        action()
    except CallFailed as failed:
        if failed.reason in (Reason.THROTTLED, Reason.UNSUPPORTED):
            raise
        return failed.code
    return ""
