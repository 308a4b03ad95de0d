"""The state of a configuration: read from AWS under the names that people gave, so that two of them can be compared.

Identifiers that AWS gives are in none of it: what is made anew has others. No value of a secret or of a SecureString is
ever read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from drills.stage.port import Calls
from drills.stage.refusals import Inconclusive

State = Mapping[str, Mapping[str, Any]]
#: The sections of a state, in the order in which they are made, and what each is called.
SECTIONS = {
    "network": "the network",
    "subnets": "the subnets",
    "security_groups": "the security groups",
    "routes": "the routes",
    "parameter_groups": "the parameter groups",
    "parameters": "the parameters",
    "secrets": "what is known of the secrets",
}
FORMAT = "backup-scan/configuration-export/1"


def network_of(calls: Calls, named: str) -> dict[str, Any]:
    """Read a network, told by its identifier or by its tag Name: its addresses, subnets, groups and routes."""
    told = [{"Name": "vpc-id" if named.startswith("vpc-") else "tag:Name", "Values": [named]}]
    found = calls.every("ec2:DescribeVpcs", "Vpcs", Filters=told)
    if len(found) != 1:
        raise Inconclusive(f"found {len(found)} VPCs {named} in {calls.region}, expected one")
    vpc = found[0]["VpcId"]
    inside = [{"Name": "vpc-id", "Values": [vpc]}]
    subnets = calls.every("ec2:DescribeSubnets", "Subnets", Filters=inside)
    groups = calls.every("ec2:DescribeSecurityGroups", "SecurityGroups", Filters=inside)
    tables = calls.every("ec2:DescribeRouteTables", "RouteTables", Filters=inside)
    names = {one["SubnetId"]: name_of(one, one["CidrBlock"]) for one in subnets}
    called = {one["GroupId"]: group_name(one) for one in groups}
    return {
        "network": {"addresses": found[0]["CidrBlock"]},
        "subnets": {
            names[one["SubnetId"]]: {"addresses": one["CidrBlock"], "zone": one["AvailabilityZone"]} for one in subnets
        },
        "security_groups": {
            group_name(one): {
                "description": one.get("Description", ""),
                "in": rules(one.get("IpPermissions", ()), called),
                "out": rules(one.get("IpPermissionsEgress", ()), called),
            }
            for one in groups
            if one["GroupName"] != "default"
        },
        "routes": {
            route["DestinationCidrBlock"]: _way(route)
            for table in tables
            for route in table.get("Routes", ())
            if "DestinationCidrBlock" in route and _way(route) != "local"
        },
    }


def settings_of(
    calls: Calls, groups: Sequence[str], parameters: Sequence[str], secrets: Sequence[str]
) -> dict[str, Any]:
    """Read parameter groups of databases, parameters, and what is known of secrets."""
    return {
        "parameter_groups": {name: parameter_group(calls, name) for name in groups},
        "parameters": {name: found for name in parameters if (found := parameter(calls, name)) is not None},
        "secrets": {name: found for name in secrets if (found := secret(calls, name)) is not None},
    }


def parameter_group(calls: Calls, name: str) -> dict[str, Any]:
    """Read what a parameter group changes."""
    group = calls.every("rds:DescribeDBParameterGroups", "DBParameterGroups", DBParameterGroupName=name)[0]
    told = calls.every("rds:DescribeDBParameters", "Parameters", DBParameterGroupName=name, Source="user")
    values = {one["ParameterName"]: one["ParameterValue"] for one in told if "ParameterValue" in one}
    return {"family": group["DBParameterGroupFamily"], "description": group["Description"], "values": values}


def parameter(calls: Calls, name: str) -> dict[str, Any] | None:
    """Read a parameter; of one that is encrypted only that it is there. None where there is none."""
    kinds = {"Key": "Name", "Option": "Equals", "Values": [name]}
    found = calls.every("ssm:DescribeParameters", "Parameters", ParameterFilters=[kinds])
    if not found:
        return None
    told: dict[str, Any] = {"type": found[0]["Type"]}
    if told["type"] != "SecureString":
        told["value"] = calls.one("ssm:GetParameter", Name=name)["Parameter"]["Value"]
    return told


def secret(calls: Calls, name: str) -> dict[str, Any] | None:
    """Read what is known of a secret, and nothing of what is in it."""
    found = calls.unless("ResourceNotFoundException", operation="secretsmanager:DescribeSecret", SecretId=name)
    if found is None:
        return None
    return {
        "key": found.get("KmsKeyId", ""),
        "rotates": bool(found.get("RotationEnabled")),
        "replicas": sorted(one["Region"] for one in found.get("ReplicationStatus", ())),
    }


def rules(permissions: Sequence[Mapping[str, Any]], called: Mapping[str, str]) -> list[list[Any]]:
    """Give the rules of a group, one source each, in an order of their own; groups by their names."""
    found = []
    for one in permissions:
        ports = [one["IpProtocol"], one.get("FromPort", -1), one.get("ToPort", -1)]
        found += [[*ports, "addresses", each["CidrIp"]] for each in one.get("IpRanges", ())]
        found += [[*ports, "addresses-6", each["CidrIpv6"]] for each in one.get("Ipv6Ranges", ())]
        found += [[*ports, "list", each["PrefixListId"]] for each in one.get("PrefixListIds", ())]
        found += [
            [*ports, "group", called.get(each["GroupId"], each["GroupId"])] for each in one.get("UserIdGroupPairs", ())
        ]
    return sorted(found, key=str)


def name_of(one: Mapping[str, Any], otherwise: str) -> str:
    """Give the name that somebody gave it by a tag."""
    tags = {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
    return str(tags.get(CALLED) or tags.get("Name") or otherwise)


def group_name(one: Mapping[str, Any]) -> str:
    """Give the name of a security group; of one that is made anew, that of the one whose place it takes."""
    return name_of({"Tags": [tag for tag in one.get("Tags", ()) if tag["Key"] == CALLED]}, one["GroupName"])


#: The tag under which something that is made anew says whose place it takes.
CALLED = "bkpdrill:in-place-of"


def exported(path: str) -> dict[str, Any]:
    """Read an export of a configuration."""
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Inconclusive(f"the export {path} cannot be read: {type(error).__name__}") from None
    if not isinstance(told, dict) or told.get("schema") != FORMAT:
        raise Inconclusive(f"the export {path} is no {FORMAT}")
    return {name: told.get(name, {}) for name in SECTIONS}


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Name what is not the same; never what it says."""
    told = [f"{name} is missing" for name in sorted(before.keys() - after.keys())]
    told += [f"{name} is new" for name in sorted(after.keys() - before.keys())]
    return told + [f"{name} differs" for name in sorted(before.keys() & after.keys()) if before[name] != after[name]]


def _way(route: Mapping[str, Any]) -> str:
    """Say what kind of thing a route leads to."""
    for key in ("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId"):
        if value := route.get(key):
            return "local" if value == "local" else str(value).partition("-")[0]
    return "nothing"
