"""Random file recovery from the versions of a bucket."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from drills.kinds.drill import SingleDrill
from drills.kinds.restored_database import DURATION, lasting
from drills.measuring.canaries import SHARE_OF_RPO, Mint, weigh
from drills.measuring.clock import Mark
from drills.measuring.writer import Writer
from drills.plan.model import Entry, Subject
from drills.sampling import CURRENT, DELETED, OVERWRITTEN, Sample, draw, sample_size
from drills.scene import Scene
from drills.sources.buckets import BucketWell, inventory, manifest_of
from drills.stage.journal import Made
from drills.stage.port import Calls
from drills.stage.refusals import Inconclusive
from drills.verification.files import Recovered, check_files, checked_file
from scanner.collect.port import CallFailed

#: As much as the policy of restore tests usually asks: with 95 % confidence at most 5 % of all files are bad.
CONFIDENCE, BAD = 0.95, 0.05


class FilesRandomRecovery(SingleDrill):
    """Files drawn at random come back from their versions, byte for byte, also what was overwritten or deleted.

    How many: so many that, if none is bad, with the wished confidence at most the wished share of all is bad. Which: drawn
    by a seed that hangs on the plan, the run and the inventory, and that stands in the record; nobody can choose it, and
    anybody can draw the sample again. Each is copied into a bucket of the run and compared with the manifest that the plan
    names, or with the checksum that S3 has kept since the upload.
    """

    name: ClassVar[str] = "files-random-recovery"
    tests: ClassVar[tuple[str, ...]] = ("file",)
    on: ClassVar[tuple[str, ...]] = ("bucket",)
    reads: ClassVar[tuple[str, ...]] = (
        "s3:GetBucketVersioning", "s3:GetObject", "s3:HeadObject", "s3:ListObjectVersions", "s3:ListObjectsV2",
    )  # fmt: skip
    makes: ClassVar[tuple[str, ...]] = ("s3:CreateBucket",)
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "confidence": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "bad": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "prefix": {"type": "string"},
            #: the key of a manifest in the same bucket, as sha256sum writes it
            "manifest": {"type": "string", "minLength": 1},
            "warm_up": DURATION,
        },
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        subject = subjects[0]
        size = _size(entry.settings)
        return (
            f"list every version in {subject.resource}, and draw {size} of them by a seed that nobody chooses",
            "write no canaries" if subject.canaries is None else "write canaries as objects, and delete them",
            "declare the loss (T0); make a bucket of the run (T1)",
            "copy each version of the sample into it (T2), and read it (T3)",
            "compare the content of each with the manifest, or with the checksum that S3 keeps (T4)",
            "delete the bucket and all that is in it, and the canaries (T6)",
        )

    def run(self, scene: Scene) -> None:
        """Draw a sample, copy each file of it, and compare."""
        calls, source = scene.stage.calls, scene.subject.resource
        prefix = scene.settings.get("prefix", "")
        versioning = calls.one("s3:GetBucketVersioning", Bucket=source).get("Status")
        scene.phase("listing every version")
        files = inventory(calls, source, prefix)
        scene.require(files, f"there is no file in {source}/{prefix} that could be recovered")
        sample = _drawn(scene, files)
        manifest = manifest_of(calls, source, scene.settings["manifest"]) if "manifest" in scene.settings else {}
        well = None
        writer = None
        mint = Mint(scene.stage.run.id, source)
        if scene.subject.canaries is not None:
            well = BucketWell(
                Calls(scene.target.port, scene.stage.account, scene.stage.region), source, scene.stage.run.id
            )
            writer = Writer(well, mint, scene.clock, _often(scene))
        try:
            if writer is not None and well is not None:
                _let_write(scene, writer)
                writer.stop()
                well.delete()  # of all that is in the bucket, only the drill's own is lost
            scene.mark(Mark.LOST)
            bucket = _scratch(scene)
            restored = _copied(scene, bucket, sample)
            if writer is not None and well is not None:
                _weigh(scene, bucket, writer, well, mint)
            checked = [checked_file(scene, source, bucket, one, manifest) for one in restored]
            check_files(scene, checked)
            scene.check("configuration", "the bucket keeps every version", held=versioning == "Enabled",
                        detail="" if versioning == "Enabled" else f"versioning is {versioning or 'off'}")  # fmt: skip
            if scene.measured.came_back is None:
                scene.measured.came_back = any(not one.refused for one in restored)
            scene.mark(Mark.VALIDATED)
        finally:
            if writer is not None:
                writer.stop()
            _forget(scene, well)


def _size(settings: Mapping[str, Any]) -> int:
    return sample_size(settings.get("confidence", CONFIDENCE), settings.get("bad", BAD))


def _often(scene: Scene) -> timedelta:
    every, rpo = scene.subject.canaries, scene.demanded.rpo
    assert every is not None
    return every if rpo is None else min(every, rpo / SHARE_OF_RPO)


def _drawn(scene: Scene, files: Sequence[Any]) -> Sample:
    if not scene.plan_digest:
        raise Inconclusive("the plan has no digest, so that a sample could be chosen")
    sample = draw(files, _size(scene.settings), scene.plan_digest, scene.stage.run.id, scene.clock.now())
    states = {state: sum(one.state == state for one in sample.files) for state in (CURRENT, OVERWRITTEN, DELETED)}
    scene.show(
        seed=sample.seed,
        seed_is="SHA-256 of the digest of the plan, the run and the digest of the inventory, a line each",
        inventory=sample.inventory,
        population=sample.population,
        sample=len(sample.files),
        sample_wanted=min(sample.wanted, sample.population),
        confidence=scene.settings.get("confidence", CONFIDENCE),
        bad_at_most=scene.settings.get("bad", BAD),
        sample_states=states,
    )
    return sample


def _let_write(scene: Scene, writer: Writer) -> None:
    """Let three canaries be written, so that a hole could show."""
    scene.phase("writing canaries")
    writer.start()

    def enough() -> bool | None:
        return True if len(writer.written) >= 3 else None  # a first, a last and one between

    scene.stage.wait("three canaries", enough, every=min(writer.every, timedelta(seconds=1)),
                     longest=lasting(scene, "warm_up", timedelta(minutes=15)))  # fmt: skip


def _scratch(scene: Scene) -> Made:
    region = scene.stage.region
    placed = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    bucket = scene.restore("s3:bucket", scene.stage.run.name(scene.subject.name), "s3:CreateBucket",
                           source=scene.subject.resource, **placed)  # fmt: skip
    tags = [{"Key": key, "Value": value} for key, value in scene.stage.run.tags.items()]
    scene.stage.change(bucket, "s3:PutBucketTagging", Bucket=bucket.id, Tagging={"TagSet": tags})
    return bucket


def _copied(scene: Scene, bucket: Made, sample: Sample) -> list[Recovered]:
    """Copy each version into the bucket of the run, under a number: its key may be longer than a copy's may be."""
    restored = []
    for number, one in enumerate(sample.files):
        scene.phase(f"file {number + 1} of {len(sample.files)}")
        began, refused = scene.clock.elapsed(), ""
        try:
            _copy(scene, bucket, f"files/{number:06d}", one.key, one.version)
        except CallFailed as failed:
            refused = failed.code
        restored.append(Recovered(one, f"files/{number:06d}", scene.clock.elapsed() - began, refused))
    scene.mark(Mark.AVAILABLE)
    took = [one.took.total_seconds() for one in restored if not one.refused]
    if took:
        scene.show(seconds_per_file={"median": round(statistics.median(took), 3), "longest": round(max(took), 3)})
    return restored


def _copy(scene: Scene, bucket: Made, to: str, key: str, version: str) -> None:
    source = {"Bucket": scene.subject.resource, "Key": key, "VersionId": version}
    scene.stage.change(bucket, "s3:CopyObject", Bucket=bucket.id, Key=to, CopySource=source)


def _weigh(scene: Scene, bucket: Made, writer: Writer, well: BucketWell, mint: Mint) -> None:
    """Bring the deleted canaries back by their versions, and see which there are."""
    for version in well.versions():
        _copy(scene, bucket, version["Key"], version["Key"], version["VersionId"])
    found = BucketWell(scene.stage.calls, bucket.id, scene.stage.run.id).read()
    fresh = weigh(writer.written, found, mint, scene.timeline.stamps[Mark.LOST].at)
    scene.measured.freshness = fresh
    if fresh.nothing_came_back:
        scene.measured.came_back = False
    detail = fresh.trouble or f"{fresh.returned} of {fresh.due} canaries came back"
    scene.check("freshness", "the canaries came back without a gap", held=not fresh.trouble, detail=detail)


def _forget(scene: Scene, well: BucketWell | None) -> None:
    if well is None:
        return
    try:
        well.forget()
    except CallFailed as failed:
        scene.show(canaries_left=f"objects below bkpdrill-canaries/ in {scene.subject.resource}: {failed.code}")
