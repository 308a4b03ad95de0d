"""checkov's output is read whatever shape it has; what is none of it is refused, and what it lacks is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.iac.second_opinion.results import ResultsError, load, parse

HERE = Path(__file__).parent
FILE = HERE / "checkov-3.3.json"


def report(**lists: Any) -> dict[str, Any]:
    return {"check_type": "terraform", "results": lists, "summary": {"checkov_version": "3.3.30"}}


def row(**more: Any) -> dict[str, Any]:
    return {"check_id": "CKV_AWS_28", "check_name": "n", "check_result": {"result": "PASSED"}, "file_path": "/a/main.tf",
            "repo_file_path": "/repo/a/main.tf", "file_abs_path": "/x/repo/a/main.tf", "file_line_range": [1, 9],
            "resource": "aws_dynamodb_table.t", **more}  # fmt: skip


def test_what_checkov_wrote_is_read_whole() -> None:
    results = load(FILE)
    assert results.version == "3.3.30"
    assert {one.framework for one in results.rows} == {"terraform", "cloudformation"}
    assert {one.result for one in results.rows} == {"passed", "failed", "skipped"}
    assert len(results.rows) == 66
    (skipped,) = [one for one in results.rows if one.result == "skipped"]
    assert (skipped.check, skipped.resource, skipped.comment) == ("CKV_AWS_7", "aws_kms_key.k", "rotated by hand")
    assert skipped.files[0] == "main.tf"
    assert skipped.line == 46


def test_one_report_alone_and_several_are_read_alike() -> None:
    alone = report(passed_checks=[row()], failed_checks=[], skipped_checks=[])
    for whole in (alone, [alone], [alone, {**alone, "check_type": "terraform_plan"}]):
        results = parse(json.dumps(whole), "x")
        assert {one.check for one in results.rows} == {"CKV_AWS_28"}
        assert results.rows[0].files == ("a/main.tf", "repo/a/main.tf", "x/repo/a/main.tf")


def test_without_resources_it_is_no_pass() -> None:
    none = {
        "passed": 0,
        "failed": 0,
        "skipped": 0,
        "parsing_errors": 0,
        "resource_count": 0,
        "checkov_version": "3.3.30",
    }
    results = parse(json.dumps(none), "x")
    assert results.rows == ()
    assert results.version == "3.3.30"


def test_what_is_missing_is_said() -> None:
    quiet = report(failed_checks=[row()])
    assert "--quiet" in parse(json.dumps(quiet), "x").notes[0]
    broken = report(passed_checks=[{"check_id": 3}, "x", None, row()], parsing_errors=["a.tf", "b.tf"])
    results = parse(json.dumps(broken), "x")
    assert len(results.rows) == 1
    assert any("3 rows" in one for one in results.notes)
    assert any("could not parse 2 files: a.tf, b.tf" in one for one in results.notes)
    other = [report(passed_checks=[row()]), {**report(passed_checks=[row()]), "check_type": "secrets"}]
    results = parse(json.dumps(other), "x")
    assert len(results.rows) == 1
    assert "not compared: secrets" in results.notes


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "empty"), ("  \n", "empty"), ("no json", "no JSON"), ("[]", "not what checkov writes"), ("3", "not what"),
     ('{"a": 1}', "not what"), ("[[1]]", "not what"), ('{"runs": []}', "SARIF"), ("[" * 100_000, "no JSON"),
     ('{"results": {}}\n{"results": {}}', "no JSON")],
)  # fmt: skip
def test_what_is_none_of_checkovs_is_refused(text: str, said: str) -> None:
    with pytest.raises(ResultsError) as error:
        parse(text, "results.json")
    assert said in error.value.message
    assert error.value.message.startswith("results.json: ")
    assert error.value.hint


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="No such file"):
        load(tmp_path / "none.json")
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ResultsError, match="no UTF-8"):
        load(binary)
    marked = tmp_path / "bom.json"
    marked.write_bytes(b"\xef\xbb\xbf" + json.dumps(report(passed_checks=[row()])).encode())
    assert len(load(marked).rows) == 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(("check_type", "results", "summary", "passed_checks", "failed_checks", "check_id", "resource",
                         "check_result", "file_line_range", "file_path", "parsing_errors")),
        inner, max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(_JSON)
def test_no_shape_breaks_it(whole: Any) -> None:
    try:
        parse(json.dumps(whole), "x")
    except ResultsError:
        return
