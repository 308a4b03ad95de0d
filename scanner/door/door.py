"""The door of a program: its errors are one message and an exit code, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import signal
import sys
from typing import Any, ClassVar

import click

from scanner.door.exits import Exit

INTERRUPTED = 130
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class Door(click.Group):
    """A group that turns the house's errors into one message and their exit code, never a traceback."""

    #: as its messages name it
    program: ClassVar[str] = "backup-scan"
    #: what is said to who interrupts
    interrupted: ClassVar[str] = "reports are written whole or not at all"

    def __call__(self, *args: Any, **extra: Any) -> Any:
        """Run as the process; threads that still wait for an answer do not hold up who interrupts."""
        if args or extra:
            return self.main(*args, **extra)
        # A job that is cancelled leaves as little behind as one that is interrupted at the keyboard.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        # What a run makes it keeps to its end: Python would walk all of it again and again, looking for what is free.
        # Only reading an account, which may take an hour, has it look.
        gc.disable()
        code = self.main(standalone_mode=False)
        if code == INTERRUPTED:
            os._exit(code)
        gc.freeze()  # the end of the process frees it, without a last walk
        sys.exit(code)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, and answer every error in one message."""
        standalone = extra.pop("standalone_mode", True)
        _speak_any_encoding()
        code = self._run(*args, **extra)
        if standalone:
            sys.exit(code)
        return code

    def _run(self, *args: Any, **extra: Any) -> int:
        from scanner.model.errors import BackupScanError  # noqa: PLC0415

        if sys.flags.optimize > 1:
            click.echo(
                f"{self.program}: Python was told to drop docstrings, and the rules' promises are docstrings\n"
                "  what to do: run without -OO, or with PYTHONOPTIMIZE=1 at most",
                err=True,
            )
            return Exit.USAGE
        run: Any = super().main
        try:
            value = run(*args, standalone_mode=False, **extra)
            if sys.stdout is not None:
                sys.stdout.flush()
        except (click.exceptions.Abort, KeyboardInterrupt):
            click.echo(f"{self.program}: interrupted; {self.interrupted}", err=True)
            return INTERRUPTED
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except click.exceptions.Exit as stop:
            return int(stop.exit_code)
        except BackupScanError as error:
            complain(error, self.program)
            return error.exit_code
        except (BrokenPipeError, SystemExit):  # click exits by itself where the reader has gone
            _mute()
            return Exit.OUTPUT
        except ImportError as error:
            if "--debug" in sys.argv:
                raise
            complain(_broken(error), self.program)
            return Exit.INTERNAL
        except Exception as error:  # the last line of defence: say it, point to the tracker
            if isinstance(error, OSError) and (told := _of_the_system(error, self.program)) is not None:
                return told
            if "--debug" in sys.argv:
                raise
            click.echo(
                f"{self.program}: internal error: {type(error).__name__}: {error}\n"
                "  nothing above can be relied on; run again with --debug and report the traceback",
                err=True,
            )
            return Exit.INTERNAL
        return value if isinstance(value, int) else Exit.PASSED


def _speak_any_encoding() -> None:
    """Let a terminal that cannot show a sign show another one; a summary must not end in an error of encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _mute() -> None:
    """Send what standard output still holds nowhere: nobody can read it, and flushing it at the end would complain."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _of_the_system(error: OSError, program: str) -> Exit | None:
    """Tell what is no bug: no room for standard output, or a file that one may not look at."""
    if error.errno in _FULL and error.filename is None:
        _mute()
        click.echo(f"{program}: standard output: {error.strerror}", err=True)
        return Exit.OUTPUT
    if isinstance(error, PermissionError) and error.filename is not None:
        # Whether a file is there cannot even be asked in a directory that one may not enter.
        click.echo(
            f"{program}: {error.filename}: {error.strerror}\n"
            "  what to do: see to its permissions, or name another file",
            err=True,
        )
        return Exit.USAGE
    return None


def _broken(error: ImportError) -> Exception:
    """Say why an import failed: a package of this name by somebody else, or one that is missing."""
    from importlib import metadata  # noqa: PLC0415  # slow, and seldom needed

    from scanner.model.errors import BackupScanError  # noqa: PLC0415

    package = (error.name or "").partition(".")[0]
    if package in ("scanner", "rules", "reports", "drills"):
        others = sorted({*metadata.packages_distributions().get(package, ())} - {"backup-scan"})
        whose = f"belongs to {', '.join(others)}" if others else "is not of backup-scan"
        found = getattr(sys.modules.get(package), "__file__", None) or error.path or "what was found"
        return BackupScanError(
            f"cannot start: {error}",
            hint=f"{found} {whose}; install backup-scan in a virtual environment of its own (pipx install backup-scan)",
        )
    return BackupScanError(
        f"cannot start: {error}", hint="install backup-scan again, with its dependencies, in an environment of its own"
    )


def complain(error: Exception, program: str = Door.program) -> None:
    """Print an error of the house: what happened, and what to do."""
    for line in str(error).splitlines():
        click.echo(f"{program}: {line}", err=True)
    hint = getattr(error, "hint", "")
    if hint and hint not in str(error):
        click.echo(f"  what to do: {hint}", err=True)
