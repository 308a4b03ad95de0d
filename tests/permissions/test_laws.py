"""Laws of evaluation, over generated policies: what must hold whatever they say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scanner.model.arn import is_open
from scanner.permissions.context import Caller
from scanner.permissions.document import Condition, Document, Principals, Statement
from scanner.permissions.evaluate import Access, Court, Outcome, Policies, ask
from scanner.permissions.extents import Extent, difference, intersection, joined, size, union
from scanner.permissions.patterns import matches
from scanner.permissions.shelf import Shelf, Target
from scanner.permissions.truth import Doubt

ME = Caller("arn:aws:iam::111122223333:user/me", {})
ACTIONS = ("backup:DeleteRecoveryPoint", "s3:DeleteObject", "rds:DeleteDBSnapshot")
ARNS = ("arn:aws:rds:eu-west-1:111122223333:snapshot:a", "arn:aws:rds:eu-west-1:111122223333:snapshot:rds:a",
        "arn:aws:rds:eu-central-1:111122223333:snapshot:b", "arn:aws:backup:eu-west-1:111122223333:recovery-point:1",
        "arn:aws:s3:::bucket/a")  # fmt: skip
PATTERNS = ("*", *ARNS, "arn:aws:rds:*:*:snapshot:*", "arn:aws:rds:*:*:snapshot:a", "arn:aws:rds:*", "*:a", "arn:aws:*:1",
            "arn:aws:rds:eu-?????*-1:*:snapshot:b", "arn:aws:s3:::bucket/${aws:username}", "arn:aws:rds:*:111122223333:*")  # fmt: skip
CONDITIONS = (
    Condition("StringEquals", "aws:username", ("me",)),
    Condition("StringEquals", "aws:username", ("you",)),
    Condition("IpAddress", "aws:SourceIp", ("10.0.0.0/8",)),
    Condition("Bool", "aws:MultiFactorAuthPresent", ("true",)),
    Condition("Bool", "aws:MultiFactorAuthPresent", ("false",), if_exists=True),
    Condition("StringEquals", "aws:RequestedRegion", ("eu-west-1",)),
    Condition("StringEquals", "aws:ResourceTag/keep", ("yes",)),
)

some = st.lists(
    st.sampled_from(("*", "backup:*", "s3:Delete*", "rds:DeleteDBSnapshot", "*:Delete*")), min_size=1, max_size=2
)


@st.composite
def statements(draw: Any, *, named: bool = False, allows: bool | None = None) -> Statement:
    principals = None
    if named:
        who = st.sampled_from(("*", ME.arn, "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/you"))
        principals = Principals(tuple(draw(st.lists(who, min_size=1, max_size=2))), others=draw(st.booleans()))
    return Statement(
        draw(st.booleans()) if allows is None else allows, tuple(draw(some)),
        tuple(draw(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2))), principals,
        tuple(draw(st.lists(st.sampled_from(CONDITIONS), max_size=1))),
        other_actions=draw(st.booleans()), other_resources=draw(st.booleans()),
    )  # fmt: skip


def documents(*, named: bool = False) -> Any:
    return st.lists(statements(named=named), max_size=3).map(lambda some: Document(tuple(some)))


@st.composite
def worlds(draw: Any) -> tuple[Policies, Document | None]:
    levels = st.lists(st.lists(documents(), min_size=1, max_size=2).map(tuple), max_size=2).map(tuple)
    return (
        Policies(tuple(draw(st.lists(documents(), max_size=2))), draw(st.none() | documents()), draw(levels)),
        draw(st.none() | documents(named=True)),
    )


actions, arns, ways = st.sampled_from(ACTIONS), st.sampled_from(ARNS), st.sampled_from(Access)
RANK = {Outcome.DENIED: 0, Outcome.DEPENDS: 1, Outcome.WITH_MFA: 1, Outcome.ALLOWED: 2}


def asked(action: str, arn: str, policies: Policies, policy: Document | Doubt | None, way: Access) -> Outcome:
    return ask(action, target(arn), ME, policies, resource=policy, access=way).outcome


def target(arn: str) -> Target:
    return Target(arn, region=arn.split(":")[3], tags={"keep": "yes"})


@given(worlds(), actions, arns, ways, statements(allows=False))
def test_one_more_deny_never_allows(world: Any, action: str, arn: str, way: Access, deny: Statement) -> None:
    policies, policy = world
    more = replace(policies, own=(*policies.own, Document((deny,))))
    assert RANK[asked(action, arn, more, policy, way)] <= RANK[asked(action, arn, policies, policy, way)]


@given(worlds(), actions, arns, ways, st.data())
def test_an_allow_taken_away_never_allows(world: Any, action: str, arn: str, way: Access, data: Any) -> None:
    policies, policy = world
    every = [(at, one) for at, own in enumerate(policies.own) for one in own.statements if one.allows]
    if not every:
        return
    at, gone = data.draw(st.sampled_from(every))
    left = Document(tuple(one for one in policies.own[at].statements if one is not gone))
    fewer = replace(policies, own=(*policies.own[:at], left, *policies.own[at + 1 :]))
    assert RANK[asked(action, arn, fewer, policy, way)] <= RANK[asked(action, arn, policies, policy, way)]


@given(worlds(), actions, arns, ways, st.sampled_from(("own", "boundary", "controls", "policy")))
@settings(max_examples=300)
def test_a_policy_lost_never_turns_the_answer_around(world: Any, action: str, arn: str, way: Access, what: str) -> None:
    policies, policy = world
    before = asked(action, arn, policies, policy, way)
    lost = Doubt("lost")
    if what == "policy":
        after = asked(action, arn, policies, lost, way)
    else:
        after = asked(action, arn, replace(policies, **{what: lost}), policy, way)
    assert after is before or after is Outcome.DEPENDS


@given(worlds(), actions, arns, ways)
def test_the_order_of_statements_and_policies_is_nothing(world: Any, action: str, arn: str, way: Access) -> None:
    policies, policy = world
    turned = replace(policies, own=tuple(Document(one.statements[::-1]) for one in policies.own[::-1]))
    assert asked(action, arn, turned, policy, way) is asked(action, arn, policies, policy, way)


@given(worlds(), actions, ways)
@settings(max_examples=300)
def test_a_shelf_answers_as_its_targets_do_one_by_one(world: Any, action: str, way: Access) -> None:
    policies, policy = world
    shelf = Shelf(map(target, ARNS))
    court = Court(shelf, held=() if policy is None else [(policy, shelf.whole)], access=way)
    answer = court.judge(action, ME, policies)
    for place, one in enumerate(shelf.targets):
        here = ((place, place + 1),)
        alone = asked(action, one.arn, policies, policy, way)
        may, without = answer.extent.within(here), answer.without_mfa.within(here)
        if not may:
            assert alone is Outcome.DENIED
        elif without.yes:
            assert alone is Outcome.ALLOWED
        elif may.yes and not without:
            assert alone is Outcome.WITH_MFA
        else:
            assert alone is Outcome.DEPENDS


@given(
    st.lists(st.text("ab:/", max_size=12).map("arn:aws:rds:x:1:".__add__), max_size=8),
    st.text("arn:ws*?bdx1/", max_size=14),
)
def test_a_shelf_finds_what_a_pattern_fits(arns: list[str], pattern: str) -> None:
    # `?aws` is what code calls a place that it leaves open; nothing can be told to fit it for certain.
    assume(not any(is_open(one + pattern) for one in ("", ":")))
    for tried in (pattern, f"arn:aws:rds:*:*:{pattern}", f"arn:aws:*:1:{pattern}"):
        shelf = Shelf(map(Target, arns))
        fitting = joined((place, place + 1) for place, arn in enumerate(shelf.arns) if matches(tried, arn))
        assert shelf.find(tried) == Extent(fitting)


spans = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))).map(joined)


@given(spans, spans)
def test_stretches_are_sets(one: Any, other: Any) -> None:
    def members(of: Any) -> set[int]:
        return {place for start, end in of for place in range(start, end)}

    assert members(union(one, other)) == members(one) | members(other)
    assert members(intersection(one, other)) == members(one) & members(other)
    assert members(difference(one, other)) == members(one) - members(other)
    assert size(one) == len(members(one))
