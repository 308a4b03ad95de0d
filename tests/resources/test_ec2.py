"""What is worked out of EC2's answers: which snapshot is of which volume, and how old an instance is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.model.errors import CouldNotCheck
from scanner.model.estate import Estate, Gap
from scanner.model.look import Look
from scanner.model.reading import Evidence, Known, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.resources import kinds
from scanner.resources.aws_backup.vaults import RecoveryPoint
from scanner.resources.ec2.images import Image
from scanner.resources.ec2.instances import Instance, first_seen
from scanner.resources.ec2.snapshots import Snapshot
from scanner.resources.ec2.volumes import Volume

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ACCOUNT = "111111111111"
OF_VOLUME = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:volume/vol-0123456789abcdef0"
OF_INSTANCE = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-0123456789abcdef0"
DENIED = Unknown(Reason.DENIED, "denied")


def resource(kind: type[Resource], arn: str, region: str = "eu-west-1", **facts: Any) -> Resource:
    return kind(arn, arn.rpartition("/")[2], ACCOUNT, region, {name: Known(value) for name, value in facts.items()})


def snapshot(name: str, volume: str, said: str = "", region: str = "eu-west-1", **more: Any) -> Resource:
    facts = {"volume_id": volume, "description": said, "tags": {}, "started_at": AT, "usable": True, **more}
    return resource(Snapshot, f"arn:aws:ec2:{region}::snapshot/{name}", region, **facts)


def image(name: str, region: str = "eu-west-1", **more: Any) -> Resource:
    facts = {"source_instance": "", "source_image": "", "source_region": "", "snapshots": (), **more}
    return resource(Image, f"arn:aws:ec2:{region}::image/{name}", region, registered_at=AT, usable=True, **facts)


def point(arn: str, source: str) -> Resource:
    return resource(RecoveryPoint, arn, source=source, made_at=AT, usable=True, copied_from=None, continuous=False)


def look(*found: Resource, gaps: tuple[Gap, ...] = ()) -> Look:
    resources: dict[str, tuple[Resource, ...]] = dict.fromkeys(kinds(), ())
    for one in found:
        resources[one.kind] = (*resources[one.kind], one)
    seen = Evidence(Source.LIVE, "test", AT)
    regions = ("eu-west-1", "eu-central-1")
    return Look(
        Estate(Source.LIVE, ACCOUNT, "", regions, AT, resources, dict.fromkeys([(k, "") for k in kinds()], seen), gaps)
    )


def snapshot_of(seen: Look, name: str) -> Snapshot:
    return next(one for one in seen.found(Snapshot) if one.name == name)


COPY = "[Copied snap-01 from eu-west-1] Created for policy: policy-1 schedule: daily"
ORIGINAL = snapshot("snap-01", "vol-0123456789abcdef0", started_at=AT - timedelta(days=2))


def test_an_original_names_its_volume() -> None:
    seen = look(ORIGINAL)
    assert snapshot_of(seen, "snap-01").source == OF_VOLUME
    assert snapshot_of(seen, "snap-01").copied_from is None


def test_a_copy_is_of_the_volume_of_its_original_and_as_old() -> None:
    copy = snapshot_of(look(ORIGINAL, snapshot("snap-02", "vol-ffffffff", COPY, "eu-central-1")), "snap-02")
    assert (copy.source, copy.made_at, copy.copied_from) == (OF_VOLUME, AT - timedelta(days=2), "snap-01")


@pytest.mark.parametrize("volume", ["vol-ffff", "vol-ffffffff", "vol-0000000000other00"])
def test_a_copy_is_known_by_its_words_whatever_volume_it_names(volume: str) -> None:
    assert snapshot_of(look(ORIGINAL, snapshot("snap-02", volume, COPY)), "snap-02").source == OF_VOLUME


def test_a_copy_of_a_copy() -> None:
    again = snapshot("snap-03", "vol-ffffffff", "[Copied snap-02 from eu-central-1]")
    seen = look(ORIGINAL, snapshot("snap-02", "vol-ffffffff", COPY, "eu-central-1"), again)
    assert snapshot_of(seen, "snap-03").source == OF_VOLUME


def test_copies_that_name_each_other_end() -> None:
    one = snapshot("snap-01", "vol-ffffffff", "[Copied snap-02 from eu-west-1]")
    other = snapshot("snap-02", "vol-ffffffff", "[Copied snap-01 from eu-west-1]")
    assert snapshot_of(look(one, other), "snap-01").of_volume == ""


def test_aws_backup_knows_the_source_of_its_copies() -> None:
    copy = snapshot("snap-02", "vol-ffffffff", "This snapshot is created by the AWS Backup service.", "eu-central-1")
    assert snapshot_of(look(copy, point(copy.id, OF_VOLUME)), "snap-02").source == OF_VOLUME


def test_a_copied_image_copies_its_snapshots() -> None:
    said = "Copied for DestinationAmi ami-02 from SourceAmi ami-01 for SourceSnapshot snap-01. Task created on 1,6."
    assert (
        snapshot_of(look(ORIGINAL, snapshot("snap-02", "vol-ffffffff", said, "eu-central-1")), "snap-02").source
        == OF_VOLUME
    )


def test_a_tag_may_name_the_volume() -> None:
    copy = snapshot("snap-02", "vol-ffffffff", "nightly", tags={"Volume": "vol-0123456789abcdef0"})
    assert snapshot_of(look(copy), "snap-02").source == OF_VOLUME


def test_two_named_volumes_tell_nothing() -> None:
    copy = snapshot("snap-02", "vol-ffffffff", "vol-0123456789abcdef0 and vol-0123456789abcdef1")
    assert snapshot_of(look(copy), "snap-02").of_volume == ""


def test_of_a_copy_that_nothing_tells_the_source_is_unknown() -> None:
    copy = snapshot_of(look(snapshot("snap-02", "vol-ffffffff")), "snap-02")
    assert copy.of_volume == ""
    with pytest.raises(CouldNotCheck, match="nothing tells what snap-02 was made of"):
        _ = copy.source


def test_a_copy_whose_original_may_be_out_of_sight_is_unknown() -> None:
    gap = (Gap("aws.ec2.snapshot", "eu-west-1", DENIED),)
    with pytest.raises(CouldNotCheck):
        _ = snapshot_of(look(snapshot("snap-02", "vol-ffffffff", COPY), gaps=gap), "snap-02").of_volume


def test_a_copy_that_nothing_tells_does_not_cloud_the_backups_of_every_volume() -> None:
    volume = resource(Volume, OF_VOLUME)
    seen = look(volume, ORIGINAL, snapshot("snap-02", "vol-ffffffff"))
    made = seen.found(Volume)[0].made
    assert ([one.id for one in made.whole()], made.missing) == ([ORIGINAL.id], None)


def test_a_list_that_is_cut_short_does() -> None:
    seen = look(resource(Volume, OF_VOLUME), ORIGINAL, gaps=(Gap("aws.ec2.snapshot", "eu-central-1", DENIED),))
    made = seen.found(Volume)[0].made
    assert (len(made.known), made.missing) == (1, DENIED)


def test_an_image_is_of_the_instance_it_names() -> None:
    assert look(image("ami-01", source_instance="i-0123456789abcdef0")).found(Image)[0].source == OF_INSTANCE


def test_a_copied_image_is_of_the_instance_of_its_original() -> None:
    copy = image("ami-02", "eu-central-1", source_image="ami-01", source_region="eu-west-1")
    seen = look(image("ami-01", source_instance="i-0123456789abcdef0"), copy)
    found = next(one for one in seen.found(Image) if one.name == "ami-02")
    assert (found.source, found.copied_from) == (OF_INSTANCE, "ami-01")


def test_the_snapshots_of_an_image_name_its_instance() -> None:
    said = "Created by CreateImage(i-0123456789abcdef0) for ami-01"
    part = snapshot("snap-01", "vol-0123456789abcdef0", said)
    assert look(image("ami-01", snapshots=("snap-01",)), part).found(Image)[0].source == OF_INSTANCE


def test_an_image_built_from_nothing_is_of_no_instance() -> None:
    instance = resource(Instance, OF_INSTANCE)
    seen = look(instance, image("ami-01"))
    assert seen.found(Image)[0].of_instance == ""
    assert seen.found(Instance)[0].made.whole() == ()


def test_a_restart_does_not_make_an_instance_young() -> None:
    raw = {
        "LaunchTime": AT,
        "BlockDeviceMappings": [{"Ebs": {"AttachTime": AT - timedelta(days=400)}}, {"Ebs": {}}],
        "NetworkInterfaces": [{"Attachment": {"AttachTime": AT - timedelta(days=300)}}],
    }
    assert first_seen(raw) == AT - timedelta(days=400)


def test_an_instance_with_one_plain_volume_is_not_encrypted() -> None:
    instance = resource(Instance, OF_INSTANCE, volumes=("vol-1", "vol-2"))
    head = OF_INSTANCE.rpartition(":")[0]
    sealed = resource(Volume, f"{head}:volume/vol-1", encrypted=True, key="k")
    plain = resource(Volume, f"{head}:volume/vol-2", encrypted=False, key=None)
    assert look(instance, sealed, plain).found(Instance)[0].encrypted is False
    with pytest.raises(CouldNotCheck, match="2 different keys"):
        _ = look(instance, sealed, plain).found(Instance)[0].key
