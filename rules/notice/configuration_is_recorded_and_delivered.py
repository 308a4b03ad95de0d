"""BK713."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.fact import Fact
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.config_service import NETWORK, Recorder, RecorderStatus, Recording

_WANTED = "the network recorded, and delivered"


@rule(
    "BK713",
    severity=Severity.MEDIUM,
    reads=[Recording.recorders, Recording.status, Recording.channels, Recording.deliveries],
    enforces=["4.1-network-export"],
    aliases=["config-enabled-all-regions"],
)
def configuration_is_recorded_and_delivered(region: Recording, demand: Objective) -> Verdict:
    """Configuration is recorded and delivered.

    Data that come back into a network that nobody can rebuild serve no one. AWS Config exports security groups,
    routes and the rest of it to a bucket: whole snapshots if a frequency is set, and every six hours what changed.

    Fix: record all resource types in the region, deliver to a bucket, and set a frequency for snapshots.
    """
    found = region.recorders
    if not found:
        return Verdict.failed("nothing is recorded in the region", _WANTED).by(Recording.recorders)
    faults: list[str] = []
    decided: list[Fact[Any]] = []
    doubt: CouldNotCheck | None = None
    for look, fact in (
        (_types, Recording.recorders), (_recording, Recording.status), (_delivering, Recording.channels),
    ):  # fmt: skip
        before = len(faults)
        try:
            faults.extend(look(region, found, demand))
        except CouldNotCheck as stop:
            doubt = doubt or stop
        if len(faults) > before:
            decided.append(fact)
    if faults:
        return Verdict.failed("; ".join(faults), _WANTED).by(decided[0])
    if doubt is not None:
        raise doubt
    waiting = _waiting(region, found, demand)
    if waiting:
        return Verdict.exempt(waiting)
    if not any(one.succeeded_at for one in region.deliveries):
        return Verdict.failed("nothing has been delivered yet", _WANTED)
    newest = max(one.succeeded_at for one in region.deliveries if one.succeeded_at)
    return Verdict.passed(
        f"recorded, and delivered to {region.channels[0].bucket}, last on {newest:%Y-%m-%d %H:%M} UTC"
    )


def _types(_: Recording, found: tuple[Recorder, ...], __: Objective) -> Iterator[str]:
    missing = [name for name in NETWORK if not any(one.records(name) for one in found)]
    if missing:
        yield f"the recorder leaves out {', '.join(name.rpartition(':')[2] for name in missing)}"


def _own(region: Recording, found: tuple[Recorder, ...]) -> list[RecorderStatus]:
    names = {one.name for one in found}
    return [one for one in region.status if one.name in names]


def _recording(region: Recording, found: tuple[Recorder, ...], _: Objective) -> Iterator[str]:
    own = _own(region, found)
    if not any(one.recording for one in own):
        yield "the recorder is switched off"
    yield from (f"the recorder fails ({one.error or 'AWS says no more'})" for one in own if one.last == "FAILURE")


def _delivering(region: Recording, _: tuple[Recorder, ...], demand: Objective) -> Iterator[str]:
    if not region.channels:
        yield "there is no bucket to deliver to"
        return
    for one in region.deliveries:
        if one.last == "FAILURE":
            yield f"the last {one.what} could not be delivered ({one.error or 'AWS says no more'})"
        elif one.what == "snapshot" and one.succeeded_at and any(each.snapshots for each in region.channels):
            # A history is delivered when something changes, so its age tells nothing.
            try:
                late = demand.at - one.succeeded_at > demand.export_freshness
            except NotDemanded:
                late = False
            if late:
                yield f"the last snapshot was delivered {speak(demand.at - one.succeeded_at)} ago"


def _waiting(region: Recording, found: tuple[Recorder, ...], demand: Objective) -> str:
    """Say that the first delivery is not due yet, if so."""
    if any(one.succeeded_at for one in region.deliveries):
        return ""
    started = max((one.started_at for one in _own(region, found) if one.started_at), default=None)
    try:
        due = started is None or demand.at - started > demand.export_freshness
    except NotDemanded:
        due = True
    if started is None or due:
        return ""
    return f"switched on {speak(demand.at - started)} ago, the first delivery is not due yet"
