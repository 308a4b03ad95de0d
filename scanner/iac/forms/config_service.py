"""AWS Config in code: what records the configuration of a region, and where it is delivered.

A region has one recorder and one delivery channel at most; each is a block of its own, and so is turning it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import NAME, Form, joined
from scanner.iac.lowering import lowered, sole, stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, text
from scanner.model.reading import Reason
from scanner.model.unresolved import Unresolved, unresolved_in
from scanner.resources.config_service import Channel, Recorder, RecorderStatus, Recording, recorders

_ARN: Final = "arn:{partition}:config:{region}:{account}:recording"
_RECORDERS: Final = ("aws_config_configuration_recorder", "AWS::Config::ConfigurationRecorder")
_CHANNELS: Final = ("aws_config_delivery_channel", "AWS::Config::DeliveryChannel")
_SWITCHES: Final = ("aws_config_configuration_recorder_status",)
_BEYOND: Final = {"deliveries": "how deliveries end shows at run time"}
_LATER: Final = Unresolved(
    "how a recorder fares shows at run time; only a running account tells", reason=Reason.RUNTIME
)
_GROUP: Final = lowered({
    "all_supported": ("allSupported", flag), "resource_types": ("resourceTypes", lambda raw: raw or None),
    "exclusion_by_resource_types": ("exclusionByResourceTypes", lowered({"resource_types": "resourceTypes"})),
    "recording_strategy": ("recordingStrategy", lowered({"use_only": "useOnly"})),
    "AllSupported": ("allSupported", flag), "ResourceTypes": "resourceTypes",
    "ExclusionByResourceTypes": ("exclusionByResourceTypes", lowered({"ResourceTypes": "resourceTypes"})),
    "RecordingStrategy": ("recordingStrategy", lowered({"UseOnly": "useOnly"})),
})  # fmt: skip
#: Both sources call it so where no name is written (r/config_configuration_recorder, r/config_delivery_channel).
_DEFAULT: Final = "default"


def _beside(types: Sequence[str], block: Block, around: Surroundings) -> list[Block]:
    """Give the blocks of the region; raise where there are none and the code may not be all there is."""
    found = around.beside(types, block)
    if not found and around.open is not None:
        around.open.stop()
    for one in found:
        if one.doubt is not None:
            one.doubt.stop()
    return found


def _name(block: Block) -> Any:
    value = block.find("name" if "_" in block.type else "Name").value
    if value is not ABSENT:
        return value
    return _DEFAULT if "_" in block.type else block.address


def _recorders(block: Block, around: Surroundings) -> tuple[Recorder, ...]:
    found = _beside(_RECORDERS, block, around)
    for one in found:
        around.point(one, "recording_group" if "_" in one.type else "RecordingGroup")
    return tuple(one for each in found for one in recorders([_recorder(each)]))


def _recorder(block: Block) -> dict[str, Any]:
    """Lower a recorder; one without a group records all that Config supports (PutConfigurationRecorder)."""
    group = _GROUP(
        sole(stopped(block.find("recording_group" if "_" in block.type else "RecordingGroup").value) or None)
    )
    doubt = unresolved_in(group)
    if doubt is not None:
        doubt.stop()
    strategy = (group or {}).get("recordingStrategy")
    if group is None or not (strategy or "resourceTypes" in group or "exclusionByResourceTypes" in group):
        group = {"allSupported": True, **(group or {})}
    return {"name": stopped(_name(block)), "recordingGroup": group}


def _status(block: Block, around: Surroundings) -> tuple[RecorderStatus, ...]:
    """Say of each recorder whether it is turned on.

    Terraform has a block for that; CloudFormation starts a recorder as soon as there is a channel
    (AWS::Config::ConfigurationRecorder).
    """
    found = _beside(_RECORDERS, block, around)
    return tuple(_fares(stopped(_name(one)), _turned_on(one, around)) for one in found)


def _fares(name: str, on: Any) -> RecorderStatus:
    return RecorderStatus(name, on, last=_LATER, error=_LATER, started_at=_LATER)  # type: ignore[arg-type]  # open in code


def _turned_on(recorder: Block, around: Surroundings) -> Any:
    if "::" in recorder.type:
        return True
    name = _name(recorder)
    for one in around.beside(_SWITCHES, recorder):
        if stopped(one.find("name").value) == name:
            value = one.find("is_enabled").value
            if one.doubt is not None:
                return one.doubt
            return value if isinstance(value, Unresolved) else flag(value)
    return False if around.open is None else around.open


def _channels(block: Block, around: Surroundings) -> tuple[Channel, ...]:
    found = _beside(_CHANNELS, block, around)
    for one in found:
        around.point(one, "s3_bucket_name" if "_" in one.type else "S3BucketName")
    return tuple(map(_channel, found))


def _channel(block: Block) -> Channel:
    if "_" in block.type:
        bucket, often = "s3_bucket_name", "snapshot_delivery_properties.delivery_frequency"
    else:
        bucket, often = "S3BucketName", "ConfigSnapshotDeliveryProperties.DeliveryFrequency"
    frequency = block.find(often).value
    named = block.find(bucket).value
    return Channel(
        _name(block),
        named if isinstance(named, Unresolved) else text(named),  # type: ignore[arg-type]  # open in code
        "" if frequency is ABSENT else frequency,
    )


def _form(type_: str, gives: dict[str, Any]) -> Form:
    return Form(
        Recording,
        type_,
        arn=_ARN,
        gives=gives,
        once=True,
        facts={
            "recorders": joined(_recorders, "recording_group", "RecordingGroup"),
            "status": joined(_status, "is_enabled"),
            "channels": joined(_channels, "s3_bucket_name", "S3BucketName"),
        },
        beyond=_BEYOND,
    )


FORMS: Final = (
    _form("aws_config_configuration_recorder", {"id": _name, "name": _name}),
    _form("aws_config_delivery_channel", {"id": _name, "name": _name}),
    _form("AWS::Config::ConfigurationRecorder", {"Ref": NAME}),
    _form("AWS::Config::DeliveryChannel", {"Ref": NAME}),
)
