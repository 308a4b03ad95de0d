"""Loss of a key: without it nothing comes back, and that is said clearly; with it, all does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from drills.databases.logins import logged_in
from drills.databases.postgres import ENGINES, Address
from drills.kinds.drill import SingleDrill
from drills.kinds.restored_instance import DEAD, available, described, lasting, poll, restored_with
from drills.measuring.clock import Mark
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive
from drills.verification.access import DENY
from drills.verification.content import content
from scanner.collect.port import CallFailed

DURATION: dict[str, Any] = {"type": "string", "pattern": r"^(?=\d)(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"}
LONGEST = timedelta(hours=6)
#: A refusal is clear where its code or its words are about the key (RDS API, "KMSKeyNotAccessibleFault").
_ABOUT_KEYS = ("kms", "key")
#: KMS is eventually consistent: a key that was disabled may still be used for minutes (developer guide, "Enable and
#: disable keys").
SPREADS = timedelta(minutes=5)
REFUSED = "without its key the copy is not restored, and the refusal names the key"


class KeyLoss(SingleDrill):
    """A backup under a key that is disabled is refused in clear words, and comes back as soon as the key is enabled.

    It is done with a key of the run, and a copy that the run makes of the newest snapshot under that key: neither the
    source, nor its snapshots, nor their key are touched.
    """

    name: ClassVar[str] = "key-loss"
    tests: ClassVar[tuple[str, ...]] = ()
    on: ClassVar[tuple[str, ...]] = ("database",)
    reads: ClassVar[tuple[str, ...]] = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBSnapshots",
        "kms:DescribeKey",
        "secretsmanager:GetSecretValue",
    )
    makes: ClassVar[tuple[str, ...]] = ("kms:CreateKey", "rds:CopyDBSnapshot", "rds:RestoreDBInstanceFromDBSnapshot")
    settings: ClassVar[Mapping[str, Any]] = {"properties": {"longest": DURATION, "poll": DURATION}}

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:  # noqa: ARG002
        """Say what would be done."""
        subject = subjects[0]
        return (
            "make a key of the run",
            f"copy the newest snapshot of {subject.resource} under that key",
            "disable the key (T0), and ask for a restore of the copy: it must be refused, and say why",
            "enable the key, restore the copy (T1), and wait for it (T2)",
            "log in to what came back (T3) and read every table (T4)",
            "delete instance and copy, have the key deleted, and look whether they are gone (T6)",
        )

    def run(self, scene: Scene) -> None:
        """Take the key away, and give it back."""
        source = described(scene, scene.subject.resource)
        if source is None:
            raise Inconclusive(f"there is no database instance {scene.subject.resource} in {scene.stage.region}")
        snapshot = self._newest(scene)
        key, arn = self._key(scene)
        copy = self._copy(scene, snapshot, arn)
        scene.phase("the key is lost")
        scene.stage.change(key, "kms:DisableKey", KeyId=arn)
        self._await(scene, arn, "Disabled")
        if scene.target.real:
            scene.stage.clock.sleep(SPREADS)
        scene.mark(Mark.LOST)
        self._try_without(scene, source, copy)
        scene.stage.change(key, "kms:EnableKey", KeyId=arn)
        self._await(scene, arn, "Enabled")
        if scene.target.real:
            scene.stage.clock.sleep(SPREADS)
        scene.phase("the key is back")
        self._restore(scene, source, copy)

    def _newest(self, scene: Scene) -> Mapping[str, Any]:
        found = scene.stage.calls.every(
            "rds:DescribeDBSnapshots", "DBSnapshots", DBInstanceIdentifier=scene.subject.resource
        )
        whole = [one for one in found if one.get("Status") == "available" and one.get("SnapshotCreateTime")]
        scene.require(whole, f"{scene.subject.resource} has no snapshot that could be copied")
        newest: Mapping[str, Any] = max(whole, key=lambda one: one["SnapshotCreateTime"])
        # A snapshot without a key gets one by being copied; it is then no less the run's own.
        return newest

    def _key(self, scene: Scene) -> tuple[Made, str]:
        name = scene.stage.run.name(f"key {scene.subject.name}")
        tags = [{"TagKey": key, "TagValue": value} for key, value in scene.stage.run.tags.items()]
        made = scene.stage.make("kms:key", name, "kms:CreateKey", Tags=tags)
        return made, str(scene.stage.answer(made)["KeyMetadata"]["Arn"])

    def _copy(self, scene: Scene, snapshot: Mapping[str, Any], key: str) -> str:
        name = scene.stage.run.name(f"copy {scene.subject.name}")
        scene.phase("copying a snapshot under the key of the run")
        scene.stage.make(
            "rds:snapshot-copy",
            name,
            "rds:CopyDBSnapshot",
            source=snapshot["DBSnapshotIdentifier"],
            SourceDBSnapshotIdentifier=snapshot.get("DBSnapshotArn", snapshot["DBSnapshotIdentifier"]),
            KmsKeyId=key,
            CopyTags=False,
            Tags=[{"Key": tag, "Value": value} for tag, value in scene.stage.run.tags.items()],
        )

        def whole() -> bool | None:
            found = scene.stage.calls.every("rds:DescribeDBSnapshots", "DBSnapshots", DBSnapshotIdentifier=name)
            if found and found[0]["Status"] == "failed":
                raise Inconclusive("the snapshot could not be copied under the key of the run")
            return True if found and found[0]["Status"] == "available" else None

        scene.stage.wait(
            "the copy of the snapshot", whole, every=poll(scene), longest=lasting(scene, "longest", LONGEST)
        )
        return name

    def _await(self, scene: Scene, key: str, state: str) -> None:
        def there() -> bool | None:
            told = scene.stage.calls.one("kms:DescribeKey", KeyId=key)["KeyMetadata"]["KeyState"]
            return True if told == state else None

        scene.stage.wait(f"the key to be {state}", there, every=poll(scene), longest=timedelta(minutes=5))

    def _try_without(self, scene: Scene, source: Mapping[str, Any], copy: str) -> None:
        """Ask for the restore while the key is disabled; note how it is refused."""
        name = scene.stage.run.name(f"without {scene.subject.name}")
        try:
            scene.stage.make(
                "rds:db",
                name,
                "rds:RestoreDBInstanceFromDBSnapshot",
                source=scene.subject.resource,
                DBSnapshotIdentifier=copy,
                **restored_with(scene, source),
            )
        except CallFailed as failed:
            said = f"{failed.code} {failed.message}".lower()
            clear = any(word in said for word in _ABOUT_KEYS)
            # A refusal that is about something else says nothing of the key.
            scene.check(DENY, REFUSED, held=True if clear else None, detail=failed.code)
            return

        def ended() -> str | None:
            one = described(scene, name)
            state = str(one["DBInstanceStatus"]) if one else ""
            dead = state in DEAD or state.startswith("inaccessible-encryption-credentials")
            return state if dead or state == "available" else None

        state = scene.stage.wait(
            "the restore without the key", ended, every=poll(scene), longest=lasting(scene, "longest", LONGEST)
        )
        held = True if "encryption" in state else False if state == "available" else None
        scene.check(DENY, REFUSED, held=held, detail=f"it was taken, and ended as {state}")

    def _restore(self, scene: Scene, source: Mapping[str, Any], copy: str) -> None:
        made = scene.restore(
            "rds:db",
            scene.stage.run.name(f"with {scene.subject.name}"),
            "rds:RestoreDBInstanceFromDBSnapshot",
            source=scene.subject.resource,
            DBSnapshotIdentifier=copy,
            **restored_with(scene, source),
        )
        found = available(scene, made.id, lasting(scene, "longest", LONGEST), f"the restore of {copy}")
        scene.mark(Mark.AVAILABLE, looked_every=poll(scene), witness=found.get("InstanceCreateTime"))
        scene.measured.came_back = True
        login, endpoint = scene.subject.login, found.get("Endpoint")
        if login is None or not endpoint or found["Engine"] not in ENGINES:
            raise Inconclusive("it came up, and cannot be looked into")
        address = Address(
            endpoint["Address"],
            endpoint["Port"],
            login.user,
            scene.subject.database or found.get("DBName") or "postgres",
            "require" if scene.target.real else "prefer",
        )
        with logged_in(scene, address, scene.target.password(login), poll(scene)) as connection:
            scene.mark(Mark.REACHABLE, looked_every=poll(scene))
            there = content(connection)
        rows = sum(there.rows.values())
        detail = f"{rows} rows in {len(there.rows)} tables"
        scene.check("integrity", "with its key every table can be read", held=rows > 0, detail=detail)
        scene.mark(Mark.VALIDATED)
