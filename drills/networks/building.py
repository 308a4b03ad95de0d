"""A configuration is made anew: in a network of the run's own, without a way out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drills.networks.state import CALLED, State
from drills.scene import Scene
from drills.stage.journal import Made

#: RDS takes no more parameters in one call (RDS API, ModifyDBParameterGroup).
_AT_ONCE = 20
_EVERYWHERE = [["-1", -1, -1, "addresses", "0.0.0.0/0"]]


def build(scene: Scene, wanted: State) -> dict[str, Any]:
    """Make all of a state; give the VPC and the names of what has one of its own."""
    vpc = _identified(
        scene, _make(scene, "ec2:vpc", "network", "ec2:CreateVpc", CidrBlock=wanted["network"]["addresses"])
    )
    for name, one in sorted(wanted["subnets"].items()):
        _make(
            scene, "ec2:subnet", name, "ec2:CreateSubnet",
            VpcId=vpc, CidrBlock=one["addresses"], AvailabilityZone=one["zone"],
        )  # fmt: skip
    _build_groups(scene, vpc, wanted["security_groups"])
    groups = {name: _parameter_group(scene, name, one) for name, one in sorted(wanted["parameter_groups"].items())}
    parameters = {
        name: _parameter(scene, name, one) for name, one in sorted(wanted["parameters"].items()) if "value" in one
    }
    return {"vpc": vpc, "parameter_groups": groups, "parameters": parameters}


def _build_groups(scene: Scene, vpc: str, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    made = {
        name: _make(
            scene, "ec2:security-group", name, "ec2:CreateSecurityGroup", Description=one["description"], VpcId=vpc
        )
        for name, one in sorted(wanted.items())
    }
    ids = {name: _identified(scene, one) for name, one in made.items()}
    for name, one in made.items():
        if wanted[name]["in"]:
            scene.stage.change(
                one,
                "ec2:AuthorizeSecurityGroupIngress",
                GroupId=ids[name],
                IpPermissions=_told(wanted[name]["in"], ids),
            )
        # A new group lets everything out; what the old one let out takes the place of that.
        if wanted[name]["out"] != _EVERYWHERE:
            scene.stage.change(
                one, "ec2:RevokeSecurityGroupEgress", GroupId=ids[name], IpPermissions=_told(_EVERYWHERE, ids)
            )
            if wanted[name]["out"]:
                scene.stage.change(
                    one,
                    "ec2:AuthorizeSecurityGroupEgress",
                    GroupId=ids[name],
                    IpPermissions=_told(wanted[name]["out"], ids),
                )


def _told(wanted: list[list[Any]], ids: Mapping[str, str]) -> list[dict[str, Any]]:
    told = []
    for protocol, first, last, kind, source in wanted:
        one: dict[str, Any] = {"IpProtocol": protocol}
        if protocol != "-1":
            one |= {"FromPort": first, "ToPort": last}
        one |= {
            "addresses": {"IpRanges": [{"CidrIp": source}]},
            "addresses-6": {"Ipv6Ranges": [{"CidrIpv6": source}]},
            "list": {"PrefixListIds": [{"PrefixListId": source}]},
            "group": {"UserIdGroupPairs": [{"GroupId": ids.get(source, source)}]},
        }[kind]
        told.append(one)
    return told


def _parameter_group(scene: Scene, name: str, one: Mapping[str, Any]) -> str:
    made = scene.stage.make(
        "rds:parameter-group", scene.stage.run.name(f"{scene.subject.name} {name}"), "rds:CreateDBParameterGroup",
        source=name, DBParameterGroupFamily=one["family"], Description=one["description"], Tags=_tags(scene),
    )  # fmt: skip
    told = [
        {"ParameterName": key, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        for key, value in sorted(one["values"].items())
    ]
    for begin in range(0, len(told), _AT_ONCE):
        scene.stage.change(
            made, "rds:ModifyDBParameterGroup", DBParameterGroupName=made.id, Parameters=told[begin : begin + _AT_ONCE]
        )
    return made.id


def _parameter(scene: Scene, name: str, one: Mapping[str, Any]) -> str:
    made = scene.stage.make(
        "ssm:parameter", scene.stage.run.name(f"{scene.subject.name} {name}"), "ssm:PutParameter",
        source=name, Type=one["type"], Value=one["value"], Tags=_tags(scene),
    )  # fmt: skip
    return made.id


def _make(scene: Scene, kind: str, name: str, operation: str, **parameters: Any) -> Made:
    """Make something of EC2, which has no names: a tag at its creation is what finds it again."""
    identifier = scene.stage.run.name(f"{scene.subject.name} {name}")
    tags = [*_tags(scene), {"Key": "Name", "Value": identifier}, {"Key": CALLED, "Value": name}]
    specification = [{"ResourceType": kind.partition(":")[2], "Tags": tags}]
    return scene.stage.make(kind, identifier, operation, TagSpecifications=specification, **parameters)


def _identified(scene: Scene, made: Made) -> str:
    """Give the identifier that EC2 gave; it is in the answer, and may be found only a moment later."""
    answer = scene.stage.answer(made)
    return str(answer["Vpc"]["VpcId"] if made.kind == "ec2:vpc" else answer["GroupId"])


def _tags(scene: Scene) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in scene.stage.run.tags.items()]
