"""Trails, AWS Config, GuardDuty, scanning, secrets, user pools, repositories and analyzers in code."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.model.reading import Known, Reason, Unknown
from scanner.resources.access_analyzer import Analyzer
from scanner.resources.cloudtrail import Trail
from scanner.resources.codecommit import Repository
from scanner.resources.cognito import UserPool
from scanner.resources.config_service import Channel, Recorder, Recording
from scanner.resources.guardduty import Detector
from scanner.resources.organizations import ControlPolicy, Member, Membership, ResourceControlPolicy
from scanner.resources.scanning import Scanning
from scanner.resources.secretsmanager import Secret
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

# -- secrets -------------------------------------------------------------------------------------------------------

TF_SECRET = (
    terraform(
        "aws_secretsmanager_secret", name="db", kms_key_id=KEY, tags=TAGS,
        replica=[{"region": "us-east-1", "kms_key_id": ""}, {"region": "eu-central-1", "kms_key_id": "alias/far"}],
    ),
    terraform("aws_secretsmanager_secret_rotation", secret_id="db", rotation_rules=[{"automatically_after_days": 30}]),  # a name
)  # fmt: skip
CFN_SECRET = (
    cloudformation(
        "AWS::SecretsManager::Secret", Name="db", KmsKeyId=KEY, Tags=TAG_LIST,
        ReplicaRegions=[{"Region": "us-east-1"}, {"Region": "eu-central-1", "KmsKeyId": "alias/far"}],
    ),
    cloudformation("AWS::SecretsManager::RotationSchedule", "R", SecretId="db", RotationRules={"AutomaticallyAfterDays": "30"}),
)  # fmt: skip
LIVE_SECRET = live(
    Secret,
    {
        "ARN": "a", "KmsKeyId": KEY, "Tags": TAG_LIST, "RotationEnabled": True, "PrimaryRegion": REGION,
        "RotationRules": {"AutomaticallyAfterDays": 30},
    },
    DescribeSecret={"ReplicationStatus": [
        {"Region": "eu-central-1", "Status": "InSync", "KmsKeyId": "alias/far"},
        {"Region": "us-east-1", "Status": "InSync"},
    ]},
)  # fmt: skip


def test_secrets_read_the_same() -> None:
    told = {name: one for name, one in LIVE_SECRET.items() if name not in ("rotated_at", "rotates_at")}
    assert values(Secret, *TF_SECRET) == values(Secret, *CFN_SECRET) == told


def test_a_secret_of_which_nothing_is_written() -> None:
    told = live(Secret, {"ARN": "a"}, DescribeSecret={})
    del told["rotated_at"], told["rotates_at"]
    for block in (terraform("aws_secretsmanager_secret", name="db"), cloudformation("AWS::SecretsManager::Secret")):
        assert values(Secret, block) == told


def test_older_and_unwritten_rotation() -> None:
    older = terraform(
        "aws_secretsmanager_secret", rotation_lambda_arn="f", rotation_rules=[{"automatically_after_days": 7}]
    )
    assert (values(Secret, older)["rotates"], values(Secret, older)["rotation"]) == (True, "rate(7 days)")
    bare = cloudformation("AWS::SecretsManager::RotationSchedule", "R", SecretId="db")
    found = readings(Secret, CFN_SECRET[0], bare)
    assert found["rotates"] == Known(True, found["rotates"].evidence)
    assert isinstance(found["rotation"], Unknown)


@pytest.mark.parametrize("blocks", [TF_SECRET, CFN_SECRET], ids=["terraform", "template"])
def test_what_is_open_of_a_secret_stays_alone(blocks: tuple[Block, ...]) -> None:
    loses_only_it(Secret, *blocks, but=("name", "Name"))
    assert never_flips(blocks, ["BK412", "BK808"]) > 5


def test_secrets_judged() -> None:
    address = TF_SECRET[0].address
    never = outcomes(terraform("aws_secretsmanager_secret", name="db"), rule="BK412")[address]
    assert never.outcome.value == "failed"
    assert outcomes(*TF_SECRET, rule="BK412")[address].reason is Reason.RUNTIME  # when it rotated last


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


# -- stores --------------------------------------------------------------------------------------------------------

TF_POOL = terraform(
    "aws_cognito_user_pool", name="people", mfa_configuration="ON", deletion_protection="ACTIVE", tags=TAGS,
    admin_create_user_config=[{"allow_admin_create_user_only": True}],
)  # fmt: skip
CFN_POOL = cloudformation(
    "AWS::Cognito::UserPool", UserPoolName="people", MfaConfiguration="ON", DeletionProtection="ACTIVE",
    UserPoolTags=TAGS, AdminCreateUserConfig={"AllowAdminCreateUserOnly": "true"},
)  # fmt: skip


def test_user_pools_read_the_same() -> None:
    told = live(UserPool, {"Id": "x"}, DescribeUserPool={"UserPool": {
        "UserPoolTags": TAGS, "DeletionProtection": "ACTIVE", "MfaConfiguration": "ON",
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
    }})  # fmt: skip
    del told["users"], told["replicas"]
    assert values(UserPool, TF_POOL) == values(UserPool, CFN_POOL) == told
    for block in (TF_POOL, CFN_POOL):
        loses_only_it(UserPool, block, but=("name", "UserPoolName"))
        assert never_flips([block], ["BK117", "BK615"]) > 3
        (one,) = estate_of(block).resources[UserPool.kind]
        assert (one.name, one.id) == ("people", export(block, "arn" if block is TF_POOL else "Arn"))


def test_user_pools_judged() -> None:
    bare = (terraform("aws_cognito_user_pool", name="p"), cloudformation("AWS::Cognito::UserPool"))
    for block in bare:
        assert values(UserPool, block)["mfa"] == "OFF"
        assert outcomes(block, rule="BK615")[block.address].outcome.value == "failed"
        assert outcomes(block, rule="BK117")[block.address].outcome.value == "failed"
    assert outcomes(TF_POOL, rule="BK615")[TF_POOL.address].outcome.value == "passed"
    closed = leave_open(TF_POOL, ("mfa_configuration",))
    assert outcomes(closed, rule="BK615")[TF_POOL.address].outcome.value == "unknown"


def test_repositories_read_the_same() -> None:
    told = live(Repository, {"repositoryName": "r"}, GetRepository={"repositoryMetadata": {"kmsKeyId": KEY}})
    mine = terraform("aws_codecommit_repository", repository_name="r", kms_key_id=KEY, tags=TAGS)
    theirs = cloudformation("AWS::CodeCommit::Repository", RepositoryName="r", KmsKeyId=KEY, Tags=TAG_LIST)
    assert values(Repository, mine) == values(Repository, theirs) == {**told, "tags": TAGS}
    bare = terraform("aws_codecommit_repository", repository_name="r")
    assert values(Repository, bare)["key"] == "alias/aws/codecommit"
    assert outcomes(bare, rule="BK401")[bare.address].outcome.value == "failed"
    assert export(mine, "arn") == f"arn:aws:codecommit:{REGION}:{ACCOUNT}:r"


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
