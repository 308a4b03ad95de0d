"""Paths are told from the root of the repository, and a file's page where a build service says which it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.repository import Repository, encoded, from_root, known, prefix, shown

_GITHUB = {
    "GITHUB_SERVER_URL": "https://example.org",
    "GITHUB_REPOSITORY": "team/repo",
    "GITHUB_SHA": "abc",
    "GITHUB_REF_NAME": "main",
}


def test_outside_of_a_build_nothing_is_known() -> None:
    assert known({}) is None
    assert known({"GITHUB_SERVER_URL": "https://example.org"}) is None


def test_a_build_service_says_which_repository_it_builds() -> None:
    found = known(_GITHUB)
    assert found == Repository(
        "https://example.org/team/repo", "abc", "main", "https://example.org/team/repo/blob/abc/"
    )
    assert found.page("a b/x.tf", 3) == "https://example.org/team/repo/blob/abc/a%20b/x.tf#L3"
    other = known({"CI_PROJECT_URL": "https://example.org/p", "CI_COMMIT_SHA": "abc", "CI_COMMIT_REF_NAME": "topic"})
    assert other is not None
    assert other.page("x.tf", 3) == "https://example.org/p/-/blob/abc/x.tf#L3"
    assert known({**_GITHUB, "GITHUB_HEAD_REF": "topic"}).branch == "topic"  # type: ignore[union-attr]
    assert Repository("u").page("x.tf", 3) == ""


@pytest.mark.parametrize(
    ("prefix_", "file", "path"),
    [("", "main.tf", "main.tf"), ("", "./main.tf", "main.tf"), ("infra", "a/main.tf", "infra/a/main.tf"),
     ("infra/live", "../modules/x.tf", "infra/modules/x.tf"), ("infra", ".", "infra"), ("", ".", ".")],
)  # fmt: skip
def test_a_path_is_told_from_the_root(prefix_: str, file: str, path: str) -> None:
    assert from_root(prefix_, file) == path


def test_a_name_that_is_no_utf8_keeps_its_bytes() -> None:
    assert encoded("caf\udce9/a:b %.tf") == "caf%E9/a%3Ab%20%25.tf"
    assert shown("caf\udce9.tf") == "caf\\xe9.tf"
    assert shown("café.tf") == "café.tf"


def test_the_prefix_is_what_lies_between_the_repository_and_the_directory(tmp_path: Path) -> None:
    inner = tmp_path / "infra" / "live"
    inner.mkdir(parents=True)
    assert prefix(inner, {"GITHUB_WORKSPACE": str(tmp_path)}) == "infra/live"
    assert prefix(tmp_path, {"GITHUB_WORKSPACE": str(tmp_path)}) == ""
    assert prefix(inner, {"GITHUB_WORKSPACE": str(tmp_path / "elsewhere")}) == ""
    (tmp_path / ".git").mkdir()
    assert prefix(inner, {}) == "infra/live"
    assert prefix(inner, {"CI_PROJECT_DIR": str(tmp_path / "elsewhere")}) == "infra/live"
