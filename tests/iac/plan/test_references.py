"""References: what is open in a plan and names another resource is that resource's identity."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import ABSENT
from scanner.iac.terraform import plan_tree
from scanner.model.unresolved import Unresolved
from tests.iac.plan.plans import change, configured, constant, plan, refers

DB = "aws_db_instance.main"


@pytest.fixture(autouse=True)
def exports(monkeypatch: Any) -> Any:
    """Answer what forms would: the references here are of this reader, and not of any kind."""

    def export(block: Any, attribute: Any) -> Any:
        return f"{attribute} of {block.address}" if attribute in ("arn", "id", "key_id", "name") else ABSENT

    monkeypatch.setattr(plan_tree, "export", export)


def key(
    expressions: Any,
    planned: Any,
    attribute: Any = "kms_key_id",
    *,
    more: Any = (),
    resources: Any = (),
    db: Any = DB,
    index: Any = "",
    module: Any = "",
    **options: Any,
) -> Any:
    document = plan(
        [change(f"{db}{index}", {}, {attribute: True}, module=module), *more],
        [configured(DB, {attribute: expressions}), *resources],
        **options,
    )
    code = planned(document)
    assert code.problems == []
    return code.blocks[0].values.get(attribute, ABSENT)


def a_key(address: Any = "aws_kms_key.k", module: Any = "") -> Any:
    return change(address, {}, {"arn": True}, module=module)


K = refers("aws_kms_key.k.arn", "aws_kms_key.k")


def test_a_reference_gives_the_identity_wherever_the_other_stands(planned: Any) -> None:
    assert key(K, planned, more=[a_key()], resources=[configured("aws_kms_key.k", {})]) == "arn of aws_kms_key.k"


def test_a_reference_to_what_is_no_identity_is_open(planned: Any) -> None:
    found = key(
        refers("aws_kms_key.k.odd", "aws_kms_key.k"),
        planned,
        more=[a_key()],
        resources=[configured("aws_kms_key.k", {})],
    )
    assert found.why == "aws_kms_key.k.odd is known after apply"


def test_a_reference_to_nothing_in_the_plan_is_open(planned: Any) -> None:
    assert isinstance(key(K, planned), Unresolved)


def test_an_instance_is_found_by_its_key(planned: Any) -> None:
    keys = [a_key("aws_kms_key.k[0]"), a_key("aws_kms_key.k[1]")]
    more = {"more": keys, "resources": [configured("aws_kms_key.k", {})]}
    assert (
        key(refers("aws_kms_key.k[1].arn", "aws_kms_key.k[1]", "aws_kms_key.k"), planned, **more)
        == "arn of aws_kms_key.k[1]"
    )
    assert isinstance(
        key(refers("aws_kms_key.k[2].arn", "aws_kms_key.k[2]", "aws_kms_key.k"), planned, **more), Unresolved
    )
    assert isinstance(key(K, planned, **more), Unresolved)  # which of them, the plan does not tell


def test_a_text_of_digits_is_no_number(planned: Any) -> None:
    keys = [a_key('aws_kms_key.k["1"]')]
    assert isinstance(key(refers("aws_kms_key.k[1].arn", "aws_kms_key.k[1]"), planned, more=keys), Unresolved)
    assert (
        key(refers('aws_kms_key.k["1"].arn', 'aws_kms_key.k["1"]'), planned, more=keys) == 'arn of aws_kms_key.k["1"]'
    )


def test_documents_and_names_of_its_own_are_no_identity(planned: Any) -> None:
    more = {"more": [a_key()], "resources": [configured("aws_kms_key.k", {})]}
    for attribute in ("policy", "name", "identifier", "event_pattern", "description"):
        assert isinstance(key(K, planned, attribute, **more), Unresolved), attribute


def test_several_references_are_open_but_of_a_list(planned: Any) -> None:
    both = refers("aws_kms_key.k.arn", "aws_kms_key.k", "aws_kms_key.l.arn", "aws_kms_key.l")
    more = {"more": [a_key(), a_key("aws_kms_key.l")]}
    assert isinstance(key(both, planned, **more), Unresolved)
    assert key(both, planned, "vpc_security_group_ids", **more) == ["arn of aws_kms_key.k", "arn of aws_kms_key.l"]
    assert key(K, planned, "subnet_ids", **more) == ["arn of aws_kms_key.k"]


def test_a_list_that_a_variable_decides_is_open(planned: Any) -> None:
    found = key(
        refers("aws_kms_key.k.arn", "aws_kms_key.k", "var.x"),
        planned,
        "subnet_ids",
        more=[a_key()],
        variables={"x": True},
    )
    assert isinstance(found, Unresolved)


def test_a_reference_follows_what_only_passes_on(planned: Any) -> None:
    versioning = change("aws_s3_bucket_versioning.v", {}, {"bucket": True})
    bucket = change("aws_s3_bucket.b", {}, {"id": True})
    found = key(
        refers("aws_s3_bucket_versioning.v.bucket", "aws_s3_bucket_versioning.v"), planned, "bucket",
        more=[versioning, bucket],
        resources=[configured("aws_s3_bucket_versioning.v", {"bucket": refers("aws_s3_bucket.b.id", "aws_s3_bucket.b")})],
    )  # fmt: skip
    assert found == "id of aws_s3_bucket.b"


def test_what_it_is_made_for_each_of_is_its_own_instance(planned: Any) -> None:
    keys = [a_key('aws_kms_key.k["a"]'), a_key('aws_kms_key.k["b"]')]
    for of, found in (
        (refers("aws_kms_key.k"), 'arn of aws_kms_key.k["b"]'),
        (refers("aws_kms_key.k", "local.more"), None),
        (refers("var.keys"), None),
    ):
        document = plan(
            [change(f'{DB}["b"]', {}, {"kms_key_id": True}), *keys],
            [
                configured(DB, {"kms_key_id": refers("each.value.arn", "each.value")}, for_each_expression=of),
                configured("aws_kms_key.k", {}),
            ],
        )
        value = planned(document).blocks[0].values["kms_key_id"]
        assert value == found if found else isinstance(value, Unresolved)


def test_a_circle_of_references_ends(planned: Any) -> None:
    resources = [
        configured("aws_a.a", {"x_id": refers("aws_b.b.x_id", "aws_b.b")}),
        configured("aws_b.b", {"x_id": refers("aws_a.a.x_id", "aws_a.a")}),
    ]
    code = planned(plan([change("aws_a.a", {}, {"x_id": True}), change("aws_b.b", {}, {"x_id": True})], resources))
    assert all(isinstance(block.values["x_id"], Unresolved) for block in code)


def calls(inner: Any, given: Any, *, outputs: Any = None) -> Any:
    module = {"resources": inner, "variables": {name: {} for name in given}}
    return {"m": {"source": "./m", "expressions": given, "module": module | ({"outputs": outputs} if outputs else {})}}


class TestModules:
    def test_a_variable_leads_out_of_the_module(self, planned: Any) -> None:
        inner = [configured(DB, {"kms_key_id": refers("var.key")})]
        document = plan([change(f"module.m.{DB}", {}, {"kms_key_id": True}, module="module.m"), a_key()],
                        [configured("aws_kms_key.k", {})], calls=calls(inner, {"key": K}))  # fmt: skip
        assert planned(document).blocks[0].values["kms_key_id"] == "arn of aws_kms_key.k"

    def test_an_output_leads_into_the_module_and_its_instance(self, planned: Any) -> None:
        inner = [configured("aws_kms_key.k", {})]
        document = plan(
            [change(DB, {}, {"kms_key_id": True}), a_key('module.m["a"].aws_kms_key.k', 'module.m["a"]'), a_key('module.m["b"].aws_kms_key.k', 'module.m["b"]')],
            [configured(DB, {"kms_key_id": refers('module.m["b"].key_arn', 'module.m["b"]', "module.m")})],
            calls=calls(inner, {}, outputs={"key_arn": {"expression": K}}),
        )  # fmt: skip
        assert planned(document).blocks[0].values["kms_key_id"] == 'arn of module.m["b"].aws_kms_key.k'

    def test_names_are_those_of_the_own_module(self, planned: Any) -> None:
        inner = [configured(DB, {"kms_key_id": K}), configured("aws_kms_key.k", {})]
        document = plan([change(f"module.m[1].{DB}", {}, {"kms_key_id": True}, module="module.m[1]"), a_key(), a_key("module.m[0].aws_kms_key.k", "module.m[0]"),
                         a_key("module.m[1].aws_kms_key.k", "module.m[1]")], calls=calls(inner, {}))  # fmt: skip
        assert planned(document).blocks[0].values["kms_key_id"] == "arn of module.m[1].aws_kms_key.k"

    def test_a_default_of_null_is_not_set(self, planned: Any) -> None:
        inner = [configured(DB, {"backup_retention_period": refers("var.kept")})]
        made = calls(inner, {})
        made["m"]["module"]["variables"] = {"kept": {"default": None}}
        document = plan(
            [change(f"module.m.{DB}", {}, {"backup_retention_period": True}, module="module.m")], calls=made
        )
        assert planned(document).blocks[0].find("backup_retention_period").value is ABSENT

    def test_a_sensitive_output_and_a_sensitive_variable_are_not_followed(self, planned: Any) -> None:
        hidden = calls(
            [configured("aws_kms_key.k", {})],
            {},
            outputs={"key_arn": {"sensitive": True, "expression": constant("hunter2")}},
        )
        found = key(refers("module.m.key_arn", "module.m"), planned, calls=hidden)
        assert isinstance(found, Unresolved)
        found = key(refers("var.s"), planned, variables={"s": "hunter2"}, declared={"s": {"sensitive": True}})
        assert isinstance(found, Unresolved)
        assert "hunter" not in found.why

    def test_a_module_address_that_the_configuration_lacks_leaves_all_open(self, planned: Any) -> None:
        document = plan(
            [change('module.x["a.b]"].aws_db_instance.d', {}, {"kms_key_id": True}, module='module.x["a.b]"]')]
        )
        (block,) = planned(document)
        assert isinstance(block.values["kms_key_id"], Unresolved)


def test_addresses_are_taken_apart_with_dots_and_brackets_in_keys() -> None:
    assert plan_tree.steps_of(r'module.a["x.y\"]"].b.c[0]') == [
        ("module", False), ("a", False), ('x.y"]', True), ("b", False), ("c", False), (0, True),
    ]  # fmt: skip
