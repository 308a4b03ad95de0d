"""Groups that databases name, and what their parameters and options make of connections."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.model.resource import Resource
from scanner.model.unresolved import Unresolved
from scanner.resources.rds.instances import Instance
from scanner.resources.rds.parameters import ClusterParameters, InstanceParameters, Setting
from scanner.resources.rds.settings import ClusterParameterGroup, ParameterGroup, SubnetGroup
from tests.iac.forms.databases import (
    OPEN,
    PLACE,
    answered,
    identity,
    left_open,
    outcome,
    template,
    terraform,
    told,
    verdicts,
)
from tests.iac.forms.told_databases import (
    GROUPS_CFN,
    GROUPS_TF,
    INSTANCES,
    PARAMETERS,
)


def _settings(kind: type[Resource], block: Block) -> tuple[Setting, ...]:
    found: tuple[Setting, ...] = told(kind, block)["settings"]
    return found


def test_the_settings_of_a_group_are_what_it_sets_and_defaults() -> None:
    live = [
        {"ParameterName": "rds.force_ssl", "ParameterValue": "1"}, {"ParameterName": "ssl_min_protocol_version"},
    ]  # fmt: skip
    wanted = answered(InstanceParameters, {}, settings=live)["settings"]
    assert _settings(InstanceParameters, GROUPS_TF[1]) == wanted
    assert _settings(InstanceParameters, GROUPS_CFN[1]) == wanted
    document = {"Name": "x", "Family": "docdb5.0", "Parameters": {"tls": "disabled", "audit_logs": "enabled"}}
    assert _settings(ClusterParameters, template("DocDB::DBClusterParameterGroup", "A", document)) == (
        Setting("tls", "disabled"),
    )
    assert told(ParameterGroup, GROUPS_TF[1]) == {"family": "postgres15"}
    group = terraform("aws_neptune_cluster_parameter_group", "n", {"name": "n", "family": "neptune1.3"})
    assert told(ClusterParameterGroup, group) == {"family": "neptune1.3"}
    assert _settings(ClusterParameters, group) == (Setting("neptune_enforce_ssl"),)


def _values(block: Block) -> dict[str, Any]:
    return {one.name: one.value for one in _settings(InstanceParameters, block)}


def test_a_parameter_that_is_open_may_be_any() -> None:
    open_value = terraform(
        "aws_db_parameter_group", "a", {**PARAMETERS, "parameter": [{"name": "rds.force_ssl", "value": OPEN}]}
    )
    found = _values(open_value)
    assert isinstance(found["rds.force_ssl"], Unresolved)
    assert found["ssl_min_protocol_version"] is None
    parameters = [{"name": "rds.force_ssl", "value": "1"}, OPEN]
    found = _values(terraform("aws_db_parameter_group", "a", {**PARAMETERS, "parameter": parameters}))
    assert found["rds.force_ssl"] == "1"
    assert isinstance(found["ssl_min_protocol_version"], Unresolved)
    unknown = terraform("aws_db_parameter_group", "a", {"name": "a", "family": "postgres99"})
    assert all(isinstance(one, Unresolved) for one in _values(unknown).values())


@pytest.mark.parametrize(
    ("values", "parameters", "wanted"),
    [
        ({"engine": "postgres", "engine_version": "14"}, None, "failed"),
        ({"engine": "postgres", "engine_version": "16.3"}, None, "failed"),  # 1.2 by default, and 1.3 is demanded
        ({"engine": "mysql", "engine_version": "8.0"}, None, "failed"),
        ({"engine": "mysql"}, None, "unknown"),
        (
            {"engine": "postgres", "engine_version": "16.3"},
            {"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.3"},
            "passed",
        ),
        ({"engine": "postgres"}, {"rds.force_ssl": "0"}, "failed"),  # whatever the version
        ({"engine": "postgres"}, {"rds.force_ssl": "1"}, "unknown"),
        ({"engine": "postgres", "engine_version": "16.3"}, {"rds.force_ssl": OPEN}, "unknown"),
        ({"engine": OPEN}, {"rds.force_ssl": "0"}, "unknown"),
    ],
)
def test_connections_are_judged_by_the_group(
    values: dict[str, Any], parameters: dict[str, Any] | None, wanted: str
) -> None:
    others: tuple[Block, ...] = ()
    if parameters is not None:
        told_by = [{"name": name, "value": value} for name, value in parameters.items()]
        others = (
            terraform("aws_db_parameter_group", "g", {"name": "g", "family": "postgres16", "parameter": told_by}),
        )
        values = {**values, "parameter_group_name": "g"}
    assert outcome("BK504", terraform("aws_db_instance", "a", values), *others) == wanted


@pytest.mark.parametrize(("version", "wanted"), [("8.0", "may be older or newer than 8.0.28"), ("8.0.36", "TLS 1.2")])
def test_a_version_that_is_told_too_shortly_decides_nothing(version: str, wanted: str) -> None:
    parameters = [{"name": "require_secure_transport", "value": "1"}]
    group = terraform("aws_db_parameter_group", "g", {"name": "g", "family": "mysql8.0", "parameter": parameters})
    values = {"engine": "mysql", "engine_version": version, "parameter_group_name": "g"}
    instance = terraform("aws_db_instance", "a", values)
    _, because = verdicts([instance, group], only=["BK504"])["BK504", instance.address]
    assert wanted in because


def test_a_new_neptune_takes_encrypted_connections_only() -> None:
    assert outcome("BK504", terraform("aws_neptune_cluster", "a", {"engine_version": "1.3.0.0"})) == "passed"
    assert outcome("BK504", terraform("aws_neptune_cluster", "a", {})) == "unknown"
    document = {"engine_version": "5.0.0", "db_cluster_parameter_group_name": "g"}
    group = {"name": "g", "family": "docdb5.0", "parameter": [{"name": "tls", "value": "disabled"}]}
    group_block = terraform("aws_docdb_cluster_parameter_group", "g", group)
    assert outcome("BK504", terraform("aws_docdb_cluster", "a", document), group_block) == "failed"


def test_an_option_group_decides_for_oracle() -> None:
    oracle = {"engine": "oracle-ee", "engine_version": "19", "option_group_name": "o"}
    setting = [{"name": "SQLNET.ENCRYPTION_SERVER", "value": "REQUIRED"}]
    options = [{"option_name": "NATIVE_NETWORK_ENCRYPTION", "option_settings": setting}]
    group = terraform("aws_db_option_group", "o", {"name": "o", "option": options})
    assert told(Instance, terraform("aws_db_instance", "a", oracle), group)["native_encryption"] == "REQUIRED"
    assert outcome("BK504", terraform("aws_db_instance", "a", oracle), group) == "passed"
    assert outcome("BK504", terraform("aws_db_instance", "a", {**oracle, "option_group_name": None})) == "failed"
    assert outcome("BK504", terraform("aws_db_instance", "a", oracle)) == "unknown"
    named = template("RDS::DBInstance", "A", {"Engine": "oracle-ee", "OptionGroupName": "o"})
    config = [{"OptionName": "NATIVE_NETWORK_ENCRYPTION", "OptionSettings": [{"Name": "x", "Value": "y"}]}]
    group = template("RDS::OptionGroup", "O", {"OptionGroupName": "o", "OptionConfigurations": config})
    assert told(Instance, named, group)["native_encryption"] == "REQUESTED"


def test_subnet_groups() -> None:
    for block in (GROUPS_TF[0], GROUPS_CFN[0]):
        assert told(SubnetGroup, block) == {"status": "Complete", "subnets": ("subnet-a", "subnet-b")}
        assert identity(block, SubnetGroup) == f"arn:aws:rds:{PLACE}:subgrp:private"
    part = terraform("aws_db_subnet_group", "g", {"name": "private", "subnet_ids": ["subnet-a", OPEN]})
    assert told(Instance, INSTANCES["terraform"][0], part)["subnets"] == ("subnet-a", OPEN)
    assert "is not in the code" in left_open(Instance, INSTANCES["terraform"][0])["subnets"]
