"""`backup-drill`: restores real backups on a target, measures what came back, and has the policy's rules judge it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import click

from scanner import VERSION
from scanner.door.door import Door

TARGETS = ("emulator", "localstack", "sandbox")
FORMATS = ("json", "measurements", "junit", "html", "markdown", "runbook")
STATE = Path(".backup-drill")
_SCHEMAS = ("drill-plan", "drill-preview", "drill-prices", "drill", "measurements")
_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)

EPILOG = """\b
Exit codes, those of backup-scan:
  0   every drill ended within what the policy demands
  1   at least one drill failed: too slow, too much lost, a check that did not hold, something left behind
  2   the command line, the plan, the policy or the configuration is wrong
  3   nothing was drilled: a guard does not hold, the target is not there, or it offers nothing that was asked for
  4   nothing failed, but at least one drill is inconclusive, or the run was stopped
  70  a rule crashed, or the program has a bug
  74  a report could not be written
  130 interrupted; what was made is removed first, and what is left is named
"""


class DrillDoor(Door):
    """The door of `backup-drill`."""

    program: ClassVar[str] = "backup-drill"
    interrupted: ClassVar[str] = "reports are written whole or not at all; `backup-drill sweep` tells what is left"


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001  # click's signature
    if value and not context.resilient_parsing:
        click.echo(f"backup-drill {VERSION}")
        context.exit()


_plan = click.option(
    "--plan", metavar="FILE", default="quarterly", show_default=True,
    help="The drill plan; `quarterly` is that of the company in the emulation.",
)  # fmt: skip
_target = click.option("--target", type=click.Choice(TARGETS), default="emulator", show_default=True)
_only = click.option(
    "--only", "only", multiple=True, metavar="NAME", help="Only this drill, system or subject of the plan, or several."
)
_config = click.option(
    "--config", type=_FILE, metavar="FILE", envvar="BACKUP_SCAN_CONFIG",
    help="The configuration with the systems.  [default: backup-scan.yaml; of the company in the emulation its own]",
)  # fmt: skip
_policy = click.option(
    "--policy", type=_FILE, metavar="FILE", envvar="BACKUP_SCAN_POLICY",
    help="Your own policy document.  [default: the 5X policy]",
)  # fmt: skip
_prices = click.option("--prices", type=_FILE, metavar="FILE", help="Your own table of prices and durations.")
_state = click.option(
    "--state", type=_FOLDER, default=STATE, show_default=True, metavar="DIR", help="Where journals and locks are kept."
)
_fail_on = click.option(
    "--fail-on", type=click.Choice(("failed", "unknown", "never")), default="unknown", show_default=True,
    help="The least that makes the exit code 1 or 4: a failure, or also what could not be told.",
)  # fmt: skip
_style = click.option("--format", "style", type=click.Choice(("text", "json")), default="text", show_default=True)


@click.group(
    cls=DrillDoor, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def main(debug: bool) -> None:  # noqa: FBT001  # the door reads it from the command line
    """Restore backups, and measure what came back and how long it took.

    \b
    backup-drill run --output out/drill             the quarterly plan on the emulation, with real PostgreSQL
    backup-drill plan --plan mine.yaml              what would be done, in its order, and the digest to approve
    backup-drill run --plan mine.yaml --target sandbox --output out --execute
    backup-drill sweep --plan mine.yaml --target sandbox        what runs that were killed have left
    """  # noqa: D301  # click's mark for lines that stay as they are


@main.command("list")
@_style
def list_drills(style: str) -> int:
    """List the drills, what each is on and what it makes."""
    from drills.cli.listing import list_all  # noqa: PLC0415

    return list_all(style)


@main.command()
@_plan
@_target
@_only
@_config
@_policy
@_prices
@_style
def plan(style: str, **told: Any) -> int:
    """Show what would be done, step by step, and its digest.

    With it stand what it costs and how long it takes, as far as the table of prices tells, and whether the approvals of
    the plan hold.
    """
    from drills.cli.planning import Asked, show_plan  # noqa: PLC0415

    return show_plan(Asked(**told), style)


@main.command()
@_plan
@_target
@_only
@click.option("--output", type=_FOLDER, required=True, metavar="DIR", help="Write the record and the reports here.")
@click.option("--format", "formats", type=click.Choice(FORMATS), multiple=True, help="Only these formats; else all.")
@_state
@_config
@_policy
@_prices
@click.option("--execute", is_flag=True, help="Drill a real account; without it, only show what would be done there.")
@_fail_on
@click.option("--verbose", "-v", is_flag=True, help="A line on standard error for each step, instead of the display.")
@click.option("--quiet", "-q", is_flag=True, help="Print neither progress nor summary.")
def run(
    output: Path, formats: tuple[str, ...], state: Path, execute: bool, fail_on: str, verbose: bool, quiet: bool,  # noqa: FBT001
    **told: Any,
) -> int:  # fmt: skip
    """Run the drills of a plan, and judge what was measured.

    The emulation and a LocalStack are drilled at once. A real account is shown the plan and every guard, and nothing
    is done, until --execute is given; then its alias is asked for twice, or, where nobody sits in front of it, the plan's
    digest must be approved.
    """
    from drills.cli.planning import Asked  # noqa: PLC0415
    from drills.cli.run import Request, run_plan  # noqa: PLC0415

    asked = Asked(**told)
    return run_plan(Request(asked, output, formats, state, fail_on, execute=execute, verbose=verbose, quiet=quiet))


@main.command()
@_state
@click.option("--plan", metavar="FILE", help="The plan that names the target; without it, nothing is called.")
@click.option("--target", type=click.Choice(TARGETS[1:]), help="Where to sweep; the emulation ends with its run.")
@_config
@_policy
@click.option("--execute", is_flag=True, help="Remove it; without it, only show what would be removed.")
def sweep(state: Path, plan: str | None, target: str | None, execute: bool, **told: Any) -> int:  # noqa: FBT001
    """Remove what runs have left, and nothing else.

    Only what a journal names and what carries the run's name and tag is removed; what merely looks like it is told. The
    exit code is 1 where something is left, 4 where that could not be told.
    """
    from drills.cli.sweeping import sweep_state  # noqa: PLC0415

    return sweep_state(state, plan, target, told["config"], told["policy"], execute=execute)


@main.command()
@click.argument("record", type=_FILE)
def runbook(record: Path) -> int:
    """Print what a run did as commands, from its drill.json."""
    from drills.cli.keeping import print_runbook  # noqa: PLC0415

    return print_runbook(record)


@main.command()
@click.argument("record", type=_FILE)
@click.option("--output", type=_FOLDER, metavar="DIR", help="Where to write them.  [default: beside the record]")
@click.option("--format", "formats", type=click.Choice(FORMATS), multiple=True, help="Only these formats; else all.")
@_config
@_policy
@_fail_on
@click.option("--quiet", "-q", is_flag=True, help="Print no summary.")
def report(
    record: Path, output: Path | None, formats: tuple[str, ...], fail_on: str, quiet: bool, **told: Any  # noqa: FBT001
) -> int:  # fmt: skip
    """Judge a kept drill.json again, and write its reports."""
    from drills.cli.keeping import report_again  # noqa: PLC0415

    return report_again(record, output, formats, told["config"], told["policy"], fail_on, quiet=quiet)


@main.command()
@click.option("--role", type=click.Choice(("drill", "sweeper")), default="drill", show_default=True)
def permissions(role: str) -> int:
    """Print the IAM policy of the drill's role, or the sweeper's."""
    from drills.cli.permitting import print_policy  # noqa: PLC0415

    return print_policy(role)


@main.command()
@click.argument("name", type=click.Choice(_SCHEMAS))
def schema(name: str) -> int:
    """Print the JSON Schema of a document."""
    from scanner.documents.schema import schema_text  # noqa: PLC0415

    click.echo(schema_text(name), nl=False)
    return 0
