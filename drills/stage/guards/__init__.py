"""The guards of a drill, by number (docs/drill-guards.md): asked all together before a run, and some at every step."""

from drills.stage.guards.consent import Consent, approvals, ask_twice
from drills.stage.guards.guard import Broken, Guard
from drills.stage.guards.guards import GUARDS, Guards, Looked, in_place
from drills.stage.guards.situation import Estimate, Situation

__all__ = [
    "GUARDS",
    "Broken",
    "Consent",
    "Estimate",
    "Guard",
    "Guards",
    "Looked",
    "Situation",
    "approvals",
    "ask_twice",
    "in_place",
]
