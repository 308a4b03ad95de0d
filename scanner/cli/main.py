"""`backup-scan`: judges an account, or a kept estate, against the policy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from scanner import VERSION
from scanner.cli.gate_options import NAMES, CodeRequest, code_options
from scanner.cli.records import attest, review, waive
from scanner.door.door import Door
from scanner.door.exits import Exit

_SEVERITIES = ("critical", "high", "medium", "low")
_FORMATS = ("json", "junit", "csv", "html", "markdown", "sarif", "github", "step-summary", "comment", "gitlab")

EPILOG = """\b
Exit codes:
  0   every promise is kept (or nothing at --fail-on or above is broken)
  1   at least one failure that no waiver covers (with --base or --baseline: that was added or made worse)
  2   the command line, the policy or the configuration is wrong
  3   nothing was checked: wrong account, no credentials, no network, no resources, no code
  4   no failure, but at least one verdict is unknown; of code, what is only left open because the code may not be
      all there is does not count, unless the change took away what it was settled by
  70  a rule crashed, or the program has a bug
  74  a report could not be written
  130 interrupted; reports are written whole or not at all
"""


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001  # click's signature
    if value and not context.resilient_parsing:
        click.echo(f"backup-scan {version()}")
        context.exit()


def version() -> str:
    """Give the installed version."""
    return VERSION


@click.group(
    cls=Door, invoke_without_command=True, epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)  # fmt: skip
@click.option("--account", "accounts", multiple=True, metavar="NAME",
              help="Scan this account of the configuration, several, or `all`; `demo` needs nothing at all.")  # fmt: skip
@click.option("--from", "kept", type=click.Path(dir_okay=False, path_type=Path), metavar="ESTATE", multiple=True,
              help="Judge a kept estate.json again, without any call; several are judged together.")  # fmt: skip
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", envvar="BACKUP_SCAN_CONFIG",
              help="The configuration.  [default: backup-scan.yaml]")  # fmt: skip
@click.option("--policy", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", envvar="BACKUP_SCAN_POLICY",
              help="Your own policy document.  [default: the 5X policy]")  # fmt: skip
@click.option("--attestations", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Other attestations.  [default: attestations.yaml beside the configuration]")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR",
              help="Write estate.json and the reports here.")  # fmt: skip
@click.option("--format", "formats", type=click.Choice(_FORMATS), multiple=True,
              help="Write these formats; without --output, one of them to standard output.")  # fmt: skip
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only these rules: BK201, or a group such as BK2.")
@click.option(
    "--clause", "clauses", multiple=True, metavar="ID", help="Only rules of these clauses: 5.1-window, or 5.1."
)
@click.option("--tier", "tiers", multiple=True, metavar="NAME", help="Only findings on systems of these tiers.")
@click.option("--region", "regions", multiple=True, metavar="NAME", help="Only these of the account's regions.")
@click.option("--severity", type=click.Choice(_SEVERITIES), help="Only rules of this severity or graver.")
@click.option("--fail-on", type=click.Choice((*_SEVERITIES, "never")), default="low", show_default=True,
              help="The least severity that makes the exit code 1 or 4.")  # fmt: skip
@click.option("--at", "at", metavar="TIME", help="Judge as of this instant (ISO 8601).  [default: when it was read]")
@click.option("--dry-run", is_flag=True, help="Print the calls that a scan would make, and make none.")
@click.option("--everything", is_flag=True, help="Collect every fact, not only those that the chosen rules read.")
@click.option("--probe", is_flag=True,
              help="Also ask the endpoints that the configuration declares for real TLS handshakes.")  # fmt: skip
@click.option(
    "--concurrency", type=click.IntRange(1, 128), default=16, show_default=True, help="Calls under way at once."
)
@click.option("--quiet", "-q", is_flag=True, help="Print neither progress nor summary.")
@code_options
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def main(context: click.Context, /, **options: Any) -> int:
    """Judge the backups of an AWS account against the policy.

    \b
    backup-scan --account demo --output out     try it: no credentials, no network
    backup-scan init                            write a configuration to start from
    backup-scan --account prod --output out     judge your own account
    backup-scan --from out/estate.json          judge again what was read
    backup-scan --iac infra/ --base main        judge the code of a pull request
    """  # noqa: D301  # click's mark for lines that stay as they are
    if context.invoked_subcommand is not None:
        _refuse_lost_options(context, context.invoked_subcommand)
        return 0
    code = CodeRequest(**{name: options.pop(name) for name in NAMES})
    if not options["accounts"] and not options["kept"] and not code.code:
        click.echo(context.get_help())
        context.exit(Exit.USAGE)
    from scanner.cli.scan import Request, scan  # noqa: PLC0415  # a scan loads what no other command needs

    return scan(Request(**{name: value for name, value in options.items() if name != "debug"}, code=code))


def _refuse_lost_options(context: click.Context, command: str) -> None:
    """Refuse options before a command, which it would never see: `--rule BK2 permissions` prints all of them."""
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") is click.core.ParameterSource.COMMANDLINE
        if given and option.name != "debug":
            raise click.UsageError(
                f"{option.opts[0]} before `{command}` would be lost; "
                f"`backup-scan {command} --help` shows what it takes, after its name"
            )


@main.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("backup-scan.yaml"),
              show_default=True, metavar="FILE", help="Where to write it.")  # fmt: skip
@click.option("--account-id", default="", metavar="ID", help="Fill in the 12-digit id of the account.")
@click.option("--region", "regions", multiple=True, metavar="NAME", help="Fill in the regions to scan.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def init(output: Path, account_id: str, regions: tuple[str, ...], force: bool) -> int:  # noqa: FBT001  # click's way
    """Write a commented configuration to start from."""
    from scanner.documents.template import starting_config  # noqa: PLC0415
    from scanner.door.output import write  # noqa: PLC0415

    if account_id and not re.fullmatch(r"[0-9]{12}", account_id):
        raise click.BadParameter(f"{account_id!r} is no account id; it has twelve digits", param_hint="--account-id")
    for region in regions:
        if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-[0-9]+", region):
            raise click.BadParameter(f"{region!r} is no region; write one such as eu-west-1", param_hint="--region")
    if output.exists() and not force:
        raise click.UsageError(f"{output} exists; --force replaces it")
    write(output, starting_config(account_id, regions))
    config = "" if output == Path("backup-scan.yaml") else f"--config {output} "
    first = "" if account_id else "put the id of your account and "
    click.echo(
        f"wrote {output}; next: {first}{'' if first else 'put '}your regions and systems in it, then "
        f"`backup-scan {config}--account prod --output out`"
    )
    return 0


@main.command()
@click.option("--format", "style", type=click.Choice(("text", "json")), default="text", show_default=True)
def rules(style: str) -> int:
    """List the rules: id, severity, promise."""
    from scanner.cli.shelf import list_rules  # noqa: PLC0415

    return list_rules(style)


@main.command()
@click.argument("rule")
@click.option("--policy", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", envvar="BACKUP_SCAN_POLICY")
def explain(rule: str, policy: Path | None) -> int:
    """Explain a rule: promise, why, fix, clauses, controls, what it reads and which calls it makes."""
    from scanner.cli.shelf import explain_rule  # noqa: PLC0415

    return explain_rule(rule, policy)


@main.command()
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only what these rules need: BK201, or BK2.")
@click.option("--format", "style", type=click.Choice(("json", "terraform")), default="json", show_default=True)
def permissions(rules: tuple[str, ...], style: str) -> int:
    """Print the least-privilege IAM policy that a scan needs."""
    from scanner.cli.shelf import print_permissions  # noqa: PLC0415

    return print_permissions(rules, style)


@main.command()
@click.option(
    "--account", "accounts", multiple=True, metavar="NAME", help="Scan this account, and give each clause its verdict."
)
@click.option("--from", "kept", type=click.Path(dir_okay=False, path_type=Path), metavar="ESTATE", multiple=True,
              help="Judge a kept estate.json, and give each clause its verdict.")  # fmt: skip
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", envvar="BACKUP_SCAN_CONFIG")
@click.option("--policy", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", envvar="BACKUP_SCAN_POLICY")
@click.option("--at", "at", metavar="TIME", help="Judge as of this instant (ISO 8601).")
@click.option("--format", "style", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
def matrix(
    accounts: tuple[str, ...],
    kept: tuple[Path, ...],
    config: Path | None,
    policy: Path | None,
    at: str | None,
    style: str,
) -> int:
    """Print the traceability matrix: control → clause → rule, and the verdicts of an account."""
    from scanner.cli.shelf import print_judged_matrix, print_matrix  # noqa: PLC0415

    if not accounts and not kept:
        return print_matrix(policy, style)
    from scanner.cli.scan import judged, whole  # noqa: PLC0415

    report = judged(whole(accounts, kept, config, policy, at))
    return print_judged_matrix(report, style) if report is not None else Exit.PASSED


@main.command()
@click.argument(
    "name",
    type=click.Choice((
        "policy", "config", "findings", "estate", "measurements", "attestations", "waivers", "drill-plan", "drill-preview",
        "drill",
    )),
)  # fmt: skip
def schema(name: str) -> int:
    """Print the JSON Schema of a document."""
    from scanner.documents.schema import schema_text  # noqa: PLC0415

    click.echo(schema_text(name), nl=False)
    return 0


@main.command("policy")
def print_policy() -> int:
    """Print the 5X policy document, to copy and change (`--policy`)."""
    from scanner.documents.policy import FIVEX_POLICY  # noqa: PLC0415

    click.echo(FIVEX_POLICY.read_text(encoding="utf-8"), nl=False)
    return 0


@main.command("checkov-checks")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR",
              help="Where to write them; checkov takes it as --external-checks-dir.")  # fmt: skip
def checkov_checks(output: Path) -> int:
    """Write our rules as checks for checkov, for those who run it anyway."""
    from scanner.cli.checkov_checks import write_checks  # noqa: PLC0415  # it reads every rule and form

    file = write_checks(output)
    click.echo(f"wrote {file}; next: `checkov -d DIR --external-checks-dir {output}`")
    return 0


for _command in (attest, waive, review):
    main.add_command(_command)
