"""`--fix` and `--diff`: only edits that are certain, in the files as people wrote them."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.iac.gate.desk import PROVIDER, Desk, pitr, table

TERRAFORM = shutil.which("terraform")
RULES = "BK106 BK807 BK405"
SAFE = "deletion_protection_enabled = true"
KEY = 'resource "aws_kms_key" "k" {\nBODY}\n'


@pytest.fixture(autouse=True)
def _repository(desk: Desk) -> None:
    (desk.path / ".git").mkdir()  # paths are told from here


def fixed(desk: Desk, text: str | bytes, name: str = "infra/main.tf", rules: str = RULES) -> str:
    """Fix a file; nothing is left to fix afterwards, and a diff says before what is done."""
    desk.file(name, text)
    chosen = [word for rule in rules.split() for word in ("--rule", rule)]
    shown = desk.run("--iac", "infra", *chosen, "--diff").out
    said = desk.run("--iac", "infra", *chosen, "--fix", "-q")
    assert said.code in (0, 1, 3, 4), said.err
    after = desk.text(name)
    assert bool(shown) is (after.encode() != (text if isinstance(text, bytes) else text.encode()))
    again = desk.run("--iac", "infra", *chosen, "--fix", "-q")
    assert "nothing can be mended for certain" in again.err
    assert desk.text(name) == after
    if TERRAFORM is not None and name.endswith(".tf") and "\t" not in after and "\r" not in after:
        done = subprocess.run((TERRAFORM, "fmt", "-check", "-diff", desk.path / name), capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode()
    return after


def formatted(text: str) -> str:
    """Align equals signs as `terraform fmt` does."""
    if TERRAFORM is None:
        return text
    done = subprocess.run((TERRAFORM, "fmt", "-"), input=text, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("lines", "becomes"),
    [
        ([SAFE, pitr("false")], f"  {SAFE}\n  {pitr('true')}\n"),
        ([SAFE, "point_in_time_recovery {\n    enabled = false # for now\n  }"], "    enabled = true # for now\n"),
        ([SAFE, "point_in_time_recovery {\n    enabled = null\n  }"], "    enabled = true\n"),
        ([SAFE], f"  {SAFE}\n\n  point_in_time_recovery {{\n    enabled = true\n  }}\n}}\n"),
        ([pitr("true")], f'  hash_key = "id"\n\n  {SAFE}\n  point_in_time_recovery'),
        ([pitr("true"), "deletion_protection_enabled = false // why"], "  deletion_protection_enabled = true // why\n"),
    ],
)
def test_a_table(desk: Desk, lines: list[str], becomes: str) -> None:
    text = PROVIDER + table("t", *lines)
    text = formatted(text)
    assert becomes.strip() in fixed(desk, text)


def test_what_was_written_stays_as_it_is(desk: Desk) -> None:
    text = (
        "# a \u00e9 \U0001f600 comment\n" + PROVIDER + 'locals { a = "x" }\n\n\n\n'
        + table("t", pitr("false"), SAFE).replace("  hash_key =", "  hash_key   =") + "  # last"
    )  # fmt: skip
    desk.file("infra/main.tf", text)
    desk.judge("--fix", rules="BK106")
    assert desk.text() == text.replace("enabled = false", "enabled = true")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + table("t", SAFE),
        (PROVIDER + table("t", SAFE)).replace("\n", "\r\n"),
        PROVIDER + table("t", SAFE).replace("  ", "\t"),
        PROVIDER + 'resource "aws_dynamodb_table" "t" {}\n',
        PROVIDER + 'resource "aws_dynamodb_table" "t" {\n}\n',
        PROVIDER + table("t", SAFE, "lifecycle {\n    prevent_destroy = true\n  }"),
        PROVIDER + table("t", "tags = {\n    a = 1\n  }"),
        PROVIDER + table("t", "server_side_encryption {\n    enabled = true\n  }"),
        PROVIDER + table("t", "tags = { note = <<-EOT\n    point_in_time_recovery { enabled = false }\n  EOT\n  }"),
    ],
)
def test_any_hand(desk: Desk, text: str) -> None:
    if TERRAFORM is not None and "=" in text and "\r" not in text and "\t" not in text:
        text = formatted(text.removeprefix("\ufeff"))
    after = fixed(desk, text, rules="BK106 BK807")
    assert desk.judge(rules="BK106 BK807").findings() == []
    if "\r" in text:
        assert after.count("\n") == after.count("\r\n")
    if "\t" in text:
        assert "\n  " not in after.removeprefix(PROVIDER)


@pytest.mark.parametrize(
    "text",
    [
        'variable "on" {\n  default = false\n}\n' + table("t", SAFE, pitr("var.on")),
        table("t", SAFE, pitr("!true")),
        table(
            "t",
            SAFE,
            'dynamic "point_in_time_recovery" {\n    for_each = []\n    content {\n      enabled = true\n    }\n  }',
        ),
        table("t", SAFE, pitr("false"), pitr("false")),
    ],
)
def test_what_is_not_certain_is_left_alone(desk: Desk, text: str) -> None:
    desk.file("infra/main.tf", PROVIDER + text)
    said = desk.judge("--fix", rules="BK106")
    assert desk.text() == PROVIDER + text
    assert "nothing can be mended for certain" in said.err


def test_an_override_decides(desk: Desk) -> None:
    text = PROVIDER + table("t", SAFE, pitr("true"))
    desk.file("infra/main.tf", text)
    desk.file("infra/override.tf", 'resource "aws_dynamodb_table" "t" {\n  deletion_protection_enabled = false\n}\n')
    said = desk.judge("--fix", rules="BK807")
    assert len(said.findings()) == 1
    assert desk.text() == text


def test_a_block_with_several_instances_is_edited_once(desk: Desk) -> None:
    text = PROVIDER + table("t", SAFE, pitr("false")).replace("{\n", '{\n  for_each = toset(["a", "b"])\n', 1)
    desk.file("infra/main.tf", text)
    said = desk.judge("--fix", rules="BK106")
    assert said.code == 0
    assert said.err.count("set point_in_time_recovery.enabled") == 1
    assert desk.text() == text.replace("enabled = false", "enabled = true")


def test_a_module_that_is_called_twice(desk: Desk) -> None:
    desk.file("infra/m/main.tf", table("t", SAFE, pitr("false")))
    call = 'module "NAME" {\n  source = "./m"\n}\n'
    desk.file("infra/main.tf", PROVIDER + call.replace("NAME", "a") + call.replace("NAME", "b"))
    assert desk.judge("--fix", rules="BK106").code == 0
    assert desk.text("infra/m/main.tf") == table("t", SAFE, pitr("true"))


def test_only_what_was_named_is_edited(desk: Desk) -> None:
    desk.file("m/main.tf", table("t", pitr("false")))
    desk.file("infra/main.tf", PROVIDER + 'module "a" {\n  source = "../m"\n}\n')
    assert desk.judge("--fix").code == 1
    assert desk.text("m/main.tf") == table("t", pitr("false"))
    assert desk.judge("--fix", "--iac", "m").code == 0


def test_what_is_waived_is_not_edited(desk: Desk) -> None:
    waiver = '# backup-scan:waive BK106 reason="x" owner="ann" approved_by="bea" until=2027-03-31\n'
    text = PROVIDER + waiver + table("t", SAFE, pitr("false"))
    desk.file("infra/main.tf", text)
    assert desk.judge("--fix").code == 0
    assert desk.text() == text
    desk.file("infra/main.tf", text.replace("BK106", "BK807"))
    assert desk.judge("--fix").code == 0
    assert desk.text() == text.replace("BK106", "BK807").replace("enabled = false", "enabled = true")


def test_two_facts_for_one_rule(desk: Desk) -> None:
    """A key that does not rotate, and would too seldom if it did."""
    said = fixed(
        desk, PROVIDER + KEY.replace("BODY", "  enable_key_rotation     = false\n  rotation_period_in_days = 400\n")
    )
    assert "enable_key_rotation     = true\n" in said
    assert "rotation_period_in_days = 90\n" in said
    assert desk.judge(rules="BK405").findings() == []


def test_a_file_that_may_not_be_written(desk: Desk) -> None:
    text = PROVIDER + table("t", SAFE, pitr("false"))
    path = desk.file("infra/main.tf", text)
    path.parent.joinpath("other").mkdir()
    desk.file("infra/other/main.tf", text)
    path.chmod(0o444)
    if os.access(path, os.W_OK):
        pytest.skip("whoever runs this may write anything")
    said = desk.judge("--fix")
    assert said.code == 74
    assert "nothing was mended" in said.err
    assert desk.text("infra/other/main.tf") == text


def test_what_is_a_link_or_runnable_stays_so(desk: Desk) -> None:
    real = desk.file("common/t.tf", table("t", SAFE, pitr("false")))
    real.chmod(0o755)
    desk.file("infra/main.tf", PROVIDER)
    (desk.path / "infra/t.tf").symlink_to("../common/t.tf")
    assert desk.judge("--fix").code == 0
    assert (desk.path / "infra/t.tf").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o755
    assert real.read_text() == table("t", SAFE, pitr("true"))


def test_a_diff_alone_on_standard_output(desk: Desk) -> None:
    desk.file("infra/main.tf", PROVIDER + table("t", SAFE, pitr("false")))
    said = desk.run("--iac", "infra", "--rule", "BK106", "--diff")
    assert said.code == 1
    assert said.out.startswith("--- a/infra/main.tf\n+++ b/infra/main.tf\n@@ ")
    if shutil.which("git"):
        (desk.path / ".git").rmdir()
        desk.commit()
        patch = desk.file("fix.patch", said.out)
        desk.git("apply", str(patch))
        assert pitr("true") in desk.text()


def test_json_is_left_alone(desk: Desk) -> None:
    text = '{"resource": {"aws_dynamodb_table": {"t": {"name": "t", "deletion_protection_enabled": false}}}}'
    desk.file("infra/main.tf.json", text)
    template = (
        '{"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": {"DeletionProtectionEnabled": false}}}}'
    )
    desk.file("infra/t.json", template)
    desk.judge("--fix", rules="BK807")
    assert (desk.text("infra/main.tf.json"), desk.text("infra/t.json")) == (text, template)
