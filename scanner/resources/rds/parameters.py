"""Parameters of databases: those that decide how clients connect, of the groups that are in use, once per group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look
from scanner.model.origin import Filter, Listing, call, of
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.resources.rds.arns import beside

#: Every parameter that `transport` reads. RDS gives those named in a filter instead of four pages of hundreds.
NAMES = (
    "db2comm",
    "neptune_enforce_ssl",
    "rds.force_ssl",
    "rds.tls10",
    "rds.tls11",
    "require_secure_transport",
    "ssl_min_protocol_version",
    "tls",
    "tls_version",
)
_ONLY = (Filter("parameter-name", NAMES),)


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter of a group; it has no value where the engine's own default stands."""

    name: str
    value: str | None = None


def setting(raw: Mapping[str, Any]) -> Setting:
    """Read one parameter."""
    return Setting(raw["ParameterName"], raw.get("ParameterValue") or None)


def settings(raw: Any) -> tuple[Setting, ...]:
    """Read the parameters that matter here, of whatever was given."""
    return tuple(one for one in map(setting, raw) if one.name.lower() in NAMES)


class InstanceParameters(Resource):
    """The parameter group of instances that are in no cluster: listed by those that use it, so no other is asked for."""

    kind = "aws.rds.instance-parameters"
    title = "parameter group in use by instances"
    listed_by = Listing(
        call("rds:DescribeDBInstances"), "DBInstances[]",
        id="arn:{partition}:rds:{region}:{account}:pg:{DBParameterGroups[0][DBParameterGroupName]}",
        name="{DBParameterGroups[0][DBParameterGroupName]}",
        where="DBParameterGroups[0] && !DBClusterIdentifier",
    )  # fmt: skip

    settings: Fact[tuple[Setting, ...]] = fact(
        "The parameters that decide how clients connect.",
        live=call(
            "rds:DescribeDBParameters", DBParameterGroupName=of("DBParameterGroups[0].DBParameterGroupName"),
            Filters=_ONLY,
        ).at("Parameters", settings, absent=()),
    )  # fmt: skip


class ClusterParameters(Resource):
    """The parameter group of clusters: listed by those that use it, so that no other is asked for."""

    kind = "aws.rds.cluster-parameters"
    title = "parameter group in use by clusters"
    listed_by = Listing(
        call("rds:DescribeDBClusters"), "DBClusters[]",
        id="arn:{partition}:rds:{region}:{account}:cluster-pg:{DBClusterParameterGroup}",
        name="{DBClusterParameterGroup}", where="DBClusterParameterGroup",
    )  # fmt: skip

    settings: Fact[tuple[Setting, ...]] = fact(
        "The parameters that decide how clients connect.",
        live=call(
            "rds:DescribeDBClusterParameters", DBClusterParameterGroupName=of("DBClusterParameterGroup"), Filters=_ONLY
        ).at("Parameters", settings, absent=()),
    )


def settings_of(database: Any, look: Look, kind: type[Resource], noun: str) -> dict[str, str | None]:
    """Give the parameters of a database's group, by name; raise where they are out of sight."""
    group = look.one(kind, beside(database.id, noun, database.parameter_group))
    if group is None:
        raise CouldNotCheck(Unknown(Reason.MISSING, f"parameter group {database.parameter_group} was not listed"))
    return {one.name.lower(): one.value for one in group.settings}  # type: ignore[attr-defined]  # of both kinds
