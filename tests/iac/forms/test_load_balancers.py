"""Load balancers and their listeners, told in Terraform and in templates."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.resources.load_balancers.balancers import Listener, LoadBalancer, rule_route
from scanner.resources.load_balancers.classic import ClassicLoadBalancer
from scanner.resources.load_balancers.policies import KNOWN
from tests.iac.forms.telling import (
    OPEN,
    cloudformation,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    terraform,
    values,
)

_NEW = "ELBSecurityPolicy-TLS13-1-3-2021-06"
_ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333"
ALB = terraform("aws_lb", "a", name="front", internal=False, tags={"a": "b"})
_BALANCER = f"{_ARN}:loadbalancer/aws_lb.a"
_LISTENER = f"{_ARN}:listener/aws_lb_listener.l"
_REDIRECT = [{"type": "redirect", "redirect": [{"protocol": "HTTPS", "status_code": "HTTP_301"}]}]
_FORWARD = [{"type": "forward", "target_group_arn": "tg"}]


def listener(**more: Any) -> Block:
    return terraform(
        "aws_lb_listener", "l", load_balancer_arn=_BALANCER, **{"port": 80, "default_action": _REDIRECT, **more}
    )


def template_listener(**more: Any) -> Block:
    told = {
        "Port": 80,
        "Protocol": "HTTP",
        "DefaultActions": [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS"}}],
    }
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
    assert (
        values(LoadBalancer, cloudformation("AWS::ElasticLoadBalancingV2::LoadBalancer", Scheme="internal"))["scheme"]
        == "internal"
    )


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
    plain: dict[str, Any] = {**answer, "Protocol": "HTTP", "Port": 80, "DefaultActions": [
        {"Type": "authenticate-oidc", "Order": 1}, {"Type": "redirect", "Order": 2, "RedirectConfig": {"Protocol": "HTTPS"}},
    ]}  # fmt: skip
    del plain["SslPolicy"]
    rules: list[dict[str, Any]] = [
        {"Priority": "10", "Actions": [{"Type": "forward"}]}, {"IsDefault": True, "Priority": "default", "Actions": plain["DefaultActions"]},
    ]  # fmt: skip
    expected = {**live(Listener, plain), "accepts": (), "routes": tuple(rule_route(one) for one in rules)}
    own = listener(default_action=[{"type": "authenticate-oidc"}, *_REDIRECT])
    assert values(Listener, own, ALB, rule()) == expected
    assert "protocol" not in values(Listener, own)
    same = template_listener(DefaultActions=plain["DefaultActions"])
    added = cloudformation(
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "R",
        ListenerArn=f"{_ARN}:listener/L",
        Priority=10,
        Actions=[{"Type": "forward"}],
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
_TCP = {"lb_port": 443, "lb_protocol": "tcp", "instance_port": 443, "instance_protocol": "tcp"}
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
            "AWS::ElasticLoadBalancing::LoadBalancer",
            "E",
            LoadBalancerName="old",
            Listeners=_TEMPLATE_PORTS,
            Policies=policies,
        )
    ]


def test_classic_load_balancers_are_told_as_aws_tells_them() -> None:
    item = {
        "ListenerDescriptions": [{"Listener": {"Protocol": "HTTPS", "LoadBalancerPort": 443}, "PolicyNames": ["tls"]}]
    }
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
        "aws_lb_ssl_negotiation_policy",
        "n",
        name="tls",
        load_balancer="old",
        lb_port=443,
        attribute=_classic_policy("TLSv1"),
    )
    found = values(ClassicLoadBalancer, ELB, negotiated)
    assert (found["listeners"], found["security"][:1]) == (expected["listeners"], expected["security"])


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        (classic("TLSv1"), "failed"), (classic("TLSv1.2"), "failed"), (classic("unheard-of"), "unknown"), ([ELB], "failed"),
        (template_classic("TLSv1"), "failed"), ([terraform("aws_elb", "e", name="old", listener=[_TCP])], "exempt"),
        ([terraform("aws_elb", "e", name="old", listener=[OPEN])], "unknown"),
        ([terraform("aws_elb", "e", name="old", listener=[OPEN, *_PORTS])], "failed"),
    ],
)  # fmt: skip
def test_classic_load_balancers_are_judged(blocks: list[Block], said: str) -> None:
    (found,) = outcomes(*blocks, rule="BK501").values()
    assert found.outcome.value == said, found.verdict
    never_flips(blocks, ["BK501", "BK502"])
