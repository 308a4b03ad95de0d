"""Metric filters of CloudWatch Logs: they count what a log group is told, and an alarm may watch the count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.model.convert import text, tuple_of
from scanner.model.fact import Fact, fact
from scanner.model.look import Look, gathered
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource
from scanner.resources.alerting.watching import Metric, watch, watch_needs
from scanner.resources.alerting.ways import Way, Ways, doubtful


def metric_of(raw: Mapping[str, Any]) -> tuple[str, str]:
    """Read the namespace and the name of the metric that a filter counts in."""
    return raw["metricNamespace"], raw["metricName"]


class MetricFilter(Resource):
    """A metric filter on a log group."""

    kind = "aws.logs.metric-filter"
    title = "metric filter"
    listed_by = Listing(
        call("logs:DescribeMetricFilters"), "metricFilters[]",
        id="arn:{partition}:logs:{region}:{account}:metric-filter:{logGroupName}/{filterName}", name="{filterName}",
    )  # fmt: skip

    pattern: Fact[str] = fact("What it counts.", live=item("filterPattern", text, absent=""))
    metrics: Fact[tuple[tuple[str, str], ...]] = fact(
        "The metrics that it counts in.", live=item("metricTransformations", tuple_of(metric_of), absent=())
    )


def counted(action: str, region: str, look: Look) -> Ways:
    """Give the ways by which an alarm on a count may tell of a call: by filters that name it.

    Their patterns are not worked out, so that such a way is a doubt at best.
    """

    def by(one: MetricFilter) -> Iterator[Way]:
        if action not in one.pattern:
            return
        via = f"metric filter {one.name}"
        ways = watch([Metric(*metric, first=True) for metric in one.metrics], region, look)
        for way in ways.found:
            if way.whole:
                yield doubtful(f"{via} with {way.via}", f"whether its pattern finds {action} is not worked out")
            else:
                yield Way(f"{via} with {way.via}", way.broken, way.unknown)
        if ways.missing is not None:
            yield Way(via, unknown=ways.missing)

    found = gathered(look.every(MetricFilter, region=region), by)
    return Ways(found.known, found.missing)


def counted_needs() -> list[Fact[Any]]:
    """Name the facts that `counted` reads."""
    return [MetricFilter.pattern, MetricFilter.metrics, *watch_needs()]
