"""Subnet groups called default: what AWS puts databases, warehouses and caches into when nobody says otherwise.

They hold the subnets of the default VPC, and are not there where that VPC is gone.
"""

from typing import Any

from scanner.emulation.answers import Call, MotoRefused, answers
from scanner.emulation.wire import Document

DEFAULT = "default"


def default_subnets(call: Call) -> list[Any]:
    """Moto's subnets of the default VPC."""
    ec2 = call.backend("ec2")
    own = {vpc.id for vpc in ec2.vpcs.values() if vpc.is_default == "true" or vpc.is_default is True}
    return [subnet for zone in ec2.subnets.values() for subnet in zone.values() if subnet.vpc_id in own]


def database_subnets(call: Call, name: str | None) -> Document | None:
    """A subnet group as a database describes it; the default one without a name."""
    held = call.backend("rds").subnet_groups.get(name) if name and name != DEFAULT else None
    subnets = _known(call, held.subnets) if held else default_subnets(call)
    if not subnets:
        return None
    return {
        "DBSubnetGroupName": name or DEFAULT,
        "DBSubnetGroupDescription": held.description if held else DEFAULT,
        "VpcId": subnets[0].vpc_id,
        "SubnetGroupStatus": "Complete",
        "Subnets": [_database_subnet(subnet) for subnet in subnets],
        "DBSubnetGroupArn": f"arn:aws:rds:{call.region}:{call.account}:subgrp:{name or DEFAULT}",
    }


def _known(call: Call, subnets: list[Any]) -> list[Any]:
    """Moto's subnets; its groups of databases hold their descriptions."""
    wanted = [each["SubnetIdentifier"] if isinstance(each, dict) else each.id for each in subnets]
    held = {subnet.id: subnet for zone in call.backend("ec2").subnets.values() for subnet in zone.values()}
    return [held[each] for each in wanted if each in held]


def _database_subnet(subnet: Any) -> Document:
    return {
        "SubnetIdentifier": subnet.id,
        "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
        "SubnetStatus": "Active",
    }


def default_groups(call: Call) -> list[str]:
    """The default security group of the default VPC."""
    vpcs = {subnet.vpc_id for subnet in default_subnets(call)}
    return [
        group.id
        for vpc, groups in call.backend("ec2").groups.items()
        if vpc in vpcs
        for group in groups.values()
        if group.name == DEFAULT
    ]


@answers("rds:DescribeDBSubnetGroups")
def describe_database_groups(call: Call) -> Document:
    return _with_default(call, "DBSubnetGroups", "DBSubnetGroupName", database_subnets(call, None))


@answers("redshift:DescribeClusterSubnetGroups")
def describe_warehouse_groups(call: Call) -> Document:
    subnets = default_subnets(call)
    group = {
        "ClusterSubnetGroupName": DEFAULT,
        "Description": DEFAULT,
        "VpcId": subnets[0].vpc_id if subnets else "",
        "SubnetGroupStatus": "Complete",
        "Subnets": [_database_subnet(subnet) for subnet in subnets],
        "Tags": [],
    }
    return _with_default(call, "ClusterSubnetGroups", "ClusterSubnetGroupName", group if subnets else None)


@answers("elasticache:DescribeCacheSubnetGroups")
def describe_cache_groups(call: Call) -> Document:
    subnets = default_subnets(call)
    group = {
        "CacheSubnetGroupName": DEFAULT,
        "CacheSubnetGroupDescription": DEFAULT,
        "VpcId": subnets[0].vpc_id if subnets else "",
        "Subnets": [{"SubnetIdentifier": subnet.id} for subnet in subnets],
        "ARN": f"arn:aws:elasticache:{call.region}:{call.account}:subnetgroup:{DEFAULT}",
    }
    return _with_default(call, "CacheSubnetGroups", "CacheSubnetGroupName", group if subnets else None)


def _with_default(call: Call, member: str, name: str, group: Document | None) -> Document:
    """Moto's groups and the default one, which it lacks."""
    asked = call.params.get(name)
    try:
        answer = call.moto()
    except MotoRefused:
        if asked != DEFAULT or group is None:
            raise
        answer = {member: []}
    known = {each[name] for each in answer[member]}
    if group is not None and DEFAULT not in known and asked in (None, DEFAULT):
        answer[member] = [group, *answer[member]]
    return answer
