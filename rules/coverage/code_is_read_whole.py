"""BK118."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.code import UnreadCode


@rule("BK118", severity=Severity.MEDIUM, reads=[UnreadCode.why], enforces=["4.1-iac"])
def code_is_read_whole(part: UnreadCode, demand: Objective) -> Verdict:
    """All of the code that was given is read.

    What could not be read may declare anything. A file with a mistake, or a module that is not on disk, is therefore
    never passed over: nothing is known of what it holds.

    Fix: mend the file; run `terraform init` so that its modules are on disk, or judge the plan.
    """
    raise CouldNotCheck(Unknown(Reason.UNRESOLVED, part.why))
