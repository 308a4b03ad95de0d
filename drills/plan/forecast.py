"""What a plan would cost and how long it would take, where the table tells; what it does not tell is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from drills.kinds import drills
from drills.plan.model import DrillPlan, Entry, Subject
from drills.plan.prices import Prices
from drills.stage.makeable import makeable
from scanner.model.late_dataclass import dataclass

_HOURS_A_MONTH = 730


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one drill, or a whole plan, costs at most and how long it usually takes, and why any of it is unknown."""

    #: None where it is unknown
    dollars: float | None
    #: of all that has a price, while it lives
    per_hour: float
    unpriced: tuple[str, ...]
    #: None where it is unknown
    takes: timedelta | None
    untimed: tuple[str, ...]


def forecast(plan: DrillPlan, entry: Entry, target: str, prices: Prices) -> Forecast:
    """Estimate one drill: as if all that it makes lived until the run is stopped. Only a real account is billed."""
    subjects = plan.subjects_of(entry)
    takes, untimed = _time(entry, subjects, target, prices)
    if target != "sandbox":
        return Forecast(0, 0, (), takes, untimed)
    priced = [_price(kind, subject, prices) for subject in subjects for kind in _kinds(entry)]
    per_hour = sum(hourly for hourly, _ in priced)
    unpriced = tuple(dict.fromkeys(why for _, why in priced if why))
    hours = plan.limits.longest / timedelta(hours=1)
    return Forecast(None if unpriced else per_hour * hours, per_hour, unpriced, takes, untimed)


def together(forecasts: Iterable[Forecast]) -> Forecast:
    """Add up: one that is unknown makes the sum unknown."""
    found = tuple(forecasts)
    unpriced = tuple(dict.fromkeys(why for one in found for why in one.unpriced))
    untimed = tuple(dict.fromkeys(why for one in found for why in one.untimed))
    return Forecast(
        None if unpriced else sum(one.dollars or 0 for one in found),
        sum(one.per_hour for one in found),
        unpriced,
        None if untimed else sum((one.takes or timedelta() for one in found), timedelta()),
        untimed,
    )


def why_refused(cost: Forecast, cap: float | None) -> str:
    """Say why nothing may be run under a cap; "" where it may. What is unknown may not."""
    if cap is None:
        return "the plan has no cost cap (limits.cost)"
    if cost.dollars is None:
        return f"the cost is unknown, and the cap is {cap:.2f} USD: {'; '.join(cost.unpriced)}"
    if cost.dollars > cap:
        return f"the cost is estimated at {cost.dollars:.2f} USD at most, and the cap is {cap:.2f} USD"
    return ""


def _kinds(entry: Entry) -> tuple[str, ...]:
    """Give the kinds of thing that a drill may make for a subject, each once."""
    makes = drills()[entry.drill].makes
    return tuple(kind for kind, known in makeable().items() if not known.made_by.keys().isdisjoint(makes))


def _price(kind: str, subject: Subject, prices: Prices) -> tuple[float, str]:
    """Give what a thing costs an hour, or why nobody can tell."""
    size = str(subject.restore_with.get("instance_class", ""))
    price = prices.of(kind, subject.region, size)
    if price is None:
        what = f"{kind} {size}".rstrip()
        if not size and any(one.kind == kind and one.size for one in prices.prices):
            return 0, f"{subject.name} says no restore_with.instance_class, and {kind} is priced by it"
        return 0, f"{prices.file} has no price of {what} in {subject.region}"
    if not price.per_gb:
        return price.hour, ""
    gigabytes = subject.settings.get("gigabytes")
    if not isinstance(gigabytes, int | float):
        return 0, f"{subject.name} says no settings.gigabytes, and {kind} is priced by them"
    return price.hour + gigabytes * price.per_gb / _HOURS_A_MONTH, ""


def _time(
    entry: Entry, subjects: tuple[Subject, ...], target: str, prices: Prices
) -> tuple[timedelta | None, tuple[str, ...]]:
    where = "aws" if target == "sandbox" else target
    whole = prices.durations.get((where, entry.drill))
    if whole is not None:
        return whole, ()
    if where != "aws":
        return None, (f"how long {entry.drill} takes on the {where} is not in the table",)
    makes = drills()[entry.drill].makes
    known = [prices.durations.get((where, operation)) for operation in makes]
    missing = [operation for operation, length in zip(makes, known, strict=True) if length is None]
    if missing or not makes:
        what = ", ".join(missing) or entry.drill
        return None, (f"how long {what} takes in AWS is not in the table",)
    return sum((length for length in known if length is not None), timedelta()) * len(subjects), ()
