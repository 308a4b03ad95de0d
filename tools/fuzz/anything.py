"""Anything: blocks of every type that the product knows, whose attributes have the right names and any value at all."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any, Final

from scanner.iac.forms.index import MODULES
from tools.fuzz.mutations import VALUES

_WORD: Final = re.compile(r"""["'](\^?\.?[A-Za-z_][A-Za-z0-9_.]*)["']""")
_PLAUSIBLE: Final[tuple[Any, ...]] = (
    "arn:aws:kms:eu-west-1:111122223333:key/x", "arn:aws:sns:eu-west-1:111122223333:t", "cron(0 2 * * ? *)", "rate(1 day)",
    "02:00-03:00", "sun:02:00-sun:03:00", "Enabled", "aws:kms", "ALL", "postgres", "aurora-mysql", "10.0.0.0/16", "0.0.0.0/0",
    "2026-11-24T12:00:00Z", 35, 443, "443", "30 days", "alias/x", "eu-west-1", "eu-west-1a", "111122223333",
    '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}', '{"Statement": 7}', "[]", "{",
    {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": {"AWS": 7}, "NotAction": ["s3:Get*"]}},
)  # fmt: skip


@cache
def _modules() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Give the types of each module of forms, with the words that stand in its text: the names of attributes are there."""
    found = []
    for name, entry in MODULES.items():
        spec = find_spec(f"scanner.iac.forms.{name}")
        assert spec is not None
        assert spec.origin is not None
        file = Path(spec.origin)
        texts = [file, *(file.parent.glob("*.py") if "." in name else ())]
        words = sorted({word for one in texts for word in _WORD.findall(one.read_text("utf-8"))})
        found.append(((*entry.types, *entry.satellites), tuple(words)))
    return tuple(found)


def root(random: Random, *, template: bool) -> Any:
    """Give a template, or a root of Terraform in JSON, in which some blocks of a few modules refer to each other."""
    chosen = random.sample(_modules(), random.randint(1, 4))
    blocks: dict[str, tuple[str, dict[str, Any]]] = {}
    for types, words in chosen:
        mine = [one for one in types if ("::" in one) is template]
        for _ in range(random.randint(1, 4) if mine else 0):
            kind = random.choice(mine)
            fitting = [one for one in words if one[:1].isupper() is template] or list(words)
            blocks[f"B{len(blocks)}"] = kind, _block(random, fitting)
    if template:
        resources = {name: {"Type": kind, "Properties": values} for name, (kind, values) in blocks.items()}
        return {"Resources": _referring(resources, random, [*blocks], template=True)}
    resources = {}
    for name, (kind, values) in blocks.items():
        resources.setdefault(kind, {})[name] = values
    named = [f"{kind}.{name}" for name, (kind, _) in blocks.items()]
    return {"resource": _referring(resources, random, named, template=False)}


def _block(random: Random, words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in random.sample(words, min(len(words), random.randint(1, 12))):
        steps = [one for one in path.split(".") if one and one != "^"]
        here = found
        for step in steps[:-1]:
            inner = here.setdefault(step, {})
            here = inner if isinstance(inner, dict) else here
        if steps:
            here[steps[-1]] = _value(random, words, 0)
    return found


def _value(random: Random, words: list[str], depth: int) -> Any:
    what = random.random()
    if depth > 4 or what < 0.35:
        return deepcopy(random.choice(_PLAUSIBLE))
    if what < 0.55:
        return deepcopy(random.choice(VALUES))
    if what < 0.6:
        return "<ref>"
    if what < 0.8:
        some = random.sample(words, min(len(words), random.randint(0, 4)))
        return {one.rpartition(".")[2] or one: _value(random, words, depth + 1) for one in some}
    return [_value(random, words, depth + 1) for _ in range(random.randint(0, 3))]


def _referring(value: Any, random: Random, names: list[str], *, template: bool) -> Any:
    """Put references to the blocks where they are wanted."""
    if value == "<ref>" and names:
        name, attribute = random.choice(names), random.choice(("arn", "id", "name"))
        if not template:
            return f"${{{name}.{attribute}}}"
        return random.choice(({"Ref": name}, {"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": f"x-${{{name}}}"}))
    if isinstance(value, dict):
        return {key: _referring(one, random, names, template=template) for key, one in value.items()}
    if isinstance(value, list):
        return [_referring(one, random, names, template=template) for one in value]
    return value
