"""Amazon CloudFront in code: distributions, and the certificates that they name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scanner.iac import form as forms
from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import each
from scanner.iac.form import ARN, Form, at, joined, made
from scanner.iac.forms.vpc.places import is_template
from scanner.iac.lowering import lowered, many, sole, stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, text
from scanner.model.resource import Resource
from scanner.model.unresolved import Unresolved
from scanner.resources.cloudfront import Behaviour, Distribution, Origin, policy_of
from scanner.resources.tls import Version, since, version

_ARN: Final = "arn:{partition}:cloudfront::{account}:distribution/{address}"
_certificate = lowered({
    "acm_certificate_arn": "ACMCertificateArn", "iam_certificate_id": "IAMCertificateId",
    "cloudfront_default_certificate": ("CloudFrontDefaultCertificate", flag),
    "minimum_protocol_version": "MinimumProtocolVersion",
    "AcmCertificateArn": "ACMCertificateArn", "IamCertificateId": "IAMCertificateId",
    "CloudFrontDefaultCertificate": ("CloudFrontDefaultCertificate", flag),
    "MinimumProtocolVersion": "MinimumProtocolVersion",
})  # fmt: skip
_NAMES: Final = ("ACMCertificateArn", "IAMCertificateId")


def _at(block: Block, name: str, member: str) -> Any:
    """Give an attribute, which templates keep in the configuration of the distribution."""
    return block.find(f"DistributionConfig.{member}" if is_template(block.type) else name).value


def _policy(block: Block) -> str:
    """Read the security policy; TLSv1 where a certificate of one's own comes without one (r/cloudfront_distribution)."""
    raw = stopped(_at(block, "viewer_certificate", "ViewerCertificate"))
    certificate = {} if raw is ABSENT else stopped(_certificate(raw)) or {}
    mode = stopped(_at(block, "connection_mode", "ConnectionMode"))
    stopped(certificate.get("CloudFrontDefaultCertificate"))
    if not any(isinstance(one := certificate.get(name), str) and one for name in _NAMES):
        for name in _NAMES:
            stopped(certificate.get(name))
    own = {name: value for name, value in certificate.items() if not isinstance(value, Unresolved)}
    shape = {"ViewerCertificate": own, **({} if mode is ABSENT else {"ConnectionMode": mode})}
    try:
        return policy_of(shape)
    except ValueError:
        stopped(certificate.get("MinimumProtocolVersion"))
        if is_template(block.type):
            Unresolved(f"{block.address} names a certificate and no MinimumProtocolVersion").stop()
        return policy_of({**shape, "ViewerCertificate": {**own, "MinimumProtocolVersion": "TLSv1"}})


def _behaviours(block: Block) -> tuple[Any, ...]:
    """Read how each part may be asked for; a part that is open is told as such, alone."""
    template = is_template(block.type)
    others = _at(block, "ordered_cache_behavior", "CacheBehaviors")
    rest = _at(block, "default_cache_behavior", "DefaultCacheBehavior")
    pattern, asked = ("PathPattern", "ViewerProtocolPolicy") if template else ("path_pattern", "viewer_protocol_policy")
    listed = () if others is ABSENT else many(others)
    name = "everything else" if len(listed) else "everything"
    if rest is ABSENT:
        raise ValueError("it has no default cache behaviour")

    def behaviour(raw: Mapping[str, Any], part: Any) -> Any:
        viewers = raw.get(asked)
        if isinstance(viewers, Unresolved):
            return viewers
        return Behaviour("a path that is not settled" if isinstance(part, Unresolved) else part, text(viewers))

    last = sole(rest)
    return (
        *each(lambda one: behaviour(one, one.get(pattern)))(listed),
        last if isinstance(last, Unresolved) else behaviour(last, name),
    )


def _origins(block: Block) -> tuple[Any, ...]:
    """Read where the content comes from; of S3 and of what is in a VPC there is nothing to choose."""
    template = is_template(block.type)
    value = _at(block, "origin", "Origins")
    words = (
        ("DomainName", "Id", "CustomOriginConfig", "OriginProtocolPolicy")
        if template
        else ("domain_name", "origin_id", "custom_origin_config", "origin_protocol_policy")
    )
    return () if value is ABSENT else each(lambda one: _origin(one, *words))(many(value))


def _origin(raw: Mapping[str, Any], domain: str, name: str, custom: str, protocol: str) -> Any:
    config = sole(raw.get(custom))
    spoken = config if isinstance(config, Unresolved) or config is None else config.get(protocol)
    if isinstance(spoken, Unresolved):
        return spoken
    # What AWS calls it only applying settles, mostly; by its own name it is known as well.
    called = next((one for one in (raw.get(domain), raw.get(name)) if isinstance(one, str)), "an origin")
    return Origin(called, "match-viewer" if spoken is None else text(spoken))


def _policy_there(block: Block, around: Surroundings) -> str:
    """Read the security policy; under CloudFront's own certificate, that decides, whatever else is written."""
    own = (
        "DistributionConfig.ViewerCertificate.CloudFrontDefaultCertificate"
        if is_template(block.type)
        else "viewer_certificate.cloudfront_default_certificate"
    )
    if block.find(own).value in (True, "true"):
        around.point(block, own)
    return _policy(block)


def _accepts(block: Block, around: Surroundings) -> tuple[Version, ...]:
    return since(version(_policy_there(block, around)))


_SHOWN: Final = (
    "viewer_certificate.minimum_protocol_version", "viewer_certificate", "DistributionConfig.ViewerCertificate",
    "DistributionConfig",
)  # fmt: skip
_FACTS: Final[Mapping[str, forms.Origin]] = {
    "policy": joined(_policy_there, *_SHOWN),
    "accepts": joined(_accepts, *_SHOWN),
    "behaviours": made(
        _behaviours, "default_cache_behavior.viewer_protocol_policy",
        "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy",
    ),
    "origins": made(_origins, "origin", "DistributionConfig.Origins"),
}  # fmt: skip

FORMS = (
    Form(
        Distribution, "aws_cloudfront_distribution", arn=_ARN, gives={"arn": ARN, "id": lambda block: block.address},
        facts={"enabled": at("enabled", flag), **_FACTS},
    ),
    Form(
        Distribution, "AWS::CloudFront::Distribution", arn=_ARN,
        gives={"Ref": lambda block: block.address, "Id": lambda block: block.address},
        facts={"enabled": at("DistributionConfig.Enabled", flag), **_FACTS},
    ),
    # What a distribution names and is no kind of its own: that it names one is what counts.
    *(
        Form(
            Resource, kind, arn="arn:{partition}:acm:{region}:{account}:certificate/{address}", gives=gives,
        )
        for kind, gives in (
            ("aws_acm_certificate", {"arn": ARN, "id": ARN}), ("AWS::CertificateManager::Certificate", {"Ref": ARN}),
        )
    ),
)  # fmt: skip
