"""`backup-drill runbook` and `report`: what a kept record says."""

from __future__ import annotations

from pathlib import Path

import click

from drills.cli.planning import judged_by
from drills.cli.summary import show
from drills.judging import exit_of, judge_record
from drills.results.record import Record
from drills.results.record_file import load
from drills.results.writing import write_results
from scanner.door.exits import Exit


def print_runbook(file: Path) -> int:
    """Print what a run did as commands."""
    from drills.results.runbook import render  # noqa: PLC0415

    click.echo(render(load(file)), nl=False)
    return 0


def report_again(
    file: Path, output: Path | None, formats: tuple[str, ...], config: Path | None, policy: Path | None, fail_on: str,
    *, quiet: bool,
) -> int:  # fmt: skip
    """Judge a kept record by the policy and the configuration as they are now, and write its reports."""
    record = load(file)
    law, configuration = judged_by(config, policy, record.target)
    judgement = judge_record(record, law, configuration)
    files = write_results(record, judgement, output or file.parent, formats)
    if not quiet:
        show(record, judgement, files)
    return counted(exit_of(record, judgement), record, fail_on)


def counted(code: Exit, record: Record, fail_on: str) -> Exit:
    """Give the exit code of what counts; a run that was stopped, or in which nothing was tried, is never a success."""
    forgiven = {"failed": (Exit.UNKNOWN,), "never": (Exit.UNKNOWN, Exit.FAILED)}.get(fail_on, ())
    return Exit.PASSED if code in forgiven and not record.stopped else code
