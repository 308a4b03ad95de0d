"""Security groups: who may connect, and to which port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model.convert import text, tuple_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial, legible, perhaps
from scanner.model.origin import Listing, call, item, of
from scanner.model.ranges import broad
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.resources.vpc.tenants import Port, Tenants, tenants_of

#: The ports at which the engines of AWS's data services answer unless told otherwise, and what then answers. Port 443
#: of OpenSearch is not among them: it is data's only where a domain stands behind the group.
DATA_PORTS: Mapping[int, str] = {
    445: "SMB", 988: "Lustre", 1433: "SQL Server", 1521: "Oracle", 2049: "NFS", 3306: "MySQL", 5432: "PostgreSQL",
    5439: "Redshift", 6379: "Redis", 6380: "Redis readers", 8182: "Neptune", 11211: "Memcached", 27017: "DocumentDB",
    50000: "Db2",
}  # fmt: skip
#: All protocols, TCP and UDP, by name and by number; NFS and Memcached answer by UDP too.
_PROTOCOLS = frozenset({"-1", "tcp", "6", "udp", "17"})
_LAST = 65535


@dataclass(frozen=True, slots=True)
class Opening:
    """One permission to connect: from where, to which ports."""

    first: int
    last: int
    ranges: tuple[str, ...] = ()
    #: prefix lists that stand for ranges
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A data port that everyone may connect to."""

    port: int
    what: str
    to: str


def openings(raw: Any) -> tuple[Opening, ...]:
    """Read the inbound permissions that let addresses in; those that name other groups let in nobody from outside."""
    return tuple(_openings(raw))


def _openings(raw: Iterable[Mapping[str, Any]]) -> Iterator[Opening]:
    for one in raw:
        if str(one["IpProtocol"]).lower() not in _PROTOCOLS:
            continue
        # All protocols means all ports, whatever is written; a range without ends is all of them as well.
        first, last = int(one.get("FromPort", -1)), int(one.get("ToPort", -1))
        if str(one["IpProtocol"]) == "-1" or first < 0:
            first, last = 0, _LAST
        fours = (str(entry["CidrIp"]) for entry in one.get("IpRanges") or ())
        sixes = (str(entry["CidrIpv6"]) for entry in one.get("Ipv6Ranges") or ())
        lists = tuple(str(entry["PrefixListId"]) for entry in one.get("PrefixListIds") or ())
        ranges = (*fours, *sixes)
        if ranges or lists:
            yield Opening(first, last, ranges, lists)


class PrefixList(Resource):
    """A list of address ranges with a name, AWS's own or a customer's."""

    kind = "aws.ec2.prefix-list"
    title = "prefix list"
    listed_by = Listing(
        call("ec2:DescribeManagedPrefixLists"), "PrefixLists[]", id="{PrefixListArn}", name="{PrefixListId}"
    )

    short: Fact[str] = fact("Its identifier.", live=item("PrefixListId", text))
    of_aws: Fact[bool] = fact(
        "AWS keeps it: it holds the addresses of one service.", live=item("OwnerId", lambda raw: raw == "AWS")
    )
    ranges: Fact[tuple[str, ...]] = fact(
        "Its ranges; those of AWS's own lists are not read.",
        live=call("ec2:GetManagedPrefixListEntries", PrefixListId=of("PrefixListId")).at(
            "Entries[].Cidr", tuple_of(text), absent=(), given=("of_aws", False)
        ),
    )


def opened(group: SecurityGroup, look: Look) -> Partial[Opened]:
    """Give the data ports that a group opens to everyone: the usual ones, and those of the stores behind it."""
    entries = group.openings
    listed: dict[str, tuple[str, ...]] = {}
    unread: dict[str, Unknown] = {}
    for name in sorted({name for one in entries for name in one.lists}):
        try:
            listed[name] = _listed(name, group.region, look)
        except CouldNotCheck as stop:
            unread[name] = stop.unknown
    doubt: Unknown | None = None
    with legible(f"the address ranges of {group.name}"):
        if not unread and not broad(range_ for one in entries for range_ in _ranges(one, listed)):
            return Partial(())
        served = perhaps(lambda: _served(group, look))
        ports = dict(DATA_PORTS)
        for one in served.known:
            ports[one.number] = one.store
        found = []
        for port, what in sorted(ports.items()):
            through = [one for one in entries if one.first <= port <= one.last]
            wide = broad(range_ for one in through for range_ in _ranges(one, listed))
            if wide:
                found.append(Opened(port, what, wide))
            else:
                doubts = (unread[name] for one in through for name in one.lists if name in unread)
                doubt = doubt or next(doubts, None)
    return Partial(tuple(found), doubt or served.missing)


def _ranges(one: Opening, listed: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield from one.ranges
    for name in one.lists:
        yield from listed.get(name, ())


def _listed(name: str, region: str, look: Look) -> tuple[str, ...]:
    found = next(look.where(PrefixList, PrefixList.short, name, region=region), None)
    if found is None:
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"prefix list {name} is not among those that are shown"))
    return () if found.of_aws else found.ranges


def _served(group: SecurityGroup, look: Look) -> Partial[Port]:
    ports = tenants_of(look, group.region).served
    return Partial(ports.known.get(group.short, ()), ports.missing)


def attached(group: SecurityGroup, look: Look) -> bool:
    """Say whether anything stands behind a group."""
    behind = tenants_of(look, group.region).guarded
    if group.short in behind.known:
        return True
    if behind.missing is not None:
        raise CouldNotCheck(behind.missing)
    return False


class SecurityGroup(Resource):
    """A security group of a VPC."""

    kind = "aws.ec2.security-group"
    title = "security group"
    listed_by = Listing(
        call("ec2:DescribeSecurityGroups"), "SecurityGroups[]",
        id="arn:{partition}:ec2:{region}:{OwnerId}:security-group/{GroupId}", name="{GroupId}",
    )  # fmt: skip

    short: Fact[str] = fact("Its identifier.", live=item("GroupId", text))
    vpc: Fact[str] = fact("The VPC it is of.", live=item("VpcId", text))
    openings: Fact[tuple[Opening, ...]] = fact(
        "The addresses it lets in, and to which ports.", live=item("IpPermissions", openings, absent=())
    )
    opened: Fact[Partial[Opened]] = derived(
        "The data ports that it opens to everyone.",
        needs=lambda kind: [
            kind.short, kind.openings, PrefixList.short, PrefixList.of_aws, PrefixList.ranges, Tenants.served,
        ],
        by=opened,
    )  # fmt: skip
    attached: Fact[bool] = derived(
        "Something stands behind it.", needs=lambda kind: [kind.short, Tenants.guarded], by=attached
    )
