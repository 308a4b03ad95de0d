"""States: what AWS really gave, in every form in which a state is kept."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.unresolved import Unresolved
from tests.iac.plan.plans import AWS, holds, instance, kept

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/t"


def test_values_arns_and_places(stated: Any) -> None:
    code = stated(kept(holds("aws_dynamodb_table.t", instance({"arn": ARN, "name": "t", "id": "t"}))))
    (block,) = code
    assert (code.form, code.files, code.problems) == ("state", ["terraform.tfstate"], [])
    assert (block.address, block.region, block.account, block.known_arn) == (
        "aws_dynamodb_table.t",
        "eu-west-1",
        "123456789012",
        ARN,
    )
    assert block.find("name").value == "t"
    assert block.spot.said == "terraform.tfstate:1"


def test_the_id_is_the_name_of_what_has_no_other(stated: Any) -> None:
    (block,) = stated(
        kept(holds("aws_kms_key.k", instance({"id": "0f-1a", "arn": "arn:aws:kms:eu-west-1:123456789012:key/0f-1a"})))
    )
    assert block.known_name == "0f-1a"


def test_instances_modules_and_what_is_no_resource(stated: Any) -> None:
    code = stated(kept(
        holds("aws_a.a", instance({}, index_key=0), instance({}, index_key=1), instance({}, deposed="0a")),
        holds("aws_a.b", instance({}, index_key='x"y'), module='module.m["k"]'),
        holds("aws_a.c", instance({}), mode="data"),
    ))  # fmt: skip
    assert [block.address for block in code] == ["aws_a.a[0]", "aws_a.a[1]", 'module.m["k"].aws_a.b["x\\"y"]']


def test_no_sensitive_value_is_kept(stated: Any) -> None:
    (block,) = stated(kept(holds("aws_a.a", instance(
        {"password": "hunter2", "s": "hunter3", "m": {"a": "hunter4", "b": "shown"}, "n": None}, "s", "m.a", "n"))))  # fmt: skip
    assert "hunter" not in repr(dict(block.values))
    assert block.values["m"]["b"] == "shown"
    assert block.values["n"] is None
    assert isinstance(block.values["password"], Unresolved)


def test_a_sensitive_element_hides_its_list(stated: Any) -> None:
    marked = instance({"l": [{"p": "hunter2"}], "m": {"k": "hunter3"}})
    marked["sensitive_attributes"] = [
        [{"type": "get_attr", "value": "l"}, {"type": "index", "value": {"value": 0, "type": "number"}}, {"type": "get_attr", "value": "p"}],
        [{"type": "get_attr", "value": "m"}, {"type": "index", "value": {"value": "k", "type": "string"}}],
    ]  # fmt: skip
    (block,) = stated(kept(holds("aws_a.a", marked)))
    assert "hunter" not in repr(dict(block.values))


def test_one_provider_is_one_place(stated: Any) -> None:
    code = stated(kept(
        holds("aws_dynamodb_table.t", instance({"arn": ARN})),
        holds("aws_a.a", instance({})),
        holds("aws_a.dr", instance({}), provider=".dr"),
        holds("aws_a.zone", instance({"availability_zone": "eu-north-1b"}), provider=".z"),
        holds("aws_a.own", instance({"region": "us-gov-west-1"}), provider=".y"),
    ))  # fmt: skip
    assert [(block.region, block.account, block.partition) for block in code] == [
        ("eu-west-1", "123456789012", "aws"), ("eu-west-1", "123456789012", "aws"), ("?aws.dr", "?account", "aws"),
        ("eu-north-1", "?account", "aws"), ("us-gov-west-1", "?account", "aws-us-gov"),
    ]  # fmt: skip


def test_a_provider_of_two_regions_settles_nothing(stated: Any) -> None:
    other = ARN.replace("eu-west-1", "eu-west-2")
    code = stated(
        kept(
            *(holds(f"aws_dynamodb_table.{n}", instance({"arn": arn})) for n, arn in (("a", ARN), ("b", other))),
            holds("aws_a.a", instance({})),
        )
    )
    assert code.blocks[2].region == "?aws"
    assert code.blocks[2].account == "123456789012"


def test_what_was_given_stands_in(stated: Any) -> None:
    (block,) = stated(kept(holds("aws_a.a", instance({}))), region="eu-west-3", account="210987654321")
    assert (block.region, block.account) == ("eu-west-3", "210987654321")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (kept() | {"version": 3}, "has state version 3"),
        (kept() | {"resources": None}, "has no list of resources"),
        ({"lineage": "x"}, "is not a state"),
        (
            {"serial": 1, "lineage": "x", "meta": {}, "encrypted_data": "x", "encryption_version": "v0"},
            "is encrypted by OpenTofu",
        ),
        ({"format_version": "1.0", "values": {}}, "has no root module"),
        ([], "is not a state"),
        (b"\x00", "is no JSON"),
    ],
)
def test_what_is_no_state_is_refused(stated: Any, document: Any, words: Any) -> None:
    code = stated(document)
    assert words in code.problems[0].message
    assert code.blocks == []


def test_attributes_of_long_ago_are_told(stated: Any) -> None:
    code = stated(kept(holds("aws_a.a", {"schema_version": 0, "attributes_flat": {"x": "y"}})))
    assert "Terraform 0.11" in code.problems[0].message
    assert code.blocks[0].values == {}


class TestShown:
    def shown(self, stated: Any, *resources: Any, modules: Any = ()) -> Any:
        return stated(
            {
                "format_version": "1.0",
                "terraform_version": "1.11.4",
                "values": {"root_module": {"resources": list(resources), "child_modules": list(modules)}},
            }
        )

    def one(self, address: Any, values: Any, **more: Any) -> Any:
        kind, _, name = address.rpartition("module.m.")[2].partition(".")
        return {
            "address": address,
            "mode": "managed",
            "type": kind,
            "name": name,
            "provider_name": AWS,
            "values": values,
            **more,
        }

    def test_values_and_modules(self, stated: Any) -> None:
        inner = {"address": "module.m", "resources": [self.one("module.m.aws_a.b", {"x": 2})], "child_modules": []}
        code = self.shown(
            stated, self.one("aws_dynamodb_table.t", {"arn": ARN, "s": "hunter2"}, sensitive_values={"s": True}),
            self.one("aws_a.data", {}, mode="data"), self.one("aws_a.gone", {}, deposed_key="0a"), modules=[inner],
        )  # fmt: skip
        assert [(block.address, block.region) for block in code] == [
            ("aws_dynamodb_table.t", "eu-west-1"),
            ("module.m.aws_a.b", "?aws"),
        ]
        assert "hunter" not in repr(dict(code.blocks[0].values))

    def test_an_empty_state_is_no_problem(self, stated: Any) -> None:
        code = stated({"format_version": "1.0", "terraform_version": "1.11.4"})
        assert (code.blocks, code.problems) == ([], [])
