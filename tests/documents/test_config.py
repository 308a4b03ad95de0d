"""A configuration is read with its lines, and whatever is wrong with it is told at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.documents.config import read_config
from scanner.documents.errors import DocumentError
from scanner.documents.policy import read_policy
from scanner.documents.schema import load_schema
from scanner.documents.template import starting_config

AT = datetime(2026, 6, 1, tzinfo=UTC)
TIERS = ("production-database", "authentication", "transaction-log")
SCOPES = ("production-databases", "authentication")
PARTS = sorted(load_schema("config")["properties"])

VALID = """\
schema: backup-scan/config/1
accounts:
  prod:
    id: "111122223333"
    regions: [eu-west-1, eu-central-1]
    profile: prod
    role: "arn:aws:iam::111122223333:role/backup-scan"
    external_id: "x"
    endpoint: "http://127.0.0.1:5000"
  spare: {id: "444455556666", regions: [us-gov-west-1]}
systems:
  - name: orders
    tier: production-database
    covers: [production-databases]
    depends_on: [authentication]
    select:
      - tag: {System: orders}
      - arn: "arn:aws:rds:*:*:db:orders-*"
      - name: "orders-*"
  - name: authentication
    tier: authentication
    covers: [authentication]
    select: [{name: auth, arn: "*"}]
waivers:
  - rule: BK401
    resource: "arn:aws:ec2:*:volume/*"
    reason: scratch
    owner: platform
    approved_by: operations
    expires: 2027-03-31
allowed: {regions: [eu-west-1], accounts: ["777788889999"]}
backup_roles: ["arn:aws:iam::*:role/backup-*"]
repositories: [{name: infrastructure, mirror: {bucket: fivex-mirrors, prefix: infrastructure/}}]
exports: [{name: parameters, of: ssm-parameters, bucket: fivex-config-exports, prefix: ssm/}]
log_archives: [{system: orders, bucket: fivex-wal-archive, prefix: wal/, format: postgresql-wal}]
"""


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "backup-scan.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def problems(tmp_path: Path, text: str) -> list[str]:
    file = write(tmp_path, text)
    with pytest.raises(DocumentError) as caught:
        read_config(file, tiers=TIERS, scopes=SCOPES, at=AT)
    return [line.removeprefix(f"{file}:") for line in str(caught.value).splitlines()]


def test_a_configuration_is_read_with_its_lines(tmp_path: Path) -> None:
    data, lines = read_config(write(tmp_path, VALID), tiers=TIERS, scopes=SCOPES, at=AT)
    assert data["accounts"]["prod"]["id"] == "111122223333"
    assert data["waivers"][0]["expires"] == "2027-03-31"
    assert lines["systems", 0, "tier"] == (13, 5)
    assert lines["waivers", 0] == (25, 5)
    assert lines["log_archives", 0, "system"] == (35, 17)


def test_a_configuration_needs_no_more_than_an_account(tmp_path: Path) -> None:
    text = 'schema: backup-scan/config/1\naccounts: {a: {id: "111122223333", regions: [eu-west-1]}}\n'
    data, _ = read_config(write(tmp_path, text))
    assert data["accounts"] == {"a": {"id": "111122223333", "regions": ["eu-west-1"]}}
    assert problems(tmp_path, text.splitlines()[0]) == [
        "1: found no 'accounts' in the document (expected the accounts)"
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '    id: "111122223333"\n',
            "    id: 111122223333\n",
            "4: found the number 111122223333 for accounts.prod.id (expected an account id of twelve"
            " digits, in quotes)",
        ),
        (
            '"444455556666"',
            '"44445555666"',
            "10: found '44445555666' for accounts.spare.id (expected an account id of twelve digits, in quotes)",
        ),
        (
            '"444455556666"',
            '"111122223333"',
            "10: found the id 111122223333 of account prod again (expected an id of its own)",
        ),
        (
            "    regions: [eu-west-1, eu-central-1]\n",
            "",
            "3: found no 'regions' in accounts.prod (expected the regions)",
        ),
        (
            "regions: [us-gov-west-1]",
            "regions: []",
            "10: found an empty list for accounts.spare.regions (expected at least 1 entry)",
        ),
        (
            "[us-gov-west-1]",
            "[us-gov-west]",
            "10: found 'us-gov-west' for accounts.spare.regions[0] (expected a region such as eu-west-1)",
        ),
        (
            "[us-gov-west-1]",
            "[eu-west-1, eu-west-1]",
            "10: found a list for accounts.spare.regions (expected every entry once)",
        ),
        (
            '"arn:aws:iam::111122223333:role/backup-scan"',
            "backup-scan",
            "7: found 'backup-scan' for accounts.prod.role"
            " (expected the ARN of a role, such as arn:aws:iam::111122223333:role/backup-scan)",
        ),
        (
            "arn:aws:iam::111122223333:role",
            "arn:aws:iam::444455556666:role",
            "7: found a role of account 444455556666 for account prod (expected a role of 111122223333)",
        ),
        (
            '"http://127.0.0.1:5000"',
            '"127.0.0.1:5000"',
            "9: found '127.0.0.1:5000' for accounts.prod.endpoint (expected an address with http:// or https://)",
        ),
        (
            "    profile: prod\n",
            "    profil: prod\n",
            "6: found unknown property 'profil' in accounts.prod (expected endpoint, external_id,"
            " id, profile,"
            " regions or role; did you mean profile?)",
        ),
        (
            "waivers:\n",
            "waiver:\n",
            f"24: found unknown property 'waiver' in the document (expected {', '.join(PARTS[:-1])} or {PARTS[-1]};"
            " did you mean waivers?)",
        ),
        ("    tier: production-database\n", "", "12: found no 'tier' in systems[0] (expected the tier)"),
        (
            "tier: production-database",
            "tier: production-databse",
            "13: found unknown tier 'production-databse' of system orders (expected authentication,"
            " production-database or transaction-log; did you mean production-database?)",
        ),
        (
            "covers: [production-databases]",
            "covers: [databases]",
            "14: found unknown scope class 'databases' of system orders (expected authentication"
            " or production-databases; did you mean production-databases?)",
        ),
        (
            "depends_on: [authentication]",
            "depends_on: [authentification]",
            "15: found unknown system 'authentification' among what orders depends on"
            " (expected authentication or orders; did you mean authentication?)",
        ),
        (
            "depends_on: [authentication]",
            "depends_on: [orders]",
            "15: found a circle: orders needs orders (expected an order in which systems can be recovered)",
        ),
        (
            "    covers: [authentication]\n",
            "    depends_on: [orders]\n",
            "15: found a circle: orders needs authentication needs orders"
            " (expected an order in which systems can be recovered)",
        ),
        ("- name: authentication", "- name: orders", "20: found system 'orders' twice (first on line 12)"),
        (
            '[{name: auth, arn: "*"}]',
            "[]",
            "23: found an empty list for systems[1].select (expected at least 1 entry)",
        ),
        (
            '[{name: auth, arn: "*"}]',
            "[{}]",
            "23: found an empty mapping for systems[1].select[0] (expected at least 1 entry)",
        ),
        (
            "tag: {System: orders}",
            "tag: {System: 5}",
            "17: found the number 5 for systems[0].select[0].tag.System (expected text in quotes)",
        ),
        (
            "- tag: {System: orders}",
            "- tags: {System: orders}",
            "17: found unknown property 'tags' in systems[0].select[0] (expected arn, name or tag; did you mean tag?)",
        ),
        (
            "rule: BK401",
            "rule: CKV_AWS_7",
            "25: found 'CKV_AWS_7' for waivers[0].rule (expected a rule's id such as BK401)",
        ),
        ("    reason: scratch\n", "", "25: found no 'reason' in waivers[0] (expected the reason)"),
        (
            "reason: scratch",
            'reason: ""',
            "27: found '' for waivers[0].reason (expected at least 1 character)",
        ),
        (
            "approved_by: operations",
            "approved_by: Platform",
            "29: found 'Platform' as owner and approver of the same waiver (expected someone other than the owner)",
        ),
        (
            "expires: 2027-03-31",
            "expires: 2027-02-30",
            "30: found '2027-02-30' for waivers[0].expires (expected a day that exists)",
        ),
        (
            "expires: 2027-03-31",
            "expires: next year",
            "30: found 'next year' for waivers[0].expires (expected a date such as 2027-03-31)",
        ),
        (
            "expires: 2027-03-31",
            "expires: 2027-06-03",
            "30: found a waiver until 2027-06-03, more than a year ahead (expected 2027-06-02 at the latest)",
        ),
        (
            '["777788889999"]',
            "[spare]",
            "31: found 'spare' for allowed.accounts[0] (expected an account id of twelve digits, in quotes)",
        ),
        (
            "bucket: fivex-mirrors",
            "bucket: s3://fivex",
            "33: found 's3://fivex' for repositories[0].mirror.bucket"
            " (expected a bucket name of small letters, digits, dots and dashes)",
        ),
        (
            "of: ssm-parameters",
            "of: ssm",
            "34: found 'ssm' for exports[0].of (expected appconfig, ecs, lambda, network, other,"
            " security-groups, ssm-parameters or user-pools)",
        ),
        (
            "of: ssm-parameters",
            "of: security-group",
            "34: found 'security-group' for exports[0].of (expected appconfig, ecs, lambda, network, other,"
            " security-groups, ssm-parameters or user-pools; did you mean security-groups?)",
        ),
        (
            "log_archives: [{system: orders",
            "log_archives: [{system: order",
            "35: found unknown system 'order' of a log archive (expected authentication or orders;"
            " did you mean orders?)",
        ),
        ("systems:\n", "systems: &s\n", ""),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert VALID.count(old) >= 1
    text = VALID.replace(old, new, 1)
    if not said:
        read_config(write(tmp_path, text), tiers=TIERS, scopes=SCOPES, at=AT)
        return
    assert problems(tmp_path, text) == [said]


def test_all_mistakes_are_told_at_once_by_line(tmp_path: Path) -> None:
    text = VALID.replace("rule: BK401", "rule: BK4").replace("prod:\n", "prod:\n    x: 1\n")
    text = text.replace("    tier: authentication\n", "")
    assert [line.split(":")[0] for line in problems(tmp_path, text)] == ["4", "21", "25"]
    text = VALID.replace("approved_by: operations", "approved_by: platform").replace("tier: auth", "tier: oauth")
    assert [line.split(":")[0] for line in problems(tmp_path, text)] == ["21", "29"]


def test_a_longer_circle_is_told_once(tmp_path: Path) -> None:
    head = "schema: backup-scan/config/1\naccounts: {a: {id: '111122223333', regions: [eu-west-1]}}\nsystems:\n"
    text = head + "".join(
        f"  - {{name: {name}, tier: t, depends_on: [{needs}], select: [{{name: x}}]}}\n"
        for name, needs in (("a", "b"), ("b", "c, d"), ("c", ""), ("d", "b, c"), ("e", "a, d"))
    )
    file = write(tmp_path, text)
    with pytest.raises(DocumentError) as caught:
        read_config(file)
    assert str(caught.value) == (
        f"{file}:5: found a circle: b needs d needs b (expected an order in which systems can be recovered)"
    )


def test_what_is_not_given_is_not_checked(tmp_path: Path) -> None:
    text = VALID.replace("tier: production-database", "tier: x").replace("2027-03-31", "2099-01-01")
    data, _ = read_config(write(tmp_path, text))
    assert data["systems"][0]["tier"] == "x"


def test_the_starting_configuration_is_valid_once_the_account_is_filled_in(tmp_path: Path) -> None:
    policy = read_policy()
    scopes = [scope["id"] for scope in policy["scope"]]
    text = starting_config("012345678901", ["eu-north-1"])
    data, _ = read_config(write(tmp_path, text), tiers=policy["tiers"], scopes=scopes, at=AT)
    assert data["accounts"]["prod"] == {"id": "012345678901", "regions": ["eu-north-1"]}
    assert data["allowed"]["regions"] == ["eu-north-1"]
    assert {scope for system in data["systems"] for scope in system["covers"]} == set(scopes)


def test_the_starting_configuration_points_out_what_to_fill_in(tmp_path: Path) -> None:
    policy, text = read_policy(), starting_config()
    line = text.splitlines().index('    id: "YOUR-ACCOUNT-ID"') + 1
    file = write(tmp_path, text)
    with pytest.raises(DocumentError) as caught:
        read_config(file, tiers=policy["tiers"], scopes=[scope["id"] for scope in policy["scope"]], at=AT)
    assert [(one.line, one.message) for one in caught.value.problems] == [
        (line, "found 'YOUR-ACCOUNT-ID' for accounts.prod.id")
    ]


def test_what_is_right_in_form_is_checked_for_sense_whatever_is_wrong_elsewhere(tmp_path: Path) -> None:
    text = VALID.replace("schema: backup-scan/config/1", "schema: backup-scan/config/1\nsystem: {}").replace(
        "tier: authentication", "tier: gold"
    )
    found = problems(tmp_path, text)
    assert any("unknown property 'system'" in one for one in found), found
    assert any("unknown tier 'gold'" in one for one in found), found


def test_the_comments_of_the_starting_configuration_are_valid_too(tmp_path: Path) -> None:
    policy, text = read_policy(), starting_config("111122223333")
    lists = ("repositories", "exports", "log_archives", "endpoints", "not_judged", "waivers", "tickets",
             "measurements")  # fmt: skip
    for empty in lists:
        text = text.replace(f"{empty}: []\n", f"{empty}:\n")
    text = re.sub(r"^    # ", "    ", text, flags=re.MULTILINE)
    text = re.sub(r"^#  ", "  ", text, flags=re.MULTILINE)
    text = re.sub(r"^# (waivers_from|attestations|organization):", r"\1:", text, flags=re.MULTILINE)
    data, _ = read_config(
        write(tmp_path, text),
        tiers=policy["tiers"],
        scopes=[scope["id"] for scope in policy["scope"]],
        at=AT,
    )
    assert set(data["accounts"]["prod"]) == {
        "id",
        "regions",
        "profile",
        "role",
        "external_id",
        "endpoint",
    }
    assert all(data[key] for key in lists)
    assert data["organization"]["listed_by"] == "prod"
    assert data["attestations"] == "records/attestations.yaml"
