"""Limits: the kill switch, time, money, and the days on which nothing is drilled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from drills.stage.guards.guard import Broken, Guard
from drills.stage.guards.situation import PARAMETERS
from scanner.model.duration import speak

if TYPE_CHECKING:
    from drills.stage.guards.situation import Situation

#: The file of the state folder, and the parameter of a real account, that stop every drill while they are there.
STOP_FILE = "stop"
STOP_PARAMETER = f"{PARAMETERS}/stop"


class NotStopped(Guard):
    """Nobody has thrown the kill switch: there is no file `stop` in the state folder, and no parameter /bkpdrill/stop.

    Whoever sees that a drill does harm must be able to end it from anywhere, without its process and without knowing
    it. In a real account anybody who may write a parameter of Systems Manager can. A parameter with the value `off` is
    as good as none.
    """

    number: ClassVar[str] = "G11"
    name: ClassVar[str] = "not stopped"
    asks: ClassVar[bool] = True
    real_only: ClassVar[bool] = False
    always: ClassVar[bool] = True

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look for the file and for the parameter."""
        file = now.state / STOP_FILE
        if file.exists():
            yield Broken(f"the kill switch is thrown: there is a file {STOP_FILE} in the state folder", "remove it")
        if not now.target.real:
            return
        for calls in now.everywhere():
            found = calls.unless("ParameterNotFound", operation="ssm:GetParameter", Name=STOP_PARAMETER)
            value = str(((found or {}).get("Parameter") or {}).get("Value", ""))
            if found is not None and value.strip().lower() != "off":
                yield Broken(
                    f"the kill switch is thrown: parameter {STOP_PARAMETER} in {calls.region}", "delete it, or set off"
                )


class InTime(Guard):
    """The run takes no longer than the plan allows.

    A restore that hangs costs money, and holds the lock that the next drill needs.
    """

    number: ClassVar[str] = "G11"
    name: ClassVar[str] = "in time"
    real_only: ClassVar[bool] = False
    always: ClassVar[bool] = True

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Compare the monotonic clock with the limit."""
        longest = now.plan.limits.longest
        if now.clock.elapsed() - now.began >= longest:
            yield Broken(f"the longest time of {speak(longest)} is over", "raise limits.longest, or find what hangs")


class Affordable(Guard):
    """The estimated cost is known and below the cap, and what has been spent is too.

    Nobody notices a cluster that a drill forgot before the bill comes. A price that is not known is not zero.
    """

    number: ClassVar[str] = "G7"
    name: ClassVar[str] = "affordable"
    always: ClassVar[bool] = True

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Compare the estimate with the cap."""
        cap, estimate = now.plan.limits.cost, now.estimate
        if cap is None:
            yield Broken("the plan has no cost cap", "set limits.cost, in US dollars")
        if estimate is None:
            yield Broken("nobody has estimated what it costs", "run it with the price table")
            return
        if estimate.unknown:
            yield Broken(f"the price of {', '.join(estimate.unknown)} is not known", "add it to the price table")
        if cap is not None and estimate.dollars > cap:
            yield Broken(
                f"it is estimated at {estimate.dollars:.2f} dollars, the cap is {cap:.2f}", "drill less, or raise it"
            )

    def again(self, now: Situation) -> Iterator[Broken]:
        """Compare what the time so far has cost with the cap."""
        cap, estimate = now.plan.limits.cost, now.estimate
        if cap is None or estimate is None:
            yield from self.broken(now)
            return
        spent = estimate.per_hour * (now.clock.elapsed() - now.began).total_seconds() / 3600
        if spent > cap:
            yield Broken(f"about {spent:.2f} dollars are spent, the cap is {cap:.2f}", "drill less, or raise it")


class NotFrozen(Guard):
    """Today is no day on which nothing is changed, and a drill of several systems has the ticket of a change.

    A drill takes quotas, bandwidth and people's attention: not at the end of a quarter, and not unannounced.
    """

    number: ClassVar[str] = "G15"
    name: ClassVar[str] = "not frozen"

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look at the calendar of the plan and at its approvals."""
        from drills.kinds import drills  # noqa: PLC0415  # kinds know the stage
        from drills.stage.guards.consent import approvals  # noqa: PLC0415

        today = now.clock.now().date()
        for first, last, why in now.plan.limits.freeze:
            if first <= today <= last:
                yield Broken(f"nothing is drilled from {first} to {last}: {why}", f"run it after {last}")
        wide = [entry.name for entry in now.entries if len(entry.of) > 1 or "full" in drills()[entry.drill].tests]
        tickets = [one.ticket for one, why in approvals(now.plan, today) if not why and one.ticket]
        if wide and not tickets:
            yield Broken(f"{wide[0]} is on several systems, and no valid approval names a ticket", "open a change")
