"""Calls of what records and watches: trails, AWS Config, Inspector, Security Hub, stacks."""

import json

from scanner.emulation import Emulator
from scanner.emulation.seeding import compare_stack
from scanner.emulation.services.config import discover

HERE, ACCOUNT = "eu-west-1", "123456789012"


def watched(aws: Emulator) -> None:
    """Call each operation that the emulator answers itself; the bucket of `everything.buckets` is there."""
    trail, config, inspector, hub = (aws.client(each) for each in ("cloudtrail", "config", "inspector2", "securityhub"))
    trail.create_trail(Name="audit", S3BucketName="bucket", IsMultiRegionTrail=True)
    trail.start_logging(Name="audit")
    trail.describe_trails()
    trail.get_trail_status(Name="audit")
    trail.get_event_selectors(TrailName="audit")
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": "arn:aws:iam::1:role/x"})
    config.put_delivery_channel(
        DeliveryChannel={
            "name": "default",
            "s3BucketName": "bucket",
            "configSnapshotDeliveryProperties": {"deliveryFrequency": "Six_Hours"},
        }
    )
    config.describe_delivery_channel_status()
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    with aws.on_stage() as world:
        discover(world, ACCOUNT, HERE, {"AWS::Kinesis::Stream": 2})
    config.describe_configuration_recorder_status()
    config.describe_delivery_channel_status()
    config.get_discovered_resource_counts()
    inspector.batch_get_account_status()
    inspector.enable(accountIds=[ACCOUNT], resourceTypes=["EC2"])
    inspector.batch_get_account_status(accountIds=[ACCOUNT])
    hub.enable_security_hub_v2()
    hub.describe_security_hub_v2()
    formation = aws.client("cloudformation")
    held = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/a/b", "Type": "String", "Value": "1"}}
    formation.create_stack(StackName="network", TemplateBody=json.dumps({"Resources": {"Release": held}}))
    with aws.on_stage() as world:
        compare_stack(world, ACCOUNT, HERE, "network", "DRIFTED", aws.world.clock())
    assert formation.describe_stacks()["Stacks"][0]["DriftInformation"]["StackDriftStatus"] == "DRIFTED"
