"""What code tells, as a document: for each type of block the facts it holds and where, and those that no code holds."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache

from reports.cells import cell
from scanner.iac.form import NOTHING, Always, At, Form, Joined, Origin
from scanner.iac.forms.index import MODULES, NOWHERE
from scanner.model.codec import speak_value
from scanner.model.resource import Resource


@cache
def forms() -> dict[str, list[Form]]:
    """Give every form by its kind."""
    found: dict[str, list[Form]] = {}
    for module in MODULES:
        for form in importlib.import_module(f"scanner.iac.forms.{module}").FORMS:
            if form.kind.kind:
                found.setdefault(form.kind.kind, []).append(form)
    return dict(sorted(found.items()))


def code_page(kinds: dict[str, type[Resource]]) -> str:
    """Write the page, one table a type of block."""
    parts = [
        "# What code tells",
        "",
        "Generated from the forms; do not edit. A fact that is not set has the default named, as the source documents it;",
        "where none is named, it is unknown. What no code holds is left to the scan of an account.",
        "",
    ]
    for kind, some in forms().items():
        parts += [f"## {kinds[kind].title} (`{kind}`)", ""]
        for form in some:
            parts += [f"### `{form.type}`", "", "| Fact | Where | Not set |", "|---|---|---|"]
            parts += sorted(_rows(form))
            parts.append("")
        beyond = {name: why for form in some for name, why in form.beyond.items()}
        if beyond:
            parts += [f"Not in code: {'; '.join(f'`{name}` ({why})' for name, why in sorted(beyond.items()))}.", ""]
    parts += ["## In no code at all", ""]
    parts += [f"- {kinds[kind].title} (`{kind}`): {why}" for kind, why in sorted(NOWHERE.items())]
    return "\n".join(parts).rstrip() + "\n"


def _rows(form: Form) -> Iterator[str]:
    for name, origins in form.facts.items():
        places = [*map(_place, origins if isinstance(origins, (tuple, list)) else (origins,))]
        unset = [*filter(None, map(_unset, origins if isinstance(origins, (tuple, list)) else (origins,)))]
        yield f"| `{name}` | {', or '.join(dict.fromkeys(places))} | {cell('; '.join(unset))} |"


def _place(origin: Origin) -> str:
    if isinstance(origin, Always):
        return f"always {cell(speak_value(origin.value))}"
    if isinstance(origin, At):
        path = f"`{origin.path or origin.shows or 'the block'}`"
        return f"{path} of `{origin.via.type}`" if origin.via is not None else path
    shown = ", ".join(f"`{one}`" for one in origin.shows)
    beside = " and other blocks" if isinstance(origin, Joined) else ""
    return f"{shown or 'the block'}{beside}"


def _unset(origin: Origin) -> str:
    if isinstance(origin, Always):
        return origin.docs
    if not isinstance(origin, At):
        return ""
    if origin.computed:
        return origin.computed
    if origin.absent is NOTHING:
        return ""
    said = speak_value(origin.absent)
    return f"{said} ({origin.docs})" if origin.docs else said
