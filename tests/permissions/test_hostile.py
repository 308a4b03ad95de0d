"""Policies that mean harm: thousands of statements, patterns that other engines choke on, text of all sorts. No timing:
steps are counted."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from scanner.permissions.context import Caller
from scanner.permissions.document import Document, document
from scanner.permissions.evaluate import Court, Outcome, Policies, ask
from scanner.permissions.patterns import matches
from scanner.permissions.shelf import Shelf, Target

ME = Caller("arn:aws:iam::111122223333:role/me", {})


def policy(*statements: dict[str, Any]) -> Document:
    return document({"Version": "2012-10-17", "Statement": list(statements)})


def steps(work: Any) -> int:
    """Count the calls that some work makes."""
    count = 0

    def noticed(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(noticed)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def snapshots(count: int) -> Shelf:
    return Shelf(Target(f"arn:aws:rds:eu-west-1:111122223333:snapshot:s{n:06}") for n in range(count))


def test_thousands_of_statements_cost_as_much_each() -> None:
    def work(count: int) -> int:
        shelf = snapshots(count)
        said = policy(*(
            {"Effect": "Allow", "Action": "rds:DeleteDBSnapshot", "Resource": f"{shelf.arns[n]}*"} for n in range(count)
        ))  # fmt: skip
        return steps(lambda: Court(shelf).judge("rds:DeleteDBSnapshot", ME, Policies((said,))))

    work(10)
    assert work(3000) < 12 * work(300)


def test_backups_cost_nothing_where_a_pattern_begins_with_a_name() -> None:
    said = policy(
        {"Effect": "Allow", "Action": "rds:*", "Resource": ["arn:aws:rds:*:*:snapshot:s0001*", "arn:aws:rds:*"]}
    )
    shelf = snapshots(20_000)
    answer = Court(shelf).judge("rds:DeleteDBSnapshot", ME, Policies((said,)))
    assert answer.extent.yes == ((0, 20_000),)
    assert shelf.tried == 0


@pytest.mark.parametrize(
    "pattern", ["*a" * 200 + "b", "?*" * 200, "*" * 500 + "b", "(a+)+$*", "[[[*", "\\*", "*" + "🦊" * 50]
)
def test_no_pattern_is_pathological(pattern: str) -> None:
    value = "a" * 2000

    def work(times: int) -> int:
        return steps(lambda: matches(pattern, value * times))

    work(1)
    assert work(4) <= 4 * work(1) + 10
    said = policy(
        {"Effect": "Deny", "Action": "*", "Resource": pattern}, {"Effect": "Allow", "Action": "*", "Resource": "*"}
    )
    outcome = ask("s3:DeleteObject", Target(value), ME, Policies((said,))).outcome
    assert outcome is (Outcome.DENIED if matches(pattern, value) else Outcome.ALLOWED)


def test_text_of_all_sorts() -> None:
    name = "bücket-日本-\u202e-🦊-\ud800"
    said = policy({"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{name}/*"})
    assert ask("s3:GetObject", Target(f"arn:aws:s3:::{name}/x"), ME, Policies((said,))).outcome is Outcome.ALLOWED
    assert ask("s3:GetObject", Target("arn:aws:s3:::b/x"), ME, Policies((said,))).outcome is Outcome.DENIED


@pytest.mark.parametrize("raw", [
    "", "[]", "{", "null", "3", '{"Statement": 3}', '{"Statement": [{"Effect": "allow", "Action": "*"}]}',
    '{"Statement": [{"Effect": "Allow"}]}', '{"Statement": {"Effect": "Allow", "Action": [1]}}', '{"Version": "2012-10-17"}',
    '{"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"Bool": "x"}}}',
    '{"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"Bool": {"k": {}}}}}',
    '{"Statement": {"Effect": "Allow", "Action": "*", "Principal": 7}}', "[" * 100_000,
])  # fmt: skip
def test_what_is_no_policy_is_never_one_that_allows_nothing(raw: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # json's own error is one
        document(raw)


def test_url_encoded_text_and_single_values() -> None:
    raw = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
           "Condition": {"Bool": {"aws:SecureTransport": True}, "NumericLessThan": {"s3:max-keys": 10}}}}  # fmt: skip
    from urllib.parse import quote

    assert document(quote(json.dumps(raw))) == document(json.dumps(raw)) == document(raw)
    assert [one.values for one in document(raw).statements[0].conditions] == [("true",), ("10",)]


def test_conditions_with_thousands_of_values_keep_reasons_short() -> None:
    said = policy({"Effect": "Allow", "Action": "*", "Resource": "*",
                   "Condition": {"StringEquals": {"aws:SourceVpce": [f"vpce-{n}" for n in range(5000)]}}})  # fmt: skip
    found = ask("s3:GetObject", Target("arn:aws:s3:::b/x"), ME, Policies((said,)))
    assert found.why == ("condition StringEquals aws:SourceVpce",)
