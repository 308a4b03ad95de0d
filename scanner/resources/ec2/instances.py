"""EC2 instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import instant, tag_list, text, tuple_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial, all_of, gathered
from scanner.model.origin import Listing, call, item
from scanner.model.reading import Reason, Unknown
from scanner.resources.dlm import Policy
from scanner.resources.ec2 import images as amis
from scanner.resources.ec2 import volumes as ebs
from scanner.resources.ec2.schedules import (
    POLICY_FACTS,
    Scheduled,
    runs_of,
    sibling,
    smallest_loss,
    targets_instance,
)  # fmt: skip
from scanner.resources.protection import Made, Recoverable, backups, backups_needs


def first_seen(raw: Mapping[str, Any]) -> datetime:
    """Give the earliest instant an instance is known at.

    LaunchTime is when it was started last (DescribeInstances, API reference), so a stop makes an old instance look
    young; what was attached when it was made tells its age.
    """
    seen = [raw.get("LaunchTime"), raw.get("UsageOperationUpdateTime")]
    seen += [(one.get("Ebs") or {}).get("AttachTime") for one in raw.get("BlockDeviceMappings") or ()]
    seen += [(one.get("Attachment") or {}).get("AttachTime") for one in raw.get("NetworkInterfaces") or ()]
    return min(instant(one) for one in seen if one)


def volumes_of(instance: Instance, look: Look) -> Iterator[ebs.Volume]:
    """Yield the volumes of an instance; raise where one was not seen."""
    for short in instance.volumes:
        found = look.one(ebs.Volume, sibling(instance, f"volume/{short}"))
        if found is not None:
            yield found


def sealed(instance: Instance, look: Look) -> bool:
    """Say whether all its volumes are encrypted."""
    return all_of(volumes_of(instance, look), lambda volume: volume.encrypted)


def only_key(instance: Instance, look: Look) -> str | None:
    """Give the one key of all its volumes."""
    keys = {volume.key for volume in volumes_of(instance, look)}
    if len(keys) > 1:
        raise CouldNotCheck(
            Unknown(Reason.UNRESOLVED, f"its volumes have {len(keys)} different keys; each volume is judged itself")
        )
    return keys.pop() if keys else None


def scheduled(instance: Instance, look: Look) -> Partial[Scheduled]:
    """Give the lifecycle schedules that take an instance."""
    policies = look.where(Policy, Policy.state, "ENABLED", region=instance.region)
    return gathered(policies, lambda one: runs_of(one) if targets_instance(one, instance) else ())


def piecewise(instance: Instance, look: Look) -> str | None:  # noqa: ARG001  # the shape of a derived fact
    """Say that lifecycle policies take its volumes one by one, where nothing makes images of it."""
    taking = instance.schedules.whole()
    if not taking or any(one.type == "IMAGE_MANAGEMENT" for one in taking):
        return None
    if instance.plans.known or instance.plans.whole():
        return None
    names = ", ".join(sorted({one.name for one in taking}))
    return f"lifecycle policy {names} takes its volumes one by one, and they are judged themselves"


def imaged(instance: Instance, look: Look) -> Partial[Made]:
    """Give the backups of an instance: images that can be told to be of it, and recovery points."""
    return backups(instance, look, {amis.Image: amis.Image.of_instance})


class Instance(Recoverable):
    """An EC2 instance."""

    kind = "aws.ec2.instance"
    title = "EC2 instance"
    backup_type = "EC2"
    listed_by = Listing(
        call("ec2:DescribeInstances"), "Reservations[].Instances[]",
        id="arn:{partition}:ec2:{region}:{account}:instance/{InstanceId}", name="{InstanceId}",
        where="State.Name != 'terminated' && State.Name != 'shutting-down'",
    )  # fmt: skip

    # EC2 leaves out what is empty: tags, and the volumes of an instance that has none.
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    created_at: Fact[datetime] = fact("The earliest time it is known at.", live=item("@", first_seen))
    state: Fact[str] = fact("Its state: running, stopped, ...", live=item("State.Name", text))
    image: Fact[str] = fact("The image it was launched from.", live=item("ImageId", text))
    root_device: Fact[str] = fact("The device of its root volume.", live=item("RootDeviceName", text, absent=""))
    subnet: Fact[str] = fact("The subnet it stands in.", live=item("SubnetId", text, absent=""))
    volumes: Fact[tuple[str, ...]] = fact(
        "The volumes attached to it.", live=item("BlockDeviceMappings[].Ebs.VolumeId", tuple_of(text), absent=())
    )
    encrypted: Fact[bool] = derived(
        "All its volumes are encrypted.",
        needs=lambda kind: [kind.volumes, ebs.Volume.encrypted],
        by=sealed,
    )
    key: Fact[str | None] = derived(
        "The one KMS key that all its volumes are encrypted with; none for no KMS key.",
        needs=lambda kind: [kind.volumes, ebs.Volume.key],
        by=only_key,
    )
    schedules: Fact[Partial[Scheduled]] = derived(
        "The schedules of enabled lifecycle policies that take it.",
        needs=lambda kind: [kind.tags, *POLICY_FACTS],
        by=scheduled,
    )
    made: Fact[Partial[Made]] = derived(
        "The backups of it that exist; an image whose instance nothing tells is not counted.",
        needs=lambda kind: backups_needs(kind, {amis.Image: amis.Image.of_instance}),
        by=imaged,
    )
    piecewise: Fact[str | None] = derived(
        "Why its volumes are judged and not itself; none where something makes images of it, or nothing takes it.",
        needs=lambda kind: [kind.schedules, kind.plans],
        by=piecewise,
    )
    native: Fact[bool] = derived(
        "It keeps backups of its own, without AWS Backup: by a lifecycle policy.",
        needs=lambda kind: [kind.schedules],
        by=lambda instance, _: bool(instance.schedules.known or instance.schedules.whole()),
    )
    native_loss: Fact[timedelta | None] = derived(
        "The most data that its lifecycle schedules can lose: the longest stretch between two runs.",
        needs=lambda kind: [kind.schedules],
        by=smallest_loss,
    )
