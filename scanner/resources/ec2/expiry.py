"""When Data Lifecycle Manager deletes a snapshot or an image that it made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from scanner.model.arn import same
from scanner.model.convert import instant
from scanner.model.look import Look
from scanner.resources.dlm import Policy, longest_lifetime

#: The facts of a policy that say when it deletes.
EXPIRY_FACTS = (Policy.policy_id, Policy.state, Policy.schedules)


def expires(backup: Any, look: Look) -> datetime | None:
    """Say when a snapshot or image is deleted by the policy that made it; None where no policy does.

    The marks are the system tags that DLM puts on what it makes (EBS user guide, "How Data Lifecycle Manager works");
    a schedule that keeps by age writes the date. A policy that is off or gone no longer counts what it keeps.
    """
    tags = backup.tags
    if written := tags.get("aws:dlm:expirationTime"):
        try:
            return instant(written)
        except ValueError:
            pass
    policy_id = tags.get("aws:dlm:lifecycle-policy-id")
    if not policy_id:
        return None
    for policy in look.where(Policy, Policy.policy_id, policy_id):
        if policy.state != "ENABLED":
            return None
        named = tags.get("aws:dlm:lifecycle-schedule-name")
        for schedule in policy.schedules:
            if named is None or schedule.name == named:
                if same(policy.region, backup.region):
                    kept = longest_lifetime(schedule, look.estate.taken_at)
                else:
                    kept = next((copy.kept for copy in schedule.copies if same(copy.region, backup.region)), None)
                return backup.made_at + kept if kept is not None else None
    return None
