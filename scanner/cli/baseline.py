"""Baselines: the findings of an earlier run, read back from its findings.json to be held against those of now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from scanner.model.finding import Finding, Subject
from scanner.model.rule import Rule
from scanner.model.verdict import Outcome, Verdict
from scanner.model.waiver import Waiver

_SCHEMA = "backup-scan/findings/2"


@dataclass(slots=True)
class _Kept(Finding):
    """A finding as a report kept it: its fingerprint is the one that was written."""

    written: str = ""

    @property
    def fingerprint(self) -> str:
        """The id under which it was written."""
        return self.written


def findings_of(file: Path, rules: Mapping[str, Rule]) -> list[Finding]:
    """Read the findings of a report; those of rules that are no more are left out. Refuse what is no report."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document["schema"] != _SCHEMA:
            raise click.UsageError(
                f"--baseline {file}: its schema is {document['schema']!r}; this version reads {_SCHEMA}"
            )
        return [_finding(one, rules[one["rule"]]) for one in document["findings"] if one["rule"] in rules]
    except OSError as error:
        raise click.UsageError(f"--baseline {file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise click.UsageError(
            f"--baseline {file}: no findings.json of backup-scan ({type(error).__name__}: {error})"
        ) from None


def _finding(written: Mapping[str, Any], rule: Rule) -> Finding:
    place, waiver = written["resource"], written["waiver"]
    subject = Subject(place["kind"], place["id"], place["name"], place["account"], place["region"])
    accepted = None
    if waiver is not None:
        until = date.fromisoformat(waiver["expires"])
        accepted = Waiver(rule.id, subject.id, waiver["reason"], waiver["owner"], waiver["approved_by"], until)
    verdict = Verdict(Outcome(written["outcome"]), written["observed"], written["demanded"])
    return _Kept(rule, subject, verdict, waiver=accepted, written=written["fingerprint"])
