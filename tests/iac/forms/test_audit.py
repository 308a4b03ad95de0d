"""Trails, AWS Config, GuardDuty, scanning, analyzers and the organisation in code."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.model.reading import Reason, Unknown
from scanner.resources.access_analyzer import Analyzer
from scanner.resources.cloudtrail import Trail
from scanner.resources.config_service import Channel, Recorder, Recording
from scanner.resources.guardduty import Detector
from scanner.resources.organizations import ControlPolicy, Member, Membership, ResourceControlPolicy
from scanner.resources.scanning import Scanning
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    REGION,
    cloudformation,
    estate_of,
    judged,
    leave_open,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    readings,
    terraform,
    values,
)

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
TAGS = {"System": "orders"}
TAG_LIST = [{"Key": "System", "Value": "orders"}]

# -- trails --------------------------------------------------------------------------------------------------------

TF_TRAIL = terraform(
    "aws_cloudtrail", name="all", s3_bucket_name="logs", is_multi_region_trail=True, enable_log_file_validation=True,
    kms_key_id=KEY, is_organization_trail=True,
    event_selector=[{
        "read_write_type": "WriteOnly", "include_management_events": True, "exclude_management_event_sources": [],
        "data_resource": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}],
    }],
)  # fmt: skip
CFN_TRAIL = cloudformation(
    "AWS::CloudTrail::Trail", TrailName="all", S3BucketName="logs", IsMultiRegionTrail="true",
    EnableLogFileValidation=True, KMSKeyId=KEY, IsOrganizationTrail=True, IsLogging=True,
    EventSelectors=[{
        "ReadWriteType": "WriteOnly", "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
    }],
)  # fmt: skip


def test_trails_read_the_same() -> None:
    told = live(
        Trail,
        {
            "IsMultiRegionTrail": True, "LogFileValidationEnabled": True, "KmsKeyId": KEY, "S3BucketName": "logs",
            "IsOrganizationTrail": True,
        },
        GetTrailStatus={"IsLogging": True},
        GetEventSelectors={"EventSelectors": [{
            "ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "ExcludeManagementEventSources": [],
            "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
        }]},
    )  # fmt: skip
    del told["error"], told["heard_at"]
    assert values(Trail, TF_TRAIL) == values(Trail, CFN_TRAIL) == told


def test_advanced_selectors_read_the_same() -> None:
    fields = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "readOnly", "NotEquals": ["true"]}]
    told = live(Trail, {}, GetEventSelectors={"AdvancedEventSelectors": [{"FieldSelectors": fields}]})["selectors"]
    mine = terraform("aws_cloudtrail", advanced_event_selector=[{"name": "x", "field_selector": [
        {"field": "eventCategory", "equals": ["Data"], "not_equals": []}, {"field": "readOnly", "not_equals": ["true"]},
    ]}])  # fmt: skip
    theirs = cloudformation("AWS::CloudTrail::Trail", AdvancedEventSelectors=[{"Name": "x", "FieldSelectors": fields}])
    assert values(Trail, mine)["selectors"] == values(Trail, theirs)["selectors"] == told


def test_a_trail_of_which_nothing_is_written_records_management_events() -> None:
    told = live(
        Trail, {}, GetEventSelectors={"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}
    )
    for block in (
        terraform("aws_cloudtrail", name="t", s3_bucket_name="b"),
        cloudformation("AWS::CloudTrail::Trail", IsLogging=True),
    ):
        found = values(Trail, block)
        assert found["selectors"] == told["selectors"]
        assert (found["all_regions"], found["validated"], found["key"], found["logging"]) == (False, False, None, True)


@pytest.mark.parametrize("block", [TF_TRAIL, CFN_TRAIL], ids=["terraform", "template"])
def test_what_is_open_of_a_trail_stays_alone(block: Block) -> None:
    loses_only_it(Trail, block, but=("name", "TrailName"))
    bucket = terraform("aws_s3_bucket", bucket="b", lifecycle_rule=[
        {"enabled": True, "transition": [{"days": 1, "storage_class": "GLACIER"}]},
    ])  # fmt: skip
    assert never_flips([block, bucket], ["BK710", "BK711", "BK712"]) > 5


def test_trails_judged() -> None:
    bare = terraform("aws_cloudtrail", name="t", s3_bucket_name="b", is_multi_region_trail=True)
    assert outcomes(bare, rule="BK710")[bare.address].outcome.value == "failed"
    assert outcomes(TF_TRAIL, rule="BK710")[TF_TRAIL.address].reason is Reason.RUNTIME  # whether it delivers
    (found,) = judged(bare, rules=["BK712"]).findings
    assert found.outcome.value == "passed"
    silent = terraform("aws_cloudtrail", name="t", s3_bucket_name="b", is_multi_region_trail=True, enable_logging=False)
    (found,) = judged(silent, rules=["BK712"]).findings
    assert found.outcome.value == "failed"


# -- AWS Config ----------------------------------------------------------------------------------------------------

TF_CONFIG = (
    terraform("aws_config_configuration_recorder", recording_group=[{
        "all_supported": False, "resource_types": ["AWS::EC2::VPC"], "exclusion_by_resource_types": [], "recording_strategy": [],
    }]),
    terraform("aws_config_delivery_channel", s3_bucket_name="logs",
              snapshot_delivery_properties=[{"delivery_frequency": "Six_Hours"}]),
    terraform("aws_config_configuration_recorder_status", name="default", is_enabled=True),
)  # fmt: skip
CFN_CONFIG = (
    cloudformation("AWS::Config::ConfigurationRecorder", "Recorder", Name="default",
                   RecordingGroup={"AllSupported": False, "ResourceTypes": ["AWS::EC2::VPC"]}),
    cloudformation("AWS::Config::DeliveryChannel", "Channel", Name="default", S3BucketName="logs",
                   ConfigSnapshotDeliveryProperties={"DeliveryFrequency": "Six_Hours"}),
)  # fmt: skip


@pytest.mark.parametrize("blocks", [TF_CONFIG, CFN_CONFIG], ids=["terraform", "template"])
def test_config_reads_the_same(blocks: tuple[Block, ...]) -> None:
    found = values(Recording, *blocks)
    told = live(
        Recording, {},
        DescribeConfigurationRecorders={"ConfigurationRecorders": [
            {"name": "default", "recordingGroup": {"allSupported": False, "resourceTypes": ["AWS::EC2::VPC"]}},
        ]},
        DescribeDeliveryChannels={"DeliveryChannels": [{
            "name": "default", "s3BucketName": "logs",
            "configSnapshotDeliveryProperties": {"deliveryFrequency": "Six_Hours"},
        }]},
    )  # fmt: skip
    assert found["recorders"] == told["recorders"]
    assert found["channels"] == told["channels"]
    (status,) = found["status"]
    assert (status.name, status.recording) == ("default", True)
    (one,) = estate_of(*blocks).resources[Recording.kind]
    assert one.id == f"arn:aws:config:{REGION}:{ACCOUNT}:recording"
    assert [each.outcome.value for each in judged(*blocks, rules=["BK713"]).findings] == ["failed"]
    assert never_flips(blocks, ["BK713"]) > 5


@pytest.mark.parametrize(
    ("group", "recorder"),
    [
        ([], Recorder("default")),
        ([{"all_supported": True, "include_global_resource_types": True}], Recorder("default")),
        ([{"all_supported": False, "resource_types": ["A", "B"]}], Recorder("default", only=("A", "B"))),
        (
            [{
                "all_supported": False, "exclusion_by_resource_types": [{"resource_types": ["A"]}],
                "recording_strategy": [{"use_only": "EXCLUSION_BY_RESOURCE_TYPES"}],
            }],
            Recorder("default", without=("A",)),
        ),
    ],
)  # fmt: skip
def test_what_a_recorder_records(group: list[Any], recorder: Recorder) -> None:
    assert values(Recording, terraform("aws_config_configuration_recorder", recording_group=group))["recorders"] == (
        recorder,
    )


def test_a_recorder_alone() -> None:
    """Code that may not be all there is leaves open what is beside it; code that is lacks it."""
    recorder = terraform("aws_config_configuration_recorder", name="r")
    found = values(Recording, recorder)
    assert (found["recorders"], found["channels"]) == ((Recorder("r"),), ())
    assert [one.recording for one in found["status"]] == [False]
    (open_,) = estate_of(recorder, whole=False).resources[Recording.kind]
    channels = open_.readings["channels"]
    assert isinstance(channels, Unknown)
    assert channels.reason is Reason.OPEN
    (other,) = judged(recorder, rules=["BK713"], whole=False).findings
    assert other.outcome.value == "unknown"
    off = terraform("aws_config_configuration_recorder_status", name="r", is_enabled=False)
    (other,) = judged(recorder, off, rules=["BK713"], whole=False).findings
    assert (other.outcome.value, other.verdict.because.partition(",")[0]) == ("failed", "the recorder is switched off")
    channel = terraform("aws_config_delivery_channel", s3_bucket_name=OPEN)
    assert isinstance(values(Recording, recorder, channel)["channels"][0], Channel)


# -- what scans ----------------------------------------------------------------------------------------------------


def test_detectors_read_the_same() -> None:
    for block in (terraform("aws_guardduty_detector", enable=True), terraform("aws_guardduty_detector"),
                  cloudformation("AWS::GuardDuty::Detector", Enable="true")):  # fmt: skip
        assert values(Detector, block) == live(Detector, {}, GetDetector={"Status": "ENABLED"})
    off = terraform("aws_guardduty_detector", enable=False)
    assert values(Detector, off) == live(Detector, {}, GetDetector={"Status": "DISABLED"})
    assert isinstance(readings(Detector, leave_open(off, ("enable",)))["enabled"], Unknown)


SCANNING = (
    terraform("aws_guardduty_detector"),
    terraform("aws_securityhub_account"),
    terraform("aws_inspector2_enabler", account_ids=[ACCOUNT], resource_types=["EC2", "LAMBDA"]),
)


def test_scanning_reads_the_same() -> None:
    found = values(Scanning, *SCANNING)
    assert found == live(
        Scanning, {},
        BatchGetAccountStatus={"accounts": [
            {"resourceState": {"ec2": {"status": "ENABLED"}, "lambda": {"status": "ENABLED"}, "ecr": {"status": "DISABLED"}}},
        ]},
        DescribeHub={"HubArn": "a"}, DescribeSecurityHubV2={},
    )  # fmt: skip
    (one,) = estate_of(*SCANNING).resources[Scanning.kind]
    assert one.id == f"arn:aws:security:{REGION}:{ACCOUNT}:scanning"
    hubs = (cloudformation("AWS::SecurityHub::HubV2", "New"), cloudformation("AWS::SecurityHub::Hub", "Old"))
    assert (values(Scanning, *hubs)["hub"], values(Scanning, *hubs)["hub_v2"]) == (True, True)
    assert values(Scanning, terraform("aws_securityhub_account_v2"))["hub_v2"] is True


def test_scanning_judged() -> None:
    (found,) = judged(*SCANNING, rules=["BK714"]).findings
    assert found.outcome.value == "passed"
    (found,) = judged(*SCANNING[:2], rules=["BK714"]).findings
    assert found.outcome.value == "failed"
    (found,) = judged(*SCANNING[:2], rules=["BK714"], whole=False).findings
    assert found.outcome.value == "unknown"
    (found,) = judged(terraform("aws_s3_bucket"), rules=["BK714"]).findings  # where no block is about it
    assert found.outcome.value == "failed"
    elsewhere = terraform("aws_inspector2_enabler", account_ids=["999988887777"], resource_types=["EC2"])
    assert values(Scanning, *SCANNING[:2], elsewhere)["vulnerabilities"] == ()
    assert never_flips(SCANNING, ["BK714"]) > 3


def test_analyzers() -> None:
    told = live(Analyzer, {"type": "ACCOUNT", "status": "ACTIVE"})
    mine = terraform("aws_accessanalyzer_analyzer", analyzer_name="a")
    theirs = cloudformation("AWS::AccessAnalyzer::Analyzer", AnalyzerName="a", Type="ACCOUNT")
    assert values(Analyzer, mine) == values(Analyzer, theirs) == told
    for whole in (True, False):
        (found,) = judged(mine, rules=["BK614"], whole=whole).findings
        assert found.outcome.value == "passed"
    unused = terraform("aws_accessanalyzer_analyzer", analyzer_name="a", type="ACCOUNT_UNUSED_ACCESS")
    organisation = terraform("aws_organizations_organization")
    (found,) = judged(unused, organisation, rules=["BK614"]).findings
    assert found.outcome.value in ("failed", "unknown")


# -- the organisation ----------------------------------------------------------------------------------------------

DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"backup:Delete*","Resource":"*"}]}'


def test_policies_of_the_organisation_by_their_sort() -> None:
    service = terraform("aws_organizations_policy", name="s", content=DENY)
    resource = terraform("aws_organizations_policy", name="r", type="RESOURCE_CONTROL_POLICY", content=DENY)
    tags = terraform("aws_organizations_policy", name="t", type="TAG_POLICY", content="{}")
    told = live(ControlPolicy, {}, DescribePolicy={"Policy": {"Content": DENY}})
    assert values(ControlPolicy, service) == told
    assert values(ResourceControlPolicy, resource) == told
    assert not estate_of(tags).resources.get(ControlPolicy.kind)
    template = cloudformation("AWS::Organizations::Policy", Name="s", Type="SERVICE_CONTROL_POLICY", Content=DENY)
    assert values(ControlPolicy, template) == told
    open_ = estate_of(leave_open(resource, ("type",)))
    assert open_.resources[ControlPolicy.kind]
    assert open_.resources[ResourceControlPolicy.kind]


def test_the_organisation_and_its_accounts() -> None:
    for block in (terraform("aws_organizations_organization"), cloudformation("AWS::Organizations::Organization")):
        (one,) = estate_of(block).resources[Membership.kind]
        assert one.id == f"arn:aws:organizations::{ACCOUNT}:membership"
        assert values(Membership, block) == {"management": ACCOUNT, "features": "ALL"}
        assert isinstance(readings(Membership, block)["organisation"], Unknown)
    stated = terraform("aws_organizations_organization", id="o-1", feature_set="CONSOLIDATED_BILLING")
    assert values(Membership, stated) == {
        "organisation": "o-1",
        "management": ACCOUNT,
        "features": "CONSOLIDATED_BILLING",
    }
    assert values(Member, terraform("aws_organizations_account", name="a", id="999988887777")) == {
        "number": "999988887777"
    }
    assert isinstance(
        readings(Member, cloudformation("AWS::Organizations::Account", AccountName="a"))["number"], Unknown
    )
