"""Events of a drill's own: they leave nothing behind, and are journalled all the same, for somebody may act on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class OwnEvent(Makeable):
    """An event that was sent."""

    kind: ClassVar[str] = "events:event"
    made_by: ClassVar[Mapping[str, str]] = {"events:PutEvents": ""}
    seen_by: ClassVar[tuple[str, ...]] = ()
    removed_by: ClassVar[tuple[str, ...]] = ()
    tagged: ClassVar[bool] = False
    dated: ClassVar[bool] = False

    def look(self, calls: Calls, identifier: str) -> Seen | None:  # noqa: ARG002
        """Nobody keeps an event."""
        return None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Do nothing: it is gone."""

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:  # noqa: ARG002
        """Find none."""
        return []
