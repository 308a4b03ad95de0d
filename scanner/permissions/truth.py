"""Truth of three values: yes, no, and a doubt that says what it hangs on."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Doubt:
    """Neither yes nor no, and what it depends on."""

    why: str

    def __bool__(self) -> bool:
        raise TypeError(f"a doubt is neither true nor false: {self.why}")


Truth = bool | Doubt


def all_true(answers: Iterable[Truth]) -> Truth:
    """No on the first no; in doubt where nothing said no and something was in doubt."""
    doubt: Doubt | None = None
    for one in answers:
        if one is False:
            return False
        if isinstance(one, Doubt):
            doubt = one if doubt is None else doubt
    return True if doubt is None else doubt


def any_true(answers: Iterable[Truth]) -> Truth:
    """Yes on the first yes; in doubt where nothing said yes and something was in doubt."""
    return opposite(all_true(opposite(one) for one in answers))


def opposite(answer: Truth) -> Truth:
    """Turn yes and no around; a doubt stays one."""
    return answer if isinstance(answer, Doubt) else not answer
