"""Configuration: the copy is set up like the original, in what decides how it is reached, guarded and backed up.

A restored database comes up with the default parameter group, the default security group and without tags unless the
restore names them (RDS API, RestoreDBInstanceToPointInTime). That is not what was lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drills.scene import Scene

#: What makes a database instance the same: where `DescribeDBInstances` says it, and what it is called in a check.
_LIKENESS = {
    "Engine": "the engine",
    "EngineVersion": "the version of the engine",
    "StorageEncrypted": "the encryption of the storage",
    "KmsKeyId": "the KMS key",
    "PubliclyAccessible": "public access",
    "IAMDatabaseAuthenticationEnabled": "IAM authentication",
    "MultiAZ": "Multi-AZ",
    "StorageType": "the type of storage",
    "CACertificateIdentifier": "the CA certificate",
}
KMS_KEY = _LIKENESS["KmsKeyId"]
#: Settings that a plan may set otherwise for a copy: what they are called, and where the plan says so.
PARAMETER_GROUP, SECURITY_GROUPS, SUBNET_GROUP = "the parameter group", "the security groups", "the subnet group"
#: A setting, what the plan calls it, and whether it is a list.
_PLANNED = {
    PARAMETER_GROUP: ("parameter_group", True),
    SECURITY_GROUPS: ("security_groups", True),
    SUBNET_GROUP: ("subnet_group", False),
    KMS_KEY: ("kms_key", False),
}


def instance_settings(one: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings of a database instance that a copy must have as well."""
    settings: dict[str, Any] = {says: one[name] for name, says in _LIKENESS.items() if one.get(name) is not None}
    settings[PARAMETER_GROUP] = sorted(group["DBParameterGroupName"] for group in one.get("DBParameterGroups", ()))
    settings[SECURITY_GROUPS] = sorted(group["VpcSecurityGroupId"] for group in one.get("VpcSecurityGroups", ()))
    settings[SUBNET_GROUP] = one.get("DBSubnetGroup", {}).get("DBSubnetGroupName", "")
    return settings


def cluster_settings(one: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings of a cluster that a copy must have as well."""
    settings: dict[str, Any] = {
        says: one[name] for name, says in _LIKENESS.items() if name in _OF_CLUSTERS and one.get(name) is not None
    }
    settings[PARAMETER_GROUP] = sorted(filter(None, [one.get("DBClusterParameterGroup")]))
    settings[SECURITY_GROUPS] = sorted(group["VpcSecurityGroupId"] for group in one.get("VpcSecurityGroups", ()))
    settings[SUBNET_GROUP] = one.get("DBSubnetGroup", "")
    return settings


_OF_CLUSTERS = ("Engine", "EngineVersion", "StorageEncrypted", "KmsKeyId", "IAMDatabaseAuthenticationEnabled")


def planned(restore_with: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings that the plan sets for a copy, as `instance_settings` names them."""
    given: dict[str, Any] = {}
    for name, (key, many) in _PLANNED.items():
        if key in restore_with:
            value = restore_with[key]
            given[name] = sorted([value] if isinstance(value, str) else value) if many else value
    return given


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
        scene.check("configuration", f"{name} {_as(name, planned=name in given)}", held=same, detail=detail)


def check_in_force(scene: Scene, copy: Mapping[str, Any]) -> None:
    """Check that what the parameter group says is in force: a group that waits for a restart changes nothing yet."""
    waiting = [
        f"{group['DBParameterGroupName']} is {group['ParameterApplyStatus']}"
        for group in copy.get("DBParameterGroups", ())
        if group.get("ParameterApplyStatus", "in-sync") != "in-sync"
    ]
    waiting += [
        f"{member['DBInstanceIdentifier']} is {member['DBClusterParameterGroupStatus']}"
        for member in copy.get("DBClusterMembers", ())
        if member.get("DBClusterParameterGroupStatus", "in-sync") != "in-sync"
    ]
    scene.check("configuration", "the parameter group is in force", held=not waiting, detail=", ".join(waiting))


def _as(name: str, *, planned: bool) -> str:
    verb, was = ("are", "they were") if name == SECURITY_GROUPS else ("is", "it was")
    return f"{verb} as {'planned' if planned else was}"


def _say(value: Any) -> str:
    return (
        ", ".join(map(str, value)) or "none" if isinstance(value, list) else "not set" if value is None else str(value)
    )
