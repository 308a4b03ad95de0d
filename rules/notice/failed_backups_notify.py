"""BK701."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.alerting.ways import told
from scanner.resources.aws_backup.vaults import Vault
from scanner.resources.dlm import Policy


@rule(
    "BK701",
    severity=Severity.HIGH,
    reads=[Vault.fed, Vault.failures_told, Policy.state, Policy.failures_told],
    enforces=["5.2-failure-alert", "8.1-response"],
)
def failed_backups_notify(subject: Vault | Policy, _: Objective) -> Verdict:
    """A failed backup notifies operations at once.

    A backup that fails unheard is found missing on the day it is needed. The path is followed to its end: the event
    that AWS documents for a failed and for an expired job, a rule that is enabled on the default bus and really matches
    it, the topic that it publishes to, the topic's policy and the policy of its key, which must let the service in (a
    topic's default policy does not), and a confirmed subscription whose filter lets it pass. A vault's notifications and
    an alarm on AWS Backup's count of failures are ways as good. What AWS hands to a function, a queue or another
    account leaves our sight: unknown, where nothing else reaches somebody. Lifecycle policies are held to the events of
    EBS and of their own errors. ABORTED, somebody's own doing, is not demanded.

    Fix: mend the link that is named, or make a rule for failed and expired jobs that publishes to a topic which
    events.amazonaws.com may publish to and somebody has subscribed to.
    """
    if isinstance(subject, Vault):
        if not subject.fed:
            return Verdict.exempt("no backups go into it")
        kept, observed = told(subject.failures_told, "nothing listens")
    else:
        if subject.state == "DISABLED":
            return Verdict.exempt("it is disabled")
        kept, observed = told(subject.failures_told, "nothing listens")
    return Verdict.when(kept, observed, "that failed backups notify somebody")
