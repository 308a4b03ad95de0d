"""Policy documents: `data.aws_iam_policy_document` worked out as its provider does it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from scanner.iac.hcl.values import JsonText
from scanner.iac.terraform.content import Content
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved, unresolved_in

VERSION: Final = "2012-10-17"
_LISTS: Final = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)


def document(content: Content) -> dict[str, Any]:
    """Give the document; of what is not settled, every part that is."""
    sources = _documents(content, "source_policy_documents", "source_json")
    overrides = _documents(content, "override_policy_documents", "override_json")
    statements: list[Any] = []
    made: dict[str, Any] = {}
    for source in sources:
        _merge(made, statements, source)
    own = _statements(content.at("statement"))
    version, name = content.at("version"), content.at("policy_id")
    _merge(made, statements, {"Version": VERSION if version is None else version, "Id": name, "Statement": own})
    for override in overrides:
        if isinstance(override, Unresolved):
            statements[:] = [_replaceable(one, override) for one in statements]
        _merge(made, statements, override)
    result = {name: made[name] for name in ("Version", "Id") if made.get(name) is not None}
    result["Statement"] = statements
    return result


def text(made: dict[str, Any], spot: Spot | None, said: str, *, small: bool) -> Any:
    """Give the document as JSON text, or as `JsonText` if something in it is not settled."""
    unsettled = unresolved_in(made)
    if unsettled is not None:
        return JsonText(f"{said} is not settled: {unsettled.why}", unsettled.refs, spot, document=made)
    return json.dumps(made, separators=(",", ":")) if small else json.dumps(made, indent=2)


def _documents(content: Content, *names: str) -> list[Any]:
    """Give the documents that are merged into this one, parsed."""
    found: list[Any] = []
    for name in names:
        value = content.at(name)
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(one, JsonText):
                found.append(one.document)
            elif isinstance(one, Unresolved):
                found.append(one)
            elif isinstance(one, str) and one.strip():
                try:
                    found.append(json.loads(one))
                except (ValueError, RecursionError):
                    found.append(Unresolved(f"{content.address}.{name} is not JSON", (), content.body_spot(name)))
    return found


def _merge(made: dict[str, Any], statements: list[Any], other: Any) -> None:
    """Put a document over what there is: a statement takes the place of the one of its name."""
    if isinstance(other, Unresolved):
        statements.append(other)
        return
    if not isinstance(other, Mapping):
        statements.append(Unresolved("a policy document is not a JSON object"))
        return
    made.update({name: other[name] for name in ("Version", "Id") if other.get(name) is not None})
    added = other.get("Statement")
    for one in added if isinstance(added, (list, tuple)) else [] if added is None else [added]:
        name = _name(one)
        if isinstance(name, Unresolved):
            statements[:] = [_replaceable(before, name) for before in statements]
        place = next((at for at, before in enumerate(statements) if name and _same(_name(before), name)), None)
        if place is None:
            statements.append(one)
        else:
            statements[place] = one


def _name(statement: Any) -> Any:
    return statement.get("Sid") if isinstance(statement, Mapping) else None


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one == other


def _replaceable(statement: Any, why: Unresolved) -> Any:
    """A statement with a name may be another one after a document that is not settled was put over it."""
    name = _name(statement)
    if isinstance(statement, Unresolved) or name is None or (isinstance(name, str) and not name):
        return statement
    return Unresolved(f"the statement may be overridden: {why.why}", why.refs, why.spot)


def _statements(blocks: Any) -> Any:
    if blocks is None or isinstance(blocks, Unresolved):
        return blocks
    return [_statement(one) if isinstance(one, Mapping) else one for one in _each(blocks)]


def _statement(block: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if block.get("sid") is not None:
        made["Sid"] = block["sid"]
    made["Effect"] = "Allow" if block.get("effect") is None else block["effect"]
    for name, key in _LISTS:
        value = _few(block.get(name))
        if value is not None:
            made[key] = value
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        value = _principals(block.get(name))
        if value is not None:
            made[key] = value
    conditions = _conditions(block.get("condition"))
    if conditions is not None:
        made["Condition"] = conditions
    return made


def _few(value: Any) -> Any:
    """A list of one is written as its element, an empty one not at all."""
    if isinstance(value, (list, tuple)):
        return None if not value else value[0] if len(value) == 1 else list(value)
    return value


def _each(blocks: Any) -> list[Any]:
    return list(blocks) if isinstance(blocks, (list, tuple)) else [blocks]


def _principals(blocks: Any) -> Any:
    if blocks is None or isinstance(blocks, Unresolved):
        return blocks
    made: dict[str, list[Any]] = {}
    for block in _each(blocks):
        if not isinstance(block, Mapping):
            return block
        kind, identifiers = block.get("type"), block.get("identifiers")
        if not isinstance(kind, str):
            return kind if isinstance(kind, Unresolved) else Unresolved("a principal has no type")
        if identifiers is not None:
            made.setdefault(kind, []).extend(_each(identifiers))
    if made == {"*": ["*"]}:
        return "*"
    return {kind: _few(identifiers) for kind, identifiers in made.items()} or None


def _conditions(blocks: Any) -> Any:
    if blocks is None or isinstance(blocks, Unresolved):
        return blocks
    made: dict[str, dict[str, list[Any]]] = {}
    for block in _each(blocks):
        if not isinstance(block, Mapping):
            return block
        test, variable, values = block.get("test"), block.get("variable"), block.get("values")
        for one in (test, variable):
            if not isinstance(one, str):
                return one if isinstance(one, Unresolved) else Unresolved("a condition has no test or no variable")
        assert isinstance(test, str)
        assert isinstance(variable, str)
        made.setdefault(test, {}).setdefault(variable, []).extend([] if values is None else _each(values))
    return {test: {variable: _few(values) for variable, values in of.items()} for test, of in made.items()} or None
