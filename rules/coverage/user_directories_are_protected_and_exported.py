"""BK117."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.cognito import UserPool


@rule(
    "BK117",
    severity=Severity.HIGH,
    reads=[UserPool.deletion_protected, UserPool.exports],
    enforces=["1.2-scope"],
)
def user_directories_are_protected_and_exported(pool: UserPool, demand: Objective) -> Verdict:
    """User directories are protected from deletion and exported.

    AWS takes no backup of a user pool: when it is deleted, every user is gone. Only an export brings them back, and
    without passwords, so the pool must refuse deletion in the first place.

    Fix: turn on deletion protection, export the users on a schedule, and declare the export in the configuration under
    `exports`, named after the pool.
    """
    if not pool.deletion_protected:
        return Verdict.failed("deletion protection is off", "it on")
    freshness = demand.export_freshness
    exports = pool.exports
    written = [one for one in exports.known if one.newest is not None]
    newest = max(written, key=lambda one: (one.newest, one.name), default=None)
    fresh = f"an export within {speak(freshness)}"
    if newest is not None and newest.newest is not None and demand.at - newest.newest <= freshness:
        said = f"refuses deletion, exported as {newest.name} on {newest.newest:%Y-%m-%d %H:%M} UTC"
        return Verdict.passed(said, fresh)
    exports.whole()
    if newest is not None and newest.newest is not None:
        return Verdict.failed(f"last exported as {newest.name} on {newest.newest:%Y-%m-%d %H:%M} UTC", fresh)
    if exports.known:
        return Verdict.failed(f"its export {exports.known[0].name} was never written", fresh)
    return Verdict.failed("no declared export is named after it", fresh)
