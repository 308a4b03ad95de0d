"""The preflight: whatever would stop a restore half-way is found before T0, all of it at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from drills.measuring.clock import too_skewed
from drills.stage.actions import OWN_ARNS, actions_needed
from drills.stage.guards.guard import Broken
from drills.stage.hearing import each
from drills.stage.run import TAG_RUN
from scanner.collect.port import CallFailed

if TYPE_CHECKING:
    from drills.plan.model import Subject
    from drills.stage.guards.situation import Situation
    from drills.stage.port import Calls

#: Quotas of which a restore takes one: service, code, name, and what counts against it (Service Quotas user guide).
_QUOTAS: dict[str, tuple[str, str, str, str, str]] = {
    "database": ("rds", "L-7B6409FD", "DB instances", "rds:DescribeDBInstances", "DBInstances"),
    "cluster": ("rds", "L-952B80B8", "DB clusters", "rds:DescribeDBClusters", "DBClusters"),
    "table": ("dynamodb", "L-F98FE922", "tables", "dynamodb:ListTables", "TableNames"),
    "network": ("vpc", "L-F678F1CE", "VPCs", "ec2:DescribeVpcs", "Vpcs"),
}
#: What a restore does with a key (KMS developer guide, of each service: "grants").
_KEY_ACTIONS = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext")


def problems(now: Situation) -> Iterator[Broken]:
    """Give everything that is missing; one question that AWS does not answer does not stop the others."""
    asked: list[Callable[[], Iterator[Broken]]] = [partial(_permissions, now), partial(_clocks, now)]
    asked += [partial(_quotas, now, region) for region in now.regions]
    asked += [partial(_database, now, subject) for subject in now.subjects if subject.kind == "database"]
    asked += [partial(_table, now, subject) for subject in now.subjects if subject.kind == "table"]
    asked += [partial(_role, now, subject) for subject in now.subjects if "role" in subject.restore_with]
    asked += [partial(_key, now, subject, str(subject.restore_with.get("kms_key", ""))) for subject in now.subjects]
    for ask in asked:
        try:
            yield from each(ask())
        except CallFailed as failed:
            yield Broken(f"AWS did not answer the preflight: {failed.code}: {failed.message}", "let the role ask it")


def _permissions(now: Situation) -> Iterator[Broken]:
    """Ask IAM whether the drill's role may do what the drills do, on something that bears the run's name and tag.

    What is allowed on anything, or on any of a drill's own names, passes: policies of resources, and conditions that
    only the real request meets, show when it is made.
    """
    role = str(now.settings.get("role", ""))
    if not role:
        return
    calls = now.calls("us-east-1")
    for prefix, actions in actions_needed(now.entries).items():
        for start in range(0, len(actions), 50):
            denied = set(actions[start : start + 50])
            for resources in _resources(now, prefix):
                if not denied:
                    break
                denied -= _allowed(now, calls, role, sorted(denied), resources)
            for action in sorted(denied):
                yield Broken(f"the drill's role may not {action}", "allow it: `backup-drill permissions` prints all")


def _resources(now: Situation, prefix: str) -> Iterator[str]:
    """Give what an action may be allowed on: anything, what the plan names, and what bears the run's name."""
    yield "*"
    for subject in now.subjects:
        yield from _named(now, subject, prefix)
    for region in now.regions:
        place, name = f"{region}:{now.target.account}", now.run.name("preflight")
        for template in OWN_ARNS.get(prefix, ()):
            yield template.format(place, name, now.target.account)


def _named(now: Situation, subject: Subject, prefix: str) -> Iterator[str]:
    place, home = now.target.account, str(subject.settings.get("home", subject.region))
    match prefix:
        case "iam":
            named = str(subject.restore_with.get("role", ""))
            template = "arn:aws:iam::{1}:role/{2}"
        case "secretsmanager":
            named = subject.login.secret if subject.login else ""
            template = "arn:aws:secretsmanager:{0}:{1}:secret:{2}-a1b2c3"  # AWS ends their names so itself
        case "kms":
            named = str(subject.restore_with.get("kms_key", ""))
            template = "arn:aws:kms:{0}:{1}:key/{2}"
        case _:
            named, template = subject.resource, _SOURCES.get((prefix, subject.kind), "")
    if named.startswith("arn:"):
        yield named
    elif named and template:
        yield template.format(home, place, named)


#: The ARNs of sources, by the prefix of the action and the kind of subject.
_SOURCES = {
    ("dynamodb", "table"): "arn:aws:dynamodb:{0}:{1}:table/{2}",
    ("rds", "cluster"): "arn:aws:rds:{0}:{1}:cluster:{2}",
    ("rds", "database"): "arn:aws:rds:{0}:{1}:db:{2}",
    ("s3", "bucket"): "arn:aws:s3:::{2}",
    ("sns", "alert"): "arn:aws:sns:{0}:{1}:{2}",
}


def _allowed(now: Situation, calls: Calls, role: str, actions: list[str], resource: str) -> set[str]:
    told = {
        f"aws:ResourceTag/{TAG_RUN}": now.run.id,
        f"aws:RequestTag/{TAG_RUN}": now.run.id,
        "iam:PassedToService": "backup.amazonaws.com",
    }
    context = [{"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
               for key, value in told.items()]  # fmt: skip
    answers = calls.every(
        "iam:SimulatePrincipalPolicy",
        "EvaluationResults",
        PolicySourceArn=role,
        ActionNames=actions,
        ResourceArns=[resource],
        ContextEntries=context,
    )
    return {one["EvalActionName"] for one in answers if one["EvalDecision"] == "allowed"}


def _clocks(now: Situation) -> Iterator[Broken]:
    theirs = now.target.service_time()
    if theirs is None:
        yield Broken("AWS did not tell what time it is", "try again")
    elif why := too_skewed(now.clock.now(), theirs, now.rpo):
        yield Broken(f"{why}, so no data loss could be told", "set this machine's clock by a time server")


def _quotas(now: Situation, region: str) -> Iterator[Broken]:
    calls = now.calls(region)
    for kind, (service, code, name, operation, member) in _QUOTAS.items():
        wanted = sum(1 for subject in now.subjects if subject.kind == kind and subject.region == region)
        if not wanted:
            continue
        told = calls.one("service-quotas:GetServiceQuota", ServiceCode=service, QuotaCode=code)
        most, used = int(told["Quota"]["Value"]), len(calls.every(operation, member))
        if used + wanted > most:
            yield Broken(
                f"{used} of {most} {name} are used in {region}, and {wanted} more are needed", "have the quota raised"
            )


def _database(now: Situation, subject: Subject) -> Iterator[Broken]:
    # A subject stands where it is restored to; `home` is where it comes from.
    calls, home = now.calls(subject.region), str(subject.settings.get("home", subject.region))
    source = _only(
        now.calls(home),
        "DBInstances",
        "rds:DescribeDBInstances",
        "DBInstanceNotFound",
        DBInstanceIdentifier=subject.resource,
    )
    if source is None:
        yield Broken(f"{subject.name}: there is no instance {subject.resource} in {home}", "correct the plan")
        return
    with_ = subject.restore_with
    subnets = with_.get("subnet_group")
    if subnets:
        group = _only(calls, "DBSubnetGroups", "rds:DescribeDBSubnetGroups", "DBSubnetGroupNotFoundFault", DBSubnetGroupName=subnets)  # fmt: skip
        yield from _subnets(now, subject, str(subnets), group)
    parameters = with_.get("parameter_group")
    if parameters:
        group = _only(calls, "DBParameterGroups", "rds:DescribeDBParameterGroups", "DBParameterGroupNotFound", DBParameterGroupName=parameters)  # fmt: skip
        yield from _parameters(calls, subject, str(parameters), group, source)
    size = str(with_.get("instance_class") or source["DBInstanceClass"])
    offered = calls.one(
        "rds:DescribeOrderableDBInstanceOptions",
        Engine=source["Engine"],
        EngineVersion=source["EngineVersion"],
        DBInstanceClass=size,
        Vpc=True,
    )
    if not offered.get("OrderableDBInstanceOptions"):
        engine = f"{source['Engine']} {source['EngineVersion']}"
        yield Broken(f"{subject.name}: {size} is not offered for {engine} in {subject.region}", "name another class")
    if "kms_key" in with_ or not source.get("KmsKeyId"):
        return
    if home != subject.region:
        yield Broken(
            f"{subject.name}: its key is in {home}, and keys stay in their region",
            f"name a key of {subject.region} under restore_with.kms_key",
        )
        return
    yield from _key(now, subject, str(source["KmsKeyId"]))


def _table(now: Situation, subject: Subject) -> Iterator[Broken]:
    name = subject.resource.rpartition("/")[2]
    calls = now.calls(subject.region)
    if calls.unless("ResourceNotFoundException", operation="dynamodb:DescribeTable", TableName=name) is None:
        yield Broken(f"{subject.name}: there is no table {name} in {subject.region}", "correct the plan")


def _role(now: Situation, subject: Subject) -> Iterator[Broken]:
    """Look whether AWS Backup may take on the role that it is to restore with."""
    name = str(subject.restore_with["role"]).rpartition("/")[2]
    found = now.calls("us-east-1").unless("NoSuchEntity", operation="iam:GetRole", RoleName=name)
    if found is None:
        yield Broken(f"{subject.name}: there is no role {name}", "make it, or name another under restore_with.role")
    elif "backup.amazonaws.com" not in json.dumps(found["Role"].get("AssumeRolePolicyDocument", "")):
        yield Broken(f"{subject.name}: role {name} does not trust backup.amazonaws.com", "let AWS Backup take it on")


def _subnets(now: Situation, subject: Subject, name: str, group: Mapping[str, Any] | None) -> Iterator[Broken]:
    vpc = now.settings.get("vpc", "")
    if group is None:
        yield Broken(f"{subject.name}: there is no subnet group {name} in {subject.region}", "make it, or name another")
    elif vpc and group.get("VpcId") != vpc:
        yield Broken(f"{subject.name}: subnet group {name} is in {group.get('VpcId')}, not {vpc}", "name one that is")
    elif group.get("SubnetGroupStatus") != "Complete":
        yield Broken(f"{subject.name}: subnet group {name} is {group.get('SubnetGroupStatus')}", "mend it")


def _parameters(
    calls: Calls, subject: Subject, name: str, group: Mapping[str, Any] | None, source: Mapping[str, Any]
) -> Iterator[Broken]:
    if group is None:
        yield Broken(f"{subject.name}: there is no parameter group {name} in {subject.region}", "copy production's")
        return
    versions = calls.every(
        "rds:DescribeDBEngineVersions", "DBEngineVersions", Engine=source["Engine"],
        EngineVersion=source["EngineVersion"], IncludeAll=True,
    )  # fmt: skip
    families = {one["DBParameterGroupFamily"] for one in versions}
    if group["DBParameterGroupFamily"] not in families:
        yield Broken(
            f"{subject.name}: parameter group {name} is of family {group['DBParameterGroupFamily']}, "
            f"the engine needs {' or '.join(sorted(families)) or 'one that is not known'}",
            "name one of its family",
        )


def _key(now: Situation, subject: Subject, key: str) -> Iterator[Broken]:
    if not key:
        return
    calls = now.calls(subject.region)
    answer = calls.unless("NotFoundException", operation="kms:DescribeKey", KeyId=key)
    told = (answer or {}).get("KeyMetadata")
    if told is None:
        yield Broken(f"{subject.name}: there is no key {key} in {subject.region}", "name one that is there")
        return
    if told["KeyState"] != "Enabled":
        yield Broken(f"{subject.name}: key {key} is {told['KeyState']}", "enable it, or name another")
    if told.get("AWSAccountId", now.target.account) != now.target.account and told.get("KeyManager") == "AWS":
        yield Broken(f"{subject.name}: key {key} is AWS's own of another account", "copy the backup under another key")
    role = str(now.settings.get("role", ""))
    if role and told.get("KeyManager") != "AWS":
        global_calls = now.calls("us-east-1")
        allowed = _allowed(now, global_calls, role, list(_KEY_ACTIONS), told["Arn"])
        held = _granted(calls, role, told["Arn"]) if set(_KEY_ACTIONS) - allowed else set()
        for action in sorted(set(_KEY_ACTIONS) - allowed - held):
            yield Broken(f"{subject.name}: the drill's role may not {action} with key {key}", "allow or grant it")


def _granted(calls: Calls, role: str, key: str) -> set[str]:
    """Give the actions that grants of a key give to a role."""
    grants = calls.every("kms:ListGrants", "Grants", KeyId=key)
    return {f"kms:{one}" for grant in grants if grant.get("GranteePrincipal") == role for one in grant["Operations"]}


def _only(calls: Calls, member: str, operation: str, missing: str, **named: Any) -> Mapping[str, Any] | None:
    """Describe one thing by its name; None where there is none."""
    codes = (missing, missing.removesuffix("Fault"), f"{missing}Fault")
    found = (calls.unless(*codes, operation=operation, **named) or {}).get(member, ())
    return found[0] if found else None
