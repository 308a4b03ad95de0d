"""Which lifecycle policies take which instances and volumes, and what their schedules promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scanner.model.errors import CouldNotCheck
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, any_of, gathered
from scanner.model.resource import Resource
from scanner.resources.aws_backup.plans import PlanRule
from scanner.resources.aws_backup.rhythm import longest_gap as plan_gap
from scanner.resources.aws_backup.rhythm import often_enough, readable
from scanner.resources.dlm import Policy, SnapshotSchedule, longest_gap
from scanner.resources.protection import Cover

if TYPE_CHECKING:
    from scanner.resources.ec2.instances import Instance
    from scanner.resources.ec2.volumes import Volume

#: The facts of a policy by which it is decided what it takes.
POLICY_FACTS = (
    Policy.state, Policy.type, Policy.default, Policy.target_types, Policy.target_tags, Policy.excludes,
    Policy.schedules,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One schedule of an enabled lifecycle policy that takes a resource."""

    policy: str
    name: str
    schedule: SnapshotSchedule
    #: what the policy makes: EBS_SNAPSHOT_MANAGEMENT or IMAGE_MANAGEMENT
    type: str = ""


def sibling(resource: Resource, tail: str) -> str:
    """Give the ARN of another EC2 resource of the same region and account: `volume/vol-1`."""
    return ":".join((*resource.id.split(":", 5)[:5], tail))


def runs_of(policy: Policy) -> Iterable[Scheduled]:
    """Give the schedules of a policy that takes a resource."""
    return tuple(Scheduled(policy.id, policy.name, one, policy.type) for one in policy.schedules)


def targets_instance(policy: Policy, instance: Instance) -> bool:
    """Say whether a policy takes an instance, as image or volume by volume.

    A custom policy takes what carries any of its target tags; a default one takes all but what it excludes.
    """
    if policy.type == "EVENT_BASED_POLICY" or "INSTANCE" not in policy.target_types:
        return False
    if policy.default:
        return not policy.excludes.name(instance.tags)
    return _tagged(instance.tags, policy)


def targets_volume(policy: Policy, volume: Volume, boots: Callable[[], bool]) -> bool:
    """Say whether a policy takes a volume by the volume's own marks; `boots` tells whether an instance boots from it."""
    if policy.type == "EVENT_BASED_POLICY" or "VOLUME" not in policy.target_types:
        return False
    if policy.default:
        out = policy.excludes
        if volume.type in out.volume_types or out.name(volume.tags):
            return False
        return not (out.boot_volumes and boots())
    return _tagged(volume.tags, policy)


def _tagged(tags: Mapping[str, str], policy: Policy) -> bool:
    return any_of(policy.target_tags, lambda one: tags.get(one[0]) == one[1])


def targets_volume_of(policy: Policy, instance: Instance, volume: Volume, device: str) -> bool:
    """Say whether a policy takes a volume with the instance it is attached to."""
    if not targets_instance(policy, instance):
        return False
    if policy.default:
        return True
    out = policy.excludes
    if device == instance.root_device:
        return not out.boot_volumes
    return not out.tags or not out.name(volume.tags)


def smallest_loss(store: Any, look: Look) -> timedelta | None:
    """Give the shortest of the longest stretches between two runs; None without a schedule."""
    at = look.estate.taken_at
    gaps = [gap for one in store.schedules.whole() if (gap := longest_gap(one.schedule, at)) is not None]
    return min(gaps, default=None)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What takes a resource again and again, the longest stretch between two times, and whether that is short enough."""

    by: str
    gap: timedelta | None
    enough: bool


def rhythms(plans: Partial[Cover], schedules: Partial[Scheduled], every: timedelta, at: datetime) -> Partial[Rhythm]:
    """Give what takes a resource: all plan rules together, and each lifecycle schedule."""

    def of_plans(rules: list[PlanRule]) -> Iterable[Rhythm]:
        by = f"backup plan {', '.join(sorted({cover.plan_name for cover in plans.known}))}"
        try:
            yield Rhythm(by, plan_gap(rules, at), often_enough(rules, every, at))
        except CouldNotCheck:
            certain = readable(rules)
            if not often_enough(certain, every, at):
                raise
            yield Rhythm(by, plan_gap(certain, at), enough=True)

    def of_schedule(one: Scheduled) -> Iterable[Rhythm]:
        gap = longest_gap(one.schedule, at)
        yield Rhythm(f"lifecycle policy {one.name}", gap, gap is not None and gap <= every)

    rules = [cover.rule for cover in plans.known]
    planned = gathered([rules] if rules else [], of_plans)
    scheduled = gathered(schedules.known, of_schedule)
    missing = plans.missing or schedules.missing or planned.missing or scheduled.missing
    return Partial((*planned.known, *scheduled.known), missing)
