"""Targets: one for each thing that the readers read, with what fuzzing begins with and how it is harmed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import yaml

from tools.fuzz import anything, seeds
from tools.fuzz.mutations import harm, harm_bytes, harm_tree

Fresh = Callable[[Random], bytes]


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed: one file that is read by itself, or beside others."""

    name: str
    #: what the file is called where it is read
    file: str
    begins: Callable[[], list[bytes]]
    #: what else lies there
    beside: Callable[[], Mapping[str, bytes]] = dict
    #: it is JSON, and harmed as a tree
    tree: bool = False
    #: something that is made from nothing
    fresh: Fresh | None = None

    def harmed(self, data: bytes, random: Random) -> bytes:
        """Give what becomes of an input."""
        what = random.random()
        if self.fresh is not None and what < 0.15:
            return self.fresh(random)
        if what > 0.95:
            return harm_bytes(data, random)
        times = random.choice((1, 1, 1, 2, 3, 6))
        if self.tree and what < 0.85:
            tree = _parsed(data)
            if tree is not None:
                return json.dumps(_harmed_tree(tree, random, times)).encode()
        return harm(data.decode("utf-8", "surrogateescape"), random, times).encode("utf-8", "surrogatepass")


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _harmed_tree(tree: Any, random: Random, times: int) -> Any:
    """Harm a tree, or one that is written as a text within it, as the contexts of a change set are."""
    changes = tree.get("Changes") if isinstance(tree, dict) else None
    contexts = [
        each
        for one in (changes if isinstance(changes, list) else ())
        if isinstance(one, dict) and isinstance(each := one.get("ResourceChange"), dict)
        if isinstance(each.get("AfterContext"), str)
    ]
    if contexts and random.random() < 0.5:
        chosen = random.choice(contexts)
        inner = _parsed(chosen["AfterContext"].encode("utf-8", "surrogatepass"))
        chosen["AfterContext"] = json.dumps(harm_tree(inner, random, times))
        return tree
    return harm_tree(tree, random, times)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _any_template(random: Random) -> Any:
    return anything.root(random, template=True)


def _yaml(value: Any, random: Random) -> bytes:
    flow = random.choice((True, False, None))
    return yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow).encode("utf-8", "surrogatepass")


def _modules() -> Mapping[str, bytes]:
    return {name: data for name, data in seeds.hcl().items() if "/" in name}


def _any_plan(random: Random) -> bytes:
    return _json(seeds.plan_of(anything.root(random, template=False)))


def _any_state(random: Random) -> bytes:
    return _json(seeds.state_of(seeds.plan_of(anything.root(random, template=False))))


TARGETS = {
    one.name: one
    for one in (
        Target(
            "hcl", "main.tf",
            lambda: [seeds.bad_hcl(), *(data for name, data in seeds.hcl().items() if "/" not in name)], _modules,
        ),
        Target(
            "tf-json", "main.tf.json", lambda: [_json(seeds.hcl_tree())], tree=True,
            fresh=lambda random: _json(anything.root(random, template=False)),
        ),
        Target("plan", "plan.json", lambda: [_json(seeds.plan())], tree=True, fresh=_any_plan),
        Target("state", "x.tfstate", lambda: [_json(seeds.state())], tree=True, fresh=_any_state),
        Target(
            "template-yaml", "t.yaml", lambda: [*seeds.templates().values()],
            fresh=lambda random: _yaml(_any_template(random), random),
        ),
        Target(
            "template-json", "t.json", lambda: [_json(seeds.template_tree())], tree=True,
            fresh=lambda random: _json(_any_template(random)),
        ),
        Target(
            "change-set", "c.json", lambda: [_json(seeds.change_set())], tree=True,
            fresh=lambda random: _json(seeds.change_set_of(_any_template(random))),
        ),
    )
}  # fmt: skip
