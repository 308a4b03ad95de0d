"""BK114."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.cloudformation import Stack
from scanner.resources.code import DeclaredResource

#: What is planned only, or was taken back when it could not be made (CloudFormation user guide, "Stack status codes").
_EMPTY = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"})


@rule(
    "BK114",
    severity=Severity.MEDIUM,
    reads=[Stack.status, Stack.drift, Stack.compared_at, DeclaredResource.differences],
    enforces=["4.1-iac"],
    aliases=["cloudformation-stack-drift-detection-check"],
)
def live_settings_agree_with_the_code(stack: Stack | DeclaredResource, demand: Objective) -> Verdict:
    """Live settings agree with the code.

    A setting that was changed by hand is lost with the next deployment, or comes back wrong when everything is made
    anew. Where code is given beside the account (`--iac`), each setting that both tell is compared. CloudFormation
    says whether what a stack made is still as its template says, once somebody has had it look.

    Fix: bring the code and the resources together again, and detect drift regularly.
    """
    if isinstance(stack, DeclaredResource):
        differ = stack.differences
        return Verdict.when(
            not differ, "; ".join(map(str, differ)) or "every setting that both tell is the same", "that they agree"
        )
    if stack.status.startswith("DELETE_"):
        return Verdict.exempt("it is being deleted, or was")
    if stack.status in _EMPTY:
        return Verdict.exempt("it has made nothing")
    drift = stack.drift
    if drift == "DRIFTED":
        when = f" on {stack.compared_at:%Y-%m-%d}" if stack.compared_at else ""
        return Verdict.failed(f"its resources differed from its template{when}", "that they agree")
    compared = stack.compared_at
    if drift != "IN_SYNC" or compared is None:
        never = "nobody has looked for drift" if drift == "NOT_CHECKED" else f"drift is {drift}"
        raise CouldNotCheck(Unknown(Reason.BEYOND, never))
    every = demand.drift_checked_every
    if demand.at - compared > every:
        told = f"agreed on {compared:%Y-%m-%d}, which is more than {speak(every)} ago"
        raise CouldNotCheck(Unknown(Reason.BEYOND, told))
    return Verdict.passed(f"its resources agreed with its template on {compared:%Y-%m-%d}")
