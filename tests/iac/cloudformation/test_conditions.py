"""Conditions are true, false, or open; what stands under an open one may not exist, and says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.model.unresolved import Unresolved
from tests.iac.cloudformation.written import block, read, values, why

HEAD = """
Parameters:
  Env: {Type: String, Default: prod}
  Open: {Type: String}
  Flag: {Type: String, Default: 'true'}
  Num: {Type: Number, Default: 1}
Conditions:
  T: !Equals [a, a]
  F: !Equals [a, b]
  U: !Equals [!Ref Open, x]
  C: %s
Resources:
  A: {Type: X, Condition: C}
"""


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("!Equals [!Ref Env, prod]", True),
        ("!Equals [!Ref Env, Prod]", False),
        ("!Equals [!Ref Flag, true]", True),
        ("!Equals [!Ref Num, '1']", True),
        ("!Equals [!Ref Open, !Ref Open]", None),
        ("!Equals [!Sub '${Env}!', 'prod!']", True),
        ("!Equals [!Ref AWS::Region, !Ref AWS::Region]", True),
        ("!Equals [!Ref AWS::Region, eu-west-1]", None),
        ("!Equals [!Ref AWS::Partition, aws]", True),
        ("!Equals [[a, b], [a, b]]", True),
        ("!Equals [a]", None),
        ("!Equals [a, {b: c}]", None),
        ("!Equals [{'Fn::Nonsense': 1}, b]", None),
        ("!Not [!Condition T]", False),
        ("!Not [!Condition U]", None),
        ("!Not [!Condition T, !Condition T]", None),
        ("!And [!Condition T, !Condition U]", None),
        ("!And [!Condition F, !Condition U]", False),
        ("!And [!Condition T, {Condition: T}]", True),
        ("!Or [!Condition F, !Condition U]", None),
        ("!Or [!Condition T, !Condition U]", True),
        ("!Or [!Condition F, !Condition F]", False),
        ("!Or [!And [!Condition T, !Not [!Condition F]], !Condition U]", True),
        ("!Condition C", None),
        ("!Condition Nowhere", None),
        ("!And x", None),
        ("!And []", None),
        ("text", None),
        ("true", True),
        ("[a]", None),
        ("null", None),
        ("!Ref Env", None),
        ("!If [T, true, false]", True),
    ],
)
def test_what_a_condition_comes_to(tmp_path: Path, condition: Any, holds: Any) -> None:
    code = read(tmp_path, HEAD % condition)
    if holds is False:
        assert not code.blocks
        return
    (found,) = code.blocks
    if holds:
        assert found.doubt is None
    else:
        assert isinstance(found.doubt, Unresolved)
        assert "is open" in found.doubt.why or "condition" in found.doubt.why


def test_a_doubt_says_what_would_decide_it(tmp_path: Path) -> None:
    code = read(tmp_path, HEAD % "!Or [!Condition F, !Condition U]")
    doubt = block(code, "A").doubt
    assert why(doubt) == "condition U is open: parameter Open has no value (t.yaml:4)"
    assert doubt is not None
    assert doubt.refs == ("Open",)
    assert doubt.spot is not None
    assert doubt.spot.said == "t.yaml:13"


def test_conditions_of_each_other_are_open(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """
        Conditions: {A: !Not [!Condition B], B: !Not [!Condition A], C: !Or [!Condition A, !Equals [x, x]]}
        Resources: {One: {Type: X, Condition: A}, Two: {Type: X, Condition: C}}
        """,
    )
    assert block(code, "One").doubt is not None
    assert block(code, "Two").doubt is None


def test_where_a_resource_is_its_condition_is_true(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """
        Parameters: {Open: {Type: String}}
        Conditions: {U: !Equals [!Ref Open, x]}
        Resources:
          A: {Type: X, Condition: U, Properties: {P: !If [U, 1, 2]}}
          B: {Type: X, Properties: {P: !If [U, 1, 2]}}
        """,
    )
    assert values(code, "A")["P"] == 1
    assert values(code, "B")["P"].choices == (1, 2)


def test_what_is_not_there_cannot_be_referred_to(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """
        Conditions: {F: !Equals [a, b]}
        Resources:
          Gone: {Type: X, Condition: F}
          It: {Type: X, Properties: {P: !GetAtt Gone.Arn, Q: !If [F, !Ref Gone, own]}}
        """,
    )
    assert why(values(code)["P"]) == "Gone.Arn is not there: condition F of Gone is false"
    assert values(code)["Q"] == "own"


def test_a_long_chain_of_conditions_ends(tmp_path: Path) -> None:
    chain = "\n".join(f"  C{n}: !Not [!Condition C{n + 1}]" for n in range(3000))
    text = f"Conditions:\n{chain}\n  C3000: !Equals [a, a]\nResources: {{A: {{Type: X, Condition: C0}}, B: {{Type: X, Condition: C2990}}}}\n"
    code = read(tmp_path, text)
    assert block(code, "A").doubt is not None
    assert block(code, "B").doubt is None
