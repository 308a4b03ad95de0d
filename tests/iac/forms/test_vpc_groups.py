"""Security groups, prefix lists and network interfaces in code: who is let in, told in Terraform and in templates."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.resources.vpc.groups import PrefixList, SecurityGroup
from scanner.resources.vpc.interfaces import Interface
from tests.iac.forms.telling import OPEN, cloudformation, live, loses_only_it, never_flips, outcomes, terraform, values

_ID = "aws_security_group.s"
_DOOR = {"protocol": "tcp", "from_port": 5432, "to_port": 5432}
_WORLD = ["0.0.0.0/0"]


def group(*ingress: Any) -> Block:
    own: dict[str, Any] = {"ingress": [*ingress]} if ingress else {}
    return terraform("aws_security_group", "s", vpc_id="vpc-1", **own)


def rule(name: str = "r", **more: Any) -> Block:
    return terraform("aws_security_group_rule", name, **{"security_group_id": _ID, "type": "ingress", **_DOOR, **more})


def single(**more: Any) -> Block:
    told = {"security_group_id": _ID, "ip_protocol": "tcp", "from_port": 5432, "to_port": 5432, **more}
    return terraform("aws_vpc_security_group_ingress_rule", "v", **told)


def template(*ingress: Any) -> Block:
    return cloudformation("AWS::EC2::SecurityGroup", _ID, VpcId="vpc-1", SecurityGroupIngress=[*ingress])


_PERMISSION = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}


@pytest.mark.parametrize(
    "permissions",
    [
        [{**_PERMISSION, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}],
        [{**_PERMISSION, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}],
        [{**_PERMISSION, "PrefixListIds": [{"PrefixListId": "pl-1"}]}],
        [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        [{"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        [{**_PERMISSION, "UserIdGroupPairs": [{"GroupId": "sg-2"}]}],
        [
            {**_PERMISSION, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
            {"IpProtocol": "udp", "FromPort": 2049, "ToPort": 2049, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
        ],
    ],
)
def test_groups_are_told_as_aws_tells_them(permissions: list[dict[str, Any]]) -> None:
    expected = live(SecurityGroup, {"GroupId": _ID, "VpcId": "vpc-1", "IpPermissions": permissions})
    inline, apart, alone, templated, added = [], [], [], [], []
    for number, one in enumerate(permissions):
        fours = [each["CidrIp"] for each in one.get("IpRanges", ())]
        sixes = [each["CidrIpv6"] for each in one.get("Ipv6Ranges", ())]
        lists = [each["PrefixListId"] for each in one.get("PrefixListIds", ())]
        others = [each["GroupId"] for each in one.get("UserIdGroupPairs", ())]
        ports = {"protocol": one["IpProtocol"], "from_port": one.get("FromPort", 0), "to_port": one.get("ToPort", 0)}
        told = {
            **ports,
            "cidr_blocks": fours,
            "ipv6_cidr_blocks": sixes,
            "prefix_list_ids": lists,
            "security_groups": others,
        }
        inline.append(told)
        apart.append(rule(str(number), **told))
        single_ = {
            "ip_protocol": one["IpProtocol"], "from_port": one.get("FromPort"), "to_port": one.get("ToPort"),
            "cidr_ipv4": fours[0] if fours else None, "cidr_ipv6": sixes[0] if sixes else None,
            "prefix_list_id": lists[0] if lists else None, "referenced_security_group_id": others[0] if others else None,
        }  # fmt: skip
        alone.append(terraform("aws_vpc_security_group_ingress_rule", str(number), security_group_id=_ID, **single_))
        written: dict[str, Any] = {
            "IpProtocol": one["IpProtocol"], **({"CidrIp": fours[0]} if fours else {}),
            **({"CidrIpv6": sixes[0]} if sixes else {}), **({"SourcePrefixListId": lists[0]} if lists else {}),
            **({"SourceSecurityGroupId": others[0]} if others else {}),
            **{name: one[name] for name in ("FromPort", "ToPort") if name in one},
        }  # fmt: skip
        templated.append(written)
        added.append(cloudformation("AWS::EC2::SecurityGroupIngress", f"R{number}", GroupId=_ID, **written))
    assert values(SecurityGroup, group(*inline)) == expected
    assert values(SecurityGroup, group(), *apart) == expected
    assert values(SecurityGroup, group(), *alone) == expected
    assert values(SecurityGroup, template(*templated)) == expected
    assert values(SecurityGroup, template(), *added) == expected


_LIST = terraform("aws_ec2_managed_prefix_list", "l", entry=[{"cidr": "0.0.0.0/1"}, {"cidr": "128.0.0.0/1"}])
_NARROW = terraform("aws_ec2_managed_prefix_list", "l", entry=[{"cidr": "10.0.0.0/8"}])
_LISTED = {**_DOOR, "prefix_list_ids": ["aws_ec2_managed_prefix_list.l"]}


@pytest.mark.parametrize(
    ("blocks", "said", "narrow"),
    [
        ([group({**_DOOR, "cidr_blocks": ["10.0.0.0/8"]})], "passed", "passed"),
        ([group({**_DOOR, "cidr_blocks": _WORLD})], "failed", "failed"),
        # One open range hides no other that is certain.
        ([group({**_DOOR, "cidr_blocks": [OPEN, "0.0.0.0/0"]})], "failed", "failed"),
        ([group({**_DOOR, "cidr_blocks": [OPEN]}, {**_DOOR, "ipv6_cidr_blocks": ["::/0"]})], "failed", "failed"),
        ([group(OPEN, {**_DOOR, "cidr_blocks": _WORLD})], "failed", "failed"),
        ([group({**_DOOR, "cidr_blocks": [OPEN]})], "unknown", "unknown"),
        ([group({**_DOOR, "cidr_blocks": OPEN})], "unknown", "unknown"),
        ([group({**_DOOR, "from_port": OPEN, "cidr_blocks": _WORLD})], "unknown", "unknown"),
        # Whatever the port is, such addresses are not everyone.
        ([group({**_DOOR, "from_port": OPEN, "cidr_blocks": ["10.0.0.0/8"]})], "passed", "passed"),
        ([group({"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": _WORLD})], "passed", "unknown"),
        # An open range at a port where no data is served is nobody's concern.
        ([group({"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": [OPEN]})], "passed", "unknown"),
        ([group()], "passed", "unknown"),
        ([group(), rule(cidr_blocks=_WORLD)], "failed", "failed"),
        ([group(), rule(cidr_blocks=_WORLD, type="egress")], "passed", "unknown"),
        ([group(), rule(cidr_blocks=_WORLD, type=OPEN)], "unknown", "unknown"),
        ([group(), rule(cidr_blocks=_WORLD, security_group_id=OPEN)], "unknown", "unknown"),
        # Rules of which nothing tells whose they are hide none that is certainly its own.
        (
            [
                group(), rule(cidr_blocks=_WORLD), rule("s", security_group_id=OPEN, cidr_blocks=["10.0.0.0/8"]),
                single(security_group_id=OPEN, cidr_ipv4="10.0.0.0/8"),
            ],
            "failed", "failed",
        ),
        ([group(), single(cidr_ipv4="0.0.0.0/0")], "failed", "failed"),
        ([group(), single(cidr_ipv4="0.0.0.0/0", ip_protocol="-1", from_port=None, to_port=None)], "failed", "failed"),
        ([group(_LISTED), _LIST], "failed", "failed"),
        ([group(_LISTED), _NARROW], "passed", "passed"),
        ([group(_LISTED)], "unknown", "unknown"),
        ([template({**_PERMISSION, "CidrIp": "0.0.0.0/0"})], "failed", "failed"),
        ([template({**_PERMISSION, "IpProtocol": -1, "CidrIpv6": "::/0"})], "failed", "failed"),
        ([template({**_PERMISSION, "CidrIp": "10.0.0.0/8"})], "passed", "unknown"),
        ([template({**_PERMISSION, "CidrIp": OPEN})], "unknown", "unknown"),
        ([terraform("aws_default_security_group", "d", vpc_id="vpc-1")], "passed", "passed"),
        ([terraform("aws_default_security_group", "d", vpc_id="v", ingress=[{**_DOOR, "cidr_blocks": _WORLD}])], "failed", "failed"),
    ],
)  # fmt: skip
def test_no_group_opens_a_data_port(blocks: list[Block], said: str, narrow: str) -> None:
    (found,) = outcomes(*blocks, rule="BK512").values()
    assert found.outcome.value == said, found.verdict
    (smaller,) = outcomes(*blocks, rule="BK512", whole=False).values()
    assert smaller.outcome.value == narrow, smaller.verdict
    never_flips(blocks, ["BK512"])
    never_flips(blocks, ["BK512"], whole=False)


def test_a_group_tells_what_it_is_asked_for() -> None:
    loses_only_it(SecurityGroup, group({**_DOOR, "cidr_blocks": ["10.0.0.0/8"], "ipv6_cidr_blocks": ["fd00::/8"]}))
    loses_only_it(SecurityGroup, group(), rule(cidr_blocks=["10.0.0.0/8"]), but=("security_group_id",))
    loses_only_it(SecurityGroup, template({**_PERMISSION, "CidrIp": "10.0.0.0/8"}))


def test_prefix_lists_are_told_as_aws_tells_them() -> None:
    item = {"PrefixListId": "aws_ec2_managed_prefix_list.l", "OwnerId": "111122223333"}
    answer = {"Entries": [{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1"}]}
    expected = live(PrefixList, item, GetManagedPrefixListEntries=answer)
    assert values(PrefixList, _LIST) == expected
    loses_only_it(PrefixList, _LIST)
    apart = [
        terraform("aws_ec2_managed_prefix_list_entry", str(number), prefix_list_id="aws_ec2_managed_prefix_list.l", cidr=one["Cidr"])
        for number, one in enumerate(answer["Entries"])
    ]  # fmt: skip
    assert values(PrefixList, terraform("aws_ec2_managed_prefix_list", "l"), *apart) == expected
    template_ = cloudformation(
        "AWS::EC2::PrefixList",
        "aws_ec2_managed_prefix_list.l",
        Entries=[{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1"}],
    )
    assert values(PrefixList, template_) == expected


_SUBNET = terraform("aws_subnet", "a", vpc_id="aws_vpc.one", cidr_block="10.0.0.0/24")
_VPC = terraform("aws_vpc", "one")


def test_interfaces_are_told_as_aws_tells_them() -> None:
    answer = {"NetworkInterfaceId": "aws_network_interface.i", "VpcId": "aws_vpc.one", "Groups": [{"GroupId": "sg-1"}]}
    own = terraform("aws_network_interface", "i", subnet_id="aws_subnet.a", security_groups=["sg-1"])
    assert values(Interface, own, _SUBNET) == live(Interface, answer)
    loses_only_it(Interface, own, _SUBNET, but=("cidr_block",))
    bare = terraform("aws_network_interface", "i", subnet_id="aws_subnet.a")
    assert values(Interface, bare, _SUBNET, _VPC)["groups"] == ("sg-aws_vpc.one",)
    assert "groups" not in values(Interface, bare, _SUBNET)
    more = terraform(
        "aws_network_interface_sg_attachment",
        "m",
        network_interface_id="aws_network_interface.i",
        security_group_id="sg-2",
    )
    assert values(Interface, own, _SUBNET, more)["groups"] == ("sg-1", "sg-2")
    template_ = cloudformation("AWS::EC2::NetworkInterface", "aws_network_interface.i", SubnetId="A", GroupSet=["sg-1"])
    subnet = cloudformation("AWS::EC2::Subnet", "A", VpcId="aws_vpc.one", CidrBlock="10.0.0.0/24")
    assert values(Interface, template_, subnet) == live(Interface, answer)
