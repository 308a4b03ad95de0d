"""Converters of code: from what Terraform and CloudFormation write to what a rule reads.

Those of the model (`scanner.model.convert`) serve wherever code writes what AWS answers; here is what only code writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scanner.iac.block import Block
from scanner.iac.form import At, at
from scanner.model.unresolved import Unresolved


def tags(raw: Any) -> Mapping[str, Any]:
    """Read tags, written as a mapping or as CloudFormation's list; a value that is left open stays so, alone."""
    if isinstance(raw, Mapping):
        return {str(key): _tag(value) for key, value in raw.items()}
    found: dict[str, Any] = {}
    for one in raw:
        if isinstance(one, Unresolved):
            one.stop()  # any tag may be in it
        found[str(one["Key"])] = _tag(one.get("Value"))
    return found


def _tag(value: Any) -> Any:
    if isinstance(value, Unresolved):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


#: Tags of a Terraform resource: its own and those that the provider gives to all (`default_tags`).
TERRAFORM_TAGS: tuple[At, ...] = (
    at("tags_all", tags, shows="tags"),
    at("tags", tags, absent={}, docs="no tags where none are written"),
)
#: Tags of a CloudFormation resource. Those of its stack are not in the template.
CLOUDFORMATION_TAGS: At = at("Tags", tags, absent={}, docs="no tags of its own where none are written")


def each(convert: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Make a converter for lists that leaves an element open where the code does, and no other."""
    return lambda raw: tuple(one if isinstance(one, Unresolved) else convert(one) for one in raw)


def reverse(convert: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Make a converter that is true where the other is false."""
    return lambda raw: not convert(raw)


def set_in(block: Block, path: str) -> Any:
    """Give what stands at a path of a block, None where it is not set; raise where the code leaves it open."""
    value = block.find(path).value
    if isinstance(value, Unresolved):
        value.stop()
    return None if not value and not isinstance(value, (bool, int, float, str, list, dict)) else value
