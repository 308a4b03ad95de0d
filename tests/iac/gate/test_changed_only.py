"""`--changed-only` leaves out what a change cannot have touched, and `--baseline` compares with an earlier report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from scanner.cli.touching import Change
from scanner.iac.block import Code
from scanner.model.reading import Source
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
    change = Change(frozenset({"a/main.tf", "sub"}))

    def touched(*files: str) -> bool:
        return change.touches(Path("nowhere"), Code(".", Source.TERRAFORM, "hcl", files=list(files)))

    assert touched("a/main.tf")
    assert touched("x.tf", "sub/main.tf")
    assert not touched("a/main.tf.json", "subs/main.tf", "main.tf")


@GIT
@pytest.mark.parametrize(
    ("value", "file", "before", "after"),
    [
        ('jsondecode(file("../shared/x.json")).on', "shared/x.json", '{"on": true}', '{"on": false}'),
        ('yamldecode(file("${path.module}/x.yaml")).kept', "a/x.yaml", "kept: true\n", "kept: false\n"),
        ('templatefile("x.tftpl", {}) == "on"', "a/x.tftpl", "on", "off"),
        ('!fileexists("off")', "a/off", None, ""),
        ('fileexists("on")', "a/on", "", None),
        ('length(fileset("set", "**/*.off")) == 0', "a/set/y/z.off", None, ""),
        ('filemd5("x") == md5("on")', "a/x", "on", "off"),
    ],
)
def test_files_that_functions_look_for_touch_the_root(
    two: Desk, value: str, file: str, before: str | None, after: str | None
) -> None:
    two.file("infra/a/set/y/z.on", "")
    two.file("infra/a/main.tf", PROVIDER + table("t", pitr(value)))
    if before is not None:
        two.file(f"infra/{file}", before)
    two.commit()
    assert two.judge("--base", "HEAD", "--changed-only").report["findings"] == []
    if after is not None:
        two.file(f"infra/{file}", after)
    else:
        (two.path / "infra" / file).unlink()
    said = two.judge("--base", "HEAD", "--changed-only")
    assert (said.code, said.named()) == (1, {"BK106 aws_dynamodb_table.t"})


@GIT
def test_what_a_link_leads_to_touches_the_root(two: Desk) -> None:
    two.file("infra/shared/main.tf", PROVIDER + table("t", pitr("true")))
    (two.path / "infra/a/more.tf").symlink_to("../ways/more.tf")
    (two.path / "infra/ways").symlink_to("way")
    two.file("infra/way/keep", "")
    (two.path / "infra/way/more.tf").symlink_to("../shared/more.tf")
    two.file("infra/shared/more.tf", table("u", pitr("true")))
    two.commit()
    two.file("infra/shared/more.tf", table("u", pitr("false")))
    said = two.judge("--base", "HEAD", "--changed-only", iac="infra/a")
    assert said.changes()["BK106 aws_dynamodb_table.u"] == "added"


@GIT
def test_a_waiver_that_is_taken_away_touches_all(two: Desk) -> None:
    entry = (
        "  - rule: BK106\n    resource: infra/a:aws_dynamodb_table.bad\n    reason: scratch\n    owner: ann\n"
        "    approved_by: bea\n    expires: 2027-03-31\n"
    )
    two.file(
        "backup-scan.yaml",
        "schema: backup-scan/config/1\nwaivers_from: kept/accepted.yaml\naccounts:\n"
        '  a: {id: "123456789012", regions: [eu-west-1]}\n',
    )
    two.file("kept/accepted.yaml", f"schema: backup-scan/waivers/1\nwaivers:\n{entry}")
    two.commit()
    assert two.judge("--base", "HEAD", "--changed-only").report["findings"] == []
    two.file("kept/accepted.yaml", "schema: backup-scan/waivers/1\nwaivers: []\n")
    for words in (("--base", "HEAD"), ("--base", "HEAD", "--changed-only")):
        said = two.judge(*words)
        assert said.code == 1
        assert {f["declaration"]["root"] for f in said.findings() if f["change"] == "worsened"} == {"infra/a"}


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


@pytest.mark.parametrize(
    ("place", "value"),
    [(("observed",), 3), (("demanded",), None), (("declaration", "address"), ["a"]), (("resource", "id"), {})],
)
def test_a_baseline_with_something_else_than_a_text_is_refused(
    desk: Desk, place: tuple[str, ...], value: object
) -> None:
    desk.file("infra/main.tf", BAD)
    baseline(desk)
    document = json.loads(desk.text("old.json"))
    here = document["findings"][0]
    for name in place[:-1]:
        here = here[name]
    here[place[-1]] = value
    desk.file("old.json", json.dumps(document))
    said = desk.judge("--baseline", "old.json")
    assert said.code == 2
    assert "stands where a text is expected" in said.err


def test_a_baseline_of_an_account_is_refused(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD)
    baseline(desk)
    document = json.loads(desk.text("old.json"))
    document["run"]["accounts"][0]["source"] = "live"
    desk.file("old.json", json.dumps(document))
    said = desk.judge("--baseline", "old.json")
    assert said.code == 2
    assert "is of an account, not of code" in said.err
