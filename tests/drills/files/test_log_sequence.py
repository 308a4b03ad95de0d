"""The archived log is looked through: gaps, age, and whether its ends can be read."""

from datetime import timedelta
from typing import Any

import pytest

from drills.scene import Measured
from tests.drills.emulated import Desk, broken, held


def segment(number: int, timeline: int = 1) -> str:
    return f"{timeline:08X}{0:08X}{number:08X}"


@pytest.fixture
def logs(at: Desk) -> Desk:
    for number in range(5):
        at.client("s3").put_object(Bucket="documents", Key=f"wal/{segment(number)}", Body=b"log")
    return at


def run(at: Desk, **told: Any) -> Measured:
    settings = {"format": "postgresql-wal", "prefix": "wal/", **told}
    return at.run("log-sequence-continuity", at.subject("bucket", "documents"), settings)


def test_an_unbroken_sequence_holds(logs: Desk) -> None:
    measured = run(logs)
    assert (measured.why, broken(measured)) == ("", {})
    assert (measured.shown["segments"], measured.shown["last"]) == (5, segment(4))
    assert len([check for check in measured.checks if check.held]) == 3


def test_a_gap_is_told(logs: Desk) -> None:
    logs.client("s3").delete_object(Bucket="documents", Key=f"wal/{segment(2)}")
    told = broken(run(logs))
    assert told == {"the log sequence has no gap": f"1 missing in 1 places, the first is {segment(2)}"}


def test_a_log_to_which_nothing_is_added_is_told(logs: Desk) -> None:
    logs.clock.skipped = timedelta(hours=2)  # type: ignore[attr-defined]
    measured = run(logs)
    assert held(measured, "the newest segment is at most 30 minutes old") is False
    assert held(run(logs, newest_within="3h"), "the newest segment is at most 3 hours old") is True


def test_an_empty_segment_at_the_end_is_told(logs: Desk) -> None:
    logs.client("s3").put_object(Bucket="documents", Key=f"wal/{segment(5)}", Body=b"")
    assert broken(run(logs)) == {"the ends of the sequence can be read": f"not whole: {segment(5)}"}


def test_no_log_at_all_does_not_hold(at: Desk) -> None:
    assert broken(run(at)) == {"there are log segments": "none in documents"}


def test_binary_logs_have_gaps_as_well(at: Desk) -> None:
    for number in (1, 2, 4):
        at.client("s3").put_object(Bucket="documents", Key=f"wal/binlog.{number:06d}", Body=b"log")
    told = broken(run(at, format="mysql-binlog"))
    assert told == {"the log sequence has no gap": "1 missing in 1 places, the first is binlog.000003"}
