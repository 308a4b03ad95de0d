"""What a role may do to a resource, by its policies: AWS's own simulation, or the evaluation of this package.

No call is made that could do what is asked: on a real resource, whatever must be denied and is not would be done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from drills.verification.access import ALLOW, DENY, named
from scanner.collect.port import CallFailed
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Reason
from scanner.permissions.context import Caller
from scanner.permissions.document import Document, document
from scanner.permissions.evaluate import Access, Outcome, Policies, ask
from scanner.permissions.shelf import Target
from scanner.permissions.truth import Doubt

if TYPE_CHECKING:
    from drills.plan.model import Subject
    from drills.scene import Scene
    from drills.stage.port import Calls

SIMULATED = "by iam:SimulatePrincipalPolicy; nothing was called"
EVALUATED = "by evaluating the policies of role and resource; nothing was called"
#: What is read to evaluate a role's policies, beside the policy of the resource.
READS = (
    "iam:SimulatePrincipalPolicy", "iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
    "iam:GetPolicy", "iam:GetPolicyVersion", "s3:GetBucketPolicy", "kms:GetKeyPolicy", "backup:GetBackupVaultAccessPolicy",
    "dynamodb:GetResourcePolicy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ruled:
    """Whether an action is allowed, by what, and on what it depends; `allowed` None cannot be told."""

    allowed: bool | None
    how: str
    why: str = ""


def check_roles(scene: Scene) -> None:
    """Check the rows of the access matrix that are about roles, on the subject itself."""
    where = places(scene.subject, scene.stage.account)
    for row in scene.subject.access:
        if not row.role:
            continue
        role: Role | None = None
        for about, action in [(ALLOW, one) for one in row.allow] + [(DENY, one) for one in row.deny]:
            rulings = []
            for arn in fitting(action, where):
                # Emulations answer as well, and not what AWS would: one says of every action that it is denied.
                ruled = simulated(scene.stage.calls, row.role, action, arn) if scene.target.real else None
                if ruled is None:
                    role = role or read_role(scene.stage.calls, row.role)
                    ruled = evaluated(scene, role, action, arn)
                rulings.append(ruled)
            held, told = _held(about, rulings)
            scene.check(about, named(row.who, about, action), held=held, detail=told)


def places(subject: Subject, account: str) -> tuple[str, ...]:
    """Give the ARNs of a subject; a bucket has one of its own and one of what is in it."""
    name, region = subject.resource, subject.region
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    here = f"{region}:{account}"
    if name.startswith("arn:"):
        return (name,)
    made = {
        "database": f"arn:{partition}:rds:{here}:db:{name}",
        "cluster": f"arn:{partition}:rds:{here}:cluster:{name}",
        "table": f"arn:{partition}:dynamodb:{here}:table/{name}",
        "file-system": f"arn:{partition}:elasticfilesystem:{here}:file-system/{name}",
        "volume": f"arn:{partition}:ec2:{here}:volume/{name}",
        "vault": f"arn:{partition}:backup:{here}:backup-vault:{name}",
        "key": f"arn:{partition}:kms:{here}:key/{name}",
        "alert": f"arn:{partition}:sns:{here}:{name}",
    }
    if subject.kind == "bucket":
        return (f"arn:{partition}:s3:::{name}", f"arn:{partition}:s3:::{name}/backup-drill-asks")
    return (made[subject.kind],) if subject.kind in made else ()


def fitting(action: str, where: Sequence[str]) -> Sequence[str]:
    """Give the ARNs that an action is asked of: of a bucket, its objects for what is done to objects."""
    if not action.lower().startswith("s3:") or len(where) == 1:
        return where
    of_objects = "object" in action.lower() and "bucket" not in action.lower()
    return where[1:] if of_objects else where[:1]


def simulated(calls: Calls, role: str, action: str, arn: str) -> Ruled | None:
    """Ask AWS's simulation; None where it cannot be asked."""
    try:
        answer = calls.one(
            "iam:SimulatePrincipalPolicy", PolicySourceArn=role, ActionNames=[action], ResourceArns=[arn]
        )
    except CallFailed as failed:
        if failed.code == "NoSuchEntity":
            return Ruled(None, SIMULATED, f"there is no role {role}")
        return None
    found: Mapping[str, Any] = next(iter(answer.get("EvaluationResults", ())), {})
    decision, missing = found.get("EvalDecision", ""), found.get("MissingContextValues", ())
    if not decision or (missing and decision != "explicitDeny"):
        return Ruled(None, SIMULATED, f"it depends on {', '.join(missing)}" if missing else "no decision was given")
    return Ruled(decision == "allowed", SIMULATED, decision)


@dataclass(frozen=True, slots=True)
class Role:
    """A role and its policies, or why they could not be read."""

    arn: str
    policies: Policies | None
    why: str = ""


def read_role(calls: Calls, arn: str) -> Role:
    """Read a role's policies and its boundary."""
    name = arn.rpartition("/")[2]
    try:
        role = calls.one("iam:GetRole", RoleName=name)["Role"]
        own = [
            calls.one("iam:GetRolePolicy", RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in calls.every("iam:ListRolePolicies", "PolicyNames", RoleName=name)
        ]
        attached = calls.every("iam:ListAttachedRolePolicies", "AttachedPolicies", RoleName=name)
        own += [_managed(calls, one["PolicyArn"]) for one in attached]
        boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        return Role(
            arn,
            Policies(
                own=tuple(_document(one) for one in own),
                boundary=_document(_managed(calls, boundary)) if boundary else None,
            ),
        )
    except CallFailed as failed:
        return Role(arn, None, f"its policies cannot be read: {failed.code}")
    except ValueError:
        return Role(arn, None, "a policy of it cannot be understood")


def evaluated(scene: Scene, role: Role, action: str, arn: str) -> Ruled:
    """Evaluate the policies of a role and of the resource. Service control policies are not looked at: they only deny."""
    if role.policies is None:
        return Ruled(None, EVALUATED, role.why)
    subject = scene.subject
    target = Target(arn, region=subject.region, account=scene.stage.account)
    ruling = ask(
        action,
        target,
        Caller(role.arn),
        role.policies,
        resource=resource_policy(scene.stage.calls, subject),
        access=Access.KEY if subject.kind == "key" else Access.USUAL,
        at=scene.clock.now(),
    )
    if ruling.outcome is Outcome.DEPENDS:
        return Ruled(None, EVALUATED, f"it depends on {', '.join(ruling.why)}")
    return Ruled(ruling.outcome is not Outcome.DENIED, EVALUATED, ruling.outcome.value)


#: A kind of subject, where its policy is read, by which parameter, under which member, and how it says that there is none.
_HELD = {
    "bucket": ("s3:GetBucketPolicy", "Bucket", "Policy", "NoSuchBucketPolicy"),
    "key": ("kms:GetKeyPolicy", "KeyId", "Policy", "NotFoundException"),
    "vault": ("backup:GetBackupVaultAccessPolicy", "BackupVaultName", "Policy", "ResourceNotFoundException"),
    "table": ("dynamodb:GetResourcePolicy", "ResourceArn", "Policy", "PolicyNotFoundException"),
}


def resource_policy(calls: Calls, subject: Subject) -> Document | Doubt | None:
    """Read the policy of a resource; a doubt where it cannot be read, None where there is none."""
    if subject.kind not in _HELD:
        return None
    operation, named_by, member, none = _HELD[subject.kind]
    name = places(subject, calls.account)[0] if named_by == "ResourceArn" else subject.resource
    try:
        answer = calls.unless(none, operation=operation, **{named_by: name})
    except CallFailed as failed:
        # What an emulation does not know, it does not hold either.
        return (
            None if failed.reason is Reason.UNSUPPORTED else Doubt(f"the policy of {subject.resource}: {failed.code}")
        )
    return _document(answer[member]) if answer else None


def _managed(calls: Calls, arn: str) -> Any:
    version = calls.one("iam:GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return calls.one("iam:GetPolicyVersion", PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def _document(raw: Any) -> Document:
    return document(json.loads(raw) if isinstance(raw, str) else raw)


def _held(about: str, rulings: Sequence[Ruled]) -> tuple[bool | None, str]:
    if not rulings:
        return None, "nothing is known that it could be asked of"
    found = [one.allowed for one in rulings]
    told = "; ".join(dict.fromkeys(f"{one.why} ({one.how})" for one in rulings))
    if about == DENY:
        found = [None if one is None else not one for one in found]
    return (False if False in found else None if None in found else True), told
