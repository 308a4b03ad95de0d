"""VPCs: who stands in them, whether their traffic is noted, and by which way it reaches S3."""

from __future__ import annotations

from scanner.model.arn import same
from scanner.model.convert import text
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, gathered, those
from scanner.model.origin import Listing, call, item
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.resources.vpc.endpoints import Endpoint
from scanner.resources.vpc.flow_logs import FlowLog, Noted, lacking, noted
from scanner.resources.vpc.networks import Subnet
from scanner.resources.vpc.routing import Region, routing_of
from scanner.resources.vpc.tenants import Tenant, Tenants, tenants_of


@dataclass(frozen=True, slots=True)
class Leak:
    """A tenant whose traffic to S3 leaves through a gateway to the internet."""

    tenant: str
    subnet: str
    gateway: str


@dataclass(frozen=True, slots=True)
class _Way:
    """An S3 endpoint that can be used: for the whole VPC, or from some route tables."""

    whole: bool
    tables: tuple[str, ...] = ()


def empty(vpc: Vpc, look: Look) -> bool:
    """Say whether no network interface is in a VPC; a machine or a data store in it has one, if nothing shows it."""
    people = tenants_of(look, vpc.region).peopled
    if vpc.short in people.known or vpc.tenants.known:
        return False
    if people.missing is not None:
        raise CouldNotCheck(people.missing)
    return True


def lodgers(vpc: Vpc, look: Look) -> Partial[Tenant]:
    """Give the machines and data stores in a VPC."""
    everywhere = tenants_of(look, vpc.region).lodged
    return Partial(everywhere.known.get(vpc.short, ()), everywhere.missing)


def unlogged(vpc: Vpc, look: Look) -> str:
    """Say what of a VPC's traffic no flow log notes, by the logs of the VPC or of each of its subnets; "" for nothing."""
    own = _logs(vpc.short, vpc.region, look)
    flaw = lacking(own.known)
    if not flaw:
        return ""
    doubt = own.missing
    subnets = those(look.where(Subnet, Subnet.vpc, vpc.short, region=vpc.region))
    without = []
    for subnet in subnets.known:
        logs = _logs(subnet.short, vpc.region, look)
        if lacking((*own.known, *logs.known)):
            without.append(subnet.short)
            doubt = doubt or logs.missing
    if subnets.known and not without:
        doubt = subnets.missing
        if doubt is None and same(vpc.owner, vpc.account):
            return ""
    if not same(vpc.owner, vpc.account):
        # Participants are shown neither the logs of the VPC nor the subnets that are not shared with them (VPC user
        # guide, "Responsibilities and permissions for owners and participants").
        doubt = Unknown(Reason.BEYOND, f"{vpc.short} belongs to account {vpc.owner}, whose flow logs are not shown")
    if doubt is not None:
        raise CouldNotCheck(doubt)
    some = f", nor of {', '.join(without[:3])}" if len(without) < len(subnets.known) else ""
    return f"{flaw}{some}"


def _logs(short: str, region: str, look: Look) -> Partial[Noted]:
    return gathered(look.where(FlowLog, FlowLog.of, short, region=region), noted)


def leaks(vpc: Vpc, look: Look) -> Partial[Leak]:
    """Give the tenants whose way to S3 is none of the VPC's endpoints but a gateway to the internet."""
    ways: Partial[_Way] = gathered(look.where(Endpoint, Endpoint.vpc, vpc.short, region=vpc.region), _way)
    if any(way.whole for way in ways.known):
        return Partial(())
    tables = those((table for way in ways.known for table in way.tables), bool)
    private, led = set(tables.known), ways.missing or tables.missing
    tenants = vpc.tenants
    routing = routing_of(look, vpc.region)
    known, doubt = [], tenants.missing
    for tenant in tenants.known:
        if tenant.doubt is not None:
            doubt = doubt or tenant.doubt
        elif tenant.table in private:
            continue
        elif tenant.table in routing.outward:
            if led is None:
                known.append(Leak(tenant.name, tenant.subnet, routing.outward[tenant.table]))
            doubt = doubt or led
        elif (tenant.table, "outward") in routing.doubts:
            doubt = doubt or routing.doubts[tenant.table, "outward"]
        elif tenant.table in routing.beyond:
            target = routing.beyond[tenant.table]
            doubt = doubt or Unknown(Reason.BEYOND, f"{tenant.table} leads to {target}, and from there out of sight")
        elif (tenant.table, "beyond") in routing.doubts:
            doubt = doubt or routing.doubts[tenant.table, "beyond"]
        elif routing.missing is not None:
            doubt = doubt or routing.missing
    return Partial(tuple(known), doubt)


def _way(endpoint: Endpoint) -> tuple[_Way, ...]:
    if endpoint.service != "s3" or endpoint.state != "available":
        return ()
    if endpoint.type == "Gateway":
        return (_Way(False, endpoint.tables),)
    # Without private names, clients must ask for the endpoint by a name of its own (S3 user guide, "AWS PrivateLink").
    return (_Way(True),) if endpoint.private_names else ()


class Vpc(Resource):
    """A virtual private cloud: the account's own, or one of which it may use subnets."""

    kind = "aws.ec2.vpc"
    title = "VPC"
    listed_by = Listing(
        call("ec2:DescribeVpcs"), "Vpcs[]",
        id="arn:{partition}:ec2:{region}:{OwnerId}:vpc/{VpcId}", name="{VpcId}",
    )  # fmt: skip

    short: Fact[str] = fact("Its identifier.", live=item("VpcId", text))
    owner: Fact[str] = fact("The account that owns it.", live=item("OwnerId", text))
    empty: Fact[bool] = derived(
        "Nothing stands in it.", needs=lambda kind: [kind.short, Tenants.peopled, kind.tenants], by=empty
    )
    tenants: Fact[Partial[Tenant]] = derived(
        "The machines and data stores in it.", needs=lambda kind: [kind.short, Tenants.lodged], by=lodgers
    )
    unlogged: Fact[str] = derived(
        "What of its traffic no flow log notes; empty where all is noted.",
        needs=lambda kind: [
            kind.short, kind.owner, Subnet.vpc, Subnet.short, FlowLog.of, FlowLog.active, FlowLog.failing,
            FlowLog.traffic,
        ],
        by=unlogged,
    )  # fmt: skip
    leaks: Fact[Partial[Leak]] = derived(
        "What in it reaches S3 through a gateway to the internet.",
        needs=lambda kind: [
            kind.short, kind.tenants, Region.routing, Endpoint.vpc, Endpoint.service, Endpoint.state, Endpoint.type,
            Endpoint.tables, Endpoint.private_names,
        ],
        by=leaks,
    )  # fmt: skip
