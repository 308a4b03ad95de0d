"""The child: the checkov that is found on the machine, run over the code in a process of its own, without a network.

Whatever becomes of it (a crash, silence, too long a time), it is told as such: no answer is never taken for a pass.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scanner.iac.second_opinion.results import Results, ResultsError, load

#: Names the program to run, where it is not the `checkov` of the path.
PROGRAM = "BACKUP_SCAN_CHECKOV"
#: One process each: a crash in one loses the others' answers, and of several in one process checkov hangs instead.
FRAMEWORKS = ("terraform", "cloudformation")
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "TEMP", "VIRTUAL_ENV")
#: Nothing listens there: what tries the network finds it closed at once, and waits for nothing.
_NOWHERE = "http://127.0.0.1:9"
_LOST = re.compile(r"Failed to run check (\S+) on (\S+)")
_MOST_SAID = 5
#: How much of what it complains is read; it writes tracebacks without end.
_MOST_READ = 4 * 1024 * 1024


def program(environment: Mapping[str, str]) -> str:
    """Find the program; "" where there is none."""
    named = environment.get(PROGRAM, "")
    return shutil.which(named or "checkov", path=environment.get("PATH")) or ""


def ask(
    paths: Sequence[Path],
    environment: Mapping[str, str],
    *,
    frameworks: Sequence[str] = FRAMEWORKS,
    timeout: float = 300.0,
) -> Results:
    """Run checkov over directories and files, and read what it says; `trouble` where it does not answer to the end."""
    command = program(environment)
    if not command:
        named = environment.get(PROGRAM, "")
        where = f"{PROGRAM} names {named}, which cannot be run" if named else "no `checkov` is on the path"
        return Results(trouble=f"{where}; install it in an environment of its own (`pipx install checkov`)")
    answers = [
        _ask(command, path, framework, environment, timeout)
        for path in paths
        for framework in (("terraform_plan",) if _is_plan(path) else frameworks)
    ]
    trouble = "; ".join(one.trouble for one in answers if one.trouble)
    return Results(
        tuple(row for one in answers for row in one.rows),
        next((one.version for one in answers if one.version), ""),
        command,
        tuple(dict.fromkeys(note for one in answers for note in one.notes)),
        trouble,
    )


def _ask(command: str, path: Path, framework: str, environment: Mapping[str, str], timeout: float) -> Results:
    # Written with `=`: after a `-d` of its own, checkov would read the directory's .checkov.yaml, and that can name
    # Python code to run.
    whole = path.resolve()
    target = f"--directory={whole}" if path.is_dir() else f"--file={whole}"
    options = ["-o", "json", "--compact", "--skip-download", "--framework", framework]
    with tempfile.TemporaryDirectory(prefix="backup-scan-checkov-") as home:
        out, err = Path(home) / "out.json", Path(home) / "err.txt"
        try:
            code = _run([command, target, *options], _closed(environment, home), out, err, timeout)
        except subprocess.TimeoutExpired:
            return Results(
                trouble=f"checkov ({framework}) had not answered on {path} after {timeout:g} seconds, and was stopped"
            )
        except OSError as error:
            return Results(trouble=f"{command} could not be run: {error.strerror or error}")
        with err.open("rb") as file:
            said = file.read(_MOST_READ).decode("utf-8", "replace")
        if code not in (0, 1):
            return Results(trouble=f"checkov ({framework}) ended with exit code {code} on {path}: {_last(said)}")
        try:
            results = load(out)
        except ResultsError as error:
            told = error.message.removeprefix(f"{out}: ")
            return Results(
                trouble=f"what checkov ({framework}) wrote on {path} {told} (exit code {code}; {_last(said)})"
            )
    return replace(results, source=str(path), notes=(*results.notes, *_lost(said)))


def _run(command: list[str], environment: Mapping[str, str], out: Path, err: Path, timeout: float) -> int:
    """Run a command to its end or its time limit, with all that it starts; what it says goes into files."""
    with out.open("wb") as answer, err.open("wb") as noise:
        child = subprocess.Popen(  # noqa: S603  # the person asked for it, by its name
            command, env=dict(environment), cwd=out.parent, stdin=subprocess.DEVNULL, stdout=answer, stderr=noise,
            start_new_session=True,
        )  # fmt: skip
        try:
            return child.wait(timeout)
        finally:
            if child.poll() is None:
                with contextlib.suppress(OSError):
                    os.killpg(child.pid, signal.SIGKILL) if hasattr(os, "killpg") else child.kill()
                child.wait()


def _is_plan(path: Path) -> bool:
    if path.suffix != ".json" or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    return b'"terraform_version"' in head and b'"format_version"' in head


def _closed(environment: Mapping[str, str], home: str) -> dict[str, str]:
    """Give an environment without credentials, without a way out, and with a home that nothing is kept in."""
    kept = {name: environment[name] for name in _KEPT if name in environment}
    proxies = {f"{name}_proxy": _NOWHERE for name in ("http", "https", "all")}
    return {
        **kept, **proxies, **{name.upper(): value for name, value in proxies.items()},
        "HOME": home, "USERPROFILE": home, "NO_PROXY": "", "no_proxy": "", "LOG_LEVEL": "ERROR",
        "AWS_EC2_METADATA_DISABLED": "true", "PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1",
    }  # fmt: skip


def _lost(said: str) -> list[str]:
    """Tell the checks that crashed: checkov leaves them out of its answer, and ends as if nothing were amiss."""
    lost = list(dict.fromkeys(_LOST.findall(said)))
    if not lost:
        return []
    named = "; ".join(f"{check} on {where}" for check, where in lost[:_MOST_SAID])
    more = f" and {len(lost) - _MOST_SAID} more" if len(lost) > _MOST_SAID else ""
    return [f"{len(lost)} checks crashed in checkov and are in no result: {named}{more}"]


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"
