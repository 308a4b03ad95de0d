"""Breadth: for which services a policy gives everything, so that it gives it over every backup.

Conditions that ask who calls, from where, or with what, narrow no policy: under them it still gives everything. One that
asks for the tags of what is acted on does. What a policy denies counts where it is denied to all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.model.look import Look
from scanner.model.resource import Resource
from scanner.permissions.actions import SERVICES, Sort
from scanner.permissions.context import Caller, Mfa, context_of
from scanner.permissions.document import Document
from scanner.permissions.shelf import Shelf, Target
from scanner.permissions.statements import How, Paper

#: Stands for every action of a service: only a pattern for all of them, or for all but some, fits it.
_EVERY = "EveryActionThereIs"


def breadth(document: Document, one: Resource, look: Look) -> tuple[str, ...]:
    """Name the services of which a policy gives every action on every backup there can be."""
    paper = Paper(document)
    caller = Caller(f"arn:aws:iam::{one.account}:role/anybody")
    return tuple(
        name for name, sorts in SERVICES.items() if _everything(paper, name, sorts, caller, look.estate.regions)
    )


def breadths(documents: Iterable[tuple[str, Document]], one: Resource, look: Look) -> tuple[str, ...]:
    """Say for several policies of one holder what each gives in full: `policy: service, service`."""
    found = ((name, breadth(document, one, look)) for name, document in documents)
    return tuple(f"{name}: {', '.join(services)}" for name, services in found if services)


def _everything(paper: Paper, service: str, sorts: tuple[Sort, ...], caller: Caller, regions: tuple[str, ...]) -> bool:
    every = f"{service}:{_EVERY}"
    if not paper.may_allow(every):
        return False
    shelf = Shelf(_any(sorts, caller.account, regions))
    context = context_of(caller, mfa=Mfa.USED)
    for action in (every, *(action for sort in sorts for action in sort.actions)):
        sides = paper.sides(action, shelf, caller, context)
        allowed = sides.allowed(*How)
        if (allowed - sides.denies).most != shelf.whole:
            return False
    return True


def _any(sorts: tuple[Sort, ...], account: str, regions: tuple[str, ...]) -> Iterator[Target]:
    """Make up one thing of each sort in each region, without tags, by a name that no policy names."""
    for sort in sorts:
        for region in regions:
            yield Target(_arn(sort, account, region), region=region, account=account, tags={})


def _arn(sort: Sort, account: str, region: str) -> str:
    name: Any = "7e6d-of-no-policy"
    if sort.service == "s3":
        return f"arn:aws:s3:::{name}/{name}" if sort.objects else f"arn:aws:s3:::{name}"
    if sort.service == "ec2":
        return f"arn:aws:ec2:{region}::{sort.type}/{name}"
    return f"arn:aws:{sort.service}:{region}:{account}:{sort.type}:{name}"
