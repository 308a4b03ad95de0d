"""States: what Terraform last knew of the resources it made, from `terraform.tfstate` or `terraform show -json`.

Everything in a state is a real value: the ARNs, names and ids are those that AWS gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from scanner.iac.block import Block, Code, Problem
from scanner.iac.terraform.existing import is_region, partition_of, place_of_arn, recognise, region_of_zone
from scanner.iac.terraform.plan import relative
from scanner.iac.terraform.plan_tree import listing, mapping
from scanner.iac.terraform.plan_values import hide
from scanner.iac.terraform.sniff import read
from scanner.model.reading import Source, Spot

_WRITE: Final = "run `terraform show -json > state.json`, and give that file"
_PROVIDER: Final = re.compile(r'(.*?)provider\["(?:[^"]*/)?([^"/]+)"\](?:\.([\w-]+))?')


def load(base: Path, file: Path, *, region: str = "", account: str = "") -> Code:
    """Read a state; `region` and `account` stand in where it does not tell them of a resource."""
    name = relative(base, file)
    code = Code(name, Source.TERRAFORM, "state", files=[name])
    found = read(file)
    state = found.document
    reader = _State(code, region, account)
    if found.wrong:
        reader.wrong(found.wrong, found.hint or _WRITE, found.line)
    elif isinstance(state, dict) and "format_version" in state:
        reader.shown(state)
    elif isinstance(state, dict) and "version" in state:
        reader.kept(state)
    else:
        reader.wrong("is not a state", _WRITE)
    reader.settle()
    return code


class _State:
    """One state while it is read."""

    def __init__(self, code: Code, region: str, account: str) -> None:
        self._code = code
        self._spot = Spot(code.root, 1)
        self._region = region
        self._account = account
        self._of_provider: dict[str, list[Block]] = {}
        self._seen: set[str] = set()

    def wrong(self, message: str, hint: str = "", line: int = 1, address: str = "", *, broken: bool = True) -> None:
        """Note what could not be read."""
        joint = ": " if address else " "
        self._code.problems.append(
            Problem(f"{self._code.root}{joint}{message}", Spot(self._code.root, line), hint, address, broken)
        )

    def kept(self, state: Mapping[str, Any]) -> None:
        """Read terraform.tfstate."""
        if state.get("version") != 4:
            self.wrong(
                f"has state version {state.get('version')}: version 4 is read",
                "`terraform init` with Terraform 0.13 or later writes the state anew",
            )
            return
        resources = state.get("resources")
        if not isinstance(resources, list):
            self.wrong("has no list of resources, so it was not judged", _WRITE)
            return
        for one in resources:
            if not isinstance(one, dict) or not isinstance(one.get("type"), str):
                self.wrong("holds an entry that is no resource, which was passed over", _WRITE)
            elif one.get("mode") != "data":
                for instance in listing(one.get("instances")):
                    self._kept_instance(one, mapping(instance))

    def _kept_instance(self, resource: Mapping[str, Any], instance: Mapping[str, Any]) -> None:
        if "deposed" in instance:
            return
        module = resource.get("module")
        address = f"{resource['type']}.{resource.get('name')}{_shown(instance.get('index_key'))}"
        if isinstance(module, str) and module:
            address = f"{module}.{address}"
        attributes = instance.get("attributes")
        if not isinstance(attributes, dict):
            old = "attributes_flat" in instance
            what = "was written by Terraform 0.11 and not changed since" if old else "has no attributes"
            self.wrong(f"{address} {what}, so nothing is known of it", _WRITE, address=address, broken=not old)
            attributes = {}
        values = {key: _bare(value) for key, value in attributes.items()}
        hide(values, _marks(instance.get("sensitive_attributes")), address)
        provider = resource.get("provider")
        found = _PROVIDER.fullmatch(provider) if isinstance(provider, str) else None
        short = ".".join(filter(None, found.groups()[1:])) if found else "aws"
        self._add(resource["type"], address, values, f"?{short}", provider if isinstance(provider, str) else "")

    def shown(self, state: Mapping[str, Any]) -> None:
        """Read what `terraform show -json` says of a state."""
        values = state.get("values")
        if values is None:
            return  # nothing was made so far
        if not isinstance(values, dict) or not isinstance(values.get("root_module"), dict):
            self.wrong("has no root module, so it was not judged", _WRITE)
            return
        for one in self._resources(values["root_module"]):
            address, kind = one.get("address"), one.get("type")
            if one.get("mode") == "data" or "deposed_key" in one:
                continue
            if not isinstance(address, str) or not isinstance(kind, str) or not address:
                self.wrong("holds an entry that is no resource, which was passed over", _WRITE)
                continue
            if not isinstance(one.get("values"), dict):
                self.wrong(f"{address} has no values, so nothing is known of it", _WRITE, address=address)
            known = dict(mapping(one.get("values")))
            hide(known, one.get("sensitive_values"), address)
            # which of several configurations of a provider made it, this form does not tell
            short = str(one.get("provider_name") or "aws").rpartition("/")[2]
            self._add(kind, address, known, f"?{short}", "")

    def _resources(self, root: Any) -> Iterator[dict[str, Any]]:
        modules = [root]
        while modules:
            module = modules.pop()
            if not isinstance(module, dict):
                self.wrong("holds a module that is none, which was passed over", _WRITE)
                continue
            for one in listing(module.get("resources")):
                if isinstance(one, dict):
                    yield one
                else:
                    self.wrong("holds an entry that is no resource, which was passed over", _WRITE)
            modules.extend(reversed(listing(module.get("child_modules"))))

    def _add(self, kind: str, address: str, values: dict[str, Any], stand_in: str, provider: str) -> None:
        if address in self._seen:
            self.wrong(f"{address} is in it twice", address=address)
        self._seen.add(address)
        block = Block(Source.TERRAFORM, kind, address, self._code.root, values, self._spot, self._place, stand_in)
        recognise(block, values, {})
        if is_region(values.get("region")):
            block.region = values["region"]
        elif block.region.startswith("?"):
            block.region = region_of_zone(values.get("availability_zone")) or stand_in
        if block.region and not block.region.startswith("?") and not block.known_arn:
            block.partition = partition_of(block.region)
        self._code.blocks.append(block)
        self._of_provider.setdefault(provider, []).append(block)

    def settle(self) -> None:
        """Give the place of a provider's other resources to those that do not tell theirs."""
        for provider, blocks in self._of_provider.items():
            places = [place_of_arn(block.known_arn) for block in blocks if block.known_arn]
            regions = {region for _, region, _ in places if region} | {
                block.region for block in blocks if not block.region.startswith("?")
            }
            accounts = {account for _, _, account in places if account}
            for block in blocks:
                if block.region.startswith("?"):
                    # one configuration of a provider is one place; without its name only what was given counts
                    block.region = (
                        regions.copy().pop() if provider and len(regions) == 1 else self._region or block.region
                    )
                    block.partition = block.partition if block.region.startswith("?") else partition_of(block.region)
                if block.account.startswith("?"):
                    block.account = (
                        accounts.copy().pop() if provider and len(accounts) == 1 else self._account or block.account
                    )

    def _place(self, _: Any) -> Spot:
        return self._spot


def _bare(value: Any) -> Any:
    """Take off what a state wraps around the value of an attribute that is of any type."""
    if isinstance(value, dict) and value.keys() == {"value", "type"} and isinstance(value["type"], (str, list)):
        return value["value"]
    return value


def _shown(key: Any) -> str:
    if isinstance(key, bool) or key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    quoted = str(key).replace("\\", "\\\\").replace('"', '\\"')
    return f'["{quoted}"]'


def _marks(paths: Any) -> dict[str, Any]:
    """Turn the paths of what is sensitive into marks that lie like the values themselves.

    A mark of a list's element hides the whole list, which loses more than it must and shows nothing.
    """
    marks: dict[str, Any] = {}
    for path in listing(paths):
        here = marks
        names = []
        for step in listing(path):
            value = mapping(step).get("value")
            if mapping(step).get("type") == "get_attr" and isinstance(value, str):
                names.append(value)
                continue
            key = mapping(value).get("value")
            if not isinstance(key, str):
                break
            names.append(key)
        for name in names[:-1]:
            inner = here.get(name)
            if inner is True:
                break
            here = here.setdefault(name, {})
        else:
            if names:
                here[names[-1]] = True
    return marks
