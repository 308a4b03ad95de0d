"""Functions that read files read nothing outside of what they may, and say why not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from scanner.iac.hcl.functions.definition import Function
from scanner.iac.hcl.functions.files import bound
from scanner.iac.hcl.values import EvaluationError, JsonText, Object
from scanner.model.unresolved import Unresolved


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    (root / "module" / "files").mkdir(parents=True)
    (root / "shared.txt").write_text("shared")
    (root / "module" / "own.txt").write_text("own")
    return root


@pytest.fixture
def functions(root: Path) -> dict[str, Function]:
    return bound(root / "module", root)


def _why(answer: Any) -> str:
    assert isinstance(answer, Unresolved)
    return answer.why


def test_a_file_below_the_module_and_below_the_root_is_read(functions: dict[str, Function]) -> None:
    assert functions["file"](["own.txt"]) == "own"
    assert functions["file"](["../shared.txt"]) == "shared"


def test_a_module_beside_the_root_may_read_itself(tmp_path: Path, root: Path) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "own.txt").write_text("beside")
    functions = bound(beside, root)
    assert functions["file"](["own.txt"]) == "beside"
    assert "outside the given root" in _why(functions["file"](["../secret.txt"]))


@pytest.mark.parametrize("path", ["../../secret.txt", "/etc/passwd", "~/x", "../../root2/x", "/dev/zero"])
@pytest.mark.parametrize("name", ["file", "filebase64", "filemd5", "fileexists", "templatefile", "fileset"])
def test_nothing_outside_is_looked_at(functions: dict[str, Function], name: str, path: str) -> None:
    further: dict[str, list[Any]] = {"templatefile": [Object()], "fileset": ["*"]}
    more = further.get(name, [])
    assert "outside the given root" in _why(functions[name]([path, *more]))


def test_a_directory_whose_name_begins_like_the_root_is_outside(tmp_path: Path, root: Path) -> None:
    (tmp_path / "root-other").mkdir()
    (tmp_path / "root-other" / "x.txt").write_text("x")
    assert "outside" in _why(bound(root, root)["file"](["../root-other/x.txt"]))


def test_a_link_is_followed_inside_only(functions: dict[str, Function], root: Path) -> None:
    (root / "module" / "in.txt").symlink_to(root / "shared.txt")
    (root / "module" / "out.txt").symlink_to(root.parent / "secret.txt")
    (root / "module" / "round.txt").symlink_to("round.txt")
    assert functions["file"](["in.txt"]) == "shared"
    assert "outside" in _why(functions["file"](["out.txt"]))
    assert "outside" in _why(functions["fileset"]([".", "*.txt"]))
    assert isinstance(functions["file"](["round.txt"]), Unresolved)


def test_links_to_directories_are_not_followed(functions: dict[str, Function], root: Path) -> None:
    (root / "module" / "files" / "up").symlink_to(root)
    assert "links to directories" in _why(functions["fileset"]([".", "**"]))
    assert functions["fileset"]([".", "*.txt"]) == ["own.txt"]


def test_what_is_no_plain_file_is_not_opened(functions: dict[str, Function], root: Path) -> None:
    os.mkfifo(root / "module" / "pipe")
    for path in ("pipe", "files"):
        with pytest.raises(EvaluationError):
            functions["file"]([path])
        with pytest.raises(EvaluationError):
            functions["fileexists"]([path])


def test_a_large_file_is_not_read(functions: dict[str, Function], root: Path) -> None:
    with (root / "module" / "large.bin").open("wb") as large:
        large.truncate(10**12)
    assert "larger than" in _why(functions["filesha256"](["large.bin"]))
    assert functions["fileexists"](["large.bin"]) is True


def test_a_file_that_is_not_there_may_be_made_later(functions: dict[str, Function]) -> None:
    assert "there is no file" in _why(functions["filebase64sha256"](["lambda.zip"]))
    assert functions["fileexists"](["lambda.zip"]) is False


def test_a_binary_file_is_no_text(functions: dict[str, Function], root: Path) -> None:
    (root / "module" / "x.bin").write_bytes(b"\xff\x00")
    with pytest.raises(EvaluationError, match="UTF-8"):
        functions["file"](["x.bin"])


def test_files_that_are_read_are_told(root: Path) -> None:
    read: list[Path] = []
    functions = bound(root, root, noted=read.append)
    functions["file"](["shared.txt"])
    functions["fileexists"](["module/own.txt"])
    assert read == [root / "shared.txt"]


def test_a_template_is_given_its_names_with_what_is_unsettled(root: Path) -> None:
    hidden = Unresolved("var.u has no value", ("var.u",))
    seen: list[Any] = []

    def render(source: str, names: Any, file: str) -> Any:
        seen.append((source, names, file))
        return JsonText(hidden.why, hidden.refs, document={})

    functions = bound(root, root, render)
    answer = functions["templatefile"](["shared.txt", Object(name=hidden)])
    assert isinstance(answer, JsonText)
    assert seen == [("shared", {"name": hidden}, "shared.txt")] or seen[0][1]["name"] is hidden


def test_a_template_within_itself_comes_to_an_end(root: Path) -> None:
    functions: dict[str, Function] = {}
    functions.update(bound(root, root, lambda *_: functions["templatefile"](["shared.txt", Object()])))
    assert "nested" in _why(functions["templatefile"](["shared.txt", Object()]))


@pytest.mark.parametrize("pattern", ["[", "{a", "[z-a]", "*" * 50, "a*" * 40 + "b", "../*", "**/**", "{" * 500])
def test_no_pattern_is_a_trap(functions: dict[str, Function], pattern: str) -> None:
    try:
        assert isinstance(functions["fileset"]([".", pattern]), (Unresolved, list))
    except EvaluationError as error:
        assert "fileset" in error.message  # noqa: PT017  # either will do
