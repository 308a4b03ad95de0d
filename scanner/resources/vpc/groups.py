"""Security groups: who may connect, and to which port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner.model.convert import text, tuple_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, legible, perhaps, those
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
    sure, unsure = _parted(group, look)
    doubt: Unknown | None = None
    with legible(f"the address ranges of {group.name}"):
        all_ranges = [*(range_ for one in sure for range_ in one.ranges), *(r for one in unsure for r in one.ranges)]
        if not broad(all_ranges) and not any(one.unread for one in unsure):
            return Partial(())
        served = perhaps(lambda: _served(group, look))
        ports = dict(DATA_PORTS)
        for one in served.known:
            ports[one.number] = one.store
        found = []
        for port, what in sorted(ports.items()):
            through = [range_ for one in sure if one.first <= port <= one.last for range_ in one.ranges]
            wide = broad(through)
            if wide:
                found.append(Opened(port, what, wide))
                continue
            near = [one for one in unsure if one.first <= port <= one.last]
            if any(one.unread for one in near) or broad((*through, *(range_ for one in near for range_ in one.ranges))):
                doubt = doubt or near[0].doubt
    return Partial(tuple(found), doubt or served.missing)


@dataclass(frozen=True, slots=True)
class _Unsure:
    """Addresses that may be let in to some ports; `unread` where there may be others beside these."""

    first: int
    last: int
    ranges: tuple[str, ...]
    doubt: Unknown
    unread: bool = True


def _parted(group: SecurityGroup, look: Look) -> tuple[list[Opening], list[_Unsure]]:
    """Part what a group lets in: ranges that are certain, those of prefix lists among them, and what is not."""
    lists = _Lists(group.region, look)
    sure: list[Opening] = []
    unsure: list[_Unsure] = []
    entries = those(group.openings, lambda one: one.ranges is not None)
    if entries.missing is not None:
        unsure.append(_Unsure(0, _LAST, (), entries.missing))
    for one in entries.known:
        ranges, names = those(one.ranges, bool), those(one.lists, bool)
        doubt = ranges.missing or names.missing
        known = [*ranges.known]
        for name in names.known:
            told = lists.of(name)
            known.extend(told.known)
            doubt = doubt or told.missing
        try:
            first, last = int(one.first), int(one.last)
        except CouldNotCheck as stop:
            unsure.append(_Unsure(0, _LAST, tuple(known), stop.unknown, unread=doubt is not None))
            continue
        sure.append(Opening(first, last, tuple(known)))
        if doubt is not None:
            unsure.append(_Unsure(first, last, (), doubt))
    return sure, unsure


class _Lists:
    """The ranges of prefix lists, each looked up once."""

    def __init__(self, region: str, look: Look) -> None:
        self._region = region
        self._look = look
        self._known: dict[str, Partial[str]] = {}

    def of(self, name: str) -> Partial[str]:
        """Give the ranges of a list; none of AWS's own, and why there may be more."""
        if name not in self._known:
            self._known[name] = perhaps(lambda: self._read(name))
        return self._known[name]

    def _read(self, name: str) -> Partial[str]:
        found = next(self._look.where(PrefixList, PrefixList.short, name, region=self._region), None)
        if found is None:
            raise CouldNotCheck(Unknown(Reason.BEYOND, f"prefix list {name} is not among those that are shown"))
        return Partial(()) if found.of_aws else those(found.ranges, bool)


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
