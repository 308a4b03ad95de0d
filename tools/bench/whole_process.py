"""Whole processes, as a person waits for them: wall, processor time and the most memory, of runs in turn."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: A process of its own, because what a child is said to have used at most is never less than what started it.
_STARTER = """
import json, os, subprocess, sys, time
begun = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
said = child.stderr.read()
_, status, used = os.wait4(child.pid, 0)
code = os.waitstatus_to_exitcode(status)
print(json.dumps([time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code,
                  said.decode(errors="replace")[-2000:]]))
"""
Command = Sequence[str]


@dataclass(frozen=True)
class Usage:
    """What one run of a command took: seconds, seconds of the processor, and MiB at most."""

    wall: float
    cpu: float
    peak: float
    code: int
    said: str = ""


def use(command: Command, directory: Path) -> Usage:
    """Run a command once, with compiled modules kept, as an installation has them."""
    kept = Path(tempfile.gettempdir()) / f"backup-scan-bench-{os.getuid()}"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(kept), "BC_SKIP_MAPPING": "TRUE"}
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _STARTER, *command],
        cwd=directory, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return Usage(*json.loads(run.stdout))


def pairs(ours: Command, others: Mapping[str, Command], directory: Path, runs: int) -> dict[str, list[Usage]]:
    """Run commands in turn, ours first, after a run of each that is not counted where there are several."""
    commands = {"ours": ours, **others}
    if runs > 1:
        for command in commands.values():
            use(command, directory)
    found: dict[str, list[Usage]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            found[name].append(use(command, directory))
    return found


def tell(what: str, found: Mapping[str, Sequence[Usage]], sound: Mapping[str, Sequence[int]]) -> None:
    """Print the medians of ours, and how many times that the others took, pair by pair."""
    ours = found["ours"]
    print(
        f"{what}: {statistics.median(one.wall for one in ours):.2f} s, "
        f"{statistics.median(one.cpu for one in ours):.2f} CPU s, {max(one.peak for one in ours):.0f} MiB"
    )
    for name, theirs in found.items():
        if name == "ours":
            continue
        broken = next((one for one in theirs if one.code not in sound.get(name, (0, 1))), None)
        if broken is not None:
            last = (broken.said.strip().splitlines() or ["nothing said"])[-1]
            print(f"  {name}: it ended with {broken.code} ({last}), so it is not compared")
            continue
        wall = statistics.median(one.wall / own.wall for one, own in zip(theirs, ours, strict=True))
        cpu = statistics.median(one.cpu / own.cpu for one, own in zip(theirs, ours, strict=True))
        print(
            f"  {name}: {wall:.1f}x the wall, {cpu:.1f}x the CPU "
            f"({statistics.median(one.wall for one in theirs):.2f} s), {max(one.peak for one in theirs):.0f} MiB"
        )
