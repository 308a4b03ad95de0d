"""BK703."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.alerting.ways import told
from scanner.resources.aws_backup.vaults import Vault
from scanner.resources.dlm import Policy


@rule(
    "BK703",
    severity=Severity.MEDIUM,
    reads=[Vault.fed, Vault.copies_told, Policy.state, Policy.copies_told],
    enforces=["5.2-failure-alert"],
)
def failed_copies_and_restores_notify(subject: Vault | Policy, _: Objective) -> Verdict:
    """Failed copies and restores notify.

    The copy elsewhere is what is left on the worst day, and a restore that fails is that day. The path is followed as
    for failed backups. The event of a restore job has its state under `status`, not `state`: a pattern that asks for the
    other never matches. AWS tells of a snapshot's failed copy in the region where it should arrive.

    Fix: mend the link that is named, or make a rule for failed copy and restore jobs beside that for backups.
    """
    if isinstance(subject, Vault):
        if not subject.fed:
            return Verdict.exempt("no backups go into it")
        news = subject.copies_told
    else:
        if subject.state == "DISABLED":
            return Verdict.exempt("it is disabled")
        news = subject.copies_told
        if not news:
            return Verdict.exempt("it makes no copies elsewhere")
    kept, observed = told(news, "nothing listens")
    return Verdict.when(kept, observed, "that failed copies and restores notify somebody")
