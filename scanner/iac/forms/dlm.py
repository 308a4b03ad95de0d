"""Amazon Data Lifecycle Manager in code: `aws_dlm_lifecycle_policy` and `AWS::DLM::LifecyclePolicy`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import each
from scanner.iac.form import ARN, Form, Origin, at, made
from scanner.iac.lowering import Names, listed, lowered, many, pairs, reached, reopened, settled, stopped
from scanner.model.convert import flag, text, whole
from scanner.model.unresolved import Unresolved
from scanner.resources.dlm import Exclusions, Policy, RegionCopy, SnapshotSchedule, copies, exclusions, schedules

_SIMPLIFIED: Final = "SIMPLIFIED"


def _number(raw: Any) -> int | None:
    return whole(raw) or None  # Terraform writes 0 for what is not set; nothing of a policy can be 0


_LENGTH: Final = lowered(
    {"interval": ("Interval", _number), "interval_unit": "IntervalUnit", "count": ("Count", _number)}
)
_COPY: Final[Names] = {
    "target": "Target", "target_region": "TargetRegion", "encrypted": ("Encrypted", flag), "cmk_arn": "CmkArn",
    "retain_rule": ("RetainRule", _LENGTH),
    "encryption_configuration": (
        "EncryptionConfiguration", lowered({"encrypted": ("Encrypted", flag), "cmk_arn": "CmkArn"})
    ),
}  # fmt: skip
_SCHEDULE: Final = lowered({
    "name": "Name",
    "copy_tags": ("CopyTags", flag),
    "create_rule": ("CreateRule", lowered({
        "interval": ("Interval", _number), "interval_unit": "IntervalUnit", "times": "Times",
        "cron_expression": "CronExpression",
    })),
    "retain_rule": ("RetainRule", _LENGTH),
    "archive_rule": ("ArchiveRule", lowered({
        "archive_retain_rule": ("RetainRule", lowered({"retention_archive_tier": ("RetentionArchiveTier", _LENGTH)}))
    })),
    "cross_region_copy_rule": ("CrossRegionCopyRules", listed(lowered(_COPY))),
    "tags_to_add": ("TagsToAdd", pairs),
    "variable_tags": ("VariableTags", pairs),
})  # fmt: skip
_DETAILS: Final = lowered({
    "policy_type": "PolicyType",
    "policy_language": "PolicyLanguage",
    "resource_type": "ResourceType",
    "resource_types": ("ResourceTypes", many),
    "resource_locations": ("ResourceLocations", many),
    "target_tags": ("TargetTags", pairs),
    "create_interval": ("CreateInterval", _number),
    "retain_interval": ("RetainInterval", _number),
    "copy_tags": ("CopyTags", flag),
    "exclusions": ("Exclusions", lowered({
        "exclude_boot_volumes": ("ExcludeBootVolumes", flag), "exclude_volume_types": "ExcludeVolumeTypes",
        "exclude_tags": ("ExcludeTags", pairs),
    })),
    "parameters": ("Parameters", lowered({"exclude_boot_volume": ("ExcludeBootVolume", flag)})),
    "schedule": ("Schedules", listed(_SCHEDULE)),
    "action": ("Actions", listed(lowered({"cross_region_copy": ("CrossRegionCopy", listed(lowered(_COPY)))}))),
})  # fmt: skip
#: What CloudFormation says of a default policy beside its details; the API takes either place, and answers in this one.
_BESIDE: Final = ("CreateInterval", "RetainInterval", "CopyTags", "CrossRegionCopyTargets", "Exclusions")

_SCHEDULE_FIELDS: Final = {
    "every": ("CreateRule.Interval", "CreateRule.IntervalUnit"),
    "starts": ("CreateRule.Times",),
    "cron": ("CreateRule.CronExpression",),
    "count": ("RetainRule.Count",),
    "kept": ("RetainRule.Interval", "RetainRule.IntervalUnit"),
    "archived": tuple(f"ArchiveRule.RetainRule.RetentionArchiveTier.{name}" for name in ("Interval", "IntervalUnit")),
    "archived_count": ("ArchiveRule.RetainRule.RetentionArchiveTier.Count",),
    "copies_tags": ("CopyTags",),
}
_DEFAULT_FIELDS: Final = {"every": ("CreateInterval",), "kept": ("RetainInterval",), "copies_tags": ("CopyTags",)}
_EXCLUDED: Final = {
    "boot_volumes": ("Parameters.ExcludeBootVolume", "Exclusions.ExcludeBootVolumes"),
    "volume_types": ("Exclusions.ExcludeVolumeTypes",),
    "tags": ("Parameters.ExcludeDataVolumeTags", "Exclusions.ExcludeTags"),
}
_COPY_FIELDS: Final = {
    "target": ("Target", "TargetRegion"),
    "kept": ("RetainRule.Interval", "RetainRule.IntervalUnit"),
    "encrypted": ("Encrypted", "EncryptionConfiguration.Encrypted"),
    "key": ("CmkArn", "EncryptionConfiguration.CmkArn"),
}
#: A schedule that stands in for one that is open, where the live converter wants to read one.
_ANY: Final = {"Interval": 24, "IntervalUnit": "HOURS"}


def _terraform(block: Block) -> Mapping[str, Any]:
    """Give `PolicyDetails` as the API would answer it; raise where all of it is open."""
    details = stopped(_DETAILS(_set(block, "policy_details"))) or {}
    default = _set(block, "default_policy")
    return details if default is None else {**details, "PolicyLanguage": _SIMPLIFIED, "ResourceType": default}


def _cloudformation(block: Block) -> Mapping[str, Any]:
    details = dict(stopped(_set(block, "PolicyDetails")) or {})
    default = _set(block, "DefaultPolicy")
    if default is not None:
        details |= {"PolicyLanguage": _SIMPLIFIED, "ResourceType": default}
        details |= {name: value for name in _BESIDE if (value := _set(block, name)) is not None}
    return details


def _set(block: Block, path: str) -> Any:
    value = block.find(path).value
    return None if value is ABSENT else value


def _is_default(details: Mapping[str, Any]) -> bool:
    """Say whether a policy is a default one, as the live converter tells it."""
    language = stopped(details.get("PolicyLanguage"))
    return language == _SIMPLIFIED or (bool(details.get("ResourceType")) and not details.get("Schedules"))


def _schedules(details: Mapping[str, Any]) -> Any:
    if _type(details) == "EVENT_BASED_POLICY":
        return ()
    if _is_default(details):
        (found,) = schedules({**settled(details), "PolicyLanguage": _SIMPLIFIED, "CrossRegionCopyTargets": ()})
        found = reopened(found, details, _DEFAULT_FIELDS)
        return (replace(found, copies=_default_copies(details, found.kept)),)
    some = details.get("Schedules")
    if isinstance(some, Unresolved):
        return some
    return tuple(
        one if isinstance(one, Unresolved) else _schedule(one, number) for number, one in enumerate(some or (), 1)
    )


def _default_copies(details: Mapping[str, Any], kept: Any) -> Any:
    targets = details.get("CrossRegionCopyTargets")
    if isinstance(targets, Unresolved):
        return targets
    return tuple(one if isinstance(one, Unresolved) else RegionCopy(one["TargetRegion"], kept) for one in targets or ())


def _schedule(raw: Mapping[str, Any], number: int) -> SnapshotSchedule:
    """Read one schedule; one whose name is open is called by its number."""
    plain = settled(raw)
    made_by = raw.get("CreateRule")
    opened = any(
        isinstance(reached(raw, f"CreateRule.{name}"), Unresolved)
        for name in ("Interval", "IntervalUnit", "CronExpression")
    )
    if opened or isinstance(made_by, Unresolved):
        plain["CreateRule"] = _ANY
    name = raw.get("Name")
    plain["Name"] = f"#{number}" if isinstance(name, Unresolved) else name
    plain.pop("CrossRegionCopyRules", None)
    (found,) = schedules({"Schedules": [plain]})
    found = reopened(found, raw, _SCHEDULE_FIELDS)
    tags = _added(raw)
    return replace(found, copies=_copies(raw.get("CrossRegionCopyRules") or ()), adds_tags=tags)


def _added(raw: Mapping[str, Any]) -> Any:
    found: list[Any] = []
    for name in ("TagsToAdd", "VariableTags"):
        some = raw.get(name)
        if isinstance(some, Unresolved):
            return some
        found.extend(one if isinstance(one, Unresolved) else one["Key"] for one in some or ())
    return tuple(found)


def _copies(raw: Any) -> Any:
    if isinstance(raw, Unresolved):
        return raw
    return tuple(one if isinstance(one, Unresolved) else _copy(one) for one in raw)


def _copy(raw: Mapping[str, Any]) -> RegionCopy:
    plain = {"Target": "?", **settled(raw)}
    if raw.get("Target") is None and raw.get("TargetRegion") is None:
        raise ValueError("a copy rule names no region")
    if isinstance(raw.get("TargetRegion"), str):
        plain["Target"] = raw.get("Target") or raw["TargetRegion"]
    (found,) = copies({"PolicyType": "EVENT_BASED_POLICY", "Actions": [{"CrossRegionCopy": [plain]}]})
    return reopened(found, raw, _COPY_FIELDS)


def _all_copies(details: Mapping[str, Any]) -> Any:
    found: list[Any] = []
    for part in (_schedules(details), details.get("Actions") or ()):
        if isinstance(part, Unresolved):
            return part
        for one in part:
            some = one if isinstance(one, Unresolved) else _of(one)
            found.extend([some] if isinstance(some, Unresolved) else some)
    return tuple(found)


def _of(one: Any) -> Any:
    return one.copies if isinstance(one, SnapshotSchedule) else _copies(one.get("CrossRegionCopy") or ())


def _type(details: Mapping[str, Any]) -> str:
    # Both pages name this default; a default policy of instances makes images.
    said = stopped(details.get("PolicyType"))
    if said is None:
        image = _is_default(details) and stopped(details.get("ResourceType")) == "INSTANCE"
        said = "IMAGE_MANAGEMENT" if image else "EBS_SNAPSHOT_MANAGEMENT"
    return text(said)


def _target_types(details: Mapping[str, Any]) -> tuple[Any, ...]:
    some = details.get("ResourceTypes")
    if some is None or (not isinstance(some, Unresolved) and not some):
        some = many(details.get("ResourceType") or ())
    return each(text)(stopped(some))


def _target_tags(details: Mapping[str, Any]) -> tuple[Any, ...]:
    some = stopped(details.get("TargetTags"))
    return tuple(one if isinstance(one, Unresolved) else (one["Key"], _value(one)) for one in some or ())


def _value(one: Mapping[str, Any]) -> Any:
    value = one.get("Value")
    return value if isinstance(value, Unresolved) else value or ""


def _excludes(details: Mapping[str, Any]) -> Exclusions:
    return reopened(exclusions(settled(details)), details, _EXCLUDED)


def _locations(details: Mapping[str, Any]) -> Any:
    some = stopped(details.get("ResourceLocations"))
    return each(text)(some) if some else Unresolved("resource locations are not set, and AWS chooses")


def _facts(details: Callable[[Block], Mapping[str, Any]], root: str, names: Mapping[str, str]) -> dict[str, Origin]:
    def of(read: Callable[[Mapping[str, Any]], Any], *shows: str) -> Origin:
        return made(lambda block: read(details(block)), *(f"{root}.{names.get(one, one)}" for one in shows), root)

    return {
        "type": of(_type, "PolicyType"),
        "target_types": of(_target_types, "ResourceTypes", "ResourceType"),
        "target_tags": of(_target_tags, "TargetTags"),
        "excludes": of(_excludes, "Exclusions", "Parameters"),
        "schedules": of(_schedules, "Schedules"),
        "copies": of(_all_copies, "Schedules", "Actions"),
        "locations": of(_locations, "ResourceLocations"),
    }


def _id(block: Block) -> str:
    return block.known_name or block.address


def _named(path: str) -> Origin:
    return made(lambda block: stopped(block.find(path).value) is not ABSENT, path)


_TERRAFORM_NAMES: Final = {
    "PolicyType": "policy_type", "ResourceTypes": "resource_types", "ResourceType": "resource_type",
    "TargetTags": "target_tags", "Exclusions": "exclusions", "Parameters": "parameters", "Schedules": "schedule",
    "Actions": "action", "ResourceLocations": "resource_locations",
}  # fmt: skip
_RUNTIME: Final = {"policy_id": "AWS gives it when the policy is made"}

FORMS = (
    Form(
        Policy,
        "aws_dlm_lifecycle_policy",
        arn="arn:{partition}:dlm:{region}:{account}:policy/{name}",
        gives={"arn": ARN, "id": _id},
        facts={
            "description": at("description", text),
            "state": at("state", text, absent="ENABLED", write=str, docs="r/dlm_lifecycle_policy: defaults to ENABLED"),
            "default": _named("default_policy"),
            "role": at("execution_role_arn", text),
            **_facts(_terraform, "policy_details", _TERRAFORM_NAMES),
        },
        beyond=_RUNTIME,
    ),
    Form(
        Policy,
        "AWS::DLM::LifecyclePolicy",
        arn="arn:{partition}:dlm:{region}:{account}:policy/{name}",
        gives={"Ref": _id, "Arn": ARN},
        facts={
            "description": at("Description", text, absent="", docs="AWS::DLM::LifecyclePolicy: Description is not required"),
            # Whether it is on where nothing is said, the property reference does not tell.
            "state": at("State", text, write=str),
            "default": _named("DefaultPolicy"),
            "role": at("ExecutionRoleArn", text),
            **_facts(_cloudformation, "PolicyDetails", {}),
        },
        beyond=_RUNTIME,
    ),
)  # fmt: skip
