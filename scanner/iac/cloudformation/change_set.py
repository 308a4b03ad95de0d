"""Change sets: what `aws cloudformation describe-change-set` says that a stack will become.

With `--include-property-values` it holds every changed resource as it will be, with its references worked out. What
the change leaves alone is not in it; what it removes is no resource any more, and told in `Code.gone`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from scanner.iac.block import Block, Code, Path, Problem
from scanner.iac.cloudformation.document import Document
from scanner.iac.cloudformation.properties import ATTRIBUTES
from scanner.iac.cloudformation.stack import partition_of
from scanner.model.reading import Source, Spot
from scanner.model.unresolved import Unresolved

_AFTER: Final = "KNOWN_AFTER_APPLY"
_HINT: Final = "describe it with --include-property-values"
_GONE: Final = {"Retain": "forget"}
_DEEPEST: Final = 200


class _Open(dict[str, Any]):
    """Values that are not all known."""

    def __init__(self, why: Unresolved) -> None:
        super().__init__()
        self.why = why

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, default if key in ATTRIBUTES else self.why)


def load(document: Document, *, region: str = "", account: str = "") -> Code:
    """Read a change set."""
    code = Code(document.file, Source.CLOUDFORMATION, "change set", files=[document.file])
    code.problems += document.problems
    value = document.value
    parts = (_text(value.get("StackId")) or _text(value.get("ChangeSetId"))).split(":")
    if len(parts) > 5 and parts[0] == "arn":
        region, account = parts[3] or region, parts[4] or account
    status = _text(value.get("Status"))
    if status in ("FAILED", "DELETE_COMPLETE"):
        reason = value.get("StatusReason")
        message = f"the change set cannot be executed: {status}{f' ({reason})' if isinstance(reason, str) else ''}"
        code.problems.append(Problem(message, document.spot(("Status",))))
    if _text(value.get("NextToken")):
        message = "the change set has more pages, which are not here"
        code.problems.append(Problem(message, document.spot(("NextToken",)), "describe it without --no-paginate"))
    tags = value.get("Tags")
    for number, change in enumerate(value["Changes"]):
        at: Path = ("Changes", number, "ResourceChange")
        one = change.get("ResourceChange") if isinstance(change, dict) else None
        if not isinstance(one, dict):
            if not isinstance(change, dict) or _text(change.get("Type")) != "Hook":
                message = "an entry of the changes is no change of a resource, and was passed over"
                code.problems.append(Problem(message, document.spot(at), broken=True))
            continue
        _take(code, document, one, at, region, account, tags if isinstance(tags, list) else None)
    return code


def _text(value: Any) -> str:
    """Give a text, or nothing: what is given twice is not settled."""
    return value if isinstance(value, str) else ""


def _take(
    code: Code, document: Document, one: Mapping[str, Any], at: Path, region: str, account: str,
    tags: list[Any] | None,
) -> None:  # fmt: skip
    name, kind, action = one.get("LogicalResourceId"), one.get("ResourceType"), one.get("Action")
    spot = document.spot(at)
    if not isinstance(name, str) or not isinstance(kind, str) or not name:
        message = "a change has no LogicalResourceId or no ResourceType, and was passed over"
        code.problems.append(Problem(message, spot, broken=True))
        return
    module = one.get("ModuleInfo")
    hierarchy = module.get("LogicalIdHierarchy") if isinstance(module, dict) else None
    address = f"{hierarchy}/{name}" if isinstance(hierarchy, str) and hierarchy else name
    settled = _text(action)
    if settled == "Remove":
        policy = one.get("PolicyAction")
        code.gone[address] = _GONE.get(policy, "delete") if isinstance(policy, str) else "delete"
        return
    changed = "Replace" if _text(one.get("Replacement")) == "True" else settled
    block = Block(
        Source.CLOUDFORMATION, kind, address, code.root, _values(code, document, one, address, at, tags), spot,
        lambda _: _context(document, at), region or "?region", account or "?account", partition_of(region),
        changed=changed,
    )  # fmt: skip
    physical = one.get("PhysicalResourceId")
    if isinstance(physical, str) and physical and changed != "Replace":
        if physical.startswith("arn:"):
            block.known_arn = physical
        else:
            block.known_name = physical
    if settled == "Dynamic":
        block.doubt = Unresolved(f"{address}: what is done with it is known after apply", (address,), spot)
    elif isinstance(action, Unresolved):
        block.doubt = action
    code.blocks.append(block)
    if kind == "AWS::CloudFormation::Stack":
        message = f"nested stack {address} has a change set of its own, which is not in this one"
        code.problems.append(Problem(message, spot, "give the JSON of that change set as well", address))


def _context(document: Document, at: Path) -> Spot:
    return document.spot((*at, "AfterContext"))


def _values(
    code: Code, document: Document, one: Mapping[str, Any], address: str, at: Path, tags: list[Any] | None
) -> dict[str, Any]:  # fmt: skip
    context = one.get("AfterContext")
    spot = _context(document, at)
    if not isinstance(context, str):
        message = f"{address} has no AfterContext, so its properties are not known"
        code.problems.append(Problem(message, spot, _HINT, address))
        return _Open(Unresolved(f"{message}; {_HINT}", (address,), spot))
    try:
        found = json.loads(context)
        found = found if isinstance(found, dict) else {}
        properties = found.get("Properties", {})
        if not isinstance(properties, dict):
            raise ValueError  # noqa: TRY301
        values = {key: _settled(value, key, spot, 0) for key, value in properties.items()}
    except (ValueError, RecursionError):
        message = f"AfterContext of {address} cannot be read"
        code.problems.append(Problem(message, spot, _HINT, address, broken=True))
        return _Open(Unresolved(message, (address,), spot))
    for name in ATTRIBUTES:
        if name in found and (name != "Metadata" or name not in values):
            values[name] = found[name]
    if tags is not None:
        values["StackTags"] = tags
    return values


def _settled(value: Any, name: str, spot: Spot, depth: int) -> Any:
    if isinstance(value, str):
        if _AFTER in value and "{{changeSet:" in value:
            return Unresolved(f"{name} is known after apply", (), spot)
        if "{{resolve:" in value:
            return Unresolved(f"{name} is read when the stack is deployed, and is sensitive", (), spot)
        if value == "****":  # a parameter with NoEcho
            return Unresolved(f"{name} is sensitive", (), spot)
        return value
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        return {key: _settled(one, key, spot, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_settled(one, name, spot, depth + 1) for one in value]
    return value
