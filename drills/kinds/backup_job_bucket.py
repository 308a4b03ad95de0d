"""Restore of a bucket by AWS Backup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from drills.kinds.drill import SingleDrill
from drills.kinds.files_random_recovery import BAD, CONFIDENCE
from drills.kinds.restored_database import DURATION, LONGEST, lasting, poll
from drills.measuring.clock import Mark
from drills.plan.model import Entry, Subject
from drills.sampling import File, draw, sample_size
from drills.scene import Scene
from drills.sources.buckets import inventory, manifest_of, removals
from drills.sources.recovery_points import NEWEST, OLDEST, READS, await_job, check_expiry, points_of, role_of
from drills.stage.refusals import Inconclusive
from drills.verification.files import Recovered, check_files, checked_file


class BackupJobBucket(SingleDrill):
    """A bucket comes back from a recovery point of AWS Backup, with every object that was in it then.

    Which objects those were is told by the versions of the source. All of them must be there, and a random sample is read
    and compared, byte for byte. The time that the job itself gives is shown, and never judged.
    """

    name: ClassVar[str] = "backup-job-bucket"
    tests: ClassVar[tuple[str, ...]] = ("file",)
    on: ClassVar[tuple[str, ...]] = ("bucket",)
    reads: ClassVar[tuple[str, ...]] = (
        *READS, "s3:GetObject", "s3:HeadObject", "s3:ListObjectVersions", "s3:ListObjectsV2",
    )  # fmt: skip
    makes: ClassVar[tuple[str, ...]] = ("backup:StartRestoreJob",)
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "point": {"enum": [NEWEST, OLDEST]},
            "confidence": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "bad": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "manifest": {"type": "string", "minLength": 1},
            "longest": DURATION,
            "poll": DURATION,
        },
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        subject, which = subjects[0], entry.settings.get("point", NEWEST)
        return (
            f"find the {which} recovery point of {subject.resource}, and the versions that were current then",
            "declare the loss (T0)",
            "start a restore job to a new bucket of the run (T1), and wait for it (T2)",
            "list the new bucket (T3); compare a random sample with the manifest or the checksums that S3 keeps (T4)",
            "delete the new bucket with all that is in it, and look whether it is gone (T6)",
        )

    def run(self, scene: Scene) -> None:
        """Restore, list, and compare a sample."""
        calls, source, role = scene.stage.calls, scene.subject.resource, role_of(scene)
        arn, oldest = f"arn:aws:s3:::{source}", scene.settings.get("point") == OLDEST
        points = points_of(calls, arn)
        if oldest:
            check_expiry(scene, arn, points, scene.clock.now())
        manifest = manifest_of(calls, source, scene.settings["manifest"]) if "manifest" in scene.settings else {}
        files = inventory(calls, source)
        gone = removals(calls, source)
        scene.mark(Mark.LOST)
        if not points:
            raise scene.nothing_came_back("it has no recovery point")
        point = points[0 if oldest else -1]
        age = scene.timeline.stamps[Mark.LOST].at - point["CreationDate"]
        scene.show(recovery_point=point["RecoveryPointArn"], recovery_points=len(points),
                   estimated_data_loss_seconds=round(age.total_seconds()))  # fmt: skip
        target = scene.stage.run.name(scene.subject.name)
        made = scene.restore(
            "s3:bucket",
            target,
            "backup:StartRestoreJob",
            source=source,
            RecoveryPointArn=point["RecoveryPointArn"],
            IamRoleArn=role,
            ResourceType="S3",
            Metadata={
                "DestinationBucketName": target,
                "NewBucket": "true",
                "CreationToken": target,
                "Encrypted": "false",
            },
        )
        await_job(scene, point, target, every=poll(scene), longest=lasting(scene, "longest", LONGEST))
        scene.mark(Mark.AVAILABLE, looked_every=poll(scene))
        there = {one["Key"] for one in calls.every("s3:ListObjectsV2", "Contents", Bucket=target)}
        scene.mark(Mark.REACHABLE)
        wanted = current_at(files, gone, point["CreationDate"])
        if not wanted:
            raise Inconclusive("nobody can tell what was in the bucket then: it keeps no versions, or it was empty")
        missing = sorted({one.key for one in wanted} - there)
        detail = (
            f"{len(missing)} of {len(wanted)} are missing, the first is {missing[0]}"
            if missing
            else f"{len(wanted)} files"
        )
        scene.check("integrity", "every file that was there came back", held=not missing, detail=detail)
        size = sample_size(scene.settings.get("confidence", CONFIDENCE), scene.settings.get("bad", BAD))
        sample = draw(wanted, size, scene.plan_digest, scene.stage.run.id, scene.clock.now())
        scene.show(seed=sample.seed, inventory=sample.inventory, population=sample.population, sample=len(sample.files))
        took = scene.clock.elapsed() - scene.timeline.stamps[Mark.REQUESTED].elapsed
        checked = [
            checked_file(
                scene, source, made, Recovered(one, one.key, took, "" if one.key in there else "NoSuchKey"), manifest
            )
            for one in sample.files
        ]
        check_files(scene, checked)
        scene.measured.came_back = bool(there)
        scene.mark(Mark.VALIDATED)


def current_at(files: Sequence[File], gone: Mapping[str, Sequence[datetime]], at: datetime) -> list[File]:
    """Give the versions that were current at a time."""
    newest: dict[str, File] = {}
    for one in files:
        if one.modified <= at and (one.key not in newest or newest[one.key].modified < one.modified):
            newest[one.key] = one
    return [
        one for one in newest.values() if not any(one.modified <= removed <= at for removed in gone.get(one.key, ()))
    ]
