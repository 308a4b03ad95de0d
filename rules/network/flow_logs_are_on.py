"""BK515."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.vpc.vpcs import Vpc


@rule(
    "BK515",
    severity=Severity.MEDIUM,
    reads=[Vpc.unlogged, Vpc.empty],
    enforces=["6.1-network-encryption"],
    aliases=["vpc-flow-logs-enabled"],
)
def flow_logs_are_on(vpc: Vpc, demand: Objective) -> Verdict:
    """Flow logs are on.

    Whether traffic goes where it should, and by which port, can be shown afterwards only from flow logs. They must be
    active, arrive, and note accepted and rejected traffic alike: one log of the VPC, or one of each of its subnets. A
    VPC in which nothing stands has no traffic; every region has one from the start.

    Fix: make a flow log of the VPC for all traffic, and mend its role or destination where records do not arrive.
    """
    unlogged = vpc.unlogged
    if not unlogged:
        return Verdict.passed("its flow logs note all traffic")
    if vpc.empty:
        return Verdict.exempt("nothing stands in it")
    return Verdict.failed(unlogged, "a flow log of all traffic")
