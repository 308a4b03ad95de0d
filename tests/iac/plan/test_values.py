"""What a plan says of values: settled, open, not set, or not to be shown."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import ABSENT
from scanner.model.unresolved import Unresolved
from tests.iac.plan.plans import change, configured, constant, plan, refers
from tests.iac.plan.plans import provider as make_provider

DB = "aws_db_instance.main"


def values(code: Any, address: Any = DB) -> Any:
    assert code.problems == []
    return next(block for block in code if block.address == address)


def one(
    planned: Any, after: Any, unknown: Any, expressions: Any, *, more: Any = (), resources: Any = (), **options: Any
) -> Any:
    changes = [
        change(
            DB,
            after,
            unknown,
            **{key: options.pop(key) for key in ("sensitive", "actions", "before") if key in options},
        ),
        *more,
    ]
    return values(planned(plan(changes, [configured(DB, expressions), *resources], **options)))


def test_what_is_settled_is_a_plain_value(planned: Any) -> None:
    block = one(
        planned,
        {"backup_retention_period": 30, "tags": {"tier": "gold"}},
        {},
        {"backup_retention_period": constant(30)},
    )
    assert block.find("backup_retention_period").value == 30
    assert block.find("tags").value == {"tier": "gold"}
    assert block.find("backup_retention_period").spot.said == "plan.json:1"


def test_open_without_an_expression_is_not_set(planned: Any) -> None:
    block = one(
        planned,
        {"engine": "postgres"},
        {"backup_retention_period": True, "arn": True},
        {"engine": constant("postgres")},
    )
    assert block.find("backup_retention_period").value is ABSENT
    assert "arn" not in block.values


def test_open_with_an_expression_is_open_and_says_on_what_it_hangs(planned: Any) -> None:
    block = one(
        planned,
        {},
        {"backup_retention_period": True},
        {"backup_retention_period": refers("random_integer.r.result", "random_integer.r")},
    )
    found = block.find("backup_retention_period").value
    assert isinstance(found, Unresolved)
    assert found.why == "random_integer.r.result is known after apply"
    assert found.refs == ("random_integer.r.result",)


def test_open_with_an_expression_of_no_reference_is_open(planned: Any) -> None:
    found = one(planned, {}, {"final_snapshot_identifier": True}, {"final_snapshot_identifier": {}}).values[
        "final_snapshot_identifier"
    ]
    assert found.why == "aws_db_instance.main.final_snapshot_identifier is known after apply"


def test_a_written_null_is_not_set(planned: Any) -> None:
    assert one(planned, {}, {"kms_key_id": True}, {"kms_key_id": constant(None)}).find("kms_key_id").value is ABSENT


def test_a_variable_that_is_null_leaves_its_attribute_unset(planned: Any) -> None:
    block = one(
        planned, {}, {"backup_retention_period": True}, {"backup_retention_period": refers("var.kept")},
        variables={"kept": None}, declared={"kept": {"default": None}},
    )  # fmt: skip
    assert block.find("backup_retention_period").value is ABSENT


def test_a_stamped_name_is_open_although_its_variable_is_null(planned: Any) -> None:
    # var.name != null ? var.name : "last-${timestamp()}"
    block = one(
        planned, {}, {"final_snapshot_identifier": True}, {"final_snapshot_identifier": refers("var.name")},
        variables={"name": None},
    )  # fmt: skip
    assert isinstance(block.values["final_snapshot_identifier"], Unresolved)


def test_a_variable_with_a_value_leaves_an_open_attribute_open(planned: Any) -> None:
    block = one(
        planned, {}, {"backup_window": True}, {"backup_window": refers("var.window")}, variables={"window": "x"}
    )
    assert isinstance(block.values["backup_window"], Unresolved)


def test_an_update_may_keep_what_is_not_configured(planned: Any) -> None:
    block = one(planned, {}, {"backup_retention_period": True, "x": True}, {}, actions=["update"],
                before={"backup_retention_period": 35, "x": None})  # fmt: skip
    assert isinstance(block.values["backup_retention_period"], Unresolved)
    assert "x" not in block.values


def test_without_a_configuration_all_that_is_open_stays_open(planned: Any) -> None:
    document = plan([change(DB, {"engine": "postgres"}, {"backup_retention_period": True, "rule": [{"a": True}]})])
    del document["configuration"]
    code = planned(document)
    assert "has no configuration" in code.problems[0].message
    (block,) = code
    assert isinstance(block.values["backup_retention_period"], Unresolved)
    assert isinstance(block.values["rule"][0]["a"], Unresolved)
    assert block.values["engine"] == "postgres"


def test_the_whole_resource_may_be_open(planned: Any) -> None:
    block = one(planned, None, True, {"engine": constant("postgres"), "kms_key_id": refers("var.k")})
    assert isinstance(block.values["engine"], Unresolved)
    assert isinstance(block.values["kms_key_id"], Unresolved)


class TestNested:
    RULES = [  # noqa: RUF012
        {
            "rule_name": constant("daily"),
            "target_vault_name": refers("aws_backup_vault.a.name", "aws_backup_vault.a"),
            "schedule": constant("cron(0 2 * * ? *)"),
        },
        {"rule_name": constant("weekly"), "target_vault_name": refers("random_id.v.hex", "random_id.v")},
    ]

    def rules(self, planned: Any, after: Any, unknown: Any, rules: Any) -> Any:
        code = planned(plan([change("aws_backup_plan.p", {"rule": after}, {"rule": unknown})],
                            [configured("aws_backup_plan.p", {"rule": rules} if rules is not None else {})]))  # fmt: skip
        return values(code, "aws_backup_plan.p").values["rule"]

    def test_the_blocks_of_a_set_are_recognised_in_any_order(self, planned: Any) -> None:
        after = [{"rule_name": "weekly"}, {"rule_name": "daily", "schedule": "cron(0 2 * * ? *)"}]
        weekly, daily = self.rules(
            planned, after, [{"schedule": True, "target_vault_name": True}, {"target_vault_name": True}], self.RULES
        )
        assert weekly["target_vault_name"].refs == ("random_id.v.hex",)
        assert "schedule" not in weekly  # written in the other rule alone
        assert daily["target_vault_name"].refs == ("aws_backup_vault.a.name",)
        assert daily["schedule"] == "cron(0 2 * * ? *)"

    def test_blocks_that_look_alike_are_open_where_any_is_configured(self, planned: Any) -> None:
        rules = [{"a": refers("x.y.z")}, {"b": constant(1)}]
        first, second = self.rules(planned, [{}, {}], [{"a": True, "c": True}, {"a": True}], rules)
        assert isinstance(first["a"], Unresolved)
        assert isinstance(second["a"], Unresolved)
        assert "c" not in first

    def test_what_a_dynamic_block_gives_is_open(self, planned: Any) -> None:
        (rule,) = self.rules(planned, [{"rule_name": "daily"}], [{"target_vault_name": True}], None)
        assert isinstance(rule["target_vault_name"], Unresolved)
        assert rule["rule_name"] == "daily"

    def test_a_dynamic_block_beside_a_written_one_is_open_too(self, planned: Any) -> None:
        after = [{"rule_name": "daily"}, {"rule_name": "more"}]
        _, second = self.rules(planned, after, [{}, {"schedule": True}], [{"rule_name": constant("daily")}])
        assert isinstance(second["schedule"], Unresolved)

    def test_dynamic_blocks_of_unknown_number_are_open(self, planned: Any) -> None:
        code = planned(plan([change("aws_backup_plan.p", {}, {"rule": True})], [configured("aws_backup_plan.p", {})]))
        assert isinstance(values(code, "aws_backup_plan.p").values["rule"], Unresolved)

    def test_elements_of_a_list_are_open_one_by_one(self, planned: Any) -> None:
        found = one(
            planned, {"xs": ["a", None]}, {"xs": [False, True]}, {"xs": refers("random_id.a.hex", "random_id.a")}
        ).values["xs"]
        assert found[0] == "a"
        assert isinstance(found[1], Unresolved)

    def test_keys_of_a_map_are_open_one_by_one(self, planned: Any) -> None:
        found = one(
            planned,
            {"m": {"a": "x", "deep": {"c": 1}}},
            {"m": {"b": True, "deep": {"d": True}}},
            {"m": refers("random_id.a")},
        ).values["m"]
        assert found["a"] == "x"
        assert isinstance(found["b"], Unresolved)
        assert found["deep"]["c"] == 1
        assert isinstance(found["deep"]["d"], Unresolved)


class TestSecrets:
    def test_no_sensitive_value_is_kept(self, planned: Any) -> None:
        block = one(
            planned,
            {"password": "hunter2", "username": "hunter3", "tags": {"a": "hunter4", "b": "shown"}, "opts": [{"x": "hunter5"}, {"x": "y"}]},
            {}, {}, sensitive={"username": True, "tags": {"a": True}, "opts": [{"x": True}]},
        )  # fmt: skip
        assert "hunter" not in repr(dict(block.values))
        assert block.values["username"].why == "aws_db_instance.main.username is sensitive"
        assert block.values["password"].why == "aws_db_instance.main.password is sensitive"  # marked by nothing
        assert block.values["tags"]["b"] == "shown"
        assert block.values["opts"][1] == {"x": "y"}

    def test_a_whole_resource_may_be_sensitive(self, planned: Any) -> None:
        assert isinstance(one(planned, {"engine": "hunter2"}, {}, {}, sensitive=True).values["engine"], Unresolved)

    def test_a_sensitive_null_is_not_set(self, planned: Any) -> None:
        assert one(planned, {"password": None, "x": None}, {}, {}, sensitive={"x": True}).find("x").value is ABSENT

    def test_what_is_open_and_sensitive_is_open(self, planned: Any) -> None:
        found = one(planned, {}, {"x": True}, {"x": refers("a.b.c")}, sensitive={"x": True}).values["x"]
        assert found.why == "a.b.c is known after apply"


class TestTags:
    def tags(self, planned: Any, after: Any, unknown: Any, written: Any, **provider: Any) -> Any:
        return one(
            planned, after, unknown, written, providers={"aws": make_provider("eu-west-1", **provider)}
        ).values.get("tags_all")

    DEFAULTS = {"default_tags": [{"tags": constant({"owner": "ops", "tier": "none"})}]}  # noqa: RUF012

    def test_merged_tags_are_merged_where_the_provider_leaves_it_until_apply(self, planned: Any) -> None:
        found = self.tags(
            planned,
            {"tags": {"tier": "gold"}},
            {"tags_all": True},
            {"tags": constant({"tier": "gold"})},
            expressions=self.DEFAULTS,
        )
        assert found == {"owner": "ops", "tier": "gold"}

    def test_a_resource_without_tags_has_those_of_its_provider(self, planned: Any) -> None:
        assert self.tags(planned, {"tags": None}, {"tags_all": True}, {}, expressions=self.DEFAULTS) == {
            "owner": "ops",
            "tier": "none",
        }
        assert self.tags(planned, {"tags": None}, {"tags_all": True}, {}) == {}

    def test_merged_tags_of_the_plan_stand(self, planned: Any) -> None:
        assert self.tags(planned, {"tags": {}, "tags_all": {"a": "b"}}, {}, {}, expressions=self.DEFAULTS) == {"a": "b"}

    @pytest.mark.parametrize("open_tags", [{"tags": refers("var.tags", "local.more")}, {"tags": refers("var.tags")}])
    def test_default_tags_that_are_no_constant_leave_them_open(self, planned: Any, open_tags: Any) -> None:
        found = self.tags(planned, {"tags": {}}, {"tags_all": True}, {}, expressions={"default_tags": [open_tags]})
        assert isinstance(found, Unresolved)

    def test_open_tags_leave_them_open(self, planned: Any) -> None:
        found = self.tags(
            planned, {}, {"tags": True, "tags_all": True}, {"tags": refers("random_id.a.hex", "random_id.a")}
        )
        assert found.refs == ("random_id.a.hex",)
