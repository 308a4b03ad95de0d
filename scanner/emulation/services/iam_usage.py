"""What IAM remembers of the use of passwords, keys, roles and services; and policies of AWS, which moto leaves out."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import EVERYWHERE, World
from scanner.emulation.services.iam import altered
from scanner.emulation.wire import Document, Refusal
from scanner.permissions.document import document
from scanner.permissions.patterns import matches_action

# The services that reports name; AWS's name hundreds.
_SERVICES = {
    "backup": "AWS Backup",
    "dlm": "Amazon Data Lifecycle Manager",
    "dynamodb": "Amazon DynamoDB",
    "ec2": "Amazon EC2",
    "elasticache": "Amazon ElastiCache",
    "fsx": "Amazon FSx",
    "iam": "AWS Identity and Access Management",
    "kms": "AWS Key Management Service",
    "rds": "Amazon RDS",
    "redshift": "Amazon Redshift",
    "s3": "Amazon S3",
}


@dataclass
class Uses:
    """The uses of services by an identity's ARN, and the reports that were asked for."""

    by_arn: dict[str, dict[str, tuple[datetime, dict[str, datetime | None]]]] = field(default_factory=dict)
    jobs: dict[str, str] = field(default_factory=dict)


def use_service(world: World, account: str, arn: str, service: str, at: datetime, **actions: datetime | None) -> None:
    """Let an identity have used a service, and of its tracked actions these, or tried none of them (None)."""
    world.shelf(Uses, account, EVERYWHERE).by_arn.setdefault(arn, {})[service] = (at, actions)


def use_role(world: World, account: str, name: str, at: datetime, region: str = "eu-west-1") -> None:
    """Let a role have been used last at a time."""
    role = world.backend("iam", account, EVERYWHERE).get_role(name)
    role.last_used, role.last_used_region = _naive(at), region


def date_role(world: World, account: str, name: str, at: datetime) -> None:
    """Set when a role was made."""
    world.backend("iam", account, EVERYWHERE).get_role(name).create_date = _naive(at)


def use_password(world: World, account: str, user: str, at: datetime) -> None:
    """Let a user have signed in last at a time."""
    world.backend("iam", account, EVERYWHERE).users[user].password_last_used = _naive(at)


def use_access_key(world: World, account: str, user: str, at: datetime) -> None:
    """Let the user's only access key have been used last at a time."""
    from moto.iam.models import AccessKeyLastUsed

    (key,) = world.backend("iam", account, EVERYWHERE).users[user].access_keys
    key.last_used = AccessKeyLastUsed(_naive(at), "backup", "eu-west-1")


def add_aws_policy(world: World, account: str, name: str, statements: list[Document], path: str = "/") -> str:
    """Have a policy of AWS to attach; returns its ARN."""
    from moto.iam.models import AWSManagedPolicy

    backend, at = world.backend("iam", account, EVERYWHERE), world.clock().isoformat()
    policy = AWSManagedPolicy.from_data(
        name,
        account,
        EVERYWHERE,
        {
            "Path": path,
            "DefaultVersionId": "v1",
            "Document": {"Version": "2012-10-17", "Statement": statements},
            "CreateDate": at,
            "UpdateDate": at,
        },
    )
    backend.managed_policies[policy.arn] = policy
    return str(policy.arn)


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


@answers("iam:GetAccountAuthorizationDetails")
def get_account_authorization_details(call: Call) -> Document:
    """As moto's, but that policies have names and numbers, and policies of AWS are named where they are attached."""
    answer = call.moto()
    bounds = [
        one["PermissionsBoundary"]["PermissionsBoundaryArn"]
        for one in (*answer.get("UserDetailList", ()), *answer.get("RoleDetailList", ()))
        if one.get("PermissionsBoundary")
    ]
    policies = []
    for one in answer.get("Policies", ()):
        bounded = bounds.count(one["Arn"])
        if one["Arn"].startswith("arn:aws:iam::aws:") and not one.get("AttachmentCount") and not bounded:
            continue
        digest = hashlib.sha256(one["Arn"].encode()).hexdigest().upper()
        policies.append(
            {
                **one,
                "PolicyName": one["Arn"].rpartition("/")[2],
                "PolicyId": f"ANPA{digest[:17]}",
                "PermissionsBoundaryUsageCount": bounded,
            }
        )
    return {**answer, "Policies": policies}


@answers("iam:GetAccountSummary")
def get_account_summary(call: Call) -> Document:
    """As moto's, with what the root user has; alter (`iam`, `account-summary`) to say otherwise."""
    answer = call.moto()
    root = altered(call, "<root_account>")
    keys = any(root.get(f"access_key_{number}_active") == "true" for number in (1, 2))
    return {
        **answer,
        "SummaryMap": {
            **answer["SummaryMap"],
            "AccountMFAEnabled": int(root.get("mfa_active", "true") == "true"),
            "AccountPasswordPresent": 1,
            "AccountAccessKeysPresent": int(keys),
            **altered(call, "account-summary"),
        },
    }


@answers("iam:GenerateServiceLastAccessedDetails")
def generate_service_last_accessed_details(call: Call) -> Document:
    arn = call.params["Arn"]
    jobs = call.world.shelf(Uses, call.account, EVERYWHERE).jobs
    digest = hashlib.sha256(f"{arn}/{len(jobs)}".encode()).hexdigest()
    job = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
    jobs[job] = arn
    return {"JobId": job}


@answers("iam:GetServiceLastAccessedDetails")
def get_service_last_accessed_details(call: Call) -> Document:
    uses = call.world.shelf(Uses, call.account, EVERYWHERE)
    arn = uses.jobs.get(call.params["JobId"])
    if arn is None:
        raise Refusal("NoSuchEntity", f"The job {call.params['JobId']} does not exist.", 404)
    used = uses.by_arn.get(arn, {})
    allowed = set(_prefixes(call.world.backend("iam", call.account, EVERYWHERE), arn))
    return {
        "JobStatus": "COMPLETED",
        "JobType": "ACTION_LEVEL",
        "JobCreationDate": call.now,
        "JobCompletionDate": call.now,
        "ServicesLastAccessed": [
            _service(arn, name, used.get(name))
            for name in _SERVICES
            if name in used or any(matches_action(prefix, name) for prefix in allowed)
        ],
        "IsTruncated": False,
    }


def _service(arn: str, name: str, used: tuple[datetime, dict[str, datetime | None]] | None) -> Document:
    found: Document = {"ServiceName": _SERVICES[name], "ServiceNamespace": name, "TotalAuthenticatedEntities": 0}
    if used is None:
        return found
    at, actions = used
    found |= {
        "LastAuthenticated": at,
        "LastAuthenticatedEntity": arn,
        "LastAuthenticatedRegion": "eu-west-1",
        "TotalAuthenticatedEntities": 1,
    }
    if actions:
        found["TrackedActionsLastAccessed"] = [
            {"ActionName": action}
            | ({"LastAccessedEntity": arn, "LastAccessedTime": when, "LastAccessedRegion": "eu-west-1"} if when else {})
            for action, when in actions.items()
        ]
    return found


def _prefixes(backend: Any, arn: str) -> Iterator[str]:
    """The services that an identity's policies name, as their patterns do."""
    kind, _, name = arn.split(":")[5].partition("/")
    holders: list[Any] = []
    if kind == "role":
        holders = [backend.get_role(name.rpartition("/")[2])]
    elif kind == "user":
        user = backend.users.get(name.rpartition("/")[2])
        holders = [user, *backend.get_groups_for_user(user.name)] if user is not None else []
    for holder in holders:
        for text in _texts(holder):
            for statement in document(text).allowing():
                patterns: Iterable[str] = ("*",) if statement.other_actions else statement.actions
                yield from (pattern.partition(":")[0] for pattern in patterns)


def _texts(holder: Any) -> Iterator[str]:
    for one in holder.policies.values():
        yield one if isinstance(one, str) else json.dumps(one)
    for policy in holder.managed_policies.values():
        yield next(version.document for version in policy.versions if version.is_default)
