"""The alarms of a region that watch several metrics, and those over other alarms, sorted once for all who ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, gathered
from scanner.model.reading import Unknown
from scanner.model.resource import Resource
from scanner.resources.alerting.alarms import FORMULA, Alarm, CompositeAlarm


@dataclass(frozen=True, slots=True)
class Formulas:
    """The alarms of a region whose formulas hold a metric, by metric, and why there may be more."""

    by_metric: Mapping[str, tuple[str, ...]]
    missing: Unknown | None = None


def formulas(region: Resource, look: Look) -> Formulas:
    """Sort the alarms of a region that watch a formula by the metrics in it."""
    found: dict[str, list[str]] = {}

    def sort(one: Alarm) -> Iterable[None]:
        for part in one.parts:
            found.setdefault(part, []).append(one.name)
        return ()

    missing = gathered(look.where(Alarm, Alarm.watches, FORMULA, region=region.region), sort).missing
    return Formulas({key: tuple(names) for key, names in found.items()}, missing)


@dataclass(frozen=True, slots=True)
class Composites:
    """The composite alarms of a region by the alarms that they name, and why there may be more."""

    by_child: Mapping[str, tuple[CompositeAlarm, ...]]
    missing: Unknown | None = None


def composites(region: Resource, look: Look) -> Composites:
    """Sort the composite alarms of a region by the alarms that they name."""
    found: dict[str, list[CompositeAlarm]] = {}

    def sort(one: CompositeAlarm) -> Iterable[None]:
        for child in one.children:
            found.setdefault(child, []).append(one)
        return ()

    missing = gathered(look.every(CompositeAlarm, region=region.region), sort).missing
    return Composites({child: tuple(some) for child, some in found.items()}, missing)
