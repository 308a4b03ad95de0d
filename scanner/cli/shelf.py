"""The catalogue on the command line: rules, explanations, permissions, matrix."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules import catalogue, contents

if TYPE_CHECKING:
    from reports.report import Report
    from scanner.model.policy import Policy
    from scanner.model.rule import Rule


def list_rules(style: str) -> int:
    """Print the rules."""
    if style == "json":
        click.echo(json.dumps([_entry(rule) for rule in catalogue().rules.values()], indent=1))
        return 0
    shown = ""
    for rule_id, question, severity, promise in contents():
        if question != shown:
            shown = question
            click.echo(f"\n{question}")
        click.echo(f"  {rule_id}  {severity:<8}  {promise}")
    return 0


def _entry(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "name": rule.name,
        "question": rule.question,
        "severity": rule.severity.value,
        "promise": rule.promise,
        "clauses": list(rule.enforces),
        "kinds": [kind.kind for kind in rule.kinds],
        "aliases": list(rule.aliases),
    }


def _policy(path: Path | None) -> Policy:
    from scanner.documents.construct import load_policy  # noqa: PLC0415  # YAML and its schema

    return load_policy(path)


def _one(name: str) -> Rule:
    rules = catalogue().rules
    rule = rules.get(name.upper()) or next((one for one in rules.values() if one.name == name), None)
    if rule is None:
        from difflib import get_close_matches  # noqa: PLC0415

        near = [one for one in rules if one.startswith(name.upper())] or get_close_matches(name.upper(), rules, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise click.BadParameter(f"no rule is called {name!r}{hint} (`backup-scan rules` lists them)")
    return rule


def explain_rule(name: str, policy: Path | None) -> int:
    """Print all there is to know of one rule."""
    from reports.catalogue import operations_of  # noqa: PLC0415  # `rules` must start fast and needs none of it
    from scanner.plan import plan  # noqa: PLC0415

    rule, law = _one(name), _policy(policy)
    work = plan([rule])
    click.echo(f"{rule.id}  {rule.promise}\n")
    _block("Why", [rule.explanation])
    _block("Fix", [rule.fix])
    click.echo(f"Severity  {rule.severity.value}\n")
    _block("Clauses", (f"{one}: {law.clauses[one].demands}" for one in rule.enforces if one in law.clauses))
    _block("Controls", [", ".join(str(control) for control in law.controls_of(rule.enforces))])
    _block("Also known as", rule.aliases)
    _block("Judges", (f"{kind.title} ({kind.kind})" for kind in rule.kinds))
    _block("Reads", (f"{fact.key}: {fact.promise}" for fact in sorted(rule.facts, key=lambda fact: fact.key)))
    _block("Calls", operations_of(work))
    _block("Permissions", work.permissions)
    return 0


def _block(title: str, lines: Iterable[str]) -> None:
    lines = [line for line in lines if line]
    if lines:
        click.echo(title)
        for line in lines:
            for part in line.split("\n\n"):
                click.echo(click.wrap_text(part, 100, "  ", "    "))
        click.echo()


def print_permissions(names: tuple[str, ...], style: str) -> int:
    """Print the IAM policy that the chosen rules need."""
    from reports.catalogue import permission_policy, terraform_policy  # noqa: PLC0415
    from scanner.cli.choice import Choice  # noqa: PLC0415
    from scanner.plan import plan  # noqa: PLC0415

    law = _policy(None)
    actions = plan(Choice(rules=names).pick(catalogue(), law)).permissions
    if style == "terraform":
        click.echo(terraform_policy(actions), nl=False)
    else:
        click.echo(json.dumps(permission_policy(actions), indent=2))
    return 0


def print_matrix(policy: Path | None, style: str) -> int:
    """Print control → clause → rule."""
    from reports.catalogue import matrix_page, matrix_rows  # noqa: PLC0415

    law = _policy(policy)
    rows = matrix_rows(law, catalogue())
    if style == "json":
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    if style == "markdown":
        click.echo(matrix_page(law, catalogue()), nl=False)
        return 0
    for row in rows:
        click.echo(f"{row['control']}  {row['title']}")
        for clause in row["clauses"]:
            rules = ", ".join(clause["rules"]) or f"no rule ({', '.join(clause['established_by'])})"
            click.echo(f"  {clause['id']}: {rules}")
    return 0


def print_judged_matrix(report: Report, style: str) -> int:
    """Print every clause with its verdict and its rules, then every control with those of its clauses."""
    from reports.catalogue import clause_rows, matrix_rows  # noqa: PLC0415
    from reports.cells import cell  # noqa: PLC0415
    from reports.words import STATES, SYMBOLS  # noqa: PLC0415

    clauses = clause_rows(report)
    verdicts = {clause.id: tally for clause, tally, _ in report.by_clause}
    controls = matrix_rows(report.policy, catalogue(), verdicts)
    if style == "json":
        click.echo(json.dumps({"clauses": clauses, "controls": controls}, indent=1, ensure_ascii=False))
        return 0
    if style == "markdown":
        click.echo("| Clause | Demands | Verdict | Findings | Rules |\n|---|---|---|---|---|")
    for one in clauses:
        state = one["verdict"] if one["verdict"] != "empty" else "no verdict"
        counts = ", ".join(f"{one['findings'][name]} {name}" for name in STATES if one["findings"][name])
        if style == "markdown":
            click.echo(
                f"| {one['id']} | {cell(one['demands'])} | {SYMBOLS[one['verdict']]} {state} | {counts or '–'} "
                f"| {' '.join(one['rules'])} |"
            )
        else:
            click.echo(f"{one['id']:<24} {state:<11} {counts}\n{'':<25}{' '.join(one['rules'])}")
    if style == "text":
        click.echo()
        for row in controls:
            told = ", ".join(f"{one['id']} {one['verdict']}" for one in row["clauses"])
            click.echo(f"{row['control']:<18} {row['title']}\n{'':<19}{told or 'no clause'}")
    return 0
