"""Who lives in the networks of a region: data stores by their security groups, and what stands in which VPC.

Worked out once for the region, so that no security group and no VPC looks through all stores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any, Generic, TypeVar

from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, gathered
from scanner.model.origin import Listing
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.rule import concrete
from scanner.resources.ec2.instances import Instance
from scanner.resources.vpc.interfaces import Interface
from scanner.resources.vpc.networks import Subnet
from scanner.resources.vpc.place import Placed, subnets_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chart(Generic[T]):
    """Things by the name of what they belong to; `missing` where there may be more."""

    known: Mapping[str, tuple[T, ...]] = field(default_factory=dict)
    missing: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """A port at which a data store answers."""

    number: int
    store: str


@dataclass(frozen=True, slots=True)
class Tenant:
    """A machine or a data store in a subnet, and the route table by which its traffic leaves; "" if that is not told."""

    name: str
    subnet: str
    table: str = ""
    doubt: Unknown | None = None


def chart(
    look: Look, region: str, kinds: Iterable[type[Resource]], pick: Callable[[Any], Iterable[tuple[str, T]]]
) -> Chart[T]:
    """Gather pairs of every resource of some kinds in a region, by their first part."""
    table: dict[str, list[T]] = {}
    missing: Unknown | None = None
    for kind in kinds:
        pairs = gathered(look.every(kind, region=region), pick)
        for key, value in pairs.known:
            table.setdefault(key, []).append(value)
        missing = missing or pairs.missing
    return Chart({key: tuple(found) for key, found in table.items()}, missing)


def served(region: Tenants, look: Look) -> Chart[Port]:
    """Give the ports of the data stores behind each security group."""
    return chart(look, region.region, concrete(Placed), _ports)


def _ports(store: Placed) -> list[tuple[str, Port]]:
    groups, ports = store.security_groups, store.ports
    return [(group, Port(number, f"{store.title} {store.name}")) for group in groups for number in ports]


def guarded(region: Tenants, look: Look) -> Chart[str]:
    """Give the network interfaces behind each security group."""
    return chart(look, region.region, (Interface,), lambda one: [(group, one.short) for group in one.groups])


def peopled(region: Tenants, look: Look) -> Chart[str]:
    """Give the network interfaces in each VPC."""
    return chart(look, region.region, (Interface,), lambda one: [(one.vpc, one.short)])


def lodged(region: Tenants, look: Look) -> Chart[Tenant]:
    """Give the machines and the data stores in each VPC."""

    def of_store(store: Placed) -> Iterator[tuple[str, Tenant]]:
        for subnet in subnets_of(store, look):
            yield subnet.vpc, _tenant(f"{store.title} {store.name}", subnet)

    def of_machine(machine: Instance) -> Iterator[tuple[str, Tenant]]:
        if not machine.subnet:
            return
        found = next(look.where(Subnet, Subnet.short, machine.subnet, region=machine.region), None)
        if found is None:
            raise CouldNotCheck(Unknown(Reason.BEYOND, f"{machine.subnet} is not among the subnets that are shown"))
        yield found.vpc, _tenant(f"{machine.title} {machine.name}", found)

    stores = chart(look, region.region, concrete(Placed), of_store)
    machines = chart(look, region.region, (Instance,), of_machine)
    both = {vpc: (*stores.known.get(vpc, ()), *machines.known.get(vpc, ())) for vpc in (*stores.known, *machines.known)}
    return Chart(both, stores.missing or machines.missing)


def _tenant(name: str, subnet: Subnet) -> Tenant:
    try:
        return Tenant(name, subnet.short, subnet.table)
    except CouldNotCheck as stop:
        return Tenant(name, subnet.short, doubt=stop.unknown)


class Tenants(Resource):
    """What stands in the networks of one region."""

    kind = "aws.ec2.tenants"
    title = "tenants of a region's networks"
    listed_by = Listing(None, id="arn:{partition}:ec2:{region}:{account}:tenants", name="tenants in {region}")

    served: Fact[Chart[Port]] = derived(
        "The ports of the data stores behind each security group.",
        needs=lambda _: [kind.facts[name] for kind in concrete(Placed) for name in ("security_groups", "ports")],
        by=served,
    )
    guarded: Fact[Chart[str]] = derived(
        "The network interfaces behind each security group.",
        needs=lambda _: [Interface.short, Interface.groups],
        by=guarded,
    )
    peopled: Fact[Chart[str]] = derived(
        "The network interfaces in each VPC.", needs=lambda _: [Interface.short, Interface.vpc], by=peopled
    )
    lodged: Fact[Chart[Tenant]] = derived(
        "The machines and the data stores in each VPC, and by which route table their traffic leaves.",
        needs=lambda _: [
            *(kind.facts["subnets"] for kind in concrete(Placed)),
            Instance.subnet, Subnet.short, Subnet.vpc, Subnet.table,
        ],
        by=lodged,
    )  # fmt: skip


def tenants_of(look: Look, region: str) -> Tenants:
    """Give what stands in the networks of a region; raise where it was not scanned."""
    return look.sole(Tenants, region=region)
