"""The options of `backup-scan` that are about code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from scanner.model.late_dataclass import dataclass

_PATH = click.Path(path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


def _account(_: click.Context, __: click.Parameter, value: str) -> str:
    if value and not re.fullmatch("[0-9]{12}", value):
        raise click.BadParameter(f"{value!r} is no account id; it has twelve digits")
    return value


def _region(_: click.Context, __: click.Parameter, value: str) -> str:
    if value and not re.fullmatch("[a-z]{2,}(-[a-z]+)+-[0-9]+", value):
        raise click.BadParameter(f"{value!r} is no region; write one such as eu-west-1")
    return value


_OPTIONS = (
    click.option("--iac", "code", multiple=True, type=_PATH, metavar="PATH",
                 help="Judge code: a directory, a template, a plan or state as JSON; several are judged together."),
    click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="A Terraform variable of the roots."),
    click.option("--var-file", "var_files", multiple=True, type=_FILE, metavar="FILE",
                 help="Terraform variables, besides terraform.tfvars and *.auto.tfvars of each root."),
    click.option("--workspace", default="default", show_default=True, metavar="NAME", help="The Terraform workspace."),
    click.option("--source", type=click.Path(exists=True, path_type=Path), metavar="DIR",
                 help="Where the code of a plan lies, for its lines.  [default: the plan's own directory]"),
    click.option("--parameter", "parameters", multiple=True, metavar="NAME=VALUE",
                 help="A CloudFormation parameter of the templates."),
    click.option("--deploy-region", default="", callback=_region, metavar="NAME",
                 help="Where code that leaves it open is deployed to."),
    click.option("--deploy-account", default="", callback=_account, metavar="ID",
                 help="The account that code which leaves it open is deployed to."),
    click.option("--whole-estate", is_flag=True,
                 help="The code is all there is: what it lacks is missing, not somewhere else."),
    click.option("--base", metavar="REF",
                 help="Fail only for what was added or made worse since this commit."),
    click.option("--baseline", type=_FILE, metavar="FILE",
                 help="Fail only for what was added or made worse since this findings.json."),
    click.option("--changed-only", is_flag=True, help="With --base: judge only roots of which a file changed."),
    click.option("--fix", "fix", is_flag=True, help="Mend what can be mended for certain, in the files themselves."),
    click.option("--diff", "diff", is_flag=True, help="Show what --fix would change, and change nothing."),
    click.option("--with-checkov", is_flag=True, help="Ask the checkov that is installed for a second opinion."),
    click.option("--checkov-results", type=_FILE, metavar="FILE", help="Hold our verdicts against `checkov -o json`."),
)  # fmt: skip


def code_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that are about code."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What a person asked about code."""

    code: tuple[Path, ...] = ()
    variables: tuple[str, ...] = ()
    var_files: tuple[Path, ...] = ()
    workspace: str = "default"
    source: Path | None = None
    parameters: tuple[str, ...] = ()
    deploy_region: str = ""
    deploy_account: str = ""
    whole_estate: bool = False
    base: str | None = None
    baseline: Path | None = None
    changed_only: bool = False
    fix: bool = False
    diff: bool = False
    with_checkov: bool = False
    checkov_results: Path | None = None


#: The names of these options, to tell them from those of a scan.
NAMES = tuple(CodeRequest.__dataclass_fields__)
