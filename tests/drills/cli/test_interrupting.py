"""Interrupts: the first and the third are heard, the second only told of."""

from __future__ import annotations

import os
import signal

import pytest

from drills.cli.interrupting import patient


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_the_first_ends_the_run_and_the_second_does_not_cut_cleaning_up_short(
    sent: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    cleaned = False
    with patient():
        try:
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), sent)
        finally:
            os.kill(os.getpid(), sent)
            cleaned = True
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), sent)
    assert cleaned
    assert "cleaning up" in capsys.readouterr().err


def test_handlers_are_given_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with patient():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
