"""BK113."""

from __future__ import annotations

from fnmatch import fnmatchcase

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.store import DataStore

#: AWS's own mark of what a stack made; nobody else can set tags that begin with aws: (CloudFormation user guide,
#: "Resource tag").
STACK = "aws:cloudformation:stack-name"
#: The mark of a secret that another service made, and looks after (Secrets Manager user guide, "Secrets managed by other
#: AWS services").
OWNER = "aws:secretsmanager:owningService"


@rule("BK113", severity=Severity.LOW, reads=[DataStore.tags, DataStore.code], enforces=["4.1-iac"])
def live_resources_are_declared_in_code(store: DataStore, demand: Objective) -> Verdict:
    """Live resources are declared in code.

    What was made by hand cannot be made again the same way on the worst day, and its backups were set up by hand too.
    Where code is given beside the account (`--iac`), a resource is looked for in it. CloudFormation also marks what it
    makes, and other code does so by tags that the configuration names (`code_tags`); a tag shows where a resource comes
    from, not that it still is as the code says.

    Fix: declare the resource in code and import it, with the tags that your code marks its resources by.
    """
    if store.declaration is not None:
        return Verdict.exempt("it is code itself")
    tags = store.tags
    stack = tags.get(STACK)
    if stack is not None:
        return Verdict.passed(f"the stack {stack} made it")
    if OWNER in tags:
        return Verdict.exempt(f"{tags[OWNER]} made it, and looks after it")
    for marks in demand.scope.code_tags:
        if all(key in tags and fnmatchcase(tags[key], value) for key, value in marks.items()):
            return Verdict.passed(f"its tags say that code made it: {', '.join(f'{key}={tags[key]}' for key in marks)}")
    declared = store.code
    if declared:
        return Verdict.passed(f"{declared} declares it")
    if declared is None:
        return Verdict.failed("nothing on it tells of code that made it", "a stack, or the tags of code")
    return Verdict.failed(
        "nothing in the code that was given declares it", "a block of code, a stack, or the tags of code"
    )
