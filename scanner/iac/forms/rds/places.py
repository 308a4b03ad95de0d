"""Places: where databases stand, and the groups that they name: subnets, parameters, options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import each
from scanner.iac.forms.rds.engines import cluster_block
from scanner.iac.forms.rds.words import cased, first_set, settled, words
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import text
from scanner.model.unresolved import Unresolved
from scanner.resources.rds.transport import native_encryption

#: The types of subnet group that each service's blocks may name, and the attribute with their subnets.
_SUBNET_GROUPS = {
    "aws_db_subnet_group": "subnet_ids", "aws_docdb_subnet_group": "subnet_ids", "aws_neptune_subnet_group": "subnet_ids",
    "AWS::RDS::DBSubnetGroup": "SubnetIds", "AWS::DocDB::DBSubnetGroup": "SubnetIds",
    "AWS::Neptune::DBSubnetGroup": "SubnetIds",
}  # fmt: skip
_OPTION_GROUPS = ("aws_db_option_group", "AWS::RDS::OptionGroup")


def subnet_group(block: Block, around: Surroundings) -> str:
    """Give the name of the subnet group; `default` where none is named (user guide, "Working with DB subnet groups")."""
    mine = words(block)
    value = settled(block, mine.subnet_group)
    if value is not ABSENT:
        return cased(block, text(value))
    if mine.cluster:
        cluster = cluster_block(block, around)
        if cluster is not None:
            return subnet_group(cluster, around)
    if (origin := first_set(block, (*mine.source, *mine.restored))) is not None:
        Unresolved(f"{block.address} names no subnet group: what {origin.attribute} names may decide").stop()
    return "default"


def subnets(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the subnets of the subnet group that is named."""
    mine = words(block)
    value = settled(block, mine.subnet_group)
    if value is ABSENT and mine.cluster:
        cluster = cluster_block(block, around)
        if cluster is not None:
            return subnets(cluster, around)
    if value is ABSENT:
        Unresolved(f"{block.address} names no subnet group: AWS takes the subnets of the default VPC").stop()
    name = text(value)
    group = around.named(_SUBNET_GROUPS, name, block)
    if group is None:
        Unresolved(f"the subnet group {name} of {block.address} is not in the code that was given").stop()
    return each(text)(settled(group, _SUBNET_GROUPS[group.type]))


def security_groups(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the security groups; where none are named AWS takes the default group of the VPC."""
    mine = words(block)
    if mine.cluster:
        cluster = cluster_block(block, around)
        if cluster is not None:
            return security_groups(cluster, around)
    value = settled(block, mine.security_groups)
    if value is ABSENT or value == []:
        Unresolved(
            f"{block.address} does not set {mine.security_groups}: AWS takes the default group of the VPC"
        ).stop()
    return each(text)(value)


def network_encryption(block: Block, around: Surroundings) -> str:
    """Read what the option group makes of Oracle's network encryption; the default group has no options."""
    mine = words(block)
    value = settled(block, mine.options)
    if value is ABSENT:
        if (origin := first_set(block, (*mine.source, *mine.restored))) is not None:
            Unresolved(f"{block.address} names no option group: what {origin.attribute} names may decide").stop()
        return ""
    name = text(value)
    if name.startswith("default:"):
        return ""
    group = around.named(_OPTION_GROUPS, name, block)
    if group is None:
        Unresolved(f"the option group {name} of {block.address} is not in the code that was given").stop()
    options = settled(group, "option" if group.type == "aws_db_option_group" else "OptionConfigurations")
    return native_encryption([_option(one) for one in _all(options)])


def _option(raw: Any) -> Mapping[str, Any]:
    """Turn an option of either source into the API's shape."""
    settings = raw.get("option_settings", raw.get("OptionSettings")) or ()
    return {
        "OptionName": raw.get("option_name", raw.get("OptionName")),
        "OptionSettings": [
            {"Name": one.get("name", one.get("Name")), "Value": one.get("value", one.get("Value"))} for one in settings
        ],
    }


def _all(raw: Any) -> Any:
    return () if raw is ABSENT else raw
