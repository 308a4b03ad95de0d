"""`--probe` from the door: the demo company's endpoints are started, probed, and found good and bad."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli.main import main

CONFIG = """\
schema: backup-scan/config/1
accounts:
  prod: {id: "111111111111", regions: [eu-west-1], endpoint: "http://127.0.0.1:9"}
"""


def test_the_demos_endpoints_are_probed_on_request() -> None:
    said = CliRunner().invoke(main, ["--account", "demo", "--rule", "BK520", "--probe", "--format", "csv"])
    assert said.exit_code == 1, said.output
    rows = {one["name"]: one for one in csv.DictReader(io.StringIO(said.stdout))}
    assert {name: one["outcome"] for name, one in rows.items()} == {
        "shop": "passed", "orders database": "passed", "shop legacy": "failed",
    }  # fmt: skip
    assert rows["shop legacy"]["observed"] == "accepts TLS 1.2 and 1.3"
    assert {one["tier"] for one in rows.values()} == {"production-database"}


def test_nothing_is_probed_of_a_kept_estate(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["--from", str(tmp_path / "estate.json"), "--probe"])
    assert said.exit_code == 2
    assert "--probe and --from exclude each other" in said.output


@pytest.mark.parametrize(
    ("endpoints", "said"),
    [
        ("", "declares no endpoints: there is nothing to probe"),
        (
            "endpoints: [{name: e, host: shop.example.com, port: 443, system: shpo}]",
            "unknown system 'shpo' of endpoint e",
        ),
        ("endpoints: [{name: e, host: 'https://shop', port: 443}]", "a host name or an address, without protocol"),
        ("endpoints: [{name: e, host: h, port: 70000}]", "expected at most 65535"),
        ("endpoints: [{name: e, host: h, port: 0}]", "expected at least 1"),
        ("endpoints: [{name: e, host: h, port: '443'}]", "expected a whole number"),
        ("endpoints: [{name: e, host: h, port: 1, starttls: smtp}]", "expected mysql, none or postgres"),
        ("endpoints: [{name: e, host: h, port: 1}, {name: f, host: H, port: 1}]", "found H:1 again, which is e"),
    ],
)
def test_endpoints_are_checked(tmp_path: Path, endpoints: str, said: str) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"{CONFIG}{endpoints}\n")
    found = CliRunner().invoke(main, ["--account", "prod", "--config", str(file), "--rule", "BK520", "--probe"])
    assert said in " ".join(found.output.split()), found.output


def test_a_dry_run_names_the_endpoints_and_connects_to_none(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"{CONFIG}endpoints: [{{name: e, host: shop.example.com, port: 443}}]\n")
    found = CliRunner().invoke(
        main, ["--account", "prod", "--config", str(file), "--rule", "BK520", "--probe", "--dry-run"]
    )
    assert found.exit_code == 0
    assert "handshakes with shop.example.com:443 (e), one per version of TLS; none was made" in found.output
