"""BK706."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.alerting.key_news import KeyWatch
from scanner.resources.alerting.ways import told


@rule(
    "BK706",
    severity=Severity.HIGH,
    reads=[KeyWatch.own, KeyWatch.told],
    enforces=["5.2-key-expiry"],
)
def trouble_with_keys_alerts(region: KeyWatch, _: Objective) -> Verdict:
    """Key deletion, disabling and expiry alert.

    With its key every backup is lost, and until the key is gone one call takes that back. KMS's own event of a deletion
    comes when it has happened: what is demanded is a rule for the calls ScheduleKeyDeletion and DisableKey, as CloudTrail
    writes them down, which takes a trail that does. Where the material of a key expires, KMS's event of it or an alarm on
    the seconds that are left. Each is followed to a confirmed subscriber.

    Fix: make a rule for both calls of KMS that publishes to a topic somebody has subscribed to, in each region with keys.
    """
    own = region.own
    if not own.known:
        own.whole()
        return Verdict.exempt("it has no keys that the customer manages")
    kept, observed = told(region.told, "nothing listens")
    return Verdict.when(kept, observed, "that trouble with keys reaches somebody")
