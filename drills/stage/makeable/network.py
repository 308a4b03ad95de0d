"""Networks, subnets and security groups of EC2: found again by the name that they are tagged with at their creation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class Vpc(Makeable):
    """A network without a way out: a drill makes no gateway."""

    kind: ClassVar[str] = "ec2:vpc"
    made_by: ClassVar[Mapping[str, str]] = {"ec2:CreateVpc": ""}
    seen_by: ClassVar[tuple[str, ...]] = ("ec2:DescribeVpcs",)
    removed_by: ClassVar[tuple[str, ...]] = ("ec2:DeleteVpc",)
    before: ClassVar[tuple[str, ...]] = ("ec2:subnet", "ec2:security-group")
    dated: ClassVar[bool] = False
    busy: ClassVar[tuple[str, ...]] = ("DependencyViolation",)

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        return next(iter(_having(calls, self, "Vpcs", "VpcId", identifier)), None)

    def remove(self, calls: Calls, identifier: str) -> None:
        """Delete it."""
        for one in _having(calls, self, "Vpcs", "VpcId", identifier):
            calls.one("ec2:DeleteVpc", VpcId=_id(one))

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        return _having(calls, self, "Vpcs", "VpcId", f"{prefix}*")


class Subnet(Makeable):
    """A subnet of a network of the run."""

    kind: ClassVar[str] = "ec2:subnet"
    made_by: ClassVar[Mapping[str, str]] = {"ec2:CreateSubnet": ""}
    seen_by: ClassVar[tuple[str, ...]] = ("ec2:DescribeSubnets",)
    removed_by: ClassVar[tuple[str, ...]] = ("ec2:DeleteSubnet",)
    dated: ClassVar[bool] = False
    busy: ClassVar[tuple[str, ...]] = ("DependencyViolation",)

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        return next(iter(_having(calls, self, "Subnets", "SubnetId", identifier)), None)

    def remove(self, calls: Calls, identifier: str) -> None:
        """Delete it."""
        for one in _having(calls, self, "Subnets", "SubnetId", identifier):
            calls.one("ec2:DeleteSubnet", SubnetId=_id(one))

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        return _having(calls, self, "Subnets", "SubnetId", f"{prefix}*")


class SecurityGroup(Makeable):
    """A security group in a network of the run."""

    kind: ClassVar[str] = "ec2:security-group"
    made_by: ClassVar[Mapping[str, str]] = {"ec2:CreateSecurityGroup": "GroupName"}
    changed_by: ClassVar[tuple[str, ...]] = (
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
    )
    seen_by: ClassVar[tuple[str, ...]] = ("ec2:DescribeSecurityGroups",)
    removed_by: ClassVar[tuple[str, ...]] = ("ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup")
    dated: ClassVar[bool] = False
    busy: ClassVar[tuple[str, ...]] = ("DependencyViolation",)

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        return next(iter(_having(calls, self, "SecurityGroups", "GroupId", identifier)), None)

    def remove(self, calls: Calls, identifier: str) -> None:
        """Take its rules away, then delete it: two groups that name each other can be deleted in no order."""
        named = [{"Name": "tag:Name", "Values": [identifier]}]
        for one in calls.every("ec2:DescribeSecurityGroups", "SecurityGroups", Filters=named):
            if one.get("IpPermissions"):
                # A group that a rule names may be gone by now.
                calls.unless(
                    "InvalidGroup.NotFound",
                    operation="ec2:RevokeSecurityGroupIngress",
                    GroupId=one["GroupId"],
                    IpPermissions=one["IpPermissions"],
                )
            calls.one("ec2:DeleteSecurityGroup", GroupId=one["GroupId"])

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        return _having(calls, self, "SecurityGroups", "GroupId", f"{prefix}*")


def _having(calls: Calls, kind: Makeable, member: str, identifier: str, name: str) -> list[Seen]:
    told = [{"Name": "tag:Name", "Values": [name]}]
    found = calls.every(kind.seen_by[0], member, Filters=told)
    return [_seen(calls, kind.kind, identifier, one) for one in found]


def _seen(calls: Calls, kind: str, identifier: str, one: Mapping[str, Any]) -> Seen:
    tags = {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
    arn = f"arn:aws:ec2:{calls.region}:{calls.account}:{kind.partition(':')[2]}/{one[identifier]}"
    return Seen(tags["Name"], arn, None, tags, one.get("State", ""))


def _id(seen: Seen) -> str:
    return seen.arn.rpartition("/")[2]
