"""VPC endpoints and flow logs in code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import Form, always, at, joined, made
from scanner.iac.forms.vpc.places import arn, given, open_ended
from scanner.iac.lowering import many, stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import text
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Reason, Unknown
from scanner.model.unresolved import Unresolved
from scanner.resources.vpc.endpoints import Endpoint, private_names, service
from scanner.resources.vpc.flow_logs import FlowLog

_TABLES: Final = "aws_vpc_endpoint_route_table_association"
#: Flow logs are of one of these.
_WATCHED: Final = (
    "vpc_id", "subnet_id", "eni_id", "transit_gateway_id", "transit_gateway_attachment_id", "regional_nat_gateway_id",
)  # fmt: skip


def _state(path: str) -> Any:
    """Make a function that gives the state of an endpoint once it is made: services of AWS accept each at once."""

    def of(block: Block) -> str:
        name = stopped(block.find(path).value)
        if isinstance(name, str) and name.startswith(("com.amazonaws.", "cn.com.amazonaws.", "aws.")):
            return "available"
        raise CouldNotCheck(Unknown(Reason.RUNTIME, f"whether the owner of {name} accepts it shows at run time"))

    return of


def _tables(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the route tables that lead to a gateway; those that are named within it may not be all."""
    within = block.find("route_table_ids").value
    own = () if within is ABSENT else tuple(many(within))
    found, doubt = around.naming({_TABLES: "vpc_endpoint_id"}, block)
    added = (one.find("route_table_id").value for one in found)
    return open_ended((*own, *(one for one in added if one is not ABSENT)), doubt, around)


def _template_tables(block: Block) -> tuple[Any, ...]:
    within = block.find("RouteTableIds").value
    return () if within is ABSENT else tuple(many(within))


def _private(names: Mapping[str, str], inward: Mapping[Any, bool]) -> Any:
    """Make a function that says whether a service's usual name leads to an endpoint."""

    def of(block: Block) -> bool:
        on, only = (stopped(block.find(names[one]).value) for one in ("on", "only"))
        options = {} if only is ABSENT else {"PrivateDnsOnlyForInboundResolverEndpoint": inward.get(only, only)}
        if on is ABSENT and names["on"] == "PrivateDnsEnabled":
            if block.find("VpcEndpointType").value == "Interface":
                Unresolved(f"{block.address} does not set PrivateDnsEnabled: its default is not documented").stop()
            on = False
        return private_names({"PrivateDnsEnabled": False if on is ABSENT else on, "DnsOptions": options})

    return of


def _of(block: Block) -> Any:
    """Give what a flow log watches: the one of these attributes that is set."""
    values = [block.find(path).value for path in _WATCHED]
    settled = [one for one in values if isinstance(one, str) and one]
    open_ = [one for one in values if isinstance(one, Unresolved)]
    if not settled and not open_:
        raise ValueError("it names nothing that it watches")
    return settled[0] if settled else open_[0]


_AT_ONCE: Final = {
    "active": always(True, "a flow log is active once it is made (FlowLogStatus, API reference)"),
    "failing": always("", "of a new flow log EC2 names no failure (DeliverLogsStatus, API reference)"),
}

FORMS = (
    Form(
        Endpoint, "aws_vpc_endpoint", arn=arn("vpc-endpoint"), gives=given("aws_vpc_endpoint"),
        facts={
            "vpc": at("vpc_id", text),
            "service": at("service_name", service),
            "type": at("vpc_endpoint_type", text, absent="Gateway", docs="r/vpc_endpoint: defaults to Gateway"),
            "state": made(_state("service_name"), "service_name"),
            "tables": joined(_tables, "route_table_ids"),
            "private_names": made(
                _private(
                    {"on": "private_dns_enabled",
                     "only": "dns_options.private_dns_only_for_inbound_resolver_endpoint"}, {},
                ),
                "private_dns_enabled",
            ),
        },
    ),
    Form(
        Endpoint, "AWS::EC2::VPCEndpoint", arn=arn("vpc-endpoint"), gives=given("AWS::EC2::VPCEndpoint", "Id"),
        facts={
            "vpc": at("VpcId", text),
            "service": at("ServiceName", service),
            "type": at("VpcEndpointType", text, absent="Gateway", docs="AWS::EC2::VPCEndpoint: default Gateway"),
            "state": made(_state("ServiceName"), "ServiceName"),
            "tables": made(_template_tables, "RouteTableIds"),
            "private_names": made(
                _private(
                    {"on": "PrivateDnsEnabled", "only": "DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint"},
                    {"OnlyInboundResolver": True, "AllResolvers": False, "NotSpecified": False},
                ),
                "PrivateDnsEnabled",
            ),
        },
    ),
    Form(
        FlowLog, "aws_flow_log", arn=arn("vpc-flow-log"), gives=given("aws_flow_log"),
        facts={
            "of": made(_of, *_WATCHED),
            "traffic": at("traffic_type", text, absent="ALL", docs="r/flow_log: only those of transit gateways have none"),
            **_AT_ONCE,
        },
    ),
    Form(
        FlowLog, "AWS::EC2::FlowLog", arn=arn("vpc-flow-log"), gives=given("AWS::EC2::FlowLog", "Id"),
        facts={
            "of": at("ResourceId", text),
            "traffic": at(
                "TrafficType", text, absent="ALL", docs="AWS::EC2::FlowLog: not for transit gateways, required elsewhere"
            ),
            **_AT_ONCE,
        },
    ),
)  # fmt: skip
