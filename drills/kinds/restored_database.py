"""What drills of databases share: canaries before the loss, the restore, and the checks of the copy after it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar

from drills.databases.case import DatabaseCase, forget, opened, write_canaries
from drills.databases.logins import logged_in
from drills.databases.performance import await_pace
from drills.databases.postgres import ENGINES, Address, PostgresWell
from drills.kinds.phases import PhasedDrill
from drills.measuring.canaries import weigh
from drills.measuring.clock import Mark
from drills.measuring.writer import Writer, time_between_captures, written_until
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive
from drills.verification.access import check_access
from drills.verification.configuration import check_configuration, check_in_force, planned
from drills.verification.integrity import check_integrity
from drills.verification.queries import check_queries, placeholders
from scanner.model.duration import parse_duration, speak

if TYPE_CHECKING:
    import psycopg

#: How long a restore may take before a drill gives it up, unless the plan or the RTO says otherwise.
LONGEST = timedelta(hours=6)
DURATION: dict[str, Any] = {"type": "string", "pattern": r"^(?=\d)(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"}


class RestoredDatabase(PhasedDrill[DatabaseCase]):
    """A drill that restores a database and looks into the copy."""

    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "warm_up": DURATION,
            "linger": DURATION,
            "longest": DURATION,
            "poll": DURATION,
            "keeps_source": {"type": "boolean"},
            "performance": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"within": {"type": "number", "minimum": 1}, "longest": DURATION},
                "required": ["within"],
            },
        },
    }

    #: what it is called in messages
    what: ClassVar[str]
    #: the member of its description that a copy must not share with it
    identified_by: ClassVar[str]

    # -- what differs between instances and clusters

    @abstractmethod
    def find(self, scene: Scene, identifier: str) -> Mapping[str, Any] | None:
        """Describe one as the service does; None where there is none."""

    @abstractmethod
    def place(self, one: Mapping[str, Any]) -> tuple[str, int] | None:
        """Give host and port; None where it has none."""

    @abstractmethod
    def likeness(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """Give the settings that a copy must have as well."""

    def expected(self, source: Mapping[str, Any]) -> dict[str, Any]:
        """Give what a copy must have of the source."""
        return self.likeness(source)

    @abstractmethod
    def come_up(self, scene: Scene, made: Made, source: Mapping[str, Any]) -> Mapping[str, Any]:
        """Wait until the service says available, and describe the copy."""

    @abstractmethod
    def began(self, one: Mapping[str, Any]) -> datetime | None:
        """Give when the service says that it was made."""

    # -- what differs between ways of restoring

    @abstractmethod
    def restorable(self, scene: Scene) -> datetime | None:
        """Give the newest time that can be restored to by now, as the service says; None where there is none."""

    @abstractmethod
    def request(self, scene: Scene, source: Mapping[str, Any], target: str, restored_to: datetime) -> Made:
        """Ask for the restore of the source to a time, under the name of the target."""

    def before_loss(self, scene: Scene, writer: Writer | None) -> datetime | None:  # noqa: ARG002
        """Give the time that is to be restored to; None for the newest that is restorable when the loss is declared.

        Canaries are being written, and the first of them is restorable already.
        """
        return None

    def source_of(self, scene: Scene) -> Mapping[str, Any]:
        """Describe the source."""
        source = self.find(scene, scene.subject.resource)
        if source is None:
            raise Inconclusive(f"there is no {self.what} {scene.subject.resource} in {scene.stage.region}")
        return source

    def counted_from(self, scene: Scene, restored_to: datetime) -> datetime:  # noqa: ARG002
        """Give the instant from which a loss counts: T0, where the drill knows no earlier one."""
        return scene.timeline.stamps[Mark.LOST].at

    def destroys(self, scene: Scene) -> bool:
        """Tell whether the source is to be destroyed, where the target can: not where only what is in it was lost."""
        return not scene.settings.get("keeps_source", False)

    def writes(self, scene: Scene) -> bool:  # noqa: ARG002
        """Tell whether canaries say something of this way of restoring."""
        return True

    def lingers(self, scene: Scene) -> bool:  # noqa: ARG002
        """Tell whether it matters where between two captures the loss falls."""
        return True

    # -- the phases

    def settle(self, scene: Scene) -> DatabaseCase:
        """Look at the source; write canaries until the first of them can be restored."""
        source = self.source_of(scene)
        scene.require(
            source["Engine"] in ENGINES, f"{source['Engine']} is not an engine that a drill can look into yet"
        )
        identity = str(source.get(self.identified_by, scene.subject.resource))
        case = opened(scene, source, identity, self.address(scene, source), quick="performance" in scene.settings)
        try:
            if self.writes(scene):
                self._warm_up(scene, write_canaries(scene, case))
        except BaseException:
            forget(scene, case)
            raise
        return case

    def _warm_up(self, scene: Scene, writer: Writer | None) -> None:
        """Wait until the first canary can be restored.

        Where none can be for longer than the RPO, that is a loss that was seen, and the drill goes on to show it.
        """
        longest = lasting(scene, "warm_up", timedelta(minutes=15))
        if writer is None or written_until(writer, lambda: self.restorable(scene), scene.clock, longest):
            return
        rpo = scene.demanded.rpo
        if rpo is None or scene.clock.now() - writer.written[0].written_at <= rpo:
            raise Inconclusive(f"nothing that was written could be restored within {speak(longest)}")
        scene.show(not_restorable_within=speak(longest))

    def linger(self, scene: Scene, case: DatabaseCase) -> None:
        """Let the loss fall anywhere between two captures, and not just after one."""
        if case.writer is None or "not_restorable_within" in scene.measured.shown or not self.lingers(scene):
            return
        if "linger" in scene.settings:
            scene.clock.sleep(parse_duration(scene.settings["linger"]))
            return
        longest = min(lasting(scene, "warm_up", timedelta(minutes=15)), scene.demanded.rpo or timedelta(minutes=15))
        period = time_between_captures(lambda: self.restorable(scene), scene.clock, case.writer.every, longest)
        scene.show(captured_every_seconds=round(period.total_seconds(), 1))
        # The run's own name decides, which nobody chooses; a second try with the same name falls in the same place.
        scene.clock.sleep(period * Random(scene.stage.run.id + scene.subject.name).random())  # noqa: S311  # no secret

    def newest(self, scene: Scene, case: DatabaseCase) -> datetime | None:  # noqa: ARG002
        """Give the newest time that can be restored to by now."""
        return self.restorable(scene)

    def written_from(self, case: DatabaseCase) -> datetime | None:
        """Give when the first canary was written; None where none is."""
        return case.writer.durable_from if case.writer is not None else None

    def reach(self, scene: Scene, case: DatabaseCase) -> None:
        """Note the time to restore to.

        The newest is asked just before the loss: what the service captures afterwards, a lost one would not have.
        """
        wanted = self.before_loss(scene, case.writer)
        case.look_again(scene.clock.now())
        newest = self.restorable(scene)
        case.restored_to = newest if wanted is None or newest is None else min(wanted, newest)

    def lose(self, scene: Scene, case: DatabaseCase) -> None:
        """Destroy the source where the target can."""
        case.destroyed = self.destroys(scene) and scene.target.lose(scene.subject)
        scene.show(source_destroyed=case.destroyed)

    def recover(self, scene: Scene, case: DatabaseCase) -> None:
        """Restore, log in, and check what came back."""
        restored_to = case.restored_to
        if restored_to is None:
            raise scene.nothing_came_back("it has no backup that could be restored")
        scene.show(restored_to=restored_to.isoformat())
        made = self.request(scene, case.source, scene.stage.run.name(scene.subject.name), restored_to)
        scene.phase("the service restores")
        copy = self.come_up(scene, made, case.source)
        scene.mark(Mark.AVAILABLE, looked_every=poll(scene), witness=self.began(copy))
        copied = self.address(scene, copy)
        scene.show(copy=made.id, copy_host=copied.host, copy_port=copied.port)
        with logged_in(scene, copied, case.password, poll(scene)) as connection:
            scene.mark(Mark.REACHABLE, looked_every=poll(scene))
            if copy.get(self.identified_by) == case.source.get(self.identified_by):
                raise Inconclusive("the copy has the identity of the source: it is the source")
            self.verify(scene, case, copy, copied, connection)
            if scene.measured.came_back is None:
                scene.measured.came_back = True
            scene.mark(Mark.VALIDATED)
            if "performance" in scene.settings:
                told = scene.settings["performance"]
                longest = parse_duration(told.get("longest", "30m"))
                await_pace(scene, connection, case.pace, told["within"], every=poll(scene), longest=longest)

    def verify(
        self,
        scene: Scene,
        case: DatabaseCase,
        copy: Mapping[str, Any],
        copied: Address,
        connection: psycopg.Connection[Any],
    ) -> None:
        """Check the copy: what it holds, how it is set up, what it answers, and to whom."""
        assert case.restored_to is not None
        self.check_freshness(scene, case, copied)
        check_integrity(scene, connection, set(case.before.rows), case.unchanged)
        check_queries(scene, connection, placeholders(copied), case.password, case.answers)
        check_configuration(
            scene, self.expected(case.source), self.likeness(copy), given=planned(scene.subject.restore_with)
        )
        check_in_force(scene, copy)
        check_access(scene, copied)

    def check_freshness(self, scene: Scene, case: DatabaseCase, copied: Address) -> None:
        """Weigh the canaries that came back."""
        if case.writer is None or case.restored_to is None:
            return
        lost_at = min(scene.timeline.stamps[Mark.LOST].at, self.counted_from(scene, case.restored_to))
        found = list(PostgresWell(copied, case.password).read())
        begun = case.writer.written[0].written_at
        rpo = scene.demanded.rpo
        # Nothing could be restored for longer than the RPO: then all that was written had to come back.
        behind = case.writer.durable_from > case.restored_to and rpo is not None and lost_at - begun > rpo
        until = None if behind else case.restored_to
        fresh = weigh(case.writer.written, found, case.mint, lost_at, restored_to=until)
        if behind:
            scene.show(data_loss_more_than_seconds=round((lost_at - begun).total_seconds(), 1))
        scene.measured.freshness = fresh
        if fresh.nothing_came_back:
            scene.measured.came_back = False
        told = f"{fresh.returned} of {fresh.due} canaries came back"
        detail = fresh.trouble or told
        scene.check("freshness", "the canaries came back without a gap", held=not fresh.trouble, detail=detail)

    def forget(self, scene: Scene, case: DatabaseCase) -> None:
        """Take the canaries away from a source that is still there."""
        forget(scene, case)

    # -- in passing

    def address(self, scene: Scene, one: Mapping[str, Any]) -> Address:
        """Give where it is and who logs in; raise `Inconclusive` where it has no endpoint."""
        place = self.place(one)
        if place is None:
            raise Inconclusive(f"the {self.what} has no endpoint")
        login = scene.subject.login
        if login is None:
            raise Inconclusive("the plan names no login, so nothing of the copy can be looked at")
        database = scene.subject.database or one.get("DBName") or one.get("DatabaseName") or "postgres"
        tls = "require" if scene.target.real else "prefer"
        return Address(*place, login.user, database, tls)

    def awaited(self, scene: Scene) -> timedelta:
        """Give how long the service may take."""
        return lasting(scene, "longest", max(LONGEST, 2 * (scene.demanded.rto or timedelta())))


def lasting(scene: Scene, setting: str, default: timedelta) -> timedelta:
    """Give a duration of the drill's settings."""
    return parse_duration(scene.settings[setting]) if setting in scene.settings else default


def poll(scene: Scene) -> timedelta:
    """Give how often to look: a hundredth of the RTO at most, so that the figure is finer than the limit."""
    rto = scene.demanded.rto
    most = timedelta(seconds=15 if scene.target.real else 1)
    default = min(most, rto / 100) if rto else most
    return lasting(scene, "poll", default)
