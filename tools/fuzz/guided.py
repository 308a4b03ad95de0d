"""Guided by coverage: `python -m tools.fuzz.guided TARGET SECONDS SEED KEEP` has atheris look for new ways through the readers.

It is a process of its own, since libFuzzer never gives one back.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import atheris


def main() -> None:
    """Fuzz one target."""
    name, seconds, seed, keep = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    with atheris.instrument_imports(include=["scanner", "rules", "yaml"]):
        from tools.fuzz.targets import TARGETS  # noqa: PLC0415  # what is imported here is instrumented
        from tools.fuzz.trial import Trials, break_of  # noqa: PLC0415

        target = TARGETS[name]
        for data in target.begins():
            break_of(target, data)  # what the readers import late
    trials, began = Trials(target, keep), time.monotonic()
    keep.mkdir(parents=True, exist_ok=True)
    inputs = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for number, data in enumerate(target.begins()):
        (inputs / f"seed{number}").write_bytes(data)

    def one(data: bytes) -> None:
        trials(data)
        if time.monotonic() - began >= seconds:
            kept = sum(1 for _ in inputs.iterdir())
            trials.report(f"guided by coverage, {kept} inputs kept for new ways", time.monotonic() - began)
            sys.stdout.flush()
            shutil.rmtree(inputs)
            os._exit(1 if trials.broken else 0)

    def change(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)  # noqa: S311  # no secret
        harmed = atheris.Mutate(data, most) if random.random() < 0.2 else target.harmed(data, random)
        return bytes(harmed[:most])

    atheris.Setup(
        [
            sys.argv[0], str(inputs), f"-seed={seed}",
            "-max_len=65536", "-timeout=0", "-rss_limit_mb=3072",
            "-verbosity=0", "-len_control=0", f"-artifact_prefix={keep}/{name}-",
        ],
        one,
        custom_mutator=change,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main()
