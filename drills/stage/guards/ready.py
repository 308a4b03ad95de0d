"""Ready: whatever would stop a restore half-way is mended before T0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from drills.stage.guards.guard import Broken, Guard

if TYPE_CHECKING:
    from drills.stage.guards.situation import Situation


class Ready(Guard):
    """Permissions, quotas, keys, subnets, parameter groups and instance classes are all there before the clock starts.

    A restore that fails after two hours for want of a permission has measured nothing, and has been paid for. All that
    is missing is told at once, not one thing for each attempt.
    """

    number: ClassVar[str] = "G12"
    name: ClassVar[str] = "ready"
    asks: ClassVar[bool] = True

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Ask the preflight."""
        from drills.stage.preflight import problems  # noqa: PLC0415  # it knows the drills, which know the stage

        yield from problems(now)
