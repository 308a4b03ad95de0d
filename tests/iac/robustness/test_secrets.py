"""Secrets stay where they are: whatever is written in the code, no report, message or diff tells it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from scanner.cli.formats import ALL
from scanner.iac.fixes.edit import Edit, apply, diff
from tests.iac.gate.desk import Desk, Said

KEPT = Path(__file__).parent / "secrets"
CANARY = re.compile(r"(?i)canary[-_a-z]*[0-9]*|3141592[0-9]*")
#: what each source holds of the canaries, in its own way
SOURCES = {
    "infra": ("main.tf", "terraform.tfvars", "t.yaml"),
    "plan": ("plan.json",),
    "state": ("terraform.tfstate",),
}
FORMATS = tuple(word for name in ALL for word in ("--format", name))
GIVEN = ("--var", "cmd=CANARY-command-1", "--parameter", "Echo=CANARY-command-2")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path / "repository")
    for directory, names in SOURCES.items():
        (made.path / directory).mkdir()
        for name in names:
            kept = KEPT / name
            shutil.copy(kept if kept.exists() else kept.with_name(f"{name}.txt"), made.path / directory / name)
    monkeypatch.setenv("TF_VAR_given", "CANARY-environment-1")
    monkeypatch.setenv("TF_VAR_nothing", "CANARY-environment-2")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "CANARY-environment-3")
    return made


def leaks(desk: Desk, said: Said, output: str = "") -> dict[str, set[str]]:
    """Give the canaries that were told, by where."""
    told = {"standard output": said.out, "standard error": said.err}
    if output:
        told |= {one.name: one.read_text("utf-8") for one in sorted((desk.path / output).iterdir())}
        assert len(told) == len(ALL) + 2
    assert said.code in (0, 1, 4), said.err
    return {name: set(found) for name, text in told.items() if (found := CANARY.findall(text))}


def test_the_canaries_are_there(desk: Desk) -> None:
    for directory, names in SOURCES.items():
        for name in names:
            assert CANARY.search((desk.path / directory / name).read_text("utf-8"))


@pytest.mark.parametrize("named", ["infra", "plan/plan.json", "state/terraform.tfstate"])
def test_no_format_tells_a_secret(desk: Desk, named: str) -> None:
    said = desk.run("--iac", named, "--output", "out", *FORMATS, *GIVEN, "--debug", "--everything")
    assert leaks(desk, said, "out") == {}
    findings = json.loads((desk.path / "out" / "findings.json").read_text("utf-8"))["findings"]
    assert any("sensitive" in one["observed"] for one in findings)


def test_no_diff_tells_a_secret(desk: Desk) -> None:
    said = desk.run("--iac", "infra", "--diff", *GIVEN)
    assert "+++ b/" in said.out
    assert leaks(desk, said) == {}


def test_no_comparison_tells_a_secret(desk: Desk) -> None:
    desk.run("--iac", "infra", "--output", "before", "--format", "json")
    (desk.path / "infra" / "more.tf").write_text(
        'resource "aws_dynamodb_table" "more" {\n  name     = var.pw\n  hash_key = "id"\n}\n'
    )
    said = desk.run("--iac", "infra", "--baseline", "before/findings.json", "--output", "out", *FORMATS, *GIVEN)
    assert leaks(desk, said, "out") == {}


def test_a_plan_beside_its_code_tells_no_secret(desk: Desk) -> None:
    said = desk.run("--iac", "plan/plan.json", "--source", "infra", "--output", "out", *FORMATS, "--whole-estate")
    assert leaks(desk, said, "out") == {}


def test_a_file_of_variables_that_is_none_tells_no_secret(desk: Desk) -> None:
    said = desk.run("--iac", "infra", "--var-file", "plan/plan.json", "--output", "out", *FORMATS)
    assert leaks(desk, said, "out") == {}


TEXT = """\
resource "aws_db_instance" "a" {
  identifier = "a"
  password   = "CANARY-1"
  port       = 1
  multi_az   = false
  user_data  = <<EOT
CANARY-2
    CANARY-3
EOT
  size       = 2
  secrets = {
    x = "CANARY-4"
    y = {
      z = "CANARY-5"
    }
  }
  engine = "x"
  SecretString: |
    CANARY-6

    CANARY-7
  storage = 1
}
"""


def test_a_diff_leaves_out_the_lines_of_secrets_and_can_still_be_applied(desk: Desk) -> None:
    edits = [
        Edit("a.tf", start, start + len(old), new, "")
        for old, new in (
            ("1\n  multi", "1111\n  multi"),
            ("2\n  secrets", "22\n  secrets"),
            ('"x"\n  Sec', '"y"\n  Sec'),
        )
        for start in (TEXT.index(old),)
    ]
    edits.append(
        Edit(
            "a.tf", TEXT.index("}\n", TEXT.index("storage")), TEXT.index("}\n", TEXT.index("storage")), "  w = 1\n", ""
        )
    )
    shown = diff("a.tf", TEXT, edits)
    assert "CANARY" not in shown
    assert shown.count("@@ -") == 4
    desk.file("a.tf", TEXT)
    desk.file("the.diff", shown)
    desk.commit()
    desk.git("apply", "--unidiff-zero", "the.diff")
    assert desk.text("a.tf") == apply(TEXT, edits)
