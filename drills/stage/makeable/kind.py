"""A kind of thing that a drill can make."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from drills.stage.port import Calls


@dataclass(frozen=True, slots=True)
class Seen:
    """Something as the service shows it: enough to tell whether it is a drill's own."""

    id: str
    arn: str
    made_at: datetime | None
    tags: Mapping[str, str]
    #: the service's own word for its state, such as `available`
    state: str = ""


class Makeable(ABC):
    """How one kind of thing is made, found and removed. Each operation is `service:Operation`, as botocore spells it."""

    #: as the journal names it, such as `rds:db`
    kind: ClassVar[str]
    #: the operations that make one, and the parameter of each that names it
    made_by: ClassVar[Mapping[str, str]]
    #: the operations that change one that is ours
    changed_by: ClassVar[tuple[str, ...]] = ()
    #: the operations that `look` and `others` use
    seen_by: ClassVar[tuple[str, ...]]
    #: the operations that `remove` uses
    removed_by: ClassVar[tuple[str, ...]]
    #: things of these kinds hold it, so they are removed before it
    before: ClassVar[tuple[str, ...]] = ()
    #: what makes it tags it, so that without the run's tag it is never swept
    tagged: ClassVar[bool] = True
    #: the service tells when it was made, so that what is older than the run is never swept
    dated: ClassVar[bool] = True
    #: AWS's codes for a removal that is refused only because something is still going on: it is asked for again
    busy: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one; None where the service says that there is none. An error that says anything else is raised."""

    @abstractmethod
    def remove(self, calls: Calls, identifier: str) -> None:
        """Ask for its removal, without a last backup; it is gone when `look` finds none."""

    @abstractmethod
    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name, or whose run tag, begins so: what a lost journal does not tell of is shown to people."""
