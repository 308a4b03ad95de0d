"""What trails record, by AWS's rule for event selectors, and what is a data store of another kind."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from scanner.resources.cloudtrail import sign_of_life, trouble
from scanner.resources.cloudtrail_events import OBJECTS, Events, event_selectors, extent
from scanner.resources.config_service import NETWORK, deliveries, recorders
from scanner.resources.unjudged import NOUNS, counts, is_unjudged, noun_of

BUCKET = Events("Data", "s3.amazonaws.com", OBJECTS, "arn:aws:s3:::backups/")
KEYS = Events("Management", "kms.amazonaws.com")
DATA = {"Field": "eventCategory", "Equals": ["Data"]}
OBJECT = {"Field": "resources.type", "Equals": [OBJECTS]}


def shares(events: Events, raw: dict[str, Any]) -> tuple[str, str]:
    read = event_selectors(raw)
    return extent(read, events, read_only=True), extent(read, events, read_only=False)


def basic(*resources: str, **told: Any) -> dict[str, Any]:
    found = {"ReadWriteType": "All", "IncludeManagementEvents": True, **told}
    if resources:
        found["DataResources"] = [{"Type": OBJECTS, "Values": list(resources)}]
    return {"EventSelectors": [found]}


def advanced(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"AdvancedEventSelectors": [{"Name": "one", "FieldSelectors": list(conditions)}]}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (basic("arn:aws:s3"), ("all", "all")),
        (basic("arn:aws:s3:::"), ("all", "all")),
        (basic("arn:aws:s3:::backups/"), ("all", "all")),
        (basic("arn:aws:s3:::backups/", ReadWriteType="WriteOnly"), ("none", "all")),
        (basic("arn:aws:s3:::backups/", ReadWriteType="ReadOnly"), ("all", "none")),
        (basic("arn:aws:s3:::backups/ledger/"), ("part", "part")),
        (basic("arn:aws:s3:::other/"), ("none", "none")),
        (basic(), ("none", "none")),
        ({"EventSelectors": [{"DataResources": [{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}]}]},
         ("none", "none")),
        (advanced(DATA, OBJECT), ("all", "all")),
        (advanced(DATA, {"Field": "resources.type", "Equals": OBJECTS}), ("all", "all")),  # a single text for a list
        (advanced(DATA, OBJECT, {"Field": "readOnly", "Equals": ["false"]}), ("none", "all")),
        (advanced(DATA, OBJECT, {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::x/", "arn:aws:s3:::backups/"]}),
         ("all", "all")),
        (advanced(DATA, OBJECT, {"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::backups/"]}), ("none", "none")),
        (advanced(DATA, OBJECT, {"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::backups/tmp/"]}),
         ("part", "part")),
        (advanced(DATA, OBJECT, {"Field": "resources.ARN", "NotEndsWith": [".tmp"]}), ("part", "part")),
        (advanced(DATA, OBJECT, {"Field": "resources.ARN", "Equals": ["arn:aws:s3:::backups/one"]}), ("part", "part")),
        (advanced(DATA, OBJECT, {"Field": "resources.ARN", "NotEquals": ["arn:aws:s3:::other/one"]}), ("all", "all")),
        (advanced(DATA, OBJECT, {"Field": "eventName", "StartsWith": ["Delete"]}), ("part", "part")),
        (advanced(DATA, OBJECT, {"Field": "eventSource", "NotEquals": ["s3.amazonaws.com"]}), ("none", "none")),
        # Two tests on one field must both hold.
        (advanced(DATA, OBJECT, {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::backups/"],
                                 "NotStartsWith": ["arn:aws:s3:::backups/"]}), ("none", "none")),
    ],
)  # fmt: skip
def test_how_much_of_a_bucket_is_recorded(raw: dict[str, Any], expected: tuple[str, str]) -> None:
    assert shares(BUCKET, raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (basic(), ("all", "all")),
        ({"EventSelectors": [{}]}, ("all", "all")),  # the defaults of the API reference
        (basic(IncludeManagementEvents=False), ("none", "none")),
        (basic(ReadWriteType="WriteOnly"), ("none", "all")),
        (basic(ExcludeManagementEventSources=["kms.amazonaws.com"]), ("none", "none")),
        (basic(ExcludeManagementEventSources=["rdsdata.amazonaws.com"]), ("all", "all")),
        (basic(ExcludeManagementEventSources="kms.amazonaws.com"), ("none", "none")),
        (advanced({"Field": "eventCategory", "Equals": ["Management"]}), ("all", "all")),
        (advanced(DATA, OBJECT), ("none", "none")),
        (advanced({"Field": "eventCategory", "Equals": ["NetworkActivity"]}), ("none", "none")),
    ],
)
def test_how_much_of_the_operations_on_keys_is_recorded(raw: dict[str, Any], expected: tuple[str, str]) -> None:
    assert shares(KEYS, raw) == expected


@pytest.mark.parametrize(
    "raw",
    [{}, {"EventSelectors": []}, advanced({"Field": "eventCategory", "Matches": ["Data"]}),
     basic(ReadWriteType="Sometimes")],
)  # fmt: skip
def test_selectors_that_cannot_be_read_are_no_selectors(raw: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError)):
        event_selectors(raw)


def test_thousands_of_values_are_no_trouble() -> None:
    raw = basic(*(f"arn:aws:s3:::bucket-{number}/" for number in range(5000)), "arn:aws:s3:::backups/")
    assert shares(BUCKET, raw) == ("all", "all")


def test_the_last_sign_of_a_trail() -> None:
    raw = {"LatestDeliveryTime": 1.0, "LatestDigestDeliveryTime": 3.0, "StartLoggingTime": 2.0}
    found = sign_of_life(raw)
    assert found is not None
    assert found.timestamp() == 3.0
    assert sign_of_life({"IsLogging": True}) is None
    assert (trouble({}), trouble({"LatestDigestDeliveryError": "AccessDenied"})) == ("", "AccessDenied")


def test_recorders_of_services_do_not_count() -> None:
    linked = {"name": "AWSConfigurationRecorderForX", "servicePrincipal": "x.amazonaws.com", "recordingGroup": {}}
    assert recorders([linked]) == ()
    with pytest.raises(ValueError, match="names neither"):
        recorders([{"name": "default", "recordingGroup": {"allSupported": False}}])
    (own,) = recorders([{"name": "default", "recordingGroup": {"allSupported": True}}, linked])
    assert all(own.records(name) for name in NETWORK)


def test_a_stream_of_notices_is_no_delivery() -> None:
    raw = [{"name": "default", "configStreamDeliveryInfo": {"lastStatus": "Failure"},
            "configHistoryDeliveryInfo": {"lastStatus": "Success", "lastSuccessfulTime": 5.0}}]  # fmt: skip
    (one,) = deliveries(raw)
    assert (one.what, one.last) == ("history", "SUCCESS")


@pytest.mark.parametrize(
    ("arn", "noun"),
    [
        ("arn:aws:kinesis:eu-west-1:111111111111:stream/clicks", "Kinesis stream"),
        ("arn:aws:cassandra:eu-west-1:111111111111:/keyspace/orders/", "Keyspaces keyspace"),
        # A part is not counted as the whole: else its tags would stand for a store that has none.
        ("arn:aws:cassandra:eu-west-1:111111111111:/keyspace/orders/table/lines", "Keyspaces table"),
        ("arn:aws:timestream:eu-west-1:111111111111:database/meters", "Timestream database"),
        ("arn:aws:timestream:eu-west-1:111111111111:database/meters/table/2026", "Timestream table"),
        ("arn:aws:s3tables:eu-west-1:111111111111:bucket/lake/table/6f1b", "S3 table"),
        ("arn:aws:kinesis:eu-west-1:111111111111:stream/clicks/consumer/report:1700000000", ""),
        ("arn:aws:kendra:eu-west-1:111111111111:index/i/data-source/d", ""),
        ("arn:aws:storagegateway:eu-west-1:111111111111:gateway/sgw-1", "Storage Gateway"),
        ("arn:aws:storagegateway:eu-west-1:111111111111:gateway/sgw-1/volume/vol-1", "Storage Gateway volume"),
        ("arn:aws:s3-outposts:eu-west-1:111111111111:outpost/op-1/bucket/b", "Outposts bucket"),
        ("arn:aws:s3-outposts:eu-west-1:111111111111:outpost/op-1/accesspoint/a", ""),
        ("arn:aws:ecr:eu-west-1:111111111111:repository/team/table/shop", "ECR repository"),
        ("arn:aws:mq:eu-west-1:111111111111:broker:shop:b-1", "Amazon MQ broker"),
        ("arn:aws:lightsail:eu-west-1:111111111111:RelationalDatabase/1", "Lightsail database"),
        ("arn:aws-cn:ecr:cn-north-1:111111111111:repository/shop", "ECR repository"),
        ("arn:aws:rds:eu-west-1:111111111111:db:orders", ""),
        ("arn:aws:kinesis:eu-west-1:111111111111:unknown/clicks", ""),
        ("arn:aws:s3:::kinesis:stream", ""),
        ("not an arn", ""),
    ],
)
def test_what_an_arn_is_of(arn: str, noun: str) -> None:
    assert noun_of(arn) == noun
    assert is_unjudged({"ResourceARN": arn}) is bool(noun)


def test_the_table_of_kinds_is_config_s() -> None:
    shape: Any = botocore.session.get_session().get_service_model("config").shape_for("ResourceType")
    named = {name for noun in NOUNS for name in noun.types}
    assert named <= set(shape.enum)
    assert len({noun.title for noun in NOUNS}) == len(NOUNS)


def test_counts_are_those_of_data_stores() -> None:
    raw = [{"resourceType": "AWS::Kinesis::Stream", "count": 2}, {"resourceType": "AWS::EC2::VPC", "count": 9},
           {"resourceType": "AWS::ECR::Repository", "count": 0}]  # fmt: skip
    assert counts(raw) == {"Kinesis stream": 2}


def test_all_tags_are_read_off_the_one_list_of_all_resources() -> None:
    from rules import catalogue
    from scanner.plan import plan

    def lists(*ids: str) -> list[dict[str, Any]]:
        work = plan(catalogue().rules[rule] for rule in ids)
        return [dict(call.parameters) for call in work.calls if call.operation == "GetResources"]

    assert lists("BK101", "BK106") == [{}]
    (narrow,) = lists("BK106")
    assert "dynamodb:table" in narrow["ResourceTypeFilters"]
