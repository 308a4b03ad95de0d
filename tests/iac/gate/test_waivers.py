"""Waivers in comments, and those of `waivers.yaml` on addresses: who may accept what, and for how long."""

from __future__ import annotations

import json

import pytest

from tests.iac.gate.desk import PROVIDER, Desk, pitr, table

GOOD = 'reason="scratch data" owner="ann" approved_by="bea" until=2027-03-31'
WAIVE = f"backup-scan:waive BK106 {GOOD}"
BAD = table("bad", pitr("false"))


@pytest.fixture(autouse=True)
def _repository(desk: Desk) -> None:
    (desk.path / ".git").mkdir()  # paths are told from here


def judged(
    desk: Desk, text: str, *words: str, name: str = "infra/main.tf", rules: str = "BK106"
) -> tuple[list[str], str]:
    """Give the states of all failures, and what was said."""
    desk.file(name, PROVIDER + text if name.endswith(".tf") else text)
    said = desk.judge(*words, rules=rules)
    return [one["state"] for one in said.findings()], said.err


def above(comment: str, text: str = BAD) -> str:
    return f"{comment}\n{text}"


def inside(comment: str, text: str = BAD) -> str:
    return text.replace("{\n", f"{{\n  {comment}\n", 1)


@pytest.mark.parametrize(
    "text",
    [
        above(f"# {WAIVE}"),
        above(f"// {WAIVE}"),
        above(f"/* {WAIVE} */"),
        above(f"/*\n  {WAIVE}\n*/"),
        above(f"#{WAIVE}"),
        above(f"# {WAIVE}\n# and why\n// at all"),
        above(f"# why\n# {WAIVE}"),
        above(f"# {WAIVE}\r").replace("\n", "\r\n"),
        inside(f"# {WAIVE}"),
        BAD.replace("false }", f"false }} # {WAIVE}"),
        BAD.replace("false", f"false # {WAIVE}\n").replace("{ enabled", "{\n enabled"),
        BAD.replace("{\n", f"{{ # {WAIVE}\n", 1),
        BAD.removesuffix("}\n") + f"  # {WAIVE}\n}}\n",
        above(f"# {WAIVE}".replace("BK106", "bk106, BK807")),
        above(f"# {WAIVE}".replace('"', "'")),
        above("# backup-scan:waive BK106 until=2027-03-31 approved-by=bea owner=ann ticket=OPS-1 reason='it is \"new\"'"),
        above(f"# {WAIVE}".replace("2027-03-31", "2026-11-24")),
    ],
)  # fmt: skip
def test_it_waives(desk: Desk, text: str) -> None:
    states, said = judged(desk, text, rules="BK106 BK101")
    assert sorted(states) == ["failed", "waived"], said
    assert "it waives nothing" not in said


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        (f"backup-scan:waive {GOOD}", "names no rule"),
        (WAIVE.replace("BK106", "BK9999"), "names BK9999, which is no rule"),
        (WAIVE.replace("BK106", "BK106,BK9999"), "names BK9999, which is no rule"),
        (WAIVE.replace("BK106", "BK912"), "names BK912, which is about waivers itself"),
        (WAIVE.replace("scratch data", ""), "says no reason"),
        (WAIVE.replace("scratch data", "  "), "says no reason"),
        ("backup-scan:waive BK106", "says no reason and no owner and no approved_by and no until"),
        (WAIVE.replace("bea", "Ann "), "was approved by its own owner"),
        (WAIVE.replace("2027-03-31", "soon"), "is until soon"),
        (WAIVE.replace("2027-03-31", "2027-02-30"), "is until 2027-02-30"),
        (WAIVE.replace("2027-03-31", "20270331"), "is until 20270331"),
        (WAIVE.replace("2027-03-31", "2027-W13-3"), "is until 2027-W13-3"),
        (WAIVE.replace("2027-03-31", "2028-03-31"), "is until 2028-03-31, more than a year ahead"),
        (f"{WAIVE} until=2027-04-30", "says until twice"),
        (f"{WAIVE} expires=2027-04-30", "says expires"),
        (WAIVE.replace('owner="ann"', 'owner="ann'), "says"),
        (f"{WAIVE} because we said so", "says 'because we said so'"),
    ],
)
def test_it_waives_nothing_and_says_why(desk: Desk, comment: str, why: str) -> None:
    states, said = judged(desk, above(f"# {comment}"))
    assert states == ["failed"]
    assert f"infra/main.tf:5: this waiver {why}" in said
    assert "it waives nothing" in said


@pytest.mark.parametrize(
    "text",
    [
        above(f"# {WAIVE}\n"),  # a blank line between them
        above(f"locals {{\n  a = 1 # {WAIVE}\n}}"),
        f"{BAD}# {WAIVE}\n",
        BAD + above(f"# {WAIVE}", table("other", pitr("true"))),
        BAD.replace('"id"', f'"# {WAIVE}"'.replace('reason="scratch data" owner="ann" approved_by="bea"', "")),
        inside(f"description = <<-EOT\n  # {WAIVE}\n  EOT"),
        inside(f"# {WAIVE.replace('BK106', 'BK807')}"),
        inside("# " + WAIVE.replace("waive BK106", "waived BK106")),
    ],
)
def test_it_is_about_its_own_block_only(desk: Desk, text: str) -> None:
    states, _ = judged(desk, text)
    assert states == ["failed"]


def test_one_that_has_ended_is_told_beside_the_failure(desk: Desk) -> None:
    desk.file("infra/main.tf", PROVIDER + above(f"# {WAIVE.replace('2027-03-31', '2026-11-23')}"))
    said = desk.judge()
    (one,) = said.findings()
    assert (said.code, one["state"], one["lapsed_waiver"]["expires"]) == (1, "failed", "2026-11-23")
    both = above(f"# {WAIVE.replace('2027-03-31', '2026-11-23')}\n# {WAIVE}")
    assert judged(desk, both)[0] == ["waived"]


def test_one_that_is_not_needed_is_told(desk: Desk) -> None:
    good = above(f"# {WAIVE.replace('BK106', 'BK106,BK807')}", table("t", pitr("true")))
    states, said = judged(desk, good, rules="BK106 BK807")
    assert states == ["waived"]
    assert "infra/main.tf:5: this waiver covers no failure of BK106; remove it" in said
    # Of a rule that was not asked nobody knows, and what could not be judged may need it yet.
    assert "remove it" not in judged(desk, good, rules="BK807")[1]
    unknown = 'variable "x" {}\n' + above(f"# {WAIVE}", table("t", pitr("var.x")))
    assert "remove it" not in judged(desk, unknown)[1]


def test_all_instances_of_a_block(desk: Desk) -> None:
    text = above(f"# {WAIVE}", BAD.replace("{\n", "{\n  count = 3\n", 1))
    assert judged(desk, text)[0] == ["waived"] * 3
    text = above(f"# {WAIVE}", BAD.replace("{\n", '{\n  for_each = toset(["a", "b"])\n', 1))
    assert judged(desk, text)[0] == ["waived"] * 2


def test_in_modules_and_on_their_calls(desk: Desk) -> None:
    call = 'module "NAME" {\n  source = "./m"\n}\n'
    calls = call.replace("NAME", "a") + call.replace("NAME", "b")
    desk.file("infra/m/main.tf", above(f"# {WAIVE}"))
    assert judged(desk, calls)[0] == ["waived"] * 2
    desk.file("infra/m/main.tf", BAD)
    assert sorted(judged(desk, above(f"# {WAIVE}", calls))[0]) == ["failed", "waived"]
    assert sorted(judged(desk, calls.replace('./m"', f'./m" # {WAIVE}', 1))[0]) == ["failed", "waived"]


TEMPLATE = """\
# top
Resources:
  Good:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: "good # not a comment"
      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}

ABOVE
  Bad:
    Type: AWS::DynamoDB::Table
    Properties: INLINE
      TableName: é
      Tags:
        - {Key: a, Value: "TEXT"}
BELOW
"""


def template(above: str = "", inline: str = "", below: str = "", text: str = "") -> str:
    made = TEMPLATE.replace("ABOVE", above).replace("INLINE", inline).replace("BELOW", below).replace("TEXT", text)
    return made + "Outputs: {}\n"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (template(above=f"  # {WAIVE}"), "waived"),
        (template(above=f"  # {WAIVE}\n  # more"), "waived"),
        (template(above=f"# {WAIVE}"), "waived"),
        (template(inline=f"# {WAIVE}"), "waived"),
        (template(below=f"    # {WAIVE}"), "waived"),
        (template(above=f"  # {WAIVE}").replace("\n", "\r\n"), "waived"),
        ("\ufeff" + template(above=f"  # {WAIVE}"), "waived"),
        (template(above=f"  # {WAIVE}\n"), "failed"),
        (template(above=f"      # {WAIVE}\n"), "failed"),
        (template(text=f"# {WAIVE}".replace('"', "'")), "failed"),
        (template(below=f"# {WAIVE}"), "failed"),
        (template().replace("# top", f"# {WAIVE}"), "failed"),
        (template(below=f"    Metadata:\n      note: |\n        # {WAIVE}\n"), "failed"),
    ],
)
def test_templates(desk: Desk, text: str, state: str) -> None:
    assert judged(desk, text, name="infra/t.yaml")[0] == [state]


def test_json_has_no_comments(desk: Desk) -> None:
    bad = {"Type": "AWS::DynamoDB::Table", "Metadata": {"x": f"# {WAIVE}"}, "Properties": {"TableName": "a"}}
    assert judged(desk, json.dumps({"Resources": {"Bad": bad}}, indent=1), name="infra/t.json")[0] == ["failed"]


CONFIG = 'schema: backup-scan/config/1\naccounts:\n  a: {id: "123456789012", regions: [eu-west-1]}\n'


@pytest.mark.parametrize(
    ("pattern", "waived"),
    [
        ('aws_dynamodb_table.bad["a"]', 1),
        ("aws_dynamodb_table.bad[*]", 2),
        ("aws_dynamodb_table.*", 2),
        ("*", 2),
        ('infra:aws_dynamodb_table.bad["b"]', 1),
        ("infra:*", 2),
        ("other:*", 0),
        ("aws_dynamodb_table.bad", 0),
        ("aws_dynamodb_table.[ab]ad*", 0),
        ("arn:aws:dynamodb:eu-west-1:*:table/bad-a", 1),
    ],
)
def test_waivers_of_the_configuration_name_addresses(desk: Desk, pattern: str, waived: int) -> None:
    desk.file("backup-scan.yaml", CONFIG)
    desk.file(
        "waivers.yaml",
        f"schema: backup-scan/waivers/1\nwaivers:\n  - rule: BK106\n    resource: '{pattern}'\n"
        "    reason: scratch\n    owner: ann\n    approved_by: bea\n    expires: 2027-03-31\n",
    )
    text = BAD.replace("{\n", '{\n  for_each = toset(["a", "b"])\n', 1).replace('"bad"\n', '"bad-${each.key}"\n')
    states, _ = judged(desk, text)
    assert sorted(states) == ["failed"] * (2 - waived) + ["waived"] * waived
