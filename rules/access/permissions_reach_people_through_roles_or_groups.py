"""BK607."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.look import any_of
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.iam.principals import UserPolicies


@rule(
    "BK607",
    severity=Severity.LOW,
    reads=[UserPolicies.inline, UserPolicies.attached],
    enforces=["6.2-rbac"],
    aliases=["iam-user-no-policies-check"],
)
def permissions_reach_people_through_roles_or_groups(user: UserPolicies, demand: Objective) -> Verdict:
    """Permissions reach people through roles or groups.

    What is given to one person by name stays with that person from task to task, and nobody who reviews the roles and
    groups sees it. A permissions boundary gives nothing and may stay.

    Fix: put the user into a group that has the policy, or let people assume a role; then take the policy from the user.
    """
    found: list[Verdict] = []

    def given(way: str) -> bool:
        written = way == "written into it"
        names = [one.name for one in user.inline] if written else [one.rpartition("/")[2] for one in user.attached]
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            verdict = Verdict.failed(f"policy {min(names)}{more} is {way}", "permissions through roles or groups")
            found.append(verdict.by(UserPolicies.inline if written else UserPolicies.attached, label=min(names)))
        return bool(names)

    if any_of(("written into it", "attached to it"), given):
        return found[0]
    return Verdict.passed("no policy is written into it or attached to it")
