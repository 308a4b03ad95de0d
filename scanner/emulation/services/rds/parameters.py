"""Parameters of default groups, which moto does not have, and engine defaults under the changed ones."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.wire import Document

# The parameters this product asks about, by the family's beginning; the longest beginning wins.
DEFAULTS: dict[str, dict[str, str]] = {
    "aurora-mysql": {"require_secure_transport": "OFF", "tls_version": "TLSv1.2,TLSv1.3"},
    "aurora-postgresql": {"rds.force_ssl": "0", "ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": ""},
    "aurora-postgresql17": {
        "rds.force_ssl": "1",
        "ssl_min_protocol_version": "TLSv1.2",
        "ssl_max_protocol_version": "",
    },
    "docdb": {"tls": "enabled", "audit_logs": "disabled"},
    "mariadb": {"require_secure_transport": "OFF", "tls_version": "TLSv1.2,TLSv1.3"},
    "mysql": {"require_secure_transport": "0", "tls_version": "TLSv1.2,TLSv1.3"},
    "neptune": {"neptune_enforce_ssl": "1", "neptune_enable_audit_log": "0"},
    "postgres": {"rds.force_ssl": "0", "ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": ""},
    "postgres15": {"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": ""},
    "postgres16": {"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": ""},
    "postgres17": {"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": ""},
    "postgres18": {"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": ""},
    "sqlserver": {"rds.force_ssl": "0", "rds.tls12": "enabled"},
}


@answers("rds:DescribeDBParameters")
def describe_db_parameters(call: Call) -> Document:
    return _parameters(call, call.params["DBParameterGroupName"], call.backend("rds").db_parameter_groups)


@answers("rds:DescribeDBClusterParameters")
def describe_cluster_parameters(call: Call) -> Document:
    return _parameters(
        call, call.params["DBClusterParameterGroupName"], call.backend("rds").db_cluster_parameter_groups
    )


def _parameters(call: Call, group: str, groups: Document) -> Document:
    """Changed parameters have the source user, the rest are what the engine does."""
    if group not in groups and not group.startswith("default."):
        return call.moto()
    changed = (
        {}
        if group not in groups
        else {each["ParameterName"]: {"Source": "user", **each} for each in call.moto(Source=None)["Parameters"]}
    )
    family = (
        str(getattr(groups[group], "db_parameter_group_family", None) or groups[group].family)
        if group in groups
        else group.removeprefix("default.")
    )
    parameters = {
        name: {
            "ParameterName": name,
            "ParameterValue": value,
            "Source": "system",
            "ApplyType": "dynamic",
            "IsModifiable": True,
        }
        for name, value in defaults(family).items()
    } | changed
    source = call.params.get("Source")
    filters = call.params.get("Filters") or []
    named = {name for each in filters if each["Name"] == "parameter-name" for name in each["Values"]}
    page, more = call.page(
        [
            each
            for each in parameters.values()
            if source in (None, each["Source"]) and (not filters or each["ParameterName"] in named)
        ],
        size="MaxRecords",
        token="Marker",
        most=100,
    )
    return {"Parameters": page, **more}


@answers("rds:DescribeOptionGroups")
def describe_option_groups(call: Call) -> Document:
    """Moto wants a name; AWS lists the default groups too, which have no options."""
    rds, name = call.backend("rds"), call.params.get("OptionGroupName")
    used = {each.option_group_name for each in rds.databases.values()} - set(rds.option_groups)
    groups = [
        {
            "OptionGroupName": each.name,
            "OptionGroupDescription": each.description,
            "EngineName": each.engine_name,
            "MajorEngineVersion": each.major_engine_version,
            "Options": each.options,
            "OptionGroupArn": each.arn,
        }
        for each in rds.option_groups.values()
    ]
    groups += [{"OptionGroupName": each, "Options": []} for each in sorted(used)]
    page, more = call.page(
        [each for each in groups if name in (None, each["OptionGroupName"])],
        size="MaxRecords",
        token="Marker",
        most=100,
    )
    return {"OptionGroupsList": page, **more}


def defaults(family: str) -> dict[str, str]:
    fitting = [beginning for beginning in DEFAULTS if family.startswith(beginning)]
    return DEFAULTS[max(fitting, key=len)] if fitting else {}
