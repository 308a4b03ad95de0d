"""Tags that a service's own list leaves out: one list per type and region tells them all."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.model.convert import tag_list
from scanner.model.origin import Live, SideList, call


def tags_of_type(kind: str) -> Live[Mapping[str, str]]:
    """Say where the tags of one type of resource are; what never had a tag is not listed (GetResources, API reference)."""
    listed = SideList(
        call("resourcegroupstaggingapi:GetResources", ResourceTypeFilters=[kind]),
        "ResourceTagMappingList[]",
        key="ResourceARN",
    )
    return listed.at("Tags", tag_list, absent={})
