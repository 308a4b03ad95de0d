"""Numbers and texts as Terraform has them: what has no end is written with one, and a letter is one letter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.iac.hcl.arithmetic import LARGEST, TooLarge, number_of, read_number, written
from scanner.iac.hcl.evaluate import evaluate
from scanner.iac.hcl.expressions import parse_expression
from scanner.iac.hcl.values import Scope, normal
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Repository


def value(source: str) -> Any:
    return evaluate(parse_expression(source, Spot("m.tf", 1)), Scope())


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
@settings(max_examples=150, deadline=None)
def test_every_float_is_written_and_read_again(number: float) -> None:
    if number and not 1e-290 < abs(number) < 1e300:
        return
    text = written(number)
    assert "e" not in text.lower()
    assert float(text) == number


@pytest.mark.parametrize(
    ("number", "text"), [(0.1, "0.1"), (-0.25, "-0.25"), (1 / 3, "0.3333333333333333"), (0.5, "0.5")]
)
def test_a_plain_float_is_the_decimal_it_is_written_as(number: float, text: str) -> None:
    assert written(number) == text


@pytest.mark.parametrize(
    "text", ["1e5000", "1e-5000", "1e999999999", "-1e99999", "1e-99999", "9" * 6000, "0." + "0" * 400 + "1"]
)
def test_a_number_that_is_too_large_is_open_and_no_mistake(text: str) -> None:
    for source in (
        text,
        f"try({text}, 30)",
        f'try(tonumber("{text}"), 30)',
        f"{text} > 5 ? 30 : 1",
        f'"${{{text} + 1}}"',
    ):
        found = value(source)
        assert isinstance(found, Unresolved), source
        assert len(found.why) < 200
    with pytest.raises(TooLarge):
        read_number(text)


@pytest.mark.parametrize("text", ["0e99999", "-0", "000", "0.000"])
def test_nothing_is_not_too_large(text: str) -> None:
    assert read_number(text) == 0


def test_whole_numbers_are_rounded_to_as_many_bits_as_terraform_has() -> None:
    assert value("9" * 154) == int("9" * 154)
    assert value("9" * 155) == value(f"{'9' * 155} + 1")
    assert isinstance(value(f"jsonencode({'9' * 155})"), (str, Unresolved))
    with pytest.raises(TooLarge):
        number_of(1 << (LARGEST + 1))
    assert str(value("1e300")).startswith("1")


def test_numbers_of_files_in_json(repository: Repository) -> None:
    read = repository.read(
        {
            "main.tf.json": '{"resource": {"aws_x": {"a": {"v": 1e5000, "w": -1e5000, "x": -1.5, "y": "\\ud800"}}}}',
            "terraform.tfvars.json": '{"z": 1e5000}',
        }
    )
    assert isinstance(read.value("v"), Unresolved)
    assert isinstance(read.value("w"), Unresolved)
    assert read.value("x") == -1.5
    assert read.value("y") == "\ufffd"
    assert read.code.problems == []


@pytest.mark.parametrize(
    "source",
    [
        '"e\\u0301" == "é"',
        '"e\u0301" == "é"',
        '"${"e"}\u0301" == "é"',
        '{"e\u0301" = true}["é"]',
        'length("e\\u0301") == 1',
        'join("", ["e", "\\u0301"]) == "é"',
        '"\\ud800" == "\\ufffd"',
        'upper("e\u0301") == "É"',
    ],
)
def test_texts_are_composed(source: str) -> None:
    assert value(source) is True


def test_a_heredoc_is_composed_too(repository: Repository) -> None:
    read = repository.read('resource "aws_x" "a" {\n  v = <<-A\n    e\u0301\n  A\n}\n')
    assert read.value("v") == "é\n"


@given(st.text())
@settings(deadline=None)
def test_what_is_composed_can_be_written(text: str) -> None:
    found = normal(text)
    assert normal(found) == found
    found.encode()
