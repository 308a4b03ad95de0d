"""YAML is read as version 1.2 means it, and every mistake has its line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scanner.documents.errors import DocumentError, Problem
from scanner.documents.yaml_file import Document, load_yaml


def load(tmp_path: Path, text: str | bytes) -> Document:
    file = tmp_path / "x.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_yaml(file)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("02:00", "02:00"),
        ("1:30:00", "1:30:00"),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("OFF", "OFF"),
        ("y", "y"),
        ("2027-03-31", "2027-03-31"),
        ("2027-03-31T00:00:00Z", "2027-03-31T00:00:00Z"),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("=", "="),
        ("<<", "<<"),
        ("30d", "30d"),
        ("'5'", "5"),
        ('"true"', "true"),
        ("!!str 5", "5"),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("5", 5),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-7", -7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("!!int '5'", 5),
        ("[1, a]", [1, "a"]),
        ("{1: a, null: b, yes: c}", {"1": "a", "null": "b", "yes": "c"}),
        ("|\n    a\n    b", "a\nb"),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(tmp_path: Path, written: str, read: object) -> None:
    found = load(tmp_path, f"key: {written}").data["key"]
    assert found == read
    assert type(found) is type(read)


def test_every_key_and_item_has_its_line_and_column(tmp_path: Path) -> None:
    document = load(tmp_path, "# first\na: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\n")
    assert document.data == {"a": 1, "b": ["x", {"c": 2, "d": 3}]}
    assert document.lines == {
        (): (2, 1),
        ("a",): (2, 1),
        ("b",): (3, 1),
        ("b", 0): (4, 5),
        ("b", 1): (5, 5),
        ("b", 1, "c"): (5, 6),
        ("b", 1, "d"): (6, 6),
    }
    assert document.problem(("b", 1, "missing", 4), "m") == Problem(5, 5, "m")
    assert document.problem(("b", 1, "d"), "m", "h") == Problem(6, 6, "m", "h")


def test_an_alias_repeats_its_value(tmp_path: Path) -> None:
    document = load(tmp_path, "a: &x [1]\nb: *x\n")
    assert document.data == {"a": [1], "b": [1]}
    assert document.lines["b",] == (2, 1)


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    assert load(tmp_path, "a: 1\n").digest == hashlib.sha256(b"a: 1\n").hexdigest()


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbfa: 1").data == {"a": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", ":5: found 'c' twice (first on line 3)"),
        ("1: a\n'1': b\n", ":2: found '1' twice (first on line 1)"),
        ("", ":1: found an empty document (expected a mapping)"),
        ("# nothing\n", ":1: found an empty document (expected a mapping)"),
        ("a: 1\n? [b]\n: 2\n", ":2: found a list or mapping as a key (expected text)"),
        ("a:\n  - !thing x\n", ":2: found 'x' with the tag !thing (expected plain YAML without tags)"),
        (
            "a: !!int x\n",
            ":1: found 'x' with the tag tag:yaml.org,2002:int (expected plain YAML without tags)",
        ),
        ("a: !!str [x]\n", ":1: found the tag tag:yaml.org,2002:str (expected plain YAML without tags)"),
        ("a: 1\nb: &x\n  c: *x\n", ":3: found an alias of what it stands in (expected no circle)"),
        (b"a: 1\nb: \xff\n", ":2: found byte 0xff (expected UTF-8 text)"),
    ],
)
def test_a_mistake_has_its_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, text)
    first = str(caught.value).splitlines()[0]
    # The column of an alias is that of its anchor in one parser and of itself in the other.
    assert first.replace(":2: found an alias", ":3: found an alias") == f"{tmp_path / 'x.yaml'}{said}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\nb: *unknown\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 'open\n", 2),
        ("a: 1\nb: \x01\n", 2),
        ("a: b: c\n", 1),
    ],
)
def test_what_is_no_yaml_is_refused_at_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, text)
    assert caught.value.line == line
    assert caught.value.message.startswith("not valid YAML: ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        load_yaml(tmp_path / "none.yaml")
    assert str(caught.value) == f"{tmp_path / 'none.yaml'}: cannot be read: No such file or directory"
    assert caught.value.exit_code == 2


def test_aliases_cannot_unfold_without_end(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(DocumentError, match="found more than 100000 values"):
        load(tmp_path, "\n".join(lines))


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    assert load(tmp_path, "a: " + "[" * 49 + "]" * 49).data
    for depth in (50, 900, 50_000):
        with pytest.raises(DocumentError, match=r":2: found more than 50 levels \(expected fewer\)$"):
            load(tmp_path, "a:\n " + "[" * depth + "]" * depth)
    chain = "\n".join(["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 2000)])
    with pytest.raises(DocumentError, match="found more than 50 levels"):
        load(tmp_path, chain)


def test_several_problems_are_sorted_and_told_once() -> None:
    error = DocumentError.of("f", [Problem(3, 1, "c", "h"), Problem(1, 2, "a"), Problem(3, 1, "c", "h")])
    assert (error.file, error.line, error.message, error.hint) == ("f", 1, "a", "")
    assert [problem.line for problem in error.problems] == [1, 3]
    assert str(error) == "f:1: a\nf:3: c (h)"
    assert str(DocumentError("f", 2, "m", "h")) == "f:2: m (h)"


PLAIN = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**9), 10**9),
        st.floats(allow_nan=False, allow_infinity=False, width=32),
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=8),
    ),
    lambda below: st.one_of(
        st.lists(below, max_size=3),
        st.dictionaries(st.text("abcyno", min_size=1, max_size=3), below, max_size=3),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc", min_size=1), PLAIN, min_size=1))
def test_json_is_read_as_json(tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]) -> None:
    file = tmp_path_factory.mktemp("y") / "x.yaml"
    file.write_text(json.dumps(data, indent=1, ensure_ascii=False), encoding="utf-8")
    assert load_yaml(file).data == data
    # and the loader is the project's own: PyYAML's is left as it was
    assert yaml.safe_load("a: yes") == {"a": True}


def test_what_nobody_wrote_by_hand_is_not_read_to_its_end(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"x.yaml:10000: found more than 100000 values"):
        load(tmp_path, "- [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" * 200_000)
    with pytest.raises(DocumentError, match="found more than 32 MiB"):
        load_yaml(Path("/dev/zero"))


def test_a_thousand_mistakes_are_not_all_told(tmp_path: Path) -> None:
    error = DocumentError.of("x.yaml", (Problem(line, 1, "found it") for line in range(1, 1001)))
    lines = str(error).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "x.yaml: and 950 more"
    assert len(error.problems) == 1000
