"""Stand-ins: a text that names what will only be told later joins blocks, and is compared with nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.hcl.evaluate import evaluate
from scanner.iac.hcl.expressions import parse_expression
from scanner.iac.hcl.stand_ins import is_stand_in
from scanner.iac.hcl.values import Object, Scope
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

KEY = "arn:aws:kms:?aws:?account:key/aws_kms_key.k"
KNOWN: dict[str, Any] = {
    "key": KEY,
    "name": "aws_s3_bucket.b",
    "account": "?account",
    "u": Unresolved("var.u has no value"),
    "by": Object({KEY: 1, "x": 2}),
}


class Known(Scope):
    """A scope with a few names."""

    def get(self, name: str) -> Any:
        return KNOWN[name]


def value(text: str) -> Any:
    return evaluate(parse_expression(text, Spot("t.tf", 1)), Known())


@pytest.mark.parametrize(
    "text",
    [
        'key == "arn:aws:kms:eu-west-1:1:key/k"', 'account == "123456789012"', "name == account",
        '[key] == ["a"]', "{a = name} == {a = account}", 'contains(["a", key], "b")', 'contains([account], "123456789012")', "length(name)",
        'split("-", key)[0]', "substr(name, 0, 3)", 'can(regex("^arn", key))', 'try(regex("x", key), "none")',
        'startswith(key, "arn:aws:rds")', 'lookup(by, "y", 0)', "by[name]", 'try(by["y"], 3)', "upper(name)", "md5(key)",
        'replace(key, "key", "alias")', 'name == "b" ? 1 : 2', 'index(["a", key], "b")',
        '[for one in ["a", "b"]: one if one == name]',
    ],
)  # fmt: skip
def test_what_hangs_on_a_stand_in_is_not_settled(text: str) -> None:
    found = value(text)
    assert isinstance(found, Unresolved), found
    assert "shows when it is made" in found.why


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("key == key", True), ("key != key", False), ("[key] == [key]", True), ('"a" == "b"', False),
        ("contains([key], key)", True), ('startswith(key, "arn:aws:kms:")', True), ("by[key]", 1), ('by["x"]', 2),
        ("lookup(by, key, 0)", 1), ('split(":", key)[2]', "kms"), ("length([key, name])", 2),
        ('"${name}/*"', "aws_s3_bucket.b/*"), ('join(",", [key])', KEY), ('format("%s", account)', "?account"),
        ("jsondecode(jsonencode({a = key})).a", KEY), ("coalesce(null, key)", KEY), ("concat([key], [name])[1]", "aws_s3_bucket.b"),
        ('name == "b" ? 1 : 1', 1), ('replace("what? a", "a", "b")', "whbt? b"), ('length("cron(0 2 * * ? *)")', 17), ('key != ""', True),
        ("name == null", False), ("[name] == []", False), ("[name, 1] == [account, 2]", False), ('account == "aws"', False),
        ("{a = name} == {b = name}", False), ("name == 7", False), ("[u, 1] == [name, 2]", False),
    ],
)  # fmt: skip
def test_what_does_not_is(text: str, wanted: Any) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (KEY, True), ("aws_s3_bucket.b", True), ('module.m["a"].aws_s3_bucket.b[0]', True), ("arn:aws:s3:::x-?account", True),
        ("?aws.dr", True), ("arn:aws:sqs:eu-west-1:1:aws_sqs_queue.q", True), ("orders", False), ("aws_backup", False),
        ("what? no", False), ("cron(0 2 * * ? *)", False), ("s3:?etObject", False), ("by aws_s3_bucket.b", False),
        (7, False), (None, False),
    ],
)  # fmt: skip
def test_which_texts_stand_for_others(text: Any, answer: bool) -> None:
    assert is_stand_in(text) is answer
