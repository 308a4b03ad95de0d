"""Fuzz the readers of code: `python -m tools.fuzz [--seconds N] [TARGET ...]`, `python -m tools.fuzz replay FILE ...`.

Each target is tried for some seconds. Where atheris is installed (`pip install -e '.[fuzz]'`), coverage guides it; else
the seeds are harmed at random. What breaks the law of `law.py` is kept as a file, which `replay` reads again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from random import Random

from tools.fuzz.targets import TARGETS, Target
from tools.fuzz.trial import Trials, break_of, target_of

GUIDED, RANDOM = "guided", "random"


def main(words: list[str]) -> int:
    """Do what is asked for; give the exit code: 1 where the law was broken, 2 for what was not understood."""
    if words[:1] == ["replay"]:
        return _replay([Path(one) for one in words[1:]])
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all of them if none")
    parser.add_argument("--seconds", type=float, default=60, help="how long each target is tried (60)")
    parser.add_argument("--engine", choices=(GUIDED, RANDOM), help="guided by coverage, which needs atheris, or random")
    parser.add_argument("--seed", type=int, default=1, help="what chance begins with (1)")
    parser.add_argument(
        "--keep", type=Path, default=Path("out/fuzz"), help="where what broke the law is kept (out/fuzz)"
    )
    asked = parser.parse_args(words)
    unknown = [one for one in asked.targets if one not in TARGETS]
    if unknown:
        parser.error(f"no target is called {', '.join(unknown)}: they are {', '.join(TARGETS)}")
    there = find_spec("atheris") is not None
    if asked.engine == GUIDED and not there:
        parser.error("atheris is not installed: pip install -e '.[fuzz]', or --engine random")
    guided = there if asked.engine is None else asked.engine == GUIDED
    print(
        "engine: atheris, guided by coverage" if guided else "engine: random mutations (atheris is not used)",
        flush=True,
    )
    broken = 0
    for name in asked.targets or TARGETS:
        if guided:
            broken += not _guided(name, asked.seconds, asked.seed, asked.keep)
        else:
            broken += bool(_at_random(TARGETS[name], asked.seconds, asked.seed, asked.keep).broken)
    return 1 if broken else 0


def _guided(name: str, seconds: float, seed: int, keep: Path) -> bool:
    """Fuzz a target in a process of its own; say whether the law was kept."""
    keep.mkdir(parents=True, exist_ok=True)
    log = keep / f"{name}.log"
    command = [sys.executable, "-m", "tools.fuzz.guided", name, str(seconds), str(seed), str(keep)]
    with log.open("wb") as told:
        ended = subprocess.run(command, check=False, stderr=told).returncode
    if ended not in (0, 1):
        print(f"{name}: the process died ({ended}): {log} tells more, and its last input is in {keep}")
    return ended == 0


def _at_random(target: Target, seconds: float, seed: int, keep: Path) -> Trials:
    trials, random, began = Trials(target, keep), Random(seed), time.monotonic()  # noqa: S311  # no secret
    inputs = target.begins()
    for one in inputs:
        trials(one)
    while time.monotonic() - began < seconds:
        trials(target.harmed(random.choice(inputs), random))
    trials.report("random mutations", time.monotonic() - began)
    return trials


def _replay(files: list[Path]) -> int:
    """Read inputs again as they were, and show what they break."""
    broken = 0
    for file in files:
        target = target_of(file)
        if target is None or not file.is_file():
            print(f"{file}: no kept input; its name begins with the target: {', '.join(TARGETS)}", file=sys.stderr)
            return 2
        trace = break_of(target, file.read_bytes())
        print(f"{file}: {trace or 'keeps the law'}")
        broken += bool(trace)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
