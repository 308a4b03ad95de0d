"""AWS Config: whether it records the configuration of a region, and delivers what it records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scanner.model.convert import flag, instant, tuple_of
from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Listing, call
from scanner.model.resource import Resource

#: What makes up a network, by Config's names ("Supported Resource Types", developer guide).
NETWORK = (
    "AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::NetworkAcl", "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup", "AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCPeeringConnection",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorder:
    """A recorder: everything, only some types, or everything without some."""

    name: str
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def records(self, resource_type: str) -> bool:
        """Say whether it records a type that Config supports."""
        return resource_type not in self.without and (not self.only or resource_type in self.only)


def recorders(raw: Any) -> tuple[Recorder, ...]:
    """Read the customer's own recorder; those that AWS services link to themselves deliver nothing to the customer.

    A service-linked recorder names its service (ConfigurationRecorder, API reference); one of another cloud names its
    connector.
    """
    return tuple(_recorder(one) for one in raw if not one.get("servicePrincipal") and not one.get("connectorArn"))


def _recorder(raw: Mapping[str, Any]) -> Recorder:
    group = raw["recordingGroup"]
    strategy = (group.get("recordingStrategy") or {}).get("useOnly")
    if group.get("allSupported") or strategy == "ALL_SUPPORTED_RESOURCE_TYPES":
        return Recorder(raw["name"])
    if strategy == "EXCLUSION_BY_RESOURCE_TYPES":
        left_out = (group.get("exclusionByResourceTypes") or {}).get("resourceTypes") or ()
        return Recorder(raw["name"], without=tuple(left_out))
    named = tuple(group.get("resourceTypes") or ())
    if not named:
        raise ValueError(f"recorder {raw['name']} names neither what it records nor what it leaves out")
    return Recorder(raw["name"], only=named)


@dataclass(frozen=True, slots=True)
class RecorderStatus:
    """How a recorder fares: its last status is PENDING, SUCCESS or FAILURE."""

    name: str
    recording: bool
    last: str = ""
    error: str = ""
    started_at: datetime | None = None


def recorder_status(raw: Mapping[str, Any]) -> RecorderStatus:
    """Read one entry of `DescribeConfigurationRecorderStatus`."""
    started = raw.get("lastStartTime")
    error = raw.get("lastErrorCode") or raw.get("lastErrorMessage") or ""
    last = str(raw.get("lastStatus") or "").upper()
    return RecorderStatus(raw["name"], flag(raw["recording"]), last, error, instant(started) if started else None)


@dataclass(frozen=True, slots=True)
class Channel:
    """A delivery channel: the bucket, and how often whole snapshots are delivered; "" for never."""

    name: str
    bucket: str
    snapshots: str = ""


def channel(raw: Mapping[str, Any]) -> Channel:
    """Read one entry of `DescribeDeliveryChannels`."""
    snapshots = raw.get("configSnapshotDeliveryProperties") or {}
    return Channel(raw["name"], raw["s3BucketName"], snapshots.get("deliveryFrequency") or "")


@dataclass(frozen=True, slots=True)
class Delivery:
    """The last delivery of a channel, of whole snapshots or of the history of what changed."""

    what: str
    last: str
    error: str = ""
    succeeded_at: datetime | None = None


def deliveries(raw: Any) -> tuple[Delivery, ...]:
    """Read `DescribeDeliveryChannelStatus`; the stream of notices to a topic is no delivery of configuration."""
    found = []
    for one in raw:
        for what, member in (("snapshot", "configSnapshotDeliveryInfo"), ("history", "configHistoryDeliveryInfo")):
            info = one.get(member) or {}
            if info.get("lastStatus"):
                at, error = info.get("lastSuccessfulTime"), info.get("lastErrorCode") or info.get("lastErrorMessage")
                last = str(info["lastStatus"]).upper()
                found.append(Delivery(what, last, error or "", instant(at) if at else None))
    return tuple(found)


class Recording(Resource):
    """AWS Config in one region."""

    kind = "aws.config.recording"
    title = "configuration record"
    listed_by = Listing(None, id="arn:{partition}:config:{region}:{account}:recording", name="AWS Config in {region}")

    recorders: Fact[tuple[Recorder, ...]] = fact(
        "The customer's recorder, and what it records.",
        live=call("config:DescribeConfigurationRecorders").at("ConfigurationRecorders", recorders, absent=()),
    )
    status: Fact[tuple[RecorderStatus, ...]] = fact(
        "How recorders fare.",
        live=call("config:DescribeConfigurationRecorderStatus").at(
            "ConfigurationRecordersStatus", tuple_of(recorder_status), absent=()
        ),
    )
    channels: Fact[tuple[Channel, ...]] = fact(
        "Where it delivers to.",
        live=call("config:DescribeDeliveryChannels").at("DeliveryChannels", tuple_of(channel), absent=()),
    )
    deliveries: Fact[tuple[Delivery, ...]] = fact(
        "How its last deliveries ended.",
        live=call("config:DescribeDeliveryChannelStatus").at("DeliveryChannelsStatus", deliveries, absent=()),
    )
