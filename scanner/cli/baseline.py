"""Baselines: the findings of an earlier run, read back from its findings.json to be held against those of now."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from scanner.iac.block import Code
from scanner.model.declaration import Declaration
from scanner.model.finding import Finding, Subject
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Source
from scanner.model.rule import Rule
from scanner.model.verdict import Outcome, Verdict
from scanner.model.waiver import Waiver

_SCHEMA = "backup-scan/findings/2"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings of an earlier run, and what makes them hard to hold against those of now."""

    findings: tuple[Finding, ...]
    warnings: tuple[str, ...] = ()


def baseline_of(
    file: Path, rules: Mapping[str, Rule], chosen: Collection[str], policy: str, codes: Collection[Code]
) -> Baseline:
    """Read the findings of a report; refuse what is no report on code.

    Findings of rules that are no more are left out. What the earlier run did not judge counts as added, and is told:
    it ran with other rules (`chosen` are those of now), by another policy (its digest), or on other roots.
    """
    try:
        document = json.loads(file.read_bytes())
        schema = document["schema"]
        if schema != _SCHEMA:
            raise click.UsageError(f"--baseline {file}: its schema is {schema!r}; this version reads {_SCHEMA!r}")
        findings = tuple(_finding(one, rules[one["rule"]]) for one in document["findings"] if one["rule"] in rules)
        judged = {one["id"] for one in document["rules"]}
        digest = document["policy"]["digest"]
        sources = {one["source"] for one in document["run"]["accounts"]}
        roots = set(document.get("roots", ()))
    except OSError as error:
        raise click.UsageError(f"--baseline {file}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"--baseline {file}: is no UTF-8 text") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise click.UsageError(
            f"--baseline {file}: is no findings.json of backup-scan ({type(error).__name__}: {error})"
        ) from None
    if not sources <= {Source.TERRAFORM.value, Source.CLOUDFORMATION.value}:
        raise click.UsageError(
            f"--baseline {file}: is of an account, not of code; write one with --iac PATH --format json"
        )
    return Baseline(findings, tuple(_warnings(judged, set(chosen), roots, codes, other=digest != policy)))


def _warnings(
    judged: set[str],
    chosen: set[str],
    roots: set[str],
    codes: Collection[Code],
    *,
    other: bool,
) -> Iterator[str]:
    unjudged = sorted(chosen - judged)
    if unjudged:
        named = ", ".join(unjudged[:5]) + (f" and {len(unjudged) - 5} more" if len(unjudged) > 5 else "")
        yield f"it was not judged by {named}: what these find counts as added"
    if other:
        yield "it was judged by another policy: what that one did not demand counts as added"
    now = {code.root for code in codes}
    if roots and now and not roots & now:
        yield (
            f"it is of other code ({', '.join(sorted(roots)[:3])}): all of {', '.join(sorted(now)[:3])} counts as added"
        )


def _finding(written: Mapping[str, Any], rule: Rule) -> Finding:
    place, waiver, block = written["resource"], written["waiver"], written.get("declaration")
    declaration = None
    if block is not None:
        declaration = Declaration(block["address"], block["root"], block["type"], Source(block["source"]))
    told = [place["kind"], place["id"], place["name"], place["account"], place["region"]]
    known = (block["address"], block["root"]) if block is not None else ()
    for text in (*told, *known, written["observed"], written["demanded"]):
        if not isinstance(text, str):
            raise TypeError(f"{text!r:.60} stands where a text is expected")
    kind, key, name, account, region = told
    subject = Subject(kind, key, name, account, region, declaration=declaration)
    accepted = None
    if waiver is not None:
        until = date.fromisoformat(waiver["expires"])
        accepted = Waiver(rule.id, subject.id, waiver["reason"], waiver["owner"], waiver["approved_by"], until)
    verdict = Verdict(Outcome(written["outcome"]), written["observed"], written["demanded"])
    return Finding(rule, subject, verdict, waiver=accepted)
