"""A kept estate is the estate: any one comes back as it went, to the reading, and the same bytes again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.collect.snapshot import dump, load
from scanner.model.errors import EstateError
from scanner.model.estate import Estate, Gap
from scanner.model.reading import Evidence, Known, Reading, Reason, Source, Unknown
from scanner.resources import kinds
from tests.laws.estates import KINDS, estate

AT = datetime(2026, 11, 24, 12, 0, 0, 1, tzinfo=UTC)


def evidence(random: Random) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(random.choice(list(Source)), random.choice(["", "rds:X in eu-west-1", 'größe \n\u2028"', "{}"]),
                 random.choice([None, AT, AT.replace(microsecond=0)]), random.choice(["", "request-1"]))
        for _ in range(random.randrange(3))
    )  # fmt: skip


def unknown(random: Random) -> Unknown:
    return Unknown(random.choice(list(Reason)), random.choice(["", "no {x}", "'\"\n"]), evidence(random))


def shaken(whole: Estate, random: Random) -> Estate:
    """Give each reading evidence of its own, lose some, and add gaps and what else an estate has."""

    def anew(reading: Reading[object]) -> Reading[object]:
        lost = isinstance(reading, Unknown) or random.random() < 0.1
        return unknown(random) if lost else Known(reading.value, evidence(random))  # type: ignore[union-attr]

    for found in whole.resources.values():
        for one in found:
            one.readings = {name: anew(reading) for name, reading in one.readings.items()}
    gaps = tuple(Gap(random.choice(KINDS).kind, random.choice(["", "eu-west-1"]), unknown(random), random.choice(["", "x"]))
                 for _ in range(random.randrange(4)))  # fmt: skip
    return replace(whole, gaps=gaps, calls={"rds:X": random.randrange(9)}, account_name=random.choice(["", "prod"]))


@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_any_estate_comes_back_as_it_went(seed: int) -> None:
    random = Random(seed)
    before = shaken(estate(seed, tuple(random.sample(KINDS, 20)), blind=True), random)
    text = dump(before)
    after = load(text, kinds())
    assert dump(after) == text
    assert replace(after, resources={}) == replace(before, resources={})
    assert after.resources.keys() == before.resources.keys()
    for kind, found in before.resources.items():
        for one, other in zip(found, after.resources[kind], strict=True):
            assert (one.kind, one.id, one.name, one.account, one.region) == (
                other.kind, other.id, other.name, other.account, other.region,
            )  # fmt: skip
            assert one.readings == other.readings


def test_every_kind_fits_in_a_file() -> None:
    whole = estate(7, tuple(KINDS))
    facts = sum(len(one.readings) for found in whole.resources.values() for one in found)
    assert len(dump(whole)) < 400 * facts


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_a_damaged_file_is_refused_and_never_crashes(seed: int) -> None:
    random = Random(seed)
    text = dump(estate(3, tuple(KINDS[:12])))
    at, length = random.randrange(len(text)), random.randrange(1, 40)
    with suppress(EstateError):
        load(text[:at] + random.choice(["", "null", "[]", '"x"', "7"]) + text[at + length :], kinds())


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"schema": "backup-scan/estate/1"}', "[" * 5000])
def test_what_is_no_estate_is_refused(text: str) -> None:
    with pytest.raises(EstateError):
        load(text, kinds())
