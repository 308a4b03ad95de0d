"""The situation that guards look at: the plan, the open target, the run, and what people have said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drills.stage.port import Calls
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from drills.measuring.clock import Clock
    from drills.plan.model import DrillPlan, Entry, Subject
    from drills.stage.guards.consent import Consent
    from drills.stage.run import Run
    from drills.targets.target import Opened

#: Where the drill's parameters stand in a real account.
PARAMETERS = "/bkpdrill"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run is expected to cost, in US dollars; `unknown` names what has no known price."""

    dollars: float
    per_hour: float = 0.0
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """All that guards look at."""

    plan: DrillPlan
    target: Opened
    run: Run
    clock: Clock
    #: the folder of journals and locks
    state: Path
    consent: Consent
    #: on the monotonic clock, when the run began
    began: timedelta
    #: None: nobody has estimated anything
    estimate: Estimate | None = None
    #: the drills of the plan that are run; None for all
    chosen: tuple[Entry, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    #: the shortest that the policy demands of any of its systems
    rpo: timedelta | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The drills that are run."""
        return self.plan.entries if self.chosen is None else self.chosen

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """What they are on, each once."""
        named = dict.fromkeys(name for entry in self.entries for name in entry.of)
        return tuple(self.plan.subjects[name] for name in named)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that they work in, in the order of the alphabet."""
        return tuple(sorted({subject.region for subject in self.subjects}))

    @property
    def settings(self) -> Mapping[str, Any]:
        """What the plan says of the target."""
        return self.plan.targets.get(self.target.name, {})

    def calls(self, region: str) -> Calls:
        """The calls to one region."""
        return Calls(self.target.port, self.target.account, region)

    def everywhere(self) -> Iterator[Calls]:
        """The calls to each region."""
        return (self.calls(region) for region in self.regions)
