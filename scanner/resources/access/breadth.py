"""Breadth: for which services a policy gives everything, so that it gives it over every backup.

Conditions that ask who calls, from where, or with what, narrow no policy: under them it still gives everything. One that
asks for the tags of what is acted on does. What a policy denies counts where it is denied to all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from scanner.model.arn import is_arn
from scanner.model.errors import CouldNotCheck
from scanner.model.look import Look
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.unresolved import unresolved_in
from scanner.permissions.actions import SERVICES, Sort
from scanner.permissions.context import Caller, Context
from scanner.permissions.document import Document, Statement
from scanner.permissions.shelf import Shelf, Target, of_target
from scanner.permissions.statements import How, Paper

#: Stands for every action of a service: only a pattern for all of them, or for all but some, fits it.
_EVERY = "EveryActionThereIs"


#: Of who calls, from where and with what, nothing is known; but that "${aws:username}" is of no use to a role.
_ANYBODY = Context({"aws:username": None})


def breadth(document: Document, one: Resource, look: Look) -> tuple[str, ...]:
    """Name the services of which a policy gives every action on every backup there can be.

    What code leaves open in what it allows can only add to that: it matters where the rest gives nothing.
    """
    statements = [_whoever(statement) for statement in document.statements]
    sure = [each for each in map(_settled, statements) if each is not None]
    given = _given(replace(document, statements=tuple(sure)), one, look)
    return given if given or sure == statements else _given(replace(document, statements=tuple(statements)), one, look)


def _given(document: Document, one: Resource, look: Look) -> tuple[str, ...]:
    paper = Paper(document)
    partition = one.id.split(":")[1] if is_arn(one.id) else "aws"
    caller = Caller(f"arn:{partition}:iam::{one.account}:role/anybody")
    return tuple(
        name for name, sorts in SERVICES.items() if _everything(paper, name, sorts, caller, look.estate.regions)
    )


def _whoever(statement: Statement) -> Statement:
    """Take from a statement that allows all conditions but those on what is acted on."""
    if not statement.allows:
        return statement
    return replace(statement, conditions=tuple(one for one in statement.conditions if of_target(one.key.lower())))


def _settled(statement: Statement) -> Statement | None:
    """Take from a statement that allows what is open in it; nothing is left of it where that may narrow the rest."""
    if not statement.allows or unresolved_in(statement) is None:
        return statement
    narrowing = (
        statement.conditions,
        statement.actions if statement.other_actions else (),
        statement.resources if statement.other_resources else (),
    )
    if unresolved_in(narrowing) is not None:
        return None
    actions, resources = (
        tuple(one for one in some if unresolved_in(one) is None) for some in (statement.actions, statement.resources)
    )
    # A statement that names no resource at all is about all of them.
    nothing = len(actions) < len(statement.actions[:1]) or len(resources) < len(statement.resources[:1])
    return None if nothing else replace(statement, actions=actions, resources=resources)


def breadths(documents: Iterable[tuple[str, Document]], one: Resource, look: Look) -> tuple[str, ...]:
    """Say for several policies of one holder what each gives in full: `policy: service, service`.

    One that gives anything is enough; one that code leaves open matters only where none does.
    """
    found: list[str] = []
    doubt: CouldNotCheck | None = None
    for name, document in documents:
        try:
            if services := breadth(document, one, look):
                found.append(f"{name}: {', '.join(services)}")
        except CouldNotCheck as stop:
            doubt = doubt or stop
    if doubt is not None and not found:
        raise doubt
    return tuple(found)


def _everything(paper: Paper, service: str, sorts: tuple[Sort, ...], caller: Caller, regions: tuple[str, ...]) -> bool:
    every = f"{service}:{_EVERY}"
    if not paper.may_allow(every):
        return False
    shelf = Shelf(_any(sorts, caller, regions))
    for action in (every, *(action for sort in sorts for action in sort.actions)):
        sides = paper.sides(action, shelf, caller, _ANYBODY)
        allowed = sides.allowed(*How)
        if (allowed - sides.denies).most != shelf.whole:
            return False
    if shelf.unsettled:
        raise CouldNotCheck(Unknown(Reason.UNRESOLVED, f"what it gives depends on {shelf.unsettled}"))
    return True


def _any(sorts: tuple[Sort, ...], caller: Caller, regions: tuple[str, ...]) -> Iterator[Target]:
    """Make up one thing of each sort in each region, without tags, by a name that no policy names."""
    for sort in sorts:
        for region in regions:
            yield Target(_arn(sort, caller, region), region=region, account=caller.account, tags={})


#: How ARNs of some types end where that is not the type, a colon and a name (service authorization reference).
_ENDS: Mapping[tuple[str, str], str] = {
    ("backup", "recoveryPoint"): "recovery-point:{0}",
    ("backup", "backupVault"): "backup-vault:{0}",
    ("backup", "backupPlan"): "backup-plan:{0}",
    ("dlm", "policy"): "policy/{0}",
    ("dynamodb", "backup"): "table/{0}/backup/{0}",
    ("dynamodb", "table"): "table/{0}",
    ("fsx", "backup"): "backup/{0}",
    ("memorydb", "snapshot"): "snapshot/{0}",
    ("redshift", "snapshot"): "snapshot:{0}/{0}",
}


def _arn(sort: Sort, caller: Caller, region: str) -> str:
    partition, name = caller.arn.split(":")[1], "7e6d-of-no-policy"
    if sort.service == "s3":
        return f"arn:{partition}:s3:::{name}/{name}" if sort.objects else f"arn:{partition}:s3:::{name}"
    if sort.service == "ec2":
        return f"arn:{partition}:ec2:{region}::{sort.type}/{name}"
    end = _ENDS.get((sort.service, sort.type), f"{sort.type}:{{0}}").format(name)
    return f"arn:{partition}:{sort.service}:{region}:{caller.account}:{end}"
