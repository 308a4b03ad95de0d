"""Their checks and our verdicts meet by rule, address and file; what differs comes first, and silence is no agreement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reports import second_opinion
from reports.report import Report
from rules import catalogue
from scanner.iac.second_opinion.opinions import Stand, compare
from scanner.iac.second_opinion.results import Results, Row, load
from scanner.iac.second_opinion.table import BY_ID, CHECKS
from scanner.model.declaration import Declaration
from scanner.model.finding import Finding, Subject
from scanner.model.reading import Evidence, Known, Source, Spot
from scanner.model.verdict import Outcome, Verdict
from scanner.model.waiver import Waiver
from scanner.resources.dynamodb import Table
from tests.iac.second_opinion.test_results import FILE
from tests.reports.code_sample import code_sample

RULES = catalogue().rules


def finding(outcome: Outcome, address: str = "aws_dynamodb_table.t", rule: str = "BK106", spot: Spot | None = None,
            reads: tuple[Spot, ...] = ()) -> Finding:  # fmt: skip
    place = spot or Spot("infra/main.tf", 3, 1, 9, 2)
    root = place.file.rpartition("/")[0] or "."
    block = Declaration(address, root, "aws_dynamodb_table", Source.TERRAFORM, place)
    subject = Subject(Table.kind, f"arn:{address}", address, "?a", "?r", declaration=block)
    made = Finding(RULES[rule], subject, Verdict(outcome, "as it is", "as it should be"))
    if reads:
        evidence = tuple(Evidence(Source.TERRAFORM, one.said, spot=one) for one in reads)
        table = Table(subject.id, address, "?a", "?r", {}, block)
        return replace(made, reads=((table, Table.pitr, Known(value=True, evidence=evidence)),))
    return made


def row(result: str, check: str = "CKV_AWS_28", resource: str = "aws_dynamodb_table.t", file: str = "main.tf",
        lines: tuple[int, int] = (3, 9), framework: str = "terraform") -> Row:  # fmt: skip
    return Row(check, "name", result, framework, resource, (file, f"repo/infra/{file}"), *lines)


@pytest.mark.parametrize(
    ("theirs", "ours", "stand"),
    [
        ("passed", Outcome.PASSED, Stand.AGREE), ("failed", Outcome.FAILED, Stand.AGREE),
        ("passed", Outcome.FAILED, Stand.THEY_PASS), ("failed", Outcome.PASSED, Stand.WE_PASS),
        ("passed", Outcome.UNKNOWN, Stand.OPEN), ("failed", Outcome.UNKNOWN, Stand.OPEN),
        ("passed", Outcome.EXEMPT, Stand.AGREE), ("failed", Outcome.EXEMPT, Stand.NOT_DEMANDED),
        ("skipped", Outcome.FAILED, Stand.SKIPPED), ("skipped", Outcome.UNKNOWN, Stand.SKIPPED),
        ("skipped", Outcome.PASSED, Stand.AGREE), ("skipped", Outcome.EXEMPT, Stand.AGREE),
    ],
)  # fmt: skip
def test_every_pair_has_its_stand(theirs: str, ours: Outcome, stand: Stand) -> None:
    (one,) = compare([finding(ours)], Results((row(theirs),), "3", "x")).opinions
    assert one.stand is stand
    assert (one.rule, one.check, one.theirs, one.ours) == ("BK106", "CKV_AWS_28", theirs, ours.value)
    assert one.tests == BY_ID["CKV_AWS_28"].tests


def test_a_waiver_is_told_and_changes_no_stand() -> None:
    waived = replace(finding(Outcome.FAILED), waiver=Waiver("BK106", "*", "r", "o", "a", date(2030, 1, 1)))
    (one,) = compare([waived], Results((row("passed"),))).opinions
    assert (one.stand, one.ours) == (Stand.THEY_PASS, "waived")


def test_disagreements_come_first() -> None:
    findings = [finding(outcome, f"aws_dynamodb_table.{outcome}") for outcome in Outcome]
    rows = tuple(
        row(result, resource=f"aws_dynamodb_table.{outcome}") for outcome in Outcome for result in ("passed", "failed")
    )
    opinion = compare(findings, Results(rows))
    stands = [one.stand for one in opinion.opinions]
    assert stands == sorted(stands)
    assert opinion.opinions[: len(opinion.disagreements)] == opinion.disagreements
    assert {one.stand for one in opinion.disagreements} == {
        Stand.THEY_PASS,
        Stand.WE_PASS,
        Stand.OPEN,
        Stand.NOT_DEMANDED,
    }


def test_what_only_one_side_speaks_of_is_told_as_such() -> None:
    opinion = compare(
        [finding(Outcome.FAILED, "aws_dynamodb_table.ours")],
        Results((row("failed", resource="aws_dynamodb_table.theirs"),)),
    )
    assert {(one.stand, one.address) for one in opinion.opinions} == {
        (Stand.ONLY_THEIRS, "aws_dynamodb_table.theirs"), (Stand.ONLY_OURS, "aws_dynamodb_table.ours"),
    }  # fmt: skip
    assert not opinion.disagreements


def test_without_an_answer_nothing_is_said_to_be_only_ours() -> None:
    opinion = compare([finding(Outcome.FAILED)], Results(trouble="checkov ended with exit code 2"))
    assert opinion.opinions == ()
    assert opinion.trouble
    text = "\n".join(second_opinion.lines(opinion))
    assert "no whole answer: checkov ended with exit code 2; nothing of it counts as passed" in text


def test_silence_is_said() -> None:
    assert "names no check on any resource" in compare([], Results()).notes[-1]
    stranger = compare([], Results((row("passed", check="CKV_AWS_999"),)))
    assert stranger.opinions == ()
    assert stranger.notes == ("1 of 1 results are of checks that bear on no rule of ours",)


def test_a_templates_resource_is_met_by_its_logical_id() -> None:
    ours = finding(Outcome.FAILED, "Orders", spot=Spot("stack.yaml", 3))
    (one,) = compare(
        [ours], Results((row("passed", resource="AWS::DynamoDB::Table.Orders", file="stack.yaml"),))
    ).opinions
    assert one.stand is Stand.THEY_PASS


def test_of_the_same_address_in_two_roots_the_one_of_its_file_is_meant() -> None:
    one = finding(Outcome.FAILED, spot=Spot("one/main.tf", 3, 1, 9, 2))
    other = finding(Outcome.PASSED, spot=Spot("other/main.tf", 3, 1, 9, 2))
    there = Row("CKV_AWS_28", "n", "passed", "terraform", "aws_dynamodb_table.t", ("other/main.tf",), 3, 9)
    found = compare([one, other], Results((there,))).opinions
    assert [(each.stand, each.spot and each.spot.file) for each in found] == [
        (Stand.ONLY_OURS, "one/main.tf"), (Stand.AGREE, "other/main.tf"),
    ]  # fmt: skip


def test_a_satellite_is_met_by_what_our_verdict_rests_on() -> None:
    ours = finding(Outcome.FAILED, "aws_s3_bucket.b", "BK516", reads=(Spot("infra/main.tf", 22),))
    block = row("passed", "CKV_AWS_53", "aws_s3_bucket_public_access_block.b", lines=(20, 26))
    (one,) = compare([ours], Results((block,))).opinions
    assert (one.stand, one.address) == (Stand.THEY_PASS, "aws_s3_bucket.b")
    elsewhere = replace(block, files=("elsewhere.tf",))
    assert {each.stand for each in compare([ours], Results((elsewhere,))).opinions} == {
        Stand.ONLY_THEIRS,
        Stand.ONLY_OURS,
    }


class TestTable:
    def test_every_rule_exists_and_every_check_is_named_once(self) -> None:
        assert len(BY_ID) == len(CHECKS) > 80
        for one in CHECKS:
            assert one.rules
            assert set(one.rules) <= set(RULES), one
            assert one.tests[0].islower()
            assert not one.tests.endswith(".")

    def test_rules_that_no_code_answers_are_not_mapped(self) -> None:
        live = {"BK301", "BK302", "BK303", "BK601", "BK901"}
        assert not {rule for one in CHECKS for rule in one.rules} & live


@pytest.fixture(scope="module")
def judged() -> Report:
    from scanner.cli.choice import Choice
    from scanner.cli.code_report import report_on_code
    from scanner.cli.gate_options import CodeRequest
    from scanner.documents.construct import load_policy

    law, choice = load_policy(None), Choice(("BK104", "BK106", "BK404", "BK405"), (), (), (), None)
    code = CodeRequest(code=(Path(__file__).parent / "infra",), whole_estate=True)
    return report_on_code(code, None, law, choice.pick(catalogue(), law), choice, None, quiet=True, mend=False)


class TestReal:
    """What checkov 3.3 really wrote about the code beside this file."""

    def test_the_known_false_pass_is_a_disagreement(self, judged: Report) -> None:
        opinion = compare(judged.findings.findings, load(FILE))
        told = {(one.check, one.rule, one.address): one for one in opinion.opinions}
        off = told["CKV_AWS_133", "BK104", "aws_db_instance.off"]
        assert (off.stand, off.theirs, off.ours) == (Stand.THEY_PASS, "passed", "failed")
        assert off.spot is not None
        assert off.spot.said.endswith("main.tf:9")
        assert told["CKV_AWS_133", "BK104", "aws_db_instance.short"].stand is Stand.AGREE
        for address in ("aws_dynamodb_table.orders", "Orders", 'aws_dynamodb_table.kept["a"]'):
            assert told["CKV_AWS_28", "BK106", address].stand is Stand.AGREE
        assert opinion.opinions[0].stand is Stand.THEY_PASS


class TestShown:
    def test_markdown_holds_no_ones_markup(self) -> None:
        report = code_sample()
        nasty = next(one for one in report.failures if "script" in one.subject.name)
        assert nasty.subject.declaration is not None
        hostile = replace(
            row("passed", resource=nasty.subject.declaration.address), comment="<b>|x|</b>\x1b[31m\n::error::"
        )
        bad = replace(nasty, rule=RULES["BK106"])
        opinion = compare([bad], Results((hostile,), "3.3", "a|b`c\n"))
        assert opinion.disagreements
        lines = second_opinion.markdown(opinion, report)
        text = "\n".join(lines)
        assert "<b>" not in text
        assert "\x1b" not in text
        assert all("\n" not in line for line in lines)
        for line in second_opinion.lines(opinion):
            assert line.isprintable()
            assert not line.startswith("::")

    def test_html_and_markdown_reports_hold_the_section(self) -> None:
        from reports import comment, html, markdown, step_summary

        report = code_sample()
        opinion = compare([finding(Outcome.FAILED)], Results((row("passed"),), "3.3.30", "results.json", ("a note",)))
        told = replace(report, second_opinion=opinion)
        for page in (html, markdown, step_summary):
            text = page.render(told).replace("\\", "")
            assert "Second opinion: checkov 3.3.30" in text
            assert "CKV_AWS_28" in text
            assert "note" in text
        assert "Second opinion of checkov: 1 disagreements" in comment.render(told)
        assert "Second opinion" not in markdown.render(report)
