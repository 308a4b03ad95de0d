"""The company's networks: private subnets for data, public ones for what serves the public, and an old network apart.

What says nothing else stands in the default VPC, whose subnets are public, as at AWS.
"""

from typing import Any

from scanner.emulation.company.site import HOME, RECOVERY, Network, Site

EVERYONE = [{"CidrIp": "0.0.0.0/0"}]


def settle(site: Site) -> None:
    """Make them, and the groups by which stores are placed."""
    for region in (HOME, RECOVERY):
        _open_default(site, region)
    _main(site)
    _old(site)
    _groups_of_subnets(site)


def subnets(site: Site, name: str) -> list[str]:
    """The subnets of the home region that have a name."""
    found = site.client("ec2").describe_subnets(Filters=[{"Name": "tag:Name", "Values": [name]}])["Subnets"]
    return [each["SubnetId"] for each in found]


def group(site: Site, name: str) -> str:
    """The security group of the home region that has a name."""
    held = [{"Name": "group-name", "Values": [name]}]
    (found,) = site.client("ec2").describe_security_groups(Filters=held)["SecurityGroups"]
    return str(found["GroupId"])


def marked(kind: str, name: str) -> list[Any]:
    """What EC2 calls a name."""
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def _open_default(site: Site, region: str) -> None:
    """The default VPC has a way in from the start; moto leaves it out."""
    ec2 = site.client("ec2", region)
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    _gateway(ec2, vpc, ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"])


def _gateway(ec2: Any, vpc: str, table: str) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def _vpc(site: Site, block: str, name: str) -> tuple[Any, str, str]:
    """A VPC; its identifier, and that of its main route table."""
    ec2 = site.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=f"{block}.0.0/16", TagSpecifications=marked("vpc", name))["Vpc"]["VpcId"]
    (table,) = [each["RouteTableId"] for each in ec2.describe_route_tables()["RouteTables"] if each["VpcId"] == vpc]
    return ec2, vpc, table


def _subnet(ec2: Any, vpc: str, block: str, zone: str, name: str) -> str:
    made = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=f"{block}.0/24",
        AvailabilityZone=f"{HOME}{zone}",
        TagSpecifications=marked("subnet", name),
    )
    return str(made["Subnet"]["SubnetId"])


def _nat(ec2: Any, subnet: str, table: str) -> None:
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)


def _main(site: Site) -> None:
    """Private by the main table, public by one of their own; S3 by an endpoint, all traffic noted."""
    ec2, vpc, table = _vpc(site, "10.20", "main")
    private = [_subnet(ec2, vpc, f"10.20.{number}", zone, "private") for number, zone in enumerate("ab")]
    public = [_subnet(ec2, vpc, f"10.20.{100 + number}", zone, "public") for number, zone in enumerate("ab")]
    outside = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    for subnet in public:
        ec2.associate_route_table(RouteTableId=outside, SubnetId=subnet)
    _gateway(ec2, vpc, outside)
    _nat(ec2, public[0], table)
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{HOME}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[table, outside],
    )
    _flow_log(site, vpc, "ALL")
    group = ec2.create_security_group(GroupName="data", Description="Data stores", VpcId=vpc)["GroupId"]
    for port in (443, 445, 2049, 5432, 5439, 6379, 8182, 27017):
        pairs = [{"GroupId": group}]
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": pairs}],
        )
    site.network[HOME] = Network(vpc, tuple(private), group)
    _groups(ec2, vpc)


def _old(site: Site) -> None:
    """The network of the first years: no endpoint, and only what is rejected is noted."""
    ec2, vpc, table = _vpc(site, "10.30", "old")
    inside, outside = _subnet(ec2, vpc, "10.30.0", "a", "old"), _subnet(ec2, vpc, "10.30.1", "a", "old-edge")
    edge = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=edge, SubnetId=outside)
    _gateway(ec2, vpc, edge)
    _nat(ec2, outside, table)
    _flow_log(site, vpc, "REJECT")
    ec2.create_network_interface(SubnetId=inside, Description="The licence server")


def _flow_log(site: Site, vpc: str, traffic: str) -> None:
    name = f"/fivex/flows/{traffic.lower()}"
    site.client("logs").create_log_group(logGroupName=name, tags={"System": "monitoring"})
    site.client("logs").put_retention_policy(logGroupName=name, retentionInDays=90)
    note_traffic(site, vpc, traffic, name)


def note_traffic(site: Site, vpc: str, traffic: str, name: str, region: str = HOME) -> None:
    """Note the traffic of a VPC in a log group."""
    site.client("ec2", region).create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType=traffic,
        LogDestinationType="cloud-watch-logs",
        LogGroupName=name,
        DeliverLogsPermissionArn=site.role("flow-logs"),
    )


def _groups(ec2: Any, vpc: str) -> None:
    """Doors that stand open: to one database, and to whatever comes to stand behind them."""
    halves = [{"CidrIp": "0.0.0.0/1"}, {"CidrIp": "128.0.0.0/1"}]
    for name, port, ranges in (("legacy", 3306, EVERYONE), ("for-the-weekend", 5432, halves), ("web", 443, EVERYONE)):
        group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}],
        )


def _groups_of_subnets(site: Site) -> None:
    """What databases, caches and warehouses are told instead of subnets."""
    for name in ("private", "public"):
        group_subnets(site, name, subnets(site, name))


def group_subnets(site: Site, name: str, within: list[str]) -> None:
    """Groups of subnets for all that is told one instead of subnets."""
    site.client("rds").create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription=name, SubnetIds=within)
    site.client("redshift").create_cluster_subnet_group(ClusterSubnetGroupName=name, Description=name, SubnetIds=within)
    site.client("elasticache").create_cache_subnet_group(
        CacheSubnetGroupName=name, CacheSubnetGroupDescription=name, SubnetIds=within
    )
    site.client("memorydb").create_subnet_group(SubnetGroupName=name, SubnetIds=within)
