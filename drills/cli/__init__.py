"""The command line `backup-drill`."""

from drills.cli.commands import main

__all__ = ["main"]
