"""What a restored database needs beside its data: subnet groups and parameter groups."""

from __future__ import annotations

from typing import Any

from scanner.model.convert import text, tuple_of
from scanner.model.fact import Fact, fact
from scanner.model.look import Look
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource
from scanner.resources.rds.arns import beside

#: The state of a setting that a database names and that is certainly not there any more.
GONE = "gone"


class SubnetGroup(Resource):
    """A subnet group: where databases may be put."""

    kind = "aws.rds.subnet-group"
    title = "subnet group"
    listed_by = Listing(
        call("rds:DescribeDBSubnetGroups"), "DBSubnetGroups[]", id="{DBSubnetGroupArn}", name="{DBSubnetGroupName}"
    )

    status: Fact[str] = fact("What AWS says of it; Complete when it can be used.", live=item("SubnetGroupStatus", text))
    vpc: Fact[str] = fact("The VPC it lies in.", live=item("VpcId", text))
    subnets: Fact[tuple[str, ...]] = fact("Its subnets.", live=item("Subnets[].SubnetIdentifier", tuple_of(text)))
    zones: Fact[tuple[str, ...]] = fact(
        "The availability zones of its subnets.", live=item("Subnets[].SubnetAvailabilityZone.Name", tuple_of(text))
    )


class ParameterGroup(Resource):
    """A parameter group of instances."""

    kind = "aws.rds.parameter-group"
    title = "parameter group"
    listed_by = Listing(
        call("rds:DescribeDBParameterGroups"), "DBParameterGroups[]",
        id="{DBParameterGroupArn}", name="{DBParameterGroupName}",
    )  # fmt: skip

    family: Fact[str] = fact("The engine version it is for.", live=item("DBParameterGroupFamily", text))


class ClusterParameterGroup(Resource):
    """A parameter group of clusters."""

    kind = "aws.rds.cluster-parameter-group"
    title = "cluster parameter group"
    listed_by = Listing(
        call("rds:DescribeDBClusterParameterGroups"), "DBClusterParameterGroups[]",
        id="{DBClusterParameterGroupArn}", name="{DBClusterParameterGroupName}",
    )  # fmt: skip

    family: Fact[str] = fact("The engine version it is for.", live=item("DBParameterGroupFamily", text))


def subnet_group_needs(kind: type[Resource]) -> list[Fact[Any]]:
    """Name the facts that `subnet_group_state` reads of a kind."""
    return [kind.facts["subnet_group"], SubnetGroup.status]


def subnet_group_state(database: Any, look: Look) -> str | None:
    """Give what AWS says of the subnet group a database names, `gone` without one; none where it names none."""
    name: str | None = database.subnet_group
    # RDS makes the group `default` anew from the default VPC (user guide, "Working with DB subnet groups").
    if name is None or name == "default":
        return None
    group = look.one(SubnetGroup, beside(database.id, "subgrp", name))
    return GONE if group is None else group.status


def parameter_group_exists(database: Any, look: Look) -> bool:
    """Say whether the parameter group of an instance exists."""
    return _exists(ParameterGroup, "pg", database, look)


def cluster_parameter_group_exists(database: Any, look: Look) -> bool:
    """Say whether the parameter group of a cluster exists."""
    return _exists(ClusterParameterGroup, "cluster-pg", database, look)


def _exists(kind: type[Resource], noun: str, database: Any, look: Look) -> bool:
    name: str = database.parameter_group
    # AWS makes default groups anew where they are needed (user guide, "Overview of parameter groups").
    return name.startswith("default.") or look.one(kind, beside(database.id, noun, name)) is not None
