"""Waivers and tickets: in the configuration and in a file of their own, and together with attestations as records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rules import catalogue
from scanner.documents.config import read_config
from scanner.documents.construct import load_configuration, load_policy
from scanner.documents.errors import DocumentError
from scanner.documents.records import with_attestations
from scanner.documents.schema import load_schema
from scanner.documents.waivers import read_waivers
from scanner.model.waiver import ABOUT_RECORDS
from scanner.resources.records import Aftermath

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
POLICY = load_policy()
RULES = catalogue().rules
CONFIG = """\
schema: backup-scan/config/1
accounts:
  prod: {id: "111111111111", regions: [eu-west-1, eu-central-1]}
"""
WAIVER = """\
  - rule: BK401
    resource: "*:db:legacy"
    reason: it goes in March
    owner: orders
    approved_by: platform
    expires: 2027-03-31
    ticket: OPS-1
"""
TICKET = "  - {rule: BK301, resource: '*', ticket: OPS-2, opened: 2026-11-20}\n"
FILE = f"schema: backup-scan/waivers/1\nwaivers:\n{WAIVER}tickets:\n{TICKET}"
STATED = """\
schema: backup-scan/attestations/1
attestations:
  - {clause: 3.2-head, statement: done, by: Ada, on: 2026-11-20, valid_for: 31d}
"""


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "config.yaml"


def test_both_documents_hold_waivers_and_tickets_to_the_same() -> None:
    config, own = load_schema("config"), load_schema("waivers")
    for name in ("waiver", "ticket"):
        assert config["$defs"][name] == own["$defs"][name]
    for name in ("waivers", "tickets"):
        assert config["properties"][name] == own["properties"][name]


def test_records_come_from_the_configuration_and_from_the_files_beside_it(tmp_path: Path) -> None:
    file = write(
        tmp_path, config=f"{CONFIG}waivers:\n{WAIVER}", waivers=FILE.replace("BK401", "BK402"), attestations=STATED
    )
    records = load_configuration(file, POLICY, AT, rules=RULES).records
    assert records is not None
    assert [(one.rule, one.ticket, one.where) for one in records.waivers] == [
        ("BK401", "OPS-1", "config.yaml:5"), ("BK402", "OPS-1", "waivers.yaml:3")]  # fmt: skip
    assert [(one.rule, one.opened, one.where) for one in records.tickets] == [
        ("BK301", date(2026, 11, 20), "waivers.yaml:11")
    ]
    assert [one.clause for one in records.attestations] == ["3.2-head"]
    assert records.places == (("111111111111", "eu-west-1"), ("111111111111", "eu-central-1"))
    assert [name for name, _ in records.files] == ["attestations.yaml", "waivers.yaml"]


def test_files_may_have_other_places_and_must_be_there_then(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    write(tmp_path / "records", waivers=FILE, stated=STATED)
    file = write(tmp_path, config=f"{CONFIG}waivers_from: records/waivers.yaml\nattestations: records/stated.yaml\n")
    records = load_configuration(file, POLICY, AT).records
    assert records is not None
    assert len(records.waivers) == len(records.attestations) == 1
    for key, name in (("waivers_from", "waivers"), ("attestations", "stated")):
        (tmp_path / "records" / f"{name}.yaml").unlink()
        with pytest.raises(DocumentError, match=f"found no file 'records/{name}.yaml' for {key}"):
            load_configuration(file, POLICY, AT)
        write(tmp_path / "records", waivers=FILE, stated=STATED)


def test_without_any_there_are_none(tmp_path: Path) -> None:
    records = load_configuration(write(tmp_path, config=CONFIG), POLICY, AT).records
    assert records is not None
    assert (records.waivers, records.tickets, records.attestations, records.files) == ((), (), (), ())


def test_other_attestations_take_the_place_of_its_own(tmp_path: Path) -> None:
    file = write(tmp_path, config=CONFIG, attestations=STATED, other=STATED.replace("Ada", "Grace"))
    configuration = with_attestations(load_configuration(file, POLICY, AT), tmp_path / "other.yaml", POLICY)
    assert configuration.records is not None
    assert [one.by for one in configuration.records.attestations] == ["Grace"]
    assert [name for name, _ in configuration.records.files] == ["other.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rule: BK401", "rule: BK911", "3: found rule 'BK911' in waivers[0], which is about waivers and tickets itself"),
        ("rule: BK301", "rule: BK912", "11: found rule 'BK912' in tickets[0], which is about waivers and tickets itself"),
        ("rule: BK301", "rule: BK31", "11: found 'BK31' for tickets[0].rule (expected a rule's id such as BK401)"),
        ("rule: BK301", "rule: BK399", "11: found unknown rule 'BK399' in tickets[0]"),
        ("opened: 2026-11-20", "opened: 2026-02-30", "11: found '2026-02-30' for tickets[0].opened (expected a day that exists)"),
        ("ticket: OPS-2, ", "", "11: found no 'ticket' in tickets[0] (expected the ticket)"),
        ("approved_by: platform", "approved_by: ' Orders'", "7: found ' Orders' as owner and approver of the same waiver"),
        ("expires: 2027-03-31", "expires: 2028-03-31", "8: found a waiver until 2028-03-31, more than a year ahead"),
        ("schema: backup-scan/waivers/1", "schema: backup-scan/config/1", "1: found 'backup-scan/config/1' for schema"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in FILE
    write(tmp_path, waivers=FILE.replace(old, new))
    with pytest.raises(DocumentError) as caught:
        read_waivers(tmp_path / "waivers.yaml", rules=RULES, at=AT)
    assert f"waivers.yaml:{said}" in str(caught.value)
    assert len(caught.value.problems) == 1


def test_a_ticket_of_the_configuration_is_held_to_the_same(tmp_path: Path) -> None:
    file = write(tmp_path, config=f"{CONFIG}tickets:\n{TICKET.replace('BK301', 'BK911')}")
    with pytest.raises(DocumentError, match=r"config.yaml:5: found rule 'BK911' in tickets\[0\]"):
        read_config(file)


def test_no_record_can_be_about_the_rules_that_judge_records() -> None:
    last = {rule.id for rule in RULES.values() if any(issubclass(kind, Aftermath) for kind in rule.kinds)}
    assert last == set(ABOUT_RECORDS)


def test_records_can_be_moved_to_another_day(tmp_path: Path) -> None:
    records = load_configuration(write(tmp_path, config=CONFIG, waivers=FILE, attestations=STATED), POLICY, AT).records
    assert records is not None
    moved = records.moved(timedelta(days=10))
    assert moved.waivers[0].expires == date(2027, 4, 10)
    assert moved.tickets[0].opened == date(2026, 11, 30)
    assert (moved.attestations[0].on, moved.attestations[0].until) == (date(2026, 11, 30), date(2026, 12, 31))
    assert moved.moved(timedelta(days=-10)) == records


@pytest.mark.parametrize("approver", [" ORDERS ", "or\u200bders", "ｏｒｄｅｒｓ", "Jos\u00e9 Lee"])
def test_nobody_approves_his_own_waiver_by_writing_his_name_otherwise(tmp_path: Path, approver: str) -> None:
    owner = "jose\u0301  lee" if "Lee" in approver else "orders"
    text = FILE.replace("owner: orders", f"owner: {owner}").replace(
        "approved_by: platform", f"approved_by: '{approver}'"
    )
    write(tmp_path, waivers=text)
    with pytest.raises(DocumentError, match="as owner and approver of the same waiver"):
        read_waivers(tmp_path / "waivers.yaml", rules=RULES, at=AT)


def test_other_attestations_take_the_place_of_those_that_the_configuration_names(tmp_path: Path) -> None:
    config = write(
        tmp_path, config=CONFIG + "attestations: ours.yaml\n", ours=STATED, theirs=STATED.replace("Ada", "Bea")
    )
    found = with_attestations(load_configuration(config, POLICY), tmp_path / "theirs.yaml", POLICY)
    assert found.records is not None
    assert [name for name, _ in found.records.files] == ["theirs.yaml"]
