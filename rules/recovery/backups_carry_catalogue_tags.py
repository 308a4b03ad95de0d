"""BK306."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources import kinds
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance, its_cluster, its_source
from scanner.resources.store import Backup

#: The kinds of backup whose list tells their tags; AWS Backup's lists do not.
BACKUPS = tuple(kind for kind in kinds().values() if issubclass(kind, Backup) and "tags" in kind.facts)


@rule(
    "BK306",
    severity=Severity.LOW,
    reads=[
        *(kind.facts["tags"] for kind in BACKUPS),
        Instance.cluster, Instance.copy_tags, Instance.tags, Instance.backed_up_with,
        DatabaseCluster.copy_tags, DatabaseCluster.tags, DatabaseCluster.backed_up_with,
    ],
    enforces=["5.1-catalogue"],
)  # fmt: skip
def backups_carry_catalogue_tags(thing: Any, demand: Objective) -> Verdict:
    """Backups carry catalogue tags.

    In an emergency a snapshot is found by what it is tagged with, not by the name AWS gave it.

    Fix: tag the database, turn on copying its tags to snapshots, and tag the snapshots that lack them.
    """
    wanted = demand.catalogue_tags
    words = "the tags " + ", ".join(wanted)
    if isinstance(thing, Backup):
        lacking = _lacking(thing.tags, wanted)  # type: ignore[attr-defined]  # those of BACKUPS have tags
        return Verdict.when(not lacking, f"it lacks the tags {lacking}" if lacking else f"it carries {words}", words)
    if because := its_cluster(thing) or its_source(thing):
        return Verdict.exempt(because)
    if not thing.copy_tags:
        return Verdict.failed("its snapshots do not copy its tags", f"{words} on every backup")
    lacking = _lacking(thing.tags, wanted)
    if lacking:
        return Verdict.failed(f"its snapshots copy its tags, but it lacks {lacking}", f"{words} on every backup")
    return Verdict.passed("its snapshots copy its tags", f"{words} on every backup")


def _lacking(tags: Mapping[str, str], wanted: tuple[str, ...]) -> str:
    return ", ".join(name for name in wanted if not tags.get(name))
