"""What AWS remembers of the last use of services and actions by an identity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import instant, text
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import answered, call, of
from scanner.permissions.document import Statement, document
from scanner.permissions.patterns import matches_action
from scanner.resources.iam.holdings import SERVICES

#: How far back AWS remembers uses (IAM user guide, "Regions where data is tracked").
LOOKS_BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """A service that an identity's policies let it use, and when it last did; never within the tracking period.

    `actions` is told for the services whose actions AWS tracks (IAM user guide, "IAM action last accessed information
    services and actions").
    """

    service: str
    used_at: datetime | None = None
    actions: tuple[ActionUse, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionUse:
    """An action that AWS tracks, and when the identity last tried it; never within the tracking period."""

    name: str
    used_at: datetime | None = None


#: Two calls and more per identity: AWS makes a report of each, which takes it seconds.
DETAILS = call(
    "iam:GetServiceLastAccessedDetails",
    JobId=answered("JobId"),
    until=("JobStatus", "COMPLETED", "FAILED"),
    first=call("iam:GenerateServiceLastAccessedDetails", Arn=of("Arn"), Granularity="ACTION_LEVEL"),
)


def uses(raw: Any) -> tuple[ServiceUse, ...]:
    """Read the services of a report that keep backups; an administrator's report names hundreds of others."""
    return tuple(_use(one) for one in raw if one["ServiceNamespace"] in SERVICES)


def _use(raw: Mapping[str, Any]) -> ServiceUse:
    return ServiceUse(
        text(raw["ServiceNamespace"]),
        _moment(raw.get("LastAuthenticated")),
        tuple(
            ActionUse(text(one["ActionName"]), _moment(one.get("LastAccessedTime")))
            for one in raw.get("TrackedActionsLastAccessed") or ()
        ),
    )


def _moment(raw: Any) -> datetime | None:
    return instant(raw) if raw is not None else None


def last_use(action: str, by_service: Mapping[str, ServiceUse]) -> datetime | None:
    """Say when an action was last used; where AWS does not track it, when its service was."""
    service, _, name = action.partition(":")
    use = by_service.get(service)
    if use is None:
        return None
    for one in use.actions:
        # The API names actions without their service; to be safe, with it as well.
        if one.name.rpartition(":")[2].lower() == name.lower():
            return one.used_at
    return use.used_at


def may_touch(raw: Mapping[str, Any]) -> bool:
    """Say whether an identity's entry in the list leaves it possible that it may touch backups.

    What it holds by managed policies and groups is written elsewhere in the list, so any of those leaves it possible.
    A service-linked role only its service can use and change.
    """
    if raw["Path"].startswith("/aws-service-role/"):
        return False
    if raw.get("AttachedManagedPolicies") or raw.get("GroupList"):
        return True
    return any(
        _reaches(statement)
        for one in (*raw.get("RolePolicyList", ()), *raw.get("UserPolicyList", ()))
        for statement in document(one["PolicyDocument"]).allowing()
    )


def _reaches(statement: Statement) -> bool:
    # All actions but some is taken as all: it errs on the side of asking.
    return statement.other_actions or any(_concerns(pattern.partition(":")[0]) for pattern in statement.actions)


def _concerns(prefix: str) -> bool:
    return any(matches_action(prefix, service) for service in SERVICES)
