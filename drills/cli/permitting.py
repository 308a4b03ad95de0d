"""`backup-drill permissions`: the IAM policies of the roles, from what drills and makeable things declare."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from drills.kinds import drills
from drills.stage.actions import GUARDING, actions_of
from drills.stage.makeable import makeable
from drills.stage.run import PREFIX, TAG_RUN
from scanner.model.origin import Call
from scanner.plan import permission_of

#: Operations whose action is called otherwise (Service Authorization Reference, S3 and AWS Backup).
_ACTIONS = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:CopyObject": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "dynamodb:BatchGetItem": "dynamodb:BatchGetItem",
    "dynamodb:TransactWriteItems": "dynamodb:PutItem",
}
#: What tagging at creation needs besides, by service (Service Authorization Reference, "dependent actions").
_TAGGING = {
    "backup": "backup:TagResource",
    "dynamodb": "dynamodb:TagResource",
    "ec2": "ec2:CreateTags",
    "events": "events:TagResource",
    "iam": "iam:TagRole",
    "kms": "kms:TagResource",
    "rds": "rds:AddTagsToResource",
    "s3": "s3:PutBucketTagging",
    "sns": "sns:TagResource",
    "sqs": "sqs:TagQueue",
    "ssm": "ssm:AddTagsToResource",
}
#: What the guards and the preflight ask, whichever drills are run.
_ALWAYS = tuple(action for operation in GUARDING for action in actions_of(operation))


def action_of(operation: str) -> str:
    """Give the IAM action behind an operation."""
    service, _, name = operation.partition(":")
    return _ACTIONS.get(operation) or permission_of(Call(service, name, ()))


def drill_policy() -> dict[str, Any]:
    """Give the policy of the role that drills run as: it reads, and makes and changes what carries the run's tag."""
    known = makeable().values()
    reads = {operation for drill in drills().values() for operation in drill.reads}
    reads |= {operation for kind in known for operation in kind.seen_by}
    makes = {operation for kind in known for operation in kind.made_by}
    tagging = {_TAGGING[service] for service in {one.partition(":")[0] for one in makes} if service in _TAGGING}
    return _policy(
        _statement("DrillReads", {*map(action_of, reads), *_ALWAYS}),
        _statement("DrillMakes", {*map(action_of, makes), *tagging}),
        *_on_its_own("DrillChanges", lambda kind: (*kind.changed_by, *kind.removed_by)),
    )


def sweeper_policy() -> dict[str, Any]:
    """Give the policy of the sweeper's role: it looks, and removes what carries a run's tag or a drill's name."""
    reads = {operation for kind in makeable().values() for operation in kind.seen_by}
    return _policy(
        _statement("SweeperReads", {*map(action_of, reads), *_ALWAYS}),
        *_on_its_own("SweeperRemoves", lambda kind: kind.removed_by),
    )


def print_policy(role: str) -> int:
    """Print one of them."""
    click.echo(json.dumps(drill_policy() if role == "drill" else sweeper_policy(), indent=2))
    return 0


def _on_its_own(name: str, operations: Any) -> Iterable[dict[str, Any]]:
    """Allow operations on what is tagged as a run's; where a service does not tag at creation, on what is named so."""
    tagged = {action_of(one) for kind in makeable().values() if kind.tagged for one in operations(kind)}
    named = {action_of(one) for kind in makeable().values() if not kind.tagged for one in operations(kind)} - tagged
    writes = {one for one in tagged if not _looks(one)}
    if writes:
        condition = {"Null": {f"aws:ResourceTag/{TAG_RUN}": "false"}}
        yield {**_statement(f"{name}Tagged", writes), "Condition": condition}
    by_service: dict[str, set[str]] = {}
    for one in named:
        if not _looks(one):
            by_service.setdefault(one.partition(":")[0], set()).add(one)
    for service, actions in sorted(by_service.items()):
        statement = _statement(f"{name}Named{service.title().replace('-', '')}", actions)
        yield {**statement, "Resource": f"arn:aws:{service}:*:*:*{PREFIX}*"}


def _looks(action: str) -> bool:
    return action.partition(":")[2].startswith(("Get", "List", "Describe"))


def _statement(sid: str, actions: Iterable[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": "*"}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
