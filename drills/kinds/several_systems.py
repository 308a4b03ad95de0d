"""Recovery of several systems that are lost at one instant, in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from drills.attempt import attempt
from drills.kinds.cluster_point_in_time import ClusterPointInTime
from drills.kinds.database_point_in_time import DatabasePointInTime
from drills.kinds.drill import Drill
from drills.kinds.phases import Case, PhasedDrill
from drills.kinds.restored_database import DURATION, lasting, poll
from drills.kinds.table_point_in_time import TablePointInTime
from drills.measuring.clock import Mark
from drills.measuring.course import Course, critical_path
from drills.plan.model import Entry, Subject
from drills.plan.order import CyclicDependency, needs
from drills.scene import Scene
from drills.stage.refusals import Inconclusive, NotTested
from scanner.collect.port import CallFailed

#: A subject that is being drilled, with the way that is taken and what is known of it.
Part = tuple[Scene, PhasedDrill[Any], Case]
_LOOK = 0.2


#: How a subject of each kind is recovered among others.
_WAYS: tuple[type[PhasedDrill[Any]], ...] = (DatabasePointInTime, ClusterPointInTime, TablePointInTime)


def _together(*some: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for each in some for one in each))


class SeveralSystems(Drill):
    """Several systems come back in the order of their dependencies, from one loss that takes them all.

    There is one T0. All are restored to the same instant, the newest that every one of them can reach, so that what refers
    from one store to another is found there. A system waits for those that it needs; those that need nothing of each
    other come back side by side. The recovery time of a system counts from the common T0, its waiting included; beside it
    stands the time that it took alone, and the critical path: the chain of systems that the last one waited for.
    """

    name: ClassVar[str] = "several-systems"
    tests: ClassVar[tuple[str, ...]] = ("multi-system",)
    on: ClassVar[tuple[str, ...]] = ("database", "cluster", "table")
    least: ClassVar[int] = 2
    most: ClassVar[int] = 40
    reads: ClassVar[tuple[str, ...]] = _together(*(way.reads for way in _WAYS))
    makes: ClassVar[tuple[str, ...]] = _together(*(way.makes for way in _WAYS))
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "warm_up": DURATION,
            "linger": DURATION,
            "longest": DURATION,
            "poll": DURATION,
            "keeps_source": {"type": "boolean"},
            "side_by_side": {"type": "integer", "minimum": 1, "maximum": 40},
        },
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:  # noqa: ARG002
        """Say what would be done."""
        named = ", ".join(subject.name for subject in subjects)
        return (
            f"look into {named}, and write canaries to each",
            "declare the loss of all of them (one T0)",
            "restore each to the same instant under a name of the run, after the systems that it needs (T1 to T4)",
            "tell the critical path",
            "delete the copies and look whether they are gone (T6)",
        )

    def way(self, scene: Scene) -> PhasedDrill[Any]:
        """Give the drill that tells how a subject of this kind is recovered."""
        for way in _WAYS:
            if scene.subject.kind in way.way_of:
                return way()
        raise NotTested(f"no drill tells how a {scene.subject.kind} is recovered among several systems")

    def perform(self, scenes: Sequence[Scene]) -> None:
        """Lose all of them at once, and bring them back."""
        try:
            waits = needs([scene.subject.system for scene in scenes], scenes[0].depends_on)
        except CyclicDependency as ring:
            for scene in scenes:
                scene.measured.why = str(ring)
            return
        parts: list[Part] = []
        try:
            self._settle(scenes, parts)
            lost = self._lose(parts)
            self._recover(scenes, lost, waits)
        except BaseException:
            for scene in scenes:
                scene.stage.halt("stopped before its end")
            raise
        finally:
            for scene, way, case in parts:
                way.forget(scene, case)
        _tell(scenes, parts, waits)

    def _settle(self, scenes: Sequence[Scene], parts: list[Part]) -> None:
        """Look at every source, side by side; those that cannot be looked at are out, and say why."""

        def settle(scene: Scene) -> None:
            way = self.way(scene)
            parts.append((scene, way, way.settle(scene)))

        _side_by_side([partial(attempt, scene, settle) for scene in scenes])
        parts.sort(key=lambda part: scenes.index(part[0]))

    def _lose(self, parts: list[Part]) -> list[Part]:
        """Note the instant that all of them can reach, and declare the loss; give those that can be recovered."""

        def reach(part: Part) -> None:
            scene, way, case = part
            if not attempt(scene, lambda scene: way.reach(scene, case)):
                reached.remove(part)

        _side_by_side([partial(attempt, scene, partial(_linger, way, case)) for scene, way, case in parts])
        _await_common_instant(parts)
        reached = list(parts)
        _side_by_side([partial(reach, part) for part in parts])
        for _, _, case in parts:
            case.stop()
        if not reached:
            return []
        first = reached[0][0]
        first.mark(Mark.LOST)
        for scene, _, _ in reached[1:]:
            scene.timeline.begin_with(first.timeline.stamps[Mark.LOST])
            scene.phase(f"{Mark.LOST.value} {Mark.LOST.says}")
        newest = [case.restored_to for _, way, case in reached if case.restored_to is not None and way.to_any_time]
        cut = min(newest, default=None)
        ready = list(reached)
        for scene, way, case in reached:
            if case.restored_to is not None and way.to_any_time:
                case.restored_to = cut
                scene.show(same_instant_as=len(reached))
            if not attempt(scene, partial(_lose_it, way, case)):
                ready.remove((scene, way, case))
        return ready

    def _recover(self, scenes: Sequence[Scene], parts: Sequence[Part], waits: Mapping[str, tuple[str, ...]]) -> None:
        """Recover each system when those that it needs are back."""
        waiting = list(parts)
        beginning = [scene for scene, _, _ in waiting]
        lost = {scene.subject.system for scene in scenes if scene not in beginning}
        pending = [scene.subject.system for scene in beginning]
        most = int(scenes[0].settings.get("side_by_side", len(scenes)))
        with ThreadPoolExecutor(most, thread_name_prefix="recovering") as pool:
            under_way: dict[Future[bool], Scene] = {}
            try:
                while waiting or under_way:
                    for part in [one for one in waiting if not set(waits[one[0].subject.system]) & set(pending)]:
                        waiting.remove(part)
                        missing = [name for name in waits[part[0].subject.system] if name in lost]
                        under_way[pool.submit(_recovered, part, missing)] = part[0]
                    ended, _ = wait(under_way, timeout=_LOOK, return_when=FIRST_COMPLETED)
                    for future in ended:
                        scene = under_way.pop(future)
                        pending.remove(scene.subject.system)
                        if not future.result():
                            lost.add(scene.subject.system)
            except BaseException:
                for scene in scenes:
                    scene.stage.halt("stopped before its end")
                raise


def _linger(way: PhasedDrill[Any], case: Case, scene: Scene) -> None:
    way.linger(scene, case)


def _lose_it(way: PhasedDrill[Any], case: Case, scene: Scene) -> None:
    way.lose(scene, case)


def _await_common_instant(parts: Sequence[Part]) -> None:
    """Wait until the newest instant that all can reach has canaries of each before it.

    A log that lags behind the others holds all of them back: without this, a system of which canaries were first written
    when the slowest log was already behind would have none to lose.
    """

    def reached() -> bool | None:
        newest = [way.newest(scene, case) for scene, way, case in parts]
        told = [one for one in newest if one is not None]
        begun = [one for one in (way.written_from(case) for _, way, case in parts) if one is not None]
        return True if not told or not begun or min(told) > max(begun) else None

    if parts:
        scene = parts[0][0]
        longest = lasting(scene, "warm_up", timedelta(minutes=15))
        # Where that never is, those of whom nothing can be said are told so when their canaries are weighed.
        with suppress(Inconclusive, CallFailed):
            scene.stage.wait("an instant that all can reach", reached, every=poll(scene), longest=longest)


def _recovered(part: Part, missing: Sequence[str]) -> bool:
    """Recover one, unless what it needs did not come back; tell whether it did."""
    scene, way, case = part
    if missing:
        scene.measured.why = f"not begun: {', '.join(missing)}, which it needs, did not come back"
        return False
    return attempt(scene, lambda scene: way.recover(scene, case)) and scene.measured.came_back is not False


def _side_by_side(actions: Sequence[Callable[[], object]]) -> None:
    """Do all of them at the same time; raise what one of them raises, when all have ended."""
    with ThreadPoolExecutor(max(len(actions), 1), thread_name_prefix="several") as pool:
        for future in [pool.submit(action) for action in actions]:
            future.result()


def _tell(scenes: Sequence[Scene], parts: Sequence[Part], waits: Mapping[str, tuple[str, ...]]) -> None:
    """Show for each system how long it waited, how long it took alone, and the critical path of all."""
    courses: dict[str, Course] = {}
    for scene, _, _ in parts:
        began, ended = scene.timeline.between(Mark.LOST, Mark.REQUESTED), scene.timeline.recovery_time
        if began is not None and ended is not None:
            name = scene.subject.system
            known = courses.get(name)
            courses[name] = Course(
                min(began, known.began) if known else began, max(ended, known.ended) if known else ended
            )
            scene.show(waited_seconds=_seconds(began), alone_seconds=_seconds(ended - began))
    cuts = {case.restored_to for scene, _, case in parts if Mark.REQUESTED in scene.timeline.stamps}
    for scene, _, _ in parts:
        if Mark.REQUESTED in scene.timeline.stamps:
            past = scene.measured.freshness is not None and bool(scene.measured.freshness.beyond)
            told = "it holds what was written later" if past else f"{len(cuts)} instants" if len(cuts) > 1 else ""
            scene.check("consistency", "every system is restored to the same instant", held=not told, detail=told)
    path = critical_path(courses, waits)
    for scene in scenes:
        scene.show(critical_path=list(path), needs=list(waits[scene.subject.system]))


def _seconds(length: timedelta) -> float:
    return round(length.total_seconds(), 1)
