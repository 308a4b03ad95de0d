"""Providers: where the resources of each provider configuration are, and the tags they all get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.iac.hcl.tree import Attribute
from scanner.iac.terraform.configuration import address_of
from scanner.iac.terraform.content import Content
from scanner.model.arn import stand_in
from scanner.model.late_dataclass import dataclass
from scanner.model.unresolved import Unresolved

#: two configurations that differ in none of these use the same credentials
_CREDENTIALS: Final = (
    "profile",
    "access_key",
    "shared_credentials_file",
    "shared_credentials_files",
    "shared_config_files",
    "assume_role",
    "assume_role_with_web_identity",
)
_ACCOUNT: Final = re.compile(r"\d{12}\Z")
_ROLE: Final = re.compile(r"arn:[^:]*:iam::(\d{12}):role/")
_NAME: Final = r"[\w-]+(?:\.[\w-]+)?"
_PASSED: Final = re.compile(rf'"?({_NAME})"?\s*[=:]\s*"?({_NAME}(?:\[[^\]]*\])?)"?')
_COMMENT: Final = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)

#: the region and the account of what nobody says anything about
AMBIENT_REGION: Final = "?aws"
AMBIENT_ACCOUNT: Final = "?account"


@dataclass(slots=True, eq=False)
class Provider:
    """A provider configuration: its name with the module that defines it, its region and account, its own settings."""

    name: str
    region: str
    account: str
    content: Content | None = None

    @property
    def has_default_tags(self) -> bool:
        """Tell whether the configuration says anything about default tags."""
        return self.content is not None and "default_tags" in self.content

    def default_tags(self) -> Any:
        """Give the tags that all its resources get."""
        blocks = self.content.at("default_tags") if self.content is not None else None
        if isinstance(blocks, (list, tuple)) and blocks:
            blocks = blocks[0]
        if isinstance(blocks, Mapping):
            tags = blocks.get("tags")
            return {} if tags is None else tags
        return blocks if isinstance(blocks, Unresolved) else {}


def passed(attribute: Attribute) -> Iterator[tuple[str, str]]:
    """Give what `providers = {…}` of a module call says: the name inside the module, and the name outside."""
    for found in _PASSED.finditer(_COMMENT.sub("", attribute.source)):
        yield found.group(1), found.group(2)


def named(attribute: Attribute | None, type_: str) -> str:
    """Give the local name of a resource's provider: what `provider` says, or what its type begins with."""
    return address_of(attribute) or type_.split("_", 1)[0]


def partition_of(region: str) -> str:
    """Give the partition of a region; commercial AWS if the region is not settled."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


class Places:
    """The regions and accounts of one root: what stands for each place that is not settled.

    Configurations that nothing distinguishes share a stand-in: they certainly lead to the same place.
    """

    def __init__(self, region: str, account: str) -> None:
        self.region = region or AMBIENT_REGION
        self.account = account or AMBIENT_ACCOUNT
        self._accounts: dict[tuple[Any, ...], str] = {}
        self._regions: dict[tuple[Any, ...], str] = {}

    def implied(self, name: str) -> Provider:
        """Give the root's configuration where no block declares it: all of it comes from the environment."""
        region = self._regions.setdefault((), self.region)
        return Provider(name, region, self._accounts.setdefault((), self.account))

    def undeclared(self, name: str) -> Provider:
        """Give a configuration with an alias that the code does not hold."""
        return Provider(name, stand_in(name), stand_in("account", name))

    def declared(self, name: str, content: Content) -> Provider:
        """Give a configuration that a block declares; `name` has an alias and a module path if it has them.

        The root's main configuration comes first, so that others are called like it and not the other way round.
        """
        credentials = tuple((one, _sign(content, one)) for one in _CREDENTIALS if content.at(one) is not None)
        main = name == "aws"
        account = _account(content) or (
            self.account if main else self._accounts.get(credentials, stand_in("account", name))
        )
        self._accounts.setdefault(credentials, account)
        return Provider(name, self._region(name, content, credentials), account, content)

    def _region(self, name: str, content: Content, credentials: tuple[Any, ...]) -> str:
        region = content.at("region")
        key = credentials
        if isinstance(region, str) and region:
            return region
        if isinstance(region, Unresolved):
            key = ("unsettled", region.why, _source(content, "region"))
        return self._regions.setdefault(key, self.region if name == "aws" else stand_in(name))


def _account(content: Content) -> str:
    allowed = content.at("allowed_account_ids")
    if isinstance(allowed, (list, tuple)) and len(allowed) == 1 and isinstance(allowed[0], str):
        return allowed[0] if _ACCOUNT.match(allowed[0]) else ""
    roles = content.at("assume_role")
    if isinstance(roles, (list, tuple)) and roles:
        roles = roles[-1]  # each role is taken by the one before it
    arn = roles.get("role_arn") if isinstance(roles, Mapping) else None
    found = _ROLE.match(arn) if isinstance(arn, str) else None
    return found.group(1) if found else ""


def _sign(content: Content, name: str) -> Any:
    """Give what is the same for equal settings; of what is not settled, its text and its reason."""
    return _signed(content.at(name), _source(content, name))


def _signed(value: Any, source: str) -> Any:
    if isinstance(value, Unresolved):
        return ("unsettled", value.why, source)
    if isinstance(value, Mapping):
        return tuple((key, _signed(one, source)) for key, one in sorted(value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(_signed(one, source) for one in value)
    return value


def _source(content: Content, name: str) -> str:
    if name in content.body.attributes:
        return content.body.attributes[name].source.strip()
    return ";".join(
        f"{key}={one.source.strip()}"
        for block in content.body.blocks
        if block.type == name
        for key, one in sorted(block.body.attributes.items())
    )
