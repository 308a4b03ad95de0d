"""Where a plan's resources will be: the region, the account and the default tags of every provider configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from scanner.iac.terraform.existing import is_region
from scanner.iac.terraform.plan_tree import Module, Tree, listing, mapping, references
from scanner.model.arn import stand_in
from scanner.model.late_dataclass import dataclass
from scanner.model.unresolved import Unresolved

_ACCOUNT: Final = re.compile(r"\d{12}")
_ROLE: Final = re.compile(r"arn:[^:]+:iam::(\d{12}):role/.+")


@dataclass(slots=True)
class Place:
    """Where the resources of a provider configuration are; a text that begins with `?` stands for what is open."""

    region: str
    account: str
    tags: dict[str, Any] | Unresolved = field(default_factory=dict)


class Providers:
    """The provider configurations of a plan, by the key that its resources name."""

    def __init__(self, configuration: Any, tree: Tree, *, region: str = "", account: str = "") -> None:
        self._configs = {
            key: one
            for key, one in mapping(mapping(configuration).get("provider_config")).items()
            if isinstance(one, dict)
        }
        self._tree = tree
        self._region = region
        self._account = account
        self._places: dict[str, Place] = {}

    def place(self, key: str) -> Place:
        """Give the place of the resources that name this provider configuration."""
        if key not in self._places:
            self._places[key] = self._made(key)
        return self._places[key]

    def _made(self, key: str) -> Place:
        config = self._configs.get(key)
        short = key.rpartition(":")[2] or "aws"
        if config is None:
            # older versions name the module that uses it, and not the configuration that the module is given
            same = [one for one in self._configs.values() if one.get("name") == short.partition(".")[0]]
            if len(same) > 1:
                return Place(
                    stand_in(key), self._account or "?account", Unresolved(f"provider {key} is not in the plan")
                )
            config = same[0] if same else {}
        module = self._tree.root
        if isinstance(config.get("module_address"), str):
            module = self._tree.module(config["module_address"]) or module
        expressions = mapping(config.get("expressions"))
        return Place(
            self._region_of(expressions, module, key, short, config),
            self._account_of(expressions, module, key),
            self._tags_of(expressions, short),
        )

    def _region_of(
        self, expressions: Mapping[str, Any], module: Module, key: str, short: str, config: Mapping[str, Any]
    ) -> str:
        expression = expressions.get("region")
        if expression is None:
            return self._region or f"?{short}"
        value = self._tree.settle(expression, module)
        if value is None:
            return self._region or f"?{short}"
        if not is_region(value):
            return stand_in(key or "aws")
        if "constant_value" not in mapping(expression) and self._shared(mapping(expression), key, config):
            # `var.region == "eu-west-1" ? "eu-central-1" : …` refers to the variable too, and is another region
            return stand_in(key or "aws")
        return str(value)

    def _shared(self, expression: Mapping[str, Any], key: str, config: Mapping[str, Any]) -> bool:
        if "alias" not in config:
            return False
        mine = references(expression)
        return any(
            references(mapping(mapping(other.get("expressions")).get("region"))) == mine
            for name, other in self._configs.items()
            if name != key and other.get("name") == config.get("name")
        )

    def _account_of(self, expressions: Mapping[str, Any], module: Module, key: str) -> str:
        allowed = self._tree.settle(expressions.get("allowed_account_ids"), module)
        if isinstance(allowed, list) and len(allowed) == 1 and _ACCOUNT.fullmatch(str(allowed[0])):
            return str(allowed[0])
        roles = [one for one in listing(expressions.get("assume_role")) if isinstance(one, dict)]
        if not roles:
            return self._account or "?account"
        role = self._tree.settle(roles[-1].get("role_arn"), module)
        found = _ROLE.fullmatch(role) if isinstance(role, str) else None
        return found.group(1) if found else stand_in("account", key or "aws")

    def _tags_of(self, expressions: Mapping[str, Any], short: str) -> dict[str, Any] | Unresolved:
        given = expressions.get("default_tags")
        if given is None:
            return {}
        tags: dict[str, Any] = {}
        for one in listing(given):
            expression = mapping(one).get("tags")
            value = mapping(expression).get("constant_value") if expression is not None else {}
            if not isinstance(value, dict):
                # not followed: merge(var.tags, { … }) refers to the variable alone as well, and has more tags
                return Unresolved(
                    f"default_tags of provider {short} is not in the plan", tuple(references(mapping(expression)))
                )
            tags.update(value)
        return tags
