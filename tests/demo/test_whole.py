"""The main job, whole: the demo account is collected, kept, judged and reported, and comes out the same again."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from jsonschema import Draft202012Validator

from reports import findings_json
from reports.catalogue import matrix_rows
from reports.report import Report
from rules import catalogue
from scanner.cli.formats import FORMATS, render
from scanner.collect.snapshot import dump, load
from scanner.documents.schema import schema_text
from scanner.model.estate import Estate
from scanner.resources import kinds
from tests.demo.conftest import Demo

pytestmark = pytest.mark.xdist_group("demo")
#: Amazon keeps the backups of every cluster for a day at least, so none can be without (BK105).
NEVER_FAILS = {"BK105"}
#: A probe connects to endpoints, which a scan does only when it is told to (BK520): tests/probe does. No account has
#: code (BK118): tests/iac judges it.
ON_REQUEST = {"BK520", "BK118"}
#: There is one root user, one alert drill and one access drill; those of the clean account keep the promise (test_clean).
ONE_ALONE = {"BK601", "BK908", "BK909"}


def report(demo: Demo, estate: Estate | None = None) -> Report:
    taken = estate or demo.estate
    titles = {name: kind.title for name, kind in kinds().items()}
    return Report("backup-scan", "0", (taken,), demo.policy, catalogue().rules, demo.judge(taken), titles)


def test_every_rule_finds_something_kept_and_something_broken(demo: Demo) -> None:
    outcomes: dict[str, set[str]] = defaultdict(set)
    for one in demo.findings.findings:
        outcomes[one.rule.id].add(one.outcome.value)
    assert not demo.findings.crashes
    for rule in set(catalogue().rules) - ON_REQUEST:
        wanted = {"passed"} if rule in NEVER_FAILS else {"failed"} if rule in ONE_ALONE else {"passed", "failed"}
        assert wanted <= outcomes[rule], f"{rule}: {outcomes[rule]}"


def test_every_clause_and_every_control_has_a_verdict(demo: Demo) -> None:
    told = report(demo)
    verdicts = {clause.id: tally for clause, tally, _ in told.by_clause}
    assert [name for name, tally in verdicts.items() if tally.total == tally.exempt] == []
    for row in matrix_rows(demo.policy, catalogue(), verdicts):
        assert row["clauses"], f"{row['control']} is mapped to no clause"


def test_the_kept_estate_keeps_its_schema_and_is_judged_to_the_same_bytes(demo: Demo) -> None:
    text = dump(demo.estate)
    Draft202012Validator(json.loads(schema_text("estate"))).validate(json.loads(text))
    again = load(text, kinds())
    assert dump(again) == text
    assert findings_json.render(report(demo, again)) == findings_json.render(report(demo))


def test_findings_keep_their_schema(demo: Demo) -> None:
    Draft202012Validator(json.loads(schema_text("findings"))).validate(json.loads(findings_json.render(report(demo))))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_the_whole_account(demo: Demo, name: str) -> None:
    text = render(name, report(demo))
    assert len(text) > 10_000


def test_an_estate_knows_nothing_of_what_it_did_not_collect(demo: Demo) -> None:
    from scanner.plan import plan
    from tests.demo.replay import Replay

    few = [catalogue().rules["BK106"]]
    estate = demo.collect(Replay(demo.recording.answers), plan(few))
    found = demo.judge(estate)
    settled = {one.rule.id for one in found.findings if one.outcome.value in ("passed", "failed")}
    assert "BK106" in settled
    assert "BK201" not in settled
    assert any(one.rule.id == "BK201" and one.outcome.value == "unknown" for one in found.findings)


def test_gone_sources_and_whole_tiers_are_judged(demo: Demo) -> None:
    tiers = {one.tier for one in demo.findings.findings}
    assert set(demo.policy.tiers) <= tiers
