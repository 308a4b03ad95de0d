"""The house: every drill and everything that drills can make declares what it does, and does no more than that."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.model import OperationModel
from policy_sentry.querying.actions import get_action_data

from drills.cli.permitting import action_of, drill_policy, sweeper_policy
from drills.kinds import Drill, drills
from drills.plan.model import Access, Entry, Subject
from drills.stage.makeable import Makeable, makeable
from drills.stage.port import reads
from drills.words import explanation_of, promise_of
from scanner.documents.construct import load_policy
from scanner.documents.schema import load_schema

DRILLS = list(drills().values())
KINDS = list(makeable().values())
SESSION = botocore.session.get_session()
#: The kinds of test that the policy names, and the restore of a database alone.
TESTS = {clause.rehearsed_as for clause in load_policy().clauses.values() if clause.rehearsed_as} | {"database"}
SUBJECTS = load_schema("drill-plan")["$defs"]["subject"]["properties"]["kind"]["enum"]
VERBS = re.compile(
    r"(Create|Copy|Delete|Import|Put|Register|Restore|Run|Send|Start|Stop|Subscribe|Terminate|Unsubscribe|Upload)"
)
#: Removals that are not called after what makes the thing, each with what makes it.
ALSO = {
    "backup:DeleteRecoveryPoint": "backup:StartBackupJob",
    "ec2:RevokeSecurityGroupEgress": "ec2:CreateSecurityGroup",  # rules of the run's own groups hold each other
    "ec2:RevokeSecurityGroupIngress": "ec2:CreateSecurityGroup",
    "kms:ScheduleKeyDeletion": "kms:CreateKey",
    "s3:DeleteObject": "s3:CreateBucket",  # what a bucket of the run's own holds goes before it
    "sns:Unsubscribe": "sns:Subscribe",
}


def model(operation: str) -> OperationModel:
    service, _, name = operation.partition(":")
    return _services(service).operation_model(name)


@cache
def _services(service: str) -> Any:
    return SESSION.get_service_model(service)


def by_name(one: Drill) -> str:
    return one.name


def by_kind(one: Makeable) -> str:
    return one.kind


@pytest.mark.parametrize("drill", DRILLS, ids=by_name)
def test_every_drill_says_what_it_is(drill: Drill) -> None:
    assert promise_of(drill).endswith(".")
    assert "\n" not in promise_of(drill)
    assert explanation_of(drill) or len(promise_of(drill)) > 40
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", drill.name)
    assert set(drill.tests) <= TESTS, f"{drill.name} is a test of {set(drill.tests) - TESTS}"
    assert drill.on
    assert set(drill.on) <= set(SUBJECTS)
    assert 1 <= drill.least <= drill.most
    assert set(drill.settings) <= {"properties", "required", "allOf", "oneOf", "dependentRequired"}


def settings_of(drill: Drill) -> dict[str, Any]:
    """Give the settings that a plan must give."""
    samples = {"array": ["switch"], "string": "1s", "integer": 1, "number": 1, "boolean": True, "object": {}}
    properties = drill.settings.get("properties", {})

    def sample(kind: dict[str, Any]) -> Any:
        return kind["enum"][0] if "enum" in kind else samples[kind["type"]]

    return {name: sample(properties[name]) for name in drill.settings.get("required", ())}


@pytest.mark.parametrize("drill", DRILLS, ids=by_name)
def test_every_drill_tells_its_steps(drill: Drill) -> None:
    for kind in drill.on:
        access = (Access("operators", role="operator", allow=("s3:GetObject",), deny=("s3:PutObject",)),)
        subjects = [
            Subject(f"s{number}", "system", kind, f"r{number}", "eu-west-1", access=access)
            for number in range(drill.least)
        ]
        entry = Entry("entry", drill.name, tuple(one.name for one in subjects), settings_of(drill))
        steps = drill.steps(entry, subjects)
        assert steps
        assert all(step and step == step.strip() and "\n" not in step for step in steps)


@pytest.mark.parametrize("drill", DRILLS, ids=by_name)
def test_every_drill_reads_with_what_reads_and_makes_what_can_be_removed(drill: Drill) -> None:
    for operation in drill.reads:
        model(operation)
        assert reads(operation), f"{drill.name} reads with {operation}"
    made_by = {operation for kind in KINDS for operation in kind.made_by}
    assert set(drill.makes) <= made_by, f"nothing that can be removed is made by {set(drill.makes) - made_by}"


@pytest.mark.parametrize("kind", KINDS, ids=by_kind)
def test_everything_that_is_made_is_declared_as_aws_has_it(kind: Makeable) -> None:
    assert type(kind).__doc__
    assert re.fullmatch(r"[a-z0-9-]+:[a-z0-9-]+", kind.kind)
    for operation, named in kind.made_by.items():
        shape = model(operation).input_shape
        assert not reads(operation)
        assert not named or (shape is not None and named in shape.members), f"{operation} has no {named}"
    for operation in (*kind.changed_by, *kind.seen_by, *kind.removed_by):
        model(operation)
    assert kind.seen_by or not kind.removed_by
    assert all(reads(operation) for operation in kind.seen_by), f"{kind.kind} looks with {kind.seen_by}"
    assert set(kind.before) <= set(makeable())


@pytest.mark.parametrize("kind", KINDS, ids=by_kind)
def test_a_removal_removes_one_thing_of_this_kind_and_nothing_else(kind: Makeable) -> None:
    # A restore job of AWS Backup makes whatever another kind is.
    makers = [one for one in KINDS if one is kind or "backup:StartRestoreJob" in kind.made_by]
    made = [VERBS.sub("", operation.partition(":")[2]) for one in makers for operation in one.made_by]
    for operation in kind.removed_by:
        if reads(operation) or ALSO.get(operation) in kind.made_by:
            continue
        noun = VERBS.sub("", operation.partition(":")[2]).removesuffix("s")
        assert any(one.startswith(noun) for one in made), f"{operation} removes what {list(kind.made_by)} do not make"
        assert operation.partition(":")[0] in {each.partition(":")[0] for one in makers for each in one.made_by}


@pytest.mark.parametrize("kind", KINDS, ids=by_kind)
def test_what_is_removed_before_it_is_not_removed_after_it(kind: Makeable) -> None:
    for other in kind.before:
        assert kind.kind not in makeable()[other].before


ACTIONS = sorted(
    {
        action
        for policy in (drill_policy(), sweeper_policy())
        for statement in policy["Statement"]
        for action in statement["Action"]
    }
)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_permission_is_real(action: str) -> None:
    service, _, name = action.partition(":")
    if service != "sts":
        assert get_action_data(service, name), f"IAM knows no {action}"


def test_the_sweeper_makes_nothing_and_touches_only_what_is_marked() -> None:
    makes = {action_of(operation) for kind in KINDS for operation in kind.made_by}
    for statement in sweeper_policy()["Statement"]:
        marked = "Condition" in statement or "bkpdrill-" in statement["Resource"]
        writes = [one for one in statement["Action"] if not reads(one)]
        assert marked or not [one for one in writes if one != "sts:GetCallerIdentity"], statement
        assert not (makes & set(statement["Action"]))
