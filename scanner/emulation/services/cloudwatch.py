"""Alarms: composite ones, which moto lacks, and the states of all of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.wire import Document, Refusal


@dataclass
class Alarms:
    """What moto does not know of the alarms of one account and region."""

    composites: dict[str, Document] = field(default_factory=dict)
    states: dict[str, Document] = field(default_factory=dict)


def date_alarm(world: World, account: str, region: str, name: str, state: str, since: datetime, **more: Any) -> None:
    """Set the state of an alarm, and since when it is in it."""
    changes = {"StateValue": state, "StateTransitionedTimestamp": since, "StateUpdatedTimestamp": since, **more}
    world.shelf(Alarms, account, region).states[name] = changes


@answers("cloudwatch:PutCompositeAlarm")
def put_composite_alarm(call: Call) -> Document:
    alarm = {
        "ActionsEnabled": True,
        "StateValue": "OK",
        "StateUpdatedTimestamp": call.now,
        "StateTransitionedTimestamp": call.now,
        "AlarmConfigurationUpdatedTimestamp": call.now,
        "AlarmArn": f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm:{call.params['AlarmName']}",
        **{name: value for name, value in call.params.items() if name != "Tags"},
    }
    call.shelf(Alarms).composites[call.params["AlarmName"]] = alarm
    return {}


@answers("cloudwatch:DescribeAlarms")
def describe_alarms(call: Call) -> Document:
    """Without types only alarms on metrics are listed (DescribeAlarms, API reference)."""
    wanted = call.params.get("AlarmTypes") or ["MetricAlarm"]
    ours, names = call.shelf(Alarms), call.params.get("AlarmNames")
    metrics = call.everything("MetricAlarms", size="MaxRecords", token="NextToken")["MetricAlarms"]
    found = [("MetricAlarms", one) for one in metrics if "MetricAlarm" in wanted]
    found += [("CompositeAlarms", one) for one in ours.composites.values() if "CompositeAlarm" in wanted]
    shown = [(kind, one) for kind, one in found if not names or one["AlarmName"] in names]
    page, more = call.page(shown, size="MaxRecords", token="NextToken", most=100)
    answer: Document = {"MetricAlarms": [], "CompositeAlarms": []}
    for kind, one in page:
        dated = {"StateTransitionedTimestamp": one["StateUpdatedTimestamp"], **one}
        answer[kind].append(call.fit({**dated, **ours.states.get(one["AlarmName"], {})}, within=kind))
    return {**answer, **more}


@answers("cloudwatch:DeleteAlarms")
def delete_alarms(call: Call) -> Document:
    ours = call.shelf(Alarms).composites
    kept = [name for name in call.params["AlarmNames"] if ours.pop(name, None) is None]
    if not kept:
        return {}
    if len(kept) < len(call.params["AlarmNames"]):
        # "You can delete one composite alarm with one operation" (DeleteAlarms, API reference).
        raise Refusal("ValidationError", "A composite alarm is deleted by itself.")
    return call.moto()
