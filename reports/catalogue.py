"""The catalogue as documents: rule pages, index, traceability matrix, permissions; all from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from reports.cells import cell
from reports.code_page import forms
from reports.report import Report, Tally
from scanner.model.policy import Policy
from scanner.model.resource import Resource
from scanner.model.rule import Catalogue, Rule
from scanner.plan import Plan, plan

#: The questions of the catalogue, by folder.
QUESTIONS = {
    "coverage": "Is everything that must survive covered?",
    "schedule": "Is it taken on time and kept long enough?",
    "recovery": "Would it come back?",
    "encryption": "Encryption and keys",
    "network": "In transit and on the network",
    "access": "Who may touch it?",
    "notice": "Would anyone notice?",
    "distance": "Far enough away, and unalterable",
    "rehearsal": "Rehearsed, attested, in order",
}


def operations_of(work: Plan) -> tuple[str, ...]:
    """Give the operations a plan makes, without the one that only asks who is calling."""
    return tuple(name for name in work.operations if name != "sts:GetCallerIdentity")


def permission_policy(actions: Sequence[str]) -> Mapping[str, Any]:
    """Give the IAM policy document that allows just these actions."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "BackupScanReads", "Effect": "Allow", "Action": list(actions), "Resource": "*"}],
    }


def terraform_policy(actions: Sequence[str]) -> str:
    """Give the same policy as Terraform."""
    lines = "\n".join(f'      "{action}",' for action in actions)
    return (
        'data "aws_iam_policy_document" "backup_scan" {\n  statement {\n    sid    = "BackupScanReads"\n'
        f'    effect = "Allow"\n    actions = [\n{lines}\n    ]\n    resources = ["*"]\n  }}\n}}\n\n'
        'resource "aws_iam_policy" "backup_scan" {\n  name   = "backup-scan"\n'
        "  policy = data.aws_iam_policy_document.backup_scan.json\n}\n"
    )


def matrix_rows(
    policy: Policy, catalogue: Catalogue, verdicts: Mapping[str, Tally] | None = None
) -> list[dict[str, Any]]:
    """Give control → clause → rule, with each clause's verdicts where it was judged.

    A clause or control without a rule is a row, not an omission.
    """
    rows = []
    for control in policy.controls:
        clauses = [
            clause
            for clause in policy.clauses.values()
            if any(control in policy.topics.get(topic, ()) for topic in clause.topics)
        ]
        rows.append(
            {
                "control": str(control),
                "title": control.title,
                "clauses": [
                    {
                        "id": clause.id,
                        "demands": clause.demands,
                        "established_by": list(clause.established_by),
                        "rules": [rule.id for rule in catalogue.of_clause(clause.id)],
                        **(
                            {}
                            if verdicts is None
                            else {"verdict": verdicts[clause.id].state, "findings": asdict(verdicts[clause.id])}
                        ),
                    }
                    for clause in clauses
                ],
            }
        )
    return rows


def clause_rows(report: Report) -> list[dict[str, Any]]:
    """Give every clause with its verdict, what it rests on, and its rules."""
    return [
        {
            "id": clause.id,
            "demands": clause.demands,
            "established_by": list(clause.established_by),
            "verdict": tally.state,
            "findings": asdict(tally),
            "rules": [rule.id for rule in rules],
        }
        for clause, tally, rules in report.by_clause
    ]


def matrix_page(policy: Policy, catalogue: Catalogue) -> str:
    """Write the traceability matrix as Markdown."""
    parts = [
        "# Traceability: control → clause → rule",
        "",
        f"Generated from {policy.name} {policy.version} and the rules; do not edit. A mapping supports a control, "
        "it never meets it.",
        "",
        "| Control | Title | Clause | Established by | Rules |",
        "|---|---|---|---|---|",
    ]
    for row in matrix_rows(policy, catalogue):
        for clause in row["clauses"] or [{"id": "–", "established_by": [], "rules": []}]:
            rules = " ".join(f"[{one}](rules/{one}.md)" for one in clause["rules"]) or "no rule yet"
            parts.append(
                f"| {row['control']} | {cell(row['title'])} | {clause['id']} | "
                f"{', '.join(clause['established_by'])} | {rules} |"
            )
    return "\n".join(parts) + "\n"


def rule_page(rule: Rule, policy: Policy, examples: Iterable[Mapping[str, str]]) -> str:
    """Write the page of one rule, with its example table."""
    work = plan([rule])
    clauses = [f"- **{one}**: {cell(policy.clauses[one].demands)}" for one in rule.enforces if one in policy.clauses]
    rows = [
        f"| {cell(row['says'])} | `{row['kind']}` | {row['outcome']} | {cell(row['because'])} |" for row in examples
    ]
    parts = [
        f"# {rule.id}: {rule.promise}",
        "",
        f"Severity **{rule.severity.value}** · question: {QUESTIONS.get(rule.question, rule.question)} · "
        f"source: `{rule.file}`",
        "",
        "## Why",
        "",
        cell(rule.explanation),
        "",
        "## Fix",
        "",
        cell(rule.fix),
        "",
        "## Clauses and controls",
        "",
        *clauses,
        "",
        f"Controls: {', '.join(str(control) for control in policy.controls_of(rule.enforces))}",
        "",
        *([f"Also known as: {', '.join(f'`{one}`' for one in rule.aliases)}", ""] if rule.aliases else []),
        "## Judges",
        "",
        *(f"- {kind.title} (`{kind.kind}`): {_sources(kind)}" for kind in rule.kinds),
        "",
        "## Reads",
        "",
        *(f"- `{fact.key}`: {cell(fact.promise)}" for fact in sorted(rule.facts, key=lambda fact: fact.key)),
        "",
        "## Calls and permissions",
        "",
        *(f"- `{name}`" for name in operations_of(work)),
        "",
        f"Least privilege: {', '.join(f'`{one}`' for one in work.permissions)}",
        "",
        "## Examples",
        "",
        "| Example | Kind | Verdict | Because |",
        "|---|---|---|---|",
        *rows,
    ]
    return "\n".join(parts).rstrip() + "\n"


def _sources(kind: type[Resource]) -> str:
    """Say which sources hold a kind."""
    if kind.recorded or kind.listed_by is None or kind.listed_by.declared or kind.listed_by.measured:
        return "what people wrote, or gave"
    types = sorted({form.type for form in forms().get(kind.kind, ())})
    return f"live, and code as {', '.join(f'`{one}`' for one in types)}" if types else "live only"


def index_page(catalogue: Catalogue, policy: Policy) -> str:
    """Write the index of all rules."""
    parts = ["# The rules", "", f"Generated from the rules; figures come from {policy.name} {policy.version}.", ""]
    for question, title in QUESTIONS.items():
        rules = [rule for rule in catalogue.rules.values() if rule.question == question]
        if rules:
            parts += [f"## {title}", "", "| Rule | Promise | Severity | Clauses |", "|---|---|---|---|"]
            parts += [
                f"| [{rule.id}]({rule.id}.md) | {cell(rule.promise)} | {rule.severity.value} | {' '.join(rule.enforces)} |"
                for rule in rules
            ]
            parts.append("")
    return "\n".join(parts)
