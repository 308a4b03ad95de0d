"""Places that code leaves open: what is ruled while an account or a region is open is ruled wherever it turns out to be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.arn import fits
from scanner.permissions.context import Caller
from scanner.permissions.document import Document, Principals, Statement
from scanner.permissions.evaluate import Access, Outcome, Policies, ask
from scanner.permissions.patterns import matches
from scanner.permissions.shelf import Target
from tests.permissions.test_cases import CASES, ruling

OWN, OTHER, NEW, REGION = "111122223333", "444455556666", "777788889999", "eu-west-1"
OPENINGS: tuple[Mapping[str, str], ...] = (
    {OWN: "?account"}, {REGION: "?region"}, {OTHER: "?account.aws.dr"}, {OWN: "?account", OTHER: "?account.aws.dr"},
)  # fmt: skip


def put(raw: Any, texts: Mapping[str, str], random: Random | None = None) -> Any:
    """Give a case with texts replaced; with a random, some mentions stay, but not the caller's and the resource's."""
    if isinstance(raw, dict):
        kept = ("caller", "resource", "account", "region")
        return {put(key, texts): put(one, texts, None if key in kept else random) for key, one in raw.items()}
    if isinstance(raw, list):
        return [put(one, texts, random) for one in raw]
    if not isinstance(raw, str) or (random is not None and random.random() < 0.5):
        return raw
    for one in sorted(texts, key=len, reverse=True):
        raw = raw.replace(one, texts[one])
    return raw


@pytest.mark.parametrize("number", range(len(OPENINGS)))
@pytest.mark.parametrize("case", CASES)
def test_a_published_case_with_open_places(case: dict[str, Any], number: int) -> None:
    stand_ins = OPENINGS[number]
    for random in (None, Random(json.dumps(case, default=str))):
        open_ = put(case, stand_ins, random)
        now = ruling(open_).outcome
        if now is Outcome.DEPENDS:
            continue
        for turn in range(3):
            places = {
                name: (place, NEW if place != REGION else "ap-south-1", OTHER if place != REGION else "eu-central-1")[
                    turn
                ]
                for place, name in stand_ins.items()
            }
            assert ruling(put(open_, places)).outcome in (now, Outcome.DEPENDS), places


ACCOUNTS = (OWN, OTHER, "?account", "?account.aws.dr")
accounts = st.sampled_from(ACCOUNTS)
principals = st.one_of(
    st.just("*"), accounts.map("arn:aws:iam::{}:root".format), accounts.map("arn:aws:iam::{}:role/me".format),
    accounts.map("arn:aws:sts::{}:assumed-role/me/now".format),
)  # fmt: skip
patterns = st.one_of(
    st.just("*"), accounts.map("arn:aws:rds:*:{}:*".format), accounts.map("arn:aws:rds:?region:{}:snapshot:a".format),
    accounts.map("arn:aws:*:eu-west-1:{}:snapshot:*".format), accounts.map("arn:*{}*".format),
)  # fmt: skip
statements = st.builds(
    Statement, st.booleans(), st.just(("rds:*",)), st.lists(patterns, min_size=1, max_size=2).map(tuple), st.none(),
    other_resources=st.booleans(),
)  # fmt: skip
held = st.builds(
    Statement, st.booleans(), st.just(("rds:*",)), st.lists(patterns, min_size=1, max_size=2).map(tuple),
    st.builds(Principals, st.lists(principals, min_size=1, max_size=2).map(tuple), others=st.booleans()),
)  # fmt: skip
documents = st.lists(statements, max_size=2).map(lambda some: Document(tuple(some)))
policies = st.lists(held, max_size=2).map(lambda some: Document(tuple(some)))
places = st.sampled_from((OWN, OTHER, NEW))


@settings(max_examples=400)
@given(
    accounts,
    accounts,
    documents,
    policies,
    st.sampled_from(Access),
    places,
    places,
    st.sampled_from((REGION, "eu-x-1")),
)
def test_a_ruling_with_open_places(
    mine: str, its: str, own: Document, policy: Document, way: Access, first: str, second: str, region: str
) -> None:
    def ruled(texts: Mapping[str, str]) -> Outcome:
        return ask(
            "rds:DeleteDBSnapshot",
            Target(
                settled(f"arn:aws:rds:?region:{its}:snapshot:a", texts),
                "",
                texts.get("?region", "?region"),
                settled(its, texts),
            ),
            Caller(settled(f"arn:aws:iam::{mine}:role/me", texts)),
            Policies((_put(own, texts),)),
            resource=_put(policy, texts),
            access=way,
        ).outcome

    now = ruled({})
    was = ruled({"?account": first, "?account.aws.dr": second, "?region": region})
    assert now in (was, Outcome.DEPENDS) or was is Outcome.DEPENDS


def settled(text: str, texts: Mapping[str, str]) -> str:
    return str(put(text, texts))


def _put(document: Document, texts: Mapping[str, str]) -> Document:
    def statement(one: Statement) -> Statement:
        who = one.principals
        named = None if who is None else Principals(tuple(settled(name, texts) for name in who.aws), others=who.others)
        return Statement(
            one.allows, one.actions, tuple(settled(each, texts) for each in one.resources), named,
            other_resources=one.other_resources,
        )  # fmt: skip

    return Document(tuple(map(statement, document.statements)), document.variables)


@pytest.mark.parametrize(
    ("pattern", "arn", "answer"),
    [
        ("arn:aws:rds:eu-west-1:111122223333:db:*", "arn:aws:rds:?region:?account:db:orders", None),
        ("arn:aws:rds:eu-west-1:111122223333:cluster:*", "arn:aws:rds:?region:?account:db:orders", False),
        ("arn:aws:rds:*:*:db:*", "arn:aws:rds:?region:?account:db:orders", True),
        ("arn:aws:rds:*:111122223333:*", "arn:aws:rds:?region:?account:db:orders", None),
        ("arn:aws:rds:eu-*:?account:db:orders", "arn:aws:rds:?region:?account:db:orders", None),
        ("arn:aws:rds:?region:?account:db:*", "arn:aws:rds:?region:?account:db:orders", True),
        ("arn:aws:rds:?region:?account:db:*", "arn:aws:rds:eu-west-1:111122223333:db:orders", None),
        ("arn:aws:rds:?aws.dr:?account:db:*", "arn:aws:rds:?aws:?account:db:orders", None),
        ("arn:aws:iam::aws:policy/*", "arn:aws:iam::?account:policy/x", False),
        ("arn:aws:s3:::logs-111122223333/*", "arn:aws:s3:::logs-?account/x", None),
        ("arn:aws:s3:::logs-*", "arn:aws:s3:::logs-?account", True),
        ("arn:aws:rds:??-west-?:*:db:*", "arn:aws:rds:?region:?account:db:orders", None),
        ("arn:aws:rds:eu-west-1:*:db:o?ders", "arn:aws:rds:eu-west-1:?account:db:orders", True),
    ],
)
def test_what_a_pattern_fits_where_places_are_open(pattern: str, arn: str, answer: bool | None) -> None:
    assert fits(pattern, arn, matches) is answer


pieces = st.lists(
    st.sampled_from(
        ["a", ":", "*", "?", "1", "/", "arn:", "eu-west-1", ":eu-west-1:", ":?aws.dr:", "?account", "?region", OWN]
    ),
    max_size=9,
).map("".join)


@settings(max_examples=500)
@given(
    pieces,
    pieces.filter(lambda text: "*" not in text),
    st.sampled_from(("eu-west-1", "us-east-1")),
    places,
    st.sampled_from(("eu-west-1", "x-y-1")),
)
def test_what_fits_fits_everywhere(pattern: str, text: str, region: str, account: str, far: str) -> None:
    texts = {"?account": account, "?region": region, "?aws.dr": far}
    answer = fits(pattern, text, matches)
    if answer is not None and not (
        pattern.startswith("?")
        or text.replace("?account", "").replace("?region", "").replace(":?aws.dr:", "").count("?")
    ):
        assert matches(settled(pattern, texts), settled(text, texts)) is answer
