"""An account that keeps its state in a file, so that it survives whoever calls it, and kills its caller where told."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from drills.stage.run import PREFIX, TAG_RUN, Run
from scanner.collect.port import CallFailed, Page
from scanner.model.reading import Reason
from tests.collect.recorded import _SESSION, validate
from tests.drills.stand_ins import AT

ACCOUNT, REGION = "210987123456", "eu-west-1"
RUN = Run("261124-abc234", AT, AT + timedelta(days=1), "operations")
LOCK = "/bkpdrill/lock"
#: What is there before any run, and must be there after every sweep.
OTHERS = {
    "orders": {"tags": {}, "at": "2026-01-01T00:00:00+00:00"},
    f"{RUN.prefix}untagged": {"tags": {}, "at": "2026-11-24T06:00:01+00:00"},
    f"{RUN.prefix}unknown": {"tags": dict(RUN.tags), "at": "2026-11-24T06:00:01+00:00"},
    f"{PREFIX}261101-zzz999-copy": {"tags": {TAG_RUN: "261101-zzz999"}, "at": "2026-11-01T06:00:00+00:00"},
}


class Killer:
    """Kills this process at one of the points that it passes; 0 for none."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.passed = at, 0

    def point(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class DiskAccount:
    """The port to it."""

    def __init__(self, file: Path, killer: Killer | None = None) -> None:
        self._file, self._killer = file, killer or Killer()
        if not file.exists():
            self._write({"instances": OTHERS, "parameters": {}})

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._file.read_text())
        return found

    def _write(self, state: Mapping[str, Any]) -> None:
        aside = self._file.with_suffix(".new")
        aside.write_text(json.dumps(state))
        aside.replace(self._file)

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        self._killer.point()
        act = getattr(self, f"_{operation}", None)
        if act is None:
            raise CallFailed(Reason.UNSUPPORTED, "NotImplemented", operation)
        state = self.state
        answer = act(state, **parameters)
        self._write(state)
        self._killer.point()  # it is done, and nobody has heard of it
        validate(answer, _SESSION.get_service_model(service).operation_model(operation).output_shape, operation)
        yield Page(answer)

    # -- RDS

    def _RestoreDBInstanceFromDBSnapshot(self, state: Any, **given: Any) -> Any:
        tags = {tag["Key"]: tag["Value"] for tag in given["Tags"]}
        made = {"tags": tags, "at": AT.isoformat()}
        state["instances"][given["DBInstanceIdentifier"]] = made
        return {"DBInstance": self._told(given["DBInstanceIdentifier"], made)}

    def _DescribeDBInstances(self, state: Any, **given: Any) -> Any:
        wanted = given.get("DBInstanceIdentifier")
        found = {name: one for name, one in state["instances"].items() if wanted in (None, name)}
        if wanted and not found:
            raise CallFailed(Reason.FAILED, "DBInstanceNotFound", f"DBInstance {wanted} not found.")
        answer = {"DBInstances": [self._told(name, one) for name, one in found.items()]}
        for name, one in found.items():
            if one.get("deleting") and wanted:
                del state["instances"][name]
        return answer

    def _DeleteDBInstance(self, state: Any, **given: Any) -> Any:
        name = given["DBInstanceIdentifier"]
        if name not in state["instances"]:
            raise CallFailed(Reason.FAILED, "DBInstanceNotFound", f"DBInstance {name} not found.")
        state["instances"][name]["deleting"] = True
        return {"DBInstance": self._told(name, state["instances"][name])}

    def _told(self, name: str, one: Mapping[str, Any]) -> Any:
        return {
            "DBInstanceIdentifier": name,
            "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{name}",
            "DBInstanceStatus": "deleting" if one.get("deleting") else "available",
            "InstanceCreateTime": datetime.fromisoformat(one["at"]),
            "TagList": [{"Key": key, "Value": value} for key, value in one["tags"].items()],
        }

    # -- Systems Manager

    def _PutParameter(self, state: Any, **given: Any) -> Any:
        if given["Name"] in state["parameters"]:
            raise CallFailed(Reason.FAILED, "ParameterAlreadyExists", "The parameter already exists.")
        tags = {tag["Key"]: tag["Value"] for tag in given["Tags"]}
        state["parameters"][given["Name"]] = {"value": given["Value"], "tags": tags}
        return {"Version": 1, "Tier": "Standard"}

    def _GetParameter(self, state: Any, Name: str) -> Any:
        if Name not in state["parameters"]:
            raise CallFailed(Reason.FAILED, "ParameterNotFound", "")
        arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{Name}"
        value = state["parameters"][Name]["value"]
        return {"Parameter": {"Name": Name, "Value": value, "ARN": arn, "LastModifiedDate": AT, "Type": "String"}}

    def _ListTagsForResource(self, state: Any, ResourceId: str, **_: Any) -> Any:
        tags = state["parameters"][ResourceId]["tags"]
        return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _DeleteParameter(self, state: Any, Name: str) -> Any:
        del state["parameters"][Name]
        return {}
