"""An Aurora cluster comes back with an instance in it.

The emulation has no Aurora. Here a port tells of clusters in the shapes that AWS answers in, and a cluster holds the data
of an instance of the emulation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import botocore.session
import pytest

from drills.plan.model import Subject
from drills.scene import Measured
from scanner.collect.port import CallFailed, Page, Port
from scanner.emulation import Emulator
from scanner.emulation.engines import Engines
from scanner.model.reading import Reason
from tests.drills.databases.world import ACCOUNT, REGION, Target, drilled, failed, settle, subject
from tests.emulation.shapes import departures

MODEL = botocore.session.get_session().get_service_model("rds")


@pytest.fixture(scope="module", autouse=True)
def source(aws: Emulator) -> None:
    settle(aws, "orders")


class Aurora:
    """Tells of the instance `orders` as a cluster, and of a restore of it."""

    def __init__(self, port: Port, *, refuses: str = "", groups: str = "own") -> None:
        self._port, self._refuses, self._groups = port, refuses, groups
        self._writers: dict[str, str] = {"orders": "orders-1"}
        self.asked: list[str] = []

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        if service != "rds":
            yield from self._port.pages(service, operation, region, parameters)
            return
        self.asked.append(operation)
        if operation == self._refuses:
            raise CallFailed(Reason.FAILED, "InsufficientDBInstanceCapacity", "told so")
        known = set(MODEL.operation_model(operation).input_shape.members)
        assert set(parameters) <= known
        answer = getattr(self, f"_{operation}")(region, **parameters)
        wrong = list(departures(answer, MODEL.operation_model(operation).output_shape))
        assert wrong == []
        yield Page(answer)

    def _ask(self, operation: str, region: str, **parameters: Any) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = next(iter(self._port.pages("rds", operation, region, parameters))).answer
        return answer

    def _DescribeDBClusters(self, region: str, DBClusterIdentifier: str) -> Any:
        try:
            one = self._ask("DescribeDBInstances", region, DBInstanceIdentifier=DBClusterIdentifier)["DBInstances"][0]
        except CallFailed:
            raise CallFailed(Reason.MISSING, "DBClusterNotFoundFault", "told so") from None
        group = "own" if DBClusterIdentifier == "orders" else self._groups
        told: dict[str, Any] = {
            "DBClusterIdentifier": DBClusterIdentifier, "DBClusterArn": one["DBInstanceArn"], "Engine": "aurora-postgresql",
            "EngineVersion": "16.4", "Status": one["DBInstanceStatus"], "StorageEncrypted": True, "Port": 5432,
            "KmsKeyId": one["KmsKeyId"], "DbClusterResourceId": one["DbiResourceId"], "DBSubnetGroup": "own",
            "DBClusterParameterGroup": group, "VpcSecurityGroups": one["VpcSecurityGroups"], "DatabaseName": "shop",
            "DBClusterMembers": [],
        }  # fmt: skip
        if "LatestRestorableTime" in one:
            told["LatestRestorableTime"] = one["LatestRestorableTime"]
        if "Endpoint" in one:
            told |= {"Endpoint": one["Endpoint"]["Address"], "Port": one["Endpoint"]["Port"]}
        if writer := self._writers.get(DBClusterIdentifier):
            told["DBClusterMembers"] = [
                {"DBInstanceIdentifier": writer, "IsClusterWriter": True, "DBClusterParameterGroupStatus": "in-sync"}
            ]
        return {"DBClusters": [told]}

    def _DescribeDBInstances(self, _region: str, DBInstanceIdentifier: str) -> Any:
        if DBInstanceIdentifier not in self._writers.values():
            raise CallFailed(Reason.MISSING, "DBInstanceNotFound", "told so")
        told = {
            "DBInstanceIdentifier": DBInstanceIdentifier, "DBInstanceStatus": "available",
            "DBInstanceClass": "db.r7g.large", "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{DBInstanceIdentifier}",
        }  # fmt: skip
        return {"DBInstances": [told]}

    def _RestoreDBClusterToPointInTime(self, region: str, **told: Any) -> Any:
        assert told["DeletionProtection"] is False
        self._ask(
            "RestoreDBInstanceToPointInTime", region, SourceDBInstanceIdentifier=told["SourceDBClusterIdentifier"],
            TargetDBInstanceIdentifier=told["DBClusterIdentifier"], RestoreTime=told["RestoreToTime"],
            VpcSecurityGroupIds=told["VpcSecurityGroupIds"],
        )  # fmt: skip
        return {}

    def _CreateDBInstance(self, _region: str, **told: Any) -> Any:
        assert told["DBInstanceClass"] == "db.r7g.large"
        self._writers[told["DBClusterIdentifier"]] = told["DBInstanceIdentifier"]
        return {}

    def _DeleteDBInstance(self, _region: str, DBInstanceIdentifier: str, **_: Any) -> Any:
        self._writers = {name: one for name, one in self._writers.items() if one != DBInstanceIdentifier}
        return {}

    def _DeleteDBCluster(self, region: str, DBClusterIdentifier: str, **told: Any) -> Any:
        assert told["SkipFinalSnapshot"] is True
        if DBClusterIdentifier in self._writers:
            raise CallFailed(Reason.FAILED, "InvalidDBClusterStateFault", "it still contains DB instances")
        self._ask("DeleteDBInstance", region, DBInstanceIdentifier=DBClusterIdentifier, SkipFinalSnapshot=True)
        return {}


class Account(Target):
    """A target that is not the emulation, as far as a drill can tell."""

    name: ClassVar[str] = "sandbox"

    def lose(self, subject: Subject) -> bool:
        del subject
        return False


def restored(aws: Emulator, engines: Engines, **told: Any) -> tuple[Measured, Aurora]:
    made: list[Aurora] = []

    def port(inner: Port) -> Port:
        made.append(Aurora(inner, **told))
        return made[0]

    (found,) = drilled(
        Account(aws, engines, port), "cluster-point-in-time", subject("orders", kind="cluster"), linger="0s"
    ).measured
    return found, made[0]


def test_it_comes_back_with_an_instance(aws: Emulator, engines: Engines) -> None:
    found, aurora = restored(aws, engines)
    assert (found.why, failed(found), found.came_back, found.left_behind) == ("", [], True, ())
    assert found.freshness is not None
    assert found.freshness.loss is not None
    assert aurora.asked.index("RestoreDBClusterToPointInTime") < aurora.asked.index("CreateDBInstance")
    # The instance goes first: a cluster that holds one cannot be deleted.
    assert aurora.asked.index("DeleteDBInstance") < aurora.asked.index("DeleteDBCluster")


def test_an_instance_that_is_refused_is_no_recovery(aws: Emulator, engines: Engines) -> None:
    found, _ = restored(aws, engines, refuses="CreateDBInstance")
    assert found.came_back is False
    assert failed(found) == ["the restore brings something back"]
    assert "InsufficientDBInstanceCapacity" in found.checks[-1].detail
    assert found.left_behind == ()


def test_another_parameter_group_is_told(aws: Emulator, engines: Engines) -> None:
    found, _ = restored(aws, engines, groups="default.aurora-postgresql16")
    assert failed(found) == ["the parameter group is as it was"]


def test_on_the_emulation_it_is_not_tested(target: Target) -> None:
    (found,) = drilled(target, "cluster-point-in-time", subject("orders", kind="cluster")).measured
    assert "no Aurora engine" in found.not_tested
    assert (found.came_back, found.checks, found.why) == (None, [], "")
