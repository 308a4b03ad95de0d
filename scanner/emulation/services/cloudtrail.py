"""Trails that deliver, and what they record unless they are told otherwise."""

from datetime import timedelta

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import altered
from scanner.emulation.wire import Document

# A new trail records all management events and nothing else.
BY_DEFAULT = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


@answers("cloudtrail:GetTrailStatus")
def get_trail_status(call: Call) -> Document:
    """A trail that is on delivers every few minutes; alter (`cloudtrail`, `status of <name or ARN>`) to hinder it."""
    answer = call.moto()
    if answer["IsLogging"]:
        answer["LatestDeliveryTime"] = call.now - timedelta(minutes=4)
        answer["LatestDigestDeliveryTime"] = call.now - timedelta(minutes=35)
    return altered(call, answer, f"status of {call.params['Name']}")


@answers("cloudtrail:GetEventSelectors")
def get_event_selectors(call: Call) -> Document:
    """Moto shows no selectors at all where nobody set any."""
    answer = call.moto()
    if not answer.get("EventSelectors") and not answer.get("AdvancedEventSelectors"):
        answer["EventSelectors"] = [dict(BY_DEFAULT)]
    return answer
