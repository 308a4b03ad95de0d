"""Point-in-time restore of an Aurora cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from drills.databases.case import DatabaseCase
from drills.kinds.restored_database import RestoredDatabase, poll
from drills.kinds.restored_instance import available
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive, NotTested
from drills.verification.configuration import cluster_settings
from scanner.collect.port import CallFailed
from scanner.model.reading import Reason

#: States of a cluster from which it does not come up by itself (Aurora user guide, "Viewing DB cluster status").
DEAD = ("failed", "inaccessible-encryption-credentials", "cloning-failed", "migration-failed")


class ClusterPointInTime(RestoredDatabase):
    """An Aurora cluster comes back to the newest time, with an instance that can be written to.

    A restored cluster has no instance, and no way in: the drill makes one, and its time counts.
    """

    name: ClassVar[str] = "cluster-point-in-time"
    tests: ClassVar[tuple[str, ...]] = ("database",)
    on: ClassVar[tuple[str, ...]] = ("cluster",)
    way_of: ClassVar[tuple[str, ...]] = ("cluster",)
    reads: ClassVar[tuple[str, ...]] = (
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "secretsmanager:GetSecretValue",
    )
    makes: ClassVar[tuple[str, ...]] = ("rds:RestoreDBClusterToPointInTime", "rds:CreateDBInstance")

    what: ClassVar[str] = "cluster"
    identified_by: ClassVar[str] = "DbClusterResourceId"

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:  # noqa: ARG002
        """Say what would be done."""
        subject = subjects[0]
        return (
            f"log in to {subject.resource} and count its rows",
            "write no canaries: no data loss is measured" if subject.canaries is None else "write canaries",
            "declare the loss (T0)",
            f"restore {subject.resource} to the newest restorable time under a name of the run (T1)",
            "make an instance in the restored cluster, and wait for both (T2)",
            "log in to the copy (T3); check canaries, tables, indexes, settings and your own queries (T4)",
            "delete the instance and the cluster, and look whether they are gone (T6)",
        )

    def settle(self, scene: Scene) -> DatabaseCase:
        """Look at the source, where there can be one."""
        if scene.target.name == "emulator":
            raise NotTested("the emulation has no Aurora engine: a cluster there holds no data that could come back")
        return super().settle(scene)

    def find(self, scene: Scene, identifier: str) -> Mapping[str, Any] | None:
        """Describe a cluster."""
        answer = scene.stage.calls.unless(
            "DBClusterNotFoundFault", operation="rds:DescribeDBClusters", DBClusterIdentifier=identifier
        )
        found = (answer or {}).get("DBClusters", ())
        return found[0] if found else None

    def place(self, one: Mapping[str, Any]) -> tuple[str, int] | None:
        """Give host and port of the writer."""
        return (one["Endpoint"], one["Port"]) if one.get("Endpoint") else None

    def likeness(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """Give the settings that a copy must have as well."""
        return cluster_settings(one)

    def began(self, one: Mapping[str, Any]) -> datetime | None:
        """Give when the service says that it was made."""
        at: datetime | None = one.get("ClusterCreateTime")
        return at

    def restorable(self, scene: Scene) -> datetime | None:
        """Give `LatestRestorableTime`."""
        newest: datetime | None = (self.find(scene, scene.subject.resource) or {}).get("LatestRestorableTime")
        return newest

    def request(self, scene: Scene, source: Mapping[str, Any], target: str, restored_to: datetime) -> Made:
        """Ask RDS for it, with all that a restore forgets unless it is named."""
        with_ = scene.subject.restore_with
        guarding = [group["VpcSecurityGroupId"] for group in source.get("VpcSecurityGroups", ())]
        told = {
            "DBSubnetGroupName": with_.get("subnet_group") or source.get("DBSubnetGroup"),
            "VpcSecurityGroupIds": with_.get("security_groups") or guarding or None,
            "DBClusterParameterGroupName": with_.get("parameter_group") or source.get("DBClusterParameterGroup"),
            "EnableIAMDatabaseAuthentication": source.get("IAMDatabaseAuthenticationEnabled", False),
        }
        return scene.restore(
            "rds:cluster",
            target,
            "rds:RestoreDBClusterToPointInTime",
            source=source["DBClusterIdentifier"],
            SourceDBClusterIdentifier=source["DBClusterIdentifier"],
            RestoreToTime=restored_to,
            DeletionProtection=False,
            Tags=_tags(scene),
            **{name: value for name, value in told.items() if value is not None},
        )

    def come_up(self, scene: Scene, made: Made, source: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make an instance in it, and wait until both say available."""
        what, longest = f"the restore of {scene.subject.resource}", self.awaited(scene)
        scene.stage.wait(what, lambda: self._up(scene, made.id), every=poll(scene), longest=longest)
        instance = self._instance(scene, made, source)
        scene.phase("an instance comes up in the cluster")
        available(scene, instance.id, longest, f"an instance in {made.id}")
        return scene.stage.wait(what, lambda: self._up(scene, made.id), every=poll(scene), longest=longest)

    def _up(self, scene: Scene, identifier: str) -> Mapping[str, Any] | None:
        one = self.find(scene, identifier)
        if one is not None and one["Status"] in DEAD:
            raise scene.nothing_came_back(f"the restored cluster is {one['Status']}")
        return one if one is not None and one["Status"] == "available" else None

    def _instance(self, scene: Scene, made: Made, source: Mapping[str, Any]) -> Made:
        kind = scene.subject.restore_with.get("instance_class") or _class_of(scene, source)
        try:
            return scene.stage.make(
                "rds:db",
                scene.stage.run.name(f"{scene.subject.name} writer"),
                "rds:CreateDBInstance",
                DBClusterIdentifier=made.id,
                Engine=source["Engine"],
                DBInstanceClass=kind,
                PubliclyAccessible=False,
                Tags=_tags(scene),
            )
        except CallFailed as failed:
            why = f"an instance of class {kind} was refused: {failed.code}: {failed.message}"
            if failed.reason in (Reason.DENIED, Reason.THROTTLED):
                raise Inconclusive(why) from None
            raise scene.nothing_came_back(why) from None


def _class_of(scene: Scene, source: Mapping[str, Any]) -> str:
    """Give the class of the instance that is written to: a copy that is smaller would come back in another time."""
    members = source.get("DBClusterMembers", ())
    writers = [one["DBInstanceIdentifier"] for one in members if one.get("IsClusterWriter")]
    if not writers:
        raise Inconclusive(f"{source['DBClusterIdentifier']} has no writer; name restore_with.instance_class")
    described = scene.stage.calls.every("rds:DescribeDBInstances", "DBInstances", DBInstanceIdentifier=writers[0])
    return str(described[0]["DBInstanceClass"])


def _tags(scene: Scene) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in scene.stage.run.tags.items()]
