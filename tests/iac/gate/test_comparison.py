"""Comparing: what is worse, what is nearer to what is demanded, and which root is which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import catalogue
from scanner.iac.block import Code
from scanner.iac.comparison import ADDED, UNCHANGED, WORSENED, Sight, compare, counts, moved_roots
from scanner.model.declaration import Declaration
from scanner.model.finding import Finding, Subject
from scanner.model.reading import Reason, Source
from scanner.model.verdict import Outcome, Verdict

RULE = catalogue().rules["BK201"]


def finding(
    observed: str = "kept 7 days", demanded: str = "30 days", outcome: Outcome = Outcome.FAILED, address: str = "a.b",
    root: str = ".", reason: Reason | None = None,
) -> Finding:  # fmt: skip
    block = Declaration(address, root, "a", Source.TERRAFORM)
    subject = Subject("aws.rds.instance", address, address, "?a", "?r", declaration=block)
    return Finding(RULE, subject, Verdict(outcome, observed, demanded), reason=reason)


def change(old: Finding | None, new: Finding) -> str:
    return compare([] if old is None else [old], [new]).changes.get(new.fingerprint, "")


@pytest.mark.parametrize(
    ("was", "now", "demanded", "came"),
    [
        ("kept 7 days", "kept 7 days", "30 days", UNCHANGED),
        ("kept 7 days", "kept 14 days", "30 days", UNCHANGED),
        ("kept 7 days", "kept 6 days", "30 days", WORSENED),
        ("kept 7 days", "kept 40 days", "30 days", WORSENED),  # as far, on the other side
        ("kept 7 days", "kept 100 hours", "30 days", WORSENED),
        ("kept 7 days", "kept 23 hours", "30 days", WORSENED),
        ("every 12 hours", "every 2 hours", "every 1 hour", UNCHANGED),
        ("kept 7 days", "it is off", "30 days", WORSENED),
        ("opens at 03:00", "opens at 04:00", "02:00 UTC", WORSENED),
        ("subnets a, b", "subnets a", "none", UNCHANGED),
        ("subnets a", "subnets a, b", "none", WORSENED),
        ("subnets a", "subnets b", "none", WORSENED),
        ("x (infra/main.tf:9)", "x (infra/main.tf:12)", "30 days", UNCHANGED),
        ("x (infra/main.tf:9)", "x (infra/other.tf:9)", "30 days", WORSENED),
    ],
)
def test_what_is_worse(was: str, now: str, demanded: str, came: str) -> None:
    assert change(finding(was, demanded), finding(now, demanded)) == came


@pytest.mark.parametrize(
    ("was", "now", "came"),
    [
        (None, Outcome.FAILED, ADDED),
        (None, Outcome.UNKNOWN, ADDED),
        (Outcome.PASSED, Outcome.FAILED, ADDED),
        (Outcome.EXEMPT, Outcome.FAILED, ADDED),
        (Outcome.UNKNOWN, Outcome.FAILED, ADDED),
        (Outcome.PASSED, Outcome.UNKNOWN, WORSENED),
        (Outcome.FAILED, Outcome.UNKNOWN, WORSENED),
        (Outcome.EXEMPT, Outcome.UNKNOWN, ADDED),
        (Outcome.UNKNOWN, Outcome.UNKNOWN, UNCHANGED),
        (Outcome.FAILED, Outcome.PASSED, ""),
    ],
)
def test_outcomes(was: Outcome | None, now: Outcome, came: str) -> None:
    assert change(None if was is None else finding(outcome=was), finding(outcome=now)) == came


@given(st.sampled_from(Outcome), st.sampled_from([None, *Outcome]), st.sampled_from([None, *Reason]))
def test_nothing_that_fails_is_forgiven_without_a_failure_before(
    now: Outcome, was: Outcome | None, reason: Reason | None
) -> None:
    came = change(None if was is None else finding(outcome=was), finding(outcome=now, reason=reason))
    if now is Outcome.FAILED and was is not Outcome.FAILED:
        assert counts(came, None)
    if now is Outcome.UNKNOWN and was in (Outcome.PASSED, Outcome.FAILED):
        assert counts(came, reason)


def test_one_more_of_the_same_is_added() -> None:
    some = [finding(), finding()]
    assert compare(some[:1], some).changes == {some[0].fingerprint: ADDED}
    assert compare(some, some).changes == {some[0].fingerprint: UNCHANGED}
    assert len(compare(some, some[:1]).mended) == 1


def test_what_was_not_looked_at_is_not_mended() -> None:
    old = [finding()]
    sight = Sight({"BK201"}, {"."})
    assert compare(old, [], sight).mended == (old[0],)
    assert compare(old, [], Sight({"BK202"}, {"."})).mended == ()
    assert compare(old, [], Sight({"BK201"}, {"other"})).mended == ()
    assert compare(old, [], Sight({"BK201"}, {"."}, {"."})).mended == ()
    # What is there and passes was mended, whatever else of its root could not be read.
    assert compare(old, [finding(outcome=Outcome.PASSED)], Sight({"BK201"}, {"."}, {"."})).mended == (old[0],)
    assert compare(old, [], sight, unasked=[finding(outcome=Outcome.UNKNOWN)]).mended == ()


def test_a_move_back_and_forth_ends() -> None:
    moves = {(".", "a.c"): "a.b", (".", "a.b"): "a.c"}
    assert compare([finding(address="a.b")], [finding(address="a.c")], None, moves).changes == {
        finding(address="a.c").fingerprint: UNCHANGED
    }


@pytest.mark.parametrize(
    ("was", "now", "came"),
    [
        ("a.b", "a.b[0]", UNCHANGED),
        ("a.b[0]", "a.b", UNCHANGED),
        ("module.m.a.b", "module.m[0].a.b", UNCHANGED),
        ("module.m[0].a.b", "module.m.a.b[0]", UNCHANGED),
        ("a.b", "a.b[1]", ADDED),
        ("a.b", 'a.b["0"]', ADDED),
        ('a.b["c"]', 'a.b["c[0]"]', ADDED),
        ('module.m["\\"[0]"].a.b', 'module.m["\\"[0]"].a.b[0]', UNCHANGED),
    ],
)
def test_what_terraform_moves_by_itself_when_count_comes_or_goes(was: str, now: str, came: str) -> None:
    assert change(finding(address=was), finding(address=now)) == came
    assert len(compare([finding(address=was)], [finding(address=now)]).mended) == (came == ADDED)


def test_a_move_that_is_written_comes_before_that_which_is_not() -> None:
    some = [finding(address="a.b[0]"), finding(address="a.b[1]")]
    came = compare([finding(address="a.b")], some, None, {(".", "a.b[1]"): "a.b"}).changes
    assert [came[one.fingerprint] for one in some] == [ADDED, UNCHANGED]


@pytest.mark.parametrize(
    ("was", "now", "came"),
    [
        (Reason.OPEN, Reason.UNRESOLVED, ADDED),
        (Reason.UNRESOLVED, Reason.OPEN, UNCHANGED),
        (Reason.OPEN, Reason.OPEN, UNCHANGED),
        (None, Reason.UNRESOLVED, UNCHANGED),  # a baseline keeps no reasons
    ],
)
def test_what_was_open_and_is_hidden_now_counts(was: Reason | None, now: Reason, came: str) -> None:
    old, new = finding(outcome=Outcome.UNKNOWN, reason=was), finding(outcome=Outcome.UNKNOWN, reason=now)
    assert change(old, new) == came


def code(root: str, *files: str) -> Code:
    return Code(root, Source.TERRAFORM, "hcl", files=list(files))


def test_roots_that_were_renamed() -> None:
    before = [code("a", "a/1.tf", "a/2.tf"), code("b", "b/1.tf")]
    after = [code("c", "c/1.tf", "c/2.tf"), code("b", "b/1.tf")]
    assert moved_roots(before, after, {"c/1.tf": "a/1.tf", "c/2.tf": "a/2.tf"}) == {"a": "c"}
    assert moved_roots(before, after, {}) == {}
    # A root that is still there was copied, not renamed.
    assert moved_roots(before, [*after, code("a", "a/1.tf")], {"c/1.tf": "a/1.tf"}) == {}
    assert moved_roots(before, after, {"c/1.tf": "b/1.tf"}) == {}
