"""Distributions, APIs and streams, told in Terraform and in templates."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.model.unresolved import Unresolved
from scanner.resources.api_gateway import DomainName, HttpApi, PrivateDomainName, RestApi
from scanner.resources.cloudfront import Distribution
from scanner.resources.kafka import Cluster
from tests.iac.forms.telling import (
    OPEN,
    cloudformation,
    estate_of,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    terraform,
    values,
)

_CERTIFICATE = {"acm_certificate_arn": "arn:aws:acm:1", "minimum_protocol_version": "TLSv1.3_2025"}
_ORIGIN = {
    "domain_name": "example.com",
    "origin_id": "o",
    "custom_origin_config": [{"origin_protocol_policy": "https-only"}],
}
_NEWEST = "SecurityPolicy_TLS13_1_3_2025_09"
_SAYS = "x-amazon-apigateway-security-policy"
_BEHAVIOUR = {"viewer_protocol_policy": "redirect-to-https", "target_origin_id": "o"}


def distribution(**more: Any) -> Block:
    told = {
        "enabled": True, "viewer_certificate": [_CERTIFICATE], "default_cache_behavior": [_BEHAVIOUR], "origin": [_ORIGIN],
        **more,
    }  # fmt: skip
    return terraform("aws_cloudfront_distribution", "d", **told)


def template_distribution(**more: Any) -> Block:
    told = {
        "Enabled": True, "ViewerCertificate": {"AcmCertificateArn": "arn:aws:acm:1", "MinimumProtocolVersion": "TLSv1.3_2025"},
        "DefaultCacheBehavior": {"ViewerProtocolPolicy": "redirect-to-https"},
        "Origins": [{"DomainName": "example.com", "Id": "o", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}],
        **more,
    }  # fmt: skip
    return cloudformation("AWS::CloudFront::Distribution", "D", DistributionConfig=told)


def test_distributions_are_told_as_aws_tells_them() -> None:
    answer = {
        "Enabled": True, "ViewerCertificate": {"ACMCertificateArn": "arn:aws:acm:1", "MinimumProtocolVersion": "TLSv1.3_2025"},
        "DefaultCacheBehavior": {"ViewerProtocolPolicy": "redirect-to-https"},
        "CacheBehaviors": {"Items": [{"PathPattern": "/x", "ViewerProtocolPolicy": "allow-all"}]},
        "Origins": {"Items": [{"DomainName": "example.com", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}]},
    }  # fmt: skip
    expected = live(Distribution, answer)
    part = {"path_pattern": "/x", "viewer_protocol_policy": "allow-all"}
    own = distribution(ordered_cache_behavior=[part])
    assert values(Distribution, own) == expected
    loses_only_it(Distribution, own, but=("target_origin_id", "domain_name", "origin_id", "path_pattern"))
    same = template_distribution(CacheBehaviors=[{"PathPattern": "/x", "ViewerProtocolPolicy": "allow-all"}])
    assert values(Distribution, same) == expected
    default = distribution(viewer_certificate=[{"cloudfront_default_certificate": True}])
    assert values(Distribution, default)["policy"] == "TLSv1"
    assert values(Distribution, distribution(viewer_certificate=[{"acm_certificate_arn": "a"}]))["policy"] == "TLSv1"
    assert "policy" not in values(Distribution, template_distribution(ViewerCertificate={"AcmCertificateArn": "a"}))
    certificate = terraform("aws_acm_certificate", "c")
    assert str(export(certificate, "arn")).endswith("certificate/aws_acm_certificate.c")
    shy = values(Distribution, distribution(origin=[{"domain_name": OPEN, "origin_id": "o"}]))["origins"]
    assert (shy[0].name, shy[0].protocol) == ("o", "match-viewer")


def _regional(**more: Any) -> Block:
    return cloudformation(
        "AWS::ApiGateway::RestApi", "R", Name="r", EndpointConfiguration={"Types": ["REGIONAL"]}, **more
    )


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (distribution(), "passed"),
        (distribution(enabled=False), "exempt"),
        (distribution(viewer_certificate=[{"cloudfront_default_certificate": True}]), "failed"),
        (distribution(viewer_certificate=[{**_CERTIFICATE, "minimum_protocol_version": OPEN}]), "unknown"),
        (
            distribution(ordered_cache_behavior=[OPEN, {"path_pattern": "/x", "viewer_protocol_policy": "allow-all"}]),
            "failed",
        ),
        (distribution(ordered_cache_behavior=[OPEN]), "unknown"),
        (
            distribution(origin=[OPEN, {**_ORIGIN, "custom_origin_config": [{"origin_protocol_policy": "http-only"}]}]),
            "failed",
        ),
        (distribution(origin=[OPEN]), "unknown"),
        (template_distribution(), "passed"),
        (template_distribution(DefaultCacheBehavior={"ViewerProtocolPolicy": "allow-all"}), "failed"),
        (terraform("aws_api_gateway_rest_api", "r", name="r"), "failed"),
        (terraform("aws_api_gateway_rest_api", "r", name="r", security_policy=_NEWEST), "passed"),
        (terraform("aws_api_gateway_rest_api", "r", name="r", security_policy=OPEN), "unknown"),
        (
            terraform("aws_api_gateway_rest_api", "r", name="r", endpoint_configuration=[{"types": ["PRIVATE"]}]),
            "failed",
        ),
        (terraform("aws_api_gateway_rest_api", "r", name="r", endpoint_configuration=[{"types": OPEN}]), "unknown"),
        (cloudformation("AWS::ApiGateway::RestApi", "R", Name="r"), "failed"),
        (cloudformation("AWS::ApiGateway::RestApi", "R", Body={"openapi": "3"}), "failed"),
        (cloudformation("AWS::ApiGateway::RestApi", "R", Body={_SAYS: _NEWEST}), "passed"),
        (cloudformation("AWS::ApiGateway::RestApi", "R", Body={_SAYS: "TLS_1_2"}), "failed"),
        (cloudformation("AWS::ApiGateway::RestApi", "R", Body={_SAYS: OPEN}), "unknown"),
        (cloudformation("AWS::ApiGateway::RestApi", "R", Body=OPEN), "unknown"),
        (cloudformation("AWS::ApiGateway::RestApi", "R", BodyS3Location={"Bucket": "b", "Key": "k"}), "unknown"),
        (_regional(Body=OPEN), "unknown"),
        (_regional(Body={_SAYS: _NEWEST}), "passed"),
        (_regional(SecurityPolicy="TLS_1_0", Body=OPEN), "failed"),
        (terraform("aws_api_gateway_rest_api", "r", name="r", body='{"openapi": "3"}'), "failed"),
        (terraform("aws_api_gateway_rest_api", "r", name="r", body=f'{{"{_SAYS}": "{_NEWEST}"}}'), "unknown"),
        (terraform("aws_api_gateway_rest_api", "r", name="r", body=OPEN), "unknown"),
        (terraform("aws_apigatewayv2_api", "h", name="h", protocol_type="HTTP"), "failed"),
        (terraform("aws_apigatewayv2_api", "h", name="h", disable_execute_api_endpoint=True), "exempt"),
        (
            terraform("aws_api_gateway_domain_name", "n", domain_name="a.example.com", security_policy="TLS_1_0"),
            "failed",
        ),
        (terraform("aws_api_gateway_domain_name", "n", domain_name="a.example.com"), "unknown"),
        (
            cloudformation("AWS::ApiGateway::DomainNameV2", "N", DomainName="a.example.com", SecurityPolicy=_NEWEST),
            "passed",
        ),
    ],
)
def test_fronts_are_judged(block: Block, said: str) -> None:
    (found,) = outcomes(block, rule="BK503").values()
    assert found.outcome.value == said, found.verdict
    never_flips([block], ["BK503"])


def test_apis_are_told_as_aws_tells_them() -> None:
    rest = live(RestApi, {"endpointConfiguration": {"types": ["REGIONAL"]}, "tags": {"a": "b"}})
    own = terraform(
        "aws_api_gateway_rest_api", "r", name="r", endpoint_configuration=[{"types": ["REGIONAL"]}], tags={"a": "b"}
    )
    assert values(RestApi, own) == rest
    loses_only_it(RestApi, own, but=("name",))
    tags = [{"Key": "a", "Value": "b"}]
    same = cloudformation(
        "AWS::ApiGateway::RestApi", "R", Name="r", EndpointConfiguration={"Types": ["REGIONAL"]}, Tags=tags
    )
    assert values(RestApi, same) == rest
    http = live(HttpApi, {"ApiId": "h", "DisableExecuteApiEndpoint": True, "Tags": {"a": "b"}})
    assert (
        values(HttpApi, terraform("aws_apigatewayv2_api", "h", disable_execute_api_endpoint=True, tags={"a": "b"}))
        == http
    )
    assert (
        values(HttpApi, cloudformation("AWS::ApiGatewayV2::Api", "H", DisableExecuteApiEndpoint=True, Tags={"a": "b"}))
        == http
    )
    domain = live(DomainName, {"securityPolicy": "TLS_1_2", "tags": {"a": "b"}})
    named = terraform(
        "aws_api_gateway_domain_name", "n", domain_name="a.example.com", security_policy="TLS_1_2", tags={"a": "b"}
    )
    assert values(DomainName, named) == domain
    loses_only_it(DomainName, named, but=("domain_name",))
    for block in (
        cloudformation("AWS::ApiGateway::DomainName", "N", DomainName="a.example.com", SecurityPolicy="TLS_1_2", Tags=tags),
        terraform(
            "aws_apigatewayv2_domain_name", "n", domain_name="a.example.com", tags={"a": "b"},
            domain_name_configuration=[{"security_policy": "TLS_1_2"}],
        ),
        cloudformation(
            "AWS::ApiGatewayV2::DomainName", "N", DomainName="a.example.com", Tags={"a": "b"},
            DomainNameConfigurations=[{"SecurityPolicy": "TLS_1_2"}],
        ),
    ):  # fmt: skip
        assert values(DomainName, block) == domain
        (found,) = estate_of(block).resources[DomainName.kind]
        assert found.id == "arn:aws:apigateway:eu-west-1::/domainnames/a.example.com"
    private = terraform(
        "aws_api_gateway_domain_name", "n", domain_name="a.example.com", security_policy="TLS_1_2", tags={"a": "b"},
        endpoint_configuration=[{"types": ["PRIVATE"]}],
    )  # fmt: skip
    assert values(PrivateDomainName, private) == domain
    assert DomainName.kind not in estate_of(private).resources


_TRANSIT = {"client_broker": "TLS_PLAINTEXT", "in_cluster": False}


def stream(**more: Any) -> Block:
    return terraform("aws_msk_cluster", "k", cluster_name="k", **more)


def test_streams_are_told_as_aws_tells_them() -> None:
    transit = {"ClientBroker": "TLS_PLAINTEXT", "InCluster": False}
    info = {"EncryptionAtRest": {"DataVolumeKMSKeyId": "arn:key"}, "EncryptionInTransit": transit}
    item = {
        "ClusterArn": "a",
        "ClusterType": "PROVISIONED",
        "Tags": {"a": "b"},
        "CreationTime": 1,
        "Provisioned": {"EncryptionInfo": info},
    }
    expected = live(Cluster, item)
    del expected["created_at"]
    own = stream(
        encryption_info=[{"encryption_at_rest_kms_key_arn": "arn:key", "encryption_in_transit": [_TRANSIT]}],
        tags={"a": "b"},
    )
    assert values(Cluster, own) == expected
    loses_only_it(Cluster, own, but=("cluster_name",))
    same = cloudformation("AWS::MSK::Cluster", "K", ClusterName="k", EncryptionInfo=info, Tags={"a": "b"})
    assert values(Cluster, same) == expected
    bare = values(Cluster, stream())
    assert (bare["clients"], bare["brokers"], bare["key"]) == ("TLS", True, "alias/aws/kafka")
    serverless = live(Cluster, {"ClusterArn": "a", "ClusterType": "SERVERLESS", "CreationTime": 1})
    del serverless["created_at"]
    assert values(Cluster, terraform("aws_msk_serverless_cluster", "k", cluster_name="k")) == serverless
    assert values(Cluster, cloudformation("AWS::MSK::ServerlessCluster", "K", ClusterName="k")) == serverless


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (stream(), "passed"),
        (stream(encryption_info=[{"encryption_in_transit": [_TRANSIT]}]), "failed"),
        (stream(encryption_info=[{"encryption_in_transit": [{"client_broker": OPEN, "in_cluster": True}]}]), "unknown"),
        (terraform("aws_msk_serverless_cluster", "k", cluster_name="k"), "passed"),
        (cloudformation("AWS::MSK::Cluster", "K", ClusterName="k", EncryptionInfo=OPEN), "unknown"),
    ],
)
def test_streams_are_judged(block: Block, said: str) -> None:
    (found,) = outcomes(block, rule="BK506").values()
    assert found.outcome.value == said, found.verdict
    never_flips([block], ["BK506", "BK401"])


def test_a_text_that_is_open_is_not_taken_for_a_value() -> None:
    assert isinstance(OPEN, Unresolved)
    assert "policy" not in values(RestApi, terraform("aws_api_gateway_rest_api", "r", security_policy=OPEN))
