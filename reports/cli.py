"""The door `backup-report`."""

from __future__ import annotations

import click


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.version_option(package_name="backup-scan", prog_name="backup-report")
def main() -> None:
    """Say what is not here yet, and what is."""
    raise click.ClickException(
        "backup-report is not part of this version; `backup-scan --account NAME --output DIR` judges an account and "
        "writes its reports"
    )
