"""Security scanning of a region: Amazon GuardDuty, Amazon Inspector and AWS Security Hub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.fact import Fact, derived, fact
from scanner.model.look import any_of
from scanner.model.origin import Listing, call
from scanner.model.resource import Resource
from scanner.resources.guardduty import Detector

#: What Inspector scans, by the names of its API.
SCANNED = {"ec2": "instances", "ecr": "container images", "lambda": "functions", "lambdaCode": "code of functions"}


def scanned(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Read what Inspector scans in the account; one that is being enabled does not scan yet."""
    state = raw["resourceState"]
    return tuple(said for name, said in SCANNED.items() if (state.get(name) or {}).get("status") == "ENABLED")


class Scanning(Resource):
    """What scans one region for threats, vulnerabilities and weak settings."""

    kind = "aws.security.scanning"
    title = "security scanning"
    listed_by = Listing(
        None, id="arn:{partition}:security:{region}:{account}:scanning", name="security scanning in {region}"
    )

    threats: Fact[bool] = derived(
        "GuardDuty looks for threats.",
        needs=lambda _: [Detector.enabled],
        by=lambda region, look: any_of(look.every(Detector, region=region.region), lambda one: one.enabled),
    )
    vulnerabilities: Fact[tuple[str, ...]] = fact(
        # Without ids it answers for the caller's own account.
        "What Inspector scans for vulnerabilities.",
        live=call("inspector2:BatchGetAccountStatus").at("accounts[0]", scanned),
    )
    hub: Fact[bool] = fact(
        # An account that never enabled it is refused as not subscribed (DescribeHub, API reference); who may not ask is
        # refused with AccessDeniedException.
        "Security Hub CSPM checks the settings.",
        live=call("securityhub:DescribeHub", nothing_on=["InvalidAccessException", "ResourceNotFoundException"]).at(
            "HubArn", bool, absent=False
        ),
    )
    hub_v2: Fact[bool] = fact(
        "Security Hub (the second) checks the settings.",
        live=call("securityhub:DescribeSecurityHubV2", nothing_on=["ResourceNotFoundException"]).at(
            "HubV2Arn", bool, absent=False
        ),
    )
