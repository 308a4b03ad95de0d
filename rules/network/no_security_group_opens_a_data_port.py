"""BK512."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.vpc.groups import SecurityGroup


@rule(
    "BK512",
    severity=Severity.CRITICAL,
    reads=[SecurityGroup.opened, SecurityGroup.attached],
    enforces=["6.1-private-subnet"],
    aliases=["restricted-common-ports", "vpc-sg-port-restriction-check"],
)
def no_security_group_opens_a_data_port(group: SecurityGroup, demand: Objective) -> Verdict:
    """No security group opens a data port to the world.

    Data ports are those at which AWS's databases, caches, warehouses and file systems answer by default, and those at
    which the stores behind the group really answer. The world is 0.0.0.0/0 or ::/0, anything broader than /8 or /32
    (what S3 calls public), and ranges or prefix lists that are so together. A group behind which nothing stands is
    judged all the same: whatever is attached to it next is open at once.

    Fix: let in the security groups of the clients instead of addresses.
    """
    opened = group.opened
    if opened.known:
        ports = ", ".join(f"{one.port} ({one.what}) to {one.to}" for one in opened.known[:4])
        more = f" and {len(opened.known) - 4} more" if len(opened.known) > 4 else ""
        try:
            loose = "" if group.attached else "; attached to nothing"
        except CouldNotCheck:
            loose = ""
        return Verdict.failed(f"opens {ports}{more}{loose}", "no data port open to the world").by(SecurityGroup.opened)
    opened.whole()
    return Verdict.passed("opens no data port to the world")
