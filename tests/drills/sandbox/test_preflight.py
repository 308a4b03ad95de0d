"""Whatever would stop a restore half-way is told before it begins, all of it at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.stage.actions import OWN_ARNS, actions_needed, actions_of
from drills.stage.preflight import problems
from tests.collect.recorded import denied
from tests.drills.guards.real_account import KEY, REGION, ROLE, VPC, answers, changed, missing, simulated, situation
from tests.drills.stand_ins import AT


def told(state: Path, given: dict[str, Any] | None = None, plan: dict[str, Any] | None = None) -> list[str]:
    return [one.says for one in problems(situation(state, given, plan))]


def key(**change: Any) -> dict[str, Any]:
    return {"kms:DescribeKey": {"KeyMetadata": {**answers()["kms:DescribeKey"]["KeyMetadata"], **change}}}


def group(**change: Any) -> dict[str, Any]:
    (right,) = answers()["rds:DescribeDBSubnetGroups"]["DBSubnetGroups"]
    return {"rds:DescribeDBSubnetGroups": {"DBSubnetGroups": [{**right, **change}]}}


def test_nothing_is_missing_where_all_is_right(tmp_path: Path) -> None:
    assert told(tmp_path) == []


OTHER_FAMILY = {"DBParameterGroups": [{"DBParameterGroupName": "orders-15", "DBParameterGroupFamily": "postgres14"}]}
MISSING: list[tuple[dict[str, Any], str]] = [
    ({"rds:DescribeDBInstances": lambda _, asked: missing("DBInstanceNotFound") if asked else {"DBInstances": []}},
     "orders-db: there is no instance orders in eu-west-1"),
    ({"rds:DescribeDBSubnetGroups": missing("DBSubnetGroupNotFoundFault")}, "there is no subnet group isolated"),
    (group(VpcId="vpc-other"), f"subnet group isolated is in vpc-other, not {VPC}"),
    (group(SubnetGroupStatus="Incomplete"), "subnet group isolated is Incomplete"),
    ({"rds:DescribeDBParameterGroups": missing("DBParameterGroupNotFound")}, "there is no parameter group orders-15"),
    ({"rds:DescribeDBParameterGroups": OTHER_FAMILY}, "is of family postgres14, the engine needs postgres15"),
    ({"rds:DescribeOrderableDBInstanceOptions": {"OrderableDBInstanceOptions": []}},
     "db.t4g.medium is not offered for postgres 15.7 in eu-west-1"),
    (key(KeyState="PendingDeletion"), f"key {KEY} is PendingDeletion"),
    (key(KeyState="Disabled"), f"key {KEY} is Disabled"),
    ({"kms:DescribeKey": missing("NotFoundException")}, f"there is no key {KEY}"),
    (key(AWSAccountId="345678901234", KeyManager="AWS"), "is AWS's own of another account"),
    ({"service-quotas:GetServiceQuota": {"Quota": {"Value": 1.0}}}, "1 of 1 DB instances are used in eu-west-1, and 1"),
    ({"iam:SimulatePrincipalPolicy": denied()}, "AWS did not answer the preflight: AccessDenied"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "says"), MISSING, ids=[one[1] for one in MISSING])
def test_what_is_missing_is_told(given: dict[str, Any], says: str, tmp_path: Path) -> None:
    assert [one for one in told(tmp_path, given) if says in one]


def test_all_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    given = {name: value for one, _ in MISSING[5:8] for name, value in one.items()} | {
        "iam:SimulatePrincipalPolicy": denied()
    }
    found = told(tmp_path, given)
    for says in ("postgres14", "is not offered", "PendingDeletion", "did not answer"):
        assert any(says in one for one in found), says


def test_every_action_that_the_role_lacks_is_named(tmp_path: Path) -> None:
    found = told(tmp_path, {"iam:SimulatePrincipalPolicy": simulated(allowed=False)})
    for action in (
        "rds:RestoreDBInstanceToPointInTime",
        "rds:AddTagsToResource",
        "rds:DeleteDBInstance",
        "ssm:PutParameter",
    ):
        assert f"the drill's role may not {action}" in found
    assert f"orders-db: the drill's role may not kms:CreateGrant with key {KEY}" in found


def test_what_is_allowed_on_a_drills_own_names_alone_is_enough(tmp_path: Path) -> None:
    own: list[str] = []

    def simulate(_: str, asked: Any) -> Any:
        (resource,) = asked["ResourceArns"]
        is_own = "bkpdrill-" in resource
        own.append(resource)
        return {"EvaluationResults": [
            {"EvalActionName": one, "EvalDecision": "allowed" if is_own else "implicitDeny"}
            for one in asked["ActionNames"]
        ]}  # fmt: skip

    found = told(tmp_path, {"iam:SimulatePrincipalPolicy": simulate})
    assert not [one for one in found if "may not rds:" in one]
    assert any(one.startswith(f"arn:aws:rds:{REGION}:210987123456:db:bkpdrill-") for one in own)


def test_a_grant_of_the_key_is_as_good_as_a_permission(tmp_path: Path) -> None:
    grant = {"GranteePrincipal": ROLE, "KeyId": KEY,
             "Operations": ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext"]}  # fmt: skip
    given = {"iam:SimulatePrincipalPolicy": simulated(allowed=False), "kms:ListGrants": {"Grants": [grant]}}
    assert not [one for one in told(tmp_path, given) if "with key" in one]
    given["kms:ListGrants"] = {"Grants": [{**grant, "GranteePrincipal": "arn:aws:iam::210987123456:role/other"}]}
    assert [one for one in told(tmp_path, given) if "with key" in one]


def test_the_key_of_the_source_is_looked_at_where_the_plan_names_none(tmp_path: Path) -> None:
    plan = changed("subjects.orders-db.restore_with.kms_key", None)
    assert told(tmp_path, key(KeyState="Disabled"), plan) == [f"orders-db: key {KEY} is Disabled"]


def test_a_source_in_another_region_is_looked_for_there_and_its_key_does_not_do(tmp_path: Path) -> None:
    plan = changed("subjects.orders-db.settings", {"home": "eu-central-1"})
    asked: list[str] = []

    def describe(region: str, given: Any) -> Any:
        if given:
            asked.append(region)
        return answers()["rds:DescribeDBInstances"]

    given = {"rds:DescribeDBInstances": describe}
    assert told(tmp_path, given, plan) == []
    plan["subjects"]["orders-db"]["restore_with"].pop("kms_key")
    (says,) = told(tmp_path, given, plan)
    assert says == "orders-db: its key is in eu-central-1, and keys stay in their region"
    assert asked == ["eu-central-1"] * 2


TABLE = {"system": "customers", "kind": "table", "resource": "customers", "region": REGION}


def test_a_table_and_the_role_that_restores_it_must_be_there(tmp_path: Path) -> None:
    plan = changed("subjects.customers", TABLE | {"restore_with": {"role": "backup-drill-restore"}})
    plan["drills"] = [{"drill": "table-point-in-time", "of": "customers"}]
    trusts = {"Statement": [{"Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = answers()["iam:GetRole"]["Role"]

    def roles(trust: Any) -> dict[str, Any]:
        return {"iam:GetRole": {"Role": {**role, "AssumeRolePolicyDocument": json.dumps(trust)}}}

    there = {"dynamodb:DescribeTable": {"Table": {"TableName": "customers"}}, "dynamodb:ListTables": {"TableNames": []}}
    assert told(tmp_path, there | roles(trusts), plan) == []
    (says,) = told(tmp_path, there | roles({}), plan)
    assert says == "customers: role backup-drill-restore does not trust backup.amazonaws.com"
    gone = {"dynamodb:DescribeTable": missing("ResourceNotFoundException"), "iam:GetRole": missing("NoSuchEntity")}
    assert told(tmp_path, there | gone, plan) == [
        "customers: there is no table customers in eu-west-1",
        "customers: there is no role backup-drill-restore",
    ]


@pytest.mark.parametrize(
    ("seconds", "rpo", "wrong"),
    [(0, None, False), (6, None, False), (7, None, True), (-7, None, True), (3, timedelta(minutes=1), False),
     (8, timedelta(minutes=1), True), (3, timedelta(seconds=10), True)],
)  # fmt: skip
def test_clocks_that_differ_make_a_loss_untellable(
    seconds: int, rpo: timedelta | None, wrong: bool, tmp_path: Path
) -> None:
    now = replace(situation(tmp_path), rpo=rpo)
    now.target.time = AT + timedelta(seconds=seconds)  # type: ignore[attr-defined]
    assert [one.says.split(" s off")[0] for one in problems(now)] == (
        [f"the clock of this machine is {abs(seconds) - 1}"] if wrong else []
    )


def test_a_service_that_tells_no_time_is_told(tmp_path: Path) -> None:
    now = situation(tmp_path)
    now.target.time = None  # type: ignore[attr-defined]
    assert [one.says for one in problems(now)] == ["AWS did not tell what time it is"]


def test_every_action_is_one_that_iam_knows() -> None:
    from policy_sentry.querying.actions import get_actions_for_service

    from drills.kinds import drills
    from drills.plan.model import Entry
    from drills.stage.makeable import makeable

    needed = actions_needed(Entry(name, name, ()) for name in drills())
    operations = {
        one
        for known in makeable().values()
        for one in (*known.made_by, *known.changed_by, *known.seen_by, *known.removed_by)
    }
    for operation in operations:
        for action in actions_of(operation):
            needed[action.partition(":")[0]] = (*needed.get(action.partition(":")[0], ()), action)
    for prefix, actions in needed.items():
        known = {one.lower() for one in get_actions_for_service(prefix)}
        assert not [one for one in actions if one.lower() not in known], prefix
    assert OWN_ARNS.keys() <= needed.keys() | {"backup", "events", "iam", "kms", "s3", "sns", "sqs", "secretsmanager"}
