"""BK312."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources import kinds
from scanner.resources.keys import untold
from scanner.resources.kms import USABLE
from scanner.resources.protection import Recoverable
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance, its_cluster
from scanner.resources.store import Backup

#: The kinds of backup whose list tells their key.
BACKUPS = tuple(kind for kind in kinds().values() if issubclass(kind, Backup) and kind.facts["key"].by is not untold)

Check = Callable[[], str]


@rule(
    "BK312",
    severity=Severity.HIGH,
    reads=[
        Recoverable.key_state, Recoverable.plans, *(kind.key_state for kind in BACKUPS), Instance.cluster,
        Instance.subnet_group_state, Instance.parameter_group_exists,
        DatabaseCluster.subnet_group_state, DatabaseCluster.parameter_group_exists,
    ],
    enforces=["8.2-recovery"],
)  # fmt: skip
def what_a_restore_needs_is_there(thing: Recoverable | Backup, demand: Objective) -> Verdict:
    """What a restore needs is there.

    A backup whose key is gone is noise, and a missing subnet group is found in the worst hour.

    Fix: enable the key or cancel its deletion, recreate the missing group, name a role in the backup selection.
    """
    if isinstance(thing, Instance) and (because := its_cluster(thing)):
        return Verdict.exempt(because)
    lacking: list[str] = []
    doubt: CouldNotCheck | None = None
    for check in _checks(thing):
        try:
            if found := check():
                lacking.append(found)
        except CouldNotCheck as stop:
            doubt = doubt or stop
    if lacking:
        return Verdict.failed(", ".join(lacking), "what a restore needs")
    if doubt is not None:
        raise doubt
    return Verdict.passed("nothing that a restore needs is missing")


def _checks(thing: Recoverable | Backup) -> Iterator[Check]:
    yield lambda: _key(thing)
    if isinstance(thing, Recoverable):
        yield lambda: _roles(thing)
    if isinstance(thing, (Instance, DatabaseCluster)):
        yield lambda: _subnet_group(thing)
        yield lambda: "" if thing.parameter_group_exists else "its parameter group is gone"


def _key(thing: Recoverable | Backup) -> str:
    state = thing.key_state
    return "" if state is None or state in USABLE else f"its KMS key is {state}"


def _roles(store: Recoverable) -> str:
    plans = store.plans
    bare = sorted({cover.plan_name for cover in plans.known if not cover.role})
    if bare:
        return f"plan {', '.join(bare)} names no role"
    plans.whole()
    return ""


def _subnet_group(database: Instance | DatabaseCluster) -> str:
    state = database.subnet_group_state
    return "" if state in (None, "Complete") else f"its subnet group is {state}"
