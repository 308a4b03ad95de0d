"""A desk: a scratch repository on which a test writes, commits and judges, as a person would."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from click.testing import CliRunner

from scanner.cli.main import main

AT = "2026-11-24T12:00:00Z"
#: One that every rule on retention fails: no data store, so that nothing but its figures counts.
PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n\n'


def table(name: str, *lines: str) -> str:
    """Write a table that fails BK106 and BK807 unless the lines say otherwise."""
    body = "".join(f"  {line}\n" for line in (f'name     = "{name}"', 'hash_key = "id"', *lines))
    return f'resource "aws_dynamodb_table" "{name}" {{\n{body}}}\n'


def pitr(value: str) -> str:
    """Write point-in-time recovery in one line."""
    return f"point_in_time_recovery {{ enabled = {value} }}"


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a run."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    def findings(self, outcome: str = "failed") -> list[dict[str, Any]]:
        return [one for one in self.report["findings"] if one["outcome"] == outcome]

    def named(self, outcome: str = "failed") -> set[str]:
        return {f"{one['rule']} {one['declaration']['address']}" for one in self.findings(outcome)}

    def changes(self) -> dict[str, str]:
        return {
            f"{one['rule']} {one['declaration']['address']}": one["change"]
            for one in self.report["findings"]
            if "change" in one and one["outcome"] in ("failed", "unknown")
        }


class Desk:
    """A directory with a git repository in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def write(self, **files: str) -> None:
        """Write files whose names have `__` for `/` and `_` before the last part's dot: `infra__main_tf`."""
        for name, text in files.items():
            *outer, last = name.split("__")
            stem, _, end = last.rpartition("_")
            self.file("/".join((*outer, f"{stem}.{end}")), dedent(text))

    def file(self, name: str, text: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def text(self, name: str = "infra/main.tf") -> str:
        return (self.path / name).read_bytes().decode()

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "protocol.file.allow=always")
        done = subprocess.run(
            ("git", *who, "-C", str(self.path), *words), capture_output=True, text=True, check=False,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self) -> str:
        if not (self.path / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "x")
        return self.git("rev-parse", "HEAD")

    def run(self, *words: str, env: dict[str, str] | None = None) -> Said:
        here = Path.cwd()
        os.chdir(self.path)
        try:
            said = CliRunner().invoke(main, [*words, "--at", AT], env=env)
        finally:
            os.chdir(here)
        return Said(said.exit_code, said.stdout, said.stderr)

    def judge(self, *words: str, iac: str = "infra", rules: str = "BK106") -> Said:
        """Judge the code by some rules, as JSON."""
        chosen = [word for rule in rules.split() for word in ("--rule", rule)]
        return self.run("--iac", iac, "--format", "json", *chosen, *words)
