"""OpenSearch: the same truth as Terraform writes it, as a template does, and as AWS answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.resources.opensearch import Domain
from tests.iac.forms.databases import (
    KEY,
    OPEN,
    PLACE,
    answered,
    hold_facts,
    hold_the_law,
    identity,
    left_open,
    outcome,
    said,
    template,
    terraform,
    told,
)

RULES = ("BK401", "BK506", "BK510", "BK511")
_TLS = "Policy-Min-TLS-1-2-2019-07"


def _policy(principal: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "es:*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


_EVERYONE, _OWN = _policy("*"), _policy({"AWS": "arn:aws:iam::111111111111:root"})


def _options(**more: Any) -> dict[str, Any]:
    return {
        "domain_name": "search", "encrypt_at_rest": [{"enabled": True, "kms_key_id": KEY}],
        "node_to_node_encryption": [{"enabled": True}],
        "domain_endpoint_options": [{"enforce_https": True, "tls_security_policy": _TLS}],
        "vpc_options": [{"subnet_ids": ["subnet-a"], "security_group_ids": ["sg-1"]}],
        "access_policies": json.dumps(_OWN), "tags": {"System": "search"}, **more,
    }  # fmt: skip


def _properties(**more: Any) -> dict[str, Any]:
    return {
        "DomainName": "search", "EncryptionAtRestOptions": {"Enabled": "true", "KmsKeyId": KEY},
        "NodeToNodeEncryptionOptions": {"Enabled": True},
        "DomainEndpointOptions": {"EnforceHTTPS": True, "TLSSecurityPolicy": _TLS},
        "VPCOptions": {"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-1"]}, "AccessPolicies": _OWN,
        "Tags": [{"Key": "System", "Value": "search"}], **more,
    }  # fmt: skip


_SUBNET = terraform("aws_subnet", "a", {"vpc_id": "vpc-1"})
TOLD = {
    "terraform": (terraform("aws_opensearch_domain", "d", _options(engine_version="OpenSearch_2.11")), "OpenSearch_2.11"),
    "old terraform": (terraform("aws_elasticsearch_domain", "d", _options(elasticsearch_version="7.10")), "Elasticsearch_7.10"),
    "template": (
        template("OpenSearchService::Domain", "D", _properties(EngineVersion="OpenSearch_2.11")), "OpenSearch_2.11",
    ),
    "old template": (
        template("Elasticsearch::Domain", "D", _properties(ElasticsearchVersion=7.1)), "Elasticsearch_7.1",
    ),
}  # fmt: skip


def _status(engine: str) -> dict[str, Any]:
    return {
        "encrypted": True, "key": KEY, "engine": engine, "traffic_encrypted": True, "https": True, "tls_policy": _TLS,
        "subnets": ["subnet-a"], "security_groups": ["sg-1"], "policy": json.dumps(_OWN), "snapshots_paused": "Inactive",
        "tags": [{"Key": "System", "Value": "search"}], "vpc": "vpc-1",
    }  # fmt: skip


@pytest.mark.parametrize("told_by", TOLD)
def test_a_domain_is_the_same_in_code_and_in_aws(told_by: str) -> None:
    block, engine = TOLD[told_by]
    live = answered(Domain, {}, **_status(engine))
    known = told(Domain, block)
    assert known.pop("vpc") == f"?the VPC of {block.address}"  # only AWS knows which VPC a subnet of elsewhere is in
    assert known == {name: live[name] for name in said(block, Domain) - {"vpc"}}
    assert identity(block, Domain) == f"arn:aws:es:{PLACE}:domain/search"
    hold_facts(Domain, [block], "DomainName" if "template" in told_by else "domain_name")


@pytest.mark.parametrize("told_by", TOLD)
@pytest.mark.parametrize("whole", [False, True])
def test_what_is_lost_from_sight_turns_no_verdict(told_by: str, whole: bool) -> None:
    assert hold_the_law([TOLD[told_by][0]], whole=whole, only=RULES) >= 2


def test_the_vpc_is_that_of_the_subnets() -> None:
    options = _options(vpc_options=[{"subnet_ids": ["aws_subnet.a"]}])
    block = terraform("aws_opensearch_domain", "d", options)
    assert told(Domain, block)["vpc"] is not None
    assert "default group of the VPC" in left_open(Domain, block)["security_groups"]
    assert outcome("BK510", block) == "passed"
    lost = terraform("aws_opensearch_domain", "d", _options(vpc_options=OPEN, access_policies=json.dumps(_EVERYONE)))
    assert outcome("BK510", lost) == "unknown"


def test_what_holds_where_nothing_is_said() -> None:
    for block in (
        terraform("aws_opensearch_domain", "d", {"domain_name": "d"}),
        template("OpenSearchService::Domain", "D", {}),
    ):
        known = told(Domain, block)
        assert (known["encrypted"], known["key"], known["https"]) == (False, None, False)
        assert (known["traffic_encrypted"], known["policy"], known["vpc"]) == (False, None, None)
        assert (known["subnets"], known["security_groups"], known["snapshots_paused"]) == ((), (), False)
        assert {"engine", "tls_policy"} <= set(left_open(Domain, block))
    assert told(Domain, terraform("aws_elasticsearch_domain", "d", {}))["engine"] == "Elasticsearch_1.5"
    # Terraform enforces HTTPS where the options are there and do not say.
    options = [{"custom_endpoint_enabled": False}]
    assert told(Domain, terraform("aws_opensearch_domain", "d", {"domain_endpoint_options": options}))["https"] is True
    assert told(Domain, template("OpenSearchService::Domain", "D", {"DomainEndpointOptions": {}}))["https"] is False


def test_encryption_without_a_key_is_that_of_the_service() -> None:
    block = terraform("aws_opensearch_domain", "d", {"encrypt_at_rest": [{"enabled": True}]})
    assert told(Domain, block)["key"] == "alias/aws/es"
    assert outcome("BK401", block) == "failed"
    assert "key" in left_open(
        Domain, template("OpenSearchService::Domain", "D", {"EncryptionAtRestOptions": {"Enabled": True}})
    )
    paused = template("OpenSearchService::Domain", "D", {"AutomatedSnapshotPauseOptions": {"State": "Active"}})
    assert told(Domain, paused)["snapshots_paused"] is True


@pytest.mark.parametrize("kind", ["aws_opensearch_domain_policy", "aws_elasticsearch_domain_policy"])
def test_a_policy_may_be_a_block_of_its_own(kind: str) -> None:
    domain = terraform("aws_opensearch_domain", "d", {"domain_name": "search"})
    policy = terraform(kind, "p", {"domain_name": "search", "access_policies": json.dumps(_EVERYONE)})
    assert outcome("BK510", domain, policy) == "failed"
    assert outcome("BK510", domain) == "passed"
    unnamed = terraform("aws_opensearch_domain", "d", {"domain_name": OPEN})
    assert outcome("BK510", unnamed, policy) == "unknown"  # it may be the policy of this very domain


@pytest.mark.parametrize(
    ("rule", "block", "wanted"),
    [
        ("BK401", terraform("aws_opensearch_domain", "d", {}), "failed"),
        ("BK401", TOLD["terraform"][0], "passed"),
        ("BK506", terraform("aws_opensearch_domain", "d", {}), "failed"),
        ("BK506", TOLD["template"][0], "passed"),
        ("BK506", terraform("aws_opensearch_domain", "d", _options(domain_endpoint_options=OPEN)), "unknown"),
        (
            "BK506",
            template(
                "OpenSearchService::Domain", "D",
                _properties(DomainEndpointOptions={"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"}),
            ),
            "failed",
        ),
        ("BK510", template("OpenSearchService::Domain", "D", {"AccessPolicies": _EVERYONE}), "failed"),
        ("BK510", template("OpenSearchService::Domain", "D", {"AccessPolicies": _OWN}), "passed"),
        ("BK510", TOLD["old template"][0], "passed"),
    ],
)  # fmt: skip
def test_code_is_judged(rule: str, block: Block, wanted: str) -> None:
    assert outcome(rule, block) == wanted
