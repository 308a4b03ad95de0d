"""A network of private subnets in each region: no way in from outside, private ways to AWS, all traffic noted."""

from typing import Any

from scanner.emulation.company.monitoring import log_group
from scanner.emulation.company.network import group_subnets, note_traffic
from scanner.emulation.company.site import HOME, RECOVERY, Network, Site

GATEWAYS = ("s3", "dynamodb")
INTERFACES = ("backup", "ebs", "kms", "logs", "secretsmanager", "sts")
# The ports of PostgreSQL and of what else listens for data.
PORTS = (443, 445, 2049, 5432, 5439, 6379, 8182, 27017)


def settle(site: Site) -> None:
    """Make the networks, and what places a store in one."""
    for region in (HOME, RECOVERY):
        _give_up_default(site, region)
        site.network[region] = _private(site, region)
    group_subnets(site, "private", list(site.network[HOME].subnets))


def placed(site: Site, region: str = HOME) -> dict[str, Any]:
    """What places a database in the private subnets."""
    return {"DBSubnetGroupName": "private", "VpcSecurityGroupIds": [site.network[region].group]}


def _give_up_default(site: Site, region: str) -> None:
    """The network that AWS gives every account, whose subnets are public."""
    ec2 = site.client("ec2", region)
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for network in ec2.describe_vpcs()["Vpcs"]:
        ec2.delete_vpc(VpcId=network["VpcId"])


def _private(site: Site, region: str) -> Network:
    ec2 = site.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = []
    for number, zone in enumerate("ab"):
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{region}{zone}")
        subnets.append(subnet["Subnet"]["SubnetId"])
        ec2.modify_subnet_attribute(SubnetId=subnets[-1], MapPublicIpOnLaunch={"Value": False})
    group = ec2.create_security_group(GroupName="data", Description="Data stores", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": group}]}
            for port in PORTS
        ],
    )
    tables = [table["RouteTableId"] for table in ec2.describe_route_tables()["RouteTables"]]
    for service in GATEWAYS:
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=f"com.amazonaws.{region}.{service}",
            VpcEndpointType="Gateway",
            RouteTableIds=tables,
        )
    for service in INTERFACES:
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=f"com.amazonaws.{region}.{service}",
            VpcEndpointType="Interface",
            SubnetIds=subnets,
            SecurityGroupIds=[group],
            PrivateDnsEnabled=True,
        )
    log_group(site, "/exemplar/flows", days=90, key="data" if region == HOME else "data@recovery", region=region)
    note_traffic(site, vpc, "ALL", "/exemplar/flows", region)
    return Network(vpc, tuple(subnets), group)
