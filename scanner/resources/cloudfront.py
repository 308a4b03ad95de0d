"""Amazon CloudFront: distributions, and how they speak with viewers and origins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.convert import flag, text, tuple_of
from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource
from scanner.resources.tls import Version, since, version

#: What the certificate of *.cloudfront.net brings, whatever else is set (ViewerCertificate, API reference).
DEFAULT_POLICY = "TLSv1"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a part of a distribution is asked for: `allow-all`, `https-only` or `redirect-to-https`."""

    part: str
    viewers: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the content comes from, and how: `http-only`, `https-only` or `match-viewer`."""

    name: str
    protocol: str


def policy_of(raw: Mapping[str, Any]) -> str:
    """Read the security policy of a distribution; its own certificate is the condition of having one."""
    certificate = raw.get("ViewerCertificate") or {}
    named = certificate.get("ACMCertificateArn") or certificate.get("IAMCertificateId")
    # A distribution for many tenants names no certificate: each tenant brings one.
    if raw.get("ConnectionMode") != "tenant-only" and (certificate.get("CloudFrontDefaultCertificate") or not named):
        return DEFAULT_POLICY
    return text(certificate.get("MinimumProtocolVersion"))


def behaviours(raw: Mapping[str, Any]) -> tuple[Behaviour, ...]:
    """Read how each part of a distribution is asked for."""
    others = (raw.get("CacheBehaviors") or {}).get("Items") or ()
    return (
        *(Behaviour(one["PathPattern"], one["ViewerProtocolPolicy"]) for one in others),
        Behaviour("everything else" if others else "everything", raw["DefaultCacheBehavior"]["ViewerProtocolPolicy"]),
    )


def origin(raw: Mapping[str, Any]) -> Origin:
    """Read one origin; CloudFront speaks with buckets as the viewer spoke with it, and in a VPC on private ground."""
    custom = raw.get("CustomOriginConfig") or {}
    return Origin(raw["DomainName"], custom.get("OriginProtocolPolicy") or "match-viewer")


class Distribution(Resource):
    """A CloudFront distribution."""

    kind = "aws.cloudfront.distribution"
    title = "CloudFront distribution"
    listed_by = Listing(
        call("cloudfront:ListDistributions"), "DistributionList.Items[]",
        id="{ARN}", name="{DomainName}", everywhere=True,
    )  # fmt: skip

    enabled: Fact[bool] = fact("It answers requests.", live=item("Enabled", flag))
    policy: Fact[str] = fact("The security policy by which it speaks with viewers.", live=item("@", policy_of))
    accepts: Fact[tuple[Version, ...]] = fact(
        # Every policy allows TLS 1.3; the name says the oldest version (developer guide, "Supported protocols and
        # ciphers between viewers and CloudFront").
        "The versions of TLS that it accepts of viewers.",
        live=item("@", lambda raw: since(version(policy_of(raw)))),
    )
    behaviours: Fact[tuple[Behaviour, ...]] = fact("How each part of it may be asked for.", live=item("@", behaviours))
    origins: Fact[tuple[Origin, ...]] = fact(
        "Where its content comes from, and how.", live=item("Origins.Items", tuple_of(origin), absent=())
    )
