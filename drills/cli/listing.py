"""`backup-drill list`: the drills, what they are on, their settings, and what they need."""

from __future__ import annotations

import json
from typing import Any

import click

from drills.cli.lines import wrapped
from drills.kinds import Drill, drills
from drills.words import explanation_of, promise_of


def list_all(style: str) -> int:
    """Print them."""
    found = [_told(drill) for drill in drills().values()]
    if style == "json":
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return 0
    for one in found:
        _show(one)
    click.echo(wrapped("`backup-drill schema drill-plan` prints how a plan names them; docs/drills.md has an example."))
    return 0


def _told(drill: Drill) -> dict[str, Any]:
    return {
        "name": drill.name,
        "promise": promise_of(drill),
        "explanation": explanation_of(drill),
        "tests": list(drill.tests),
        "on": list(drill.on),
        "least": drill.least,
        "most": drill.most,
        "settings": dict(drill.settings.get("properties", {})),
        "reads": list(drill.reads),
        "makes": list(drill.makes),
    }


def _show(one: dict[str, Any]) -> None:
    click.echo(click.style(one["name"], bold=True))
    _line("", one["promise"])
    several = "" if one["most"] == 1 else f", {one['least']} to {one['most']} of them"
    _line("on: ", f"{' or '.join(one['on'])}{several}")
    _line("is a test of: ", ", ".join(one["tests"]))
    if one["settings"]:
        _line("settings: ", ", ".join(f"{name} ({_kind(kind)})" for name, kind in one["settings"].items()))
    _line("reads: ", ", ".join(one["reads"]) or "nothing")
    _line("makes: ", ", ".join(one["makes"]) or "nothing")
    click.echo()


def _line(title: str, text: str) -> None:
    click.echo(wrapped(title + text, 2, 2))


def _kind(kind: dict[str, Any]) -> str:
    if "enum" in kind:
        return " or ".join(str(one) for one in kind["enum"])
    return "duration" if "pattern" in kind else str(kind.get("type", "see the schema"))
