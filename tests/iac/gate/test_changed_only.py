"""`--changed-only` leaves out what a change cannot have touched, and `--baseline` compares with an earlier report."""

from __future__ import annotations

import json
import shutil

import pytest

from scanner.cli.base_tree import touches
from tests.iac.gate.desk import PROVIDER, Desk, pitr, table

GIT = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
BAD = PROVIDER + table("bad", pitr("false"))
ONLY = ("--base", "main", "--changed-only")
CALL = 'module "m" {\n  source = "../m"\n}\n'


@pytest.fixture
def two(desk: Desk) -> Desk:
    for name in ("a", "b"):
        desk.file(f"infra/{name}/main.tf", BAD)
    desk.commit()
    return desk


def roots(desk: Desk, *words: str) -> set[str]:
    return {one["declaration"]["root"] for one in desk.judge(*ONLY, *words).report["findings"]}


@GIT
def test_roots_that_nobody_touched_are_left_out(two: Desk) -> None:
    two.file("infra/a/more.tf", "# more\n")
    assert roots(two) == {"infra/a"}
    assert two.judge(*ONLY).code == 0


@GIT
def test_nothing_touched_is_nothing_to_judge(two: Desk) -> None:
    two.file("README.md", "x")
    said = two.judge(*ONLY)
    assert said.code == 0
    assert "no root was touched since main" in said.err
    assert two.run("--iac", "infra", *ONLY).code == 0
    said = two.run("--iac", "infra", *ONLY, "--output", "out", "--format", "github", "--format", "step-summary")
    assert said.code == 0
    assert two.run("--iac", "infra", *ONLY, "--output", "all").code == 0
    assert json.loads(two.text("all/findings.json"))["findings"] == []


@GIT
def test_a_file_that_is_gone_touches_its_root(two: Desk) -> None:
    two.file("infra/a/on.tf", "locals {\n  on = true\n}\n")
    two.file("infra/a/main.tf", PROVIDER + table("t", pitr("local.on")))
    two.commit()
    (two.path / "infra/a/on.tf").unlink()
    said = two.judge("--base", "HEAD", "--changed-only")
    assert (said.code, said.changes()) == (4, {"BK106 aws_dynamodb_table.t": "worsened"})


@GIT
def test_a_module_touches_all_who_call_it(two: Desk) -> None:
    two.file("infra/m/main.tf", table("m", pitr("true")))
    two.file("infra/a/main.tf", BAD + CALL)
    two.commit()
    two.file("infra/m/main.tf", table("m", pitr("false")))
    said = two.judge("--base", "HEAD", "--changed-only")
    assert said.changes() == {
        "BK106 aws_dynamodb_table.bad": "unchanged", "BK106 module.m.aws_dynamodb_table.m": "added",
    }  # fmt: skip
    shutil.rmtree(two.path / "infra/m")
    assert {one["declaration"]["root"] for one in two.judge("--base", "HEAD", "--changed-only").findings()} == {
        "infra/a"
    }


def test_what_is_touched() -> None:
    changed = frozenset({"a/main.tf", "sub"})
    assert touches(changed, ["a/main.tf"])
    assert touches(changed, ["x.tf", "sub/main.tf"])
    assert not touches(changed, ["a/main.tf.json", "subs/main.tf", "main.tf"])


@GIT
def test_it_needs_a_base(two: Desk) -> None:
    assert two.judge("--changed-only").code == 2
    assert two.judge("--base", "main", "--baseline", "x.json").code == 2


def baseline(desk: Desk, *words: str, rules: str = "BK106") -> None:
    (desk.path / ".git").mkdir(exist_ok=True)
    desk.file("old.json", desk.judge(*words, rules=rules).out)


def test_a_baseline_is_compared_as_a_base_is(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD + table("good", pitr("true")))
    baseline(desk)
    old = ("--baseline", "old.json")
    assert (desk.judge(*old).code, desk.judge(*old).err) == (0, "")
    desk.file("infra/main.tf", "\n\n" + BAD + table("good", pitr("false")))
    said = desk.judge(*old)
    assert (said.code, said.changes()) == (
        1, {"BK106 aws_dynamodb_table.bad": "unchanged", "BK106 aws_dynamodb_table.good": "added"},
    )  # fmt: skip
    desk.file("infra/main.tf", PROVIDER + table("good", pitr("true")))
    assert len(desk.judge(*old).report["mended"]) == 1
    # Checkov's baseline knows no files: what has the same name elsewhere would be hidden.
    desk.file("infra/other/main.tf", BAD)
    assert desk.judge(*old).changes() == {"BK106 aws_dynamodb_table.bad": "added"}
    moved = "moved {\n  from = aws_dynamodb_table.bad\n  to   = aws_dynamodb_table.new\n}\n"
    desk.file("infra/main.tf", BAD.replace('"bad" {', '"new" {') + moved)
    assert "added" not in {
        one["change"] for one in desk.judge(*old).findings() if one["declaration"]["root"] == "infra"
    }


def test_a_waiver_that_is_taken_away_uncovers(desk: Desk) -> None:
    waiver = '# backup-scan:waive BK106 reason="x" owner="ann" approved_by="bea" until=2027-03-31\n'
    desk.file("infra/main.tf", BAD.replace("resource", f"{waiver}resource"))
    baseline(desk)
    desk.file("infra/main.tf", BAD)
    said = desk.judge("--baseline", "old.json")
    assert (said.code, set(said.changes().values())) == (1, {"worsened"})


def test_a_baseline_of_other_rules_or_code_says_so(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD)
    baseline(desk, rules="BK807")
    said = desk.judge("--baseline", "old.json")
    assert (said.code, said.report["mended"]) == (1, [])
    assert "it was not judged by BK106" in said.err
    desk.file("else/main.tf", BAD)
    said = desk.judge("--baseline", "old.json", iac="else", rules="BK807")
    assert (said.code, said.report["mended"]) == (1, [])
    assert "it is of other code (infra): all of else counts as added" in said.err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no findings.json"), ("[]", "is no findings.json"), ("{}", "is no findings.json"),
        ('{"schema": "backup-scan/findings/1"}', "its schema is 'backup-scan/findings/1'"),
        ('{"schema": "backup-scan/findings/2"}', "is no findings.json"),
        ("[" * 100_000, "is no findings.json"), (b"\xff\xfe\x00\xd8", "is no"),
    ],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(desk: Desk, text: str | bytes, why: str) -> None:
    desk.file("infra/main.tf", BAD)
    desk.file("old.json", text)
    said = desk.judge("--baseline", "old.json")
    assert said.code == 2
    assert f"--baseline old.json: {why}" in said.err
    assert desk.judge("--baseline", "none.json").code == 2


def test_a_baseline_of_an_account_is_refused(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD)
    baseline(desk)
    document = json.loads(desk.text("old.json"))
    document["run"]["accounts"][0]["source"] = "live"
    desk.file("old.json", json.dumps(document))
    said = desk.judge("--baseline", "old.json")
    assert said.code == 2
    assert "is of an account, not of code" in said.err
