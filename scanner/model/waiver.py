"""Waivers: a failure accepted for a while, by a named person other than its owner, for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Waiver:
    """Covers the findings of a rule on the resources that a pattern names, until it expires; changes no verdict."""

    rule: str
    resource: str
    reason: str
    owner: str
    approved_by: str
    expires: date

    def concerns(self, rule: str, resource: str) -> bool:
        """Say whether it is about this finding, in date or not."""
        return rule == self.rule and fnmatchcase(resource, self.resource)

    def covers(self, rule: str, resource: str, at: datetime) -> bool:
        """Say whether it covers this finding at this time: its last day counts."""
        return at.date() <= self.expires and self.concerns(rule, resource)


def covering(waivers: Sequence[Waiver], rule: str, resource: str, at: datetime) -> Waiver | None:
    """Give the first waiver that covers a finding."""
    return next((waiver for waiver in waivers if waiver.covers(rule, resource, at)), None)


def lapsed(waivers: Sequence[Waiver], rule: str, resource: str, at: datetime) -> Waiver | None:
    """Give the waiver of a finding that ended last, if it ended before this time."""
    ended = [one for one in waivers if at.date() > one.expires and one.concerns(rule, resource)]
    return max(ended, key=lambda one: one.expires, default=None)
