"""What a run of a plan would do: in its order, per system, with what it needs, what it costs, and who approved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import Any

from drills.kinds import drills
from drills.plan.forecast import Forecast, forecast, together, why_refused
from drills.plan.model import Approval, DrillPlan, Entry
from drills.plan.order import Depends, needs
from drills.plan.prices import Prices
from drills.stage.guards.consent import approvals
from drills.words import promise_of
from scanner.model.duration import speak

FORMAT = "backup-scan/drill-preview/1"


def preview(
    plan: DrillPlan, entries: Sequence[Entry], target: str, depends_on: Depends, prices: Prices, today: date
) -> dict[str, Any]:
    """Say what would be done, as a document of schema `drill-preview`; raise `CyclicDependency`."""
    costs = {entry.name: forecast(plan, entry, target, prices) for entry in entries}
    whole = together(costs.values())
    return {
        "schema": FORMAT,
        "plan": plan.name,
        "file": plan.file,
        "digest": plan.digest,
        "target": target,
        "drills": [_drill(plan, entry, depends_on, costs[entry.name]) for entry in entries],
        "estimate": _estimate(whole),
        "prices": {"file": prices.file, "as_of": prices.as_of.isoformat()},
        "limits": {
            "longest": speak(plan.limits.longest),
            "keeps": speak(plan.limits.keeps),
            "cost": plan.limits.cost,
            # Where nothing is billed there is nothing to cap.
            "above_cap": why_refused(whole, plan.limits.cost) if target == "sandbox" else "",
        },
        "approvals": [_approval(one, why) for one, why in approvals(plan, today)],
    }


def _drill(plan: DrillPlan, entry: Entry, depends_on: Depends, cost: Forecast) -> dict[str, Any]:
    drill = drills()[entry.drill]
    subjects = plan.subjects_of(entry)
    waiting = needs((subject.system for subject in subjects), depends_on)
    return {
        "name": entry.name,
        "drill": entry.drill,
        "promise": promise_of(drill),
        "tests": list(drill.tests),
        "systems": [
            {
                "system": subject.system,
                "subject": subject.name,
                "kind": subject.kind,
                "resource": subject.resource,
                "region": subject.region,
                "after": list(waiting[subject.system]),
            }
            for subject in subjects
        ],
        "steps": list(drill.steps(entry, subjects)),
        "makes": list(drill.makes),
        "estimate": _estimate(cost),
    }


def _estimate(one: Forecast) -> Mapping[str, Any]:
    return {
        # Rounded up to a cent: an estimate that looks free is not.
        "usd_at_most": None if one.dollars is None else ceil(one.dollars * 100 - 1e-9) / 100,
        "why_no_cost": list(one.unpriced),
        "usually_takes": None if one.takes is None else speak(one.takes),
        "why_no_time": list(one.untimed),
    }


def _approval(one: Approval, why: str) -> Mapping[str, Any]:
    return {
        "by": one.by,
        "on": one.on.isoformat(),
        "until": one.until.isoformat(),
        "ticket": one.ticket,
        "digest": one.digest,
        "holds": not why,
        "why_void": why,
    }
