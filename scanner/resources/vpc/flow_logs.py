"""Flow logs: what is noted of a network's traffic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.model.convert import is_, text
from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource


def failing(raw: Mapping[str, Any]) -> str:
    """Read why records do not arrive: SUCCESS or FAILED; of a new log EC2 does not say yet (FlowLog, API reference)."""
    if raw.get("DeliverLogsStatus") != "FAILED":
        return ""
    return str(raw.get("DeliverLogsErrorMessage") or "no reason given")


class FlowLog(Resource):
    """A flow log of a VPC, a subnet or a network interface."""

    kind = "aws.ec2.flow-log"
    title = "flow log"
    listed_by = Listing(
        call("ec2:DescribeFlowLogs"), "FlowLogs[]",
        id="arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{FlowLogId}", name="{FlowLogId}",
    )  # fmt: skip

    of: Fact[str] = fact("What it watches: a VPC, a subnet, a network interface.", live=item("ResourceId", text))
    active: Fact[bool] = fact("It is on.", live=item("FlowLogStatus", is_("ACTIVE")))
    failing: Fact[str] = fact("Why its records do not arrive; empty where they do.", live=item("@", failing))
    traffic: Fact[str] = fact(
        # Those of transit gateways name none: they note all.
        "What it notes: ACCEPT, REJECT or ALL.", live=item("TrafficType", text, absent="ALL")
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Noted:
    """What one flow log notes, and why it notes less than it should."""

    parts: frozenset[str]
    flaw: str = ""


_PARTS = {"ALL": frozenset({"accepted", "rejected"}), "ACCEPT": frozenset({"accepted"}),
          "REJECT": frozenset({"rejected"})}  # fmt: skip


def noted(log: FlowLog) -> tuple[Noted, ...]:
    """Say what a log notes."""
    if not log.active:
        return (Noted(frozenset(), f"{log.name} is not active"),)
    if log.failing:
        return (Noted(frozenset(), f"the records of {log.name} do not arrive: {log.failing}"),)
    return (Noted(_PARTS.get(log.traffic, frozenset())),)


def lacking(logs: Iterable[Noted]) -> str:
    """Say what the logs of one thing together do not note; "" where they note all of it."""
    found = list(logs)
    parts = frozenset().union(*(one.parts for one in found))
    if parts == _PARTS["ALL"]:
        return ""
    if parts:
        return f"only {min(parts)} traffic is noted"
    return next((one.flaw for one in found if one.flaw), "no flow log")
