"""Amazon CloudWatch alarms: what they watch, when they ring, and whom that reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from scanner.model.arn import Somewhere, tentative
from scanner.model.convert import flag, instant, number, text, tuple_of, whole
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, gathered, legible
from scanner.model.origin import Listing, call, item
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.permissions.truth import Doubt
from scanner.resources.alerting.alarm_rules import children, rings
from scanner.resources.alerting.senders import alarm_action
from scanner.resources.alerting.topics import obstacle, topic_needs
from scanner.resources.alerting.ways import Way, Ways, doubtful, way

#: Namespaces of metrics about data, its backups and its keys.
OF_DATA = frozenset({
    "AWS/Backup", "AWS/DAX", "AWS/DMS", "AWS/DocDB", "AWS/DynamoDB", "AWS/EBS", "AWS/EFS", "AWS/ElastiCache", "AWS/ES",
    "AWS/FSx", "AWS/KMS", "AWS/MemoryDB", "AWS/Neptune", "AWS/RDS", "AWS/Redshift", "AWS/S3",
})  # fmt: skip
#: A formula stands in place of a metric.
FORMULA = ""
_QUERY = re.compile(
    r"""\bSELECT\s+\w+\(\s*"?(?P<metric>[\w.-]+)"?\s*\)\s*FROM\s+(?:SCHEMA\(\s*)?"?(?P<space>[\w./-]+)"?""",
    re.IGNORECASE,
)


def metric_key(namespace: str, name: str, dimensions: Mapping[str, str]) -> str:
    """Name a metric, so that alarms on it are found."""
    said = ",".join(f"{key}={value}" for key, value in sorted(dimensions.items()))
    return f"{namespace} {name} {said}".rstrip()


def _key(raw: Mapping[str, Any]) -> str:
    dimensions = {one["Name"]: one["Value"] for one in raw.get("Dimensions") or ()}
    return metric_key(raw["Namespace"], raw["MetricName"], dimensions)


def watched(raw: Mapping[str, Any]) -> str:
    """Read the one metric of an alarm, as `metric_key` names it; `FORMULA` where it works several out."""
    if raw.get("MetricName"):
        return _key(raw)
    parts: Sequence[Mapping[str, Any]] = raw.get("Metrics") or ()
    if len(parts) == 1 and parts[0].get("MetricStat") and not raw.get("ThresholdMetricId"):
        return _key(parts[0]["MetricStat"]["Metric"])
    return FORMULA


def parts_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the metrics that the formula of an alarm is made of; a query names one of all resources."""
    found: dict[str, None] = {}
    for one in raw.get("Metrics") or ():
        if stat := one.get("MetricStat"):
            found[_key(stat["Metric"])] = None
        elif query := _QUERY.search(one.get("Expression") or ""):
            found[metric_key(query["space"], query["metric"], {})] = None
    return tuple(found)


def namespaces_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the namespaces of what an alarm watches."""
    keys = (_key(raw),) if raw.get("MetricName") else parts_of(raw)
    return tuple(dict.fromkeys(key.split(" ", 1)[0] for key in keys))


def act(arn: str, bell: AnyAlarm, look: Look) -> Way:
    """Say whether an action of an alarm reaches somebody."""
    via = f"{bell.title} {bell.name}"
    service = arn.split(":")[2] if arn.count(":") > 2 else ""
    if service == "sns":
        sender = alarm_action(tentative(bell.id, bell), bell.account)
        return way(f"{via} to topic {arn.rpartition(':')[2]}", lambda: obstacle(arn, sender, look))
    if service in ("lambda", "ssm-incidents"):
        return doubtful(via, f"it starts {arn.rpartition(':')[2]}; whom that tells is beyond sight")
    # Auto Scaling, EC2 actions (arn:aws:automate:...:ec2:reboot), OpsItems, investigations.
    return Way(via, broken=f"only starts {service or arn}, which tells nobody")


def reach(bell: AnyAlarm, look: Look) -> Ways:
    """Give the ways by which an alarm that rings reaches somebody: its actions, and composite alarms over it."""
    via = f"{bell.title} {bell.name}"
    found: list[Way] = []
    try:
        if not bell.enabled:
            found.append(Way(via, broken="has its actions turned off"))
        elif bell.muted_by:
            found.append(Way(via, broken=f"is suppressed now: {bell.muted_by}"))
        elif not bell.actions:
            found.append(Way(via, broken="has no action"))
        else:
            for arn in bell.actions:
                found.extend(_acts(arn, bell, look))
    except CouldNotCheck as stop:
        found.append(Way(via, unknown=stop.unknown))
    return Ways(tuple(found)) + _above(bell, look)


def _acts(arn: str, bell: AnyAlarm, look: Look) -> Iterator[Way]:
    """Give the way of one action; of one that code leaves open, that it may lead somewhere."""
    try:
        yield act(arn, bell, look)
    except CouldNotCheck as stop:
        yield Way(f"{bell.title} {bell.name}", unknown=stop.unknown)


def _above(bell: AnyAlarm, look: Look) -> Ways:
    from scanner.resources.alerting.regions import Region  # noqa: PLC0415  # the two refer to each other

    def over(one: CompositeAlarm) -> Iterator[Way]:
        via = f"composite alarm {one.name}"
        with legible():
            answer = rings(one.rule, bell.name)
        if isinstance(answer, Doubt):
            yield doubtful(via, f"whether it rings with {bell.name} hangs on {answer.why}")
        elif answer:
            yield from one.reaches.found
            if one.reaches.missing is not None:
                raise CouldNotCheck(one.reaches.missing)
        else:
            yield Way(via, broken=f"does not ring with {bell.name}")

    found: list[Way] = []
    missing: Unknown | None = None
    for region in look.every(Region, region=bell.region):
        composites = region.composites
        above = gathered(composites.by_child.get(bell.name, ()), over)
        found.extend(above.known)
        missing = missing or above.missing or composites.missing
        if composites.by_child and isinstance(name := tentative(bell.name, bell), Somewhere):
            said = f"the code does not settle the name of {name}, so a composite alarm may be over it"
            missing = missing or Unknown(Reason.UNRESOLVED, said)
    return Ways(tuple(found), missing)


def reach_needs(kind: type[AnyAlarm]) -> list[Fact[Any]]:
    """Name the facts that `reach` reads."""
    from scanner.resources.alerting.regions import Region  # noqa: PLC0415  # the two refer to each other

    return [
        kind.enabled, kind.actions, kind.muted_by, Region.composites, CompositeAlarm.rule, CompositeAlarm.reaches,
        *topic_needs(),
    ]  # fmt: skip


class AnyAlarm(Resource):
    """An alarm. Abstract."""

    title: ClassVar[str] = "alarm"

    enabled: Fact[bool] = fact(
        # True unless it is turned off (PutMetricAlarm, API reference).
        "Its actions are on.", live=item("ActionsEnabled", flag, absent=True)
    )  # fmt: skip
    actions: Fact[tuple[str, ...]] = fact(
        "What it starts when it rings.", live=item("AlarmActions", tuple_of(text), absent=())
    )
    state: Fact[str] = fact("Its state: OK, ALARM or INSUFFICIENT_DATA.", live=item("StateValue", text))
    since: Fact[datetime | None] = fact(
        "Since when it is in that state.", live=item("StateTransitionedTimestamp", instant, absent=None)
    )
    muted_by: Fact[str] = derived(
        "What suppresses its actions now; nothing where nothing does.", needs=lambda _: (), by=lambda *_: ""
    )
    about_data: Fact[bool] = fact("It watches data, backups or keys.")
    made_by_scaling: Fact[bool] = derived("Auto Scaling made it for itself.", needs=lambda _: (), by=lambda *_: False)
    reaches: Fact[Ways] = derived("Whom it reaches when it rings.", needs=reach_needs, by=reach)


class Alarm(AnyAlarm):
    """A CloudWatch alarm on a metric, or on several."""

    kind = "aws.cloudwatch.alarm"
    title = "alarm"
    listed_by = Listing(
        call("cloudwatch:DescribeAlarms", AlarmTypes=["MetricAlarm"]),
        "MetricAlarms[]",
        id="{AlarmArn}",
        name="{AlarmName}",
    )

    watches: Fact[str] = fact("The metric it watches; nothing for a formula of several.", live=item("@", watched))
    parts: Fact[tuple[str, ...]] = fact("The metrics that its formula is made of.", live=item("@", parts_of))
    threshold: Fact[float | None] = fact(
        # A band of usual values has none (MetricAlarm, API reference).
        "From which value on it rings; none for a band of usual values.", live=item("Threshold", number, absent=None)
    )  # fmt: skip
    comparison: Fact[str] = fact("How it compares.", live=item("ComparisonOperator", text))
    periods: Fact[int] = fact(
        # Without a number of its own, all periods that it looks at (PutMetricAlarm, API reference).
        "How many periods must be beyond that value.", live=item("DatapointsToAlarm || EvaluationPeriods", whole)
    )  # fmt: skip
    missing_data: Fact[str] = fact(
        # The default (MetricAlarm, API reference).
        "What a period without data counts as: missing, ignore, breaching or notBreaching.",
        live=item("TreatMissingData", text, absent="missing"),
    )
    about_data: Fact[bool] = fact(
        "It watches data, backups or keys.",
        live=item("@", lambda raw: any(space in OF_DATA for space in namespaces_of(raw))),
    )
    made_by_scaling: Fact[bool] = fact(
        # "Do not edit or delete" (Application Auto Scaling user guide, "Target tracking scaling policies").
        "Auto Scaling made it for itself.", live=item("AlarmName", lambda name: name.startswith("TargetTracking-"))
    )  # fmt: skip


def watches_data(bell: CompositeAlarm, look: Look) -> bool:
    """Say whether any alarm under a composite one watches data."""
    doubt: CouldNotCheck | None = None
    for name in bell.children:
        try:
            arn = f"{bell.id.split(':alarm:', 1)[0]}:alarm:{name}"
            below: AnyAlarm | None = look.one(Alarm, arn)
            if below is None:
                below = look.one(CompositeAlarm, arn)
            if below is not None and below.about_data:
                return True
            if below is None and bell.declaration is not None:
                doubt = doubt or CouldNotCheck(Unknown(Reason.OPEN, f"alarm {name} is not in the code"))
        except CouldNotCheck as stop:
            doubt = doubt or stop
    if doubt is not None:
        raise doubt
    return False


def suppressed_by(raw: Mapping[str, Any]) -> str:
    """Read what suppresses the actions of a composite alarm now."""
    return raw.get("ActionsSuppressedReason") or raw["ActionsSuppressedBy"] if raw.get("ActionsSuppressedBy") else ""


class CompositeAlarm(AnyAlarm):
    """An alarm over other alarms."""

    kind = "aws.cloudwatch.composite-alarm"
    title = "composite alarm"
    listed_by = Listing(
        call("cloudwatch:DescribeAlarms", AlarmTypes=["CompositeAlarm"]), "CompositeAlarms[]",
        id="{AlarmArn}", name="{AlarmName}",
    )  # fmt: skip

    rule: Fact[str] = fact("When it rings.", live=item("AlarmRule", text))
    children: Fact[tuple[str, ...]] = fact("The alarms that its rule names.", live=item("AlarmRule", children))
    muted_by: Fact[str] = fact(
        "What suppresses its actions now; nothing where nothing does.", live=item("@", suppressed_by)
    )
    about_data: Fact[bool] = derived(
        "An alarm under it watches data, backups or keys.",
        needs=lambda _: [CompositeAlarm.children, Alarm.about_data, CompositeAlarm.about_data],
        by=watches_data,
    )
