"""Instances with their volumes, snapshots, images and a region's settings, told in Terraform and in templates."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.model.unresolved import Unresolved
from scanner.resources.ec2.images import Image
from scanner.resources.ec2.instances import Instance
from scanner.resources.ec2.settings import Settings
from scanner.resources.ec2.snapshots import Snapshot
from scanner.resources.ec2.volumes import Attachment, Volume
from tests.iac.forms.telling import (
    OPEN,
    cloudformation,
    estate_of,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    terraform,
    values,
)

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
FOREIGN = "arn:aws:kms:eu-west-1:222222222222:key/1"
_DISK = "aws_ebs_volume.d"
ON, OFF = (terraform("aws_ebs_encryption_by_default", "e", enabled=one) for one in (True, False))


def disk(**more: Any) -> Block:
    return terraform("aws_ebs_volume", "d", availability_zone="eu-west-1a", size=40, **more)


def template_disk(**more: Any) -> Block:
    return cloudformation("AWS::EC2::Volume", _DISK, AvailabilityZone="eu-west-1a", Size=40, **more)


def machine(**more: Any) -> Block:
    return terraform("aws_instance", "m", ami="ami-1", subnet_id="subnet-1", **more)


def test_volumes_are_told_as_aws_tells_them() -> None:
    answer = {
        "VolumeId": _DISK, "Encrypted": True, "KmsKeyId": KEY, "VolumeType": "gp3", "Size": 40,
        "Tags": [{"Key": "System", "Value": "orders"}], "Attachments": [{"InstanceId": "i-1", "Device": "/dev/sdf"}],
    }  # fmt: skip
    expected = live(Volume, {**answer, "State": "", "CreateTime": 0})
    del expected["state"], expected["created_at"]
    own = disk(encrypted=True, kms_key_id=KEY, type="gp3", tags={"System": "orders"})
    tie = terraform("aws_volume_attachment", "t", volume_id=_DISK, instance_id="i-1", device_name="/dev/sdf")
    assert values(Volume, own, tie) == expected
    loses_only_it(Volume, own, tie, but=("availability_zone", "volume_id"))
    same = template_disk(Encrypted=True, KmsKeyId=KEY, VolumeType="gp3", Tags=answer["Tags"])
    tie = cloudformation("AWS::EC2::VolumeAttachment", "T", VolumeId=_DISK, InstanceId="i-1", Device="/dev/sdf")
    assert values(Volume, same, tie) == expected
    loses_only_it(Volume, same, tie, but=("AvailabilityZone", "VolumeId"))
    inline = cloudformation(
        "AWS::EC2::Instance", "i-1", ImageId="a", Volumes=[{"VolumeId": _DISK, "Device": "/dev/sdf"}]
    )
    found = {one.id.rpartition("/")[2]: one for one in estate_of(same, inline).resources[Volume.kind]}
    assert found[_DISK].readings["attachments"].value == expected["attachments"]  # type: ignore[union-attr]
    assert values(Volume, disk())["type"] == "gp2"
    assert values(Volume, template_disk())["type"] == "gp2"


@pytest.mark.parametrize(
    ("blocks", "said", "narrow"),
    [
        ([disk(encrypted=True)], True, True),
        ([disk(encrypted=False)], False, False),
        ([disk()], False, None),
        ([disk(encrypted=OPEN)], None, None),
        ([disk(), ON], True, True),
        ([disk(encrypted=False), ON], True, True),
        ([disk(), OFF], False, False),
        ([disk(), terraform("aws_ebs_encryption_by_default", "e")], True, True),
        ([disk(), terraform("aws_ebs_encryption_by_default", "e", enabled=OPEN)], None, None),
        ([disk(encrypted=False), terraform("aws_ebs_encryption_by_default", "e", enabled=OPEN)], None, None),
        ([disk(), terraform("aws_ebs_encryption_by_default", "e", at="us-east-1", enabled=True)], False, None),
        ([disk(snapshot_id="snap-1")], None, None),
        ([disk(snapshot_id="snap-1"), ON], True, True),
        ([template_disk()], None, None),  # no template says what the region's default is
        ([template_disk(), ON], True, True),
        ([template_disk(Encrypted=False)], False, False),
        ([template_disk(Encrypted=True)], True, True),
        ([template_disk(SnapshotId="snap-1")], None, None),
    ],
)
def test_the_region_decides_whether_what_does_not_say_it_is_encrypted(
    blocks: list[Block], said: bool | None, narrow: bool | None
) -> None:
    assert values(Volume, *blocks).get("encrypted") is said
    (smaller,) = estate_of(*blocks, whole=False).resources[Volume.kind]
    assert getattr(smaller.readings["encrypted"], "value", None) is narrow
    never_flips(blocks, ["BK401"])
    never_flips(blocks, ["BK401"], whole=False)


def test_what_names_no_key_has_that_of_its_region() -> None:
    assert values(Volume, disk(encrypted=True))["key"] == "alias/aws/ebs"
    assert values(Volume, disk(encrypted=False))["key"] is None
    chosen = terraform("aws_ebs_default_kms_key", "k", key_arn=KEY)
    assert values(Volume, disk(encrypted=True), chosen)["key"] == KEY
    assert "key" not in values(Volume, disk(encrypted=True, snapshot_id="snap-1"), chosen)
    (open_,) = estate_of(disk(encrypted=True), whole=False).resources[Volume.kind]
    assert not hasattr(open_.readings["key"], "value")


def volumes(*blocks: Block) -> dict[str, Any]:
    found = estate_of(*blocks).resources[Volume.kind]
    return {
        one.id.rpartition("/")[2]: {n: r.value for n, r in one.readings.items() if hasattr(r, "value")} for one in found
    }


def test_an_instance_brings_volumes_of_its_own() -> None:
    block = machine(
        tags={"Name": "web"}, tags_all={"Name": "web", "System": "orders"}, volume_tags={"Tier": "1"},
        root_block_device=[{"encrypted": True, "kms_key_id": KEY, "volume_type": "gp3", "volume_size": 20}],
        ebs_block_device=[{"device_name": "/dev/sdf", "encrypted": False, "volume_size": 100, "tags": {"Tier": "2"}}],
    )  # fmt: skip
    root, more = "aws_instance.m.root_block_device[0]", "aws_instance.m.ebs_block_device[0]"
    assert volumes(block) == {
        root: {
            "tags": {"System": "orders", "Tier": "1"}, "encrypted": True, "key": KEY, "type": "gp3", "size": 20,
            "attachments": (Attachment("aws_instance.m", "/dev/?root"),),
        },
        more: {
            "tags": {"System": "orders", "Tier": "2"}, "encrypted": False, "key": None, "type": "gp2", "size": 100,
            "attachments": (Attachment("aws_instance.m", "/dev/sdf"),),
        },
    }  # fmt: skip
    found = values(Instance, block)
    assert found["volumes"][:2] == (root, more)
    assert isinstance(found["volumes"][2], Unresolved)
    assert (found["root_device"], found["subnet"], found["image"]) == ("/dev/?root", "subnet-1", "ami-1")
    encryption = outcomes(block, rule="BK401")
    assert encryption[root].outcome.value == "passed"
    assert encryption[more].outcome.value == "failed"
    assert encryption["aws_instance.m"].outcome.value == "exempt"
    assert never_flips([block], ["BK401"]) > 10


def test_an_instance_that_tells_nothing_of_its_root_volume_has_one() -> None:
    found = volumes(machine(volume_tags={"System": "orders"}))
    assert found == {
        "root-of-aws_instance.m": {
            "tags": {"System": "orders"}, "attachments": (Attachment("aws_instance.m", "/dev/?root"),),
        }
    }  # fmt: skip
    assert volumes(machine(), ON)["root-of-aws_instance.m"]["encrypted"] is True
    by_template = volumes(machine(launch_template=[{"id": "lt-1"}]))
    assert "tags" not in by_template["root-of-aws_instance.m"]
    templated = cloudformation(
        "AWS::EC2::Instance", "M", ImageId="ami-1", SubnetId="s", PropagateTagsToVolumeOnCreation=True,
        Tags=[{"Key": "System", "Value": "orders"}],
    )  # fmt: skip
    assert volumes(templated)["root-of-M"]["tags"] == {"System": "orders"}
    assert (
        volumes(cloudformation("AWS::EC2::Instance", "M", Tags=[{"Key": "a", "Value": "b"}]))["root-of-M"]["tags"] == {}
    )


def test_a_template_maps_devices_to_volumes() -> None:
    block = cloudformation(
        "AWS::EC2::Instance", "M", ImageId="ami-1", SubnetId="subnet-1",
        BlockDeviceMappings=[
            {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "KmsKeyId": KEY, "VolumeType": "gp3", "VolumeSize": 8}},
            {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}, {"DeviceName": "/dev/sdc", "NoDevice": {}},
            {"DeviceName": "/dev/sdf", "Ebs": {"Encrypted": False}},
        ],
    )  # fmt: skip
    found = volumes(block)
    assert list(found) == ["M.BlockDeviceMappings[0]", "M.BlockDeviceMappings[3]"]
    assert found["M.BlockDeviceMappings[0]"] == {
        "tags": {}, "encrypted": True, "key": KEY, "type": "gp3", "size": 8,
        "attachments": (Attachment("M", "/dev/xvda"),),
    }  # fmt: skip
    assert values(Instance, block)["volumes"][:2] == ("M.BlockDeviceMappings[0]", "M.BlockDeviceMappings[3]")
    assert "root_device" not in values(Instance, block)
    assert outcomes(block, rule="BK401")["M.BlockDeviceMappings[3]"].outcome.value == "failed"
    assert never_flips([block], ["BK401"]) > 10


def test_an_instance_that_exists_tells_all_of_its_volumes() -> None:
    block = machine(
        id="i-0a",
        root_block_device=[{"volume_id": "vol-1", "device_name": "/dev/xvda", "encrypted": True, "kms_key_id": FOREIGN}],
        ebs_block_device=[{"volume_id": "vol-2", "device_name": "/dev/sdf", "encrypted": True, "kms_key_id": FOREIGN}],
    )  # fmt: skip
    block.known_name = "i-0a"
    found = values(Instance, block)
    answer = {
        "Tags": [], "ImageId": "ami-1", "RootDeviceName": "/dev/xvda", "SubnetId": "subnet-1",
        "BlockDeviceMappings": [{"Ebs": {"VolumeId": "vol-1"}}, {"Ebs": {"VolumeId": "vol-2"}}],
        "State": {"Name": ""}, "LaunchTime": 1,
    }  # fmt: skip
    expected = live(Instance, answer)
    del expected["state"], expected["created_at"]
    assert found == expected
    assert {one.id for one in estate_of(block).resources[Volume.kind]} == {
        f"arn:aws:ec2:eu-west-1:111122223333:volume/{name}" for name in ("vol-1", "vol-2")
    }
    assert {one.outcome.value for one in outcomes(block, rule="BK401").values()} == {"exempt", "passed"}


def test_an_instance_stands_where_its_interface_does() -> None:
    interface = terraform("aws_network_interface", "i", subnet_id="subnet-9")
    named = [{"network_interface_id": "aws_network_interface.i"}]
    block = terraform("aws_instance", "m", ami="ami-1", primary_network_interface=named)
    assert values(Instance, block, interface)["subnet"] == "subnet-9"
    assert "subnet" not in values(Instance, block)
    assert "subnet" not in values(Instance, terraform("aws_instance", "m", ami="ami-1"))
    attached = terraform(
        "aws_volume_attachment", "t", volume_id=_DISK, instance_id="aws_instance.m", device_name="/dev/sdf"
    )
    assert _DISK in values(Instance, machine(), attached)["volumes"][:2]


_SNAP = "aws_ebs_snapshot.s"
_IMAGE = "aws_ami.i"


def test_snapshots_are_told_as_aws_tells_them() -> None:
    answer = {
        "SnapshotId": _SNAP, "VolumeId": _DISK, "Encrypted": True, "KmsKeyId": KEY, "VolumeSize": 40, "Description": "d",
        "Tags": [{"Key": "a", "Value": "b"}], "StartTime": 0, "State": "completed",
    }  # fmt: skip
    permissions = {"CreateVolumePermissions": [{"UserId": "222222222222"}]}
    expected = live(Snapshot, answer, DescribeSnapshotAttribute=permissions)
    own = terraform("aws_ebs_snapshot", "s", volume_id=_DISK, description="d", tags={"a": "b"})
    volume = disk(encrypted=True, kms_key_id=KEY)
    share = terraform("aws_snapshot_create_volume_permission", "p", snapshot_id=_SNAP, account_id="222222222222")
    found = values(Snapshot, own, volume, share)
    assert found == {name: expected[name] for name in found if name in expected} | {"public": False}
    assert outcomes(own, volume, share, rule="BK513")[_SNAP].outcome.value == "failed"
    assert outcomes(own, volume, rule="BK513")[_SNAP].outcome.value == "passed"
    assert outcomes(own, volume, rule="BK513", whole=False)[_SNAP].outcome.value == "unknown"
    assert outcomes(own, volume, rule="BK402")[_SNAP].outcome.value == "passed"
    assert outcomes(own, disk(encrypted=False), rule="BK402")[_SNAP].outcome.value == "failed"
    never_flips([own, volume, share], ["BK402", "BK513"])
    copy = terraform("aws_ebs_snapshot_copy", "c", source_snapshot_id=_SNAP, source_region="eu-west-1", encrypted=True)
    told = estate_of(copy, own, volume).resources[Snapshot.kind][0].readings
    assert told["volume_id"].value == "vol-ffffffff"  # type: ignore[union-attr]
    assert told["encrypted"].value is True  # type: ignore[union-attr]
    plain = terraform("aws_ebs_snapshot_copy", "c", source_snapshot_id=_SNAP, source_region="eu-west-1")
    for original, sealed in ((volume, True), (disk(), False)):
        told = estate_of(plain, own, original).resources[Snapshot.kind][0].readings
        assert told["encrypted"].value is sealed  # type: ignore[union-attr]


def test_images_are_told_as_aws_tells_them() -> None:
    answer = {
        "ImageId": _IMAGE, "Tags": [{"Key": "a", "Value": "b"}], "Public": True, "CreationDate": "2026-01-01", "State": "available",
        "BlockDeviceMappings": [{"Ebs": {"SnapshotId": "snap-1"}}, {"VirtualName": "ephemeral0"}],
        "DeprecationTime": "2027-01-01T00:00:00Z",
    }  # fmt: skip
    expected = live(Image, answer, DescribeImageAttribute={"LaunchPermissions": [{"Group": "all"}]})
    own = terraform(
        "aws_ami", "i", name="n", tags={"a": "b"}, deprecation_time="2027-01-01T00:00:00Z",
        ebs_block_device=[{"device_name": "/dev/xvda", "snapshot_id": "snap-1"}],
    )  # fmt: skip
    everyone = terraform("aws_ami_launch_permission", "p", image_id=_IMAGE, group="all")
    found = values(Image, own, everyone)
    assert found == {name: expected[name] for name in found}
    assert len(found) == 8
    loses_only_it(Image, own, everyone, but=("name", "device_name", "image_id"))
    assert outcomes(own, everyone, rule="BK513")[_IMAGE].outcome.value == "failed"
    assert outcomes(own, rule="BK513")[_IMAGE].outcome.value == "passed"
    organisation = terraform(
        "aws_ami_launch_permission", "p", image_id=_IMAGE, organization_arn="arn:aws:organizations::1:organization/o-1"
    )
    assert outcomes(own, organisation, rule="BK513")[_IMAGE].outcome.value == "failed"
    hidden = terraform("aws_ami_launch_permission", "p", image_id=_IMAGE, group=OPEN)
    assert outcomes(own, hidden, rule="BK513")[_IMAGE].outcome.value == "unknown"
    never_flips([own, everyone], ["BK513"])
    copy = values(Image, terraform("aws_ami_copy", "c", source_ami_id="ami-1", source_ami_region="us-east-1"))
    assert (copy["source_image"], copy["source_region"], copy["source_instance"]) == ("ami-1", "us-east-1", "")
    assert "snapshots" not in copy
    made = values(Image, terraform("aws_ami_from_instance", "c", source_instance_id="i-1"))
    assert (made["source_instance"], made["source_image"]) == ("i-1", "")


def test_the_blocks_of_a_region_make_one_resource_of_its_settings() -> None:
    blocks = [
        ON, terraform("aws_ebs_default_kms_key", "k", key_arn=KEY),
        terraform("aws_ebs_snapshot_block_public_access", "s", state="block-all-sharing"),
        terraform("aws_ec2_image_block_public_access", "i", state="block-new-sharing"),
    ]  # fmt: skip
    expected = {
        name: fact.live.convert(raw)  # type: ignore[union-attr]
        for (name, fact), raw in zip(
            ((name, Settings.facts[name]) for name in ("encrypts", "key", "blocks_public", "blocks_public_images")),
            (True, KEY, "block-all-sharing", "block-new-sharing"), strict=True,
        )
    }  # fmt: skip
    for order in (blocks, blocks[::-1]):
        (found,) = estate_of(*order).resources[Settings.kind]
        assert found.id == "arn:aws:ec2:eu-west-1:111122223333:settings"
        assert {name: one.value for name, one in found.readings.items()} == expected  # type: ignore[union-attr]
    assert outcomes(*blocks, rule="BK409")[ON.address].outcome.value == "passed"
    assert outcomes(*blocks, rule="BK517")[ON.address].outcome.value == "passed"
    assert outcomes(OFF, *blocks[1:], rule="BK409")[ON.address].outcome.value == "failed"
    assert never_flips(blocks, ["BK409", "BK517"]) == 4
    two = estate_of(ON, terraform("aws_ebs_encryption_by_default", "f", at="us-east-1", enabled=False)).resources[
        Settings.kind
    ]
    assert [one.readings["encrypts"].value for one in two] == [True, False]  # type: ignore[union-attr]


def test_settings_that_no_block_tells_are_those_of_the_start_where_the_code_is_all_there_is() -> None:
    assert values(Settings, ON) == {"encrypts": True, "key": "alias/aws/ebs", "blocks_public": "unblocked"}
    (narrow,) = estate_of(ON, whole=False).resources[Settings.kind]
    assert {name for name, one in narrow.readings.items() if hasattr(one, "value")} == {"encrypts"}
    assert outcomes(ON, rule="BK517")[ON.address].outcome.value == "failed"
    assert outcomes(ON, rule="BK517", whole=False)[ON.address].outcome.value == "unknown"
    template = cloudformation("AWS::EC2::SnapshotBlockPublicAccess", "S", State="block-all-sharing")
    assert values(Settings, template)["blocks_public"] == "block-all-sharing"
