"""Data sources: what the code itself says of them; what only AWS, or another state, can say stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scanner.iac.terraform import policy_document
from scanner.iac.terraform.providers import partition_of
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.terraform.spaces import One

_SUFFIX: Final = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}
_FOREIGN: Final = {
    "terraform_remote_state": "is read from the state of another root",
    "local_file": "is read when Terraform runs",
    "external": "comes from a program that is not run here",
    "http": "is fetched when Terraform runs",
}
_ARN_PARTS: Final = ("partition", "service", "region", "account", "resource")
#: what a lookup by name is about, in the order in which it says so
_NAMED_BY: Final = ("name", "key_id", "key_alias", "bucket", "alias", "secret_id", "function_name", "id")


def answer(source: One, name: str, spot: Spot | None) -> Any:
    """Give an attribute of a data source."""
    said = f"{source.address}.{name}"
    if source.type == "aws_iam_policy_document" and name in ("json", "minified_json"):
        return source.content.kept(
            name,
            lambda: policy_document.text(policy_document.document(source.content), spot, said, small=name != "json"),
        )
    found = _asked(source, name)
    if found is not None:
        return found
    configured = source.content.at(name)
    if isinstance(configured, (str, bool, int, float, Unresolved)):
        return configured
    if source.type in _FOREIGN:
        return Unresolved(f"{said} {_FOREIGN[source.type]}", (said,), spot)
    about = next((value for key in _NAMED_BY if isinstance(value := source.content.at(key), str)), "")
    of = f", of {about}" if about else ""
    why = f"{said} is read from AWS{of}" if source.type.startswith("aws_") else f"{said} is read when Terraform runs"
    return Unresolved(why, (said,), spot)


def _arn_part(source: One, name: str) -> Any:
    """Give a part of the ARN that `data.aws_arn` takes apart; what stands for a place is no value."""
    arn = source.content.at("arn")
    if isinstance(arn, Unresolved) or name not in _ARN_PARTS:
        return arn if name in _ARN_PARTS else None
    parts = arn.split(":", 5) if isinstance(arn, str) else []
    part = parts[_ARN_PARTS.index(name) + 1] if len(parts) == 6 else "?"
    return None if "?" in part else part


def _principal(source: One, region: str) -> Any:
    """Give the name of a service as IAM knows it, which is the same everywhere but in some partitions."""
    service, named = source.content.at("service_name"), source.content.at("region")
    if isinstance(service, str) and not isinstance(named, Unresolved) and partition_of(named or region) == "aws":
        return f"{service}.{_SUFFIX['aws']}"
    return None


def _asked(source: One, name: str) -> Any:
    """Give what the provider's own configuration answers."""
    if source.type == "aws_arn":
        return _arn_part(source, name)
    provider = source.provider
    if provider is None:
        return None
    region = source.content.at("region") if source.type == "aws_region" else None
    region = region if isinstance(region, str) else source.content.at("name") if source.type == "aws_region" else None
    region = region if isinstance(region, str) else provider.region
    if source.type == "aws_region" and name in ("name", "id", "region"):
        return region
    if source.type == "aws_caller_identity" and name in ("account_id", "id"):
        return provider.account
    if source.type == "aws_partition":
        partition = partition_of(provider.region)
        if name in ("partition", "id"):
            return partition
        if name == "dns_suffix":
            return _SUFFIX[partition]
        if name == "reverse_dns_prefix":
            return ".".join(reversed(_SUFFIX[partition].split(".")))
    if source.type == "aws_service_principal" and name == "name":
        return _principal(source, provider.region)
    if source.type == "aws_default_tags" and name == "tags":
        return provider.default_tags()
    return None
