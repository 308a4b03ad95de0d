"""BK514."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.vpc.vpcs import Vpc


@rule(
    "BK514",
    severity=Severity.MEDIUM,
    reads=[Vpc.tenants, Vpc.leaks],
    enforces=["5.1-transmission"],
    aliases=["service-vpc-endpoint-enabled"],
)
def backup_traffic_stays_on_private_endpoints(vpc: Vpc, demand: Objective) -> Verdict:
    """Backup traffic stays on private endpoints.

    Snapshots that AWS takes never pass through a VPC. What does is what machines and databases write themselves:
    dumps, exports, archived logs. It goes to S3, so S3 is what must be reached privately: through a gateway endpoint
    in the route table of each subnet where something stands, or through an interface endpoint with private names. A
    subnet without a way out needs neither. Calls to AWS Backup or KMS carry no backups, and other endpoints are not
    asked for; what an endpoint's policy admits is a question of access, not of the way.

    Fix: make a gateway endpoint for S3, which costs nothing, and add it to the route tables of the VPC.
    """
    leaks = vpc.leaks
    if leaks.known:
        ways = sorted({(one.subnet, one.gateway) for one in leaks.known})
        told = ", ".join(f"{subnet} through {gateway}" for subnet, gateway in ways[:3])
        more = f" and {len(ways) - 3} more subnets" if len(ways) > 3 else ""
        return Verdict.failed(f"S3 is reached from {told}{more}", "private endpoints only")
    tenants = vpc.tenants
    if not tenants.known:
        tenants.whole()
        return Verdict.exempt("no machine and no data store stands in it")
    leaks.whole()
    return Verdict.passed("S3 is reached through private endpoints, or not at all")
