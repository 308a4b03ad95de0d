"""Where planned resources will be: region, account, and what tells them."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.unresolved import Unresolved
from tests.iac.plan.plans import change, configured, constant, plan, provider, refers

T = "aws_dynamodb_table.t"


def place(
    planned: Any,
    providers: Any,
    *,
    after: Any = None,
    unknown: Any = None,
    key: Any = "aws",
    expressions: Any = None,
    options: Any = None,
    **more: Any,
) -> Any:
    before = more.pop("before", None)
    document = plan([change(T, after or {}, unknown, before=before, actions=["update"] if before else ["create"])],
                    [configured(T, expressions or {}, key)], providers=providers, **more)  # fmt: skip
    (block,) = planned(document, **(options or {}))
    return block.region, block.account


def test_a_constant_region_is_the_region(planned: Any) -> None:
    assert place(planned, {"aws": provider("eu-west-1")}) == ("eu-west-1", "?account")


def test_every_alias_has_its_own(planned: Any) -> None:
    providers = {"aws": provider("eu-west-1"), "aws.dr": provider("eu-central-1", alias="dr")}
    assert place(planned, providers, key="aws.dr")[0] == "eu-central-1"


def test_a_region_that_is_not_told_is_a_stand_in_or_what_was_given(planned: Any) -> None:
    assert place(planned, {"aws": provider()}) == ("?aws", "?account")
    given = {"region": "us-east-1", "account": "123456789012"}
    assert place(planned, {"aws": provider()}, options=given) == ("us-east-1", "123456789012")
    open_region = {"aws": provider(refers("data.x.y.z"))}
    assert place(planned, open_region, options=given)[0] == "?aws"


def test_a_region_from_a_variable(planned: Any) -> None:
    assert (
        place(planned, {"aws": provider(refers("var.region"))}, variables={"region": "eu-north-1"})[0] == "eu-north-1"
    )
    assert (
        place(planned, {"aws": provider(refers("var.r.main", "var.r"))}, variables={"r": {"main": "eu-north-1"}})[0]
        == "eu-north-1"
    )
    assert place(planned, {"aws": provider(refers("var.stage"))}, variables={"stage": "prod"})[0] == "?aws"


def test_an_alias_that_hangs_on_the_same_variable_is_open(planned: Any) -> None:
    # region = var.region == "eu-west-1" ? "eu-central-1" : "eu-west-1"
    providers = {"aws": provider(refers("var.region")), "aws.dr": provider(refers("var.region"), alias="dr")}
    assert place(planned, providers, key="aws.dr", variables={"region": "eu-west-1"})[0] == "?aws.dr"
    assert place(planned, providers, variables={"region": "eu-west-1"})[0] == "eu-west-1"


def test_a_provider_of_a_module_takes_its_variables(planned: Any) -> None:
    calls = {
        "m": {
            "source": "./m",
            "expressions": {"where": constant("eu-west-3")},
            "module": {"resources": [], "variables": {"where": {}}},
        }
    }
    providers = {"m:aws": provider(refers("var.where"), module_address="module.m")}
    assert place(planned, providers, key="m:aws", calls=calls)[0] == "eu-west-3"


def test_a_key_that_the_plan_does_not_define(planned: Any) -> None:
    assert place(planned, {"aws": provider("eu-west-1")}, key="m:aws")[0] == "eu-west-1"
    both = {"aws": provider("eu-west-1"), "aws.dr": provider("eu-central-1", alias="dr")}
    assert place(planned, both, key="m:aws")[0] == "?m.aws"


def test_a_region_of_the_resources_own_wins(planned: Any) -> None:
    assert place(planned, {"aws": provider("eu-west-1")}, after={"region": "us-west-2"})[0] == "us-west-2"
    open_one = place(
        planned, {"aws": provider("eu-west-1")}, unknown={"region": True}, expressions={"region": refers("data.a.b.c")}
    )
    assert open_one[0] == f"?{T}"
    assert place(planned, {"aws": provider("eu-west-1")}, unknown={"region": True})[0] == "eu-west-1"


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")]
)
def test_the_region_tells_the_partition(planned: Any, region: Any, partition: Any) -> None:
    (block,) = planned(plan([change(T, {})], [configured(T, {})], providers={"aws": provider(region)}))
    assert block.partition == partition


def test_accounts(planned: Any) -> Any:
    def account(**expressions: Any) -> Any:
        return place(
            planned, {"aws": provider("eu-west-1", expressions=expressions)}, options={"account": "999999999999"}
        )[1]

    assert account() == "999999999999"
    assert account(allowed_account_ids=constant(["123456789012"])) == "123456789012"
    assert account(allowed_account_ids=constant(["123456789012", "210987654321"])) == "999999999999"
    assert account(assume_role=[{"role_arn": constant("arn:aws:iam::123456789012:role/deploy")}]) == "123456789012"
    assert account(assume_role=[{"role_arn": refers("var.role", "var.stage")}]) == "?account.aws"
    assert account(allowed_account_ids=constant("nonsense"), assume_role="nonsense") == "999999999999"


ARN = "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/t"


def test_what_exists_tells_its_arn_and_place(planned: Any) -> None:
    for arguments in (
        {"after": {"arn": ARN, "id": "t"}},
        {"before": {"arn": ARN, "id": "t"}, "unknown": {"arn": True}},
    ):
        before = arguments.get("before")
        (block,) = planned(
            plan(
                [change(T, arguments.get("after", {}), arguments.get("unknown"), actions=["update"], before=before)],
                [configured(T, {})],
            )
        )
        assert (block.known_arn, block.region, block.account, block.partition) == (
            ARN,
            "cn-north-1",
            "123456789012",
            "aws-cn",
        )


def test_what_is_replaced_has_no_arn_yet(planned: Any) -> None:
    (block,) = planned(
        plan([change(T, {}, {"arn": True}, actions=["delete", "create"], before={"arn": ARN})], [configured(T, {})])
    )
    assert (block.known_arn, block.region, block.changed) == ("", "eu-west-1", "replace")


def test_nonsense_instead_of_an_arn_tells_nothing(planned: Any) -> None:
    nonsense: list[Any] = ["arn:aws:dynamodb", "x:y:z:eu-west-1:1:2", 7, [], "arn:aws:s3:::b"]
    for arn in nonsense:
        region, account = place(planned, {"aws": provider("eu-west-1")}, after={"arn": arn})
        assert (region, account) == ("eu-west-1", "?account")


class TestActions:
    def test_what_goes_is_no_resource_but_is_told(self, planned: Any) -> None:
        code = planned(plan([
            change("aws_a.deleted", None, {}, actions=["delete"]),
            change("aws_a.forgotten", None, {}, actions=["forget"]),
            change("aws_a.a", {}, deposed="0a1b", actions=["delete"]),
            change("data.aws_x.y", {}, {"id": True}, actions=["read"]) | {"mode": "data", "type": "aws_x", "name": "y"},
            change("aws_a.same", {}, actions=["no-op"], previous_address="aws_a.before"),
        ]))  # fmt: skip
        assert [block.address for block in code] == ["aws_a.same"]
        assert code.gone == {"aws_a.deleted": "delete", "aws_a.forgotten": "forget"}
        assert code.moved == {"aws_a.same": "aws_a.before"}

    @pytest.mark.parametrize(("actions", "said"), [(["create"], "create"), (["no-op"], "no-op"), (["update"], "update"),
                                                   (["create", "delete"], "replace"), (["create", "forget"], "create")])  # fmt: skip
    def test_what_is_done_is_said(self, planned: Any, actions: Any, said: Any) -> None:
        (block,) = planned(plan([change(T, {}, actions=actions)], [configured(T, {})]))
        assert block.changed == said

    def test_a_deferred_change_is_a_doubt(self, planned: Any) -> None:
        (block,) = planned(
            plan(
                [],
                [configured(T, {})],
                deferred_changes=[{"reason": "instance_count_unknown", "resource_change": change(T, {"name": "t"})}],
            )
        )
        assert isinstance(block.doubt, Unresolved)
        assert "instance_count_unknown" in block.doubt.why


def test_a_module_with_a_provider_of_its_own_is_not_where_the_root_is(planned: Any) -> None:
    # region = local.dr: locals are in no plan, and both configurations are called aws
    open_ = refers("local.dr")
    providers = {"aws": provider(open_), "module.dr:aws": provider(open_, module_address="module.dr")}
    assert place(planned, providers)[0] == "?aws"
    assert place(planned, providers, key="module.dr:aws")[0] == "?module.dr.aws"
