"""The gate's outer surfaces: the action, the workflow and the hook say only what the command line knows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from scanner.cli.formats import ALL
from scanner.cli.main import main

ROOT = Path(__file__).parents[3]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
WORKFLOWS = {file.name: yaml.safe_load(file.read_text()) for file in (ROOT / ".github" / "workflows").glob("*.yml")}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
OPTIONS = {name: one for one in main.params if isinstance(one, click.Option) for name in one.opts}
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}
BASH = shutil.which("bash")


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from (("action.yml", step) for step in ACTION["runs"]["steps"])
    for name, workflow in WORKFLOWS.items():
        yield from ((name, step) for job in workflow["jobs"].values() for step in job["steps"])


def test_every_option_that_is_named_is_one() -> None:
    named = set(re.findall(r"(?<=[(\"\s])(--[a-z][a-z-]*)(?=[=)\s])", STEPS["Judge"]["run"]))
    assert named - {"--quiet", "--no-tags", "--depth"} <= set(OPTIONS), named
    assert {"--iac", "--base", "--baseline", "--format", "--fail-on", "--whole-estate", "--changed-only"} <= named


def test_every_format_that_is_asked_for_is_written() -> None:
    (formats,) = re.findall(r"for format in (.+?);", STEPS["Judge"]["run"])
    wanted = formats.split()
    choice = OPTIONS["--format"].type
    assert isinstance(choice, click.Choice)
    assert set(wanted) <= set(choice.choices)
    files = {ALL[one][0] for one in wanted}
    assert {"annotations.txt", "step-summary.md", "findings.sarif"} <= files
    assert set(re.findall(r"\$OUTPUT/([\w.-]+)\"", STEPS["Judge"]["run"])) <= files


def test_the_defaults_are_values_that_the_options_take() -> None:
    choice = OPTIONS["--fail-on"].type
    assert isinstance(choice, click.Choice)
    assert ACTION["inputs"]["fail-on"]["default"] in choice.choices
    for name in choice.choices:
        assert name in ACTION["inputs"]["fail-on"]["description"]


def test_every_input_is_used_and_every_use_is_an_input() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text()))
    assert used == set(ACTION["inputs"])
    text = (ROOT / ".github" / "workflows" / "gate.yml").read_text()
    declared = WORKFLOWS["gate.yml"][True]["workflow_call"]["inputs"]  # YAML 1.1 reads `on` as true
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(declared)
    assert set(declared) <= set(ACTION["inputs"])


@pytest.mark.parametrize(("file", "step"), [one for one in steps() if "uses" in one[1]])
def test_what_is_used_is_pinned_and_takes_what_it_is_given(file: str, step: dict[str, Any]) -> None:
    uses = step["uses"]
    if uses.startswith("./"):
        assert set(step["with"]) <= set(ACTION["inputs"])
        return
    assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", uses)
    where = ROOT / file if file == "action.yml" else ROOT / ".github" / "workflows" / file
    assert re.search(rf"{re.escape(uses)} # v\d+\.\d+\.\d+$", where.read_text(), re.MULTILINE)


@pytest.mark.parametrize(("file", "step"), [one for one in steps() if "run" in one[1]])
def test_no_script_is_made_of_expressions(file: str, step: dict[str, Any]) -> None:
    assert "${{" not in step["run"], f"{file}: what a stranger writes would be run"


def test_workflows_ask_for_no_more_than_reading() -> None:
    for name, workflow in WORKFLOWS.items():
        assert workflow["permissions"] == {"contents": "read"}, name
        assert not any("permissions" in job for job in workflow["jobs"].values()), name


def test_the_examples_that_are_gated_are_there() -> None:
    rows = WORKFLOWS["gate.yml"]["jobs"]["examples"]["strategy"]["matrix"]["include"]
    for row in rows:
        assert (ROOT / row["path"]).exists(), row
        assert row["passes"] is ("good" in row["path"])


@pytest.mark.parametrize("hook", HOOKS, ids=lambda one: str(one["id"]))
def test_hooks_call_the_command_with_its_options(hook: dict[str, Any]) -> None:
    assert hook["entry"] == "backup-scan"
    for word in hook["args"]:
        assert word.partition("=")[0] in OPTIONS
    files = re.compile(hook["files"])
    for name in ("main.tf", "a/b.tofu", "x.tf.json", "prod.auto.tfvars", "stack.yaml", "stack.yml", "s.template"):
        assert files.search(name), name
    assert not files.search("main.py")


STUB = """#!/bin/sh
printf '%s\\n' "$@" > "$STUB_SEEN"
mkdir -p out
printf '::error title=BK201::kept 7 days\\n' > out/annotations.txt
printf '# Backups\\n' > out/step-summary.md
printf '{}' > out/findings.sarif
exit "$STUB_CODE"
"""


@pytest.fixture
def judge(tmp_path: Path) -> Any:
    """Run the action's script with a stand-in for the command, and give what came of it."""
    programs = tmp_path / "backup-scan" / "bin"
    programs.mkdir(parents=True)
    (programs / "backup-scan").write_text(STUB)
    (programs / "backup-scan").chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    subprocess.run(("git", "init", "--quiet", str(work)), check=True)
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    subprocess.run(("git", "-C", str(work), *who, "commit", "--quiet", "--allow-empty", "-m", "x"), check=True)

    def run(code: int = 0, **given: str) -> tuple[int, list[str], str, str, str]:
        expected = dict.fromkeys(STEPS["Judge"]["env"], "")
        defaults = {"PATHS": "infra", "FAIL_ON": "low", "UNKNOWN": "warn", "OUTPUT": "out"}
        environment = {
            "PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "GITHUB_OUTPUT": str(tmp_path / "output"), "STUB_SEEN": str(tmp_path / "seen"), "STUB_CODE": str(code),
            "GIT_CONFIG_GLOBAL": os.devnull, **expected, **defaults, **given,
        }  # fmt: skip
        for name in ("seen", "output", "summary"):
            (tmp_path / name).write_text("")
        done = subprocess.run(
            (str(BASH), "-c", STEPS["Judge"]["run"]),
            cwd=work,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        output, summary = ((tmp_path / name).read_text() for name in ("output", "summary"))
        return done.returncode, (tmp_path / "seen").read_text().splitlines(), done.stdout, output, summary

    return run


@pytest.mark.skipif(BASH is None, reason="needs bash")
class TestTheScript:
    def test_what_is_given_arrives(self, judge: Any) -> None:
        code, seen, out, output, summary = judge(
            PATHS="infra\n\nmore code\r\n--odd; touch planted\n", POLICY="p $(touch planted).yaml", CONFIG="c.yaml",
            WHOLE_ESTATE="true", REGION="eu-west-1", ACCOUNT="123456789012",
        )  # fmt: skip
        assert code == 0
        assert seen == [
            "--output=out", "--fail-on=low", "--format=json", "--format=sarif", "--format=github",
            "--format=step-summary", "--iac=infra", "--iac=more code", "--iac=--odd; touch planted",
            "--policy=p $(touch planted).yaml", "--config=c.yaml", "--deploy-region=eu-west-1",
            "--deploy-account=123456789012", "--whole-estate",
        ]  # fmt: skip
        assert out == "::error title=BK201::kept 7 days\n"
        assert output == "exit-code=0\nsarif=out/findings.sarif\n"
        assert summary == "# Backups\n"

    def test_what_was_there_before(self, judge: Any) -> None:
        assert "--base=HEAD" in judge(BASE="HEAD", CHANGED_ONLY="true")[1]
        assert "--changed-only" in judge(BASE="HEAD", CHANGED_ONLY="true")[1]
        assert not [one for one in judge(BASE="none", CHANGED_ONLY="true")[1] if "base" in one or "changed" in one]
        seen = judge(BASE="HEAD", BASELINE="old.json")[1]
        assert "--baseline=old.json" in seen
        assert "--base=HEAD" not in seen

    def test_a_base_that_is_not_there_says_what_to_do(self, judge: Any) -> None:
        code, seen, out, _, _ = judge(BASE="0" * 40)
        assert (code, seen) == (2, [])
        assert "fetch-depth: 0" in out

    @pytest.mark.parametrize(
        ("code", "unknown", "ends"), [(1, "warn", 1), (4, "warn", 0), (4, "fail", 4), (2, "warn", 2), (70, "warn", 70)]
    )
    def test_how_it_ends(self, judge: Any, code: int, unknown: str, ends: int) -> None:
        got, _, out, output, _ = judge(code, UNKNOWN=unknown)
        assert got == ends
        assert f"exit-code={code}\n" in output
        assert ("::warning" in out) is (code == 4 and unknown == "warn")


def test_the_script_is_whole() -> None:
    for step in STEPS.values():
        if "run" in step:
            assert step["run"].startswith("set -euo pipefail\n")
            assert shlex.split(step["shell"]) == ["bash"]
