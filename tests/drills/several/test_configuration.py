"""A configuration is made anew from what was captured, and what is not the same is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.kinds.configuration_restoration import ConfigurationRestoration
from drills.networks.state import FORMAT, network_of, settings_of
from drills.plan.model import Subject
from drills.scene import Measured
from drills.stage.port import Calls
from scanner.emulation import Emulator
from scanner.emulation.engines import Engines
from tests.drills.databases.world import ACCOUNT, REGION, Target, drilled, failed

HIDDEN = "not-a-secret-2"


@pytest.fixture(scope="module")
def company() -> Iterator[tuple[Target, str]]:
    with Emulator(account=ACCOUNT) as aws:
        yield Target(aws, Engines()), furnish(aws)


def furnish(aws: Emulator) -> str:
    ec2, rds, ssm = (aws.client(service, REGION) for service in ("ec2", "rds", "ssm"))
    vpc: str = ec2.create_vpc(CidrBlock="10.80.0.0/16")["Vpc"]["VpcId"]
    for number, zone in enumerate("ab"):
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.80.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")[
            "Subnet"
        ]["SubnetId"]
        ec2.create_tags(Resources=[subnet], Tags=[{"Key": "Name", "Value": f"private {zone}"}])
    web = ec2.create_security_group(GroupName="web", Description="in front", VpcId=vpc)["GroupId"]
    data = ec2.create_security_group(GroupName="data", Description="behind", VpcId=vpc)["GroupId"]
    allow(ec2, web, 443, IpRanges=[{"CidrIp": "10.0.0.0/8"}])
    allow(ec2, data, 5432, UserIdGroupPairs=[{"GroupId": web}])
    allow(ec2, web, 8080, UserIdGroupPairs=[{"GroupId": data}])
    everywhere = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=data, IpPermissions=everywhere)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    rds.create_db_parameter_group(DBParameterGroupName="own", DBParameterGroupFamily="postgres18", Description="own")
    changed = [{"ParameterName": "log_connections", "ParameterValue": "1", "ApplyMethod": "immediate"}]
    rds.modify_db_parameter_group(DBParameterGroupName="own", Parameters=changed)
    ssm.put_parameter(Name="/shop/greeting", Value="hello", Type="String")
    ssm.put_parameter(Name="/shop/token", Value=HIDDEN, Type="SecureString")
    aws.client("secretsmanager", REGION).create_secret(Name="shop", SecretString=HIDDEN)
    return vpc


def allow(ec2: Any, group: str, port: int, **source: Any) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


NAMED = {"parameter_groups": ["own"], "parameters": ["/shop/greeting", "/shop/token"], "secrets": ["shop"]}


def restored(company: tuple[Target, str], **settings: Any) -> Measured:
    target, vpc = company
    subject = Subject("network", "shop", "network", vpc, REGION, settings={**NAMED, **settings})
    (found,) = drilled(target, ConfigurationRestoration.name, subject).measured
    assert HIDDEN not in repr(found)
    return found


def export(company: tuple[Target, str], folder: Path, **changed: Any) -> str:
    target, vpc = company
    calls = Calls(target.port, ACCOUNT, REGION)
    told = {"schema": FORMAT, **network_of(calls, vpc), **settings_of(calls, *NAMED.values()), **changed}
    file = folder / "export.json"
    file.write_text(json.dumps(told))
    assert HIDDEN not in file.read_text()
    return str(file)


def test_all_of_it_comes_back_as_it_was(company: tuple[Target, str]) -> None:
    found = restored(company)
    assert found.why == ""
    assert failed(found) == []
    assert found.came_back is True
    assert found.left_behind == ()
    assert found.shown["captured"] == {
        "network": 1, "subnets": 2, "security_groups": 2, "routes": 1, "parameter_groups": 1, "parameters": 2, "secrets": 1,
    }  # fmt: skip
    assert found.timeline.recovery_time is not None
    assert found.timeline.recovery_time >= timedelta()
    # What is not made anew is no success.
    assert {check.name for check in found.checks if check.held is None} == {
        "the ways out of the network come back",
        "the encrypted parameters come back",
        "the secrets come back",
    }


def test_an_export_that_is_current_is_enough(company: tuple[Target, str], tmp_path: Path) -> None:
    assert failed(restored(company, captured=export(company, tmp_path))) == []


def test_an_export_that_is_out_of_date_is_told(company: tuple[Target, str], tmp_path: Path) -> None:
    stale = export(company, tmp_path, subnets={"private a": {"addresses": "10.80.9.0/24", "zone": f"{REGION}a"}})
    found = restored(company, captured=stale)
    assert failed(found) == ["the export tells the subnets as they are"]
    detail = next(check.detail for check in found.checks if check.held is False)
    assert detail == "private b is new; private a differs"


def test_what_is_no_export_is_inconclusive(company: tuple[Target, str], tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text("[]")
    found = restored(company, captured=str(file))
    assert "is no backup-scan/configuration-export/1" in found.why
    assert found.came_back is None
    assert "cannot be read" in restored(company, captured=str(tmp_path / "none.json")).why


def test_what_cannot_be_made_anew_did_not_come_back(company: tuple[Target, str], tmp_path: Path) -> None:
    nowhere = {"private a": {"addresses": "10.99.0.0/24", "zone": f"{REGION}a"}}
    found = restored(company, captured=export(company, tmp_path, subnets=nowhere))
    assert found.came_back is False
    assert "the restore brings something back" in failed(found)
    assert found.left_behind == ()
