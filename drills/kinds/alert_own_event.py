"""An event of one's own is heard of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from drills.kinds.alert_path import DURATION, AlertPath, Failure, declare
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.refusals import Inconclusive

SOURCE = "backup-drill"


class AlertOwnEvent(AlertPath):
    """A synthetic event in the shape of a failed backup is heard of by a subscriber of the topic.

    Nobody but AWS sends events in the name of AWS Backup. The event is sent in a name of one's own, so that the rule must
    take events from there as well: its pattern lists both sources. What it shows is the path from the rule on; that AWS
    Backup's own events fit the rule is shown by a job that really fails (`alert-failed-job`).
    """

    name: ClassVar[str] = "alert-own-event"
    makes: ClassVar[tuple[str, ...]] = (*AlertPath.makes, "events:PutEvents")
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {"within": DURATION, "source": {"type": "string", "minLength": 1}, "bus": {"type": "string"}},
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        return (
            f"make a queue of the run and subscribe it to {subjects[0].resource}",
            f"send an event from {entry.settings.get('source', SOURCE)} in the shape of a failed backup (T0)",
            "wait for the message in the queue, and read the stamps of every hop",
            "end the subscription, delete the queue, and look whether they are gone (T6)",
        )

    def prepare(self, scene: Scene) -> Any:
        """Nothing is needed."""

    def fail(self, scene: Scene, prepared: Any) -> Failure:  # noqa: ARG002
        """Send the event."""
        stage, mark = scene.stage, scene.stage.run.name(f"event {scene.subject.name}")
        source = scene.settings.get("source", SOURCE)
        if source.startswith("aws."):
            raise Inconclusive(f"only AWS sends events from {source}: name another source that the rule takes as well")
        told = {
            "backupJobId": mark,
            "backupVaultName": "of-a-drill",
            "state": "FAILED",
            "statusMessage": "a drill: nothing has failed",
        }
        bus = {"EventBusName": scene.settings["bus"]} if "bus" in scene.settings else {}
        at = scene.clock.now()
        asked = declare(scene)
        sent = stage.make(
            "events:event",
            mark,
            "events:PutEvents",
            Entries=[
                {
                    "Source": source,
                    "DetailType": "Backup Job State Change",
                    "Detail": json.dumps(told),
                    "Time": at,
                    **bus,
                }
            ],
        )
        if stage.answer(sent).get("FailedEntryCount"):
            code = next(one["ErrorCode"] for one in stage.answer(sent)["Entries"] if "ErrorCode" in one)
            raise Inconclusive(f"EventBridge took no event from {source}: {code}")
        scene.show(synthetic=f"an event from {source}; no backup has failed")
        return Failure(mark, None, asked)
