"""Isolation: what comes back talks to nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from drills.stage.guards.guard import Broken, Guard

if TYPE_CHECKING:
    from drills.plan.model import Subject
    from drills.stage.guards.situation import Situation
    from drills.stage.port import Calls

#: Kinds of subject whose copy stands in a network.
_IN_A_NETWORK = ("database", "cluster", "file-system", "volume")
_EVERYWHERE = ("0.0.0.0/0", "::/0")


class Isolated(Guard):
    """Copies stand in a VPC without a way out, in security groups that let nothing out into the world and nothing in.

    A restored application sends mails, runs jobs and joins queues as if it were the real one. So the VPC has no
    internet, NAT or VPN gateway, no peering and no transit gateway, and the plan names subnets and security groups
    rather than taking those of the source.
    """

    number: ClassVar[str] = "G9"
    name: ClassVar[str] = "isolated"
    asks: ClassVar[bool] = True

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Ask EC2 about the VPC, and about the groups that the plan names."""
        inside = [subject for subject in now.subjects if subject.kind in _IN_A_NETWORK]
        if not inside:
            return
        vpc = str(now.settings.get("vpc", ""))
        if not vpc:
            yield Broken("the plan names no isolated VPC", "name it under targets.sandbox.vpc")
            return
        for region in sorted({subject.region for subject in inside}):
            calls = now.calls(region)
            if calls.unless("InvalidVpcID.NotFound", operation="ec2:DescribeVpcs", VpcIds=[vpc]) is None:
                yield Broken(f"there is no VPC {vpc} in {region}", "drill that region with a plan of its own")
                continue
            for way in _ways_out(calls, vpc):
                yield Broken(f"VPC {vpc} in {region} has {way}", "take it away, or name an isolated VPC")
            here = [subject for subject in inside if subject.region == region]
            yield from _groups(calls, vpc, here)


def _ways_out(calls: Calls, vpc: str) -> Iterator[str]:
    for operation, member, name, says in _WAYS:
        for one in calls.every(operation, member, Filters=[{"Name": name, "Values": [vpc]}]):
            if _status(one) not in ("deleted", "deleting", "rejected", "expired", "failed", "detached"):
                yield says.format(**{key: value for key, value in one.items() if isinstance(value, str)})
    # This one alone has no filter by VPC (EC2 API reference).
    for one in calls.every("ec2:DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"):
        if any(at.get("VpcId") == vpc for at in one.get("Attachments", ())):
            yield f"egress-only internet gateway {one['EgressOnlyInternetGatewayId']}"


#: An operation, the list in its answer, the filter by VPC, and what is said of what it finds.
_WAYS = (
    ("ec2:DescribeInternetGateways", "InternetGateways", "attachment.vpc-id", "internet gateway {InternetGatewayId}"),
    ("ec2:DescribeNatGateways", "NatGateways", "vpc-id", "NAT gateway {NatGatewayId}"),
    ("ec2:DescribeVpnGateways", "VpnGateways", "attachment.vpc-id", "VPN gateway {VpnGatewayId}"),
    (
        "ec2:DescribeTransitGatewayVpcAttachments",
        "TransitGatewayVpcAttachments",
        "vpc-id",
        "transit gateway {TransitGatewayId}",
    ),
    (
        "ec2:DescribeVpcPeeringConnections",
        "VpcPeeringConnections",
        "requester-vpc-info.vpc-id",
        "peering {VpcPeeringConnectionId}",
    ),
    (
        "ec2:DescribeVpcPeeringConnections",
        "VpcPeeringConnections",
        "accepter-vpc-info.vpc-id",
        "peering {VpcPeeringConnectionId}",
    ),
)


def _status(one: Mapping[str, Any]) -> str:
    told = one.get("Status", one.get("State", ""))  # a structure of peerings, a word of the others
    return str(told.get("Code", "") if isinstance(told, Mapping) else told)


def _groups(calls: Calls, vpc: str, subjects: Sequence[Subject]) -> Iterator[Broken]:
    named: dict[str, str] = {}
    for subject in subjects:
        given = subject.restore_with.get("security_groups", ())
        groups = [given] if isinstance(given, str) else list(given)
        if not groups:
            yield Broken(
                f"{subject.name} would be restored into the security groups of its source",
                "name those of the isolated VPC under restore_with.security_groups",
            )
        if subject.kind in ("database", "cluster") and "subnet_group" not in subject.restore_with:
            yield Broken(
                f"{subject.name} would be restored into the subnets of its source",
                "name a subnet group of the isolated VPC under restore_with.subnet_group",
            )
        named.update((group, subject.name) for group in groups)
    if not named:
        return
    asked = [{"Name": "group-id", "Values": sorted(named)}]  # by a filter, one that is missing is no error
    found = {one["GroupId"]: one for one in calls.every("ec2:DescribeSecurityGroups", "SecurityGroups", Filters=asked)}
    for group, subject_name in sorted(named.items()):
        one = found.get(group)
        if one is None or one.get("VpcId") != vpc:
            yield Broken(f"security group {group} of {subject_name} is not in VPC {vpc}", "name one that is")
            continue
        for rules, way in (
            ("IpPermissionsEgress", "lets everything out to"),
            ("IpPermissions", "lets everybody in from"),
        ):
            for address in sorted(_open(one.get(rules, ()))):
                yield Broken(f"security group {group} of {subject_name} {way} {address}", "take that rule away")


def _open(rules: Sequence[Mapping[str, Any]]) -> set[str]:
    ranges = [
        *(one.get("CidrIp", "") for rule in rules for one in rule.get("IpRanges", ())),
        *(one.get("CidrIpv6", "") for rule in rules for one in rule.get("Ipv6Ranges", ())),
    ]
    return {one for one in ranges if one in _EVERYWHERE}
