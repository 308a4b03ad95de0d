"""Access of roles to a resource, by their policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from drills.kinds.drill import SingleDrill
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.verification.role_policies import READS, check_roles


class AccessOfRoles(SingleDrill):
    """By their policies, roles may do to a resource what they must be able to do, and nothing of what they must not.

    It asks AWS's own simulation of policies, and where that cannot be asked, evaluates the policies of role and resource;
    each check says which. Nothing is called that could do what is asked: it is verified by policy, not by a denied call.
    """

    name: ClassVar[str] = "access-of-roles"
    tests: ClassVar[tuple[str, ...]] = ("access",)
    on: ClassVar[tuple[str, ...]] = (
        "bucket", "table", "database", "cluster", "vault", "key", "file-system", "volume", "alert",
    )  # fmt: skip
    reads: ClassVar[tuple[str, ...]] = tuple(one for one in READS if one.startswith("iam:"))

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:  # noqa: ARG002
        """Say what would be done."""
        rows = [row for row in subjects[0].access if row.role]
        return tuple(
            f"ask whether {row.role} may do {', '.join((*row.allow, *row.deny)) or 'nothing'} to {subjects[0].resource}"
            for row in rows
        )

    def run(self, scene: Scene) -> None:
        """Ask of each row that is about a role."""
        scene.require(
            any(row.role and row.deny for row in scene.subject.access),
            f"the plan names nothing that a role must be denied on {scene.subject.name}",
        )
        check_roles(scene)
