"""The runbook of a run: what was done, as commands of the AWS CLI, in their order.

It is what was said, and not a program: identifiers are those of the run, and what was held back stands as a placeholder.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from drills.measuring.clock import Mark
from drills.results.record import Drilled, Record
from drills.results.words import measured
from drills.stage.port import reads
from drills.stage.spoken import HELD_BACK, Spoken
from scanner.door.text import flat, said, stamp

#: What the AWS CLI calls a service otherwise than botocore does.
_SERVICES = {"s3": "s3api"}
_HELD_BACK = "$HELD_BACK"


def render(record: Record, _: object = None) -> str:
    """Write the runbook as Markdown."""
    parts = [
        f"# Runbook of {said(record.plan)}, run {said(record.run)}",
        "",
        f"What was done on {said(record.target)}, account {said(record.account)}, from {stamp(record.began_at)} to "
        f"{stamp(record.ended_at)}: the calls in their order, as commands of the AWS CLI. It is a record, and no "
        "program: names are those of the run, and secrets and data were held back.",
        "",
        *(line for one in record.measured for line in _drill(one)),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _drill(one: Drilled) -> Iterator[str]:
    yield f"## {said(one.name)}"
    yield ""
    if one.why:
        yield f"It is {one.state}: {said(one.why)}"
        yield ""
    if not one.calls:
        yield "No call was made."
        yield ""
        return
    marks = [mark for mark in one.marks if mark.mark is not Mark.REQUESTED]
    lines: list[str] = []
    for call in one.calls:
        while marks and marks[0].at <= call.at:
            lines += _mark(marks.pop(0))
        lines += _call(call)
    for mark in marks:
        lines += _mark(mark)
    if one.more_calls:
        lines.append(f"# and {one.more_calls} more calls, which were not kept")
    yield "```sh"
    yield from lines
    yield "```"
    yield ""


def _mark(mark: Any) -> Iterable[str]:
    return ["", f"# {mark.mark.value} {mark.mark.says}: {stamp(mark.at)}, {measured(mark.after)} after the first mark"]


def _call(call: Spoken) -> Iterator[str]:
    said_at = f"# {call.at:%H:%M:%S}"
    if call.times > 1 and call.until is not None:
        yield f"{said_at} to {call.until:%H:%M:%S}, {call.times} times"
    elif not reads(call.operation):
        yield said_at
    if call.refused:
        yield f"# refused: {flat(call.refused)}"
    yield command(call)


def command(call: Spoken) -> str:
    """Give a call as a command of the AWS CLI, on one line that a shell reads as it is."""
    service, _, operation = call.operation.partition(":")
    words = ["aws", _SERVICES.get(service, service), kebab(operation)]
    if call.region:
        words += ["--region", call.region]
    for name, value in call.parameters.items():
        words += _option(name, value)
    return " ".join(word if word == f'"{_HELD_BACK}"' else shlex.quote(word) for word in words)


def kebab(name: str) -> str:
    """Spell a name of the API as the AWS CLI does: `RestoreDBInstanceToPointInTime`, `restore-db-instance-to-point-in-time`."""
    from botocore import xform_name  # noqa: PLC0415  # the CLI's own spelling, with its exceptions

    return str(xform_name(name, "-"))


def _option(name: str, value: Any) -> list[str]:
    option = kebab(name)
    if isinstance(value, bool):
        return [f"--{option}" if value else f"--no-{option}"]
    if value == HELD_BACK:
        return [f"--{option}", f'"{_HELD_BACK}"']
    if isinstance(value, Mapping | list):
        return [f"--{option}", json.dumps(_placed(value))]
    # A line break in a name must not look like a command of ours.
    return [f"--{option}", flat(str(value))]


def _placed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _placed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_placed(one) for one in value]
    return _HELD_BACK if value == HELD_BACK else value
