"""BK118."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.code import BROKEN, READ, CodePart


@rule("BK118", severity=Severity.MEDIUM, reads=[CodePart.state, CodePart.said], enforces=["4.1-iac"])
def code_is_read_whole(part: CodePart, demand: Objective) -> Verdict:
    """All of the code that was given can be read.

    What cannot be read may declare anything. A file with a mistake fails; what leads to a module that is not on disk
    is unknown, because nobody has seen what it holds.

    Fix: mend the file; run `terraform init` so that the modules are on disk, or judge the plan.
    """
    said = part.said
    if part.state == READ:
        return Verdict.passed(said)
    if part.state == BROKEN:
        return Verdict.failed(said, "code that can be read")
    raise CouldNotCheck(Unknown(Reason.UNRESOLVED, said))
