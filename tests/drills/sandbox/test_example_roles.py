"""The roles that are shipped as examples may do what a drill needs, and none of them may destroy a backup."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from drills.stage.actions import OWN_ARNS, actions_needed
from drills.stage.guards import Guards
from drills.stage.guards.identity import DESTROYING
from drills.stage.preflight import problems
from drills.stage.run import TAG_RUN
from scanner.permissions.context import Caller
from scanner.permissions.document import Document, document
from scanner.permissions.evaluate import Outcome, Policies, ask
from scanner.permissions.shelf import Target
from tests.drills.guards.real_account import ACCOUNT, KEY, REGION, changed, situation

FOLDER = Path(__file__).parents[3] / "examples" / "drill"
TAGS = {TAG_RUN: "261124-abc234"}
NAME = "bkpdrill-261124-abc234-orders"


def policy(name: str) -> Document:
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    return document(text.replace("${account}", ACCOUNT).replace("${sandbox}", ACCOUNT))


EVERYTHING = document({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
POLICIES = {
    "drill": Policies((policy("drill-role"),), policy("drill-boundary"), ((EVERYTHING, policy("scp")),)),
    "sweeper": Policies((policy("sweeper-role"),)),
    "source": Policies((policy("source-role"),)),
}


def may(role: str, action: str, arn: str, tags: dict[str, str], *, tagging: bool = True) -> Outcome:
    known = {f"aws:requesttag/{TAG_RUN}": ("261124-abc234",) if tagging else None}
    caller = Caller(f"arn:aws:iam::{ACCOUNT}:role/backup-drill", known=known)
    target = Target(arn, region=REGION, account=ACCOUNT, tags=tags)
    return ask(action, target, caller, POLICIES[role]).outcome


def test_the_drills_role_may_all_that_a_database_drill_needs(tmp_path: Path) -> None:
    lacking = []
    for prefix, actions in actions_needed(situation(tmp_path).plan.entries).items():
        templates = (*OWN_ARNS.get(prefix, ()), "arn:aws:secretsmanager:{0}:secret:drill/orders")
        arns = [one.format(f"{REGION}:{ACCOUNT}", NAME, ACCOUNT) for one in templates]
        lacking += [
            action
            for action in actions
            if not any(may("drill", action, arn, TAGS) is Outcome.ALLOWED for arn in [*arns, KEY])
        ]
    assert not lacking


def by_policy(_: str, asked: Mapping[str, Any]) -> Any:
    """Simulate as IAM does, with the example's policies."""
    told = {one["ContextKeyName"].lower(): tuple(one["ContextKeyValues"]) for one in asked.get("ContextEntries", ())}
    caller = Caller(f"arn:aws:iam::{ACCOUNT}:role/backup-drill", known=told)
    tags = TAGS if asked.get("ContextEntries") else {}
    decided = []
    for action in asked["ActionNames"]:
        for arn in asked.get("ResourceArns") or ["*"]:
            target = Target(arn, region=REGION, account=ACCOUNT, tags=tags)
            allowed = ask(action, target, caller, POLICIES["drill"]).outcome is Outcome.ALLOWED
            decided.append({"EvalActionName": action, "EvalDecision": "allowed" if allowed else "implicitDeny"})
    return {"EvaluationResults": decided}


def test_with_the_drills_role_every_guard_holds(tmp_path: Path) -> None:
    plan = changed("subjects.orders-db.login", {"user": "keeper", "secret": "drill/orders"})
    now = situation(tmp_path, {"iam:SimulatePrincipalPolicy": by_policy}, plan)
    Guards(now).demand()
    elsewhere = changed("subjects.orders-db.login", {"user": "keeper", "secret": "payroll"})
    (lacking,) = problems(situation(tmp_path, {"iam:SimulatePrincipalPolicy": by_policy}, elsewhere))
    assert lacking.says == "the drill's role may not secretsmanager:GetSecretValue"


#: Things that no drill has made, for each action that destroys.
OTHERS = [
    ("rds:DeleteDBInstance", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders"),
    ("rds:ModifyDBInstance", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders"),
    ("dynamodb:DeleteTable", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"),
    ("dynamodb:PutItem", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"),
    ("s3:DeleteObject", "arn:aws:s3:::orders/1"),
    ("sqs:DeleteQueue", f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"),
    ("ssm:DeleteParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/bkpdrill/stop"),
    ("ec2:AttachInternetGateway", f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1"),
    ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/x"),
    *((action, f"arn:aws:{action.partition(':')[0]}:{REGION}:{ACCOUNT}:x") for action in DESTROYING),
    ("backup:DeleteRecoveryPoint", f"arn:aws:backup:{REGION}:{ACCOUNT}:recovery-point:1"),
    ("rds:DeleteDBSnapshot", f"arn:aws:rds:{REGION}:{ACCOUNT}:snapshot:orders"),
]


@pytest.mark.parametrize("role", POLICIES)
@pytest.mark.parametrize(("action", "arn"), OTHERS, ids=[f"{action} {arn}" for action, arn in OTHERS])
def test_no_role_may_destroy_what_no_drill_has_made(role: str, action: str, arn: str) -> None:
    assert may(role, action, arn, {}) is Outcome.DENIED


OWN = [
    ("rds:DeleteDBInstance", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{NAME}"),
    ("dynamodb:DeleteTable", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{NAME}"),
    ("sqs:DeleteQueue", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}"),
]


@pytest.mark.parametrize(("action", "arn"), OWN, ids=[one[0] for one in OWN])
def test_the_sweeper_removes_what_has_the_name_and_the_tag(action: str, arn: str) -> None:
    assert may("sweeper", action, arn, TAGS) is Outcome.ALLOWED
    # A restore of a table takes no tags, so its name must do.
    assert may("sweeper", action, arn, {}) is (Outcome.ALLOWED if "Table" in action else Outcome.DENIED)
    assert may("sweeper", action, arn.replace("bkpdrill-", ""), TAGS) is Outcome.DENIED


def test_nothing_is_restored_without_the_runs_tag() -> None:
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{NAME}"
    assert may("drill", "rds:RestoreDBInstanceToPointInTime", arn, {}) is Outcome.ALLOWED
    assert may("drill", "rds:RestoreDBInstanceToPointInTime", arn, {}, tagging=False) is Outcome.DENIED


def test_the_terraform_names_only_policies_that_are_there() -> None:
    text = (FOLDER / "roles.tf").read_text(encoding="utf-8")
    for name in ("drill-role", "drill-boundary", "sweeper-role"):
        assert f'"{name}"' in text
        assert (FOLDER / f"{name}.json").exists()
