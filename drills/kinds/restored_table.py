"""What drills of tables share: canaries before the loss, and the checks of the copy after it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from drills.kinds.phases import PhasedDrill
from drills.kinds.restored_database import DURATION, LONGEST, lasting, poll
from drills.measuring.canaries import SHARE_OF_RPO, Mint, weigh
from drills.measuring.clock import Mark
from drills.measuring.writer import Writer
from drills.scene import Scene
from drills.sources.tables import TableContent, TableWell, content_of, in_index, indexes_of
from drills.stage.journal import Made
from drills.stage.port import Calls
from drills.stage.refusals import Inconclusive
from drills.verification.table_settings import READS, check_table_settings, set_up_anew, table_settings, tag_as_ours
from scanner.collect.port import CallFailed
from scanner.model.late_dataclass import dataclass


@dataclass(slots=True)
class TableCase:
    """What is known of a table before it is lost."""

    #: as the service describes it
    source: Mapping[str, Any]
    settings: Mapping[str, Any]
    mint: Mint
    #: None where it is too large to be read twice
    before: TableContent | None = None
    #: when that look was over
    looked_at: datetime | None = None
    writer: Writer | None = None
    well: TableWell | None = None
    restored_to: datetime | None = None
    #: the second look at the source, after the last canary
    later: TableContent | None = None
    #: what else the way of restoring knows
    known: dict[str, Any] = field(default_factory=dict)

    def stop(self) -> None:
        """Write nothing more to the source."""
        if self.writer is not None:
            self.writer.stop()


class RestoredTable(PhasedDrill[TableCase]):
    """A drill that restores a table of DynamoDB and reads every item of the copy."""

    on: ClassVar[tuple[str, ...]] = ("table",)
    reads: ClassVar[tuple[str, ...]] = (*READS, "dynamodb:Scan")
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "warm_up": DURATION,
            "longest": DURATION,
            "poll": DURATION,
            "reads_source": {"type": "boolean"},
            "sets_up_anew": {"type": "boolean"},
            "at_least": {"type": "integer", "minimum": 0},
        },
    }

    #: why this way of restoring says nothing of what was written last; "" where it does
    untold: ClassVar[str] = ""

    # -- what differs between ways of restoring

    @abstractmethod
    def restorable(self, scene: Scene, case: TableCase) -> datetime | None:
        """Give the newest time that can be restored to by now, as the service says; None where there is none."""

    @abstractmethod
    def request(self, scene: Scene, case: TableCase, target: str) -> Made:
        """Ask for the restore, under the name of the target."""

    def before_loss(self, scene: Scene, case: TableCase) -> None:
        """Do what is to be done while canaries are still being written."""

    def counted_from(self, scene: Scene, case: TableCase) -> datetime:  # noqa: ARG002
        """Give the instant from which a loss counts: T0, where the drill knows no earlier one."""
        return scene.timeline.stamps[Mark.LOST].at

    def writes(self, scene: Scene) -> bool:
        """Tell whether canaries can show anything here; only where the plan lets them be written."""
        return scene.subject.canaries is not None

    # -- the phases

    def settle(self, scene: Scene) -> TableCase:
        """Look at the source, and write canaries until the first of them can be restored."""
        source = table_described(scene, scene.subject.resource)
        if source is None:
            raise Inconclusive(f"there is no table {scene.subject.resource} in {scene.stage.region}")
        identity = f"{source['TableArn']} {source.get('TableId', '')}"
        case = TableCase(source, table_settings(scene.stage.calls, source), Mint(scene.stage.run.id, identity))
        if scene.settings.get("reads_source", True):
            scene.phase("reading every item of the source")
            case.before = content_of(scene.stage.calls, source["TableName"], scene.stage.run.id)
            case.looked_at = scene.clock.now()
        if self.writes(scene):
            try:
                self._warm_up(scene, case)
            except BaseException:
                self.forget(scene, case)
                raise
        else:
            self.await_look(scene, case)
        return case

    def await_look(self, scene: Scene, case: TableCase) -> None:
        """Wait until what was looked at can be restored, where that can be waited for."""

    def _warm_up(self, scene: Scene, case: TableCase) -> None:
        every = scene.subject.canaries
        assert every is not None
        rpo = scene.demanded.rpo
        # Canaries are items of somebody else's table: they go in by calls that no stage makes, as the plan allows it.
        calls = Calls(scene.target.port, scene.stage.account, scene.stage.region)
        case.well = TableWell(calls, case.source, scene.stage.run.id)
        case.writer = Writer(
            case.well, case.mint, scene.clock, every if rpo is None else min(every, rpo / SHARE_OF_RPO)
        )
        scene.phase("writing canaries")
        case.writer.start()
        self.capture(scene, case)

    def capture(self, scene: Scene, case: TableCase) -> None:
        """Wait until the first canary can be restored."""
        acknowledged = scene.clock.now()

        def reached() -> bool | None:
            newest = self.restorable(scene, case)
            return True if newest is not None and newest >= acknowledged else None

        longest = lasting(scene, "warm_up", timedelta(minutes=15))
        scene.stage.wait("a restore of what was just written", reached, every=poll(scene), longest=longest)

    def reach(self, scene: Scene, case: TableCase) -> None:
        """Note the time to restore to; what the service captures afterwards, a lost table would not have captured."""
        self.before_loss(scene, case)
        newest = self.restorable(scene, case)
        wanted = case.restored_to
        case.restored_to = newest if wanted is None or newest is None else min(wanted, newest)

    def lose(self, scene: Scene, case: TableCase) -> None:
        """Nothing is destroyed: DynamoDB restores to a time only from a table that is still there."""
        if case.restored_to is None:
            raise scene.nothing_came_back("it has no backup that could be restored")
        scene.show(restored_to=case.restored_to.isoformat())

    def recover(self, scene: Scene, case: TableCase) -> None:
        """Restore it, set up what the restore forgets, and read every item of the copy."""
        made = self.request(scene, case, scene.stage.run.name(scene.subject.name))
        self._restored(scene, case, made)

    def _restored(self, scene: Scene, case: TableCase, made: Made) -> None:
        scene.phase("the service restores")
        copy = table_active(scene, made.id)
        scene.mark(Mark.AVAILABLE, looked_every=poll(scene))
        scene.show(copy=made.id)
        if copy.get("TableId", copy["TableArn"]) == case.source.get("TableId", case.source["TableArn"]):
            raise Inconclusive("the copy has the identity of the source: it is the source")
        tag_as_ours(scene, made, copy["TableArn"])
        scene.stage.calls.one("dynamodb:Scan", TableName=made.id, Limit=1)
        scene.mark(Mark.REACHABLE)
        found = content_of(scene.stage.calls, made.id, scene.stage.run.id, indexes_of(copy))
        self._check_freshness(scene, case, found)
        check_items(scene, case, found)
        check_indexes(scene, made.id, case.source, found)
        forgotten = table_settings(scene.stage.calls, copy)
        told = [name for name, value in forgotten.items() if value != case.settings[name]]
        if scene.settings.get("sets_up_anew", True):
            told = set_up_anew(scene, made, copy["TableArn"], case.settings, forgotten)
        scene.show(forgotten_by_the_restore=", ".join(told) or "nothing")
        there = table_settings(scene.stage.calls, table_described(scene, made.id) or copy)
        check_table_settings(scene, case.settings, there, told)
        if scene.measured.came_back is None:
            scene.measured.came_back = True
        scene.mark(Mark.VALIDATED)

    def _check_freshness(self, scene: Scene, case: TableCase, found: TableContent) -> None:
        if case.writer is None:
            if self.untold:
                scene.check("freshness", "what was written last is in the copy", held=None, detail=self.untold)
            return
        lost_at = min(scene.timeline.stamps[Mark.LOST].at, self.counted_from(scene, case))
        fresh = weigh(case.writer.written, found.canaries, case.mint, lost_at, restored_to=case.restored_to)
        scene.measured.freshness = fresh
        if fresh.nothing_came_back:
            scene.measured.came_back = False
        detail = fresh.trouble or f"{fresh.returned} of {fresh.due} canaries came back"
        scene.check("freshness", "the canaries came back without a gap", held=not fresh.trouble, detail=detail)

    def forget(self, scene: Scene, case: TableCase) -> None:
        """Delete the canaries from the source; where that cannot be done, tell."""
        case.stop()
        if case.well is None:
            return
        try:
            case.well.forget()
        except CallFailed as failed:
            scene.show(canaries_left=f"items of {scene.subject.resource} with bkpdrill_run: {failed.code}")


def check_items(scene: Scene, case: TableCase, found: TableContent) -> None:
    """Check that the items came back: each of them where nobody writes to the source, as many where somebody does."""
    empty = found.items == 0 and scene.subject.resource not in scene.subject.may_be_empty
    scene.show(items=found.items)
    if case.before is not None and case.before.items == 0:
        empty = False
    scene.check("integrity", "the table did not come back empty", held=not empty, detail=f"{found.items} items")
    if (least := scene.settings.get("at_least")) is not None:
        held = found.items >= least
        scene.check("integrity", f"at least {least} items came back", held=held, detail=f"{found.items} items")
    before, name = case.before, "every item came back as it was"
    if before is None or case.looked_at is None:
        return
    source = table_described(scene, case.source["TableName"])
    later = None if source is None else content_of(scene.stage.calls, source["TableName"], scene.stage.run.id)
    if later is not None and later.digest == before.digest == found.digest:
        scene.check("integrity", name, held=True, detail=f"{found.items} items")
        return
    scene.show(items_before=before.items, items_after=None if later is None else later.items)
    if case.restored_to is None or case.restored_to < case.looked_at:
        return  # nobody knows how many there were then
    if later is not None and later.digest == before.digest:
        other = f"{found.items} items, expected {before.items}" if found.items != before.items else "other content"
        scene.check("integrity", name, held=False, detail=other)
        return
    # Somebody writes to it: how many came back must lie between how many there were before and after.
    counts = [before.items, before.items if later is None else later.items]
    held = min(counts) <= found.items <= max(counts)
    detail = f"{found.items} items, of a source that is written to and had {min(counts)} to {max(counts)}"
    scene.check("integrity", "as many items came back as there were", held=held, detail=detail)


def check_indexes(scene: Scene, copy: str, source: Mapping[str, Any], found: TableContent) -> None:
    """Check that each secondary index of the source is there, and holds what belongs into it."""
    wanted = indexes_of(source)
    missing = sorted(wanted.keys() - found.indexed.keys())
    detail = f"missing: {', '.join(missing)}" if missing else f"{len(wanted)} indexes"
    scene.check("integrity", "every index came back", held=not missing, detail=detail)
    wrong = []
    for name in sorted(wanted.keys() & found.indexed.keys()):
        held = in_index(scene.stage.calls, copy, name)
        if held != found.indexed[name]:
            wrong.append(f"{name} holds {held} of {found.indexed[name]}")
    if wanted:
        scene.check("integrity", "every index holds its items", held=not wrong, detail="; ".join(wrong))


def table_described(scene: Scene, name: str) -> Mapping[str, Any] | None:
    """Describe a table; None where there is none."""
    answer = scene.stage.calls.unless("ResourceNotFoundException", operation="dynamodb:DescribeTable", TableName=name)
    found: Mapping[str, Any] | None = answer["Table"] if answer else None
    return found


def table_active(scene: Scene, name: str) -> Mapping[str, Any]:
    """Wait until a table is there."""

    def there() -> Mapping[str, Any] | None:
        table = table_described(scene, name)
        if table is not None and table["TableStatus"] == "INACCESSIBLE_ENCRYPTION_CREDENTIALS":
            raise scene.nothing_came_back("the restored table cannot be read: its key cannot be used")
        indexed = table is not None and all(
            one.get("IndexStatus", "ACTIVE") == "ACTIVE" for one in table.get("GlobalSecondaryIndexes", ())
        )
        return table if table is not None and table["TableStatus"] == "ACTIVE" and indexed else None

    longest = lasting(scene, "longest", max(LONGEST, 2 * (scene.demanded.rto or timedelta())))
    return scene.stage.wait(f"the restore of {scene.subject.resource}", there, every=poll(scene), longest=longest)
