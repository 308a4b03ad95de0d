"""What people wrote, judged with the findings of a run: nothing lost turns a failed record into a passed one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from rules import catalogue
from rules.kit import rule
from scanner.engine import judge, judge_all
from scanner.model.attestation import Attestation, Proof, current
from scanner.model.estate import Estate, Gap
from scanner.model.finding import Finding, Findings
from scanner.model.policy import Clause, Objective, Policy
from scanner.model.reading import Evidence, Known, Reason, Source, Unknown
from scanner.model.records import Records
from scanner.model.rule import Rule
from scanner.model.verdict import Severity, Verdict
from scanner.model.waiver import Ticket, Waiver, by_rule
from scanner.resources.dynamodb import Table

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = AT.date()
ONE, TWO = "111111111111", "222222222222"
SEEN = (Evidence(Source.LIVE, "test", AT),)
LOST = Unknown(Reason.DENIED, "lost from sight", SEEN)
POLICY = Policy(
    "p", "1", {}, {}, {
        "a": Clause("a", "A.", ("attest",), attested_every=timedelta(days=31)),
        "b": Clause("b", "B.", ("attest", "rule")),
        "c": Clause("c", "C.", ("rule",)),
    },
)  # fmt: skip
SHELF = catalogue().rules
BK910, BK911, BK912 = SHELF["BK910"], SHELF["BK911"], SHELF["BK912"]


@rule("BK998", severity=Severity.HIGH, reads=[Table.pitr], enforces=["c"])
def tables_restore(table: Table, demand: Objective) -> Verdict:
    """Tables restore.

    Why.

    Fix: it.
    """
    return Verdict.when(table.pitr, f"it is {table.pitr}")


def arn(name: str, account: str = ONE, region: str = "eu-west-1") -> str:
    return f"arn:aws:dynamodb:{region}:{account}:table/{name}"


def estate(account: str = ONE, gaps: tuple[str, ...] = (), **tables: bool | Unknown) -> Estate:
    found = tuple(
        Table(arn(name, account), name, account, "eu-west-1",
              {"pitr": value if isinstance(value, Unknown) else Known(value, SEEN), "tags": Known({}, SEEN)})
        for name, value in tables.items()
    )  # fmt: skip
    return Estate(
        Source.LIVE, account, "caller", ("eu-west-1", "eu-central-1"), AT, {Table.kind: found},
        {(Table.kind, ""): SEEN[0]}, tuple(Gap(Table.kind, region, LOST) for region in gaps),
    )  # fmt: skip


def waiver(resource: str, rule: str = "BK998", **extra: Any) -> Waiver:
    return replace(Waiver(rule, resource, "reason", "owner", "approver", date(2027, 1, 31)), **extra)


def ticket(resource: str, rule: str = "BK998") -> Ticket:
    return Ticket(rule, resource, "OPS-1", TODAY)


def told(found: Findings, rule: Rule) -> dict[str, tuple[str, str]]:
    return {one.subject.id.partition("/")[2]: (one.outcome.value, one.verdict.because)
            for one in found.findings if one.rule is rule}  # fmt: skip


def judged(where: Estate | Iterable[Estate], records: Records | None, *rules: Rule, at: datetime = AT) -> Findings:
    estates = (where,) if isinstance(where, Estate) else tuple(where)
    found = judge_all(rules or (tables_restore, BK910, BK911, BK912), estates, POLICY, at=at, records=records)
    assert not found.crashes
    return found


# -- waivers -------------------------------------------------------------------------------------------------------


def used(waivers: Waiver, where: Estate | Iterable[Estate], *rules: Rule, **records: Any) -> tuple[str, str]:
    found = told(judged(where, Records((waivers,), **records), *rules), BK911)
    (only,) = found.values()
    return only


def test_a_waiver_is_needed_where_a_failure_is() -> None:
    where = estate(good=True, bad=False, worse=False)
    assert used(waiver("*"), where) == ("passed", "approved by approver, covers 2 failures until 2027-01-31")
    assert used(waiver(arn("bad")), where)[0] == "passed"
    assert used(waiver(arn("good")), where)[0] == "failed"
    assert used(waiver(arn("gone")), where)[0] == "failed"
    assert used(waiver("*", expires=date(2026, 11, 23)), where)[0] == "failed"


def test_what_could_not_be_judged_may_need_it() -> None:
    where = estate(good=True, dark=LOST)
    outcome, because = used(waiver("*"), where)
    assert (outcome, because) == ("unknown", "BK998 could not be judged of dark: lost from sight")
    assert used(waiver(arn("dark")), where)[0] == "unknown"
    assert used(waiver(arn("good")), where)[0] == "failed"


@pytest.mark.parametrize(
    "address", ["aws_dynamodb_table.a", "infra:module.db.aws_db_instance.a[0]", "infra/t.yaml:Orders"]
)
def test_what_names_a_block_of_code_is_needed_where_code_is_judged(address: str) -> None:
    outcome, because = used(waiver(address), estate(gaps=("eu-central-1",), good=True))
    assert (outcome, because.partition(", and ")[2]) == ("exempt", "the code was not judged in this run")


def test_a_list_that_broke_off_may_hold_what_needs_it() -> None:
    where = estate(gaps=("eu-central-1",), good=True)
    assert used(waiver("*:table/g*"), where)[0] == "unknown"
    assert used(waiver(arn("gone", region="eu-central-1")), where)[0] == "unknown"
    assert used(waiver("arn:aws:dynamodb:*:*:table/gone"), where)[0] == "unknown"
    assert used(waiver("arn:aws:dynamodb*:eu-west-1:1:table/gone"), where)[0] == "unknown"
    # What is named outright and was seen, or stands elsewhere, no gap can change.
    assert used(waiver(arn("good")), where)[0] == "failed"
    assert used(waiver(arn("gone*")), where)[0] == "failed"


def test_what_was_not_asked_for_is_no_reason_to_fail() -> None:
    where = estate(good=True)
    assert used(waiver("*", rule="BK401"), where) == (
        "exempt", "covers nothing that was judged here, and rule BK401 was not judged in this run")  # fmt: skip
    places = ((ONE, "eu-west-1"), (ONE, "us-east-1"), (TWO, "eu-west-1"))
    assert "region us-east-1 was not judged" in used(waiver("*"), where, places=places)[1]
    assert "account 222222222222 was not judged" in used(waiver(arn("x", TWO)), where, places=places)[1]
    assert "account 333333333333 was not judged" in used(waiver(arn("x", "333333333333")), where, places=places)[1]
    assert used(waiver(arn("x*")), where, places=places)[0] == "failed"
    assert used(waiver(arn("x", "*")), where, places=places)[0] == "exempt"
    own = ((ONE, "eu-west-1"),)
    assert used(waiver("*"), where, places=own, organization=True)[0] == "exempt"
    both = [where, estate(TWO)]
    assert used(waiver("*"), both, places=own, organization=True)[0] == "failed"


def test_waivers_are_weighed_over_all_accounts_of_a_run_once() -> None:
    both = [estate(ONE, bad=True), estate(TWO, bad=False)]
    found = judged(both, Records((waiver("*:table/bad"),)))
    assert [one.outcome.value for one in found.findings if one.rule is BK911] == ["passed"]
    assert told(found, BK912)["BK998"] == ("passed", "1 open failure: 1 waived, 0 with a ticket")
    assert [one.subject.account for one in found.findings if one.rule in (BK911, BK912)] == [""] * 3
    assert len([one for one in found.findings if one.rule is BK910]) == 2


def test_the_same_waiver_twice_is_two_findings() -> None:
    found = told(judged(estate(bad=False), Records((waiver("*"), waiver("*", expires=date(2026, 1, 1))))), BK911)
    assert sorted(outcome for outcome, _ in found.values()) == ["failed", "passed"]


def test_waivers_are_found_in_the_order_in_which_they_stand() -> None:
    some = (
        waiver("*"),
        waiver(arn("a"), expires=date(2026, 1, 1)),
        waiver(arn("b")),
        waiver("*:table/?"),
        waiver(arn("a")),
    )
    pile = by_rule(some)["BK998"]
    for name in "abc":
        assert pile.about(arn(name)) == [one for one in some if one.concerns("BK998", arn(name))]


def test_each_of_a_thousand_waivers_is_held_against_its_own_failure_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    real = Waiver.concerns

    def concerns(self: Waiver, rule: str, resource: str) -> bool:
        nonlocal asked
        asked += 1
        return real(self, rule, resource)

    monkeypatch.setattr(Waiver, "concerns", concerns)
    names = [f"t{number}" for number in range(1000)]
    failing: dict[str, Any] = dict.fromkeys(names, False)
    found = judged(estate(**failing), Records(tuple(waiver(arn(name)) for name in names)))
    assert {one.outcome.value for one in found.findings if one.rule is BK911} == {"passed"}
    assert asked <= 10 * len(names)


# -- open failures -------------------------------------------------------------------------------------------------


def open_failures(where: Estate, *records: Waiver | Ticket) -> tuple[str, str]:
    waivers = tuple(one for one in records if isinstance(one, Waiver))
    tickets = tuple(one for one in records if isinstance(one, Ticket))
    found = told(judged(where, Records(waivers, tickets), tables_restore, BK912), BK912)
    return found["BK998"]


def test_each_failure_needs_a_ticket_or_a_waiver() -> None:
    where = estate(good=True, bad=False, worse=False)
    assert open_failures(where)[1].startswith("2 open failures have neither: bad, worse")
    assert open_failures(where, waiver(arn("bad")))[1].startswith("1 open failure has neither: worse")
    assert open_failures(where, waiver(arn("bad")), ticket(arn("worse"))) == (
        "passed", "2 open failures: 1 waived, 1 with a ticket")  # fmt: skip
    assert open_failures(where, waiver("*", expires=date(2026, 11, 23)))[0] == "failed"
    assert open_failures(estate(good=True)) == ("passed", "no failure is open")


def test_what_could_not_be_judged_may_be_a_failure_without_either() -> None:
    assert open_failures(estate(good=True, dark=LOST))[0] == "unknown"
    assert open_failures(estate(dark=LOST), ticket("*:table/dark"))[0] == "passed"
    assert open_failures(estate(dark=LOST, bad=False))[0] == "failed"
    assert open_failures(estate(gaps=("eu-central-1",), good=True), ticket("*"))[0] == "unknown"


def test_the_rules_about_records_are_about_none_of_their_own_failures() -> None:
    found = judged(estate(bad=False), Records())
    assert set(told(found, BK912)) == {"BK998", "BK910"}


def test_a_ticket_changes_no_verdict_and_no_state() -> None:
    (one,) = [one for one in judged(estate(bad=False), Records((), (ticket("*"),))).findings if one.rule.id == "BK998"]
    assert one.outcome.value == "failed"
    assert one.ticket is not None
    assert one.waiver is None


# -- attestations --------------------------------------------------------------------------------------------------


def stated(clause: str = "a", on: int = -3, until: int = 20, **extra: Any) -> Attestation:
    first, last = TODAY + timedelta(days=on), TODAY + timedelta(days=until)
    return replace(Attestation(clause, "statement", "Ada", first, last), **extra)


def attested(*some: Attestation, account: str = ONE, at: datetime = AT) -> dict[str, tuple[str, str]]:
    return told(judged(estate(account), Records(attestations=some), BK910, at=at), BK910)


def test_every_clause_that_people_attest_is_judged_and_no_other() -> None:
    found = attested(stated(role="head"))
    assert set(found) == {"a", "b"}
    assert found["a"] == ("passed", "attested by Ada (head) on 2026-11-21, current until 2026-12-14")
    assert found["b"][0] == "failed"


def test_a_finding_bears_on_its_own_clause_only() -> None:
    found = judged(estate(), Records(attestations=(stated(),)), BK910)
    assert {one.clauses for one in found.findings} == {("a",), ("b",)}


def test_the_statement_that_holds_decides() -> None:
    old, new, over, future = stated(on=-20, until=9), stated(on=-2, until=5), stated(on=-1, until=-1), stated(on=3)
    assert attested(old, new, over, future)["a"][1].endswith("until 2026-12-03")
    assert attested(over, future)["a"][1].startswith("attested on 2026-11-23 until 2026-11-23, which is over")
    assert attested(future)["a"][1].startswith("attested on 2026-11-27, which is still to come")
    assert attested(new, stated(on=-1, proof=Proof.ALTERED))["a"][0] == "passed"
    assert attested(stated(proof=Proof.ALTERED))["a"][0] == "failed"
    assert attested(stated(proof=Proof.ABSENT))["a"][0] == "unknown"
    assert attested(stated(proof=Proof.ABSENT, until=30), new)["a"][0] == "passed"


def test_a_statement_may_be_about_one_account() -> None:
    assert attested(stated(accounts=(ONE,)))["a"][0] == "passed"
    assert attested(stated(accounts=(ONE,)), account=TWO)["a"][0] == "failed"


def test_a_past_moment_is_judged_by_what_was_stated_then() -> None:
    then = AT - timedelta(days=10)
    assert attested(stated(), at=then)["a"][0] == "failed"
    assert attested(stated(), stated(on=-12, until=-5), at=then)["a"][0] == "passed"


@pytest.mark.parametrize("seed", range(300))
def test_a_statement_that_is_lost_makes_nothing_better(seed: int) -> None:
    dice = Random(seed)
    some = [
        stated(on=(on := dice.randrange(-60, 10)), until=on + dice.randrange(40), proof=dice.choice(list(Proof)),
               accounts=dice.choice([(), (ONE,), (TWO,)]), where=str(number))
        for number in range(dice.randrange(1, 6))
    ]  # fmt: skip
    before = attested(*some)["a"][0]
    for lost in some:
        after = attested(*(one for one in some if one is not lost))["a"][0]
        assert (before, after) not in {("failed", "passed"), ("unknown", "passed"), ("failed", "unknown")}
    every = timedelta(days=31)
    assert (current(some, ONE, TODAY, every) is not None) == any(one.accounts in ((), (ONE,)) for one in some)


# -- all of it -----------------------------------------------------------------------------------------------------


def test_without_records_nobody_knows() -> None:
    found = judge([tables_restore, BK910, BK911, BK912], estate(bad=False), POLICY, at=AT)
    assert {one.outcome.value for one in found.findings if one.rule.id.startswith("BK91")} == {"unknown"}
    assert all(one.subject.gap for one in found.findings if one.rule.id.startswith("BK91"))


def test_records_belong_to_no_system() -> None:
    from scanner.model.system import Selector, System

    everything = (System("all", "gold", (Selector(name="*"),)),)
    policy = replace(POLICY, tiers={})
    found = judge([BK910], estate(), policy, at=AT, systems=everything, records=Records())
    assert {one.system for one in found.findings} == {""}


@pytest.mark.parametrize("seed", range(200))
def test_losing_sight_or_a_record_turns_nothing_into_its_opposite(seed: int) -> None:
    dice = Random(seed)
    names = [f"t{number}" for number in range(5)]
    tables: dict[str, Any] = {name: dice.random() < 0.5 for name in names}
    patterns = [*map(arn, names), "*", "*:table/t1", "*:table/t[23]", arn("gone"), arn("*", region="eu-central-1")]
    waivers = tuple(waiver(dice.choice(patterns)) for _ in range(dice.randrange(3)))
    tickets = tuple(ticket(dice.choice(patterns)) for _ in range(dice.randrange(3)))
    records = Records(waivers, tickets)
    before = by_subject(judged(estate(**tables), records))
    lost = dice.sample(names, dice.randrange(1, 4))
    blind: dict[str, Any] = {name: LOST if name in lost else value for name, value in tables.items()}
    gaps = ("eu-west-1",) if dice.random() < 0.5 else ()
    if gaps:
        blind = {name: value for name, value in blind.items() if name not in lost}
    settled = {("failed", "passed"), ("passed", "failed")}
    for key, outcome in by_subject(judged(estate(gaps=gaps, **blind), records)).items():
        assert (before.get(key), outcome) not in settled, f"{key} without {lost}"
    fewer = Records(waivers[1:], tickets[:-1])
    for key, outcome in by_subject(judged(estate(**tables), fewer)).items():
        assert (before.get(key), outcome) != ("failed", "passed"), key


def by_subject(found: Findings) -> dict[tuple[str, str], str]:
    return {(one.rule.id, one.subject.id): one.outcome.value for one in found.findings if not _numbered(one)}


def _numbered(one: Finding) -> bool:
    return "#" in one.subject.id
