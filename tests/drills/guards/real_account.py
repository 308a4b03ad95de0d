"""A sandbox account as AWS would answer for it, all of it right; a test makes one thing wrong."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from drills.plan.document import digest_of, plan_of
from drills.stage.guards import Consent, Estimate, Situation
from drills.stage.run import Run
from drills.targets.sandbox import Sandbox
from tests.collect.recorded import Recorded
from tests.drills.stand_ins import AT, DrivenClock

ACCOUNT, PRODUCTION, REGION, ALIAS = "210987123456", "345678901234", "eu-west-1", "restore-sandbox"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup-drill"
VPC, GROUP, KEY = "vpc-0a1b2c3d", "sg-0a1b2c3d", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222"

PLAN: dict[str, Any] = {
    "schema": "backup-scan/drill-plan/1",
    "name": "quarterly",
    "subjects": {
        "orders-db": {
            "system": "orders",
            "kind": "database",
            "resource": "orders",
            "region": REGION,
            "canaries": "10s",
            "restore_with": {
                "subnet_group": "isolated",
                "security_groups": [GROUP],
                "parameter_group": "orders-15",
                "instance_class": "db.t4g.medium",
                "kms_key": KEY,
            },
        },
    },
    "drills": [{"drill": "database-point-in-time", "of": "orders-db"}],
    "limits": {"longest": "4h", "keeps": "24h", "cost": 20},
    "targets": {
        "sandbox": {
            "account": ACCOUNT,
            "alias": ALIAS,
            "never": [PRODUCTION],
            "role": ROLE,
            "sweeper_role": f"arn:aws:iam::{ACCOUNT}:role/backup-drill-sweeper",
            "source_role": f"arn:aws:iam::{PRODUCTION}:role/backup-drill-source",
            "vpc": VPC,
        }
    },
}


def simulated(allowed: bool) -> Any:
    """AWS's answer to a simulation: what would destroy is not allowed, the rest as told."""
    from drills.stage.guards.identity import DESTROYING

    def answer(_: str, asked: Mapping[str, Any]) -> Any:
        decided = [
            {
                "EvalActionName": action,
                "EvalResourceName": (asked.get("ResourceArns") or ["*"])[0],
                "EvalDecision": "allowed" if allowed and asked["ActionNames"] != list(DESTROYING) else "implicitDeny",
                "MissingContextValues": [],
            }
            for action in asked["ActionNames"]
        ]
        return {"EvaluationResults": decided, "IsTruncated": False}

    return answer


def answers() -> dict[str, Any]:
    """All of them right."""
    source = {
        "DBInstanceIdentifier": "orders", "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders",
        "DBInstanceStatus": "available", "DBInstanceClass": "db.t4g.medium", "Engine": "postgres",
        "EngineVersion": "15.7", "KmsKeyId": KEY,
    }  # fmt: skip
    return {
        "sts:GetCallerIdentity": {
            "UserId": "AROA:backup-scan", "Account": ACCOUNT,
            "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/backup-drill/backup-scan",
        },
        "iam:ListAccountAliases": {"AccountAliases": [ALIAS], "IsTruncated": False},
        "iam:GetRole": {"Role": {
            "Path": "/", "RoleName": "backup-drill", "RoleId": "AROA", "Arn": ROLE, "CreateDate": AT,
            "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn"},
        }},
        "iam:SimulatePrincipalPolicy": simulated(allowed=True),
        "ssm:GetParameter": missing("ParameterNotFound"),
        "ec2:DescribeVpcs": {"Vpcs": [{"VpcId": VPC}]},
        "ec2:DescribeInternetGateways": {"InternetGateways": []},
        "ec2:DescribeEgressOnlyInternetGateways": {"EgressOnlyInternetGateways": []},
        "ec2:DescribeNatGateways": {"NatGateways": []},
        "ec2:DescribeVpnGateways": {"VpnGateways": []},
        "ec2:DescribeTransitGatewayVpcAttachments": {"TransitGatewayVpcAttachments": []},
        "ec2:DescribeVpcPeeringConnections": {"VpcPeeringConnections": []},
        "ec2:DescribeSecurityGroups": {"SecurityGroups": [
            {"GroupId": GROUP, "VpcId": VPC, "IpPermissions": [], "IpPermissionsEgress": []},
        ]},
        "rds:DescribeDBInstances": {"DBInstances": [source]},
        "rds:DescribeDBSubnetGroups": {"DBSubnetGroups": [
            {"DBSubnetGroupName": "isolated", "VpcId": VPC, "SubnetGroupStatus": "Complete"},
        ]},
        "rds:DescribeDBParameterGroups": {"DBParameterGroups": [
            {"DBParameterGroupName": "orders-15", "DBParameterGroupFamily": "postgres15"},
        ]},
        "rds:DescribeDBEngineVersions": {"DBEngineVersions": [
            {"Engine": "postgres", "EngineVersion": "15.7", "DBParameterGroupFamily": "postgres15"},
        ]},
        "rds:DescribeOrderableDBInstanceOptions": {"OrderableDBInstanceOptions": [
            {"Engine": "postgres", "EngineVersion": "15.7", "DBInstanceClass": "db.t4g.medium", "Vpc": True},
        ]},
        "kms:DescribeKey": {"KeyMetadata": {
            "AWSAccountId": ACCOUNT, "KeyId": "11111111-2222", "Arn": KEY, "KeyState": "Enabled",
            "KeyManager": "CUSTOMER", "Enabled": True,
        }},
        "kms:ListGrants": {"Grants": [], "Truncated": False},
        "service-quotas:GetServiceQuota": {"Quota": {"QuotaCode": "L-7B6409FD", "Value": 40.0}},
    }  # fmt: skip


def missing(code: str) -> Any:
    from scanner.collect.port import CallFailed
    from scanner.model.reading import Reason

    return CallFailed(Reason.FAILED, code, "not found")


class Told(Sandbox):
    """The sandbox, which tells a time of its own."""

    time: datetime | None = AT

    def service_time(self) -> datetime | None:
        return self.time


def situation(
    state: Path, given: Mapping[str, Any] | None = None, plan: Mapping[str, Any] | None = None, **other: Any
) -> Situation:
    """A situation in which every guard holds, but for what is given."""
    data = deepcopy(dict(plan or PLAN))
    approval = {"by": "Ada Berg, head of operations", "on": "2026-11-01", "until": "2026-12-01", "ticket": "CHG-17"}
    data.setdefault("approvals", [{**approval, "digest": digest_of(data)}])
    clock = DrivenClock()
    made = plan_of(data)
    told = data["targets"]["sandbox"]
    target = Told(Recorded({**answers(), **(given or {})}), ACCOUNT, (REGION,),
                  production_backups=told.get("production_backups", False))  # fmt: skip
    run = Run.begin(AT, "operations", made.limits.keeps)
    consent = Consent(execute=True, typed=(ALIAS, ALIAS))
    now = Situation(made, target, run, clock, state, consent, clock.elapsed(), Estimate(3.2, 0.4))
    return replace(now, **other)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The plan, with one thing changed: a path of keys with dots between them; None takes it away."""
    data = deepcopy(PLAN)
    *steps, last = path.split(".")
    place: Any = data
    for step in steps:
        place = place.setdefault(step, {})
    if value is None:
        place.pop(last, None)
    else:
        place[last] = value
    return data


def later(now: Situation, length: timedelta) -> Situation:
    now.clock.sleep(length)
    return now
