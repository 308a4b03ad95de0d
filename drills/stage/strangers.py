"""Strangers: things with a drill's name or tag that no journal knows. They are shown to people, and never touched."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import partial
from typing import TYPE_CHECKING

from drills.stage.hearing import heard
from drills.stage.makeable import Seen, makeable
from drills.stage.run import PREFIX, TAG_RUN
from scanner.collect.port import CallFailed
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from drills.stage.port import Calls

#: What has the tag and is of no kind that a drill makes: a snapshot that somebody took of a copy, say.
TAGGED = "tagged"


@dataclass(frozen=True, slots=True)
class Stranger:
    """Something with a drill's name or tag that no journal knows."""

    kind: str
    region: str
    seen: Seen


def strangers(
    places: Iterable[Calls], left: Collection[str], ever: Collection[str]
) -> tuple[tuple[Stranger, ...], tuple[str, ...]]:
    """Look for them; give those found, and what could not be looked for, each with why.

    `left` are the names that journals tell to be left, `ever` all that they ever told: AWS goes on listing the tags of
    what is gone for a while.
    """
    found: dict[str, Stranger] = {}
    unseen: list[str] = []
    for calls in places:
        for kind, how in makeable().items():
            try:
                seen = heard(partial(how.all_named, calls, PREFIX))
            except CallFailed as failed:
                unseen.append(f"{kind} in {calls.region}: {failed.code}")
                continue
            # Two kinds may be of one sort, as tables and decoys are: the first that knows it tells of it.
            for one in seen:
                if one.id not in left:
                    found.setdefault(one.arn or f"{kind} {one.id}", Stranger(kind, calls.region, one))
        try:
            for one in heard(partial(_tagged, calls)):
                if one.id not in ever:
                    found.setdefault(one.arn, Stranger(TAGGED, calls.region, one))
        except CallFailed as failed:
            unseen.append(f"whatever has the tag {TAG_RUN} in {calls.region}: {failed.code}")
    return tuple(sorted(found.values(), key=lambda one: (one.kind, one.region, one.seen.id))), tuple(unseen)


def _tagged(calls: Calls) -> list[Seen]:
    answers = calls.every(
        "resourcegroupstaggingapi:GetResources", "ResourceTagMappingList", TagFilters=[{"Key": TAG_RUN}]
    )
    found = []
    for one in answers:
        arn = one["ResourceARN"]
        tags = {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
        found.append(Seen(re.split(r"[:/]", arn)[-1], arn, None, tags))
    return found
