"""What drills of database instances share: how an instance of RDS is found, restored, and awaited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from drills.kinds.restored_database import RestoredDatabase, lasting, poll
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.port import Calls
from drills.verification.configuration import instance_settings

__all__ = ["RestoredInstance", "described", "lasting", "poll", "restored_with"]

#: States of an instance from which it does not come up by itself (RDS user guide, "Viewing DB instance status").
DEAD = ("failed", "incompatible-restore", "incompatible-network", "incompatible-parameters", "incompatible-option-group",
        "inaccessible-encryption-credentials", "restore-error", "storage-full")  # fmt: skip


class RestoredInstance(RestoredDatabase):
    """A drill that restores a database instance of RDS."""

    on: ClassVar[tuple[str, ...]] = ("database",)
    reads: ClassVar[tuple[str, ...]] = ("rds:DescribeDBInstances", "secretsmanager:GetSecretValue")

    what: ClassVar[str] = "database instance"
    identified_by: ClassVar[str] = "DbiResourceId"

    def find(self, scene: Scene, identifier: str) -> Mapping[str, Any] | None:
        """Describe an instance; None where there is none."""
        return described(scene, identifier)

    def place(self, one: Mapping[str, Any]) -> tuple[str, int] | None:
        """Give host and port."""
        endpoint = one.get("Endpoint")
        return (endpoint["Address"], endpoint["Port"]) if endpoint else None

    def likeness(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """Give the settings that a copy must have as well."""
        return instance_settings(one)

    def come_up(self, scene: Scene, made: Made, source: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG002
        """Wait until the service says available."""
        return available(scene, made.id, self.awaited(scene), f"the restore of {scene.subject.resource}")

    def began(self, one: Mapping[str, Any]) -> datetime | None:
        """Give when the service says that it was made."""
        at: datetime | None = one.get("InstanceCreateTime")
        return at


def described(scene: Scene, identifier: str, calls: Calls | None = None) -> Mapping[str, Any] | None:
    """Describe an instance; None where there is none. It is looked for in the region of the scene, unless calls are given."""
    answer = (calls or scene.stage.calls).unless(
        "DBInstanceNotFound",
        "DBInstanceNotFoundFault",
        operation="rds:DescribeDBInstances",
        DBInstanceIdentifier=identifier,
    )
    found = (answer or {}).get("DBInstances", ())
    return found[0] if found else None


def available(scene: Scene, identifier: str, longest: Any, what: str) -> Mapping[str, Any]:
    """Wait until an instance is available; one that is beyond help is a result."""

    def up() -> Mapping[str, Any] | None:
        one = described(scene, identifier)
        if one is not None and one["DBInstanceStatus"] in DEAD:
            raise scene.nothing_came_back(f"the restored instance is {one['DBInstanceStatus']}")
        return one if one is not None and one["DBInstanceStatus"] == "available" else None

    return scene.stage.wait(what, up, every=poll(scene), longest=longest)


def restored_with(scene: Scene, source: Mapping[str, Any]) -> dict[str, Any]:
    """Give the parameters of a restore: those of the plan, else those of the source; never public, always tagged."""
    with_ = scene.subject.restore_with
    groups = [group["DBParameterGroupName"] for group in source.get("DBParameterGroups", ())]
    guarding = [group["VpcSecurityGroupId"] for group in source.get("VpcSecurityGroups", ())]
    subnets = with_.get("subnet_group") or source.get("DBSubnetGroup", {}).get("DBSubnetGroupName")
    found: dict[str, Any] = {
        "DBInstanceClass": with_.get("instance_class") or source["DBInstanceClass"],
        "DBParameterGroupName": with_.get("parameter_group") or next(iter(groups), None),
        "VpcSecurityGroupIds": with_.get("security_groups") or guarding or None,
        "DBSubnetGroupName": subnets,
        "MultiAZ": source.get("MultiAZ", False),
        "EnableIAMDatabaseAuthentication": source.get("IAMDatabaseAuthenticationEnabled", False),
        "PubliclyAccessible": False,
        "DeletionProtection": False,
        "Tags": [{"Key": key, "Value": value} for key, value in scene.stage.run.tags.items()],
    }
    return {name: value for name, value in found.items() if value is not None}
