"""Snapshot schedules of the Data Lifecycle Manager; moto has no trace of the service."""

import hashlib
from dataclasses import dataclass, field

from scanner.emulation.answers import Call, answers, pick
from scanner.emulation.wire import Document, Refusal


@dataclass
class Policies:
    """Lifecycle policies by identifier."""

    policies: dict[str, Document] = field(default_factory=dict)


@answers("dlm:CreateLifecyclePolicy")
def create_policy(call: Call) -> Document:
    told, held = call.params, call.shelf(Policies).policies
    digest = hashlib.sha256(f"{call.account}/{call.region}/{told['Description']}/{len(held)}".encode()).hexdigest()
    policy_id, default = f"policy-{digest[:17]}", "DefaultPolicy" in told
    details = dict(told.get("PolicyDetails", {}))
    if default:
        details |= {"PolicyLanguage": "SIMPLIFIED", "ResourceType": told["DefaultPolicy"]}
        details |= pick(
            told,
            "CreateInterval",
            "RetainInterval",
            "CopyTags",
            "ExtendDeletion",
            "CrossRegionCopyTargets",
            "Exclusions",
        )
    details.setdefault("PolicyType", "EBS_SNAPSHOT_MANAGEMENT")
    held[policy_id] = {
        "PolicyId": policy_id,
        "Description": told["Description"],
        "State": told["State"],
        "StatusMessage": told["State"],
        "ExecutionRoleArn": told["ExecutionRoleArn"],
        "DateCreated": call.now,
        "DateModified": call.now,
        "PolicyDetails": details,
        "Tags": dict(told.get("Tags", {})),
        "DefaultPolicy": default,
        "PolicyType": details["PolicyType"],
        "PolicyArn": f"arn:aws:dlm:{call.region}:{call.account}:policy/{policy_id}",
    }
    return {"PolicyId": policy_id}


@answers("dlm:GetLifecyclePolicies")
def get_policies(call: Call) -> Document:
    told = call.params
    kept = [policy for policy in call.shelf(Policies).policies.values() if _wanted(policy, told)]
    return {
        "Policies": [
            pick(policy, "PolicyId", "Description", "State", "Tags", "PolicyType", "DefaultPolicy") for policy in kept
        ]
    }


def _wanted(policy: Document, told: Document) -> bool:
    details = policy["PolicyDetails"]
    targets = {f"{tag['Key']}={tag['Value']}" for tag in details.get("TargetTags", [])}
    added = {
        f"{tag['Key']}={tag['Value']}"
        for schedule in details.get("Schedules", [])
        for tag in schedule.get("TagsToAdd", [])
    }
    kind = told.get("DefaultPolicyType", "ALL")
    return (
        policy["PolicyId"] in (told.get("PolicyIds") or [policy["PolicyId"]])
        and told.get("State") in (None, policy["State"])
        and (not told.get("ResourceTypes") or bool(set(told["ResourceTypes"]) & set(details.get("ResourceTypes", []))))
        and (not told.get("TargetTags") or bool(set(told["TargetTags"]) & targets))
        and (not told.get("TagsToAdd") or bool(set(told["TagsToAdd"]) & added))
        and (kind == "ALL" or "DefaultPolicyType" not in told or details.get("ResourceType") == kind)
    )


@answers("dlm:GetLifecyclePolicy")
def get_policy(call: Call) -> Document:
    policy = {name: value for name, value in _policy(call).items() if name != "PolicyType"}
    return {"Policy": policy}


@answers("dlm:UpdateLifecyclePolicy")
def update_policy(call: Call) -> Document:
    policy = _policy(call)
    policy.update(pick(call.params, "ExecutionRoleArn", "State", "Description", "PolicyDetails"), DateModified=call.now)
    return {}


@answers("dlm:DeleteLifecyclePolicy")
def delete_policy(call: Call) -> Document:
    del call.shelf(Policies).policies[_policy(call)["PolicyId"]]
    return {}


@answers("dlm:ListTagsForResource")
def list_tags(call: Call) -> Document:
    return {"Tags": _by_arn(call)["Tags"]}


@answers("dlm:TagResource")
def tag_resource(call: Call) -> Document:
    _by_arn(call)["Tags"].update(call.params["Tags"])
    return {}


def _by_arn(call: Call) -> Document:
    for policy in call.shelf(Policies).policies.values():
        if policy["PolicyArn"] == call.params["ResourceArn"]:
            return policy
    raise Refusal("ResourceNotFoundException", f"Resource {call.params['ResourceArn']} not found", 404)


def _policy(call: Call) -> Document:
    held, policy_id = call.shelf(Policies).policies, call.params["PolicyId"]
    if policy_id not in held:
        raise Refusal("ResourceNotFoundException", f"Policy {policy_id} not found", 404)
    return held[policy_id]
