"""AWS CloudTrail in code: trails and what they record, in Terraform and CloudFormation."""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import ARN, NAME, Form, at, made
from scanner.iac.lowering import Lower, listed, lowered, many
from scanner.model.convert import flag, text
from scanner.model.unresolved import unresolved_in
from scanner.resources.cloudtrail import Trail
from scanner.resources.cloudtrail_events import EventSelector, event_selectors

_ARN: Final = "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"
_RUNTIME: Final = {
    "error": "what S3 answers to deliveries shows at run time",
    "heard_at": "what was delivered shows at run time",
}
#: What a trail records for which nothing is written: all management events (user guide, "Logging management events").
_BY_DEFAULT: Final = {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}


def _texts(raw: Any) -> Any:
    return raw or None


def _said(raw: Any) -> Any:
    return text(raw) or None


_SELECTOR: Final = lowered({
    "read_write_type": ("ReadWriteType", _said), "include_management_events": ("IncludeManagementEvents", flag),
    "exclude_management_event_sources": ("ExcludeManagementEventSources", _texts),
    "data_resource": ("DataResources", listed(lowered({"type": "Type", "values": "Values"}))),
})  # fmt: skip
_TEMPLATE_SELECTOR: Final = lowered({
    "ReadWriteType": "ReadWriteType", "IncludeManagementEvents": ("IncludeManagementEvents", flag),
    "ExcludeManagementEventSources": "ExcludeManagementEventSources",
    "DataResources": ("DataResources", listed(lowered({"Type": "Type", "Values": "Values"}))),
})  # fmt: skip
_FIELD: Final = lowered({
    "field": "Field", "equals": ("Equals", _texts), "starts_with": ("StartsWith", _texts),
    "ends_with": ("EndsWith", _texts), "not_equals": ("NotEquals", _texts),
    "not_starts_with": ("NotStartsWith", _texts), "not_ends_with": ("NotEndsWith", _texts),
})  # fmt: skip
_ADVANCED: Final = lowered({"field_selector": ("FieldSelectors", listed(_FIELD))})
_TEMPLATE_ADVANCED: Final = lowered({
    "FieldSelectors": ("FieldSelectors", listed(lowered({
        name: name
        for name in ("Field", "Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
    })))
})  # fmt: skip


def _selectors(block: Block, ways: dict[str, tuple[str, Lower]]) -> tuple[EventSelector, ...]:
    """Read what is selected; what is open in it may be anything that CloudTrail records."""
    raw: dict[str, Any] = {}
    for path, (member, lower) in ways.items():
        value = block.find(path).value
        if value is ABSENT:
            continue
        value = value if unresolved_in(value) is value else [lower(one) for one in many(value)]
        doubt = unresolved_in(value)
        if doubt is not None:
            doubt.stop()
        if value:
            raw[member] = value
    return event_selectors(raw or _BY_DEFAULT)


FORMS: Final = (
    Form(
        Trail,
        "aws_cloudtrail",
        arn=_ARN,
        name="name",
        gives={"arn": ARN, "name": NAME, "home_region": lambda block: block.region},
        facts={
            "all_regions": at("is_multi_region_trail", flag, absent=False, write=bool, docs="r/cloudtrail: defaults to false"),
            "validated": at("enable_log_file_validation", flag, absent=False, write=bool, docs="r/cloudtrail: defaults to false"),
            "key": at("kms_key_id", _said, absent=None),
            "bucket": at("s3_bucket_name", text),
            "of_organization": at("is_organization_trail", flag, absent=False, docs="r/cloudtrail: defaults to false"),
            "logging": at("enable_logging", flag, absent=True, write=bool, docs="r/cloudtrail: defaults to true"),
            "selectors": made(
                lambda block: _selectors(block, {
                    "advanced_event_selector": ("AdvancedEventSelectors", _ADVANCED),
                    "event_selector": ("EventSelectors", _SELECTOR),
                }),
                "event_selector", "advanced_event_selector",
            ),
        },
        beyond=_RUNTIME,
    ),
    Form(
        Trail,
        "AWS::CloudTrail::Trail",
        arn=_ARN,
        name="TrailName",
        gives={"Ref": NAME, "Arn": ARN},
        facts={
            "all_regions": at("IsMultiRegionTrail", flag, absent=False, write=bool, docs="AWS::CloudTrail::Trail: the default is false"),
            "validated": at("EnableLogFileValidation", flag, absent=False, write=bool, docs="AWS::CloudTrail::Trail: the default is false"),
            "key": at("KMSKeyId", text, absent=None),
            "bucket": at("S3BucketName", text),
            "of_organization": at("IsOrganizationTrail", flag, absent=False, docs="AWS::CloudTrail::Trail: the default is false"),
            "logging": at("IsLogging", flag, write=bool),
            "selectors": made(
                lambda block: _selectors(block, {
                    "AdvancedEventSelectors": ("AdvancedEventSelectors", _TEMPLATE_ADVANCED),
                    "EventSelectors": ("EventSelectors", _TEMPLATE_SELECTOR),
                }),
                "EventSelectors", "AdvancedEventSelectors",
            ),
        },
        beyond=_RUNTIME,
    ),
)  # fmt: skip
