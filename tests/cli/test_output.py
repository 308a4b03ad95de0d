"""What is written is written whole or not at all, and what cannot be shown is said in one message."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli.main import main
from scanner.door.output import write_all
from scanner.model.errors import OutputError

PROGRAM = "import sys; from scanner.cli.main import main; main()"


def names(directory: Path) -> list[str]:
    return sorted(one.name for one in directory.iterdir())


def files(directory: Path) -> list[tuple[Path, str]]:
    return [(directory / "a.json", "new a"), (directory / "b.json", "new b")]


def test_all_files_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_all(files(tmp_path))
    assert names(tmp_path) == ["a.json", "b.json"]
    assert (tmp_path / "b.json").read_text(encoding="utf-8") == "new b"
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_full_disk_leaves_every_earlier_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text("old a", encoding="utf-8")
    calls = iter((None, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))

    def full(_: int) -> None:
        if (error := next(calls)) is not None:
            raise error

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"b\.json: No space left on device; nothing was written"):
        write_all(files(tmp_path))
    assert names(tmp_path) == ["a.json"]
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "old a"


def test_a_directory_in_the_way_of_one_file_stops_all(tmp_path: Path) -> None:
    (tmp_path / "b.json").mkdir()
    with pytest.raises(OutputError, match=r"b\.json: Is a directory"):
        write_all(files(tmp_path))
    assert names(tmp_path) == ["b.json"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_whatever_stops_the_writing_leaves_nothing_behind(tmp_path: Path, stop: type[BaseException]) -> None:
    def broken() -> Iterator[tuple[Path, str]]:
        yield tmp_path / "a.json", "new a"
        raise stop

    with pytest.raises(stop):
        write_all(broken())
    assert names(tmp_path) == []


def test_what_utf_8_has_no_bytes_for_is_written_all_the_same(tmp_path: Path) -> None:
    write_all([(tmp_path / "a.json", "\ud800")])
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "\\ud800"


@pytest.mark.parametrize("below", ["", "out"])
def test_an_output_that_is_a_file_is_an_error_of_output(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    target = tmp_path / "file" / below if below else tmp_path / "file"
    result = CliRunner().invoke(main, ["--account", "demo", "--output", str(target)])
    assert result.exit_code == 74
    assert "directory" in result.output
    assert "choose another directory with --output" in result.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", [["rules"], ["--help"], ["policy"]])
def test_a_full_standard_output_is_one_message(command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-c", PROGRAM, *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )
    assert result.returncode == 74
    assert result.stderr.splitlines() == ["backup-scan: standard output: No space left on device"]


@pytest.mark.parametrize("command", [["rules"], ["policy"]])
def test_a_reader_that_has_gone_is_no_traceback(command: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        result = subprocess.run(
            [sys.executable, "-c", PROGRAM, *command], stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60
        )
    finally:
        os.close(writing)
    assert (result.returncode, result.stderr) == (74, "")


def test_a_terminal_that_knows_only_ascii_gets_what_it_can_show() -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, "matrix"],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, timeout=60,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert b"SOC2 A1.2" in result.stdout


def test_a_package_of_the_same_name_by_somebody_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "__init__.py").write_text("", encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {PROGRAM}", "rules"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert result.returncode == 70
    assert result.stderr.startswith("backup-scan: cannot start: ")
    assert str(tmp_path / "rules" / "__init__.py") in result.stderr
    assert "environment of its own" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_interpreter_that_drops_the_promises_is_refused() -> None:
    result = subprocess.run([sys.executable, "-OO", "-c", PROGRAM, "rules"], capture_output=True, text=True, timeout=60)
    assert result.returncode == 2
    assert "run without -OO" in result.stderr
