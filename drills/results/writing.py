"""Writing what came of a run: the record, its measurements, and the reports, all of them or none."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.door.output import prepare, write_all

if TYPE_CHECKING:
    from drills.judging import Judgement
    from drills.results.record import Record

#: Each format: its file, and the writer, imported when it is used.
FORMATS = {
    "json": ("drill.json", "drills.results.record_file"),
    "measurements": ("measurements.json", "drills.results.measurements"),
    "junit": ("junit.xml", "drills.results.junit"),
    "html": ("report.html", "drills.results.html"),
    "markdown": ("report.md", "drills.results.markdown"),
    "runbook": ("runbook.md", "drills.results.runbook"),
}


def render(name: str, record: Record, judgement: Judgement) -> str:
    """Write a record and what the rules say of it in a format."""
    text: str = importlib.import_module(FORMATS[name][1]).render(record, judgement)
    return text


def write_results(
    record: Record, judgement: Judgement, folder: Path, formats: Sequence[str] = tuple(FORMATS)
) -> list[Path]:
    """Write the formats of a run into a folder, which is made; give the files. Raise `OutputError`."""
    prepare(folder)
    # A run without a single measurement has none that a scan could read.
    chosen = [name for name in formats or FORMATS if name != "measurements" or record.measured]
    write_all((folder / FORMATS[name][0], render(name, record, judgement)) for name in chosen)
    return [folder / FORMATS[name][0] for name in chosen]
