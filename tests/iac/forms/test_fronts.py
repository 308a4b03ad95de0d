"""What speaks with clients: load balancers, distributions, APIs and streams, told in Terraform and in templates."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.model.unresolved import Unresolved
from scanner.resources.api_gateway import DomainName, HttpApi, PrivateDomainName, RestApi
from scanner.resources.cloudfront import Distribution
from scanner.resources.kafka import Cluster
from scanner.resources.load_balancers.balancers import Listener, LoadBalancer, rule_route
from scanner.resources.load_balancers.classic import ClassicLoadBalancer
from scanner.resources.load_balancers.policies import KNOWN
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

_NEW = "ELBSecurityPolicy-TLS13-1-2-2021-06"
_ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333"
ALB = terraform("aws_lb", "a", name="front", internal=False, tags={"a": "b"})
_BALANCER = f"{_ARN}:loadbalancer/aws_lb.a"
_LISTENER = f"{_ARN}:listener/aws_lb_listener.l"
_REDIRECT = [{"type": "redirect", "redirect": [{"protocol": "HTTPS", "status_code": "HTTP_301"}]}]
_FORWARD = [{"type": "forward", "target_group_arn": "tg"}]


def listener(**more: Any) -> Block:
    return terraform("aws_lb_listener", "l", load_balancer_arn=_BALANCER, **{"port": 80, "default_action": _REDIRECT, **more})


def template_listener(**more: Any) -> Block:
    told = {"Port": 80, "Protocol": "HTTP", "DefaultActions": [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS"}}]}
    return cloudformation("AWS::ElasticLoadBalancingV2::Listener", "L", LoadBalancerArn=_BALANCER, **{**told, **more})


def rule(**more: Any) -> Block:
    told = {"listener_arn": _LISTENER, "priority": 10, "action": _FORWARD, **more}
    return terraform("aws_lb_listener_rule", "r", **told)


def test_load_balancers_are_told_as_aws_tells_them() -> None:
    assert export(ALB, "arn") == export(ALB, "id") == _BALANCER
    expected = {**live(LoadBalancer, {"Type": "application", "Scheme": "internet-facing"}), "tags": {"a": "b"}}
    assert values(LoadBalancer, ALB) == expected
    assert values(LoadBalancer, terraform("aws_alb", "a", tags={"a": "b"})) == expected
    template = cloudformation("AWS::ElasticLoadBalancingV2::LoadBalancer", "A", Tags=[{"Key": "a", "Value": "b"}])
    assert values(LoadBalancer, template) == expected
    loses_only_it(LoadBalancer, ALB, but=("name",))
    gateway = values(LoadBalancer, terraform("aws_lb", "a", load_balancer_type="gateway"))
    assert (gateway["form"], gateway["scheme"]) == ("gateway", None)
    assert values(LoadBalancer, terraform("aws_lb", "a", internal=True))["scheme"] == "internal"
    assert values(LoadBalancer, cloudformation("AWS::ElasticLoadBalancingV2::LoadBalancer", Scheme="internal"))["scheme"] == "internal"


def test_listeners_are_told_as_aws_tells_them() -> None:
    answer = {
        "LoadBalancerArn": _BALANCER, "Protocol": "HTTPS", "Port": 443, "SslPolicy": _NEW,
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg", "Order": 1}],
    }  # fmt: skip
    expected = {**live(Listener, answer), "accepts": KNOWN[_NEW], "routes": ()}
    own = listener(protocol="HTTPS", port="443", ssl_policy=_NEW, default_action=_FORWARD)
    assert values(Listener, own, ALB) == expected
    loses_only_it(Listener, own, ALB, but=("target_group_arn", "name", "internal", "tags", "a"))
    actions = [{"Type": "forward", "TargetGroupArn": "tg"}]
    same = template_listener(Protocol="HTTPS", Port=443, SslPolicy=_NEW, DefaultActions=actions)
    assert values(Listener, same) == expected
    plain = {**answer, "Protocol": "HTTP", "Port": 80, "DefaultActions": [
        {"Type": "authenticate-oidc", "Order": 1}, {"Type": "redirect", "Order": 2, "RedirectConfig": {"Protocol": "HTTPS"}},
    ]}  # fmt: skip
    del plain["SslPolicy"]
    rules = [
        {"Priority": "10", "Actions": [{"Type": "forward"}]}, {"IsDefault": True, "Priority": "default", "Actions": plain["DefaultActions"]},
    ]  # fmt: skip
    expected = {**live(Listener, plain), "accepts": (), "routes": tuple(rule_route(one) for one in rules)}
    own = listener(default_action=[{"type": "authenticate-oidc"}, *_REDIRECT])
    assert values(Listener, own, ALB, rule()) == expected
    assert "protocol" not in values(Listener, own)
    same = template_listener(DefaultActions=plain["DefaultActions"])
    added = cloudformation(
        "AWS::ElasticLoadBalancingV2::ListenerRule", "R", ListenerArn=f"{_ARN}:listener/L", Priority=10, Actions=[{"Type": "forward"}]
    )
    assert values(Listener, same, added) == expected
    legacy = terraform("aws_alb_listener", "l", load_balancer_arn=_BALANCER, port=80, default_action=_REDIRECT)
    assert values(Listener, legacy, ALB)["protocol"] == "HTTP"
    unnamed = values(Listener, template_listener(Protocol="HTTPS"))
    assert unnamed["policy"] == "ELBSecurityPolicy-2016-08"


@pytest.mark.parametrize(
    ("rule_id", "blocks", "said", "narrow"),
    [
        ("BK502", [listener(), ALB], "passed", "unknown"),
        ("BK502", [listener(default_action=_FORWARD), ALB], "failed", "failed"),
        ("BK502", [listener(default_action=[{"type": OPEN}]), ALB], "unknown", "unknown"),
        ("BK502", [listener(), ALB, rule()], "failed", "failed"),
        ("BK502", [listener(), ALB, rule(action=_REDIRECT)], "passed", "unknown"),
        ("BK502", [listener(), ALB, rule(listener_arn=OPEN)], "unknown", "unknown"),
        ("BK502", [listener(), ALB, rule(), rule(action=OPEN)], "failed", "failed"),
        ("BK502", [template_listener()], "passed", "unknown"),
        ("BK502", [template_listener(DefaultActions=[{"Type": "forward"}])], "failed", "failed"),
        ("BK501", [listener(protocol="HTTPS", ssl_policy=_NEW)], "passed", "passed"),
        ("BK501", [listener(protocol="HTTPS", ssl_policy="ELBSecurityPolicy-2016-08")], "failed", "failed"),
        ("BK501", [listener(protocol="TLS")], "failed", "failed"),
        ("BK501", [listener(protocol="HTTPS", ssl_policy="ELBSecurityPolicy-Unheard-Of")], "unknown", "unknown"),
        ("BK501", [template_listener(Protocol="HTTPS")], "failed", "failed"),
    ],
)
def test_listeners_are_judged(rule_id: str, blocks: list[Block], said: str, narrow: str) -> None:
    for whole, outcome in ((True, said), (False, narrow)):
        (found,) = outcomes(*blocks, rule=rule_id, whole=whole).values()
        assert found.outcome.value == outcome, found.verdict
        never_flips(blocks, [rule_id], whole=whole)


_PORTS = [{"lb_port": 443, "lb_protocol": "https", "instance_port": 80, "instance_protocol": "http"}]
ELB = terraform("aws_elb", "e", name="old", listener=_PORTS)
_TEMPLATE_PORTS = [{"LoadBalancerPort": "443", "Protocol": "HTTPS", "InstancePort": "80", "PolicyNames": ["tls"]}]


def _classic_policy(version: str) -> list[dict[str, str]]:
    return [{"name": "Protocol-TLSv1.2", "value": "true"}, {"name": f"Protocol-{version}", "value": "true"}]


def classic(version: Any) -> list[Block]:
    return [
        ELB,
        terraform(
            "aws_load_balancer_policy", "p", load_balancer_name="old", policy_name="tls",
            policy_type_name="SSLNegotiationPolicyType", policy_attribute=_classic_policy(version),
        ),
        terraform(
            "aws_load_balancer_listener_policy", "l", load_balancer_name="old", load_balancer_port=443, policy_names=["tls"]
        ),
    ]  # fmt: skip


def template_classic(version: str) -> list[Block]:
    attributes = [{"Name": one["name"], "Value": one["value"]} for one in _classic_policy(version)]
    policies = [{"PolicyName": "tls", "PolicyType": "SSLNegotiationPolicyType", "Attributes": attributes}]
    return [
        cloudformation(
            "AWS::ElasticLoadBalancing::LoadBalancer", "E", LoadBalancerName="old", Listeners=_TEMPLATE_PORTS, Policies=policies
        )
    ]


def test_classic_load_balancers_are_told_as_aws_tells_them() -> None:
    item = {"ListenerDescriptions": [{"Listener": {"Protocol": "HTTPS", "LoadBalancerPort": 443}, "PolicyNames": ["tls"]}]}
    described = {
        "PolicyName": "tls", "PolicyTypeName": "SSLNegotiationPolicyType",
        "PolicyAttributeDescriptions": [
            {"AttributeName": "Protocol-TLSv1.2", "AttributeValue": "true"}, {"AttributeName": "Protocol-TLSv1", "AttributeValue": "true"},
        ],
    }  # fmt: skip
    expected = live(ClassicLoadBalancer, item, DescribeLoadBalancerPolicies={"PolicyDescriptions": [described]})
    for blocks in (classic("TLSv1"), template_classic("TLSv1")):
        found = values(ClassicLoadBalancer, *blocks)
        assert found["listeners"] == expected["listeners"]
        assert found["security"][:1] == expected["security"]
    negotiated = terraform(
        "aws_lb_ssl_negotiation_policy", "n", name="tls", load_balancer="old", lb_port=443, attribute=_classic_policy("TLSv1")
    )
    found = values(ClassicLoadBalancer, ELB, negotiated)
    assert (found["listeners"], found["security"][:1]) == (expected["listeners"], expected["security"])


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        (classic("TLSv1"), "failed"), (classic("TLSv1.2"), "passed"), (classic(OPEN.why), "failed"), ([ELB], "failed"),
        (template_classic("TLSv1"), "failed"), (template_classic("TLSv1.2"), "passed"),
        ([terraform("aws_elb", "e", name="old", listener=[OPEN])], "unknown"),
        ([terraform("aws_elb", "e", name="old", listener=[OPEN, *_PORTS])], "failed"),
    ],
)  # fmt: skip
def test_classic_load_balancers_are_judged(blocks: list[Block], said: str) -> None:
    if said == "failed" and len(blocks) == 3 and blocks[1].values["policy_attribute"][1]["name"].endswith(OPEN.why):
        said = "unknown"  # no version that can be read
    (found,) = outcomes(*blocks, rule="BK501").values()
    assert found.outcome.value == said, found.verdict
    never_flips(blocks, ["BK501", "BK502"])


_CERTIFICATE = {"acm_certificate_arn": "arn:aws:acm:1", "minimum_protocol_version": "TLSv1.2_2021"}
_ORIGIN = {"domain_name": "example.com", "origin_id": "o", "custom_origin_config": [{"origin_protocol_policy": "https-only"}]}
_BEHAVIOUR = {"viewer_protocol_policy": "redirect-to-https", "target_origin_id": "o"}


def distribution(**more: Any) -> Block:
    told = {
        "enabled": True, "viewer_certificate": [_CERTIFICATE], "default_cache_behavior": [_BEHAVIOUR], "origin": [_ORIGIN],
        **more,
    }  # fmt: skip
    return terraform("aws_cloudfront_distribution", "d", **told)


def template_distribution(**more: Any) -> Block:
    told = {
        "Enabled": True, "ViewerCertificate": {"AcmCertificateArn": "arn:aws:acm:1", "MinimumProtocolVersion": "TLSv1.2_2021"},
        "DefaultCacheBehavior": {"ViewerProtocolPolicy": "redirect-to-https"},
        "Origins": [{"DomainName": "example.com", "Id": "o", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}],
        **more,
    }  # fmt: skip
    return cloudformation("AWS::CloudFront::Distribution", "D", DistributionConfig=told)


def test_distributions_are_told_as_aws_tells_them() -> None:
    answer = {
        "Enabled": True, "ViewerCertificate": {"ACMCertificateArn": "arn:aws:acm:1", "MinimumProtocolVersion": "TLSv1.2_2021"},
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


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (distribution(), "passed"),
        (distribution(enabled=False), "exempt"),
        (distribution(viewer_certificate=[{"cloudfront_default_certificate": True}]), "failed"),
        (distribution(viewer_certificate=[{**_CERTIFICATE, "minimum_protocol_version": OPEN}]), "unknown"),
        (distribution(ordered_cache_behavior=[OPEN, {"path_pattern": "/x", "viewer_protocol_policy": "allow-all"}]), "failed"),
        (distribution(ordered_cache_behavior=[OPEN]), "unknown"),
        (distribution(origin=[OPEN, {**_ORIGIN, "custom_origin_config": [{"origin_protocol_policy": "http-only"}]}]), "failed"),
        (distribution(origin=[OPEN]), "unknown"),
        (template_distribution(), "passed"),
        (template_distribution(DefaultCacheBehavior={"ViewerProtocolPolicy": "allow-all"}), "failed"),
        (terraform("aws_api_gateway_rest_api", "r", name="r"), "failed"),
        (terraform("aws_api_gateway_rest_api", "r", name="r", security_policy="TLS_1_2"), "passed"),
        (terraform("aws_api_gateway_rest_api", "r", name="r", endpoint_configuration=[{"types": ["PRIVATE"]}]), "passed"),
        (terraform("aws_api_gateway_rest_api", "r", name="r", endpoint_configuration=[{"types": OPEN}]), "unknown"),
        (cloudformation("AWS::ApiGateway::RestApi", "R", Name="r"), "failed"),
        (cloudformation("AWS::ApiGateway::RestApi", "R", Body={"openapi": "3"}), "unknown"),
        (terraform("aws_apigatewayv2_api", "h", name="h", protocol_type="HTTP"), "passed"),
        (terraform("aws_apigatewayv2_api", "h", name="h", disable_execute_api_endpoint=True), "exempt"),
        (terraform("aws_api_gateway_domain_name", "n", domain_name="a.example.com", security_policy="TLS_1_0"), "failed"),
        (terraform("aws_api_gateway_domain_name", "n", domain_name="a.example.com"), "unknown"),
        (cloudformation("AWS::ApiGateway::DomainNameV2", "N", DomainName="a.example.com", SecurityPolicy="TLS_1_2"), "passed"),
    ],
)
def test_fronts_are_judged(block: Block, said: str) -> None:
    (found,) = outcomes(block, rule="BK503").values()
    assert found.outcome.value == said, found.verdict
    never_flips([block], ["BK503"])


def test_apis_are_told_as_aws_tells_them() -> None:
    rest = live(RestApi, {"endpointConfiguration": {"types": ["REGIONAL"]}, "tags": {"a": "b"}})
    own = terraform("aws_api_gateway_rest_api", "r", name="r", endpoint_configuration=[{"types": ["REGIONAL"]}], tags={"a": "b"})
    assert values(RestApi, own) == rest
    loses_only_it(RestApi, own, but=("name",))
    tags = [{"Key": "a", "Value": "b"}]
    same = cloudformation("AWS::ApiGateway::RestApi", "R", Name="r", EndpointConfiguration={"Types": ["REGIONAL"]}, Tags=tags)
    assert values(RestApi, same) == rest
    http = live(HttpApi, {"ApiId": "h", "DisableExecuteApiEndpoint": True, "Tags": {"a": "b"}})
    assert values(HttpApi, terraform("aws_apigatewayv2_api", "h", disable_execute_api_endpoint=True, tags={"a": "b"})) == http
    assert values(HttpApi, cloudformation("AWS::ApiGatewayV2::Api", "H", DisableExecuteApiEndpoint=True, Tags={"a": "b"})) == http
    domain = live(DomainName, {"securityPolicy": "TLS_1_2", "tags": {"a": "b"}})
    named = terraform("aws_api_gateway_domain_name", "n", domain_name="a.example.com", security_policy="TLS_1_2", tags={"a": "b"})
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
    item = {"ClusterArn": "a", "ClusterType": "PROVISIONED", "Tags": {"a": "b"}, "CreationTime": 1, "Provisioned": {"EncryptionInfo": info}}
    expected = live(Cluster, item)
    del expected["created_at"]
    own = stream(encryption_info=[{"encryption_at_rest_kms_key_arn": "arn:key", "encryption_in_transit": [_TRANSIT]}], tags={"a": "b"})
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
