"""Samples: how many files must be looked at, and which, so that nobody can choose them and anybody can draw them again.

If none of n files that were drawn at random is bad, then at most a share p is bad, with confidence c, where
n = ln(1 - c) / ln(1 - p): 59 files for 5 % with 95 %.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from scanner.model.late_dataclass import dataclass

CURRENT, OVERWRITTEN, DELETED = "current", "overwritten", "deleted"
_DAY, _MONTH, _YEAR = timedelta(days=1), timedelta(days=31), timedelta(days=366)
_KIB, _MIB = 1 << 10, 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    """One version of a file, as the inventory lists it."""

    key: str
    version: str
    size: int
    modified: datetime
    #: what the inventory says of its content
    etag: str
    #: `current`, `overwritten`, or `deleted`: the newest version of a file that is not there any more
    state: str = CURRENT

    @property
    def place(self) -> str:
        """Name it, version and all."""
        return f"{self.key}@{self.version}"


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, and all that is needed to draw it again."""

    files: tuple[File, ...]
    seed: str
    inventory: str
    population: int
    #: how many the formula asks for
    wanted: int


def sample_size(confidence: float, bad: float) -> int:
    """Give how many must be drawn, and found good, to say that at most a share is bad."""
    if not (0 < confidence < 1 and 0 < bad < 1):
        raise ValueError(f"neither a confidence of {confidence} nor a share of {bad} can be shown by a sample")
    return math.ceil(math.log(1 - confidence) / math.log(1 - bad))


def inventory_digest(files: Iterable[File]) -> str:
    """Give the digest of an inventory, which no order changes."""
    lines = sorted(f"{one.key}\0{one.version}\0{one.size}\0{one.etag}\0{one.state}" for one in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def seed_of(plan: str, run: str, inventory: str) -> str:
    """Give the seed: it hangs on the plan, the run and all that is there, so that nobody can choose it."""
    return hashlib.sha256(f"{plan}\n{run}\n{inventory}".encode()).hexdigest()


def draw(files: Sequence[File], size: int, plan: str, run: str, at: datetime) -> Sample:
    """Draw so many files, in proportion from each stratum; the newest, the oldest and the largest always come with them.

    A stratum is an age, a size, the first part of the path, and whether it is current, overwritten or deleted.
    """
    inventory = inventory_digest(files)
    seed = seed_of(plan, run, inventory)
    strata: dict[tuple[str, ...], list[File]] = {}
    for one in files:
        strata.setdefault(_stratum(one, at), []).append(one)
    chosen: dict[str, File] = {}
    for name, share in _shares({name: len(held) for name, held in strata.items()}, min(size, len(files))).items():
        # The order is that of a hash, so that it can be computed again with any tool.
        for one in sorted(strata[name], key=lambda one: _lot(seed, one))[:share]:
            chosen[one.place] = one
    for one in _always(files, seed):
        chosen[one.place] = one
    drawn = tuple(sorted(chosen.values(), key=lambda one: (one.key, one.version)))
    return Sample(drawn, seed, inventory, len(files), size)


def _lot(seed: str, one: File) -> str:
    return hashlib.sha256(f"{seed}\n{one.place}".encode()).hexdigest()


def _always(files: Sequence[File], seed: str) -> Iterable[File]:
    """Give those that are always looked at: where most goes wrong, and one of each state."""
    if files:
        yield max(files, key=lambda one: (one.modified, one.place))
        yield min(files, key=lambda one: (one.modified, one.place))
        yield max(files, key=lambda one: (one.size, one.place))
    for state in (CURRENT, OVERWRITTEN, DELETED):
        held = [one for one in files if one.state == state]
        if held:
            yield min(held, key=lambda one: _lot(seed, one))


def _stratum(one: File, at: datetime) -> tuple[str, ...]:
    age = at - one.modified
    old = "day" if age <= _DAY else "month" if age <= _MONTH else "year" if age <= _YEAR else "older"
    large = (
        "empty" if one.size == 0 else "small" if one.size < 64 * _KIB else "medium" if one.size < 16 * _MIB else "large"
    )
    return (one.state, old, large, one.key.partition("/")[0] if "/" in one.key else "")


def _shares(sizes: Mapping[tuple[str, ...], int], total: int) -> dict[tuple[str, ...], int]:
    """Share a number out in proportion; what is left after rounding down goes to the largest remainders."""
    everything = sum(sizes.values())
    if not everything:
        return {}
    exact = {name: total * size / everything for name, size in sizes.items()}
    shares = {name: int(share) for name, share in exact.items()}
    left = total - sum(shares.values())
    for name in sorted(exact, key=lambda name: (shares[name] - exact[name], name))[:left]:
        shares[name] += 1
    return shares
