"""What can be harmed: every backup and every setting that keeps one, on a shelf per sort, with the policies of its own.

Who could delete a recovery point in a vault whose lock is final, or a snapshot that AWS Backup keeps? Nobody: such things
are not on the shelf (AWS Backup developer guide, "Vault lock" and "Deleting backups").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from scanner.model.arn import tentative
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, gathered, perhaps
from scanner.model.reading import Unknown
from scanner.model.resource import Resource
from scanner.permissions.actions import BACKUPS, BUCKET, KEY, KEYS, POINT, VAULT, Sort
from scanner.permissions.document import Document
from scanner.permissions.evaluate import Court
from scanner.permissions.shelf import Shelf, Target
from scanner.permissions.statements import Paper
from scanner.permissions.truth import Doubt, Truth, all_true, any_true, opposite
from scanner.resources import kinds


@dataclass(frozen=True, slots=True)
class Place:
    """The court over one sort; `title` is what people call it, `missing` why there may be more than was found.

    `given` says whether what was not found may be given to somebody by a policy of its own.
    """

    sort: Sort
    title: str
    court: Court
    missing: Unknown | None = None
    given: bool = True


@dataclass(frozen=True, slots=True)
class Shelves:
    """All places."""

    backups: tuple[Place, ...]
    keys: tuple[Place, ...]


@dataclass(slots=True)
class _Found:
    """What was found of one sort: targets, each with its own policy or a doubt; `doubts` name what may not be there."""

    targets: list[Target] = field(default_factory=list)
    policies: dict[str, Document | Doubt] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    missing: Unknown | None = None


def shelves(look: Look) -> Shelves:
    """Put everything on its shelf; asked through `look.once`."""
    known = kinds()
    papers: dict[int, Paper] = {}
    return Shelves(
        tuple(one for sort in BACKUPS if sort.kind in known for one in _places(sort, known[sort.kind], look, papers)),
        tuple(_places(KEYS, known[KEY], look, papers)),
    )


def needs() -> list[Fact[Any]]:
    """Name every fact that is read for the shelves."""
    known = kinds()
    found: dict[Fact[Any], None] = {}
    for sort in (*BACKUPS, KEYS):
        if sort.kind not in known:
            continue
        facts = known[sort.kind].facts
        # Without a fact of its own to read, the kind would not be listed.
        names = [
            name for name in (sort.through, "tags" if sort.kind != BUCKET else "", _OWN.get(sort.kind, "")) if name
        ]
        found.update(dict.fromkeys(facts[name] for name in names if name in facts))
        if sort.policy:
            found[known[sort.holder or sort.kind].facts[sort.policy]] = None
        if not names or not any(name in facts for name in names):
            found[_any_live(known[sort.kind])] = None
    found.update(dict.fromkeys(known[VAULT].facts[name] for name in ("locked", "lock_final_at", "vault_type")))
    found.update(dict.fromkeys(known[KEY].facts[name] for name in ("manager", "protects")))
    found[known[BUCKET].facts["versioning"]] = None
    found.update(dict.fromkeys(known[kind].facts[name] for kind in _PUT for name in ("bucket", "prefix")))
    return list(found)


#: Facts by which a kind says whether it holds backups at all.
_OWN: Mapping[str, str] = {BUCKET: "holds"}


def _any_live(kind: type[Resource]) -> Fact[Any]:
    """Give a fact that stands in the item of the list and so costs no call, if there is one."""
    live = [one for one in kind.facts.values() if one.live and not one.live.given]
    return min(live, key=lambda one: bool(one.live and (one.live.call or one.live.side)))


def _places(sort: Sort, kind: type[Resource], look: Look, papers: dict[int, Paper]) -> Iterator[Place]:
    """Give a place for the targets of each policy: what one policy is over stays one stretch."""
    found = _Found()
    for one in look.found(kind):
        _take(sort, one, look, found)
    title = "object" if sort.objects else kind.title or kind.kind
    missing = look.gap(kind) or found.missing
    given = missing is not None and _given(sort, kind, look, papers)
    groups: dict[tuple[int, Doubt | None], tuple[Document | Doubt | None, list[Target]]] = {}
    # Long policies are compared once each, not once per target.
    first: dict[int, int] = {}
    equal: dict[Document | Doubt | None, int] = {}
    for target in found.targets:
        policy = found.policies.get(target.id)
        number = first.get(id(policy))
        if number is None:
            number = first[id(policy)] = equal.setdefault(policy, len(equal))
        groups.setdefault((number, found.doubts.get(target.id)), (policy, []))[1].append(target)
    for (_, doubt), (policy, targets) in groups.items():
        shelf = Shelf(targets)
        court = Court(
            shelf,
            held=() if policy is None else [(policy, shelf.whole)],
            access=sort.access,
            papers=papers,
            at=look.estate.taken_at,
            doubts={} if doubt is None else {doubt.why: shelf.whole},
        )
        yield Place(sort, title, court, missing, given)
    if not groups:
        yield Place(sort, title, Court(Shelf(()), access=sort.access, papers=papers), missing, given)


def _given(sort: Sort, kind: type[Resource], look: Look, papers: dict[int, Paper]) -> bool:
    """Say whether what was not found may be given to somebody by a policy of its own.

    Where all that holds such policies was seen, they tell: points are in vaults, objects in buckets.
    """
    if not sort.policy:
        return False
    holder = _kind(sort.holder) if sort.holder else kind
    if look.gap(holder) is not None:
        return True
    return any(_may_give(one, sort, papers) for one in look.found(holder))


def _may_give(holder: Any, sort: Sort, papers: dict[int, Paper]) -> bool:
    try:
        policy: Document | None = getattr(holder, sort.policy)
        if policy is None:
            return False
        paper = papers.get(id(policy))
        if paper is None:
            paper = papers[id(policy)] = Paper(policy)
        return any(paper.may_allow(action) for action in sort.actions)
    except CouldNotCheck:
        return True


def _take(sort: Sort, one: Any, look: Look, found: _Found) -> None:
    there = _there(sort, one, look)
    if there is False:
        return
    if isinstance(there, Doubt):
        found.doubts[one.id] = there
    if sort.objects:
        under = perhaps(lambda: _prefixes(one, look))
        found.missing = found.missing or under.missing
        found.targets.extend(
            Target(tentative(f"{one.id}/{prefix}object", one), one.id, one.region, one.account)
            for prefix in under.known
        )
    else:
        found.targets.append(Target(tentative(one.id, one), one.id, one.region, one.account, _tags(one)))
    if sort.policy:
        try:
            holder = look.one(_kind(sort.holder), getattr(one, sort.through)) if sort.through else one
            policy = None if holder is None else getattr(holder, sort.policy)
            if policy is not None:
                found.policies[one.id] = policy
        except CouldNotCheck as stop:
            found.policies[one.id] = Doubt(f"its policy: {stop.unknown.detail}")


def _kind(name: str) -> type[Resource]:
    return kinds()[name]


def _tags(one: Any) -> Mapping[str, str] | None:
    # S3 minds the tags of a bucket only where that is turned on for it (user guide, "Using tags with S3 buckets").
    if "tags" not in one.facts or one.kind == BUCKET:
        return None
    try:
        return one.tags  # type: ignore[no-any-return]  # a fact found by its name
    except CouldNotCheck:
        return None


def _prefixes(bucket: Any, look: Look) -> Partial[str]:
    """Give under which names the configuration puts mirrors, exports and logs into a bucket."""
    known: dict[str, None] = {}
    missing: Unknown | None = None
    for name in _PUT:
        kind = _kind(name)
        found: Partial[str] = gathered(
            look.where(kind, kind.facts["bucket"], bucket.name),
            lambda one: (one.prefix,),  # type: ignore[attr-defined]  # all three have it
        )
        known.update(dict.fromkeys(found.known))
        missing = missing or found.missing
    return Partial(tuple(known), missing)


#: What the configuration puts into buckets.
_PUT = ("aws.configuration.export", "aws.log.archive", "aws.repository.mirror")


def _there(sort: Sort, one: Any, look: Look) -> Truth:
    """Say whether anybody at all could harm it."""
    match sort.kind:
        case "aws.backup.recovery-point":
            return opposite(_sealed_in(one, look))
        case "aws.s3.bucket":
            # Where versions are kept, a deletion only hides the object (S3 user guide, "Deleting object versions").
            return all_true((_holds(one), not sort.unversioned or _asked(lambda: one.versioning != "Enabled")))
        case "aws.kms.key":
            return _encrypts_backups(one, look)
        case "aws.rds.snapshot" | "aws.rds.cluster-snapshot":
            # AWS Backup names what it keeps in RDS so.
            return ":awsbackup:" not in one.id
        case "aws.ec2.snapshot" | "aws.ec2.image" | "aws.dynamodb.backup" | "aws.fsx.backup" | "aws.redshift.snapshot":
            return opposite(_kept_by_aws_backup(one, look))
        case _:
            return True


def _sealed_in(point: Any, look: Look) -> Truth:
    try:
        vault = look.one(_kind(VAULT), point.vault)
    except CouldNotCheck as stop:
        return Doubt(f"its vault: {stop.unknown.detail}")
    return False if vault is None else sealed(vault, look)


def sealed(vault: Any, look: Look) -> Truth:
    """Say whether a vault's lock can no longer be taken off: then nobody can delete what lies in it before its time."""

    def final() -> bool:
        return vault.lock_final_at is not None and vault.lock_final_at <= look.estate.taken_at

    return any_true(
        (
            _asked(lambda: vault.vault_type == "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"),
            all_true((_asked(lambda: vault.locked), _asked(final))),
        )
    )


def _asked(ask: Any) -> Truth:
    try:
        return bool(ask())
    except CouldNotCheck as stop:
        return Doubt(stop.unknown.detail)


def _kept_by_aws_backup(one: Any, look: Look) -> Truth:
    try:
        return look.one(_kind(POINT), one.id) is not None
    except CouldNotCheck as stop:
        return Doubt(f"whether AWS Backup keeps it: {stop.unknown.detail}")


def _holds(bucket: Any) -> Truth:
    """Say whether the configuration puts mirrors, exports or logs into a bucket: other data is no backup."""
    try:
        held = bucket.holds
    except CouldNotCheck as stop:
        return Doubt(stop.unknown.detail)
    if held.known:
        return True
    return False if held.missing is None else Doubt(held.missing.detail)


def _encrypts_backups(key: Any, look: Look) -> Truth:
    try:
        if key.manager != "CUSTOMER":
            return False
        protected = key.protects
    except CouldNotCheck as stop:
        return Doubt(stop.unknown.detail)
    kept = look.once(_kept)
    if any(one in kept for one in protected.known):
        return True
    return False if protected.missing is None else Doubt(protected.missing.detail)


def _kept(look: Look) -> frozenset[str]:
    """Give the ids of all backups, of the vaults they lie in, and of the stores whose own backups share their key."""
    # By what they declare: importing the classes here would make a circle.
    held = (kind for kind in kinds().values() if kind.kind == VAULT or {"made_at", "made"} & set(kind.facts))
    return frozenset(one.id for kind in held for one in look.found(kind))
