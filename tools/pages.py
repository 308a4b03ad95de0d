"""`python -m tools.pages`: writes the generated documentation, or with --check says what is not current."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from drills.cli import main as drill
from reports.catalogue import index_page, matrix_page, permission_policy, rule_page
from reports.code_page import code_page
from rules import catalogue
from scanner.cli.main import main
from scanner.documents.construct import load_policy
from scanner.documents.policy import FIVEX_POLICY
from scanner.documents.yaml_file import load_yaml
from scanner.plan import plan
from scanner.resources import kinds

ROOT = Path(__file__).parents[1]


def pages() -> Mapping[Path, str]:
    """Give every generated page by its place below the checkout."""
    shelf, policy = catalogue(), load_policy()
    docs = Path("docs")
    found = {
        docs / "rules" / "README.md": index_page(shelf, policy),
        docs / "matrix.md": matrix_page(policy, shelf),
        docs / "cli.md": _cli(),
        docs / "code.md": code_page(kinds()),
        docs / "permissions.json": json.dumps(
            permission_policy(plan(shelf.rules.values()).permissions), indent=2
        ) + "\n",
    }  # fmt: skip
    own = load_yaml(FIVEX_POLICY)
    found[FIVEX_POLICY.with_suffix(".json").relative_to(ROOT)] = (
        json.dumps({"digest": own.digest, "policy": own.data}, indent=1, ensure_ascii=False) + "\n"
    )
    for rule in shelf.rules.values():
        found[docs / "rules" / f"{rule.id}.md"] = rule_page(rule, policy, _examples(rule.id, rule.kinds[0].kind))
    return found


def _examples(rule_id: str, kind: str) -> list[dict[str, str]]:
    file = ROOT / "tests" / "rules" / f"{rule_id}.yaml"
    table: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {"examples": []}
    return [
        {
            "says": str(row["says"]),
            "kind": row.get("kind", table.get("kind", kind)),
            "outcome": row["outcome"],
            "because": str(row.get("because", "")),
        }
        for row in table["examples"]
    ]


def _cli() -> str:
    parts = ["# The command line", "", "Generated from `--help`; do not edit.", ""]
    for program, group in (("backup-scan", main), ("backup-drill", drill)):
        root = click.Context(group, info_name=program, max_content_width=100, terminal_width=100)
        parts += [f"## {program}", "", "```text", group.get_help(root).rstrip(), "```", ""]
        for name in group.list_commands(root):
            command = group.get_command(root, name)
            assert command is not None
            inner = click.Context(command, info_name=name, parent=root, max_content_width=100, terminal_width=100)
            parts += [f"## {program} {name}", "", "```text", command.get_help(inner).rstrip(), "```", ""]
    return "\n".join(parts)


def run(*, check: bool) -> int:
    """Write what differs; with `check`, only name it and fail."""
    wanted = {ROOT / path: text for path, text in pages().items()}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    orphans = [path for path in (ROOT / "docs" / "rules").glob("*.md") if path not in wanted]
    for path in (*stale, *orphans):
        print(f"{'not current' if check else 'written' if path in stale else 'removed'}: {path.relative_to(ROOT)}")
    if check:
        return 1 if stale or orphans else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    for path in orphans:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(run(check="--check" in sys.argv[1:]))
