"""`backup-drill sweep`: what runs have left is shown, and with --execute removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drills.cli.planning import Asked, load
from drills.cli.targets import target_of
from drills.measuring.clock import MachineClock
from drills.stage.port import Calls
from scanner.door.exits import Exit
from scanner.door.text import flat

if TYPE_CHECKING:
    from drills.stage.sweeping import Sweep


#: Where nothing was ever made.
_NOWHERE = "nowhere"


def sweep_state(
    state: Path, plan: str | None, target: str | None, config: Path | None, policy: Path | None, *, execute: bool
) -> int:
    """Sweep what the journals of a folder name, on the target of a plan.

    Without one nothing is called: what an emulation held that has ended is noted as gone, and the rest is told.
    """
    if (plan is None) != (target is None):
        raise click.UsageError("--plan and --target belong together: the plan says how the target is reached")
    from drills.stage.guards import in_place  # noqa: PLC0415
    from drills.stage.sweeping import sweep  # noqa: PLC0415

    if plan is None or target is None:
        return _show(sweep(state, _nowhere, MachineClock(), endpoint=_NOWHERE, execute=execute))
    loaded = load(Asked(plan, target, (), config, policy))
    with target_of(target, sweeping=True).open(loaded.plan) as opened:
        regions = sorted({subject.region for subject in loaded.plan.subjects.values()})
        port, account, clock = opened.port, opened.account, MachineClock()
        found = sweep(
            state,
            lambda region: Calls(port, account, region),
            clock,
            endpoint=opened.endpoint,
            regions=regions,
            guard=in_place(loaded.plan, opened, state, clock),
            execute=execute,
        )
    return _show(found)


def _nowhere(region: str) -> Calls:
    raise AssertionError(f"no target was named, and something is looked for in {region}")


def _show(found: Sweep) -> int:
    """Print what came of it: 1 where something is left that may be a drill's, 4 where that could not be told."""
    from drills.stage.sweeping import Fate  # noqa: PLC0415

    for one in found.swept:
        why = f": {flat(one.why)}" if one.why else ""
        click.echo(f"{one.fate.value:<16} {flat(one.made.place)} of run {one.run}{why}")
    for stranger in found.strangers:
        click.echo(f"{'no journal':<16} {stranger.kind} {flat(stranger.seen.id)} in {stranger.region}: left alone")
    for unseen in found.unseen:
        click.echo(f"{'could not look':<16} {flat(unseen)}")
    if not found.swept and not found.strangers:
        click.echo("nothing else is known to be left" if found.unseen else "nothing is left")
    if not found.executed and any(one.fate is Fate.WOULD_REMOVE for one in found.swept):
        click.echo("nothing was removed: --execute removes it")
    if any(one.fate is Fate.ELSEWHERE for one in found.swept):
        click.echo("for what is elsewhere, --plan FILE --target NAME says how to get there")
    untold = any(one.fate in (Fate.ELSEWHERE, Fate.AWAITED) for one in found.swept)
    if found.strangers or any(one.fate in (Fate.WOULD_REMOVE, Fate.KEPT, Fate.FAILED) for one in found.swept):
        return Exit.FAILED
    return Exit.UNKNOWN if found.unseen or untold else Exit.PASSED
