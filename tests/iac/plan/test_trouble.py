"""Files that are no plan or state, and those that are damaged: said in words, and the rest still read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.iac.terraform import plan as plans
from scanner.iac.terraform import sniff
from scanner.iac.terraform import state as states
from tests.iac.plan.plans import change, configured, constant, holds, instance, kept, plan

GOOD = plan([change("aws_a.a", {"x": 1})], [configured("aws_a.a", {"x": constant(1)})])


def said(code: Any) -> Any:
    assert code.blocks == []
    (problem,) = code.problems
    assert problem.spot.file in ("plan.json", "terraform.tfstate")
    return problem.message + " | " + problem.hint


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04\x14\x00", "plan.json is a binary plan, which only Terraform can read | run `terraform show -json plan > plan.json`"),
        (b'{"@level":"info","@message":"Terraform 1.11.4","type":"version"}\n{"@level":"info"}', "is what `terraform plan -json` prints"),
        (b"Terraform will perform the following actions:", "is no JSON"),
        (b"", "is no JSON"),
        (b"\xff\x00\xfe{", "is no"),
        (b'{"meta": {}, "encrypted_data": "x"}', "is encrypted by OpenTofu"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"a": ' * 50_000, "is nested too deeply"),
        (b'{"format_version": 1' + b"0" * 5000 + b"}", "is no JSON"),
        (json.dumps(GOOD | {"deep": "here"}).replace('"here"', "[" * 300 + "]" * 300).encode(), "is nested too deeply"),
        (b"[]", "is not a plan"),
        (b"null", "is not a plan"),
        (b'{"format_version": "1.2"}', "is not a plan"),
        (json.dumps(GOOD | {"format_version": "0.1"}).encode(), "does not mark what is sensitive"),
        (json.dumps(GOOD | {"format_version": "2.0"}).encode(), "has plan format 2.0"),
        (json.dumps(GOOD | {"format_version": None}).encode(), "has plan format None"),
        (json.dumps(GOOD | {"resource_changes": {}}).encode(), "has no list of resource changes"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused_with_what_to_do(planned: Any, data: Any, words: Any) -> None:
    assert words in said(planned(data))


def test_brackets_in_texts_are_no_nesting(planned: Any) -> None:
    document = plan([change("aws_a.a", {"x": "[{" * 400})], [configured("aws_a.a", {"x": constant("[{" * 400)})])
    assert planned(document).problems == []


def test_a_plan_that_is_cut_off_tells_the_line(planned: Any) -> None:
    text = json.dumps(GOOD, indent=1)
    code = planned(text[: len(text) // 2].encode())
    assert "is no JSON" in said(code)
    assert code.problems[0].spot.line > 1


def test_a_file_that_is_not_there(tmp_path: Any) -> None:
    assert "cannot be read" in said(plans.load(tmp_path, tmp_path / "plan.json"))
    assert "cannot be read" in said(states.load(tmp_path, tmp_path / "terraform.tfstate"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_plan_in_any_encoding_that_shells_write(planned: Any, encoding: Any) -> None:
    data = json.dumps(GOOD, indent=2).replace("\n", "\r\n").encode(encoding)
    assert [block.address for block in planned(data)] == ["aws_a.a"]


@pytest.mark.parametrize(
    ("flag", "words"), [({"errored": True}, "ended with an error"), ({"complete": False}, "not the whole plan")]
)
def test_a_plan_that_is_not_whole_says_so_and_is_read(planned: Any, flag: Any, words: Any) -> None:
    code = planned(GOOD | flag)
    assert len(code.blocks) == 1
    assert words in code.problems[0].message


def test_a_duplicated_address_is_kept_and_told(planned: Any) -> None:
    code = planned(plan([change("aws_a.a", {"x": 1}), change("aws_a.a", {"x": 2})]))
    assert [block.values["x"] for block in code] == [1, 2]
    assert "aws_a.a is in it twice" in code.problems[0].message


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        [],
        {},
        {"change": 1},
        {"change": {}, "address": 1, "type": "aws_a"},
        {"change": {}, "address": "aws_a.b"},
    ],
)
def test_an_entry_that_is_none_is_told_and_the_rest_is_read(planned: Any, entry: Any) -> None:
    document = plan([entry, change("aws_a.a", {"x": 1})], [configured("aws_a.a", {"x": constant(1)})])
    code = planned(document)
    assert [block.address for block in code] == ["aws_a.a"]
    assert "passed over" in code.problems[0].message


def test_a_resource_without_values_is_told(planned: Any) -> None:
    code = planned(plan([change("aws_a.a", None)]))
    assert "nothing is known of it" in code.problems[0].message
    assert code.problems[0].address == "aws_a.a"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "expressions",
                    "references",
                    "constant_value",
                    "x",
                    "resources",
                    "module_calls",
                    "m",
                    "module",
                    "type",
                    "mode",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


def replaced(document: Any, where: Any, what: Any) -> Any:
    """Give a copy in which one part, the `where`-th, is something else."""
    count = -1

    def walk(value: Any) -> Any:
        nonlocal count
        count += 1
        if count == where:
            return what
        if isinstance(value, dict):
            return {key: walk(one) for key, one in value.items()}
        return [walk(one) for one in value] if isinstance(value, list) else value

    return walk(document)


BUSY = plan(
    [change("module.m[0].aws_a.a", {"x": [{"y": 1}], "tags": {}}, {"x": [{"z": True}], "k_id": True, "tags_all": True}, sensitive={"x": [{}]}, module="module.m[0]"),
     change("aws_b.b", {"q": 1}, {"a_id": True}, actions=["update"], before={"arn": "arn:aws:a:eu-west-1:123456789012:b"})],
    [configured("aws_b.b", {"a_id": {"references": ["module.m[0].o", "module.m[0]"]}})],
    calls={"m": {"expressions": {"v": {"references": ["aws_b.b.id", "aws_b.b"]}}, "module": {
        "outputs": {"o": {"expression": {"references": ["aws_a.a.k_id"]}}}, "variables": {"v": {}},
        "resources": [configured("aws_a.a", {"x": [{"z": {}}], "k_id": {"references": ["var.v"]}})]}}},
)  # fmt: skip
STATE = kept(
    holds(
        "aws_a.a",
        instance({"arn": "arn:aws:a:eu-west-1:123456789012:b", "p": {"q": "r"}}, "p.q", index_key="k"),
        module="module.m",
        provider=".dr",
    )
)
SHOWN = {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {"resources": [], "child_modules": [
    {"address": "module.m", "resources": [{"address": "module.m.aws_a.a", "mode": "managed", "type": "aws_a", "name": "a",
     "provider_name": "x/aws", "values": {"s": "t"}, "sensitive_values": {"s": True}}]}]}}}  # fmt: skip


@given(where=st.integers(0, 150), what=anything)
def test_any_part_may_be_anything(tmp_path_factory: Any, where: Any, what: Any) -> None:
    directory = tmp_path_factory.getbasetemp()
    for load, document in ((plans.load, BUSY), (states.load, STATE), (states.load, SHOWN)):
        file = directory / "any.json"
        file.write_text(json.dumps(replaced(document, where, what)))
        code = load(directory, file)
        assert all(isinstance(block.address, str) and isinstance(block.region, str) and block.region for block in code)
        assert code.blocks or code.problems or code.gone or where < 150


def test_ten_megabytes_are_read_in_time(planned: Any) -> None:
    wide = change(
        "aws_a.a", {"x": "y" * 400, "rule": [{"n": n} for n in range(40)]}, {"id": True, "rule": [{"m": True}] * 40}
    )
    changes = [wide | {"address": f"aws_a.a[{n}]", "index": n} for n in range(5000)]
    data = json.dumps(plan(changes, [configured("aws_a.a", {"rule": [{"n": {}, "m": {}}]})])).encode()
    assert len(data) > 8_000_000
    code = planned(data)
    assert len(code.blocks) == 5000


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (json.dumps(GOOD).encode(), sniff.PLAN),
        (json.dumps(GOOD).encode("utf-16"), sniff.PLAN),
        (b"PK\x03\x04", sniff.PLAN),
        (b'{"@level":"info","@message":"x","type":"version"}', sniff.PLAN),
        (json.dumps(STATE).encode(), sniff.STATE),
        (b'{"version": 3, "terraform_version": "0.11.1", "modules": []}', sniff.STATE),
        (json.dumps(SHOWN).encode(), sniff.SHOWN_STATE),
        (b'{"format_version": "1.0", "terraform_version": "1.11.4"}', sniff.SHOWN_STATE),
        (b'{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}', sniff.TEMPLATE),
        (b'{"ChangeSetName": "c", "StackName": "s", "Changes": []}', sniff.CHANGE_SET),
        (b'[{"check_type": "terraform", "results": {}}]', sniff.CHECKOV),
        (b'{"name": "left-pad", "version": "1.0.0"}', sniff.OTHER),
        (b"Resources:\n  B:\n    Type: AWS::S3::Bucket", sniff.OTHER),
        (b"", sniff.OTHER),
        (b"\x00\x01", sniff.OTHER),
        (json.dumps({"doc": json.dumps(GOOD)}).encode(), sniff.OTHER),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_keys(tmp_path: Any, data: Any, kind: Any) -> None:
    (tmp_path / "f.json").write_bytes(data)
    assert sniff.sniff(tmp_path / "f.json") == kind


def test_a_file_that_cannot_be_read_is_of_no_kind(tmp_path: Any) -> None:
    assert sniff.sniff(tmp_path / "none.json") == sniff.OTHER
    assert sniff.sniff(tmp_path) == sniff.OTHER
