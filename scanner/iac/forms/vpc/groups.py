"""Security groups in code, with the rules that blocks of their own add to them; and prefix lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import each
from scanner.iac.form import ARN, NAME, Form, always, at, joined, made
from scanner.iac.forms.vpc.places import arn, given, open_ended, short
from scanner.iac.lowering import many
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import text
from scanner.model.unresolved import Unresolved
from scanner.resources.vpc.groups import Opening, PrefixList, SecurityGroup, openings

_RULES: Final = {
    "aws_security_group_rule": "security_group_id", "aws_vpc_security_group_ingress_rule": "security_group_id",
    "AWS::EC2::SecurityGroupIngress": "GroupId",
}  # fmt: skip
#: What each source calls the parts of a rule: protocol, first and last port, ranges of both versions, prefix lists.
_WORDS: Final[Mapping[str, tuple[str, str, str, str, str, str]]] = {
    "inline": ("protocol", "from_port", "to_port", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids"),
    "aws_security_group_rule": (
        "protocol", "from_port", "to_port", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids",
    ),
    "aws_vpc_security_group_ingress_rule": (
        "ip_protocol", "from_port", "to_port", "cidr_ipv4", "cidr_ipv6", "prefix_list_id",
    ),
    "template": ("IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6", "SourcePrefixListId"),
}  # fmt: skip
_ANY: Final = "0.0.0.0/0"


def opening(raw: Any, words: tuple[str, ...]) -> Iterator[Any]:
    """Read one rule; what is open of it stays so, and a rule that lets in no address gives nothing."""
    if isinstance(raw, Unresolved):
        yield raw
        return
    protocol, first, last, fours, sixes, lists = (raw.get(one) for one in words)
    ranges = (*_all(fours), *_all(sixes))
    named = _all(lists)
    if not ranges and not named:
        return
    unsure = next((one for one in (protocol, first, last) if isinstance(one, Unresolved)), None)
    if unsure is not None:
        yield Opening(unsure, unsure, ranges, named)  # type: ignore[arg-type]  # whoever asks for the port stops
        return
    ports = {name: value for name, value in (("FromPort", first), ("ToPort", last)) if value is not None}
    spelt = "-1" if str(protocol).lower() == "all" else str(protocol)
    for one in openings([{"IpProtocol": spelt, **ports, "IpRanges": [{"CidrIp": _ANY}]}]):
        yield Opening(one.first, one.last, ranges, named)


def _all(raw: Any) -> tuple[Any, ...]:
    """Give what an attribute lists; one that is open may list anything, and is given as what it is."""
    if raw is None or raw == "":
        return ()
    return tuple(one if isinstance(one, Unresolved) else str(one) for one in many(raw))


def _of_rules(block: Block, around: Surroundings) -> tuple[list[Any], Unresolved | None]:
    """Give what the rules of their own let into a group, and why there may be more."""
    found, doubt = around.naming(_RULES, block)
    known: list[Any] = []
    for one in found:
        if one.type == "aws_security_group_rule":
            way = one.find("type").value
            if isinstance(way, Unresolved):
                known.append(way)
                continue
            if way != "ingress":
                continue
        known.extend(opening(one.values, _WORDS.get(one.type, _WORDS["template"])))
    return known, doubt


def _terraform(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Read what a group lets in; where it has rules within it, these are all (r/security_group)."""
    within = block.find("ingress").value
    known, doubt = _of_rules(block, around)
    if within is ABSENT or within == []:
        return open_ended(tuple(known), doubt, around)
    inside = [one for rule in many(within) for one in opening(rule, _WORDS["inline"])]
    return (*inside, *known) if doubt is None else (*inside, *known, doubt)


def _default(block: Block) -> tuple[Any, ...]:
    """Read what a VPC's default group lets in: all other rules are taken away (r/default_security_group)."""
    within = block.find("ingress").value
    rules = () if within is ABSENT else many(within)
    return tuple(one for rule in rules for one in opening(rule, _WORDS["inline"]))


def _template(block: Block, around: Surroundings) -> tuple[Any, ...]:
    within = block.find("SecurityGroupIngress").value
    known, doubt = _of_rules(block, around)
    rules = () if within is ABSENT else many(within)
    inside = (one for rule in rules for one in opening(rule, _WORDS["template"]))
    return open_ended((*inside, *known), doubt, around)


def _own_default(block: Block) -> str:
    """Give the id of a VPC's default group, as the VPC gives it too."""
    if block.known_name:
        return block.known_name
    vpc = block.find("vpc_id").value
    return f"sg-{vpc}" if isinstance(vpc, str) else block.address


def _entries(path: str, member: str, more: Mapping[str, str]) -> Callable[[Block, Surroundings], tuple[Any, ...]]:
    """Make a function that gives the ranges of a prefix list: those within it, and those of blocks of their own."""

    def of(block: Block, around: Surroundings) -> tuple[Any, ...]:
        within = block.find(path).value
        own = () if within is ABSENT else each(lambda one: text(one[member]))(many(within))
        found, doubt = around.naming(more, block) if more else ([], None)
        added = (one.find("cidr").value for one in found)
        known = (*own, *(one for one in added if one is not ABSENT))
        if own or not more:
            return known if doubt is None else (*known, doubt)
        return open_ended(known, doubt, around)

    return of


FORMS = (
    Form(
        SecurityGroup, "aws_security_group", arn=arn("security-group"), gives=given("aws_security_group"),
        facts={
            "short": made(short),
            "vpc": at("vpc_id", text, computed="it is in the default VPC of its region"),
            "openings": joined(_terraform, "ingress"),
        },
    ),
    Form(
        SecurityGroup, "aws_default_security_group",
        arn=lambda block: f"arn:{block.partition}:ec2:{block.region}:{block.account}:security-group/{_own_default(block)}",
        gives={"id": _own_default, "arn": ARN},
        facts={
            "short": made(_own_default),
            "vpc": at("vpc_id", text, computed="it is that of the default VPC of its region"),
            "openings": made(_default, "ingress"),
        },
    ),
    Form(
        SecurityGroup, "AWS::EC2::SecurityGroup", arn=arn("security-group"),
        gives=given("AWS::EC2::SecurityGroup", "GroupId", "Id"),
        facts={
            "short": made(short),
            "vpc": at("VpcId", text, computed="it is in the default VPC of its region"),
            "openings": joined(_template, "SecurityGroupIngress"),
        },
    ),
    Form(
        PrefixList, "aws_ec2_managed_prefix_list",
        arn=arn("prefix-list"), gives=given("aws_ec2_managed_prefix_list"),
        facts={
            "short": made(short),
            "of_aws": always(False, "only a customer's lists are declared"),
            "ranges": joined(
                _entries("entry", "cidr", {"aws_ec2_managed_prefix_list_entry": "prefix_list_id"}), "entry"
            ),
        },
    ),
    Form(
        PrefixList, "AWS::EC2::PrefixList",
        arn=arn("prefix-list"), gives={"Ref": NAME, "PrefixListId": NAME, "Arn": ARN},
        facts={
            "short": made(short),
            "of_aws": always(False, "only a customer's lists are declared"),
            "ranges": joined(_entries("Entries", "Cidr", {}), "Entries"),
        },
    ),
)  # fmt: skip
