"""Trials: an input is read as a file; what breaks the law is kept, once for each way in which it is broken."""

from __future__ import annotations

import hashlib
import signal
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tools.fuzz.law import hold
from tools.fuzz.targets import TARGETS, Target

#: seconds after which an input counts as one that is never read to its end
PATIENCE = 60
_OURS = ("scanner", "rules", "tools/fuzz/law.py")


class NeverEnds(BaseException):
    """An input took too long; no reader may catch it."""


def break_of(target: Target, data: bytes) -> str:
    """Read an input; give how it breaks the law, with the trace of it, or nothing."""
    with tempfile.TemporaryDirectory() as directory, _patience():
        try:
            hold(Path(directory), {**target.beside(), target.file: data}, "." if target.beside() else target.file)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is what is looked for
            return "".join(traceback.format_exception(error, limit=-25))
    return ""


class Trials:
    """All trials of one target."""

    def __init__(self, target: Target, keep: Path) -> None:
        self.target = target
        self.done = 0
        #: the files of inputs that broke the law, by the way they did
        self.broken: dict[str, Path] = {}
        self._keep = keep

    def __call__(self, data: bytes) -> None:
        """Try an input."""
        self.done += 1
        trace = break_of(self.target, data)
        if not trace:
            return
        way = _way(trace)
        known = self.broken.get(way)
        if known is not None and known.stat().st_size <= len(data):
            return
        self._keep.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(way.encode("utf-8", "replace")).hexdigest()[:10]
        file = self._keep / f"{self.target.name}-{name}{Path(self.target.file).suffix}"
        file.write_bytes(data)
        if known is None:
            print(f"{self.target.name}: {way}\n  kept as {file}", flush=True)
        self.broken[way] = file

    def report(self, engine: str, seconds: float) -> None:
        """Say how much was tried, and what came of it."""
        print(f"{self.target.name}: {self.done} inputs in {seconds:.0f} s ({engine}), {len(self.broken)} broke the law")


def target_of(file: Path) -> Target | None:
    """Give the target that an input was kept for, by the file's name."""
    fitting = [one for name, one in TARGETS.items() if file.name.startswith(f"{name}-")]
    return max(fitting, key=lambda one: len(one.name), default=None)


def _way(trace: str) -> str:
    """Give what tells one way of breaking the law from another: the error, and the last places of ours."""
    lines = trace.rstrip().splitlines()
    places = [one.strip() for one in lines if one.startswith('  File "') and any(part in one for part in _OURS)]
    if not places or "law.py" in places[-1]:
        return lines[-1][:160]
    where = " < ".join(one.rpartition("/")[2].replace('"', "") for one in reversed(places[-2:]))
    return f"{lines[-1].partition(':')[0]} in {where}"


@contextmanager
def _patience() -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise NeverEnds

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
