"""EBS volumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import flag, instant, tag_list, text, tuple_of, whole
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, gathered
from scanner.model.origin import Listing, call, item
from scanner.resources.dlm import Policy
from scanner.resources.ec2 import instances, snapshots
from scanner.resources.ec2.schedules import (
    POLICY_FACTS,
    Scheduled,
    runs_of,
    sibling,
    smallest_loss,
    targets_volume,
    targets_volume_of,
)  # fmt: skip
from scanner.resources.protection import (
    Cover,
    Made,
    Recoverable,
    backups,
    backups_needs,
    cover_needs,
    covers,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attachment:
    """An instance that a volume is attached to, and the device it is there."""

    instance: str
    device: str = ""


def attachment(raw: Mapping[str, Any]) -> Attachment:
    """Read an attachment."""
    return Attachment(raw["InstanceId"], raw.get("Device") or "")


def attached(volume: Volume, look: Look) -> Iterator[tuple[instances.Instance, str]]:
    """Yield the instances a volume is attached to, with its device there; raise where one was not seen."""
    for one in volume.attachments:
        instance = look.one(instances.Instance, sibling(volume, f"instance/{one.instance}"))
        if instance is not None:
            yield instance, one.device


def volume_covers(volume: Volume, look: Look) -> Partial[Cover]:
    """Give the plan rules that take a volume itself or an instance it is attached to.

    AWS Backup takes an instance with all its volumes (developer guide, "Amazon EC2 backups").
    """
    own = covers(volume, look)
    theirs = gathered(attached(volume, look), lambda one: (one[0].plans,))
    known = (*own.known, *(cover for plans in theirs.known for cover in plans.known))
    missing = own.missing or theirs.missing or next((plans.missing for plans in theirs.known if plans.missing), None)
    return Partial(tuple(dict.fromkeys(known)), missing)


def scheduled(volume: Volume, look: Look) -> Partial[Scheduled]:
    """Give the lifecycle schedules that take a volume, by its own tags or with an instance it is attached to."""

    def boots() -> bool:
        return any(device == instance.root_device for instance, device in attached(volume, look))

    def takes(policy: Policy) -> Iterable[Scheduled]:
        if targets_volume(policy, volume, boots):
            return runs_of(policy)
        if any(targets_volume_of(policy, instance, volume, device) for instance, device in attached(volume, look)):
            return runs_of(policy)
        return ()

    return gathered(look.where(Policy, Policy.state, "ENABLED", region=volume.region), takes)


def snapped(volume: Volume, look: Look) -> Partial[Made]:
    """Give the backups of a volume: snapshots that can be told to be of it, and recovery points."""
    return backups(volume, look, {snapshots.Snapshot: snapshots.Snapshot.of_volume})


class Volume(Recoverable):
    """An EBS volume."""

    kind = "aws.ec2.volume"
    title = "EBS volume"
    backup_type = "EBS"
    listed_by = Listing(
        call("ec2:DescribeVolumes"), "Volumes[]",
        id="arn:{partition}:ec2:{region}:{account}:volume/{VolumeId}", name="{VolumeId}",
        where="State != 'deleting' && State != 'deleted'",
    )  # fmt: skip

    # EC2 leaves out what is empty: tags, attachments, and the key of what is not encrypted.
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    created_at: Fact[datetime] = fact("When it was created.", live=item("CreateTime", instant))
    encrypted: Fact[bool] = fact("Its data is encrypted at rest.", live=item("Encrypted", flag))
    key: Fact[str | None] = fact(
        "The KMS key its data is encrypted with; none for no encryption.", live=item("KmsKeyId", text, absent=None)
    )
    state: Fact[str] = fact("Its state: in-use, available, ...", live=item("State", text))
    type: Fact[str] = fact("Its type: gp3, io2, ...", live=item("VolumeType", text))
    size: Fact[int] = fact("Its size in GiB.", live=item("Size", whole))
    attachments: Fact[tuple[Attachment, ...]] = fact(
        "The instances it is attached to.", live=item("Attachments", tuple_of(attachment), absent=())
    )
    plans: Fact[Partial[Cover]] = derived(
        "The AWS Backup plan rules that select it or an instance it is attached to.",
        needs=lambda kind: [*cover_needs(kind), kind.attachments, instances.Instance.plans],
        by=volume_covers,
    )
    schedules: Fact[Partial[Scheduled]] = derived(
        "The schedules of enabled lifecycle policies that take it or an instance it is attached to.",
        needs=lambda kind: [
            kind.tags, kind.type, kind.attachments, instances.Instance.tags, instances.Instance.root_device,
            *POLICY_FACTS,
        ],
        by=scheduled,
    )  # fmt: skip
    made: Fact[Partial[Made]] = derived(
        "The backups of it that exist; a copy whose volume nothing tells is not counted.",
        needs=lambda kind: backups_needs(kind, {snapshots.Snapshot: snapshots.Snapshot.of_volume}),
        by=snapped,
    )
    native: Fact[bool] = derived(
        "It keeps backups of its own, without AWS Backup: by a lifecycle policy.",
        needs=lambda kind: [kind.schedules],
        by=lambda volume, _: bool(volume.schedules.known or volume.schedules.whole()),
    )
    native_loss: Fact[timedelta | None] = derived(
        "The most data that its lifecycle schedules can lose: the longest stretch between two runs.",
        needs=lambda kind: [kind.schedules],
        by=smallest_loss,
    )
