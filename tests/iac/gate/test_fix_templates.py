"""`--fix` in templates, in satellites, and the edits themselves."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scanner.documents.policy import FIVEX_POLICY
from scanner.iac.fixes.edit import Edit, apply, diff
from scanner.iac.fixes.hcl import edit_hcl
from scanner.iac.fixes.template import edit_yaml
from scanner.model.reading import Spot
from tests.iac.gate.desk import PROVIDER, Desk

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\nDescription: \u00e9 \U0001f600\n"
TABLE = """\
Resources:
  T:
    Type: AWS::DynamoDB::Table # a table
    # why
    Properties:
      TableName: t
      DeletionProtectionEnabled: true
"""


class Loader(yaml.SafeLoader):
    """Reads templates in tests: tags of CloudFormation are lists."""


Loader.add_multi_constructor("!", lambda loader, tag, node: [tag, str(node.value)])


def properties(text: str, name: str = "T") -> dict[str, object]:
    found: dict[str, object] = yaml.load(text.removeprefix("\ufeff"), Loader=Loader)["Resources"][name]["Properties"]
    return found


@pytest.mark.parametrize(
    "text",
    [
        HEAD + TABLE,
        "\ufeff" + HEAD + TABLE,
        (HEAD + TABLE).replace("\n", "\r\n"),
        HEAD + TABLE + "      PointInTimeRecoverySpecification:\n        PointInTimeRecoveryEnabled: false # off\n",
        HEAD + TABLE + '      PointInTimeRecoverySpecification:\n        PointInTimeRecoveryEnabled: "false"\n',
        HEAD + TABLE + "      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: false}\n",
        HEAD + TABLE.replace("    Properties:\n", "    Properties:\n      Tags:\n      - Key: a\n        Value: b\n"),
        HEAD + TABLE + "  Other:\n    Type: AWS::SNS::Topic\n",
        TABLE.replace("T:", '"T":'),
    ],
)
def test_a_table_is_mended(desk: Desk, text: str) -> None:
    path = desk.file("infra/t.yaml", text)
    said = desk.run("--iac", "infra", "--rule", "BK106", "--fix", "-q")
    after = path.read_bytes().decode()
    flow = "{PointInTimeRecoveryEnabled: false}" in text
    if not flow:
        assert said.code == 0, said.err
        wanted = properties(text) | {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
        assert properties(after) == wanted
        assert after.count("\n") - after.count("\r\n") == (0 if "\r" in text else after.count("\n"))
        for line in text.split("\n"):
            assert "PointInTime" in line or line in after.split("\n")
    before = after
    desk.run("--iac", "infra", "--rule", "BK106", "--fix", "-q")
    assert path.read_bytes().decode() == before


def test_properties_are_made_once(desk: Desk) -> None:
    desk.file("infra/t.yaml", "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n")
    shown = desk.run("--iac", "infra", "--diff", "--rule", "BK106", "--rule", "BK807").out
    assert shown.count("Properties:") == 1
    assert desk.judge("--fix", rules="BK106 BK807").named() in ({"BK106 T"}, {"BK807 T"})
    assert desk.judge("--fix", rules="BK106 BK807").code == 0


def test_properties_that_are_not_there(desk: Desk) -> None:
    path = desk.file(
        "infra/t.yaml", "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n  U:\n    Type: AWS::SNS::Topic\n"
    )
    desk.run("--iac", "infra", "--rule", "BK807", "--fix", "-q")
    assert path.read_text() == (
        "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      DeletionProtectionEnabled: true\n"
        "  U:\n    Type: AWS::SNS::Topic\n"
    )


@pytest.mark.parametrize(
    "properties",
    [
        "      DeletionProtectionEnabled: !Ref On\n",
        "      DeletionProtectionEnabled: !If [A, true, false]\n",
        "      DeletionProtectionEnabled: *off\n",
        "      DeletionProtectionEnabled: &on false\n",
        "      DeletionProtectionEnabled: false\n      DeletionProtectionEnabled: false\n",
        "      DeletionProtectionEnabled: |\n        false\n",
    ],
)
def test_what_is_not_certain_is_left_alone(properties: str) -> None:
    text = f"X: &off false\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n{properties}"
    assert edit_yaml(text, Spot("t.yaml", 3), "T", "DeletionProtectionEnabled", True) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"Resources": {"T": {"Properties": {}}}}',
        "Resources: {T: {Type: x, Properties: {A: 1}}}\n",
        "Resources:\n  T: &t\n    Type: x\n    Properties: &p\n      A: 1\n  U: *t\n",
        "Resources:\n  U:\n    Properties: &p\n      A: 1\n  T:\n    Properties: *p\n",
        "Resources:\n  T:\n    Properties:\n",
        "Resources:\n  T: x\n",
        "Resources:\n  - T\n",
        "Resources:\n  X:\n    Properties:\n      A: 1\n",
        "a: b: c\n",
        "",
    ],
)
def test_nothing_is_written_into_what_is_shared_or_flat(text: str) -> None:
    assert edit_yaml(text, Spot("t.yaml", 1), "T", "A.B", 1) is None


LOCK = (
    PROVIDER
    + """\
resource "aws_backup_vault" "v" {
  name = "v"
  tags = {
    System = "orders"
  }
}

resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "noon"
    target_vault_name = aws_backup_vault.v.name
    schedule          = "cron(0 2 * * ? *)"
  }
}

resource "aws_backup_vault_lock_configuration" "v" {
  backup_vault_name = aws_backup_vault.v.name
}
"""
)


@pytest.mark.parametrize("has", ["  min_retention_days = 1\n", ""])
def test_a_satellite_that_is_there_is_edited(desk: Desk, has: str) -> None:
    strict = desk.file("strict.yaml", FIVEX_POLICY.read_text().replace("  locked: false ", "  locked: true "))
    desk.file("infra/main.tf", LOCK.removesuffix("}\n") + has + "}\n")
    assert len(desk.judge("--policy", str(strict), rules="BK805").findings()) == 1
    said = desk.judge("--fix", "--policy", str(strict), rules="BK805")
    assert said.findings() == []
    head, _, lock = desk.text().partition('resource "aws_backup_vault_lock')
    assert "min_retention_days" in lock
    assert "min_retention_days" not in head


def test_a_satellite_that_is_not_there_is_not_made(desk: Desk) -> None:
    text = LOCK[: LOCK.index('resource "aws_backup_vault_lock')]
    desk.file("infra/main.tf", text)
    strict = desk.file("strict.yaml", FIVEX_POLICY.read_text().replace("  locked: false ", "  locked: true "))
    assert len(desk.judge("--fix", "--policy", str(strict), "--whole-estate", rules="BK805").findings()) == 1
    assert desk.text() == text


def edited(text: str, path: str, value: object, line: int = 1) -> str | None:
    edit = edit_hcl(text, Spot("main.tf", line), path, value)
    return None if edit is None else apply(text, [edit])


@pytest.mark.parametrize(
    ("text", "path", "value", "after"),
    [
        ('a "b" "c" {}\n', "x", 1, 'a "b" "c" {\n  x = 1\n}\n'),
        ('a "b" "c" { y = 2 }\n', "x", 1, None),
        ('a "b" "c" {\n}\n', "x", 1, 'a "b" "c" {\n  x = 1\n}\n'),
        ('a "b" "c" {\n  y = 2\n}', "x", "a${b}", 'a "b" "c" {\n  y = 2\n  x = "a$${b}"\n}'),
        ('a "b" "c" {\n  y = 2 }\n', "x", 1, None),
        ('a "b" "c" {\n  yy = 2\n\n  z {\n  }\n}\n', "x", 1, 'a "b" "c" {\n  yy = 2\n  x  = 1\n\n  z {\n  }\n}\n'),
        ('a "b" "c" {\n  y = 2\n}\n', "long", 1, 'a "b" "c" {\n  y = 2\n\n  long = 1\n}\n'),
        ('a "b" "c" {\n  y = <<E\n x\nE\n}\n', "x", 1, 'a "b" "c" {\n  y = <<E\n x\nE\n  x = 1\n}\n'),
        ('a "b" "c" {\n  y = [\n    1,\n  ] # z\n}\n', "x", 1, 'a "b" "c" {\n  y = [\n    1,\n  ] # z\n  x = 1\n}\n'),
        ('a "b" "c" {\n  z {\n    y = 1\n  }\n}\n', "z.x", 1, 'a "b" "c" {\n  z {\n    y = 1\n    x = 1\n  }\n}\n'),
        ('a "b" "c" {\n  z {}\n}\n', "z.x", 1, 'a "b" "c" {\n  z {\n    x = 1\n  }\n}\n'),
        ('a "b" "c" {\n  z = {}\n}\n', "z.x", 1, None),
        ('a "b" "c" {\n  z {\n  }\n  z {\n  }\n}\n', "z.x", 1, None),
        ('a "b" "c" {\n  x = var.y\n}\n', "x", 1, None),
        ('a "b" "c" {\n  x = "${var.y}"\n}\n', "x", 1, None),
        ('a "b" "c" {\n  x = "7" # old\n}\n', "x", True, 'a "b" "c" {\n  x = true # old\n}\n'),
        ('a "b" "c" {\n  x = \n}\n', "x", 1, None),
        ('b {}\na "b" "c" {\n', "x", 1, None),
    ],
)  # fmt: skip
def test_edits_of_hcl(text: str, path: str, value: object, after: str | None) -> None:
    assert edited(text, path, value) == after


def test_no_block_on_that_line() -> None:
    assert edited('\n\na "b" "c" {}\n', "x", 1) is None
    text = 'a "b" "c" {\n  x = 1\n}\n'
    assert edit_hcl(text, Spot("main.tf", 1), "x", 2, Spot("override.tf", 2)) is None
    assert edit_hcl(text, Spot("main.tf", 1), "y", 2, Spot("override.tf", 2)) is None
    assert edit_hcl(text, Spot("main.tf", 1), "x", 2, Spot("main.tf", 2)) is not None


def test_edits_are_put_together() -> None:
    some = [
        Edit("f", 2, 2, "\nlong\n", ""),
        Edit("f", 2, 2, "b\n", ""),
        Edit("f", 0, 1, "A", ""),
        Edit("f", 0, 1, "Z", ""),
    ]
    assert apply("a\nc\n", [*some, *some]) == "A\nb\n\nlong\nc\n"
    assert Edit("f", 2, 3, "", "").spot("a\nb\n") == Spot("f", 2, 1, 2, 2)


def test_a_diff_of_lines_of_any_end() -> None:
    shown = diff("f", "a\r\nb", [Edit("f", 3, 4, "c", "")])
    assert (
        shown
        == "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
    )
    assert diff("f", "a\n", []) == ""


@given(st.text("ab\n", max_size=60), st.data())
def test_a_diff_says_what_the_edits_do(text: str, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, 3)), max_size=6))
    edits: list[Edit] = []
    for start, length in sorted(places):
        if not edits or start > edits[-1].end:
            edits.append(
                Edit("f", start, min(start + length, len(text)), data.draw(st.sampled_from(["", "x", "x\n", "\n"])), "")
            )
    assert patched(text, diff("f", text, edits)) == apply(text, edits)


def patched(text: str, patch: str) -> str:
    """Apply a unified diff, as strictly as `patch` with no fuzz."""
    lines = text.splitlines(keepends=True)
    out: list[str] = []
    place = 0
    rows = patch.splitlines(keepends=True)[2:]
    for number, row in enumerate(rows):
        bare = number + 1 < len(rows) and rows[number + 1].startswith("\\")
        content = row[1:].removesuffix("\n") if bare else row[1:]
        if row.startswith("@@"):
            begin, count = (int(one) for one in row.split()[1][1:].split(","))
            begin -= 1 if count else 0
            out += lines[place:begin]
            place = begin
        elif row[0] in " -":
            assert lines[place] == content
            place += 1
            out += [content] if row[0] == " " else []
        elif row[0] == "+":
            out.append(content)
    return "".join([*out, *lines[place:]])
