"""BK511."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.efs import FileSystem
from scanner.resources.rds.instances import Instance
from scanner.resources.vpc.place import Placed


@rule(
    "BK511",
    severity=Severity.HIGH,
    reads=[Placed.subnets, Placed.exposed, Instance.cluster],
    enforces=["6.1-private-subnet"],
    aliases=["rds-instance-subnet-igw-check"],
)
def data_stores_sit_in_private_subnets(store: Placed, demand: Objective) -> Verdict:
    """Data stores sit in private subnets.

    A subnet is public if its route table, its own or the VPC's main one, leads to an internet gateway; what stands
    there is one wrong security group away from the internet. All subnets of a subnet group must be private, for AWS may
    move a database to any of them when it fails over or is restored. The default VPC has public subnets only. Machines
    are not judged: some of them serve the public.

    Fix: make a subnet group of private subnets, and move the store there: most kinds must be restored into it.
    """
    if isinstance(store, Instance) and store.cluster is not None:
        return Verdict.exempt("it stands where its cluster does, which is judged itself")
    exposed = store.exposed
    if exposed.known:
        more = f" and {len(exposed.known) - 1} more" if len(exposed.known) > 1 else ""
        return Verdict.failed(f"public subnet {exposed.known[0]}{more}", "private subnets only")
    subnets = store.subnets
    if not subnets:
        if isinstance(store, FileSystem):
            return Verdict.exempt("it has no mount target, so nothing can connect to it")
        return Verdict.failed("it stands in no VPC", "private subnets only")
    exposed.whole()
    return Verdict.passed(f"{len(subnets)} private subnet{'s' if len(subnets) > 1 else ''}")
