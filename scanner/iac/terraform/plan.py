"""Plans: what `terraform show -json PLAN` says of every resource that will be there when it has been applied.

Reads the formats 0.2 and 1.x, of Terraform from 0.15 on and of OpenTofu.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scanner.iac.block import Block, Code, Problem
from scanner.iac.terraform.existing import is_region, partition_of, recognise
from scanner.iac.terraform.plan_providers import Providers
from scanner.iac.terraform.plan_tree import Module, Tree, listing, mapping
from scanner.iac.terraform.plan_values import Values
from scanner.iac.terraform.sniff import read
from scanner.model.arn import stand_in
from scanner.model.reading import Source, Spot
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.terraform.plan_lines import Lines

_WRITE: Final = "run `terraform show -json PLAN > plan.json`, and give that file"
_PARTS: Final = frozenset({"resource_changes", "planned_values", "configuration"})
_VERSION: Final = re.compile(r"(\d+)\.(\d+)")


def load(
    base: Path,
    file: Path,
    *,
    region: str = "",
    account: str = "",
    source_dir: Path | None = None,
) -> Code:
    """Read a plan; `source_dir` is the directory it was made in, where findings then point.

    `region` and `account` are what providers are told by their surroundings.
    """
    name = relative(base, file)
    code = Code(name, Source.TERRAFORM, "plan", files=[name])
    plan = _checked(file, code)
    if plan is None:
        return code
    for unused in ("planned_values", "prior_state", "resource_drift", "relevant_attributes"):
        plan.pop(unused, None)
    lines = None
    if source_dir is not None:
        from scanner.iac.terraform.plan_lines import Lines  # noqa: PLC0415  # it reads the configuration itself

        lines = Lines(base, source_dir)
    _Plan(plan, code, region, account, lines).read()
    code.files.extend(lines.files if lines is not None else ())
    return code


def relative(base: Path, file: Path) -> str:
    """Give a path as findings name it: relative to what the user named, with forward slashes."""
    return os.path.relpath(file, base).replace(os.sep, "/")


def _checked(file: Path, code: Code) -> dict[str, Any] | None:
    """Give the plan, or say why it is none that can be read."""

    def refuse(message: str, hint: str = _WRITE, line: int = 1, *, broken: bool = True) -> None:
        code.problems.append(Problem(f"{code.root} {message}", Spot(code.root, line), hint, broken=broken))

    found = read(file)
    if found.wrong:
        refuse(found.wrong, found.hint or _WRITE, found.line)
        return None
    plan = found.document
    if not isinstance(plan, dict) or "format_version" not in plan or not plan.keys() & _PARTS:
        refuse("is not a plan")
        return None
    version = _VERSION.match(str(plan.get("format_version")))
    number = (int(version[1]), int(version[2])) if version else (0, 0)
    if number < (0, 2):
        refuse(
            f"has plan format {plan.get('format_version')}, which does not mark what is sensitive: formats 0.2 and 1.x are read",
            "make the plan with Terraform 0.15 or later, or OpenTofu",
        )  # fmt: skip
        return None
    if number[0] > 1:
        refuse(f"has plan format {plan.get('format_version')}: formats 0.2 and 1.x are read", "")
        return None
    if plan.get("errored") is True:
        said = "is of a plan that ended with an error, so resources may be missing"
        refuse(said, "plan again without the error", broken=False)
    elif plan.get("complete") is False:
        said = "is not the whole plan (-target, or deferred changes), so resources may be missing"
        refuse(said, "plan without -target", broken=False)
    if not isinstance(plan.get("resource_changes", []), list):
        refuse("has no list of resource changes, so it was not judged")
        return None
    if not mapping(plan.get("configuration")).get("root_module"):
        refuse("has no configuration, so all that is known after apply stays open", broken=False)
    return plan


class _Plan:
    """One plan while it is read: first every resource with what is settled, then what refers to others."""

    def __init__(self, plan: dict[str, Any], code: Code, region: str, account: str, lines: Lines | None) -> None:
        self._plan = plan
        self._lines = lines
        self._code = code
        self._spot = Spot(code.root, 1)
        self._tree = Tree(plan.get("configuration"), plan.get("variables"))
        self._providers = Providers(plan.get("configuration"), self._tree, region=region, account=account)
        self._open: list[tuple[Block, dict[str, Any], Values, Module | None, str]] = []
        self._seen: set[str] = set()

    def read(self) -> None:
        for change in listing(self._plan.get("resource_changes")):
            self._take(change, None)
        for deferred in listing(self._plan.get("deferred_changes")):
            reason = mapping(deferred).get("reason", "an unknown reason")
            self._take(mapping(deferred).get("resource_change"), Unresolved(f"the change is deferred: {reason}"))
        # a second time, because what is open may be the identity of a resource that stands further down
        for block, values, parts, _, _ in self._open:
            parts.complete(values)
            self._settle_region(block, values)
        for _, values, parts, _, key in self._open:
            self._tag(values, parts, key)

    def _take(self, change: Any, doubt: Unresolved | None) -> None:
        if not isinstance(change, dict) or not isinstance(change.get("change"), dict):
            self._wrong("an entry of its resource changes is none, and was passed over")
            return
        if change.get("mode") == "data" or "deposed" in change:
            return
        inner = change["change"]
        actions = [one for one in listing(inner.get("actions")) if isinstance(one, str)]
        address, kind = change.get("address"), change.get("type")
        if not isinstance(address, str) or not isinstance(kind, str) or not address:
            self._wrong("an entry of its resource changes has no address or no type, and was passed over")
            return
        if actions in (["delete"], ["forget"]):
            self._code.gone[address] = actions[0]
            return
        if not isinstance(inner.get("after"), dict) and not _marked(inner.get("after_unknown")):
            self._wrong(f"{address} has neither values nor marks of what is open, so nothing is known of it", address)
        if address in self._seen:
            self._wrong(f"{address} is in it twice", address)
        self._seen.add(address)
        if isinstance(change.get("previous_address"), str):
            self._code.moved[address] = change["previous_address"]
        self._declare(change, inner, actions, doubt)

    def _declare(
        self, change: dict[str, Any], inner: dict[str, Any], actions: list[str], doubt: Unresolved | None
    ) -> None:
        address, kind = change["address"], change["type"]
        where = change.get("module_address")
        module = self._tree.module(where if isinstance(where, str) else "")
        name = f"{kind}.{change.get('name')}"
        config = (module.resources.get(name) if module is not None else None) or {"type": kind}
        parts = Values(self._tree, module, config, inner, address)
        index = change.get("index")
        parts.key = index if isinstance(index, (str, int)) and not isinstance(index, bool) else None
        key = config.get("provider_config_key")
        key = key if isinstance(key, str) and key else _provider(change.get("provider_name"))
        place = self._providers.place(key)
        values = parts.known()
        block = Block(
            Source.TERRAFORM, kind, address, self._code.root, values, self._spot, self._spots, place.region,
            place.account, partition_of(place.region), (), doubt, _changed(actions),
        )  # fmt: skip
        written = self._lines.find(address) if self._lines is not None else None
        if written is not None:
            block.spot, block.spots, block.trail = written.block.header, written.spot, written.trail
            parts.written = written
        before = mapping(inner.get("before")) if "delete" not in actions else {}
        recognise(block, values, before)
        self._code.blocks.append(block)
        if module is not None:
            self._tree.blocks.setdefault((module.address, name), []).append((parts.key, block))
        self._open.append((block, values, parts, module, key))

    def _settle_region(self, block: Block, values: dict[str, Any]) -> None:
        """Take the region of a resource's own, which the provider has had since its version 6."""
        given = values.get("region")
        if block.known_arn:
            return
        if is_region(given):
            block.region, block.partition = str(given), partition_of(str(given))
        elif isinstance(given, Unresolved):
            block.region = stand_in(block.address)

    def _tag(self, values: dict[str, Any], parts: Values, key: str) -> None:
        """Merge tags where the provider left it until apply; it always does so when there are none."""
        if mapping(parts.unknown).get("tags_all") is not True or "tags_all" in mapping(parts.config.get("expressions")):
            return
        own, defaults = values.get("tags"), self._providers.place(key).tags
        if isinstance(own, Unresolved):
            values["tags_all"] = own
        elif isinstance(defaults, Unresolved):
            values["tags_all"] = defaults
        elif own is None or isinstance(own, dict):
            values["tags_all"] = {**defaults, **(own or {})}

    def _spots(self, _: Any) -> Spot:
        return self._spot

    def _wrong(self, message: str, address: str = "") -> None:
        self._code.problems.append(Problem(f"{self._code.root}: {message}", self._spot, _WRITE, address, broken=True))


def _provider(name: Any) -> str:
    return name.rpartition("/")[2] if isinstance(name, str) and name else "aws"


def _marked(marks: Any) -> bool:
    return marks is True or bool(mapping(marks))


def _changed(actions: list[str]) -> str:
    if "delete" in actions:
        return "replace"
    return actions[0] if actions else ""
