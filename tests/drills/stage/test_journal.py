"""Whatever instant a run is killed at, its journal names all that it may have made."""

from datetime import timedelta
from pathlib import Path

import pytest

from drills.stage.journal import Journal, JournalError, Made, note_gone, traces
from tests.drills.stand_ins import AT

ONE = Made("rds:db", "bkpdrill-r-one", "111111111111", "eu-west-1", "orders")
TWO = Made("rds:db", "bkpdrill-r-two", "111111111111", "eu-west-1", "users")


def _whole(folder: Path) -> bytes:
    with Journal(folder, "r", AT, AT + timedelta(days=1)) as journal:
        journal.intend(ONE, AT)
        journal.made(ONE, AT)
        journal.intend(TWO, AT)
        journal.gone(ONE, AT)
        journal.end(AT)
    return (folder / "r.journal").read_bytes()


def test_what_is_gone_is_no_longer_left(tmp_path: Path) -> None:
    _whole(tmp_path)
    (trace,) = traces(tmp_path)
    assert (trace.run, trace.left, trace.ended, trace.began_at) == ("r", (TWO,), True, AT)


def test_killed_at_any_byte_it_names_all_that_was_intended_by_then(tmp_path: Path) -> None:
    whole = _whole(tmp_path)
    file = tmp_path / "r.journal"
    for cut in range(len(whole) + 1):
        file.write_bytes(whole[:cut])
        (trace,) = traces(tmp_path)
        lines = whole[:cut].count(b"\n") + (whole[cut - 1 :][:1] != b"\n" and whole[cut : cut + 1] == b"\n")
        wanted = {0: (), 1: (), 2: (ONE,), 3: (ONE,), 4: (ONE, TWO), 5: (TWO,), 6: (TWO,)}[lines]
        assert trace.left == wanted, cut


def test_a_sweep_appends_after_half_a_line(tmp_path: Path) -> None:
    whole = _whole(tmp_path)
    file = tmp_path / "r.journal"
    for cut in range(whole.index(b"\n") + 1, len(whole)):
        file.write_bytes(whole[:cut])
        (before,) = traces(tmp_path)
        for made in before.left:
            note_gone(file, made, AT)
        (after,) = traces(tmp_path)
        assert after.left == (), cut


def test_a_journal_that_was_harmed_is_told_and_not_read_as_empty(tmp_path: Path) -> None:
    whole = _whole(tmp_path).splitlines(keepends=True)
    file = tmp_path / "r.journal"
    file.write_bytes(b"".join([whole[0], b"}{\n", *whole[2:]]))
    with pytest.raises(JournalError, match=r"r\.journal:2: found a line that is no entry"):
        list(traces(tmp_path))
    file.write_bytes(whole[0].replace(b"journal/1", b"journal/9"))
    with pytest.raises(JournalError, match="found format"):
        list(traces(tmp_path))
    file.write_bytes(whole[0] + b'{"event": "made"}\n')
    with pytest.raises(JournalError, match=r"r\.journal:2: found an entry without 'kind'"):
        list(traces(tmp_path))


def test_a_run_is_never_written_into_anothers_journal(tmp_path: Path) -> None:
    _whole(tmp_path)
    with pytest.raises(JournalError, match="cannot write the journal"):
        Journal(tmp_path, "r", AT, AT)


def test_no_folder_no_journals(tmp_path: Path) -> None:
    assert list(traces(tmp_path / "none")) == []
