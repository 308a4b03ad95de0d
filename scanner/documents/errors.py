"""What is wrong with a document, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from scanner.model.errors import BackupScanError

#: How many problems are told at once; mending them shows the others.
_MOST_TOLD = 50


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: where, what was found, what was expected; line 0 is the file itself."""

    line: int
    column: int
    message: str
    hint: str = ""


class DocumentError(BackupScanError):
    """A document is wrong; `problems` holds all that is, by line, and the other attributes tell the first."""

    def __init__(self, file: str, line: int, message: str, hint: str = "", *, column: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.file = file
        self.line = line
        self.problems: tuple[Problem, ...] = (Problem(line, column, message, hint),)

    @classmethod
    def of(cls, file: str, problems: Iterable[Problem]) -> Self:
        """Tell several problems at once, sorted by line, each once."""
        found = tuple(sorted(set(problems)))
        error = cls(file, found[0].line, found[0].message, found[0].hint)
        error.problems = found
        return error

    def __str__(self) -> str:
        lines = [
            f"{self.file}{f':{problem.line}' if problem.line else ''}: {problem.message}"
            f"{f' ({problem.hint})' if problem.hint else ''}"
            for problem in self.problems[:_MOST_TOLD]
        ]
        if len(self.problems) > _MOST_TOLD:
            lines.append(f"{self.file}: and {len(self.problems) - _MOST_TOLD} more")
        return "\n".join(lines)
