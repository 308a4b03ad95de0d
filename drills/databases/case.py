"""A database before its loss: what it holds, what it answers, and the canaries that are being written to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from drills.databases.performance import Pace, pace
from drills.databases.postgres import Address, PostgresWell, connected
from drills.measuring.canaries import SHARE_OF_RPO, Mint
from drills.measuring.writer import Writer
from drills.scene import Scene
from drills.stage.refusals import Inconclusive
from drills.verification.content import Content, content
from drills.verification.queries import Answer, asked_of_source, placeholders
from scanner.model.late_dataclass import dataclass


@dataclass(slots=True)
class DatabaseCase:
    """What is known of a database before it is lost."""

    #: as the service describes it
    source: Mapping[str, Any]
    address: Address
    password: str = field(repr=False)
    before: Content
    #: what the source answered to the checks that the copy must answer alike
    answers: Mapping[str, Answer]
    #: how fast it answered; None where nobody wants to know
    pace: Pace | None
    mint: Mint
    writer: Writer | None
    well: PostgresWell | None = None
    restored_to: datetime | None = None
    #: when the first look was over
    looked_first_at: datetime | None = None
    #: the second look, and when it began; what was written after that may be in the copy as well
    later: Content | None = None
    looked_at: datetime | None = None
    destroyed: bool = False

    def stop(self) -> None:
        """Write nothing more to the source."""
        if self.writer is not None:
            self.writer.stop()

    def look_again(self, at: datetime) -> None:
        """See which tables nobody has written to in the meantime."""
        with connected(self.address, self.password) as connection:
            self.later, self.looked_at = content(connection), at

    @property
    def unchanged(self) -> Mapping[str, str] | None:
        """The tables to which nobody wrote around the time restored to; None unless it lies between the two looks."""
        first, then, last = self.looked_first_at, self.restored_to, self.looked_at
        if self.later is None or first is None or then is None or last is None or not first <= then <= last:
            return None
        return self.before.unchanged(self.later)


def opened(scene: Scene, source: Mapping[str, Any], identity: str, address: Address, *, quick: bool) -> DatabaseCase:
    """Look into a source; no canary is written yet. `quick` tells whether its speed is to be known."""
    login = scene.subject.login
    if login is None:
        raise Inconclusive("the plan names no login, so nothing of the copy can be looked at")
    password = scene.target.password(login)
    with connected(address, password) as connection:
        before = content(connection)
        answers = asked_of_source(scene, connection, placeholders(address), password)
        found = pace(connection, scene.subject.checks) if quick else None
    mint = Mint(scene.stage.run.id, identity)
    looked_at = scene.clock.now()
    return DatabaseCase(source, address, password, before, answers, found, mint, writer=None, looked_first_at=looked_at)


def write_canaries(scene: Scene, case: DatabaseCase) -> Writer | None:
    """Begin to write canaries, where the plan lets it."""
    every = scene.subject.canaries
    if every is None:
        return None
    scene.phase("writing canaries")
    case.well = PostgresWell(case.address, case.password)
    case.writer = Writer(case.well, case.mint, scene.clock, _often_enough(every, scene.demanded.rpo))
    case.writer.start()
    return case.writer


def forget(scene: Scene, case: DatabaseCase) -> None:
    """Take the canaries away from a source that is still there; where that cannot be done, tell."""
    case.stop()
    if case.well is None or case.destroyed:
        return
    try:
        case.well.forget()
    except Exception as error:  # noqa: BLE001  # whatever it is, cleaning up goes on
        scene.show(canaries_left=f"the schema backup_drill stays in {scene.subject.resource}: {type(error).__name__}")


def _often_enough(every: timedelta, rpo: timedelta | None) -> timedelta:
    """Give how often canaries are written: as the plan says, and often enough for the RPO."""
    return every if rpo is None else min(every, rpo / SHARE_OF_RPO)
