"""BK606."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.iam.principals import Holder, ManagedPolicy, Role


@rule(
    "BK606",
    severity=Severity.HIGH,
    reads=[ManagedPolicy.breadth, ManagedPolicy.attachments, Holder.breadth, Holder.inline, Role.service_linked],
    enforces=["6.2-least-privilege"],
    aliases=["iam-policy-no-statements-with-admin-access", "iam-policy-no-statements-with-full-access"],
)
def no_policy_grants_every_action_on_every_backup(given: ManagedPolicy | Holder, demand: Objective) -> Verdict:
    """No policy grants every action on every backup.

    A policy of `backup:*` on everything is one mistake, or one stolen session, away from no backups at all. `NotAction`
    and patterns of stars are read for what they give. Conditions that ask who calls, from where or with what do not
    narrow it; those that ask for the tags of the backup do.

    Fix: name the actions that the work needs, and the vaults, snapshots or tables it needs them on.
    """
    demanded = "named actions on named backups"
    if isinstance(given, ManagedPolicy):
        broad = given.breadth
        if not broad:
            return Verdict.passed("it does not give everything on every backup of any service")
        if given.attachments == 0:
            return Verdict.exempt("it is attached to nobody")
        failed = Verdict.failed(f"it gives every action of {', '.join(broad)} on every backup", demanded)
        return failed.by(ManagedPolicy.breadth)
    if isinstance(given, Role) and given.service_linked:
        return Verdict.exempt("a service of AWS made it for itself and alone can take it")
    if not given.inline:
        return Verdict.exempt("no policy is written into it")
    broad = given.breadth
    if not broad:
        return Verdict.passed("no policy written into it gives everything on every backup of any service")
    failed = Verdict.failed(f"policies written into it give every action on every backup: {'; '.join(broad)}", demanded)
    return failed.by(Holder.breadth, label=broad[0].rpartition(": ")[0])
