"""Canaries: what is written all the time before a loss, so that what comes back tells how much was lost.

Each has a number, the time it was written, a nonce and a seal. A gap in the numbers is a hole, not only a tail that is
missing; the seal keeps a restore of another source, or of another run, from looking fresh.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from scanner.model.late_dataclass import dataclass

#: A canary at least every so much of the RPO: the last one before the loss is then at most this share of it old.
SHARE_OF_RPO = 6


@dataclass(frozen=True, slots=True)
class Canary:
    """One canary; `written_at` is stamped before the write, so that the loss is never made smaller than it was."""

    number: int
    written_at: datetime
    nonce: str
    seal: str


class Mint:
    """Makes the canaries of one run and one source, and tells them from any others. Its key leaves no process."""

    def __init__(self, run: str, source: str, key: bytes | None = None) -> None:
        self._about = f"{run}\n{source}"
        self._key = key if key is not None else secrets.token_bytes(32)

    def make(self, number: int, at: datetime) -> Canary:
        """Make the next canary."""
        nonce = secrets.token_hex(8)
        return Canary(number, at, nonce, self._seal(number, at, nonce))

    def genuine(self, canary: Canary) -> bool:
        """Tell whether a canary is one of these, unaltered."""
        return hmac.compare_digest(canary.seal, self._seal(canary.number, canary.written_at, canary.nonce))

    def _seal(self, number: int, at: datetime, nonce: str) -> str:
        said = f"{self._about}\n{number}\n{at.astimezone(UTC).isoformat(timespec='microseconds')}\n{nonce}"
        return hmac.new(self._key, said.encode(), "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Freshness:
    """What came back of the canaries that were written.

    `loss` is None where nothing came back, and where nothing was written: neither is a loss of zero.
    """

    written: int
    #: those of them that had to come back: all, or those up to the time that was restored to
    due: int
    returned: int
    #: the newest up to which none is missing
    newest: Canary | None
    loss: timedelta | None
    #: numbers that are missing before the newest that came back
    holes: tuple[int, ...] = ()
    #: how many that this run did not write, or that were altered
    strangers: int = 0
    #: numbers that were written after the time that was restored to, and are there all the same
    beyond: tuple[int, ...] = ()

    @property
    def told(self) -> bool:
        """There were canaries, so that something can be said."""
        return self.due > 0

    @property
    def nothing_came_back(self) -> bool:
        """Not one of the canaries that were written came back."""
        return self.told and self.newest is None

    @property
    def trouble(self) -> str:
        """Say what is amiss beside a loss at the end; "" for nothing."""
        if self.nothing_came_back:
            return f"none of {self.due} canaries came back"
        said = []
        if self.holes:
            said.append(f"{len(self.holes)} missing in between, the first is number {self.holes[0]}")
        if self.strangers:
            said.append(f"{self.strangers} that this run did not write")
        if self.beyond:
            said.append(f"{len(self.beyond)} written after the time that was restored to")
        return "; ".join(said)


def weigh(
    written: Sequence[Canary],
    found: Iterable[Canary],
    mint: Mint,
    lost_at: datetime,
    *,
    restored_to: datetime | None = None,
) -> Freshness:
    """Compare the canaries of which the write was acknowledged, in their order, with those in the restored copy.

    `lost_at` is T0. `restored_to` is the time that the restore was asked for: what was written later must be absent,
    for a restore that ignores its target goes past the damage that it should undo.
    """
    genuine, strangers = {}, 0
    for one in found:
        if mint.genuine(one):
            genuine[one.number] = one
        else:
            strangers += 1
    wanted = [one for one in written if restored_to is None or one.written_at <= restored_to]
    newest, holes = None, []
    last = max((one.number for one in wanted if one.number in genuine), default=None)
    for one in wanted:
        if last is None or one.number > last:
            break
        if one.number not in genuine:
            holes.append(one.number)
        elif not holes:
            newest = one
    known = {one.number for one in written}
    return Freshness(
        written=len(written),
        due=len(wanted),
        returned=len(genuine.keys() & known),
        newest=newest,
        loss=None if newest is None else max(lost_at - newest.written_at, timedelta()),
        holes=tuple(holes),
        strangers=strangers + len(genuine.keys() - known),
        beyond=tuple(
            sorted(
                number for number, one in genuine.items() if restored_to is not None and one.written_at > restored_to
            )
        ),
    )
