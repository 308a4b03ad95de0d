"""What is made: marked, written down first, never in place, removable, and removed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from drills.stage.guards.guard import Broken, Guard
from drills.stage.journal import traces
from drills.stage.lock import held
from drills.stage.run import PREFIX

if TYPE_CHECKING:
    from drills.stage.guards.situation import Situation

#: A canary more often than this is load, not measurement.
SELDOM = timedelta(seconds=1)


class Marked(Guard):
    """Everything is made under the prefix of the run, with its tags, and is kept for longer than the run takes.

    A name alone can be chosen by anybody, and a tag copied: what is swept has both, and an entry in a journal.
    """

    number: ClassVar[str] = "G4"
    name: ClassVar[str] = "marked"
    real_only: ClassVar[bool] = False

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look at the run."""
        run, limits = now.run, now.plan.limits
        if not run.owner.strip():
            yield Broken("the run has no owner, who would be asked about what it leaves", "name one")
        if run.expires_at <= run.began_at + limits.longest:
            yield Broken("what it makes would expire while it still runs", "let limits.keeps be above limits.longest")


class WrittenFirst(Guard):
    """What is about to be made can be written to the journal first.

    A process can be killed between two instructions; what only its memory knew is then paid for until somebody finds it.
    """

    number: ClassVar[str] = "G5"
    name: ClassVar[str] = "written first"
    real_only: ClassVar[bool] = False

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Write a file and sync it; read the journals that are there."""
        try:
            now.state.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=now.state) as stream:
                stream.write(b"\n")
                os.fsync(stream.fileno())
        except OSError as error:
            yield Broken(f"the state folder {now.state} cannot be written: {error.strerror}", "name another: --state")


class NothingLeft(Guard):
    """Nothing that an earlier run left here is past its time.

    Leftovers are the commonest harm that drills do; who runs the next one is the first who can notice.
    """

    number: ClassVar[str] = "G6"
    name: ClassVar[str] = "nothing left"

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look through the journals."""
        for trace in traces(now.state):
            here = [one for one in trace.left if one.account == now.target.account]
            if trace.run == now.run.id or trace.endpoint != now.target.endpoint or not here:
                continue
            if trace.expires_at <= now.clock.now():
                yield Broken(
                    f"run {trace.run} left {len(here)} things, which expired at {trace.expires_at:%Y-%m-%d %H:%M}",
                    "backup-drill sweep --execute",
                )


class NeverInPlace(Guard):
    """No subject of the plan is itself something that a drill has made.

    A restore goes to a new name, always. A plan that drills the copy of another run would measure a copy, and the sweep
    of that run would take away its source.
    """

    number: ClassVar[str] = "G8"
    name: ClassVar[str] = "never in place"
    real_only: ClassVar[bool] = False

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look at the names of the subjects."""
        for subject in now.subjects:
            if PREFIX in subject.resource:
                yield Broken(f"{subject.name} is {subject.resource}, a drill's own", "name the real source")


class OwnKey(Guard):
    """Copies of production's data are encrypted with a key of the sandbox's own.

    Restored production data is production data. Under a key of its own its use is logged apart, and disabling that one
    key makes every copy unreadable at once.
    """

    number: ClassVar[str] = "G10"
    name: ClassVar[str] = "own key"

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look at the keys that the plan names."""
        if not now.settings.get("production_backups", False):
            return
        for subject in now.subjects:
            key = str(subject.restore_with.get("kms_key", ""))
            if subject.kind in _HOLDS_DATA and (not key or key.startswith("alias/aws/")):
                yield Broken(
                    f"{subject.name} would be restored under {key or 'the key of its source'}",
                    "name a customer-managed key of the sandbox under restore_with.kms_key",
                )


_HOLDS_DATA = ("database", "cluster", "table", "bucket", "file-system", "volume")


class OneAtATime(Guard):
    """No other drill runs in the same account and region.

    Two drills share quotas and bandwidth, so neither would measure what a recovery takes.
    """

    number: ClassVar[str] = "G12"
    name: ClassVar[str] = "one at a time"
    real_only: ClassVar[bool] = False

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look at the locks of the state folder."""
        for region in now.regions:
            holder = held(now.state, now.target.account, region, now.target.endpoint)
            if holder is None or holder.run == now.run.id:
                continue
            if holder.over(now.clock.now()):
                yield Broken(holder.says, "backup-drill sweep --execute takes away what it left, and its lock")
            else:
                yield Broken(holder.says, "wait for it, or stop it")


class SparingCanaries(Guard):
    """Canaries are written only where the plan says so, at most once a second, and never into production.

    They are the only thing that a drill writes to what it has not made. Where the recovery points are production's, what
    wrote the canaries is production's own.
    """

    number: ClassVar[str] = "G14"
    name: ClassVar[str] = "sparing canaries"

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look at the subjects."""
        production = bool(now.settings.get("production_backups", False))
        for subject in now.subjects:
            if subject.canaries is None:
                continue
            if production:
                yield Broken(f"{subject.name} has canaries, and its backups are production's", "leave canaries out")
            elif subject.canaries < SELDOM:
                yield Broken(f"{subject.name} has canaries every {subject.canaries}", "one a second is enough")
