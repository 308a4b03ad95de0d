"""Whatever is done to the examples, and whatever tree stands in their place: the law of the readers holds."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.fuzz import seeds
from tools.fuzz.law import hold
from tools.fuzz.mutations import VALUES, harm, harm_bytes, harm_tree

#: how often each law is tried; a night may have more
TIMES = int(os.environ.get("BACKUP_SCAN_FUZZ", "1"))
SEEDS = st.integers(0, 2**32 - 1).map(Random)
HARMS = st.sampled_from((1, 1, 1, 2, 3, 6))


def law(examples: int) -> settings:
    return settings(
        max_examples=examples * TIMES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=True,
    )


def holds(files: dict[str, bytes], named: str = ".") -> None:
    with tempfile.TemporaryDirectory() as directory:
        hold(Path(directory), files, named)


@given(SEEDS, HARMS)
@law(25)
def test_terraform_that_is_harmed(random: Random, times: int) -> None:
    files = dict(seeds.hcl())
    name = random.choice(sorted(files))
    files[name] = harm(files[name].decode(), random, times).encode("utf-8", "surrogatepass")
    holds(files)


@given(SEEDS, HARMS)
@law(25)
def test_failing_terraform_that_is_harmed(random: Random, times: int) -> None:
    text = harm(seeds.bad_hcl().decode(), random, times)
    holds({"main.tf": text.encode("utf-8", "surrogatepass")})


@given(SEEDS, HARMS)
@law(25)
def test_templates_that_are_harmed(random: Random, times: int) -> None:
    name = random.choice(sorted(seeds.templates()))
    text = harm(seeds.templates()[name].decode(), random, times)
    holds({name: text.encode("utf-8", "surrogatepass")}, random.choice((".", name)))


@given(SEEDS)
@law(15)
def test_bytes_that_are_harmed(random: Random) -> None:
    named = {
        **{f"t/{name}": data for name, data in seeds.templates().items()},
        "main.tf": seeds.bad_hcl(),
        "plan.json": json.dumps(seeds.plan()).encode(),
        "x.tfstate": json.dumps(seeds.state()).encode(),
    }
    name = random.choice(sorted(named))
    holds({name: harm_bytes(named[name], random)}, name)


TREES = {
    "plan.json": seeds.plan,
    "x.tfstate": seeds.state,
    "t.json": seeds.template_tree,
    "c.json": seeds.change_set,
}


@given(SEEDS, st.sampled_from(sorted(TREES)), HARMS)
@law(50)
def test_trees_that_are_harmed(random: Random, name: str, times: int) -> None:
    tree = harm_tree(TREES[name](), random, times)
    holds({name: json.dumps(tree).encode()}, name)


@given(SEEDS, HARMS)
@law(20)
def test_contexts_of_changes_that_are_harmed(random: Random, times: int) -> None:
    tree = harm_tree(seeds.change_set(), random, 0)
    change = random.choice(tree["Changes"])["ResourceChange"]
    change["AfterContext"] = json.dumps(harm_tree(json.loads(change["AfterContext"]), random, times))
    holds({"c.json": json.dumps(tree).encode()}, "c.json")


@given(SEEDS, HARMS)
@law(20)
def test_terraform_in_json_that_is_harmed(random: Random, times: int) -> None:
    blocks: dict[str, Any] = {}
    for one in seeds.plan()["resource_changes"]:
        if one["change"]["after"]:
            blocks.setdefault(one["type"], {})[one["name"]] = one["change"]["after"]
    holds({"main.tf.json": json.dumps(harm_tree({"resource": blocks}, random, times)).encode()})


@given(SEEDS, HARMS)
@law(15)
def test_yaml_of_any_tree(random: Random, times: int) -> None:
    tree = harm_tree(seeds.template_tree(), random, times)
    text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=random.choice((True, False, None)))
    holds({"t.yaml": text.encode("utf-8", "surrogatepass")}, "t.yaml")


JSON = st.recursive(
    st.sampled_from([one for one in VALUES if not isinstance(one, (dict, list))]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["Resources", "Type", "Properties", "resource_changes", "change", "after", "configuration", "x",
                         "format_version", "version", "resources", "instances", "attributes", "Changes", "ChangeSetName"]),
        inner, max_size=4,
    ),
    max_leaves=15,
)  # fmt: skip
HEADS: dict[str, dict[str, Any]] = {
    "plan.json": {"format_version": "1.2", "resource_changes": []},
    "x.tfstate": {"version": 4, "lineage": "x", "serial": 1, "terraform_version": "1"},
    "t.json": {"AWSTemplateFormatVersion": "2010-09-09"},
    "c.json": {"ChangeSetName": "c", "Changes": []},
}


@given(
    st.sampled_from(sorted(HEADS)),
    st.dictionaries(
        st.sampled_from(
            [
                "resources",
                "resource_changes",
                "Resources",
                "Changes",
                "values",
                "configuration",
                "variables",
                "Parameters",
                "Conditions",
                "Mappings",
                "Outputs",
                "Transform",
            ]
        ),
        JSON,
        max_size=4,
    ),
)
@law(40)
def test_any_tree(name: str, tree: dict[str, Any]) -> None:
    holds({name: json.dumps({**HEADS[name], **tree}).encode()}, name)
