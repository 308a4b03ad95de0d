"""BK803."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.arn import same
from scanner.model.duration import speak
from scanner.model.look import perhaps, those
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.protection import Recoverable


@rule(
    "BK803",
    severity=Severity.HIGH,
    reads=[
        Recoverable.backed_up_with, Recoverable.elsewhere, Recoverable.copied, Recoverable.created_at,
        Recoverable.piecewise, Recoverable.plans,
    ],
    enforces=["6.3-geography"],
    aliases=["BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT"],
)  # fmt: skip
def copies_in_another_account(store: Recoverable, demand: Objective) -> Verdict:
    """Critical data has a copy in another account.

    Whoever takes over an account can delete everything in it, the backups first. The other account is not looked at:
    what counts is a copy job to it that completed within two intervals, or a live replica there.

    Fix: add a copy to a vault of another account to the plan.
    """
    demand.only_if("copy_in_another_account")
    belongs_to = store.backed_up_with
    if belongs_to:
        return Verdict.exempt(f"its backups belong to {belongs_to}")
    since = demand.at - 2 * demand.snapshot_every
    asked = f"a copy in another account, no older than {speak(2 * demand.snapshot_every)}"
    elsewhere, copied = perhaps(lambda: store.elsewhere), store.copied
    beyond = those(
        elsewhere.known, lambda one: one.sound and one.account != "" and not same(one.account, store.account)
    )
    for one in beyond.known:
        return Verdict.passed(f"in account {one.account}: {one.how}", asked)
    away = those(copied.known, lambda copy: not same(copy.account, store.account))
    last = max(away.known, key=lambda copy: copy.at, default=None)
    if last is not None and last.at >= since:
        return Verdict.passed(f"copied to account {last.account} {last.at:%Y-%m-%d %H:%M} UTC", asked)
    if store.created_at > since:
        return Verdict.exempt(f"created {store.created_at:%Y-%m-%d %H:%M} UTC, its first copy is not due yet")
    for part in (elsewhere, copied, beyond, away):
        part.whole()
    if because := store.piecewise:
        return Verdict.exempt(because)
    if last is not None:
        return Verdict.failed(f"last copied to account {last.account} {last.at:%Y-%m-%d %H:%M} UTC", asked)
    meant = {str(copy.account) for cover in store.plans.known for copy in cover.rule.copies} - {"", str(store.account)}
    if meant:
        return Verdict.failed(f"a plan copies to account {', '.join(sorted(meant))}, but no copy job completed", asked)
    return Verdict.failed("no copy leaves the account", asked)
