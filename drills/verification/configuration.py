"""Configuration: the copy is set up like the original, in what decides how it is reached, guarded and backed up.

A restored database comes up with the default parameter group, the default security group and without tags unless the
restore names them (RDS API, RestoreDBInstanceToPointInTime). That is not what was lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drills.scene import Scene

#: What makes a database instance the same, with where `DescribeDBInstances` says it.
_LIKENESS = (
    "Engine", "EngineVersion", "StorageEncrypted", "KmsKeyId", "PubliclyAccessible", "IAMDatabaseAuthenticationEnabled",
    "MultiAZ", "StorageType", "CACertificateIdentifier",
)  # fmt: skip


def instance_settings(one: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings of a database instance that a copy must have as well."""
    settings: dict[str, Any] = {name: one.get(name) for name in _LIKENESS if one.get(name) is not None}
    settings["parameter group"] = sorted(group["DBParameterGroupName"] for group in one.get("DBParameterGroups", ()))
    settings["security groups"] = sorted(group["VpcSecurityGroupId"] for group in one.get("VpcSecurityGroups", ()))
    settings["subnet group"] = one.get("DBSubnetGroup", {}).get("DBSubnetGroupName", "")
    return settings


def check_configuration(
    scene: Scene, before: Mapping[str, Any], after: Mapping[str, Any], *, given: Mapping[str, Any]
) -> None:
    """Compare the settings of the copy with those of the source before the loss.

    `given` are settings that the plan sets otherwise on purpose, as a network of the sandbox's own: the copy must have
    these instead.
    """
    wanted = {**before, **given}
    for name in sorted(wanted):
        same = wanted[name] == after.get(name)
        detail = "" if same else f"is {_say(after.get(name))}, expected {_say(wanted[name])}"
        scene.check("configuration", f"{name} is as it was" if name not in given else f"{name} is as planned",
                    held=same, detail=detail)  # fmt: skip


def _say(value: Any) -> str:
    return (
        ", ".join(map(str, value)) or "none" if isinstance(value, list) else "not set" if value is None else str(value)
    )
