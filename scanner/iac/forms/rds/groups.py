"""Groups that databases name: subnet groups, parameter groups and option groups."""

from __future__ import annotations

from collections.abc import Callable

from scanner.iac.block import Block
from scanner.iac.convert import each
from scanner.iac.form import ARN, NAME, Form, always, at, made
from scanner.iac.forms.rds.parameters import written
from scanner.model.convert import text
from scanner.model.resource import Resource
from scanner.resources.rds.parameters import ClusterParameters, InstanceParameters
from scanner.resources.rds.settings import ClusterParameterGroup, ParameterGroup, SubnetGroup

_COMPLETE = always("Complete", "AWS makes a subnet group at once or not at all (CreateDBSubnetGroup, API reference)")
_OF_SUBNETS = {"vpc": "the VPC is that of its subnets", "zones": "the zones are those of its subnets"}
_GIVES = {"arn": ARN, "id": NAME, "name": NAME}


def _arn(noun: str, path: str, *, lower: bool) -> Callable[[Block], str]:
    """Make the ARN of a group; RDS keeps its name in lower case, in which Terraform writes it already."""

    def by(block: Block) -> str:
        name = block.known_name or block.find(path).value
        text = name if isinstance(name, str) and name else block.address
        return f"arn:{block.partition}:rds:{block.region}:{block.account}:{noun}:{text.lower() if lower else text}"

    return by


def _subnets(kind: str, name: str, subnets: str) -> Form:
    return Form(
        SubnetGroup, kind, arn=_arn("subgrp", name, lower="::" in kind), name=name, beyond=_OF_SUBNETS,
        gives={"Ref": NAME, "DBSubnetGroupArn": ARN} if "::" in kind else _GIVES,
        facts={"status": _COMPLETE, "subnets": at(subnets, each(text))},
    )  # fmt: skip


def _parameters(kind: str, name: str, *, cluster: bool) -> tuple[Form, ...]:
    """Give the forms of a parameter group: as what exists, and as what its settings say."""
    noun = "cluster-pg" if cluster else "pg"
    template = "::" in kind
    family, parameters = ("Family", "Parameters") if template else ("family", "parameter")
    gives = {"Ref": NAME, "DBParameterGroupName": NAME, "DBParameterGroupArn": ARN} if template else _GIVES
    arn = _arn(noun, name, lower=template)
    of = (ClusterParameterGroup, ClusterParameters) if cluster else (ParameterGroup, InstanceParameters)
    return (
        Form(of[0], kind, arn=arn, name=name, gives=gives, facts={"family": at(family, text)}),
        Form(of[1], kind, arn=arn, name=name, facts={"settings": made(written(parameters, family), parameters)}),
    )


def _options(kind: str, name: str) -> Form:
    """Give the names of an option group, which is no kind of its own: its options are told of the instances."""
    gives = {"Ref": NAME} if "::" in kind else _GIVES
    return Form(Resource, kind, arn=_arn("og", name, lower="::" in kind), name=name, gives=gives)


FORMS = (
    _subnets("aws_db_subnet_group", "name", "subnet_ids"),
    _subnets("aws_docdb_subnet_group", "name", "subnet_ids"),
    _subnets("aws_neptune_subnet_group", "name", "subnet_ids"),
    _subnets("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", "SubnetIds"),
    _subnets("AWS::DocDB::DBSubnetGroup", "DBSubnetGroupName", "SubnetIds"),
    _subnets("AWS::Neptune::DBSubnetGroup", "DBSubnetGroupName", "SubnetIds"),
    *_parameters("aws_db_parameter_group", "name", cluster=False),
    *_parameters("aws_neptune_parameter_group", "name", cluster=False),
    *_parameters("aws_rds_cluster_parameter_group", "name", cluster=True),
    *_parameters("aws_docdb_cluster_parameter_group", "name", cluster=True),
    *_parameters("aws_neptune_cluster_parameter_group", "name", cluster=True),
    *_parameters("AWS::RDS::DBParameterGroup", "DBParameterGroupName", cluster=False),
    *_parameters("AWS::Neptune::DBParameterGroup", "Name", cluster=False),
    *_parameters("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName", cluster=True),
    *_parameters("AWS::DocDB::DBClusterParameterGroup", "Name", cluster=True),
    *_parameters("AWS::Neptune::DBClusterParameterGroup", "Name", cluster=True),
    _options("aws_db_option_group", "name"),
    _options("AWS::RDS::OptionGroup", "OptionGroupName"),
)  # fmt: skip
