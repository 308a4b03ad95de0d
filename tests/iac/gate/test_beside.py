"""Accounts held against code: what is live but in no code, and which settings differ, with both places."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.collect.snapshot import dump
from scanner.model.estate import Estate
from scanner.model.reading import Evidence, Known, Source
from scanner.resources.dynamodb import Table
from tests.iac.gate.desk import PROVIDER, Desk, pitr, table
from tests.iac.gate.test_sources import state

ACCOUNT, REGION = "123456789012", "eu-west-1"
READ = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANSWER = Evidence(Source.LIVE, "dynamodb:DescribeTable in eu-west-1", READ)


def live(*tables: tuple[str, dict[str, Any]], region: str = REGION) -> str:
    found = tuple(
        Table(
            f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}", name, ACCOUNT, region,
            {fact: Known(value, (ANSWER,)) for fact, value in ({"tags": {}} | facts).items()},
        )
        for name, facts in tables
    )  # fmt: skip
    listings = {(Table.kind, region): Evidence(Source.LIVE, "dynamodb:ListTables", READ)}
    return dump(Estate(Source.LIVE, ACCOUNT, "scanner", (region,), READ, {Table.kind: found}, listings))


@pytest.fixture
def beside(desk: Desk) -> Any:
    (desk.path / ".git").mkdir()

    def run(estate: str, *words: str) -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]], str]:
        """Give BK113 by live name, BK114 by address, each with outcome and why; and what was said."""
        desk.file("estate.json", estate)
        said = desk.run(
            "--from", "estate.json", "--iac", "infra", "--rule", "BK113", "--rule", "BK114", "--format", "json", *words
        )
        told: tuple[dict[str, tuple[str, str]], ...] = ({}, {})
        for one in said.report["findings"]:
            place = told[one["rule"] == "BK114"]
            if not one["resource"]["gap"]:
                place[one["resource"]["name"]] = (one["outcome"], one["because"])
        return told[0], told[1], said.err

    return run


def test_what_differs_is_told_with_both_places(desk: Desk, beside: Any) -> None:
    desk.file("infra/main.tf", PROVIDER + table("t", "deletion_protection_enabled = false", pitr("false")))
    declared, differ, _ = beside(live(("t", {"deletion_protected": True, "pitr": False}), ("other", {})))
    assert declared["t"] == ("passed", "aws_dynamodb_table.t (infra/main.tf:5) declares it")
    assert declared["other"][0] == "failed"
    assert differ == {
        "aws_dynamodb_table.t": (
            "failed",
            "deletion_protected is yes, infra/main.tf:8 says no, policy demands that they agree",
        )
    }


def test_what_agrees(desk: Desk, beside: Any) -> None:
    desk.file("infra/main.tf", PROVIDER + table("t", pitr("true")))
    _, differ, _ = beside(live(("t", {"deletion_protected": False, "pitr": True})))
    assert differ["aws_dynamodb_table.t"][0] == "passed"


def test_another_place_is_another_table(desk: Desk, beside: Any) -> None:
    desk.file("infra/main.tf", PROVIDER + table("t"))
    assert beside(live(("t", {}), region="eu-central-1"))[0]["t"][0] == "failed"
    assert beside(live(("t", {})), "--deploy-account", "210987654321")[0]["t"][0] == "failed"
    # Where the code leaves the region open, it may be any.
    desk.file("infra/main.tf", table("t"))
    assert beside(live(("t", {}), region="eu-central-1"))[0]["t"][0] == "passed"


def test_a_name_that_only_aws_gives_is_not_told_apart(desk: Desk, beside: Any) -> None:
    desk.file("infra/main.tf", PROVIDER + 'variable "n" {}\n' + table("t").replace('"t"\n', "var.n\n"))
    outcome, why = beside(live(("t", {})))[0]["t"]
    assert outcome == "unknown"
    assert "state" in why


def test_a_state_tells_the_ids(desk: Desk, beside: Any) -> None:
    desk.file("infra/main.tf", PROVIDER + 'variable "n" {}\n' + table("t").replace('"t"\n', "var.n\n"))
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/bad"
    desk.file("terraform.tfstate", state(arn))
    declared, differ, _ = beside(live(("bad", {"pitr": True})), "--iac", "terraform.tfstate")
    assert declared["bad"][0] == "passed"
    assert differ["aws_dynamodb_table.bad"] == (
        "failed",
        "pitr is yes, terraform.tfstate:1 says no, policy demands that they agree",
    )


def test_a_state_tells_which_block_of_code_it_is(desk: Desk, beside: Any) -> None:
    block = table("bad", pitr("true")).replace('name     = "bad"', "name     = var.n")
    desk.file("infra/main.tf", PROVIDER + 'variable "n" {}\n' + block)
    desk.file("infra/terraform.tfstate", state(f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/bad"))
    declared, differ, _ = beside(live(("bad", {"pitr": True}), ("other", {})), "--iac", "infra/terraform.tfstate")
    assert declared["bad"] == ("passed", "aws_dynamodb_table.bad (infra/main.tf:6) declares it")
    assert declared["other"][0] == "failed"
    assert differ["aws_dynamodb_table.bad"][0] == "passed"


def test_a_replica_is_declared_by_its_table(desk: Desk, beside: Any) -> None:
    desk.file("infra/main.tf", PROVIDER + table("t", 'replica { region_name = "eu-central-1" }'))
    ours, far = live(("t", {})), live(("t", {}), ("other", {}), region="eu-central-1")
    whole, other = json.loads(ours), json.loads(far)
    whole["resources"][Table.kind] += other["resources"][Table.kind]
    declared, _, _ = beside(json.dumps(whole))
    assert declared["t"][0] == "passed"
    assert declared["other"][0] == "failed"


def test_where_the_region_is_open_a_difference_may_be_of_another(desk: Desk, beside: Any) -> None:
    desk.file("infra/main.tf", table("t", pitr("true")))
    whole = json.loads(live(("t", {"pitr": False})))
    whole["resources"][Table.kind] += json.loads(live(("t", {"pitr": True}), region="eu-central-1"))["resources"][
        Table.kind
    ]
    outcome, why = beside(json.dumps(whole))[1]["aws_dynamodb_table.t"]
    assert outcome in ("unknown", "passed")
    assert outcome == "passed" or "--deploy-region" in why


def test_what_the_code_leaves_open_is_not_the_same(desk: Desk, beside: Any) -> None:
    desk.file("infra/main.tf", PROVIDER + 'variable "p" {}\n' + table("t", "deletion_protection_enabled = var.p"))
    outcome, why = beside(live(("t", {"deletion_protected": True})))[1]["aws_dynamodb_table.t"]
    assert outcome == "unknown"
    assert "var.p" in why


def test_what_is_not_set_is_told_as_such(desk: Desk, beside: Any) -> None:
    desk.file("infra/main.tf", PROVIDER + table("t"))
    why = beside(live(("t", {"deletion_protected": True})))[1]["aws_dynamodb_table.t"][1]
    assert why.startswith("deletion_protected is yes, infra/main.tf:5 (where it is not set) says no")


def test_a_logical_id_that_is_the_name_too(desk: Desk, beside: Any) -> None:
    properties = "{TableName: t, DeletionProtectionEnabled: true, KeySchema: []}"
    desk.file("infra/t.yaml", f"Resources:\n  t:\n    Type: AWS::DynamoDB::Table\n    Properties: {properties}\n")
    declared, _, _ = beside(live(("t", {}), ("other", {})))
    assert (declared["t"][0], declared["other"][0]) == ("passed", "failed")


def test_what_cannot_be_read_may_declare_it(desk: Desk, beside: Any) -> None:
    desk.file("infra/main.tf", PROVIDER + table("t") + 'module "m" {\n  source = "example/m/aws"\n}\n')
    declared, _, said = beside(live(("t", {}), ("other", {})))
    assert (declared["t"][0], declared["other"][0]) == ("passed", "unknown")
    assert "infra/main.tf:9: module.m is not on disk" in said


@pytest.mark.parametrize(
    "words", [["--base", "main"], ["--baseline", "x.json"], ["--fix"], ["--diff"], ["--with-checkov"], ["--checkov-results", "x"]]
)  # fmt: skip
def test_what_is_for_code_alone(desk: Desk, words: list[str]) -> None:
    desk.file("estate.json", live(("t", {})))
    desk.file("infra/main.tf", PROVIDER)
    said = desk.run("--from", "estate.json", "--iac", "infra", *words)
    assert said.code == 2
    assert f"{words[0]}: for code alone" in said.err
