"""Amazon API Gateway: APIs, and the domain names they are called by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.convert import flag, tag_list, text
from scanner.model.fact import Fact, derived, fact
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource
from scanner.resources.tls import Version, since

#: The oldest version that each policy allows; all allow newer ones (developer guide, "Supported security policies",
#: November 2025). What is not named here is unknown.
_OLDEST = {
    "TLS_1_0": "1.0",
    "TLS_1_2": "1.2",
    "SecurityPolicy_TLS13_1_3_2025_09": "1.3",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09": "1.3",
    "SecurityPolicy_TLS13_1_2_2021_06": "1.2",
    "SecurityPolicy_TLS13_1_2_PQ_2025_09": "1.2",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09": "1.2",
    "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09": "1.2",
    "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09": "1.2",
    "SecurityPolicy_TLS13_1_2_Ext2_PQ_2025_09": "1.2",
    "SecurityPolicy_TLS13_1_2_Ext2_FIPS_PQ_2025_09": "1.2",
    "SecurityPolicy_TLS13_2025_EDGE": "1.3",
    "SecurityPolicy_TLS12_PFS_2025_EDGE": "1.2",
    "SecurityPolicy_TLS12_2018_EDGE": "1.2",
}
#: The only policy of HTTP and WebSocket APIs (developer guide, "Choose a security policy for your custom domain").
FIXED = "TLS_1_2"


def accepted(policy: str) -> tuple[Version, ...]:
    """Give the versions of TLS that a security policy allows."""
    if policy not in _OLDEST:
        raise ValueError(f"the security policy {policy} is not known")
    return since(_OLDEST[policy])


def api_policy(raw: Mapping[str, Any]) -> str:
    """Read the security policy of a REST API.

    One that never chose has TLS_1_2 where it is private and TLS_1_0 elsewhere (developer guide, "Choose a security
    policy for your REST API custom domain").
    """
    private = (raw.get("endpointConfiguration") or {}).get("types") == ["PRIVATE"]
    return text(raw.get("securityPolicy") or (FIXED if private else "TLS_1_0"))


class Front(Resource):
    """Something of API Gateway that speaks TLS with callers. Abstract."""

    tagged_by = "tags"

    policy: Fact[str] = fact("The security policy by which it speaks TLS.")
    accepts: Fact[tuple[Version, ...]] = derived(
        "The versions of TLS that it accepts.",
        needs=lambda kind: [kind.policy],
        by=lambda front, _: accepted(front.policy),
    )
    # API Gateway speaks no plain HTTP at all (developer guide, "Data protection in Amazon API Gateway").


# Both versions of the API list the same domain names; the first alone knows every policy. Private ones may share a
# name, and only they have an id (DomainName, API reference).
_DOMAINS = call("apigateway:GetDomainNames", permission="apigateway:GET", resourceOwner="SELF")


class NamedFront(Front):
    """A domain name. Abstract."""

    policy: Fact[str] = fact("The security policy by which it speaks TLS.", live=item("securityPolicy", text))
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("tags", tag_list, absent={}))


class DomainName(NamedFront):
    """A domain name by which APIs are called."""

    kind = "aws.apigateway.domain-name"
    title = "API domain name"
    listed_by = Listing(
        _DOMAINS, "items[]", id="arn:{partition}:apigateway:{region}::/domainnames/{domainName}", name="{domainName}",
        where="!domainNameId",
    )  # fmt: skip


class PrivateDomainName(NamedFront):
    """A domain name by which private APIs are called."""

    kind = "aws.apigateway.private-domain-name"
    title = "private API domain name"
    listed_by = Listing(
        _DOMAINS, "items[]",
        id="arn:{partition}:apigateway:{region}:{account}:/domainnames/{domainName}+{domainNameId}",
        name="{domainName}", where="domainNameId",
    )  # fmt: skip


class RestApi(Front):
    """A REST API with its default endpoint."""

    kind = "aws.apigateway.rest-api"
    title = "REST API"
    listed_by = Listing(
        call("apigateway:GetRestApis", permission="apigateway:GET"), "items[]",
        id="arn:{partition}:apigateway:{region}::/restapis/{id}", name="{name}",
    )  # fmt: skip

    policy: Fact[str] = fact("The security policy by which it speaks TLS.", live=item("@", api_policy))
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("tags", tag_list, absent={}))


class HttpApi(Front):
    """An HTTP or WebSocket API with its default endpoint."""

    kind = "aws.apigateway.http-api"
    title = "HTTP or WebSocket API"
    listed_by = Listing(
        call("apigatewayv2:GetApis", permission="apigateway:GET"), "Items[]",
        id="arn:{partition}:apigateway:{region}::/apis/{ApiId}", name="{Name}",
    )  # fmt: skip

    policy: Fact[str] = fact("The security policy by which it speaks TLS.", live=item("ApiId", lambda _: FIXED))
    closed: Fact[bool] = fact(
        # Absent from the answers of the oldest APIs (Api, API reference: a caller may reach the default endpoint).
        "Its default endpoint is switched off.", live=item("DisableExecuteApiEndpoint", flag, absent=False)
    )  # fmt: skip
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
