"""A run of a plan: each drill in its turn on the open target, cleaned up after, and what all of them measured."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from drills.kinds import drills
from drills.measuring.clock import Clock, Mark, Timeline
from drills.plan.model import DrillPlan, Entry, Subject
from drills.scene import Demanded, Measured, Scene
from drills.stage.journal import Journal
from drills.stage.port import Calls
from drills.stage.refusals import Stopped
from drills.stage.run import Run
from drills.stage.stage import Stage
from drills.targets.target import Opened
from scanner.model.late_dataclass import dataclass


@dataclass(slots=True)
class Ran:
    """What came of a run."""

    run: Run
    plan: DrillPlan
    target: str
    account: str
    measured: list[Measured] = field(default_factory=list)
    #: why it ended before its end; "" where it did not
    stopped: str = ""
    ended_at: datetime | None = None

    @property
    def left_behind(self) -> tuple[str, ...]:
        """What is still there of all that it made."""
        return tuple(left for one in self.measured for left in one.left_behind or ())


class Running:
    """Runs a plan on a target that is open."""

    def __init__(  # noqa: PLR0913  # all that a run is made of
        self,
        plan: DrillPlan,
        target: Opened,
        run: Run,
        journal: Journal,
        guard: Callable[[], None],
        clock: Clock,
        demanded: Mapping[str, Demanded],
        *,
        tell: Callable[[str, str], None] = lambda _system, _phase: None,
        depends_on: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self._depends_on = depends_on or {}
        self._plan, self._target, self._run, self._journal = plan, target, run, journal
        self._guard, self._clock, self._demanded, self._tell = guard, clock, demanded, tell

    def go(self, chosen: Sequence[Entry] | None = None) -> Ran:
        """Run the drills of the plan, or those chosen of it, one after the other; always clean up."""
        ran = Ran(self._run, self._plan, self._target.name, self._target.account)
        try:
            for entry in self._plan.entries if chosen is None else chosen:
                self._guard()
                self._one(entry, ran)
        except Stopped as stop:
            ran.stopped = str(stop)
        except KeyboardInterrupt:
            ran.stopped = "interrupted"
        finally:
            ran.ended_at = self._clock.now()
            self._journal.end(ran.ended_at)
        return ran

    def _one(self, entry: Entry, ran: Ran) -> None:
        drill = drills()[entry.drill]
        scenes = [self._scene(entry, subject, drill.tests) for subject in self._plan.subjects_of(entry)]
        ran.measured += [scene.measured for scene in scenes]
        lacking = self._lacking((*drill.reads, *drill.makes))
        if lacking:
            for scene in scenes:
                scene.measured.not_tested = lacking
                scene.measured.ended_at = self._clock.now()
            return
        try:
            drill.perform(scenes)
        except (Stopped, KeyboardInterrupt):
            for scene in scenes:
                scene.measured.why = scene.measured.why or "stopped before its end"
            raise
        finally:
            for scene in reversed(scenes):
                self._leave(scene)

    def _leave(self, scene: Scene) -> None:
        scene.phase("cleaning up")
        scene.measured.left_behind = scene.stage.leave(every=timedelta(seconds=5 if self._target.real else 1))
        if not scene.measured.left_behind and Mark.LOST in scene.timeline.stamps:
            scene.mark(Mark.CLEANED)
        scene.measured.ended_at = self._clock.now()
        scene.measured.spoken, scene.measured.unspoken = scene.stage.spoken.said, scene.stage.spoken.beyond
        scene.phase("done")

    def _scene(self, entry: Entry, subject: Subject, tests: tuple[str, ...]) -> Scene:
        calls = Calls(self._target.port, self._target.account, subject.region)
        stage = Stage(calls, self._run, self._journal, self._guard, self._clock)
        demanded = self._demanded.get(subject.system, Demanded(None, None))
        name = entry.name if len(entry.of) == 1 else f"{entry.name}: {subject.name}"
        measured = Measured(
            name,
            entry.drill,
            subject.system,
            tests,
            self._target.evidence(subject),
            Timeline(self._clock),
            (subject.name,),
            entry=entry.name,
            demanded=demanded,
        )
        scene = Scene(entry, subject, stage, self._target, measured, demanded, self._tell, self._depends_on)
        scene.plan_digest = self._plan.digest
        return scene

    def _lacking(self, operations: Sequence[str]) -> str:
        for service in sorted({operation.partition(":")[0] for operation in operations}):
            if why := self._target.lacks(service):
                return why
        return ""
