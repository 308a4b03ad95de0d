"""Whatever lies in a directory: time and memory are bounded, what is wrong is said with its line, the rest is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.iac.block import plain
from scanner.iac.terraform.loader import load
from scanner.model.unresolved import Unresolved, unresolved_in
from tests.iac.terraform.repository import Repository

GOOD = 'resource "aws_x" "a" {\n  v = 7\n}\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x7fELF\x00\x01\x02\xff\xfe", "is not UTF-8 text"),
        (b"a = 1\n\xff\n", "is not UTF-8 text"),
        (b"# \x00\n", "is not text: it holds a NUL character"),
        ("resource".encode("utf-16"), "is not UTF-8 text"),
    ],
)
def test_what_is_no_text(repository: Repository, content: bytes, said: str) -> None:
    read = repository.read({"bad.tf": content, "good.tf": GOOD})
    assert read.value("v") == 7
    (problem,) = read.code.problems
    assert problem.message == f"bad.tf {said}"
    assert problem.spot.file == "bad.tf"


def test_marks_and_line_ends(repository: Repository) -> None:
    read = repository.read({"bom.tf": b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()})
    assert read.problems == []
    assert read.value("v") == 7
    spot = read["aws_x.a"].place(("v",))
    assert spot
    assert (spot.line, spot.column) == (2, 3)


def test_directories_and_pipes_with_the_names_of_files(repository: Repository) -> None:
    (repository.path / "x.tf").mkdir()
    os.mkfifo(repository.path / "pipe.tf")
    read = repository.read(GOOD)
    assert read.value("v") == 7
    assert read.problems == ["pipe.tf is not a file"]


def test_links_out_and_links_to_nothing(repository: Repository) -> None:
    repository.write(
        {"../secret.tf": 'resource "aws_x" "secret" {}', "shared/common.tf": 'resource "aws_x" "common" {}'}
    )
    (repository.path / "out.tf").symlink_to(repository.path.parent / "secret.tf")
    (repository.path / "nothing.tf").symlink_to("nowhere")
    (repository.path / "self.tf").symlink_to("self.tf")
    (repository.path / "common.tf").symlink_to(repository.path / "shared" / "common.tf")
    read = repository.read(GOOD)
    assert read.addresses == ["aws_x.common", "aws_x.a"]
    assert sorted(read.problems) == [
        "nothing.tf is not a file",
        "out.tf is a link that leads out of what is checked, so it was not followed",
        "self.tf is not a file",
    ]


def test_a_file_that_cannot_be_read(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write({"closed.tf": ""})

    def refuse(path: str) -> int:
        if path.endswith("closed.tf"):
            raise PermissionError(13, "Permission denied")
        return Path(path).stat().st_size

    monkeypatch.setattr(os.path, "getsize", refuse)
    read = repository.read(GOOD)
    assert read.problems == ["closed.tf cannot be read: Permission denied"]
    assert read.value("v") == 7


def test_a_file_without_measure(repository: Repository) -> None:
    with (repository.path / "long.tf").open("wb") as file:
        file.truncate(1 << 40)
    read = repository.read(GOOD)
    assert read.problems == ["long.tf is longer than 32 MiB"]


def test_chains_of_values(repository: Repository) -> None:
    """A chain that Python's stack does not hold is not settled, and what is near its end is not harmed by it."""
    links = "".join(f"  l{at} = local.l{at + 1} + 1\n" for at in range(3000))
    read = repository.read(
        f'locals {{\n{links}  l3000 = 0\n}}\nresource "aws_x" "a" {{\n  far = local.l0\n  near = local.l2990\n}}\n'
    )
    assert isinstance(read.value("far"), Unresolved)
    assert read.value("near") == 10
    assert read.value("near") == 10


def test_a_count_at_the_end_of_a_chain(repository: Repository) -> None:
    links = "".join(f"  l{at} = local.l{at + 1}\n" for at in range(3000))
    read = repository.read(
        f'locals {{\n{links}  l3000 = 1\n}}\nresource "aws_x" "a" {{\n  count = local.l0\n}}\nresource "aws_x" "b" {{}}\n'
    )
    assert "aws_x.b" in read.addresses
    assert read.problems or read["aws_x.a[?]"].doubt is not None


@pytest.mark.parametrize("depth", [50, 5000])
def test_deep_nesting(repository: Repository, depth: int) -> None:
    read = repository.read({
        "lists.tf": f'resource "aws_x" "lists" {{\n  v = {"[" * depth}{"]" * depth}\n}}\n',
        "brackets.tf": f'resource "aws_x" "brackets" {{\n  v = {"(" * depth}1{")" * depth}\n}}\n',
        "blocks.tf": 'resource "aws_x" "blocks" {\n' + "b {\n" * depth + "}\n" * depth + "}\n",
        "dynamic.tf": 'resource "aws_x" "dynamic" {\n'
        + 'dynamic "b" {\nfor_each = [1]\ncontent {\n' * depth
        + "}\n}\n" * depth
        + "}\n",
        "good.tf": GOOD,
    })  # fmt: skip
    for block in read.code.blocks:
        assert plain({name: block.values[name] for name in block.values}) is not None
    assert read.value("v") == 7


def test_blocks_that_multiply(repository: Repository) -> None:
    """Six levels of dynamic blocks, each over twenty elements, would be sixty-four million."""
    text = (
        "".join(f'dynamic "b{at}" {{\nfor_each = range(20)\ncontent {{\n' for at in range(6)) + "v = 1\n" + "}\n}\n" * 6
    )
    read = repository.read(f'resource "aws_x" "a" {{\n{text}}}\n')
    assert isinstance(unresolved_in(read.value("b0")), Unresolved)


@pytest.mark.parametrize("doubled", ["[%s, %s]", "{ a = %s, b = %s }", '"${%s}${%s}"', "concat(%s, %s)"])
def test_values_that_double(repository: Repository, doubled: str) -> None:
    """Sixty lines that would be as many leaves as there are grains on the chess board."""
    first = '"x"' if "$" in doubled else '["x"]'
    lines = "".join(f"  l{at + 1} = {doubled % ((f'local.l{at}',) * 2)}\n" for at in range(60))
    read = repository.read(
        f'locals {{\n  l0 = {first}\n{lines}}}\nresource "aws_x" "a" {{\n  v = local.l60\n  n = length(local.l60)\n}}\n{GOOD[:9]}"aws_x" "b" {{}}\n'
    )
    assert unresolved_in(read.value("v")) is not None
    assert "aws_x.b" in read.addresses


PIECES = [
    'resource "aws_x" "a" {', "}", "\n", "v = ", "var.u", "each.key", "for_each = ", "count = ", 'dynamic "b" {', "content {",
    "[", "]", "(", "${", '"', "local.a", "locals {", "a = ", "module.m", 'module "m" {', 'source = "./"', "data.x.y.z", "[*]",
    'variable "u" {', "type = ", "list(", "default = ", "1", "null", "<<EOT\n", "EOT\n", "aws_x.a", ".v", "moved {", "from = ",
]  # fmt: skip


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_text_is_read(tmp_path: Path, pieces: list[str]) -> None:
    (tmp_path / "main.tf").write_text(" ".join(pieces))
    code = load(tmp_path, tmp_path)
    for block in code.blocks:
        plain(block.values)
        block.place(("b", 0, "v"))
