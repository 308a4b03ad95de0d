"""Waivers in the code itself: a comment in a block, or right above it, accepts a failure of that block for a while.

    # backup-scan:waive BK201 reason="a scratch database" owner="jane" approved_by="joe" until=2026-12-31

It demands what a waiver in `waivers.yaml` demands: a reason, an owner, somebody else who approved, a last day within a
year. One that lacks any of it waives nothing, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from scanner.model.finding import Finding
from scanner.model.reading import Spot
from scanner.model.verdict import Outcome
from scanner.model.waiver import ABOUT_RECORDS, LONGEST_WAIVER, Waiver, same_person

_MARK = "backup-scan:waive"
_LINE = re.compile(rf"(?:#|//|/\*)[ \t]*{_MARK}\b[ \t]*(?P<rest>.*?)[ \t]*(?:\*/[ \t]*)?$")
_SETTING = re.compile(r"""([A-Za-z_-]+)=(?:"([^"]*)"|'([^']*)'|(\S+))""")
_RULES = re.compile(r"^[A-Za-z0-9]+(?:[ \t]*,[ \t]*[A-Za-z0-9]+)*")
_ALONE = re.compile(r"[ \t]*(#|//|/\*)")
_DEMANDED = ("reason", "owner", "approved_by", "until")
_MOST = 4_000_000


@dataclass(slots=True)
class Comment:
    """One such comment: where it stands, the line of the block that it may be right above, and what it waives."""

    file: str
    line: int
    rules: tuple[str, ...]
    waivers: tuple[Waiver, ...]
    #: the first line below it that is no comment
    below: int
    wrong: str = ""
    used: bool = False


@dataclass(slots=True)
class Comments:
    """All such comments of some files."""

    by_file: Mapping[str, list[Comment]] = field(default_factory=dict)

    def of(self, spot: Spot, rule: str) -> Comment | None:
        """Give the comment in a block, or right above it, that is about a rule."""
        for one in self.by_file.get(spot.file, ()):
            within = spot.line <= one.line <= max(spot.end_line, spot.line)
            if rule in one.rules and (within or one.below == spot.line):
                return one
        return None

    def all(self) -> list[Comment]:
        """Give every comment, in the order of the files and lines."""
        return [one for _, some in sorted(self.by_file.items()) for one in some]


def comments_of(base: Path, files: Iterable[str], at: datetime, rules: Collection[str]) -> Comments:
    """Find the comments of files, each held to what a waiver must say."""
    found: dict[str, list[Comment]] = {}
    for name in dict.fromkeys(files):
        try:
            path = base / name
            if path.stat().st_size > _MOST:
                continue
            raw = path.read_bytes()
        except OSError:
            continue
        if _MARK.encode() not in raw:
            continue
        lines = raw.decode("utf-8", "replace").splitlines()
        some = [
            _comment(name, number, match["rest"], lines, at, rules)
            for number, line in enumerate(lines, 1)
            if (match := _LINE.search(line))
        ]
        if some:
            found[name] = some
    return Comments(found)


def _comment(
    file: str, number: int, rest: str, lines: Sequence[str], at: datetime, rules: Collection[str]
) -> Comment:  # fmt: skip
    below = number + 1
    alone = bool(_ALONE.match(lines[number - 1]))
    while alone and below <= len(lines) and _ALONE.match(lines[below - 1]):
        below += 1
    named = _RULES.match(rest)
    asked = tuple(one.strip().upper() for one in named[0].split(",")) if named and "=" not in named[0] else ()
    settings = {
        match[1].replace("-", "_"): next((one for one in match.groups()[1:] if one is not None), "").strip()
        for match in _SETTING.finditer(rest)
    }
    wrong = _wrong(asked, settings, at, rules)
    waivers: tuple[Waiver, ...] = ()
    if not wrong:
        until = date.fromisoformat(settings["until"])
        where = f"{file}:{number}"
        waivers = tuple(
            Waiver(rule, where, settings["reason"], settings["owner"], settings["approved_by"], until,
                   settings.get("ticket", ""), where)
            for rule in asked
        )  # fmt: skip
    return Comment(file, number, asked, waivers, below if alone else 0, wrong)


def _wrong(asked: Sequence[str], settings: Mapping[str, str], at: datetime, rules: Collection[str]) -> str:
    """Say what a comment lacks, or says amiss; "" where it may waive."""
    if not asked:
        return "names no rule"
    for rule in asked:
        if rule in ABOUT_RECORDS:
            return f"names {rule}, which is about waivers itself"
        if rule not in rules:
            return f"names {rule}, which is no rule"
    missing = [one for one in _DEMANDED if not settings.get(one)]
    if missing:
        return f"says no {' and no '.join(missing)}"
    if same_person(settings["owner"], settings["approved_by"]):
        return f"was approved by its own owner, {settings['owner']}"
    try:
        until = date.fromisoformat(settings["until"])
    except ValueError:
        return f"is until {settings['until']}, which is no day (write 2026-12-31)"
    if until > at.date() + LONGEST_WAIVER:
        return f"is until {until}, more than a year ahead"
    return ""


def waive(findings: Iterable[Finding], comments: Comments, at: datetime) -> list[Finding]:
    """Give the findings with the comments applied to them: a failure that one covers is waived until its last day."""
    told: list[Finding] = []
    for one in findings:
        block = one.subject.declaration
        if one.outcome is Outcome.FAILED and one.waiver is None and block is not None and block.spot is not None:
            comment = comments.of(block.spot, one.rule.id)
            if comment is not None:
                comment.used = True
                for waiver in comment.waivers:
                    if waiver.rule == one.rule.id:
                        in_date = at.date() <= waiver.expires
                        one = replace(one, waiver=waiver) if in_date else replace(one, lapsed=waiver)  # noqa: PLW2901
        told.append(one)
    return told
