"""EventBridge: events of services and of one's own, the rules that they fit, and where these send them."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.messages import EVENTS, Sender, publish, send
from scanner.emulation.wire import Document, Refusal

MOST = 10


def emit(
    world: World, account: str, region: str, source: str, kind: str, detail: Document, resources: Iterable[str] = ()
) -> str:
    """Send an event to the default bus, as a service of AWS does; returns its number."""
    told = {"source": source, "detail-type": kind, "resources": list(resources), "detail": detail}
    return _sent(world, account, region, "default", told, world.clock())


@answers("events:PutEvents")
def put_events(call: Call) -> Document:
    """Moto knows no topic as a target, sends by rules that are disabled, and takes events in the name of AWS's services."""
    entries = call.params["Entries"]
    if not 1 <= len(entries) <= MOST:
        raise Refusal(
            "ValidationException",
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less "
            f"than or equal to {MOST}",
        )
    told = [_entry(call, entry) for entry in entries]
    return {"Entries": told, "FailedEntryCount": sum("ErrorCode" in one for one in told)}


def _entry(call: Call, entry: Document) -> Document:
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            said = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": said}
    if entry["Source"].startswith("aws."):
        # EventBridge user guide, "PutEvents": only AWS's services send in the names of AWS's services.
        return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    bus = str(entry.get("EventBusName") or "default").rpartition("/")[2]
    at = entry.get("Time") or call.now
    told = {
        "source": entry["Source"],
        "detail-type": entry["DetailType"],
        "resources": list(entry.get("Resources") or ()),
        "detail": detail,
    }
    return {"EventId": _sent(call.world, call.account, call.region, bus, told, at)}


def _sent(world: World, account: str, region: str, bus: str, told: Document, at: datetime) -> str:
    event: Document = {
        "version": "0",
        "id": str(uuid4()),
        "account": account,
        "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "region": region,
        **told,
    }
    held = world.backend("events", account, region).event_buses.get(bus)
    # What is sent to a bus that is not there goes nowhere.
    for rule in list(held.rules.values()) if held is not None else ():
        # A rule without a pattern runs by a schedule, and no event fits it.
        if rule.state == "ENABLED" and rule.event_pattern.get_pattern() and rule.event_pattern.matches_event(event):
            _by(world, rule, event, account)
    return str(event["id"])


def _by(world: World, rule: Any, event: Document, account: str) -> None:
    sender = Sender(EVENTS, rule.arn, account)
    others = []
    for target in rule.targets:
        service = target["Arn"].split(":")[2]
        if service == "sns":
            publish(world, target["Arn"], _input(target, event), sender)
        elif service == "sqs":
            group = target.get("SqsParameters", {}).get("MessageGroupId")
            send(world, target["Arn"], _input(target, event), sender, group=group)
        elif service == "logs":
            others.append(target)
    if others:
        kept, rule.targets = rule.targets, others
        try:
            rule.send_to_targets(event | {"time": datetime.fromisoformat(event["time"]).timestamp()})
        finally:
            rule.targets = kept


def _input(target: Document, event: Document) -> str:
    """What a target is sent: the event, a part of it, something constant, or a template with parts filled in."""
    if target.get("Input"):
        return str(target["Input"])
    if path := target.get("InputPath"):
        return json.dumps(_at(path, event))
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(event)
    paths = transformer.get("InputPathsMap", {})
    text = str(transformer["InputTemplate"])
    return re.sub(r"<([^<>]+)>", lambda found: _filled(found.group(1), paths, event), text)


def _filled(name: str, paths: Document, event: Document) -> str:
    found = _at(paths[name], event) if name in paths else ""
    return found if isinstance(found, str) else json.dumps(found)


def _at(path: str, event: Document) -> Any:
    found: Any = event
    for step in path.removeprefix("$").strip(".").split("."):
        found = found.get(step, "") if isinstance(found, dict) and step else found
    return found
