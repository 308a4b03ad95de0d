"""AWS Config as it fares: recorders that succeed, deliveries, and what was discovered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.descriptions import altered
from scanner.emulation.wire import Document


@dataclass
class Discovered:
    """How many resources of each type there are, for those that nobody made through the emulator."""

    counts: dict[str, int] = field(default_factory=dict)


def discover(world: World, account: str, region: str, counts: Mapping[str, int]) -> None:
    """Let the recorder of a region find so many resources of these types."""
    world.shelf(Discovered, account, region).counts.update(counts)


@answers("config:DescribeConfigurationRecorderStatus")
def describe_recorder_status(call: Call) -> Document:
    """Moto's recorders stay pending; alter (`config`, `status of recorder <name>`) to let one fail."""
    answer = call.moto()
    for status in answer["ConfigurationRecordersStatus"]:
        if status["recording"]:
            status["lastStatus"] = "SUCCESS"
        altered(call, status, f"status of recorder {status['name']}")
    return answer


@answers("config:DescribeDeliveryChannelStatus")
def describe_channel_status(call: Call) -> Document:
    """What moto lacks: every channel delivers while something records; `status of channel <name>` alters it."""
    config = call.backend("config")
    on = any(recorder.status.recording for recorder in config.recorders.values())
    found: list[Document] = []
    for name, channel in config.delivery_channels.items():
        at = call.now - timedelta(hours=2)
        done: Document = {"lastStatus": "SUCCESS", "lastAttemptTime": at, "lastSuccessfulTime": at}
        nothing: Document = {"lastStatus": "NOT_APPLICABLE"}
        scheduled = channel.config_snapshot_delivery_properties is not None
        status = {
            "name": name,
            "configSnapshotDeliveryInfo": dict(done) if on and scheduled else dict(nothing),
            "configHistoryDeliveryInfo": dict(done) if on else dict(nothing),
            "configStreamDeliveryInfo": {"lastStatus": "NOT_APPLICABLE"},
        }
        found.append(altered(call, status, f"status of channel {name}"))
    return {"DeliveryChannelsStatus": found}


@answers("config:GetDiscoveredResourceCounts")
def get_discovered_counts(call: Call) -> Document:
    """What was put there to be discovered; nothing while no recorder is on."""
    recorders = call.backend("config").recorders.values()
    counts = call.shelf(Discovered).counts if any(one.status.recording for one in recorders) else {}
    wanted = call.params.get("resourceTypes")
    shown = [
        {"resourceType": name, "count": count}
        for name, count in sorted(counts.items())
        if count and (not wanted or name in wanted)
    ]
    page, more = call.page(shown, size="limit", token="nextToken", most=100)
    return {"totalDiscoveredResources": sum(counts.values()), "resourceCounts": page, **more}
