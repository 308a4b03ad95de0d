"""The values of a plan: what is settled, what only applying settles, and what may not be shown.

What is known after apply is open only where the configuration gives it an expression. Where it gives none, the
attribute is not set: the provider marks whatever AWS will choose in the same way, and that is how a forgotten backup
retention looks in a plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from scanner.iac.block import Path
from scanner.iac.terraform.plan_tree import OPEN, Key, Module, Tree, listing, mapping, references
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.terraform.plan_lines import Written

_EXPRESSION: Final = frozenset({"constant_value", "references"})

#: Never shown, whatever marks it: older providers and state files do not mark these.
SECRET: Final = frozenset({
    "auth_token", "master_password", "master_user_password", "password", "private_key", "private_key_pem", "secret",
    "secret_binary", "secret_key", "secret_string", "ses_smtp_password_v4",
})  # fmt: skip

# Nested blocks that providers never fill in themselves. Dynamic blocks are in no plan's configuration
# (hashicorp/terraform#28346), so these, open and without an expression, were written as dynamic blocks.
_DYNAMIC: Final = frozenset({
    "advanced_backup_setting", "condition", "copy_action", "lifecycle", "point_in_time_recovery", "rule",
    "selection_tag", "statement", "versioning_configuration",
})  # fmt: skip

# What names another resource. Documents and texts may hold a reference among other things; these are one.
_IDENTITY: Final = re.compile(
    r"(?:^|_)(?:arn|arns|id|ids|bucket|cluster|cluster_identifier|db|function_name|groups?|group_names?|key|role"
    r"|role_name|resources|server|subnets|table|topics?|vault|vault_name|alarm_actions|source_identifier|target_key"
    r"|security_groups|subnet_group_name|rule|user|endpoint)$"
)
_OWN: Final = frozenset({("aws_s3_bucket", "bucket"), ("aws_rds_cluster", "cluster_identifier"),
                         ("aws_docdb_cluster", "cluster_identifier"), ("aws_neptune_cluster", "cluster_identifier"),
                         ("aws_redshift_cluster", "cluster_identifier")})  # fmt: skip
_MANY: Final = re.compile(r"(?:ids|arns|groups|resources|subnets|topics|alarm_actions|names)$")

# Functions such as timestamp() are open in a plan although all that they are given is known; these attributes hold them.
_STAMPED: Final = re.compile(r"identifier$|name$|description$|prefix$|suffix$|^tags")

# aws_subnet.a[*].id, values(aws_subnet.a)[*].id and [for one in aws_subnet.a : one.id]
_ALL: Final = re.compile(
    r"(?:values\()?(aws_\w+\.[\w-]+)\)?\[\*\]\.(\w+)"
    r"|\[\s*for\s+(?:\w+\s*,\s*)?(\w+)\s+in\s+(aws_\w+\.[\w-]+)\s*:\s*\3\.(\w+)\s*\]"
)
_TRAVERSAL: Final = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+|\[[^\[\]]*\])+")


class Values:
    """The values of one planned resource, put together of what the plan says in several places."""

    def __init__(
        self, tree: Tree, module: Module | None, config: Mapping[str, Any], change: Mapping[str, Any], address: str
    ) -> None:
        self.tree = tree
        self.module = module
        self.config = config
        self.address = address
        self.type = str(config.get("type", ""))
        self.before = mapping(change.get("before"))
        self.updated = "update" in listing(change.get("actions"))
        self.after = change.get("after")
        self.unknown = change.get("after_unknown")
        self.sensitive = change.get("after_sensitive")
        self.key: Key = None
        #: the block itself, where the configuration is at hand
        self.written: Written | None = None

    def known(self) -> dict[str, Any]:
        """Give what is settled, without what may not be shown."""
        values = dict(mapping(self.after))
        hide(values, self.sensitive, self.address)
        return values

    def complete(self, values: dict[str, Any]) -> None:
        """Put what only applying settles in its place."""
        expressions = self.config.get("expressions")
        if self.unknown is True:
            for name in mapping(expressions):
                values[name] = self._open((name,), [])
            return
        # without its configuration nothing tells what was set: all that is open stays open
        bodies = [expressions] if isinstance(expressions, dict) else None
        self._fill(values, mapping(self.unknown), bodies, (), dynamic=bodies is None)

    def _fill(
        self, values: dict[str, Any], marks: Mapping[str, Any], bodies: Sequence[Any] | None, path: Path, *, dynamic: bool
    ) -> None:  # fmt: skip
        for name, mark in marks.items():
            if not mark:
                continue
            here = (*path, name)
            found = [body[name] for body in bodies or () if isinstance(body, dict) and name in body]
            if mark is True:
                value = self._whole(here, name, found, dynamic)
            else:
                value = self._inside(values.get(name), mark, found, here)
            if value is OPEN:
                values.pop(name, None)
            else:
                values[name] = value

    def _whole(self, path: Path, name: str, found: Sequence[Any], dynamic: bool) -> Any:  # noqa: FBT001
        if found:
            return self._given(path, name, found)
        if dynamic or name in _DYNAMIC:
            return self._open(path, [])
        if self.updated and len(path) == 1 and self.before.get(name) is not None:
            # not configured, and AWS holds a value that the change may keep
            return self._open(path, [])
        return OPEN

    def _inside(self, value: Any, mark: Any, found: Sequence[Any], path: Path) -> Any:
        """Fill in a value of which only parts are open."""
        if isinstance(mark, dict):
            known = dict(mapping(value))
            if any(_is_expression(one) for one in found):
                self._scatter(known, mark, found, path)
            else:
                self._fill(known, mark, found or None, path, dynamic=not found)
            return known
        if not isinstance(mark, list):
            return self._open(path, [one for one in found if isinstance(one, dict)])
        items = list(listing(value))
        items.extend([None] * (len(mark) - len(items)))
        if any(_is_expression(one) for one in found) or not found:
            self._scatter(items, mark, found, path)
            return items
        entries = [entry for one in found for entry in (one if isinstance(one, list) else [one])]
        for number, part in enumerate(mark):
            if not part:
                continue
            here = (*path, number)
            if not isinstance(part, dict):
                items[number] = self._open(here, [])
                continue
            known = dict(mapping(items[number]))
            bodies = _alike(entries, known, len(mark))
            self._fill(known, part, bodies, here, dynamic=len(mark) > len(entries))
            items[number] = known
        return items

    def _scatter(self, value: Any, mark: Any, found: Sequence[Any], path: Path) -> None:
        """Mark the open parts of a value that one expression gives, or that nothing tells of."""
        parts = enumerate(mark) if isinstance(mark, list) else mark.items()
        for step, part in parts:
            if not part:
                continue
            here = (*path, step)
            if isinstance(part, (dict, list)):
                inner = value[step] if isinstance(value, list) else value.get(step)
                copy: Any = dict(mapping(inner)) if isinstance(part, dict) else list(listing(inner))
                if isinstance(part, list):
                    copy.extend([None] * (len(part) - len(copy)))
                self._scatter(copy, part, found, here)
                value[step] = copy
            else:
                value[step] = self._open(here, [one for one in found if isinstance(one, dict)])

    def _given(self, path: Path, name: str, found: Sequence[Any]) -> Any:
        """Give the value of an attribute that is configured, and open."""
        expressions = [one for one in found if _is_expression(one)]
        if len(expressions) != 1 or len(found) != 1 or self.module is None:
            return self._open(path, expressions)
        expression = expressions[0]
        if "constant_value" in expression:
            # a constant that is open nevertheless: null, which is not set; anything else is the provider's doing
            return OPEN if expression["constant_value"] is None else self._open(path, expressions)
        names = references(expression)
        if self._identity(path, name):
            values = self._identities(path, names)
            if values is not None:
                return values if _MANY.search(name) and not isinstance(path[-1], int) else values[0]
        if names and all(one.startswith("var.") for one in names) and not _STAMPED.search(str(path[0])):
            # all of it is known while planning, so what is open is what was left to AWS: a variable that is null
            roots = {one.split(".")[1].split("[")[0] for one in names}
            if len(roots) == 1 and self.tree.follow(names[0], self.module) is None:
                return OPEN
        return self._open(path, expressions)

    def _identity(self, path: Path, name: str) -> bool:
        return bool(_IDENTITY.search(name)) and (len(path) > 1 or (self.type, name) not in _OWN)

    def _identities(self, path: Path, names: Sequence[str]) -> list[Any] | None:
        """Give what an attribute that names other resources refers to, if it is nothing but references."""
        many = bool(_MANY.search(str(path[-1])))
        text = self.written.text(path) if self.written is not None else None
        if text is not None:
            exact = self._traversals(text, many=many)
            if exact is None:
                return None
            names = exact
        if not names or (len(names) > 1 and not many) or self.module is None:
            return None
        values = [self.tree.follow(self._own(name), self.module) for name in names]
        flat = [part for one in values for part in (one if isinstance(one, list) and many else [one])]
        return flat if flat and all(isinstance(one, str) and one for one in flat) else None

    def _own(self, name: str) -> str:
        """Turn a reference to what a resource is made for each of into one to that very instance."""
        if name.startswith("each.value.") and isinstance(self.key, str):
            of = references(mapping(self.config.get("for_each_expression")))
            if len(of) == 1 and of[0].count(".") == 1 and not of[0].startswith(("var.", "local.", "module.")):
                return f'{of[0]}["{self.key}"].{name.removeprefix("each.value.")}'
        return name

    def _traversals(self, text: str, *, many: bool) -> list[str] | None:
        """Take an expression apart that is a reference, or a list of them; None if it is anything else."""
        text = text.strip()
        if many and self.module is not None and (all_of := _ALL.fullmatch(text)):
            name, attribute = (all_of[1], all_of[2]) if all_of[1] else (all_of[4], all_of[5])
            instances = self.tree.blocks.get((self.module.address, name), [])
            return [f"{name}{_bracketed(key)}.{attribute}" for key, _ in instances]
        parts = [text]
        if many and text[:1] == "[" and text[-1:] == "]":
            parts = [one.strip() for one in text[1:-1].split(",") if one.strip()]
        if not all(_TRAVERSAL.fullmatch(one) for one in parts):
            return None
        key = _bracketed(self.key)
        return [one.replace("[each.key]", key).replace("[count.index]", key) for one in parts]

    def _open(self, path: Path, expressions: Sequence[Mapping[str, Any]]) -> Unresolved:
        names = tuple(dict.fromkeys(name for one in expressions for name in references(one)))
        spot = self.written.spot(path) if self.written is not None else None
        if len(names) == 1:
            why = f"{names[0]} is known after apply"
        elif names:
            why = f"{', '.join(names[:4])}{', …' if len(names) > 4 else ''}: known after apply"
        else:
            why = f"{self.address}.{'.'.join(map(str, path))} is known after apply"
        return Unresolved(why, names, spot)


def hide(values: Any, marks: Any, path: str) -> None:
    """Replace what may not be shown, in place; a null is not set, and hides nothing."""
    if isinstance(values, dict):
        for name in values.keys() & SECRET:
            if values[name] is not None:
                values[name] = _hidden(f"{path}.{name}")
    if isinstance(marks, dict) and isinstance(values, dict):
        parts: Any = marks.items()
    elif isinstance(marks, list) and isinstance(values, list):
        parts = ((number, mark) for number, mark in enumerate(marks) if number < len(values))
    else:
        if marks is True and isinstance(values, dict):
            for name in values:
                values[name] = _hidden(f"{path}.{name}")
        return
    for step, mark in parts:
        value = values.get(step) if isinstance(values, dict) else values[step]
        if not mark or value is None or isinstance(value, Unresolved):
            continue
        if mark is True:
            values[step] = _hidden(f"{path}.{step}")
        elif isinstance(value, (dict, list)):
            copy: Any = dict(value) if isinstance(value, dict) else list(value)
            hide(copy, mark, f"{path}.{step}")
            values[step] = copy


def _hidden(name: str) -> Unresolved:
    return Unresolved(f"{name} is sensitive")


def _is_expression(node: Any) -> bool:
    return isinstance(node, dict) and node.keys() <= _EXPRESSION


def _alike(entries: Sequence[Any], known: Mapping[str, Any], count: int) -> list[Any]:
    """Give the nested blocks of the configuration that a planned one may come of.

    They stand in the order in which they were written, and the planned ones, where they are a set, in another.
    """
    if len(entries) == count == 1:
        return list(entries)
    return [one for one in entries if _agrees(one, known)] or list(entries)


def _agrees(entry: Any, known: Mapping[str, Any]) -> bool:
    for name, node in mapping(entry).items():
        if isinstance(node, dict) and "constant_value" in node:
            constant = node["constant_value"]
            if isinstance(constant, (str, int, float)) and str(known.get(name)).lower() != str(constant).lower():
                return False
    return True


def _bracketed(key: Key) -> str:
    if key is None:
        return ""
    return f'["{key}"]' if isinstance(key, str) else f"[{key}]"
