"""`--base`: what code reads beside its own files is taken from then too, unless git holds none of it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.iac.gate.desk import PROVIDER, Desk, pitr, table

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

PLAN = """
resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name         = "noon"
    target_vault_name = "v"
    schedule          = "cron(0 2 * * ? *)"
    lifecycle {
      delete_after = DAYS
    }
  }
}
"""
OPEN = 'variable "on" {}\n' + PROVIDER + table("t", pitr("var.on"))
BAD = PROVIDER + table("bad", pitr("false"))


def plan(days: str) -> str:
    return PROVIDER + PLAN.replace("DAYS", days)


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [(14, 7, 1), (14, 14, 0), (14, 21, 0), (21, 14, 1), (14, 30, 0), (30, 14, 1)],
)
def test_a_figure_that_gets_worse_is_not_hidden(desk: Desk, was: int, now: int, code: int) -> None:
    desk.file("infra/main.tf", plan(str(was)))
    desk.commit()
    desk.file("infra/main.tf", plan(str(now)))
    assert desk.judge("--base", "HEAD", rules="BK202").code == code


def test_a_variable_decides_in_files_that_nobody_edited(desk: Desk) -> None:
    desk.file("infra/main.tf", 'variable "days" {}\n' + plan("var.days"))
    desk.file("infra/terraform.tfvars", "days = 30\n")
    desk.commit()
    desk.file("infra/terraform.tfvars", "days = 7\n")
    said = desk.judge("--base", "HEAD", rules="BK202")
    assert (said.code, set(said.changes().values())) == (1, {"added"})


def test_a_file_of_variables_is_that_of_then(desk: Desk) -> None:
    desk.file("infra/main.tf", OPEN)
    desk.file("env/prod.tfvars", "on = true\n")
    desk.commit()
    desk.file("env/prod.tfvars", "on = false\n")
    assert desk.judge("--base", "HEAD", "--var-file", "env/prod.tfvars").changes() == {
        "BK106 aws_dynamodb_table.t": "added"
    }
    desk.file("env/new.tfvars", "on = false\n")
    assert desk.judge("--base", "HEAD", "--var-file", "env/new.tfvars").code == 1


def test_what_git_ignores_is_no_part_of_a_change(desk: Desk) -> None:
    desk.file(".gitignore", "*.tfvars\n.terraform/\n")
    desk.file("infra/main.tf", OPEN + 'module "m" {\n  source  = "example/m/aws"\n  version = "1.0.0"\n}\n')
    desk.commit()
    desk.file("infra/terraform.tfvars", "on = false\n")
    desk.file("infra/.terraform/modules/m/main.tf", table("inner", pitr("false")))
    manifest = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "m", "Dir": ".terraform/modules/m"}]}
    desk.file("infra/.terraform/modules/modules.json", json.dumps(manifest))
    desk.file("infra/.terraform/providers/big", b"x")
    said = desk.judge("--base", "HEAD")
    assert len(said.findings()) == 2
    assert (said.code, set(said.changes().values())) == (0, {"unchanged"})


def test_overrides_that_git_ignores_are_no_part_of_a_change(desk: Desk) -> None:
    desk.file("infra/main.tf", PROVIDER + table("t", pitr("true")))
    desk.file(".gitignore", "override.tf\n*_override.tf\n")
    desk.commit()
    desk.file("infra/mine_override.tf", 'resource "aws_dynamodb_table" "t" {\n  ' + pitr("false") + "\n}\n")
    assert desk.judge("--base", "HEAD").changes() == {"BK106 aws_dynamodb_table.t": "unchanged"}
    (desk.path / "infra/mine_override.tf").rename(desk.path / "infra/override.tf")
    assert desk.judge("--base", "HEAD").changes() == {"BK106 aws_dynamodb_table.t": "unchanged"}


def test_links_are_there_before_too(desk: Desk) -> None:
    desk.file("common/tables.tf", table("bad", pitr("false")))
    desk.file("infra/main.tf", PROVIDER)
    (desk.path / "infra/tables.tf").symlink_to("../common/tables.tf")
    (desk.path / "infra/out.tf").symlink_to("/etc/hostname")
    (desk.path / "infra/loop").symlink_to(".")
    desk.commit()
    said = desk.judge("--base", "HEAD")
    assert "BK106 aws_dynamodb_table.bad" in said.named()
    assert (said.code, set(said.changes().values())) == (0, {"unchanged"})


def test_attributes_and_filters_of_git_hide_nothing(desk: Desk, tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    desk.file("infra/main.tf", PROVIDER + table("bad", pitr("false")))
    desk.file(".gitattributes", "infra export-ignore\n*.tf filter=evil diff=evil export-subst\n")
    desk.commit()
    for name in (
        "filter.evil.smudge",
        "filter.evil.clean",
        "diff.evil.textconv",
        "diff.evil.command",
        "core.fsmonitor",
    ):
        if name != "filter.evil.clean":  # git itself runs this one whenever it looks whether a file has changed
            desk.git("config", name, f"touch {planted}; cat")
    said = desk.judge("--base", "HEAD", "--changed-only")
    assert not planted.exists()
    said = desk.judge("--base", "HEAD")
    assert (said.code, said.changes()) == (0, {"BK106 aws_dynamodb_table.bad": "unchanged"})
    assert not planted.exists()


def test_submodules_are_those_of_then(desk: Desk) -> None:
    other = Desk(desk.path.parent / "other")
    other.file("main.tf", BAD)
    other.commit()
    desk.file("infra/main.tf", PROVIDER + 'module "m" {\n  source = "../sub"\n}\n')
    desk.commit()
    desk.git("submodule", "--quiet", "add", other.path.as_uri(), "sub")
    desk.commit()
    assert desk.judge("--base", "HEAD").changes() == {"BK106 module.m.aws_dynamodb_table.bad": "unchanged"}
    inner = Desk(desk.path / "sub")
    inner.file("more.tf", table("more", pitr("false")))
    for flags in ((), ("--changed-only",)):
        assert desk.judge("--base", "HEAD", *flags).changes() == {
            "BK106 module.m.aws_dynamodb_table.bad": "unchanged",
            "BK106 module.m.aws_dynamodb_table.more": "added",
        }


def test_in_a_hook_the_names_of_another_repository_do_not_matter(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD)
    desk.commit()
    said = desk.judge("--base", "HEAD", rules="BK106")
    assert said.code == 0
    env = {"GIT_DIR": "/nonexistent", "GIT_WORK_TREE": "/nonexistent", "GIT_PREFIX": "infra/", "GIT_INDEX_FILE": "none"}
    for name, value in env.items():
        os.environ[name] = value
    try:
        assert desk.judge("--base", "HEAD", rules="BK106").code == 0
        assert desk.judge("--base", "HEAD", "--changed-only").report["findings"] == []
    finally:
        for name in env:
            del os.environ[name]


def test_waivers_are_those_of_then(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD)
    desk.file(
        "backup-scan.yaml", 'schema: backup-scan/config/1\naccounts:\n  a: {id: "123456789012", regions: [eu-west-1]}\n'
    )
    desk.file(
        "waivers.yaml",
        "schema: backup-scan/waivers/1\nwaivers:\n  - rule: BK106\n    resource: aws_dynamodb_table.bad\n"
        "    reason: scratch\n    owner: ann\n    approved_by: bea\n    expires: 2027-03-31\n",
    )
    desk.commit()
    assert [one["state"] for one in desk.judge("--base", "HEAD").findings()] == ["waived"]
    (desk.path / "waivers.yaml").unlink()
    said = desk.judge("--base", "HEAD")
    assert (said.code, said.changes()) == (1, {"BK106 aws_dynamodb_table.bad": "worsened"})


def test_the_plan_that_is_taken_away_counts(desk: Desk) -> None:
    """What lies open because the code may not be all there is fails nothing, unless the change made it so."""
    chosen = PLAN.replace("DAYS", "35") + (
        'resource "aws_backup_selection" "all" {\n  name         = "all"\n  plan_id      = aws_backup_plan.daily.id\n'
        '  iam_role_arn = "arn:aws:iam::123456789012:role/b"\n  resources    = [aws_ebs_volume.v.arn]\n}\n'
    )
    volume = PROVIDER + 'resource "aws_ebs_volume" "v" {\n  availability_zone = "eu-west-1a"\n  size = 1\n}\n'
    desk.file("infra/main.tf", volume)
    desk.file("infra/backup.tf", chosen)
    desk.commit()
    rules = "BK103"
    assert {one["outcome"] for one in desk.judge(rules=rules).report["findings"]} == {"passed"}
    (desk.path / "infra/backup.tf").unlink()
    assert desk.judge(rules=rules).code == 0
    said = desk.judge("--base", "HEAD", rules=rules)
    assert (said.code, set(said.changes().values())) == (4, {"worsened"})
    desk.commit()
    assert desk.judge("--base", "HEAD", rules=rules).code == 0
