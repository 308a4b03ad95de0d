"""Plain scalars are what CloudFormation's YAML 1.1 takes them for, or open where readers disagree."""

from __future__ import annotations

import math
from typing import Any

import pytest

from scanner.iac.cloudformation.scalars import read_plain
from scanner.model.unresolved import Unresolved


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2012-10-17", "2012-10-17"),
        ("2010-09-09", "2010-09-09"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("yes", True),
        ("On", True),
        ("off", False),
        ("No", False),
        ("y", "y"),
        ("n", "n"),
        ("TRUE", True),
        ("tRue", "tRue"),
        ("", None),
        ("~", None),
        ("null", None),
        ("7", 7),
        ("-7", -7),
        ("0", 0),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0b11", 3),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1.2.3", "1.2.3"),
        ("1e3", "1e3"),
        ("+", "+"),
        ("-", "-"),
        (".", "."),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1._", 1.0),
        ("089", "089"),
        ("123456789012", 123456789012),
        ("012345678901", "012345678901"),
        ("012345670123", "012345670123"),
        ("10:30-11:00", "10:30-11:00"),
        ("02:00", "02:00"),
        ("ami-12345", "ami-12345"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_plain_scalar(text: Any, value: Any) -> None:
    found = read_plain(text)
    assert type(found) is type(value)
    assert found == value


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("010", ("010", 8, 10)),
        ("0644", ("0644", 0o644, 644)),
        ("23:45", ("23:45", 1425)),
        ("1:00:00", ("1:00:00", 3600)),
    ],
)
def test_what_readers_disagree_about_is_open(text: Any, choices: Any) -> None:
    found = read_plain(text)
    assert isinstance(found, Unresolved)
    assert found.choices == choices


def test_a_number_is_never_infinite() -> None:
    found = read_plain("1" * 350 + ".0")
    assert isinstance(found, str) or math.isfinite(found)
