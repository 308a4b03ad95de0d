"""Our rules as checkov's checks: only what one block settles is offered, and it is judged as the whole code judges it."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import catalogue
from scanner.cli.checkov_checks import FILE, Offer, offers, verdict, write_checks, written
from scanner.cli.choice import Choice
from scanner.cli.code_report import report_on_code
from scanner.cli.gate import read_code
from scanner.cli.gate_options import CodeRequest
from scanner.documents.construct import load_policy
from scanner.iac.block import plain
from scanner.iac.sources import base_of
from scanner.model.unresolved import Unresolved

INFRA = Path(__file__).parent / "infra"


@pytest.fixture(scope="module")
def offered() -> list[Offer]:
    return list(offers())


def wrapped(value: Any) -> Any:
    """Wrap values as checkov does: every attribute in a list of one, what it does not know as text."""
    if isinstance(value, dict):
        return {name: wrapped(one) if isinstance(one, list) and one and isinstance(one[0], dict) else [leaf(one)]
                for name, one in value.items()}  # fmt: skip
    return [wrapped(one) for one in value]


def leaf(value: Any) -> Any:
    if isinstance(value, Unresolved):
        return "var.not_settled"
    return [leaf(one) for one in value] if isinstance(value, list) else value


class TestOffers:
    def test_they_need_nothing_but_the_block(self, offered: list[Offer]) -> None:
        rules = {one.rule.id: one for one in offered}
        assert {"BK106", "BK404", "BK807"} <= set(rules)
        assert not {"BK101", "BK103", "BK201", "BK301", "BK306", "BK513", "BK601"} & set(rules)
        assert rules["BK106"].types == ("aws_dynamodb_table",)
        assert all(one.types and all(name.startswith("aws_") for name in one.types) for one in offered)

    def test_a_rule_that_reads_a_satellite_is_not_offered_for_that_type(self, offered: list[Offer]) -> None:
        # Whether a bucket keeps versions stands in another block, of which a check sees nothing.
        assert not any("aws_s3_bucket" in one.types for one in offered)


class TestVerdict:
    def test_a_block_is_judged_by_the_rule_itself(self) -> None:
        off = {"name": ["t"], "point_in_time_recovery": [{"enabled": [False]}]}
        assert verdict("BK106", "aws_dynamodb_table", "t", off) == (
            "failed",
            "point-in-time recovery is off, policy demands it on",
        )
        on = {"name": ["t"], "point_in_time_recovery": [{"enabled": [True]}]}
        assert verdict("BK106", "aws_dynamodb_table", "t", on)[0] == "passed"
        assert verdict("BK106", "aws_dynamodb_table", "t", {})[0] == "failed"

    @pytest.mark.parametrize("value", ["var.pitr", "${var.a && true}", "local.x", "module.m.on", "data.aws_x.y.z", "aws_db_instance.a.multi_az",
                                       'aws_x.y["k"].on', "each.value.on"])  # fmt: skip
    def test_what_checkov_leaves_as_text_is_unknown(self, value: str) -> None:
        outcome, because = verdict(
            "BK106", "aws_dynamodb_table", "t", {"point_in_time_recovery": [{"enabled": [value]}]}
        )
        assert outcome == "unknown"
        assert value in because

    def test_it_says_of_a_block_alone_nothing_else_than_of_the_whole_code(self, offered: list[Offer]) -> None:
        law = load_policy(None)
        choice = Choice(tuple(one.rule.id for one in offered), (), (), (), None)
        code = CodeRequest(code=(INFRA,), whole_estate=True)
        report = report_on_code(code, None, law, choice.pick(catalogue(), law), choice, None, quiet=True, mend=False)
        whole = {(one.rule.id, one.subject.declaration.address): one.outcome.value
                 for one in report.findings.findings if one.subject.declaration is not None}  # fmt: skip
        seen = 0
        for root in read_code(code, code.code, base_of(code.code), quiet=True):
            for block in root.blocks:
                for one in offered:
                    if block.type in one.types:
                        outcome, _ = verdict(
                            one.rule.id, block.type, block.address.partition(".")[2], wrapped(plain(block.values))
                        )
                        said = whole.get((one.rule.id, block.address))
                        seen += said is not None
                        assert outcome in (said, "unknown") or said in (None, "unknown"), (one.rule.id, block.address)
        assert seen > 10

    @settings(max_examples=60, deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from(("name", "point_in_time_recovery", "deletion_protection_enabled", "enable_key_rotation", "rotation_period_in_days")),
            st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8),
                         lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8),
        )
    )  # fmt: skip
    def test_no_configuration_breaks_it(self, conf: dict[str, Any]) -> None:
        for rule, kind in (("BK106", "aws_dynamodb_table"), ("BK807", "aws_dynamodb_table"), ("BK404", "aws_kms_key")):
            assert verdict(rule, kind, "x", conf)[0] in ("passed", "failed", "unknown", "exempt")


class _Result:
    PASSED, FAILED, UNKNOWN, SKIPPED = "PASSED", "FAILED", "UNKNOWN", "SKIPPED"


class _Categories:
    def __getattr__(self, name: str) -> str:
        return name


class _BaseCheck:
    """As much of checkov's base class as a check meets."""

    def __init__(self, **told: Any) -> None:
        self.name, self.id = told["name"], told["id"]
        self.categories, self.supported_resources = told["categories"], told["supported_resources"]
        self.details: list[str] = []

    def run(self, kind: str, name: str, conf: dict[str, Any]) -> dict[str, Any]:
        self.entity_type, self.entity_path, self.details = kind, f"/main.tf:{kind}.{name}", []
        return {"result": self.scan_resource_conf(conf)}  # type: ignore[attr-defined]


class TestFile:
    @pytest.fixture
    def checkov(self, monkeypatch: pytest.MonkeyPatch) -> None:
        enums, base = types.ModuleType("enums"), types.ModuleType("base")
        enums.CheckResult, enums.CheckCategories = _Result, _Categories()  # type: ignore[attr-defined]
        base.BaseResourceCheck = _BaseCheck  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "checkov.common.models.enums", enums)
        monkeypatch.setitem(sys.modules, "checkov.terraform.checks.resource.base_resource_check", base)
        for name in ("checkov", "checkov.common", "checkov.common.models", "checkov.terraform", "checkov.terraform.checks",
                     "checkov.terraform.checks.resource"):  # fmt: skip
            monkeypatch.setitem(sys.modules, name, types.ModuleType(name))

    def _checks(self) -> dict[str, Any]:
        space: dict[str, Any] = {}
        exec(compile(written(), FILE, "exec"), space)
        return {one.id: one for one in space["checks"]}

    def test_it_holds_every_offer(self, offered: list[Offer], checkov: None) -> None:
        checks = self._checks()
        assert set(checks) == {one.rule.id for one in offered}
        assert checks["BK106"].categories == ["BACKUP_AND_RECOVERY"]
        assert checks["BK404"].categories == ["ENCRYPTION"]
        assert checks["BK106"].supported_resources == ("aws_dynamodb_table",)
        assert written() == written()

    def test_it_is_written_as_checkov_wants_it(self, tmp_path: Path) -> None:
        file = write_checks(tmp_path / "checks")
        assert file.read_text(encoding="utf-8") == written()
        assert sorted(one.name for one in file.parent.iterdir()) == ["__init__.py", FILE]

    def test_it_judges_and_says_why(self, checkov: None, capsys: pytest.CaptureFixture[str]) -> None:
        check = self._checks()["BK106"]
        assert check.run("aws_dynamodb_table", "t", {})["result"] == "FAILED"
        assert check.details == ["point-in-time recovery is off, policy demands it on"]
        assert (
            check.run("aws_dynamodb_table", "t", {"point_in_time_recovery": [{"enabled": [True]}]})["result"]
            == "PASSED"
        )
        assert capsys.readouterr().err == ""
        assert (
            check.run("aws_dynamodb_table", "t", {"point_in_time_recovery": [{"enabled": ["var.x"]}]})["result"]
            == "UNKNOWN"
        )
        assert "BK106 on /main.tf:aws_dynamodb_table.t is unknown: var.x" in capsys.readouterr().err

    def test_without_us_every_check_is_skipped_and_says_so(
        self, checkov: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setitem(sys.modules, "scanner.cli.checkov_checks", None)
        check = self._checks()["BK106"]
        assert "none of its checks is made" in capsys.readouterr().err
        result = check.run("aws_dynamodb_table", "t", {})
        assert result["result"] == "SKIPPED"
        assert "cannot be imported" in result["suppress_comment"]
