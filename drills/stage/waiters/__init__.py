"""Waiters in botocore's format, for what botocore has none: AWS Backup jobs, file systems of EFS and FSx."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drills.stage.refusals import Inconclusive
from scanner.collect.port import CallFailed

if TYPE_CHECKING:
    from botocore.waiter import SingleWaiterConfig

    from drills.stage.stage import Stage

_HERE = Path(__file__).parent
SERVICES = ("backup", "efs", "fsx")


@cache
def model(service: str) -> dict[str, SingleWaiterConfig]:
    """Give the waiters of a service by their names."""
    from botocore.waiter import WaiterModel  # noqa: PLC0415  # boto3 is heavy

    told = WaiterModel(json.loads((_HERE / f"{service}.waiters-2.json").read_text(encoding="utf-8")))
    return {name: told.get_waiter(name) for name in told.waiter_names}


def state(service: str, name: str, answer: Mapping[str, Any]) -> str:
    """Say what an answer means to a waiter: `success`, `failure` or `retry`; an error it does not know is raised."""
    for acceptor in model(service)[name].acceptors:
        if acceptor.matcher_func(answer):
            return str(acceptor.state)
    return "retry"


class Failed(Exception):
    """What was waited for came to another end; the answer tells which."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__("it came to another end")
        self.answer = answer


def wait(
    stage: Stage, service: str, name: str, *, longest: timedelta, every: timedelta | None = None, **asked: Any
) -> Mapping[str, Any]:
    """Wait on a stage, past its guards, until a waiter is content; give the last answer.

    Raise `Failed` where the service says that it has come to another end, `Inconclusive` where it does not end in time.
    """
    waiter = model(service)[name]
    operation = f"{service}:{waiter.operation}"

    def look() -> Mapping[str, Any] | None:
        error: CallFailed | None = None
        try:
            answer: Mapping[str, Any] = stage.calls.one(operation, **asked)
        except CallFailed as failed:
            error, answer = failed, {"Error": {"Code": failed.code, "Message": failed.message}}
        found = state(service, name, answer)
        if found == "failure":
            raise Failed(answer)
        if found == "success":
            return answer
        if error is not None:
            raise error
        return None

    return stage.wait(f"{name} of {service}", look, every=every or timedelta(seconds=waiter.delay), longest=longest)


def ended(stage: Stage, service: str, name: str, *, longest: timedelta, **asked: Any) -> Mapping[str, Any]:
    """Wait as `wait` does, but give the answer also where it came to another end."""
    try:
        return wait(stage, service, name, longest=longest, **asked)
    except Failed as failed:
        if "Error" in failed.answer:
            raise Inconclusive(f"{name} of {service}: {failed.answer['Error']['Code']}") from None
        return failed.answer
