"""GetResources over every service of the company, with the services moto leaves out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.resource_tagging import iter_taggable_backends, make_tag_matcher, match_resource_type

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.backup.state import Backup
from scanner.emulation.services.dlm import Policies
from scanner.emulation.wire import Document

Tagged = tuple[str, dict[str, str]]


@dataclass
class Marks:
    """Tags of what moto cannot tag, by ARN."""

    tags: dict[str, dict[str, str]] = field(default_factory=dict)


def mark(world: World, account: str, region: str, arn: str, tags: Mapping[str, str]) -> None:
    """Tag something that moto cannot tag."""
    world.shelf(Marks, account, region).tags.setdefault(arn, {}).update(tags)


@answers("resourcegroupstaggingapi:GetResources")
def get_resources(call: Call) -> Document:
    """Tagged resources; a filter is a service or `service:kind`. Buckets are listed in their own region only."""
    told, wanted = call.params, make_tag_matcher(call.params.get("TagFilters"))
    found = [
        (arn, tags)
        for arn, tags in _tagged(call)
        if tags
        and wanted(tags)
        and match_resource_type(kind(arn), told.get("ResourceTypeFilters"))
        and (not told.get("ResourceARNList") or arn in told["ResourceARNList"])
    ]
    page, more = call.page(sorted(found), size="ResourcesPerPage", token="PaginationToken", most=100)
    return {
        "ResourceTagMappingList": [
            {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
            for arn, tags in page
        ],
        "PaginationToken": more.get("PaginationToken", ""),
    }


def kind(arn: str) -> str:
    """The resource type GetResources knows an ARN by, such as `elasticfilesystem:file-system`."""
    _, _, service, _, _, rest = arn.split(":", 5)
    if service == "s3":
        return "s3:bucket"
    first = re.split(r"[:/]", rest.lstrip("/"))[0]
    return f"{service}:{first}"


def _tagged(call: Call) -> Iterator[Tagged]:
    buckets = call.world.backend("s3", call.account, "aws").buckets
    for backend in iter_taggable_backends(call.account, call.region):
        for resource in backend.iter_tagged_resources():
            bucket = buckets.get(resource.arn.removeprefix("arn:aws:s3:::"))
            if resource.arn.startswith("arn:aws:backup:") or (bucket and bucket.region_name != call.region):
                continue
            yield resource.arn, resource.tags
    for arn, tags in call.shelf(Backup).tags.items():
        # A recovery point that is a service's own snapshot is tagged there.
        if arn.startswith("arn:aws:backup:"):
            yield arn, tags
    for policy in call.shelf(Policies).policies.values():
        yield policy["PolicyArn"], policy["Tags"]
    for cluster in call.backend("redshift").clusters.values():
        yield cluster.arn, _flat(cluster.tags)
    for store in call.backend("memorydb").clusters.values():
        yield store.arn, _flat(call.backend("memorydb").list_tags(store.arn))
    for domain in call.backend("opensearch").domains.values():
        yield domain.arn, _flat(call.backend("opensearch").list_tags(domain.arn))
    for pool in call.backend("cognito-idp").user_pools.values():
        yield pool.arn, dict(pool.extended_config.get("UserPoolTags") or {})
    yield from call.shelf(Marks).tags.items()


def _flat(tags: list[dict[str, Any]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
