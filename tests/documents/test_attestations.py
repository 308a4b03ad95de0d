"""Attestations are read with their lines, compared with their evidence, and held to the policy."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest

from scanner.documents.attestations import attestations_of, read_attestations
from scanner.documents.construct import load_policy
from scanner.documents.errors import DocumentError
from scanner.model.attestation import Attestation, Proof

POLICY = load_policy()
ACCOUNTS = {"prod": "111111111111", "staging": "222222222222"}
VALID = """\
schema: backup-scan/attestations/1
attestations:
  - clause: 3.2-head
    statement: The metrics of October were reviewed.
    by: Ada
    role: head of operations
    on: 2026-11-09
    valid_for: 31d
    evidence: {link: "https://wiki.example.com/october"}
  - clause: 6.3-facilities
    statement: The provider's report was read.
    by: Grace
    on: 2026-06-15
    until: 2027-05-31
    accounts: [prod]
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "attestations.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def problems(folder: Path, text: str) -> list[str]:
    file = write(folder, text)
    with pytest.raises(DocumentError) as caught:
        read_attestations(file, POLICY, ACCOUNTS)
    return [line.removeprefix(f"{file}:") for line in str(caught.value).splitlines()]


def test_attestations_are_read_with_their_places(tmp_path: Path) -> None:
    first, second = attestations_of(read_attestations(write(tmp_path, VALID), POLICY, ACCOUNTS), ACCOUNTS)
    assert first == Attestation(
        "3.2-head", "The metrics of October were reviewed.", "Ada", date(2026, 11, 9), date(2026, 12, 10),
        "head of operations", "https://wiki.example.com/october", Proof.LINK,
    )  # fmt: skip
    assert first.where == "attestations.yaml:3"
    assert (second.until, second.accounts, second.proof) == (date(2027, 5, 31), ("111111111111",), Proof.NONE)
    assert second.where == "attestations.yaml:10"


def test_a_file_may_hold_none(tmp_path: Path) -> None:
    for text in ("schema: backup-scan/attestations/1\n", "schema: backup-scan/attestations/1\nattestations: []\n"):
        assert attestations_of(read_attestations(write(tmp_path, text), POLICY, ACCOUNTS), ACCOUNTS) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("clause: 3.2-head", "clause: 3.2-heads", "3: found unknown clause '3.2-heads' (expected 2-soc2, 3.1-operations,"
         " 3.2-head, 3.3-engineering, 5.2-reviews, 5.3-documentation, 6.2-access-review, 6.3-facilities, 8.1-response or"
         " 8.2-recovery; did you mean 3.2-head?)"),
        ("clause: 3.2-head", "clause: 6.1-tls", "3: found clause '6.1-tls', which nobody attests (expected 2-soc2,"
         " 3.1-operations, 3.2-head, 3.3-engineering, 5.2-reviews, 5.3-documentation, 6.2-access-review, 6.3-facilities,"
         " 8.1-response or 8.2-recovery)"),
        ("    by: Ada\n", "", "3: found no 'by' in attestations[0] (expected who states it)"),
        ("by: Ada", "by: [Ada]", "5: found a list for attestations[0].by (expected text)"),
        ("role:", "rule:", "6: found unknown property 'rule' in attestations[0] (expected accounts, by, clause, evidence,"
         " on, role, statement, until or valid_for; did you mean role?)"),
        ("on: 2026-11-09", "on: 2026-11-31", "7: found '2026-11-31' for on (expected a day that exists)"),
        ("on: 2026-11-09", "on: 9.11.2026", "7: found '9.11.2026' for attestations[0].on (expected a date such as 2026-11-24)"),
        ("valid_for: 31d", "valid_for: 32d", "8: found a statement for 32 days about 3.2-head (the policy lets it count for"
         " 31 days at most)"),
        ("valid_for: 31d", "valid_for: 1h", "8: found '1h' for attestations[0].valid_for (expected a duration such as 31d)"),
        ("valid_for: 31d", "valid_for: 999999w", "8: found '999999w' for valid_for (expected a shorter time)"),
        ("    valid_for: 31d\n", "", "3: found neither 'valid_for' nor 'until' (expected one of them)"),
        ("until: 2027-05-31", "until: 2027-05-31\n    valid_for: 1d", "14: found both 'valid_for' and 'until' (expected one"
         " of them)"),
        ("until: 2027-05-31", "until: 2026-06-14", "14: found a statement of 2026-06-15 that ends before, on 2026-06-14"
         " (expected a later day)"),
        ("accounts: [prod]", "accounts: [prd]", "15: found unknown account 'prd' (expected prod or staging; did you mean"
         " prod?)"),
        ('link: "https', 'link: "http', "9: found 'http://wiki.example.com/october' for attestations[0].evidence.link"
         " (expected an address with https://)"),
        ('{link: "https://wiki.example.com/october"}', "{file: x.pdf}", "9: found evidence without its other half (expected"
         " a file with its sha256)"),
        ('{link: "https://wiki.example.com/october"}', '{link: "https://a.b/c", file: x}', "9: found evidence that is not"
         " just one thing (expected a link, or a file with its sha256)"),
        ("clause: 6.3-facilities", "clause: 3.2-head", "14: found a statement for 350 days about 3.2-head (the policy lets"
         " it count for 31 days at most)"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in VALID
    assert problems(tmp_path, VALID.replace(old, new, 1)) == [said]


def test_all_mistakes_are_told_at_once_and_a_statement_may_stand_once_a_day(tmp_path: Path) -> None:
    text = VALID.replace("by: Ada", "by: ''").replace("accounts: [prod]", "accounts: [x]")
    assert [one.split(":")[0] for one in problems(tmp_path, text)] == ["5"]
    again = VALID.split("attestations:\n")[1].partition("  - clause: 6.3")[0]
    assert problems(tmp_path, VALID + again) == [
        "16: found clause 3.2-head attested twice on 2026-11-09 (first on line 3)"
    ]


@pytest.mark.parametrize(
    ("made", "proof"),
    [("as it was", Proof.INTACT), ("as it is", Proof.ALTERED), (None, Proof.ABSENT), ("directory", Proof.ABSENT)],
)
def test_evidence_that_is_a_file_is_compared(tmp_path: Path, made: str | None, proof: Proof) -> None:
    digest = hashlib.sha256(b"as it was").hexdigest()
    evidence = tmp_path / "evidence" / "review.md"
    evidence.parent.mkdir()
    if made == "directory":
        evidence.mkdir()
    elif made is not None:
        evidence.write_text(made, encoding="utf-8")
    text = VALID.replace(
        '{link: "https://wiki.example.com/october"}', f"{{file: evidence/review.md, sha256: {digest.upper()}}}"
    )
    stated = attestations_of(read_attestations(write(tmp_path, text), POLICY, ACCOUNTS), ACCOUNTS)[0]
    assert (stated.proof, stated.evidence) == (proof, "evidence/review.md")


def test_the_policy_says_how_often_each_clause_is_attested() -> None:
    attested = {one.id: one.attested_every for one in POLICY.clauses.values() if "attest" in one.established_by}
    assert len(attested) == 10
    assert all(attested.values())
    assert attested["3.2-head"] == attested["5.2-reviews"] == timedelta(days=31)
    assert attested["6.3-facilities"] == timedelta(days=365)
    assert all(set(one.reviews) <= set(POLICY.clauses) for one in POLICY.clauses.values())
    assert not any(one.attested_every for one in POLICY.clauses.values() if one.id not in attested)
