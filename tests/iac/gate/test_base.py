"""`--base`: only what a change added or made worse fails, and nothing gets by unseen."""

from __future__ import annotations

import shutil

import pytest

from tests.iac.gate.desk import PROVIDER, Desk, pitr, table

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

BASE = ("--base", "main")


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """Give a repository whose commit has one good and one bad table."""
    desk.file("infra/main.tf", PROVIDER + table("good", pitr("true")) + table("bad", pitr("false")))
    desk.commit()
    return desk


def test_nothing_changed(kept: Desk) -> None:
    said = kept.judge(*BASE)
    assert (said.code, said.changes()) == (0, {"BK106 aws_dynamodb_table.bad": "unchanged"})


def test_what_is_added_fails(kept: Desk) -> None:
    kept.file("infra/more.tf", table("new", pitr("false")))
    said = kept.judge(*BASE)
    assert said.code == 1
    assert said.changes() == {"BK106 aws_dynamodb_table.bad": "unchanged", "BK106 aws_dynamodb_table.new": "added"}


def test_what_is_broken_fails(kept: Desk) -> None:
    kept.file("infra/main.tf", kept.text().replace("true", "false"))
    said = kept.judge(*BASE)
    assert (said.code, said.changes()["BK106 aws_dynamodb_table.good"]) == (1, "added")


def test_what_is_mended_is_told(kept: Desk) -> None:
    kept.file("infra/main.tf", kept.text().replace("false", "true"))
    said = kept.judge(*BASE)
    assert (said.code, said.changes()) == (0, {})
    assert [one["rule"] for one in said.report["mended"]] == ["BK106"]


def test_what_is_deleted_is_mended(kept: Desk) -> None:
    kept.file("infra/main.tf", PROVIDER + table("good", pitr("true")))
    assert len(kept.judge(*BASE).report["mended"]) == 1


def test_what_cannot_be_read_any_more_is_not_mended(kept: Desk) -> None:
    kept.file("infra/main.tf", kept.text().replace('resource "aws_dynamodb_table" "bad" {', 'resource "bad {'))
    said = kept.judge(*BASE, rules="BK106 BK118")
    assert said.report["mended"] == []
    assert said.code == 1
    assert set(said.changes().values()) == {"added"}


def test_a_failure_hidden_behind_a_variable_counts(kept: Desk) -> None:
    kept.file("infra/main.tf", kept.text().replace("false", "var.hidden") + 'variable "hidden" {}\n')
    said = kept.judge(*BASE)
    assert (said.code, said.changes()) == (4, {"BK106 aws_dynamodb_table.bad": "worsened"})


def test_a_pass_hidden_behind_a_variable_counts(kept: Desk) -> None:
    kept.file("infra/main.tf", kept.text().replace("true", "var.hidden") + 'variable "hidden" {}\n')
    said = kept.judge(*BASE)
    assert (said.code, said.changes()["BK106 aws_dynamodb_table.good"]) == (4, "worsened")


def test_moving_lines_and_files_changes_nothing(kept: Desk) -> None:
    text = kept.text().removeprefix(PROVIDER)
    (kept.path / "infra/main.tf").unlink()
    kept.file("infra/other.tf", "\n\n# moved\n" + text)
    kept.file("infra/provider.tf", PROVIDER)
    said = kept.judge(*BASE)
    assert (said.code, said.changes()) == (0, {"BK106 aws_dynamodb_table.bad": "unchanged"})


def test_a_mistake_that_moves_is_the_same(kept: Desk) -> None:
    kept.file("infra/broken.tf", "resource {{{\n")
    kept.commit()
    kept.file("infra/broken.tf", "\n\n\nresource {{{\n")
    said = kept.judge("--base", "HEAD", rules="BK118")
    assert said.code == 0
    assert set(said.changes().values()) == {"unchanged"}


def test_a_moved_block_keeps_what_it_was(kept: Desk) -> None:
    moved = "moved {\n  from = aws_dynamodb_table.bad\n  to   = aws_dynamodb_table.better\n}\n"
    kept.file("infra/main.tf", kept.text().replace('"bad" {', '"better" {') + moved)
    said = kept.judge(*BASE)
    assert (said.code, said.changes()) == (0, {"BK106 aws_dynamodb_table.better": "unchanged"})
    # Once more, with the first move still there: it is the same one yet.
    kept.commit()
    again = "moved {\n  from = aws_dynamodb_table.better\n  to   = aws_dynamodb_table.best\n}\n"
    kept.file("infra/main.tf", kept.text().replace('"better" {', '"best" {') + again)
    for base in ("HEAD", "HEAD~1"):
        assert kept.judge("--base", base).changes() == {"BK106 aws_dynamodb_table.best": "unchanged"}
    # Moves that were applied everywhere are taken out.
    kept.commit()
    kept.file("infra/main.tf", kept.text().replace(moved, "").replace(again, ""))
    assert kept.judge("--base", "HEAD").changes() == {"BK106 aws_dynamodb_table.best": "unchanged"}


def test_a_move_without_a_moved_block_is_another_resource(kept: Desk) -> None:
    kept.file("infra/main.tf", kept.text().replace('"bad" {', '"better" {'))
    assert kept.judge(*BASE).code == 1


def test_the_same_name_in_another_root_is_another_resource(kept: Desk) -> None:
    kept.file("infra/other/main.tf", PROVIDER + table("bad", pitr("false")))
    said = kept.judge(*BASE)
    assert said.code == 1
    assert sorted(one["change"] for one in said.findings()) == ["added", "unchanged"]


def test_a_root_that_is_renamed_keeps_what_it_was(kept: Desk) -> None:
    kept.git("mv", "infra", "live")
    kept.commit()
    said = kept.judge("--base", "HEAD~1", iac=".")
    assert (said.code, said.changes()) == (0, {"BK106 aws_dynamodb_table.bad": "unchanged"})


def test_a_root_that_is_deleted_is_mended(kept: Desk) -> None:
    kept.file("other/main.tf", PROVIDER + table("bad", pitr("false")))
    kept.commit()
    shutil.rmtree(kept.path / "other")
    said = kept.judge("--base", "HEAD", iac=".")
    assert said.code == 0
    assert len(said.report["mended"]) == 1


def test_what_others_merged_is_not_part_of_the_change(kept: Desk) -> None:
    kept.git("checkout", "--quiet", "-b", "mine")
    kept.file("infra/mine.tf", table("mine", pitr("true")))
    kept.commit()
    kept.git("checkout", "--quiet", "main")
    kept.file("infra/main.tf", PROVIDER + table("good", pitr("true")) + table("bad", pitr("true")))
    kept.commit()
    kept.git("checkout", "--quiet", "mine")
    said = kept.judge(*BASE)
    assert (said.code, said.changes()) == (0, {"BK106 aws_dynamodb_table.bad": "unchanged"})


def test_a_shallow_clone_says_what_it_cannot_tell(kept: Desk) -> None:
    kept.git("checkout", "--quiet", "-b", "mine")
    kept.file("infra/mine.tf", table("mine", pitr("false")))
    kept.commit()
    kept.git("checkout", "--quiet", "main")
    kept.commit()
    clone = Desk(kept.path.parent / "clone")
    clone.git("clone", "--quiet", "--depth=1", "--branch=mine", kept.path.as_uri(), ".")
    missing = clone.judge("--base", "origin/main")
    assert missing.code == 2
    assert "fetch-depth: 0" in missing.err
    clone.git("fetch", "--quiet", "--depth=1", "origin", "main")
    said = clone.judge("--base", "FETCH_HEAD")
    assert "fetch-depth: 0" in said.err
    assert said.code == 1
    assert said.changes()["BK106 aws_dynamodb_table.mine"] == "added"


@pytest.mark.parametrize("ref", ["nowhere", "-p", "--upload-pack=touch x", "main:infra", "", "HEAD^{tree}"])
def test_what_is_no_commit_is_refused(kept: Desk, ref: str) -> None:
    said = kept.judge(f"--base={ref}")
    assert said.code == 2
    assert "Traceback" not in said.err


def test_no_repository_at_all(desk: Desk) -> None:
    desk.file("infra/main.tf", PROVIDER)
    said = desk.judge(*BASE)
    assert said.code == 2
    assert "not a git repository" in said.err


def test_a_path_outside_of_the_repository(kept: Desk) -> None:
    other = Desk(kept.path.parent / "elsewhere")
    other.file("main.tf", PROVIDER)
    said = kept.judge(*BASE, iac=str(other.path))
    assert said.code == 2
    said = kept.judge(*BASE, "--iac", str(other.path))
    assert said.code == 2
    assert "Traceback" not in said.err


def test_a_path_that_was_not_there_counts_as_added(kept: Desk) -> None:
    kept.file("new/main.tf", PROVIDER + table("bad", pitr("false")))
    said = kept.judge(*BASE, iac="new")
    assert said.code == 1
    assert "new was not there" in said.err


def test_before_there_was_a_mistake(kept: Desk) -> None:
    kept.file("infra/main.tf", kept.text() + "resource {{{\n")
    kept.commit()
    kept.file("infra/main.tf", kept.text().replace("resource {{{\n", ""))
    said = kept.judge("--base", "HEAD", rules="BK106 BK118")
    assert said.code == 0
    assert {one["rule"] for one in said.report["mended"]} == {"BK118"}
