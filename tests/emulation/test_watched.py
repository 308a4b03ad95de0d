"""What records and watches, where moto answers otherwise than AWS."""

import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from scanner.emulation.seeding import alter
from scanner.emulation.services.config import discover
from tests.emulation.conftest import AT

HERE, ACCOUNT = "eu-west-1", "123456789012"


def test_a_trail_delivers_unless_it_is_hindered(aws: Emulator) -> None:
    aws.client("s3").create_bucket(Bucket="records", CreateBucketConfiguration={"LocationConstraint": HERE})
    trail = aws.client("cloudtrail")
    arn = trail.create_trail(Name="audit", S3BucketName="records", IsMultiRegionTrail=True)["TrailARN"]
    assert "LatestDigestDeliveryTime" not in trail.get_trail_status(Name=arn)
    trail.start_logging(Name="audit")
    status = trail.get_trail_status(Name=arn)
    assert AT > status["LatestDeliveryTime"] > status["LatestDigestDeliveryTime"]
    with aws.on_stage() as world:
        alter(world, ACCOUNT, HERE, "cloudtrail", f"status of {arn}", LatestDeliveryError="NoSuchBucket")
    assert trail.get_trail_status(Name=arn)["LatestDeliveryError"] == "NoSuchBucket"
    (shadow,) = aws.client("cloudtrail", "eu-central-1").describe_trails()["trailList"]
    assert (shadow["TrailARN"], shadow["HomeRegion"]) == (arn, HERE)
    (selector,) = trail.get_event_selectors(TrailName="audit")["EventSelectors"]
    assert selector["IncludeManagementEvents"] is True
    assert selector["ReadWriteType"] == "All"


def test_a_recorder_succeeds_and_delivers_while_it_is_on(aws: Emulator) -> None:
    config = aws.client("config")
    assert config.get_discovered_resource_counts()["resourceCounts"] == []
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": "arn:aws:iam::1:role/x"})
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "records"})
    with aws.on_stage() as world:
        discover(world, ACCOUNT, HERE, {"AWS::Kinesis::Stream": 2, "AWS::EC2::VPC": 1})
    assert config.get_discovered_resource_counts()["resourceCounts"] == []
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    (status,) = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert (status["recording"], status["lastStatus"]) == (True, "SUCCESS")
    (channel,) = config.describe_delivery_channel_status()["DeliveryChannelsStatus"]
    assert channel["configHistoryDeliveryInfo"]["lastStatus"] == "SUCCESS"
    assert channel["configSnapshotDeliveryInfo"] == {"lastStatus": "NOT_APPLICABLE"}
    counted = config.get_discovered_resource_counts(resourceTypes=["AWS::Kinesis::Stream"])["resourceCounts"]
    assert counted == [{"resourceType": "AWS::Kinesis::Stream", "count": 2}]


def test_scanners_say_whether_they_are_on(aws: Emulator) -> None:
    inspector, hub = aws.client("inspector2"), aws.client("securityhub")
    (account,) = inspector.batch_get_account_status()["accounts"]
    assert (account["accountId"], account["state"]["status"]) == (ACCOUNT, "DISABLED")
    inspector.enable(accountIds=[ACCOUNT], resourceTypes=["EC2", "LAMBDA"])
    (account,) = inspector.batch_get_account_status()["accounts"]
    assert account["resourceState"]["lambda"]["status"] == "ENABLED"
    assert account["resourceState"]["ecr"]["status"] == "DISABLED"
    with pytest.raises(ClientError, match="InvalidAccessException"):
        hub.describe_hub()
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        hub.describe_security_hub_v2()
    hub.enable_security_hub_v2()
    assert hub.describe_security_hub_v2()["HubV2Arn"].startswith(f"arn:aws:securityhub:{HERE}:{ACCOUNT}:hubv2/")
