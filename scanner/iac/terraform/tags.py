"""Tags: what a resource carries once its provider's default tags are added."""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.terraform.content import Content
from scanner.iac.terraform.providers import Provider
from scanner.model.unresolved import Unresolved

#: it passes tags on in blocks of its own, and the provider's default tags do not reach it
_WITHOUT_DEFAULTS: Final = frozenset({"aws_autoscaling_group"})


def add_tags(content: Content, provider: Provider, type_: str) -> None:
    """Give a resource `tags_all`, as the provider works it out: the default tags, and its own over them."""
    if type_ in _WITHOUT_DEFAULTS:
        return
    if "tags" in content.body.attributes or provider.has_default_tags:
        content.added["tags_all"] = lambda: merged(content.at("tags"), provider.default_tags())


def merged(own: Any, defaults: Any) -> Any:
    """Give the default tags with a resource's own over them."""
    if isinstance(own, Unresolved) or (own is None and not isinstance(defaults, dict)):
        return own if own is not None else defaults
    if own is None:
        return dict(defaults)
    if isinstance(defaults, Unresolved):
        return Unresolved(
            f"the default tags of the provider are not settled: {defaults.why}", defaults.refs, defaults.spot
        )
    return {**defaults, **own} if isinstance(own, dict) and isinstance(defaults, dict) else own
