"""The lock of a real account and region: a parameter of Systems Manager, which names the run that holds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls
from drills.stage.run import PREFIX

NAME = "/bkpdrill/lock"


def value_of(run: str, owner: str) -> str:
    """Say whose it is."""
    return json.dumps({"run": run, "owner": owner}, sort_keys=True)


class AccountLock(Makeable):
    """The lock that a run holds. Every run has the same parameter, so it is found by the run that its value names."""

    kind: ClassVar[str] = "ssm:lock"
    made_by: ClassVar[Mapping[str, str]] = {"ssm:PutParameter": ""}
    seen_by: ClassVar[tuple[str, ...]] = ("ssm:GetParameter", "ssm:ListTagsForResource")
    removed_by: ClassVar[tuple[str, ...]] = ("ssm:DeleteParameter",)

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find it, where it is this run's."""
        return next((one for one in self.all_named(calls, PREFIX) if one.id == identifier), None)

    def remove(self, calls: Calls, identifier: str) -> None:
        """Delete it, where it is this run's."""
        if self.look(calls, identifier) is not None:
            calls.one("ssm:DeleteParameter", Name=NAME)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find it, whoever's it is."""
        answer = calls.unless("ParameterNotFound", operation="ssm:GetParameter", Name=NAME)
        if not answer:
            return []
        told = answer["Parameter"]
        run = _run(told.get("Value", ""))
        if not f"{PREFIX}{run}-".startswith(prefix):
            return []
        tags = calls.every("ssm:ListTagsForResource", "TagList", ResourceType="Parameter", ResourceId=NAME)
        kept = {tag["Key"]: tag["Value"] for tag in tags}
        # A parameter tells when it was last written; it is written once.
        return [Seen(f"{PREFIX}{run}-lock", told.get("ARN", ""), told.get("LastModifiedDate"), kept, "held")]


def _run(value: str) -> str:
    try:
        told = json.loads(value)
    except ValueError:
        return ""
    return str(told.get("run", "")) if isinstance(told, dict) else ""
