"""Parameter groups with which databases refuse connections that are not encrypted, or by an old TLS."""

from scanner.emulation.company.site import Site

POSTGRESQL = {"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.3"}
# Groups of clusters by name: the family, and what is set.
CLUSTERS = {
    "tls-only-aurora": ("aurora-postgresql16", POSTGRESQL),
    "tls-only-docdb": ("docdb5.0", {"tls": "tls1.3+"}),
}


def settle(site: Site) -> None:
    """Make the groups."""
    rds = site.client("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="tls-only", DBParameterGroupFamily="postgres16", Description="TLS only"
    )
    rds.modify_db_parameter_group(DBParameterGroupName="tls-only", Parameters=_told(POSTGRESQL))
    redshift = site.client("redshift")
    redshift.create_cluster_parameter_group(
        ParameterGroupName="tls-only", ParameterGroupFamily="redshift-1.0", Description="TLS only"
    )
    redshift.modify_cluster_parameter_group(
        ParameterGroupName="tls-only", Parameters=[{"ParameterName": "require_ssl", "ParameterValue": "true"}]
    )
    for name, (family, wanted) in CLUSTERS.items():
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName=name, DBParameterGroupFamily=family, Description="TLS only"
        )
        rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=_told(wanted))


def _told(wanted: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "immediate"} for name, value in wanted.items()
    ]
