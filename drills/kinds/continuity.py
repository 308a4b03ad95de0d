"""Business continuity: a service that people use goes on after its databases were lost and came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from drills.attempt import attempt
from drills.kinds.restored_database import DURATION, lasting, poll
from drills.kinds.several_systems import Part, SeveralSystems
from drills.measuring.clock import Mark
from drills.plan.model import Entry, OwnCheck, Subject
from drills.scene import Scene
from drills.stage.refusals import Inconclusive
from drills.verification.queries import ask, fits

#: How long a service may take after the switch, unless the plan says otherwise.
LONGEST = timedelta(minutes=30)
_COMMAND: dict[str, Any] = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}


class Continuity(SeveralSystems):
    """A service goes on: its probes hold before the loss of its databases, and again after they are back.

    The first subject is the service; its checks are the probes, pages or commands, and they ask by the name that people
    use, never by the address of a copy. The others are lost and recovered as several systems. Then the command `switch` of
    the plan points the name to the copies, whose places it finds in `COPY_<SUBJECT>_HOST` and `COPY_<SUBJECT>_PORT`, and
    the recovery of the service ends when every probe holds. `back` undoes the switch, however it went.
    """

    name: ClassVar[str] = "continuity"
    tests: ClassVar[tuple[str, ...]] = ("continuity",)
    on: ClassVar[tuple[str, ...]] = ("service", "database")
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {
            **SeveralSystems.settings["properties"],
            "switch": _COMMAND,
            "back": _COMMAND,
            "within": DURATION,
        },
        "required": ["switch", "back"],
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        service, others = subjects[0], subjects[1:]
        return (
            f"ask the {len(service.checks)} probes of {service.name}: each must hold before the loss",
            *super().steps(entry, others)[:3],
            f"switch {service.name} to the copies: {entry.settings['switch'][0]}",
            "ask the probes until each holds (T4 of the service)",
            f"switch it back: {entry.settings['back'][0]}",
            "delete the copies and look whether they are gone (T6)",
        )

    def perform(self, scenes: Sequence[Scene]) -> None:
        """Ask, lose, recover, switch, ask again, and switch back."""
        service, others = scenes[0], scenes[1:]
        if service.subject.kind != "service" or any(one.subject.kind == "service" for one in others):
            for scene in scenes:
                scene.measured.why = "the first subject of a continuity drill is the service, and the only one"
            return
        if not attempt(service, _all_hold_before):
            for scene in others:
                scene.measured.why = f"not begun: {service.subject.name} did not answer as it should before the loss"
            return
        _Recovery(service).perform(others)
        attempt(service, lambda scene: _go_on(scene, others))


class _Recovery(SeveralSystems):
    """The recovery of the databases, with a look at the service while they are lost."""

    def __init__(self, service: Scene) -> None:
        self._service = service

    def _lose(self, parts: list[Part]) -> list[Part]:
        lost = super()._lose(parts)
        if lost:
            self._service.timeline.begin_with(lost[0][0].timeline.stamps[Mark.LOST])
            self._service.show(answered_while_lost=not _broken(self._service))
        return lost


def _all_hold_before(scene: Scene) -> None:
    scene.require(scene.subject.checks, f"the plan names no probe of {scene.subject.name}")
    if any(check.sql for check in scene.subject.checks):
        raise Inconclusive("a probe asks a page or a command: a query does not go through the service")
    broken = _broken(scene)
    if broken:
        raise Inconclusive(f"before the loss it did not hold: {', '.join(broken)}")


def _go_on(scene: Scene, others: Sequence[Scene]) -> None:
    """Switch the service to the copies, and wait until it answers again; switch back at the end."""
    if Mark.LOST not in scene.timeline.stamps:
        raise Inconclusive("not begun: nothing that it needs could be looked into")
    missing = [one.subject.name for one in others if one.measured.came_back is not True]
    if missing:
        raise scene.nothing_came_back(f"{', '.join(missing)}, which it needs, did not come back")
    places = _places(others)
    scene.mark(Mark.REQUESTED)
    try:
        switched = _done(scene, "switch", "the service is switched to the copies", places)
        scene.mark(Mark.AVAILABLE)
        if not switched:
            raise scene.nothing_came_back("the service could not be switched to the copies")
        _answers_again(scene)
    finally:
        _done(scene, "back", "the switch is undone", places)


def _answers_again(scene: Scene) -> None:
    longest = lasting(scene, "within", LONGEST)
    try:
        scene.stage.wait("an answer of the service", lambda: True if not _broken(scene) else None,
                         every=poll(scene), longest=longest)  # fmt: skip
    except Inconclusive:
        scene.measured.came_back = False
    else:
        scene.measured.came_back = True
        scene.mark(Mark.REACHABLE, looked_every=poll(scene))
    for check in scene.subject.checks:
        held, detail = fits(check, ask(check, None, {}, ""))
        scene.check("query", check.name, held=held, detail=detail)
    if scene.measured.came_back:
        scene.mark(Mark.VALIDATED)


def _broken(scene: Scene) -> list[str]:
    """Name the probes that do not hold."""
    return [check.name for check in scene.subject.checks if not fits(check, ask(check, None, {}, ""))[0]]


def _done(scene: Scene, setting: str, name: str, places: Mapping[str, str]) -> bool:
    """Run a command of the plan, and note whether it ended well."""
    command = OwnCheck(name, command=tuple(scene.settings[setting]))
    answer = ask(command, None, places, "")
    ended = not answer.trouble and answer.status == 0
    detail = "" if ended else answer.trouble or f"status {answer.status}, expected 0"
    scene.check("continuity", name, held=ended, detail=detail)
    return ended


def _places(others: Sequence[Scene]) -> dict[str, str]:
    """Give where the copies are, for the command that switches."""
    found = {}
    for one in others:
        name = "".join(letter if letter.isalnum() else "_" for letter in one.subject.name.upper())
        found[f"COPY_{name}_HOST"] = str(one.measured.shown.get("copy_host", ""))
        found[f"COPY_{name}_PORT"] = str(one.measured.shown.get("copy_port", ""))
    return found
