"""The display: a line per system with its mark and its time, on a terminal only."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from drills.board import Board, watching

PHASES = ["writing canaries", "T0 the loss is declared", "T1 the restore is requested", "the service restores"]


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def drawn(board: Board, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as told:
        console.print(board.draw())
    return [" ".join(line.split()) for line in told.get().splitlines()]


def test_a_line_tells_mark_time_and_what_is_done_now() -> None:
    time = Time()
    board = Board({"orders": 2, "people": 1}, time)
    assert drawn(board)[1:] == ["orders 0/2 waiting", "people 0/1 waiting"]
    for phase in PHASES:
        time.now += 60
        board.tell("orders", phase)
    time.now += 5
    # since the loss, not since the canaries
    assert drawn(board)[1] == "orders 1/2 T1 2:05 the service restores"


def test_the_second_drill_of_a_system_begins_anew() -> None:
    time = Time()
    board = Board({"orders": 2}, time)
    for phase in (*PHASES, "T6 nothing is left", "done"):
        time.now += 1
        board.tell("orders", phase)
    assert drawn(board)[1] == "orders 1/2 T6 0:04 done"
    time.now += 3600
    board.tell("orders", "writing canaries")
    assert drawn(board)[1] == "orders 2/2 0:00 writing canaries"
    time.now += 3661
    assert "1:01:01" in drawn(board)[1]


def test_what_the_target_does_first_is_shown_until_a_drill_begins() -> None:
    board = Board({"orders": 1}, Time())
    board.prepare("three PostgreSQL servers")
    assert drawn(board)[1] == "orders 0/1 the target: three PostgreSQL servers"
    board.tell("orders", "writing canaries")
    assert "target" not in drawn(board)[1]


@pytest.mark.parametrize("width", [80, 140])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    board = Board({"a system with a name that goes on and on and on": 1}, Time())
    board.tell("a system with a name that goes on and on and on", "a phase that is told at length " * 9)
    assert len(drawn(board, width)) == 2
    assert all(len(line) <= width for line in drawn(board, width))


def test_a_name_with_control_characters_steers_no_terminal() -> None:
    board = Board({}, Time())
    board.tell("or\x1b[2Jders", "now\n\x07")
    assert "\x1b" not in "".join(drawn(board))
    assert len(drawn(board)) == 2


class Stream(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(("verbose", "quiet", "lines"), [(True, False, 2), (False, False, 0), (True, True, 0)])
def test_without_a_terminal_there_are_lines_if_wanted_or_nothing(
    monkeypatch: pytest.MonkeyPatch, verbose: bool, quiet: bool, lines: int
) -> None:
    stream: Any = Stream(terminal=False)
    monkeypatch.setattr("sys.stderr", stream)
    with watching({"orders": 1}, verbose=verbose, quiet=quiet) as (tell, prepare):
        prepare("keys and networks")
        tell("orders", "T0 the loss is declared")
    told = stream.getvalue().splitlines()
    assert len(told) == lines
    assert all("target: keys" in one or "orders: T0" in one for one in told)
