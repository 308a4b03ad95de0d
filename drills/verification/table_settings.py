"""The settings of a table: what a restore brings back, what it forgets, and setting that up anew.

A restore brings back indexes, billing mode, capacity and encryption. Auto scaling, alarms, IAM policies, tags, streams,
time to live, point-in-time recovery and deletion protection it does not (DynamoDB developer guide, "Point-in-time
recovery: how it works"). Whoever recovers a table sets them up by hand, so a drill does it as well, and tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scanner.collect.port import CallFailed

if TYPE_CHECKING:
    from drills.scene import Scene
    from drills.stage.journal import Made
    from drills.stage.port import Calls

READS = (
    "application-autoscaling:DescribeScalableTargets",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:ListTagsOfResource",
)
#: What a table is still busy with, or not ready for yet.
_AGAIN = ("ContinuousBackupsUnavailableException", "LimitExceededException", "ResourceInUseException")
TTL, STREAM, PITR, TAGS = "time to live", "stream", "point-in-time recovery", "tags"
PROTECTED, SCALING = "deletion protection", "auto scaling"
#: What a restore forgets, and what of it a drill sets up anew: a protected copy could not be removed.
FORGOTTEN = (TTL, STREAM, PITR, TAGS, PROTECTED, SCALING)


def table_settings(calls: Calls, table: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings of a table that a copy must have as well."""
    name, arn = table["TableName"], table["TableArn"]
    ttl = calls.one("dynamodb:DescribeTimeToLive", TableName=name).get("TimeToLiveDescription", {})
    kept = calls.one("dynamodb:DescribeContinuousBackups", TableName=name)["ContinuousBackupsDescription"]
    tags = calls.every("dynamodb:ListTagsOfResource", "Tags", ResourceArn=arn)
    on = ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    stream = table.get("StreamSpecification", {})
    encryption = table.get("SSEDescription", {})
    return {
        "keys": _keys(table),
        "global indexes": _indexes(table.get("GlobalSecondaryIndexes", ())),
        "local indexes": _indexes(table.get("LocalSecondaryIndexes", ())),
        "billing mode": table.get("BillingModeSummary", {}).get("BillingMode") or "PROVISIONED",
        "table class": table.get("TableClassSummary", {}).get("TableClass") or "STANDARD",
        "encryption": encryption.get("KMSMasterKeyArn") or encryption.get("SSEType") or "a key of DynamoDB's own",
        TTL: ttl.get("AttributeName") if on else None,
        STREAM: stream.get("StreamViewType") if stream.get("StreamEnabled") else None,
        PITR: kept.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") == "ENABLED",
        TAGS: sorted(
            f"{tag['Key']}={tag['Value']}" for tag in tags if not tag["Key"].startswith(("aws:", "bkpdrill:"))
        ),
        PROTECTED: bool(table.get("DeletionProtectionEnabled")),
        SCALING: _scaling(calls, name),
    }


def _keys(one: Mapping[str, Any]) -> list[str]:
    return [f"{key['AttributeName']} {key['KeyType']}" for key in one["KeySchema"]]


def _indexes(found: Any) -> list[str]:
    return sorted(f"{one['IndexName']}: {', '.join(_keys(one))}" for one in found)


def _scaling(calls: Calls, name: str) -> list[str] | None:
    """Give what scales by itself; None where nobody may say."""
    try:
        found = calls.every(
            "application-autoscaling:DescribeScalableTargets",
            "ScalableTargets",
            ServiceNamespace="dynamodb",
            ResourceIds=[f"table/{name}"],
        )
    except CallFailed:
        return None
    return sorted(f"{one['ScalableDimension']} {one['MinCapacity']}-{one['MaxCapacity']}" for one in found)


def tag_as_ours(scene: Scene, made: Made, arn: str) -> None:
    """Put the tags of the run on a copy, as soon as the service lets it be tagged."""
    tags = [{"Key": key, "Value": value} for key, value in scene.stage.run.tags.items()]
    _change(scene, made, "dynamodb:TagResource", lambda: scene.stage.calls.one("dynamodb:DescribeTable", TableName=made.id),
            ResourceArn=arn, Tags=tags)  # fmt: skip


def set_up_anew(scene: Scene, made: Made, arn: str, wanted: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    """Give a copy what the restore forgot, as far as a copy that will be removed can have it; tell what that was."""
    told = [name for name in FORGOTTEN if wanted[name] != there[name]]

    def ready() -> Mapping[str, Any]:
        return scene.stage.calls.one("dynamodb:DescribeTable", TableName=made.id)

    if TTL in told and wanted[TTL]:
        spec = {"Enabled": True, "AttributeName": wanted[TTL]}
        _change(scene, made, "dynamodb:UpdateTimeToLive", ready, TableName=made.id, TimeToLiveSpecification=spec)
    if STREAM in told and wanted[STREAM]:
        spec = {"StreamEnabled": True, "StreamViewType": wanted[STREAM]}
        _change(scene, made, "dynamodb:UpdateTable", ready, TableName=made.id, StreamSpecification=spec)
    if PITR in told and wanted[PITR]:
        spec = {"PointInTimeRecoveryEnabled": True}
        _change(scene, made, "dynamodb:UpdateContinuousBackups", ready, TableName=made.id,
                PointInTimeRecoverySpecification=spec)  # fmt: skip
    if TAGS in told and wanted[TAGS]:
        pairs = (tag.partition("=") for tag in wanted[TAGS])
        tags = [{"Key": key, "Value": value} for key, _, value in pairs]
        _change(scene, made, "dynamodb:TagResource", ready, ResourceArn=arn, Tags=tags)
    return told


def _change(
    scene: Scene, made: Made, operation: str, ready: Callable[[], Mapping[str, Any]], **parameters: Any
) -> None:
    """Change the copy, again as long as it is busy with something else."""

    def try_it() -> bool | None:
        if ready()["Table"]["TableStatus"] not in ("ACTIVE", "UPDATING"):
            return None
        try:
            scene.stage.change(made, operation, **parameters)
        except CallFailed as failed:
            if failed.code in _AGAIN:
                return None
            raise
        return True

    scene.stage.wait(f"{operation} of {made.id}", try_it, every=timedelta(seconds=5), longest=timedelta(minutes=30))


def check_table_settings(
    scene: Scene, wanted: Mapping[str, Any], there: Mapping[str, Any], forgotten: list[str]
) -> None:
    """Compare; what the restore forgot and the drill has set up anew is told beside it."""
    for name in sorted(wanted):
        if name == PROTECTED:  # a copy that is protected could not be removed
            continue
        known = wanted[name] is not None or name != SCALING
        same = wanted[name] == there[name]
        detail = "set up anew: the restore had forgotten it" if same and name in forgotten else ""
        if not same:
            detail = f"is {_say(there[name])}, expected {_say(wanted[name])}"
        if not known:
            detail = "nobody here may tell what it was"
        scene.check("configuration", f"{name} is as it was", held=same if known else None, detail=detail)


def _say(value: Any) -> str:
    match value:
        case None:
            return "not set"
        case list():
            return ", ".join(map(str, value)) or "none"
        case bool():
            return "on" if value else "off"
    return str(value)
