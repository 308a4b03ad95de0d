"""What the others stand on: a key, a network without a way out, a parameter group, and secrets."""

import json
import secrets

from scanner.emulation.rehearsed.settling import RECOVERY, Site

USERS = ("users", "orders", "ledger")


def settle(site: Site) -> None:
    """Make it."""
    site.tell("keys and networks")
    for region in ("eu-west-1", RECOVERY):
        kms = site.client("kms", region)
        key = kms.create_key(Description="backups and what is restored from them")["KeyMetadata"]
        kms.create_alias(AliasName="alias/rehearsed", TargetKeyId=key["KeyId"])
        site.made[f"key@{region}"] = key["Arn"]
    _network(site)
    rds = site.client("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="rehearsed", DBParameterGroupFamily="postgres18", Description="logs every connection"
    )
    rds.modify_db_parameter_group(
        DBParameterGroupName="rehearsed",
        Parameters=[{"ParameterName": "log_connections", "ParameterValue": "1", "ApplyMethod": "immediate"}],
    )
    for user in USERS:
        made = site.client("secretsmanager").create_secret(
            Name=f"rehearsed/{user}",
            SecretString=json.dumps({"username": "keeper", "password": secrets.token_urlsafe(18)}),
        )
        site.made[f"secret:{user}"] = made["ARN"]


def _network(site: Site) -> None:
    ec2 = site.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.90.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.90.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName="rehearsed", Description="databases", VpcId=vpc)["GroupId"]
    site.client("rds").create_db_subnet_group(
        DBSubnetGroupName="rehearsed", DBSubnetGroupDescription="private", SubnetIds=subnets
    )
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "rehearsed"}])
    for subnet, zone in zip(subnets, "ab", strict=True):
        ec2.create_tags(Resources=[subnet], Tags=[{"Key": "Name", "Value": f"databases {zone}"}])
    front = ec2.create_security_group(GroupName="front", Description="services", VpcId=vpc)["GroupId"]
    for guarded, port, source in (
        (front, 443, {"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}),
        (group, 5432, {"UserIdGroupPairs": [{"GroupId": front}]}),
    ):
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
        ec2.authorize_security_group_ingress(GroupId=guarded, IpPermissions=[rule])
    site.client("ssm").put_parameter(Name="/rehearsed/service", Value="orders.rehearsed.invalid", Type="String")
    site.made |= {"vpc": vpc, "subnets": subnets, "group": group}
