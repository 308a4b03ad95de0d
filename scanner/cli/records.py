"""The commands about what people write: `attest`, `waive` and `review`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

_FILE = click.Path(dir_okay=False, path_type=Path)


def _config(command: Any) -> Any:
    command = click.option("--policy", type=_FILE, metavar="FILE", envvar="BACKUP_SCAN_POLICY",
                           help="Your own policy document.  [default: the 5X policy]")(command)  # fmt: skip
    return click.option("--config", type=_FILE, metavar="FILE", envvar="BACKUP_SCAN_CONFIG",
                        help="The configuration.  [default: backup-scan.yaml]")(command)  # fmt: skip


def _ask(values: dict[str, Any], questions: dict[str, str]) -> None:
    """Ask a person at a terminal for what is missing; anybody else is told all of it at once."""
    missing = [name for name in questions if not values[name]]
    if missing and not sys.stdin.isatty():
        options = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise click.UsageError(f"missing {options}")
    for name in missing:
        values[name] = click.prompt(questions[name], err=True)


@click.command()
@click.argument("clause")
@click.option("--statement", default="", metavar="TEXT", help="What is stated, in a sentence.")
@click.option("--by", default="", metavar="NAME", help="Who states it.")
@click.option("--role", default="", metavar="TEXT", help="As what.")
@click.option("--on", "on", default="", metavar="DATE", help="The day on which it is stated.  [default: today]")
@click.option("--valid-for", default="", metavar="DURATION",
              help="How long it holds, such as 31d.  [default: as long as the policy lets it count]")  # fmt: skip
@click.option("--until", default="", metavar="DATE", help="Instead: the last day on which it holds.")
@click.option("--evidence", default="", metavar="URL|FILE",
              help="An https address, or a file, whose digest is kept with the statement.")  # fmt: skip
@click.option("--account", "accounts", multiple=True, metavar="NAME",
              help="Only about this account of the configuration.  [default: all]")  # fmt: skip
@click.option("--file", type=_FILE, metavar="FILE",
              help="Where to write it.  [default: attestations.yaml beside the configuration]")  # fmt: skip
@_config
def attest(**values: Any) -> int:
    """Add a dated statement about CLAUSE to the attestations.

    Some clauses of the policy nothing technical can prove; a named person states that they hold, and the statement
    expires. `backup-scan review CLAUSE` prints what is to be looked at first; rule BK910 judges what is stated.

    \b
    backup-scan attest 5.2-reviews --statement "October was reviewed." --by "Ada" --evidence review.md
    """  # noqa: D301  # click's mark for lines that stay as they are
    from scanner.cli.attesting import Statement, attest  # noqa: PLC0415  # YAML and its schema

    _ask(values, {"statement": "What is stated", "by": "Who states it"})
    return attest(Statement(**values))


@click.command()
@click.argument("rule")
@click.argument("resource")
@click.option("--reason", default="", metavar="TEXT", help="Why the failure is accepted.")
@click.option("--owner", default="", metavar="NAME", help="Who answers for it.")
@click.option("--approved-by", default="", metavar="NAME", help="Who approved it: another than the owner.")
@click.option("--expires", default="", metavar="DATE", help="Its last day, at most a year away.")
@click.option("--ticket", default="", metavar="ID|URL", help="Where it was discussed, if anywhere.")
@click.option("--from", "kept", type=_FILE, metavar="ESTATE", help="Warn if no failure in this kept estate needs it.")
@click.option("--file", type=_FILE, metavar="FILE",
              help="Where to write it.  [default: waivers.yaml beside the configuration]")  # fmt: skip
@_config
def waive(**values: Any) -> int:
    """Accept the failures of RULE on RESOURCE (an ARN, or a shell glob of ARNs) until a day.

    \b
    A waiver and a ticket are two things:
      a waiver  somebody accepts the failure. It is shown as waived and does not count for the exit code, until it
                expires. It needs an owner, and an approver other than the owner.
      a ticket  somebody works on the failure. It is shown beside it, and the failure counts all the same: the exit
                code stays 1. Tickets stand under `tickets:` in the configuration or in waivers.yaml.

    Neither changes a verdict. Rule BK912 wants one of them for every open failure; BK911 reports waivers that have
    expired or that nothing needs. The --ticket of a waiver only says where it was discussed.
    """  # noqa: D301  # click's mark for lines that stay as they are
    from scanner.cli.waiving import Acceptance, waive  # noqa: PLC0415  # YAML and its schema

    _ask(values, {"reason": "Why it is accepted", "owner": "Who answers for it", "approved_by": "Who approved it",
                  "expires": "Until when (a day)"})  # fmt: skip
    return waive(Acceptance(**values))


@click.command()
@click.argument("clause", default="")
@click.option("--all", "every", is_flag=True, help="Every clause that people attest.")
@click.option("--from", "kept", type=_FILE, multiple=True, metavar="ESTATE", help="Prepare it from a kept estate.json.")
@click.option(
    "--account", "accounts", multiple=True, metavar="NAME", help="Prepare it from a fresh look at this account."
)
@click.option("--quiet", "-q", is_flag=True, help="Print no progress.")
@_config
def review(**values: Any) -> int:
    """Print what is to be looked at before CLAUSE is attested, as a checklist in Markdown.

    It ends with the command that attests the clause.

    \b
    backup-scan review 5.2-reviews --from out/estate.json > review.md
    """  # noqa: D301  # click's mark for lines that stay as they are
    from scanner.cli.reviewing import Asked, review  # noqa: PLC0415  # judging loads what no other command needs

    return review(Asked(**values))
