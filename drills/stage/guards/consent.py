"""Consent: dry run unless somebody says otherwise, twice, and somebody with the office has authorised this very plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from drills.stage.guards.guard import Broken, Guard
from drills.stage.refusals import DrillRefused
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from drills.plan.model import Approval, DrillPlan
    from drills.stage.guards.situation import Situation


@dataclass(frozen=True, slots=True)
class Consent:
    """What whoever started the run has said."""

    execute: bool = False
    #: what was typed, before and after the plan was shown
    typed: tuple[str, ...] = ()
    #: nobody sits in front of it: the approval of the plan's digest stands for what would be typed
    unattended: bool = False


def ask_twice(alias: str, ask: Callable[[str], str], show: Callable[[], None]) -> Consent:
    """Have the alias of the account typed, show the plan, and have it typed again; raise `DrillRefused` otherwise."""
    typed = [ask(f"alias of the account that is to be drilled (it is {len(alias)} letters long): ").strip()]
    if typed[0] == alias:
        show()
        typed.append(ask("the same alias again, to run exactly this: ").strip())
    if typed != [alias, alias]:
        raise DrillRefused(
            "what was typed is not the alias of the account: nothing was done", hint="look where you are"
        )
    return Consent(execute=True, typed=tuple(typed))


class Confirmed(Guard):
    """Nothing is executed unless `--execute` is given and the account's alias was typed twice, or in CI the digest is approved.

    The second time comes after the plan was shown: who is in the wrong account, or has the wrong plan, sees it then.
    """

    number: ClassVar[str] = "G2"
    name: ClassVar[str] = "confirmed"

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look at what was said."""
        alias = now.settings.get("alias", "")
        if not now.consent.execute:
            yield Broken("this is a dry run", "give --execute once you have read the plan")
        elif now.consent.unattended:
            if not any(not why for _, why in approvals(now.plan, now.clock.now().date())):
                yield Broken(
                    "nobody is there to confirm it, and no approval is valid for this plan",
                    f"have digest {now.plan.digest} approved in the plan",
                )
        elif now.consent.typed != (alias, alias):
            yield Broken("the alias of the account was not typed twice", f"type {alias!r} when you are asked")


class Authorised(Guard):
    """Somebody has authorised exactly this plan, by name, and the approval is in date.

    Clause 3.2-head demands that recovery tests are authorised. An approval names the digest of the plan, so a plan that
    was changed after it was approved is not approved.
    """

    number: ClassVar[str] = "3.2-head"
    name: ClassVar[str] = "authorised"

    def broken(self, now: Situation) -> Iterator[Broken]:
        """Look for one valid approval; where there is none, say why each is not."""
        found = approvals(now.plan, now.clock.now().date())
        if any(not why for _, why in found):
            return
        do = f"have the head of operations add an approval of digest {now.plan.digest} to the plan"
        if not found:
            yield Broken("nobody has authorised this plan", do)
        for approval, why in found:
            yield Broken(f"the approval by {approval.by} of {approval.on} {why}", do)


def approvals(plan: DrillPlan, today: date) -> list[tuple[Approval, str]]:
    """Give every approval of a plan, and why it does not hold today; "" where it does."""
    return [(one, _why_not(one, plan, today)) for one in plan.approvals]


def _why_not(approval: Approval, plan: DrillPlan, today: date) -> str:
    if not approval.by.strip():
        return "names nobody"
    if approval.digest != plan.digest:
        return "is for another plan: this one was changed, or never approved"
    if today < approval.on:
        return "is not valid before that day"
    if today > approval.until:
        return f"ran out on {approval.until}"
    return ""
