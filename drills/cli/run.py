"""`backup-drill run`: the target is opened, guarded and drilled; what was measured is judged and written."""

from __future__ import annotations

import gc
import getpass
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drills.board import Tell, watching
from drills.cli.interrupting import patient
from drills.cli.lines import wrapped
from drills.cli.planning import Asked, Loaded, load, preview_of, print_preview
from drills.cli.targets import target_of
from drills.measuring.clock import Clock, MachineClock
from drills.plan.forecast import forecast, together
from drills.stage.guards import Consent, Estimate, Guards, Situation, approvals, ask_twice
from drills.stage.journal import Journal
from drills.stage.lock import lock_account, locked
from drills.stage.run import Run
from drills.stage.stage import Stage
from scanner.door.door import INTERRUPTED
from scanner.door.exits import Exit
from scanner.door.output import prepare
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from drills.running import Ran
    from drills.targets.target import Opened


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    asked: Asked
    output: Path
    formats: tuple[str, ...]
    state: Path
    fail_on: str = "unknown"
    execute: bool = False
    verbose: bool = False
    quiet: bool = False


def run_plan(request: Request) -> int:
    """Run the plan, and give the exit code."""
    # Turned off by the door; a run lasts, and what libraries leave behind adds up.
    gc.enable()
    loaded = load(request.asked)
    real = loaded.target == "sandbox"
    if not real or request.execute:
        prepare(request.output)
    if real and not request.execute:
        return _dry(loaded, request)
    consent = _consent(loaded, request) if real else Consent(execute=True)
    with patient():
        ran = _run(loaded, request, consent)
    return _deliver(ran, loaded, request)


def _dry(loaded: Loaded, request: Request) -> int:
    """Show what would be done in a real account, and which guards hold there; make nothing."""
    print_preview(preview_of(loaded))
    click.echo()
    clock = MachineClock()
    with target_of(loaded.target).open(loaded.plan) as target:
        for one in Guards(_situation(loaded, request, target, clock, _begun(loaded, clock), Consent())).looked():
            state = "not needed here" if one.broken is None else "does not hold" if one.broken else "holds"
            click.echo(f"{one.guard.number:<9} {one.guard.name}: {state}")
            for broken in one.broken or ():
                click.echo(wrapped(f"{broken.says} -> {broken.do}", 10, 2))
    click.echo("\nnothing was done: this was a dry run; --execute drills the account")
    return Exit.PASSED


def _consent(loaded: Loaded, request: Request) -> Consent:
    """Have the account's alias typed twice; where nobody sits in front of it, the approval of the digest stands for it."""
    if request.quiet or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return Consent(execute=True, unattended=True)
    alias = str(loaded.plan.targets[loaded.target].get("alias", ""))

    def ask(question: str) -> str:
        return str(click.prompt(question.rstrip(": "), err=True))

    return ask_twice(alias, ask, lambda: print_preview(preview_of(loaded)))


def _run(loaded: Loaded, request: Request, consent: Consent) -> Ran:
    from drills.running import Running  # noqa: PLC0415

    clock = MachineClock()
    with _watching(loaded, request) as (tell, prepare_), target_of(loaded.target, prepare_).open(loaded.plan) as target:
        run = _begun(loaded, clock)
        situation = _situation(loaded, request, target, clock, run, consent)
        guards = Guards(situation)
        guards.demand()
        with (
            locked(request.state, target.account, situation.regions, run, target.endpoint),
            Journal(request.state, run.id, run.began_at, run.expires_at, target.endpoint) as journal,
            _account_locked(situation, journal, guards),
        ):
            running = Running(
                loaded.plan,
                target,
                run,
                journal,
                guards,
                clock,
                loaded.demanded,
                tell=tell,
                depends_on=loaded.depends_on,
            )
            return running.go(loaded.entries)


@contextmanager
def _account_locked(situation: Situation, journal: Journal, guards: Callable[[], None]) -> Iterator[None]:
    """Hold a real account against runs on other machines, in each of the regions."""
    stages = [
        Stage(situation.calls(region), situation.run, journal, guards, situation.clock)
        for region in (situation.regions if situation.target.real else ())
    ]
    try:
        for stage in stages:
            lock_account(stage)
        yield
    finally:
        for stage in stages:
            for left in stage.leave():
                click.echo(f"backup-drill: left behind: {left}", err=True)


def _situation(loaded: Loaded, request: Request, target: Opened, clock: Clock, run: Run, consent: Consent) -> Situation:
    cost = together(forecast(loaded.plan, entry, loaded.target, loaded.prices) for entry in loaded.entries)
    systems = {subject.system for entry in loaded.entries for subject in loaded.plan.subjects_of(entry)}
    rpos = [one.rpo for name, one in loaded.demanded.items() if name in systems and one.rpo is not None]
    return Situation(
        loaded.plan,
        target,
        run,
        clock,
        request.state,
        consent,
        clock.elapsed(),
        Estimate(cost.dollars or 0, cost.per_hour, cost.unpriced),
        loaded.entries,
        dict(os.environ),
        min(rpos, default=None),
    )


def _begun(loaded: Loaded, clock: Clock) -> Run:
    return Run.begin(clock.now(), _owner(), loaded.plan.limits.keeps)


def _owner() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a name for its user
        return "unknown"


def _watching(loaded: Loaded, request: Request) -> AbstractContextManager[tuple[Tell, Callable[[str], None]]]:
    systems = Counter(subject.system for entry in loaded.entries for subject in loaded.plan.subjects_of(entry))
    return watching(systems, verbose=request.verbose, quiet=request.quiet)


def _deliver(ran: Ran, loaded: Loaded, request: Request) -> int:
    """Judge, write and show, and give the exit code."""
    from drills.cli.keeping import counted  # noqa: PLC0415
    from drills.judging import exit_of, judge_record  # noqa: PLC0415
    from drills.results.record import record_of  # noqa: PLC0415
    from drills.results.writing import write_results  # noqa: PLC0415

    held = [one for one, why in approvals(loaded.plan, ran.run.began_at.date()) if not why]
    record = record_of(ran, authorised_by=held[0].by if held else "")
    judgement = judge_record(record, loaded.policy, loaded.configuration)
    files = write_results(record, judgement, request.output, request.formats)
    if not request.quiet:
        from drills.cli.summary import show  # noqa: PLC0415

        show(record, judgement, files)
    for crash in judgement.crashes:
        click.echo(f"backup-drill: a rule failed: {crash}", err=True)
    if ran.stopped == "interrupted":
        left = f"; left behind: {', '.join(record.left_behind)}" if record.left_behind else "; nothing is left behind"
        click.echo(f"backup-drill: interrupted{left}", err=True)
        return INTERRUPTED
    return counted(exit_of(record, judgement), record, request.fail_on)
