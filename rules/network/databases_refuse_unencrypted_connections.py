"""BK504."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance, short
from scanner.resources.rds.transport import Transport
from scanner.resources.redshift import Cluster as Warehouse
from scanner.resources.tls import Version, rank

_REFUSED = "that connections without TLS are refused"
#: Redshift takes nothing older and cannot be told to (management guide, "Configuring security options").
_WAREHOUSE = Version.TLS12


@rule(
    "BK504",
    severity=Severity.HIGH,
    reads=[
        Instance.cluster, Instance.transport, Instance.parameters_state,
        DatabaseCluster.transport, DatabaseCluster.parameters_state,
        Warehouse.requires_tls, Warehouse.parameters_state,
    ],
    enforces=["6.1-tls"],
    aliases=["rds-postgres-instance-encrypted-in-transit", "rds-mysql-instance-encrypted-in-transit"],
)  # fmt: skip
def databases_refuse_unencrypted_connections(
    database: Instance | DatabaseCluster | Warehouse, demand: Objective
) -> Verdict:
    """Databases refuse unencrypted connections.

    A database that accepts both lets every client that does not insist speak in the clear. The parameter group that
    is in force decides, with its defaults, and where the engine can demand a version of TLS it must demand the
    policy's. SQL Server, Neptune and Redshift cannot refuse TLS 1.2. A group that waits for a reboot is not in force.

    Fix: set rds.force_ssl, require_secure_transport, tls, neptune_enforce_ssl or require_ssl in a parameter group of
    your own, with ssl_min_protocol_version or tls_version where the engine has it, and reboot where it is pending.
    """
    if isinstance(database, Instance) and database.cluster is not None:
        return Verdict.exempt(f"the parameter group of the cluster {short(database.cluster)} decides")
    decides: Fact[str] | Fact[bool]
    if isinstance(database, Warehouse):
        forced, decides = database.requires_tls, Warehouse.requires_tls
        told = Transport(forced, f"require_ssl {'true' if forced else 'false'}", _WAREHOUSE, _WAREHOUSE)
    else:
        told, decides = database.transport, Instance.parameter_group
    if not told.encrypted:
        return Verdict.failed(f"accepts connections without TLS ({told.because})", _REFUSED).by(decides)
    wanted = min(demand.tls, told.least or demand.tls, key=rank)
    if told.oldest is not None and rank(told.oldest) < rank(wanted):
        return Verdict.failed(f"accepts TLS {told.oldest} ({told.because})", f"TLS {demand.tls} or newer").by(decides)
    state = database.parameters_state
    if state != "in-sync":
        unsure = f"{told.because} is set, but the parameter group is {state}: what is in force cannot be seen"
        raise CouldNotCheck(Unknown(Reason.MISSING, unsure))
    version = f", by TLS {told.oldest} or newer" if told.oldest is not None else ""
    limit = ", for it cannot refuse that one" if rank(wanted) < rank(demand.tls) else ""
    return Verdict.passed(f"accepts encrypted connections only{version}{limit} ({told.because})")
