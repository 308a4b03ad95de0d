"""Metrics that somebody should watch: which alarms do, from which value on, and whom they reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import timedelta
from functools import partial
from typing import Any

from scanner.model.arn import Somewhere
from scanner.model.fact import Fact, derived
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, gathered
from scanner.model.reading import Known, Reason, Unknown
from scanner.model.resource import Resource
from scanner.resources.alerting.alarms import Alarm, metric_key
from scanner.resources.alerting.regions import Region
from scanner.resources.alerting.ways import News, Way, Ways, doubtful


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of something: danger is where it is `low`, or high; `most` is the value that it never exceeds.

    `unit` is what one of it is worth in time, for a lag; `first` where already one of it must ring.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    low: bool = False
    most: float | None = None
    unit: timedelta | None = None
    region: str = ""
    first: bool = False


def watch(metrics: Iterable[Metric], region: str, look: Look) -> Ways:
    """Give the alarms that watch any of these metrics, and whom they reach."""
    found: list[Way] = []
    missing: Unknown | None = None
    for metric in metrics:
        where = metric.region or region
        key = metric_key(metric.namespace, metric.name, metric.dimensions)
        alarms = gathered(look.where(Alarm, Alarm.watches, key, region=where), partial(_rings, metric=metric))
        found.extend(alarms.known)
        missing = missing or alarms.missing or _unsettled(metric, key, look)
        rest = _by_formula(metric, key, where, look)
        found.extend(rest.found)
        missing = missing or rest.missing
    return Ways(tuple(found), missing)


def _unsettled(metric: Metric, key: str, look: Look) -> Unknown | None:
    """Say why an alarm on another name may be on this metric all the same: code leaves the name open."""
    name = next((value for value in metric.dimensions.values() if isinstance(value, Somewhere)), None)
    if name is None:
        return None
    alike = f"{metric.namespace} {metric.name} "
    for alarm in look.found(Alarm):
        watched = look.reading(alarm, Alarm.watches)
        if isinstance(watched, Known) and watched.value != key and watched.value.startswith(alike):
            said = f"the code does not settle the name of {name}, so alarm {alarm.name} may watch it"
            return Unknown(Reason.UNRESOLVED, said)
    return None


def _by_formula(metric: Metric, key: str, region: str, look: Look) -> Ways:
    every = metric_key(metric.namespace, metric.name, {})

    def told(one: Region) -> Iterator[Way]:
        known = one.formulas
        for name in dict.fromkeys((*known.by_metric.get(key, ()), *known.by_metric.get(every, ()))):
            yield doubtful(f"alarm {name}", f"it works {metric.name} out with others, in a formula that is not read")

    def missed(one: Region) -> Iterable[Unknown]:
        return (one.formulas.missing,) if one.formulas.missing is not None else ()

    found = gathered(look.every(Region, region=region), told)
    more = gathered(look.every(Region, region=region), missed)
    return Ways(found.known, found.missing or more.missing or next(iter(more.known), None))


def _rings(alarm: Alarm, metric: Metric) -> Iterator[Way]:
    via = f"alarm {alarm.name}"
    threshold = alarm.threshold
    if threshold is None:
        yield doubtful(via, "it rings outside a band of usual values")
        return
    wrong = _threshold(alarm.comparison, threshold, metric)
    if wrong:
        yield Way(via, broken=wrong)
        return
    waits = _waits(alarm) if metric.first else ""
    if waits and alarm.missing_data == "notBreaching":
        yield Way(via, broken=f"rings only after {waits}, not at the first")
        return
    within = None if metric.unit is None else metric.unit * threshold
    reaches = alarm.reaches
    for one in reaches.found:
        if waits and one.whole:
            yield doubtful(one.via, f"it waits for {waits}, and whether one without data is one is not worked out")
        else:
            yield Way(one.via, one.broken, one.unknown, within)
    if reaches.missing is not None:
        yield Way(via, unknown=reaches.missing, within=within)


def _threshold(comparison: str, threshold: float, metric: Metric) -> str:
    below = comparison.startswith("LessThan")
    if metric.low:
        if not below:
            return f"does not ring when {metric.name} is low"
        return f"rings at {threshold:g} only, when nothing is left" if threshold <= 0 else ""
    if not comparison.startswith("GreaterThan"):
        return f"does not ring when {metric.name} is high"
    if metric.first and (threshold > 1 or (threshold == 1 and comparison == "GreaterThanThreshold")):
        return f"rings only from {threshold:g} of {metric.name} on, not at the first"
    if metric.most is not None and threshold >= metric.most:
        return f"rings at {threshold:g} only, when nothing is left"
    return ""


def _waits(alarm: Alarm) -> str:
    """Say what an alarm on a count waits for, if for more than one period: between two failures there may be no data."""
    return f"{alarm.periods} periods with failures" if alarm.periods > 1 else ""


def watch_needs() -> list[Fact[Any]]:
    """Name the facts that `watch` reads."""
    return [
        Alarm.watches, Alarm.threshold, Alarm.comparison, Alarm.periods, Alarm.missing_data, Alarm.reaches,
        Region.formulas,
    ]  # fmt: skip


Measured = Callable[[Any, Look], Iterable[tuple[str, tuple[Metric, ...]]]]


def watched_by(promise: str, measured: Measured, *reads: str) -> Fact[tuple[News, ...]]:
    """Declare a fact: the ways by which it is told what these metrics of a resource show, thing by thing.

    `measured(resource, look)` names each thing and the metrics any of which shows it; it reads the named facts.
    """

    def by(resource: Resource, look: Look) -> tuple[News, ...]:
        return tuple(News(what, watch(metrics, resource.region, look)) for what, metrics in measured(resource, look))

    return derived(promise, needs=lambda kind: [*(kind.facts[name] for name in reads), *watch_needs()], by=by)
