"""`python -m tools.bench [scan|judgement|permissions|start|code]`: everything, or one part."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from importlib.metadata import distribution
from pathlib import Path

from tools.bench import code, judgement, permissions, scan

RUNS = 9


def start() -> None:
    """Print how long the doors take to open, against importing click alone, and what the core install brings."""
    folder = Path(sys.executable).parent
    click = [sys.executable, "-c", "import click"]
    for name in ("--help", "rules"):
        ratios = [_wall([str(folder / "backup-scan"), name]) / _wall(click) for _ in range(RUNS)]
        print(f"backup-scan {name}: {statistics.median(ratios):.2f}x of `python -c 'import click'`")
    print(f"core install: {len(_core('backup-scan', set()))} distributions")


def _wall(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _core(name: str, seen: set[str]) -> set[str]:
    from packaging.requirements import Requirement  # noqa: PLC0415  # pytest brings it
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    for text in distribution(name).requires or ():
        wanted = Requirement(text)
        own = canonicalize_name(wanted.name)
        if own not in seen and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            seen.add(own)
            _core(own, seen)
    return seen | {canonicalize_name(name)}


def main(parts: list[str]) -> None:
    """Run the parts that are named, or all."""
    if not parts or "start" in parts:
        start()
    if not parts or "judgement" in parts:
        judgement.measure()
    if not parts or "permissions" in parts:
        permissions.measure()
    if not parts or "code" in parts:
        code.measure()
    if not parts or "scan" in parts:
        scan.measure(1, (0.0, 0.06))
        scan.measure(10, (0.0, 0.06))


if __name__ == "__main__":
    main(sys.argv[1:])
