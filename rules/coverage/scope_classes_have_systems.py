"""BK102."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.declared import ScopeClass


@rule("BK102", severity=Severity.HIGH, reads=[ScopeClass.systems], enforces=["1.2-scope"])
def scope_classes_have_systems(scope: ScopeClass, demand: Objective) -> Verdict:  # the same for all
    """Every scope class of the policy has at least one system.

    A class without a system is a part of the company that the policy promises to cover and nobody looks after.

    Fix: declare a system that covers the class, or change the policy.
    """
    systems = scope.systems
    if not systems:
        return Verdict.failed("no declared system covers it", "at least one")
    return Verdict.passed(f"covered by {', '.join(systems)}")
