"""Places that code leaves open: what is said of two texts while they are open holds whatever they turn out to be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.arn import (
    Nearby,
    Somewhere,
    Unnamed,
    alike,
    filled,
    has_wildcards,
    is_among,
    is_open,
    least_and_most,
    place_of,
    same,
    somewhere,
    stand_in,
)
from scanner.model.errors import CouldNotCheck

OPEN = "arn:aws:rds:?aws:?account:db:orders"


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("?account", "?account", True),
        ("?account", "123456789012", None),
        ("?account", "?account.aws.dr", None),
        ("?account", "aws", False),  # no account is called so
        ("?account", "", False),
        ("?aws", "eu-west-1", None),
        ("eu-west-1", "eu-central-1", False),
        (OPEN, "arn:aws:rds:eu-west-1:123456789012:db:orders", None),
        (OPEN, "arn:aws:rds:eu-west-1:123456789012:db:other", False),
        (OPEN, "arn:aws:rds:eu-west-1:123456789012:cluster:orders", False),
        (OPEN, "arn:aws:rds:?aws.dr:?account:db:orders", None),
        (OPEN, "orders", False),
        ("logs-?account", "logs-123456789012", None),
        ("logs-?account-eu", "logs-123456789012-us", None),  # where its name ends does not show
        ("logs-?account", "logs-of-us", False),
        ("?aws_db_instance.a", "eu-west-1", None),
    ],
)
def test_whether_two_texts_are_one(one: str, other: str, answer: bool | None) -> None:
    assert alike(one, other) is alike(other, one) is answer
    if answer is None:
        with pytest.raises(CouldNotCheck, match="does not settle"):
            same(one, other)
        with pytest.raises(CouldNotCheck, match="does not settle"):
            is_among(one, ["nothing", other])
        with pytest.raises(CouldNotCheck, match="does not settle"):
            assert Somewhere(one) != other
        assert is_among(one, [other, one])
    else:
        assert same(one, other) is is_among(one, [other]) is (Somewhere(one) == other) is answer


def test_a_name_that_is_left_open_may_be_any() -> None:
    assert alike(Unnamed("aws_x.a"), "orders") is None
    assert alike("orders", Unnamed("aws_x.a")) is None
    assert alike(Unnamed("aws_x.a"), "aws_x.a")
    assert alike(Unnamed("aws_x.a"), "") is False
    with pytest.raises(CouldNotCheck):
        assert Unnamed("aws_x.a") == "orders"


@pytest.mark.parametrize(
    ("places", "counted"),
    [
        (["eu-west-1"], (1, 1)), (["eu-west-1", "eu-west-1", "?aws"], (1, 2)), (["?aws", "?aws.dr"], (1, 2)),
        (["eu-west-1", "eu-central-1", "?aws"], (2, 3)), ([], (0, 0)), ([somewhere("?aws"), "?aws"], (1, 1)),
    ],
)  # fmt: skip
def test_how_many_places_there_are(places: list[str], counted: tuple[int, int]) -> None:
    assert least_and_most(places) == counted


def test_what_reads_otherwise_and_may_be_it_is_found() -> None:
    there = Nearby([OPEN, "arn:aws:rds:?aws:?account:db:other", "arn:aws:s3:::logs-?account", "orders"])
    assert [*there.of("arn:aws:rds:eu-west-1:123456789012:db:orders")] == [OPEN]
    assert [*there.of("arn:aws:s3:::logs-123456789012")] == ["arn:aws:s3:::logs-?account"]
    assert [*there.of(OPEN)] == [*there.of("orders")] == [*there.of("arn:aws:s3:::logs")] == []


def test_what_stands_for_a_place_parts_no_arn() -> None:
    name = stand_in("account", 'module.m["a:b/c*?"].aws')
    assert place_of(f"arn:aws:rds:eu-west-1:{name}:db:orders") == ("eu-west-1", name)
    assert is_open(name)
    assert not has_wildcards(name)


def test_wildcards_are_none_of_its_signs() -> None:
    assert has_wildcards("arn:aws:rds:?region:?account:db:o?ders")
    assert not has_wildcards(OPEN)
    assert filled("arn:aws:iam::?account:role/a?*", "N", "x") == "arn:aws:iam::?account:role/axN"
    assert filled("arn:aws:iam::1:role/*", "N", "x") == "arn:aws:iam::1:role/N"


texts = st.lists(
    st.sampled_from(
        ["a", "b", ":", "/", "-", "?account", "?region", "?account.aws.dr", "123456789012", "eu-west-1", "arn:"]
    ),
    max_size=8,
).map("".join)
places = st.fixed_dictionaries(
    {
        "?account.aws.dr": st.sampled_from(("123456789012", "222222222222")),
        "?account": st.sampled_from(("123456789012", "333333333333")),
        "?region": st.sampled_from(("eu-west-1", "us-east-1")),
    }
)


@settings(max_examples=800)
@given(texts, texts, places)
def test_what_is_said_of_two_texts_holds_everywhere(one: str, other: str, settled: dict[str, str]) -> None:
    answer = alike(one, other)
    for name, place in settled.items():
        one, other = one.replace(name, place), other.replace(name, place)
    if answer is not None:
        assert (one == other) is answer
