"""The measurements of a record, as a scan reads them: rounded so that nothing looks better than it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

from drills.results.record import MEASURED, NOT_TESTED, Drilled, Record
from scanner.door.text import printable
from scanner.resources.rehearsals import EVIDENCE_CLASSES

FORMAT = "backup-scan/measurements/1"
_SECOND = timedelta(seconds=1)
_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)), ("s", _SECOND))


def render(record: Record, _: object = None) -> str:
    """Write the measurements of a record as JSON; the configuration names the file under `measurements`."""
    return json.dumps(measurements_of(record), indent=1) + "\n"


def measurements_of(record: Record) -> dict[str, Any]:
    """Give the measurements of a record as a document."""
    classes = [one.evidence for one in record.measured]
    return {
        "schema": FORMAT,
        "run": record.run,
        "tool": f"{record.tool} {record.version}",
        "plan_digest": record.digest,
        **({"authorised_by": record.authorised_by} if record.authorised_by else {}),
        # Who reads no evidence of single measurements must not think better of any of them than it is.
        "evidence": min(classes, key=EVIDENCE_CLASSES.index, default=EVIDENCE_CLASSES[0]),
        "measurements": [measurement_of(one) for one in record.measured],
    }


def measurement_of(one: Drilled) -> Mapping[str, Any]:
    """Give what one drill measured: without a figure where it is inconclusive."""
    told = one.state == MEASURED
    return {
        "name": one.name,
        **({"system": one.system} if one.system else {}),
        "tests": list(one.tests),
        "evidence": one.evidence,
        "ended_at": one.ended_at.astimezone(UTC).isoformat(),
        "came_back": one.came_back if told or one.came_back is False else None,
        "recovery_time": _written(one.recovery_time) if told else None,
        "data_loss": _written(one.data_loss) if told else None,
        "resolution": _written(max(one.resolution, _SECOND)),
        "checks": [
            {"about": check.about, "name": check.name, "held": check.held, "detail": printable(check.detail)}
            for check in one.checks
        ],
        "left_behind": None if one.left_behind is None else [printable(left) for left in one.left_behind],
        "alert_after": _written(one.alert_after) if told else None,
        "inconclusive": None if told else because(one),
    }


def because(one: Drilled) -> str:
    """Say why nothing can be said by it."""
    why = printable(one.why) or "no reason was told"
    return f"not tested: {why}" if one.state == NOT_TESTED else why


def rounded(length: timedelta) -> timedelta:
    """Round up to a whole second: a figure must never be better than what was measured."""
    return -(-length // _SECOND) * _SECOND


def _written(length: timedelta | None) -> str | None:
    if length is None:
        return None
    rest, written = rounded(length), ""
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        written += f"{count}{unit}" if count else ""
    return written or "0s"
