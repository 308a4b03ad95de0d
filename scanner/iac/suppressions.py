"""Waivers in the code itself: a comment in a block, or right above it, accepts a failure of that block for a while.

    # backup-scan:waive BK201 reason="a scratch database" owner="jane" approved_by="joe" until=2026-12-31

A block is a top-level block of Terraform, or an entry under a template's `Resources`. One that calls a module, or a
nested stack, speaks for all that is declared in there. The comment demands what a waiver in `waivers.yaml` demands: a
reason, an owner, somebody else who approved, a last day within a year. One that lacks any of it waives nothing, and
says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime
from pathlib import Path

from scanner.iac.written_comments import Line, Range, lines_of
from scanner.model.declaration import Declaration
from scanner.model.finding import Finding
from scanner.model.late_dataclass import dataclass
from scanner.model.verdict import Outcome
from scanner.model.waiver import ABOUT_RECORDS, LONGEST_WAIVER, Waiver, same_person

MARK = "backup-scan:waive"
_SAID = re.compile(rf"{MARK}(?![\w-])[ \t]*(.*)", re.DOTALL)
_SETTING = re.compile(r"""(?:^|(?<=\s))([A-Za-z_-]+)=(?:"([^"]*)"|'([^']*)'|([^\s"']\S*)?)(?=\s|$)""")
_RULES = re.compile(r"[A-Za-z0-9]+(?:[ \t]*,[ \t]*[A-Za-z0-9]+)*(?=\s|$)")
_DEMANDED = ("reason", "owner", "approved_by", "until")
_OPTIONAL = ("ticket",)


@dataclass(slots=True, eq=False)
class Comment:
    """One such comment: where it stands, the lines of the block that it is about, and what it waives."""

    file: str
    line: int
    rules: tuple[str, ...]
    waivers: tuple[Waiver, ...]
    block: Range | None
    wrong: str = ""
    #: the rules of which it covers a failure, or would if it had not ended
    used: set[str] = field(default_factory=set)
    #: the rules of which it covers what could not be judged: it may be needed yet
    idle: set[str] = field(default_factory=set)

    def speaks_of(self, rule: str, block: Declaration) -> bool:
        """Say whether it is about a rule on a block, or on all that a block calls."""
        if rule not in self.rules or self.block is None:
            return False
        spots = (block.spot, *block.trail)
        return any(one is not None and one.file == self.file and self.block.holds(one.line) for one in spots)


@dataclass(slots=True)
class Comments:
    """All such comments of some files."""

    by_file: Mapping[str, list[Comment]] = field(default_factory=dict)

    def of(self, block: Declaration, rule: str) -> list[Comment]:
        """Give the comments that are about a rule on a block, those that stand nearest first."""
        files = dict.fromkeys(one.file for one in (block.spot, *reversed(block.trail)) if one is not None)
        return [one for file in files for one in self.by_file.get(file, ()) if one.speaks_of(rule, block)]

    def all(self) -> list[Comment]:
        """Give every comment, in the order of the files and lines."""
        return [one for _, some in sorted(self.by_file.items()) for one in some]


def comments_of(base: Path, files: Iterable[str], at: datetime, rules: Collection[str]) -> Comments:
    """Find the comments of files, each held to what a waiver must say."""
    found: dict[str, list[Comment]] = {}
    for name in dict.fromkeys(files):
        some = [_comment(name, one, at, rules) for one in lines_of(base / name, name, MARK)]
        if some:
            found[name] = some
    return Comments(found)


def _comment(file: str, line: Line, at: datetime, rules: Collection[str]) -> Comment:
    found = _SAID.search(line.text)
    rest = found[1].strip() if found else ""
    named = _RULES.match(rest)
    asked = tuple(dict.fromkeys(one.strip().upper() for one in named[0].split(","))) if named else ()
    settings: dict[str, str] = {}
    wrong = ""
    for match in _SETTING.finditer(rest):
        name = match[1].replace("-", "_").lower()
        value = next((one for one in match.groups()[1:] if one is not None), "").strip()
        if name in settings:
            wrong = f"says {name} twice"
        elif name not in (*_DEMANDED, *_OPTIONAL):
            wrong = f"says {name}, which is nothing that a waiver says"
        settings[name] = value
    wrong = _wrong(asked, settings, at, rules) or wrong or _not_read(rest, named)
    if line.block is None:
        wrong = wrong or "stands in no block, nor right above one"
    waivers: tuple[Waiver, ...] = ()
    if not wrong:
        where = f"{file}:{line.number}"
        waivers = tuple(
            Waiver(rule, where, settings["reason"], settings["owner"], settings["approved_by"],
                   date.fromisoformat(settings["until"]), settings.get("ticket", ""), where)
            for rule in asked
        )  # fmt: skip
    return Comment(file, line.number, asked, waivers, line.block, wrong)


def _not_read(rest: str, named: re.Match[str] | None) -> str:
    """Say what of a comment is neither a rule nor a setting: a quote that is not closed, or a word too many."""
    left = _SETTING.sub("", rest[named.end() :] if named else rest).split()
    return f'says {" ".join(left)!r}, which is no name="value"' if left else ""


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
    until = settings["until"]
    try:
        day = date.fromisoformat(until) if re.fullmatch(r"\d{4}-\d\d-\d\d", until) else None
    except ValueError:
        day = None
    if day is None:
        return f"is until {until}, which is no day (write 2026-12-31)"
    return f"is until {day}, more than a year ahead" if day > at.date() + LONGEST_WAIVER else ""


def waive(findings: Iterable[Finding], comments: Comments, at: datetime) -> Iterator[Finding]:
    """Give the findings with the comments applied to them: a failure that one covers is waived until its last day."""
    for one in findings:
        block = one.subject.declaration
        if not comments.by_file or block is None or one.outcome not in (Outcome.FAILED, Outcome.UNKNOWN):
            yield one
            continue
        rule = one.rule.id
        mine = comments.of(block, rule)
        if one.outcome is Outcome.UNKNOWN:
            for comment in mine:
                comment.idle.add(rule)
            yield one
            continue
        for comment in mine:
            comment.used.add(rule)
        given = [each for comment in mine for each in comment.waivers if each.rule == rule]
        in_date = next((each for each in given if at.date() <= each.expires), None)
        past = max((each for each in given if at.date() > each.expires), key=lambda each: each.expires, default=None)
        if one.waiver is None and in_date is not None:
            yield replace(one, waiver=in_date, lapsed=None)
        elif one.waiver is None and one.lapsed is None and past is not None:
            yield replace(one, lapsed=past)
        else:
            yield one


def told(comments: Comments, judged: Collection[str]) -> Iterator[str]:
    """Say which comments waive nothing, and why; `judged` are the rules that were asked."""
    for one in comments.all():
        place = f"{one.file}:{one.line}: this waiver"
        if one.wrong:
            yield f"{place} {one.wrong}; it waives nothing"
            continue
        needless = [rule for rule in one.rules if rule in judged and rule not in one.used | one.idle]
        if needless:
            yield f"{place} covers no failure of {', '.join(needless)}; remove it"
