"""Whole runs over what nobody would write: they end in time, with a code, and with reports that can be read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from xml.dom import minidom

import pytest

from scanner.cli.formats import ALL
from tests.iac.gate.desk import Desk, Said

FORMATS = tuple(word for name in ALL for word in ("--format", name))
TEMPLATE = "Resources:\n  {0}:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: {0}\n"


def table(name: str, label: str = "") -> str:
    return f'resource "aws_dynamodb_table" "{label or name}" {{\n  name     = "{name}"\n  hash_key = "id"\n}}\n'


def judged(desk: Desk, named: str = "infra") -> Said:
    """Judge what is there, and hold every report to be one."""
    said = desk.run("--iac", named, "--output", "out", *FORMATS)
    assert said.code in (0, 1, 4), said.err
    for name, (file, _) in ALL.items():
        text = (desk.path / "out" / file).read_bytes().decode("utf-8")
        if name in ("json", "sarif", "gitlab"):
            json.loads(text, parse_constant=lambda one: pytest.fail(f"{file} holds {one}"))
        if name == "junit":
            minidom.parseString(text)
    return said


def addresses(desk: Desk) -> set[str]:
    report = json.loads((desk.path / "out" / "findings.json").read_text("utf-8"))
    return {one["declaration"]["address"] for one in report["findings"] if one["rule"] != "BK118"}


def problems(desk: Desk) -> list[tuple[str, int]]:
    sarif = json.loads((desk.path / "out" / "findings.sarif").read_text("utf-8"))
    return sorted(
        {
            (place["physicalLocation"]["artifactLocation"]["uri"], place["physicalLocation"]["region"]["startLine"])
            for run in sarif["runs"]
            for one in run["results"]
            if one["ruleId"] == "BK118" and one["kind"] != "pass"
            for place in one["locations"]
        }
    )


def names(directory: Path) -> None:
    """Write files whose names are all that a file system allows."""
    for number, name in enumerate(
        (
            b"new\nline.tf",
            b"quo\"te'<b>&.tf",
            b"per%cent%0A::error::x.tf",
            b"not\xff\xfeutf.tf",
            b"\x1b[31mred.tf",
            b"a|b`c.tf",
        )
    ):
        Path(os.fsdecode(os.fsencode(directory) + b"/" + name)).write_text(table(f"t{number}"))
    for name in (b"broken\xff\n.tf", b"x\xff/main.tf", b"t\xff\n|`.yaml"):
        path = Path(os.fsdecode(os.fsencode(directory) + b"/" + name))
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            "resource {{{" if b"broken" in name else table("inner") if b"main" in name else TEMPLATE.format("T")
        )


def texts(directory: Path) -> None:
    """Write values that mean something to somebody who shows them."""
    keys = (
        "a\\nb",
        "\\u001b[31m",
        "::error::x",
        "a|b",
        "<script>alert(1)</script>",
        "]]>",
        "%0A",
        "`x`",
        "\\ud800",
        "\\u0000",
    )
    chosen = ", ".join(f'"{one}"' for one in keys)
    (directory / "main.tf").write_text(
        f'resource "aws_dynamodb_table" "t" {{\n  for_each = toset([{chosen}])\n  name = each.key\n  hash_key = "id"\n'
        f"  tags = {{for one in [{chosen}] : one => one}}\n}}\n" + table("x\\u001b[31m|::error::", "y")
    )


def numbers(directory: Path) -> None:
    """Write numbers that no report can write, in every place that is counted in days."""
    lines = []
    for at, one in enumerate(("1e5000", "-1e300", "1e300", "0.1", "1e-300", '"7x"', "-0", "9" * 400)):
        lines.append(
            f'resource "aws_db_instance" "d{at}" {{\n  identifier = "d{at}"\n  backup_retention_period = {one}\n}}\n'
            f'resource "aws_cloudwatch_log_group" "l{at}" {{\n  name = "l{at}"\n  retention_in_days = {one}\n}}\n'
            f'resource "aws_kms_key" "k{at}" {{\n  enable_key_rotation = true\n  rotation_period_in_days = {one}\n}}\n'
            f'resource "aws_backup_plan" "p{at}" {{\n  name = "p{at}"\n  rule {{\n    rule_name = "r"\n'
            f'    target_vault_name = "v"\n    schedule = "rate({at}99999999999999999999 days)"\n    lifecycle {{\n'
            f"      delete_after = {one}\n      cold_storage_after = {one}\n    }}\n  }}\n}}\n"
        )
    (directory / "main.tf").write_text("".join(lines))
    kinds = [("AWS::RDS::DBInstance", "BackupRetentionPeriod"), ("AWS::Logs::LogGroup", "RetentionInDays")]
    resources = ",".join(
        f'"R{at}{place}": {{"Type": "{kind}", "Properties": {{"{name}": {one}}}}}'
        for place, (kind, name) in enumerate(kinds)
        for at, one in enumerate(("1e999", "-1e999", "NaN", "9" * 5000, "1e300", '"\\ud800"', "[]", "{}", "null"))
    )
    (directory / "t.json").write_text(f'{{"Resources": {{{resources}}}}}')


def encodings(directory: Path) -> None:
    (directory / "bom.tf").write_bytes(b"\xef\xbb\xbf" + table("bom").replace("\n", "\r\n").encode())
    (directory / "wide.tf").write_bytes(table("wide").encode("utf-16"))
    (directory / "cr.tf").write_bytes(table("cr").replace("\n", "\r").encode())
    (directory / "wide.yaml").write_bytes(TEMPLATE.format("Wide").replace("\n", "\r\n").encode("utf-16"))
    (directory / "bom.yaml").write_bytes(b"\xef\xbb\xbf" + TEMPLATE.format("Bom").replace("\n", "\r\n").encode())


def binaries(directory: Path) -> None:
    noise = bytes(range(256)) * 300
    for name, head in (
        ("a.tf", b""),
        ("b.yaml", b"Resources:\n AWS::X::Y"),
        ("c.json", b'{"Resources": "AWS::X::Y'),
        ("d.tf.json", b"{"),
        ("terraform.tfvars", b"x = "),
    ):
        (directory / name).write_bytes(head + noise)
    (directory / "x.tf").mkdir()
    (directory / "y.yaml").mkdir()
    (directory / "empty.tf").touch()
    (directory / "empty.yaml").touch()
    (directory / "empty.tf.json").touch()


def circles(directory: Path) -> None:
    (directory / "main.tf").write_text(
        'locals {\n  a = local.b\n  b = local.a\n}\nvariable "v" {\n  default = var.v\n}\n'
        'module "m" {\n  source = "./m"\n  x      = module.m.y\n}\nmodule "n" {\n  source = "./n"\n}\n'
        'resource "aws_dynamodb_table" "t" {\n  name     = local.a\n  hash_key = aws_dynamodb_table.t.name\n'
        "  count    = length(aws_dynamodb_table.t)\n}\n"
        'resource "aws_dynamodb_table" "u" {\n  name     = var.v\n  hash_key = aws_dynamodb_table.u.hash_key\n}\n'
        'output "o" {\n  value = output.o\n}\n'
    )
    for name, text in {
        "m": 'variable "x" {\n}\noutput "y" {\n  value = var.x\n}\nmodule "back" {\n  source = "../"\n}\n',
        "n": 'module "o" {\n  source = "../o"\n}\n',
        "o": 'module "n" {\n  source = "../n"\n}\n',
    }.items():
        (directory / name).mkdir()
        (directory / name / "main.tf").write_text(text + table(name))


def multitudes(directory: Path) -> None:
    (directory / "main.tf").write_text(
        'resource "aws_dynamodb_table" "each" {\n'
        '  for_each = toset([for p in setproduct(range(400), range(300)) : "${p[0]}-${p[1]}"])\n'
        '  name     = each.key\n  hash_key = "id"\n}\n'
        'resource "aws_dynamodb_table" "count" {\n  count    = 1000000000\n  name     = "c"\n  hash_key = "id"\n}\n'
    )


def millions(directory: Path) -> None:
    (directory / "terraform.tfvars").write_text("".join(f"v{at} = {at}\n" for at in range(300_000)))
    (directory / "main.tf").write_text('variable "v7" {\n}\n' + table("t${var.v7}", "t"))
    (directory / "t.yaml").write_text(TEMPLATE.format("T") + "      Tags:\n" + "        - abcdefgh\n" * 100_000)


def modules(directory: Path) -> None:
    """Write modules that call two others each, twenty levels deep."""
    for at in range(20):
        (directory / f"m{at}").mkdir()
        calls = "".join(f'module "{one}" {{\n  source = "../m{at + 1}"\n}}\n' for one in "ab")
        (directory / f"m{at}" / "main.tf").write_text(calls if at < 19 else table("t"))
    (directory / "main.tf").write_text('module "m" {\n  source = "./m0"\n}\n')


HOSTILE: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "names": (names, {"aws_dynamodb_table.t0", "aws_dynamodb_table.t5", "aws_dynamodb_table.inner", "T"}),
    "texts": (texts, {"aws_dynamodb_table.y"}),
    "numbers": (numbers, {"aws_db_instance.d0", "R00", "R80"}),
    "encodings": (encodings, {"aws_dynamodb_table.bom", "Wide", "Bom"}),
    "binaries": (binaries, set()),
    "circles": (circles, {"aws_dynamodb_table.u", "module.m.aws_dynamodb_table.m"}),
    "multitudes": (multitudes, {'aws_dynamodb_table.each["?"]', "aws_dynamodb_table.count[?]"}),
    "millions": (millions, {"aws_dynamodb_table.t", "T"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_rest_is_judged(desk: Desk, name: str) -> None:
    write, there = HOSTILE[name]
    (desk.path / "infra").mkdir()
    write(desk.path / "infra")
    (desk.path / "infra" / "good.tf").write_text(table("good"))
    judged(desk)
    assert {"aws_dynamodb_table.good", *there} <= addresses(desk)


def test_modules_that_multiply_are_counted(desk: Desk) -> None:
    (desk.path / "infra").mkdir()
    modules(desk.path / "infra")
    said = desk.judge(rules="BK118")
    assert said.code == 4
    assert any("more than" in one["observed"] for one in said.report["findings"])


def test_every_file_that_cannot_be_read_has_its_line(desk: Desk) -> None:
    (desk.path / "infra").mkdir()
    binaries(desk.path / "infra")
    encodings(desk.path / "infra")
    judged(desk)
    found = problems(desk)
    assert {Path(file).name for file, _ in found} >= {
        "a.tf",
        "b.yaml",
        "c.json",
        "d.tf.json",
        "wide.tf",
        "terraform.tfvars",
    }
    assert all(line >= 1 for _, line in found)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", '{"format_version": "1.2", "resource_changes": ' + "[" * 100_000 + "]" * 100_000 + "}"),
        ("t.json", '{"Resources": ' + '{"a": ' * 100_000 + "1" + "}" * 100_001),
        ("t.yaml", "Resources: " + "[" * 100_000),
        ("t.yaml", "Resources:\n" + "".join(" " * at + "a:\n" for at in range(1, 2000))),
        ("x.tfstate", '{"version": 4, "lineage": "x", "serial": 1, "resources": ' + '{"a":' * 100_000),
        ("p.json", '{"format_version": "1.2", "resource_changes": [' + "1," * 1000 + "1" + "0" * 5000 + "]}"),
    ],
)
def test_depth_is_a_problem_of_the_file(desk: Desk, name: str, text: str) -> None:
    desk.file(f"infra/{name}", text)
    said = judged(desk, f"infra/{name}")
    assert said.code == 1
    assert problems(desk)
