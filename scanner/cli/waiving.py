"""`backup-scan waive`: a waiver is checked as a scan would check it, then added to its file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

import click

from rules import catalogue
from scanner.cli.writing import add, config_of, day, fitting, line_of, plain
from scanner.documents.config import check_config
from scanner.documents.construct import load_policy
from scanner.documents.records import WAIVERS, waivers_file
from scanner.documents.waivers import check_waivers, waivers_of
from scanner.documents.yaml_file import Document, load_yaml
from scanner.door.exits import Exit
from scanner.model.late_dataclass import dataclass
from scanner.model.waiver import ABOUT_RECORDS, LONGEST_WAIVER, Waiver, same_person

_ACCEPTED = """\
# Failures that are accepted until a day. `backup-scan waive` adds to it. A waiver covers a finding, it never changes
# a verdict. Under `tickets:` stands where other failures are worked on: {rule, resource, ticket, opened}; those count.

schema: backup-scan/waivers/1

waivers:
"""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What is to be waived, as it was asked for."""

    rule: str
    resource: str
    reason: str
    owner: str
    approved_by: str
    expires: str
    ticket: str
    kept: Path | None
    config: Path | None
    policy: Path | None
    file: Path | None


def waive(asked: Acceptance) -> int:
    """Add a waiver to its file."""
    law, config = load_policy(asked.policy), config_of(asked.config)
    rules, rule = catalogue().rules, asked.rule.upper()
    if rule in ABOUT_RECORDS:
        raise click.BadParameter(f"{rule} is about waivers and tickets; waive what it is about", param_hint="RULE")
    if rule not in rules:
        near = get_close_matches(rule, rules, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise click.BadParameter(f"no rule is called {asked.rule!r}{hint} (`backup-scan rules` lists them)",
                                 param_hint="RULE")  # fmt: skip
    plain(resource=asked.resource, reason=asked.reason, owner=asked.owner, approved_by=asked.approved_by,
           ticket=asked.ticket)  # fmt: skip
    if same_person(asked.owner, asked.approved_by):
        raise click.BadParameter(f"{asked.approved_by} owns it; another must approve it", param_hint="--approved-by")
    now = datetime.now(UTC)
    expires = _expiry(asked.expires, now.date())
    target = fitting(asked.file or (waivers_file(config) if config else Path(WAIVERS)))
    entry = {"rule": rule, "resource": asked.resource, "reason": asked.reason, "owner": asked.owner,
             "approved_by": asked.approved_by, "expires": expires.isoformat()}  # fmt: skip
    if asked.ticket:
        entry["ticket"] = asked.ticket

    def check(document: Document) -> None:
        if isinstance(document.data, dict) and str(document.data.get("schema", "")).startswith("backup-scan/config/"):
            check_config(document, tiers=law.tiers, scopes=law.scope_classes, rules=rules, at=now)
        else:
            check_waivers(document, rules=rules, at=now)

    places = [load_yaml(target)] if target.exists() else []
    if config and config.file != str(target):
        places.append(config)
    for document in places:
        if document is not config:
            check(document)
        _refuse_waived(waivers_of(document), rule, asked.resource, now.date())
    if asked.kept is not None:
        from scanner.cli.reviewing import failing  # noqa: PLC0415  # judges an estate

        _tell_use(rule, asked.resource, failing(asked.kept, rule, asked.config, asked.policy), asked.kept)
    done = add(target, "waivers", entry, _ACCEPTED, check)
    click.echo(
        f"wrote {target}:{line_of(done, 'waivers')}: {rule} on {asked.resource} is waived until {expires}, "
        f"approved by {asked.approved_by}"
    )
    return Exit.PASSED


def _expiry(text: str, today: date) -> date:
    expires = day("--expires", text)
    if expires < today:
        raise click.BadParameter(f"{expires} is over", param_hint="--expires")
    if expires > today + LONGEST_WAIVER:
        latest = (today + timedelta(days=365)).isoformat()
        raise click.BadParameter(f"{expires} is more than a year away; {latest} is not", param_hint="--expires")
    return expires


def _refuse_waived(waivers: Sequence[Waiver], rule: str, resource: str, today: date) -> None:
    for one in waivers:
        if (one.rule, one.resource) != (rule, resource):
            continue
        if one.expires >= today:
            raise click.UsageError(
                f"{rule} on {resource} is already waived until {one.expires} ({one.where}); nothing was written"
            )
        click.echo(f"backup-scan: the waiver that expired on {one.expires} ({one.where}) can be removed", err=True)


def _tell_use(rule: str, resource: str, failing: Sequence[str], kept: Path) -> None:
    waiver = Waiver(rule, resource, "", "", "", date.max)
    if not any(waiver.concerns(rule, one) for one in failing):
        some = f"; it fails on {', '.join(failing[:3])}{' and more' if len(failing) > 3 else ''}" if failing else ""
        click.echo(
            f"backup-scan: no failure of {rule} in {kept} is on {resource}{some}; BK911 reports waivers that nothing needs",
            err=True,
        )
