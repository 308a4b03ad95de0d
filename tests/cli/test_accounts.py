"""Several accounts in one run: one report, each account judged for itself, and what could not be entered is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from scanner.cli.main import main
from scanner.emulation import Emulator

HOME, OTHER, THIRD = "111111111111", "222222222222", "333333333333"
REGION = "eu-west-1"


def inside(emulator: Emulator, account: str) -> boto3.Session:
    """Enter an account of the emulation as its role."""
    keys = emulator.client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/any", RoleSessionName="seed")
    credentials = keys["Credentials"]
    return boto3.Session(
        credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"], region_name=REGION
    )


def table(session: Any, name: str, endpoint: str) -> None:
    session.client("dynamodb", endpoint_url=endpoint).create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    with Emulator(account=HOME) as emulator:
        table(emulator.session(REGION), "orders", emulator.endpoint)
        table(inside(emulator, OTHER), "orders", emulator.endpoint)
        table(inside(emulator, OTHER), "extra", emulator.endpoint)
        yield emulator


def configure(emulator: Emulator, more: str = "") -> None:
    Path("backup-scan.yaml").write_text(
        f"""\
schema: backup-scan/config/1
accounts:
  prod: {{id: "{HOME}", regions: [{REGION}], endpoint: "{emulator.endpoint}"}}
  staging:
    id: "{OTHER}"
    regions: [{REGION}]
    role: "arn:aws:iam::{OTHER}:role/backup-scan"
    endpoint: "{emulator.endpoint}"
{more}""",
        encoding="utf-8",
    )


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["--rule", "BK106", "--quiet", *arguments])


def test_two_accounts_make_one_report(aws: Emulator) -> None:
    configure(aws)
    result = run("--account", "prod", "--account", "staging", "--output", "out")
    assert result.exit_code == 1, result.output
    findings = json.loads(Path("out/findings.json").read_text(encoding="utf-8"))
    assert [(one["id"], one["name"]) for one in findings["run"]["accounts"]] == [(HOME, "prod"), (OTHER, "staging")]
    assert {(one["resource"]["account"], one["resource"]["name"]) for one in findings["findings"]} == {
        (HOME, "orders"), (OTHER, "orders"), (OTHER, "extra")
    }  # fmt: skip
    # Names that are the same are told apart in every format.
    page, text = (Path(f"out/{name}").read_text(encoding="utf-8") for name in ("report.html", "report.md"))
    assert "staging" in page
    assert f"orders ({'staging'}, {REGION})" in text
    kept = sorted(file.name for file in Path("out").glob("estate*.json"))
    assert kept == [f"estate-{HOME}.json", f"estate-{OTHER}.json"]
    again = run(*(part for name in kept for part in ("--from", f"out/{name}")), "--format", "json")
    assert json.loads(again.output)["findings"] == findings["findings"]


def test_all_means_every_account_of_the_configuration(aws: Emulator) -> None:
    configure(aws)
    found = json.loads(run("--account", "all", "--format", "json").output)
    assert len(found["run"]["accounts"]) == 2
    assert len(found["findings"]) == 3


def test_an_account_that_cannot_be_entered_is_unknown_and_costs_the_others_nothing(aws: Emulator) -> None:
    configure(aws, f'  locked: {{id: "{THIRD}", regions: [{REGION}], endpoint: "http://127.0.0.1:1"}}\n')
    result = run("--account", "all", "--format", "json")
    assert "account locked" in result.stderr
    found = json.loads(result.stdout)
    unknown = [one for one in found["findings"] if one["outcome"] == "unknown"]
    assert [(one["resource"]["account"], one["resource"]["gap"]) for one in unknown] == [(THIRD, True)]
    assert "the account could not be entered" in unknown[0]["because"]
    assert sum(one["outcome"] == "failed" for one in found["findings"]) == 3
    # Nobody else to enter: nothing was checked.
    assert run("--account", "locked").exit_code == 3


def test_the_wrong_account_behind_a_role_is_never_judged(aws: Emulator) -> None:
    configure(aws, f'  swapped: {{id: "{THIRD}", regions: [{REGION}], endpoint: "{aws.endpoint}"}}\n')
    result = run("--account", "prod", "--account", "swapped", "--format", "json")
    assert "the credentials belong to 111111111111" in result.stderr
    assert {one["resource"]["account"] for one in json.loads(result.stdout)["findings"]} == {HOME, THIRD}


@pytest.fixture
def organisation(aws: Emulator) -> str:
    client = aws.client("organizations")
    client.create_organization(FeatureSet="ALL")
    member = client.create_account(AccountName="data", Email="data@example.org")["CreateAccountStatus"]["AccountId"]
    table(inside(aws, member), "ledger", aws.endpoint)
    return str(member)


ORGANISATION = "organization: {{listed_by: prod, role: backup-scan, regions: [eu-west-1]{more}}}\n"


def test_the_members_of_an_organisation_are_scanned_by_their_roles(aws: Emulator, organisation: str) -> None:
    configure(aws, ORGANISATION.format(more=""))
    found = json.loads(run("--account", "all", "--format", "json").output)
    accounts = {one["id"]: one for one in found["run"]["accounts"]}
    assert set(accounts) == {HOME, OTHER, organisation}
    assert ":assumed-role/backup-scan" in accounts[organisation]["caller"]
    assert "ledger" in {one["resource"]["name"] for one in found["findings"]}


def test_members_that_are_left_out_are_named(aws: Emulator, organisation: str) -> None:
    configure(aws, ORGANISATION.format(more=f', exclude: ["{organisation}"]'))
    found = json.loads(run("--account", "all", "--format", "json").output)
    assert found["run"]["left_out"] == [f"account {organisation} (data): excluded by the configuration"]
    assert "not scanned: " in CliRunner().invoke(main, ["--rule", "BK106", "--account", "all"]).output


def test_an_organisation_that_cannot_be_listed_is_refused(aws: Emulator, organisation: str) -> None:
    configure(aws, ORGANISATION.format(more=""))
    aws.interference.deny("organizations:ListAccounts")
    result = run("--account", "all")
    assert result.exit_code == 3
    assert "the members of the organisation could not be listed" in result.output


def test_what_does_not_go_together_is_refused(aws: Emulator) -> None:
    configure(aws)
    assert "scanned by itself" in run("--account", "prod", "--account", "demo").output
    run("--account", "prod", "--output", "one")
    twice = run("--from", "one/estate.json", "--from", "one/estate.json")
    assert f"several estates of account {HOME}" in twice.output
    assert "has region 'eu-north-1'" in run("--account", "all", "--region", "eu-north-1").output


def test_credentials_never_reach_a_report(aws: Emulator) -> None:
    configure(aws)
    run("--account", "all", "--output", "out")
    written = "".join(file.read_text(encoding="utf-8") for file in Path("out").iterdir())
    assert "ASIA" not in written
    assert "aws_secret" not in written.lower()


def test_what_is_declared_is_no_accounts_and_gaps_name_theirs(aws: Emulator) -> None:
    configure(aws, f'  locked: {{id: "{THIRD}", regions: [{REGION}], endpoint: "http://127.0.0.1:1"}}\n')
    CliRunner().invoke(main, ["--quiet", "--rule", "BK102", "--rule", "BK106", "--account", "all", "--output", "out"])
    text = Path("out/report.md").read_text(encoding="utf-8")
    assert f"| prod | {HOME} | 1 | 0 | 0 | 0 | 0 |" in text
    assert "| no account | declared | " in text
    assert f"| locked, {'all regions'} |" in text or f"| locked, {REGION} |" in text
    assert "**Only rule BK102 BK106**" in text
    assert "what the configuration and its records declare" in Path("out/report.html").read_text(encoding="utf-8")
