"""What AWS writes about encryption in transit, read: versions, routes, policies, parameters."""

from __future__ import annotations

import time
from typing import Any

import pytest

from scanner.model.errors import CouldNotCheck
from scanner.permissions.document import document
from scanner.permissions.transit import refusing_older, refusing_plain
from scanner.resources.api_gateway import api_policy
from scanner.resources.cloudfront import behaviours, policy_of
from scanner.resources.load_balancers.balancers import Route, route, rule_route
from scanner.resources.load_balancers.classic import security_policies
from scanner.resources.load_balancers.policies import KNOWN
from scanner.resources.rds.transport import native_encryption, transport
from scanner.resources.tls import Version, rank, since, speak, version, versions


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("TLSv1.3", "1.3"), ("TLSv1", "1.0"), ("TLSv1_2016", "1.0"), ("TLSv1.1_2016", "1.1"), ("TLSv1.2_2021", "1.2"),
        ("TLS_1_2", "1.2"), ("1.3", "1.3"), ("TLS 1.0", "1.0"), (" TLSv1.2 ", "1.2"), ("SSLv3", "SSL 3"),
    ],
)  # fmt: skip
def test_versions_are_read(raw: str, read: str) -> None:
    assert version(raw) == read


@pytest.mark.parametrize("raw", ["", "TLS", "TLSv", "SSLv4", "1.2.3", "TLSv1.2_20", "tls1.3+", None, 1.2, "Ⅱ"])
def test_what_is_no_version_is_refused(raw: Any) -> None:
    with pytest.raises(ValueError, match="version"):
        version(raw)


def test_versions_have_an_order_and_words() -> None:
    assert versions(["TLSv1.3", "SSLv3", "TLSv1.2", "SSLv2Hello", "TLSv1.2"]) == ("SSL 3", "1.2", "1.3")
    assert sorted(Version, key=rank) == list(Version)
    assert since("1.2") == ("1.2", "1.3")
    assert [speak(versions(some)) for some in ([], ["1.3"], ["1.2", "1.3"], ["SSLv3", "1.0", "1.1"])] == [
        "no version of TLS", "TLS 1.3", "TLS 1.2 and 1.3", "SSL 3, TLS 1.0 and 1.1",
    ]  # fmt: skip
    assert all(accepted for accepted in KNOWN.values())


def test_the_last_action_answers() -> None:
    assert route("x", [{"Type": "forward", "Order": 2}, {"Type": "authenticate-oidc", "Order": 1}]).does == "forwarded"
    assert route("x", [{"Type": "redirect", "RedirectConfig": {"Host": "a", "StatusCode": "HTTP_301"}}]) == Route(
        "x", "redirected to HTTP"
    )
    to = {"Type": "redirect", "RedirectConfig": {"Protocol": "#{protocol}"}}
    assert not rule_route({"Priority": "3", "Actions": [to]}).to_https
    to = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS"}}
    assert rule_route({"Priority": "default", "IsDefault": True, "Actions": [to]}) == Route(
        "what no rule fits", "redirected to HTTPS", to_https=True
    )
    assert route("x", [{"Type": "teleport"}]).does == "teleport"
    with pytest.raises(ValueError, match="no action"):
        route("x", [])


def test_classic_policies_say_what_is_on() -> None:
    raw = [
        {"PolicyName": "cookie", "PolicyTypeName": "AppCookieStickinessPolicyType", "PolicyAttributeDescriptions": []},
        {
            "PolicyName": "own",
            "PolicyTypeName": "SSLNegotiationPolicyType",
            "PolicyAttributeDescriptions": [
                {"AttributeName": "Protocol-TLSv1.2", "AttributeValue": "true"},
                {"AttributeName": "Protocol-SSLv3", "AttributeValue": "TRUE"},
                {"AttributeName": "Protocol-TLSv1", "AttributeValue": "false"},
                {"AttributeName": "ECDHE-RSA-AES128-SHA", "AttributeValue": "true"},
            ],
        },
    ]
    (own,) = security_policies(raw)
    assert (own.name, own.accepts, own.reference) == ("own", ("SSL 3", "1.2"), "")


def test_the_certificate_of_cloudfront_decides_its_policy() -> None:
    own = {"ACMCertificateArn": "arn", "MinimumProtocolVersion": "TLSv1.3_2025", "CloudFrontDefaultCertificate": False}
    assert policy_of({"ViewerCertificate": own}) == "TLSv1.3_2025"
    assert policy_of({"ViewerCertificate": {**own, "CloudFrontDefaultCertificate": True}}) == "TLSv1"
    assert policy_of({"ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.3_2025"}}) == "TLSv1"
    assert policy_of({}) == "TLSv1"
    tenants = {"ConnectionMode": "tenant-only", "ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.2_2021"}}
    assert policy_of(tenants) == "TLSv1.2_2021"
    default = {"DefaultCacheBehavior": {"ViewerProtocolPolicy": "https-only"}, "CacheBehaviors": {"Quantity": 0}}
    assert [one.part for one in behaviours(default)] == ["everything"]


def test_a_rest_api_that_never_chose_has_the_default_of_its_kind() -> None:
    assert api_policy({"endpointConfiguration": {"types": ["PRIVATE"]}}) == "TLS_1_2"
    assert api_policy({"endpointConfiguration": {"types": ["EDGE"]}}) == "TLS_1_0"
    assert api_policy({"securityPolicy": "TLS_1_2"}) == "TLS_1_2"


def test_what_a_parameter_does_not_say_is_not_guessed() -> None:
    for engine, settings in (("postgres", {}), ("docdb", {}), ("docdb", {"tls": "tls1.4+"}), ("aurora", {}), ("x", {})):
        with pytest.raises(CouldNotCheck):
            transport(engine, "16.4", settings)
    with pytest.raises(ValueError, match="version"):
        transport("postgres", "16.4", {"rds.force_ssl": "1", "ssl_min_protocol_version": "SSLv9"})
    assert transport("aurora-mysql", "8.0.mysql_aurora.3.08.0", {"require_secure_transport": None}).oldest is None
    assert transport("postgres", "17", {"rds.force_ssl": None}).encrypted
    assert not transport("aurora-postgresql", "16.4", {"rds.force_ssl": None}).encrypted
    assert transport("aurora-postgresql", "17.2", {"rds.force_ssl": None}).encrypted
    assert native_encryption([{"OptionName": "NATIVE_NETWORK_ENCRYPTION", "OptionSettings": []}]) == "REQUESTED"
    assert native_encryption([{"OptionName": "SSL"}]) == ""


def test_a_policy_of_thousands_of_statements_is_read_at_once() -> None:
    statement = {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{'*' * 50}x"] * 5,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    policy = document({"Statement": [statement] * 4000})
    begun = time.perf_counter()
    assert not refusing_plain(policy, "arn:aws:s3:::bücket").whole
    assert not refusing_older(policy, "arn:aws:s3:::bücket", "1.3").whole
    assert time.perf_counter() - begun < 3
