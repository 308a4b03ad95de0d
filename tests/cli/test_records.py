"""`attest`, `waive` and `review`: what they write, what they refuse, and what they leave as it was."""

from __future__ import annotations

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scanner.cli.main import main
from scanner.cli.writing import add
from scanner.collect.snapshot import dump
from scanner.documents.yaml_file import load_yaml
from scanner.model.estate import Estate, Gap
from scanner.model.reading import Evidence, Known, Reason, Source, Unknown
from scanner.resources.dynamodb import Table

NOW = datetime.now(UTC)
TODAY = NOW.date()
ACCOUNT = "111111111111"
CONFIG = f"""schema: backup-scan/config/1
accounts:
  prod: {{id: "{ACCOUNT}", regions: [eu-west-1]}}
"""


def run(*arguments: str | Path, **extra: Any) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], **extra)


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def attest(*extra: str | Path, clause: str = "3.2-head") -> Result:
    return run("attest", clause, "--statement", 'October: "reviewed" # all', "--by", "Ada", *extra)


def waive(*extra: str | Path, rule: str = "BK106", resource: str = "*:table/bad") -> Result:
    return run("waive", rule, resource, "--reason", "it goes", "--owner", "orders", "--approved-by", "platform",
               "--expires", day(30), *extra)  # fmt: skip


# -- attest --------------------------------------------------------------------------------------------------------


def test_attest_makes_a_file_and_adds_to_it_byte_for_byte(tmp_path: Path) -> None:
    file = tmp_path / "attestations.yaml"
    result = attest("--role", "head", "--evidence", "https://wiki.example.com/x")
    assert result.exit_code == 0, result.output
    assert f"wrote attestations.yaml:7: 3.2-head attested by Ada on {TODAY}, until {day(31)}" in result.output
    assert load_yaml(file).data["attestations"] == [
        {"clause": "3.2-head", "statement": 'October: "reviewed" # all', "by": "Ada", "role": "head",
         "on": TODAY.isoformat(), "valid_for": "31d", "evidence": {"link": "https://wiki.example.com/x"}}
    ]  # fmt: skip
    file.write_bytes(
        file.read_bytes().replace(b"attestations:", b"attestations: # ours\r\n  # \xc3\xa4\r", 1) + b"# end\n"
    )
    file.chmod(0o640)
    before = file.read_bytes()
    assert attest("--until", day(5), clause="5.2-reviews").exit_code == 0
    after = file.read_bytes()
    start, end = before[: -len(b"# end\n")], b"# end\n"
    assert after.startswith(start)
    assert after.endswith(end)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert load_yaml(file).data["attestations"][1]["until"] == day(5)


def test_attest_keeps_the_digest_of_a_file_and_its_path_from_the_attestations(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "q3.md").write_text("seen", encoding="utf-8")
    (tmp_path / "backup-scan.yaml").write_text(CONFIG + "attestations: records/a.yaml\n", encoding="utf-8")
    # The file that the configuration names is not there yet: it is made.
    result = attest("--evidence", "evidence/q3.md", "--account", "prod")
    assert result.exit_code == 0, result.output
    (entry,) = load_yaml(tmp_path / "records" / "a.yaml").data["attestations"]
    assert entry["evidence"] == {"file": "../evidence/q3.md", "sha256": hashlib.sha256(b"seen").hexdigest()}
    assert entry["accounts"] == ["prod"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--on", day(1)], "is still to come"),
        (["--on", "24.11.2026"], "is no day"),
        (["--on", day(-40)], "would be over"),
        (["--valid-for", "32d"], "is too long: the policy lets 3.2-head count for 31 days"),
        (["--valid-for", "soon"], "is not a duration"),
        (["--valid-for", "999999w"], "999999w is too long"),
        (["--until", day(-1)], "would be over"),
        (["--until", day(3), "--valid-for", "1d"], "exclude each other"),
        (["--evidence", "http://example.com"], "no https address"),
        (["--evidence", "absent.pdf"], "neither an https address nor a file"),
        (["--account", "prod"], "has no account 'prod'"),
        (["--role", "a\nb"], "in one line"),
        (["--config", "absent.yaml"], "absent.yaml does not exist"),
    ],
)
def test_attest_refuses_what_a_scan_would_not_count(tmp_path: Path, arguments: list[str], said: str) -> None:
    result = attest(*arguments)
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert not (tmp_path / "attestations.yaml").exists()


@pytest.mark.parametrize(
    ("clause", "said"),
    [("3.2-heads", "did you mean 3.2-head?"), ("6.1-tls", "nobody attests it"), ("zzz", "attested are 2-soc2")],
)
def test_attest_takes_clauses_that_people_attest(clause: str, said: str) -> None:
    result = attest(clause=clause)
    assert result.exit_code == 2
    assert said in result.output


def test_attest_refuses_the_same_statement_again_and_an_older_one(tmp_path: Path) -> None:
    assert attest("--on", day(-2)).exit_code == 0
    before = (tmp_path / "attestations.yaml").read_bytes()
    for on, said in ((day(-2), "is already attested"), (day(-5), "is attested since")):
        result = attest("--on", on)
        assert result.exit_code == 2
        assert said in result.output
        assert "attestations.yaml:7" in result.output
    assert (tmp_path / "attestations.yaml").read_bytes() == before
    assert attest().exit_code == 0


def test_attest_says_all_that_is_missing_and_asks_nobody() -> None:
    result = run("attest", "3.2-head")
    assert result.exit_code == 2
    assert "missing --statement, --by" in result.output


def test_a_file_that_is_wrong_already_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "attestations.yaml"
    for text, said in (
        ("schema: backup-scan/attestations/1\nattestations:\n  - {clause: x}\n", "attestations.yaml:3"),
        ("schema: backup-scan/attestations/1\nattestations: null\n", "attestations.yaml:2"),
        ("a: b: c\n", "attestations.yaml:1"),
    ):
        file.write_text(text, encoding="utf-8")
        result = attest()
        assert result.exit_code == 2, result.output
        assert said in result.output
        assert file.read_text(encoding="utf-8") == text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_what_cannot_be_written_is_one_message(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        result = attest()
    finally:
        tmp_path.chmod(0o755)
    assert result.exit_code == 74


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "attestations.yaml").symlink_to("elsewhere/a.yaml")
    assert attest().exit_code == 0
    assert (tmp_path / "attestations.yaml").is_symlink()
    assert attest(clause="5.2-reviews").exit_code == 0
    assert len(load_yaml(tmp_path / "elsewhere" / "a.yaml").data["attestations"]) == 2


# -- waive ---------------------------------------------------------------------------------------------------------


def keep(directory: Path, *, gap: bool = False) -> Path:
    """Keep an estate of three tables: one restores, one does not, and one is out of sight."""
    seen = (Evidence(Source.LIVE, "test", NOW),)
    lost = Unknown(Reason.DENIED, "denied", seen)
    tables = tuple(
        Table(f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{name}", name, ACCOUNT, "eu-west-1",
              {"pitr": lost if name == "dark" else Known(name == "good", seen), "tags": Known({}, seen)})
        for name in ("bad", "dark", "good")
    )  # fmt: skip
    estate = Estate(
        Source.LIVE, ACCOUNT, "caller", ("eu-west-1",), NOW, {Table.kind: tables}, {(Table.kind, "eu-west-1"): seen[0]},
        (Gap(Table.kind, "eu-west-1", lost),) if gap else (), account_name="prod",
    )  # fmt: skip
    file = directory / "estate.json"
    file.write_text(dump(estate), encoding="utf-8")
    (directory / "backup-scan.yaml").write_text(CONFIG, encoding="utf-8")
    return file


def test_waive_makes_a_file_that_the_next_scan_reads(tmp_path: Path) -> None:
    kept = keep(tmp_path)
    result = waive("--ticket", "OPS-1", "--from", kept)
    assert result.exit_code == 0, result.output
    assert "wrote waivers.yaml:7: BK106 on *:table/bad is waived until" in result.stdout
    assert result.stderr == ""
    text = run("--from", kept, "--rule", "BK106", "--rule", "BK9", "--format", "csv").stdout
    (bad,) = [line for line in text.splitlines() if line.startswith("BK106") and "table/bad" in line]
    assert ",waived,failed," in bad
    assert ",it goes,orders,platform," in bad
    assert ",OPS-1," in bad
    assert any(line.startswith("BK911") and ",passed," in line for line in text.splitlines())


def test_waive_warns_of_a_waiver_that_nothing_needs(tmp_path: Path) -> None:
    result = waive("--from", keep(tmp_path), resource="*:table/good")
    assert result.exit_code == 0
    assert "no failure of BK106" in result.stderr
    assert "it fails on arn:aws:dynamodb:eu-west-1:111111111111:table/bad" in result.stderr
    assert "BK911" in result.stderr


def test_waive_adds_to_the_configuration_where_that_is_named(tmp_path: Path) -> None:
    config = tmp_path / "backup-scan.yaml"
    config.write_text(CONFIG + "waivers: []  # none yet\nallowed: {regions: [eu-west-1]}\n", encoding="utf-8")
    assert waive("--file", config).exit_code == 0
    data = load_yaml(config).data
    assert data["waivers"][0]["rule"] == "BK106"
    assert data["allowed"] == {"regions": ["eu-west-1"]}
    # It is waived there, so it is not waived again beside it.
    again = waive()
    assert again.exit_code == 2
    assert "is already waived until" in again.output
    assert not (tmp_path / "waivers.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--expires", day(-1)], "is over"),
        (["--expires", day(367)], "more than a year away"),
        (["--expires", "soon"], "is no day"),
        (["--approved-by", " Orders "], "another must approve it"),
        (["--reason", " "], "say something"),
        (["--reason", "\x1b[31m"], "control characters"),
        (["--config", "absent.yaml"], "absent.yaml does not exist"),
    ],
)
def test_waive_refuses_what_a_scan_would_refuse(tmp_path: Path, arguments: list[str], said: str) -> None:
    result = waive(*arguments)
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert not (tmp_path / "waivers.yaml").exists()


@pytest.mark.parametrize(
    ("rule", "said"), [("BK999", "no rule is called"), ("BK911", "is about waivers"), ("bk912", "is about waivers")]
)
def test_waive_takes_rules_that_can_be_waived(rule: str, said: str) -> None:
    result = waive(rule=rule)
    assert result.exit_code == 2
    assert said in result.output


def test_waive_points_to_one_that_has_expired(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text(
        "schema: backup-scan/waivers/1\nwaivers:\n"
        "  - {rule: BK106, resource: '*:table/bad', reason: r, owner: o, approved_by: a, expires: 2026-01-01}\n",
        encoding="utf-8",
    )
    result = waive()
    assert result.exit_code == 0
    assert "the waiver that expired on 2026-01-01 (waivers.yaml:3) can be removed" in result.stderr


def test_the_help_of_waive_tells_a_waiver_from_a_ticket() -> None:
    text = run("waive", "--help").output
    assert "a waiver  somebody accepts the failure" in text
    assert "a ticket  somebody works on the failure" in text
    assert "code stays 1" in text


def test_a_ticket_leaves_the_exit_code_and_a_waiver_does_not(tmp_path: Path) -> None:
    kept = keep(tmp_path)
    ask = ("--from", kept, "--rule", "BK106", "--format", "json")
    ticket = "tickets: [{rule: BK106, resource: '*', ticket: OPS-9, opened: 2026-11-01}]\n"
    (tmp_path / "waivers.yaml").write_text(f"schema: backup-scan/waivers/1\n{ticket}", encoding="utf-8")
    result = run(*ask)
    assert result.exit_code == 1
    assert "OPS-9" in result.stdout
    assert waive().exit_code == 0
    assert run(*ask).exit_code == 4  # the table that is out of sight


# -- review --------------------------------------------------------------------------------------------------------


def test_review_prints_what_is_to_be_looked_at_and_how_to_attest_it(tmp_path: Path) -> None:
    kept = keep(tmp_path, gap=True)
    assert attest("--on", day(-1), clause="5.2-reviews").exit_code == 0
    assert waive(resource="*", rule="BK301").exit_code == 0
    result = run("review", "5.2-reviews", "--from", kept)
    assert result.exit_code == 0, result.output
    for said in ("# Review of 5.2-reviews", f"last attested on {day(-1)} by Ada", "every 31 days",
                 "- [ ] **5.1-completion**", "could not be listed: denied", "backup-scan attest 5.2-reviews --statement",
                 "--valid-for 31d", "| DynamoDB table | 3 or more |"):  # fmt: skip
        assert said in result.stdout, said


def test_review_of_all_is_one_page_per_clause(tmp_path: Path) -> None:
    result = run("review", "--all", "--from", keep(tmp_path))
    assert result.exit_code == 0, result.output
    assert result.stdout.count("# Review of ") == 10
    assert result.stdout.count("    backup-scan attest ") == 10
    assert "nobody has attested it" in result.stdout
    assert "no rule judges it here: look for yourself" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["5.2-reviews"], "name what to prepare it from"),
        (["--from", "estate.json"], "name one clause, or --all"),
        (["5.2-reviews", "--all", "--from", "estate.json"], "name one clause, or --all"),
        (["5.2-review", "--from", "estate.json"], "did you mean 5.2-reviews?"),
        (["6.1-tls", "--from", "estate.json"], "no clause that people attest"),
        (["5.2-reviews", "--from", "absent.json"], "absent.json"),
    ],
)
def test_review_says_what_it_lacks(tmp_path: Path, arguments: list[str], said: str) -> None:
    keep(tmp_path)
    result = run("review", *arguments)
    assert result.exit_code == 2, result.output
    assert said in result.output


# -- the demo companies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [datetime(2026, 11, 24, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)])
def test_the_people_of_the_exemplary_company_have_stated_everything_whenever_it_is_shown(at: datetime) -> None:
    from scanner.cli.demo import demo_configuration
    from scanner.documents.construct import load_policy
    from scanner.model.attestation import current

    law = load_policy()
    configuration = demo_configuration("demo-clean", law, at)
    assert configuration.records is not None
    for clause in law.clauses.values():
        if "attest" in clause.established_by:
            mine = [one for one in configuration.records.attestations if one.clause == clause.id]
            last = current(mine, "321098765432", at.date(), clause.attested_every)
            assert last is not None, clause.id
            assert last.holds(at.date(), clause.attested_every), clause.id


def test_what_is_no_file_is_refused_and_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    os.mkfifo(tmp_path / "pipe")
    for name, said in (("a", "symbolic links"), ("pipe", "no regular file"), ("none/x.yaml", "No such file")):
        for result in (attest("--file", name), waive("--file", name)):
            assert result.exit_code == 74, result.output
            assert f"{name}: " in result.output
            assert said in result.output
            assert "name another file with --file" in result.output
    assert (tmp_path / "a").readlink() == Path("b")


def test_whoever_writes_at_the_same_time_loses_nothing(tmp_path: Path) -> None:
    def one(number: int) -> None:
        entry = {"clause": "3.2-head", "statement": str(number)}
        add(Path("x.yaml"), "attestations", entry, "attestations:\n", lambda _: sleep(0.01))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(16)))
    told = load_yaml(tmp_path / "x.yaml").data["attestations"]
    assert sorted(int(each["statement"]) for each in told) == list(range(16))


def test_a_mistake_in_other_attestations_costs_no_scan(tmp_path: Path) -> None:
    (tmp_path / "backup-scan.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("schema: x\n", encoding="utf-8")
    result = run("--account", "prod", "--attestations", "mine.yaml", "--dry-run")
    assert result.exit_code == 2, result.output
    assert "mine.yaml:1: " in result.output
