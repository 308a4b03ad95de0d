"""The law of plans: what becomes known only after apply becomes unresolved at that very path, and nothing else changes."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scanner.iac.block import plain
from scanner.iac.terraform import plan as plans
from scanner.model.unresolved import Unresolved
from tests.iac.plan.plans import change, configured, constant, plan, refers

SCALARS = st.booleans() | st.integers(-5, 40) | st.text("abc", max_size=4)
NAMES = st.sampled_from(["retention", "engine", "window", "size", "policy", "tags"])
BLOCKS = st.dictionaries(st.sampled_from(["days", "vault", "copy"]), SCALARS, min_size=1)
AFTER = st.dictionaries(NAMES, SCALARS | st.lists(BLOCKS, min_size=1, max_size=3) | st.dictionaries(st.sampled_from("xyz"), SCALARS, min_size=1), min_size=1)  # fmt: skip


def leaves(value: Any, path: Any = ()) -> Any:
    if isinstance(value, dict):
        return [leaf for key, one in value.items() for leaf in leaves(one, (*path, key))]
    if isinstance(value, list):
        return [leaf for key, one in enumerate(value) for leaf in leaves(one, (*path, key))]
    return [path]


def expressions(value: Any) -> Any:
    """Give what the configuration says of written values: nested blocks one by one, everything else as one expression."""
    if isinstance(value, list):
        return [{key: constant(one) for key, one in block.items()} for block in value]
    return constant(value)


def marked(value: Any, path: Any, mark: Any) -> Any:
    """Give marks that lie like a value, with one at a path."""
    if not path:
        return mark
    if isinstance(value, list):
        return [marked(one, path[1:], mark) if number == path[0] else {} for number, one in enumerate(value)]
    return {path[0]: marked(value[path[0]], path[1:], mark)}


def without(value: Any, path: Any) -> Any:
    value = copy.deepcopy(value)
    here = value
    for step in path[:-1]:
        here = here[step]
    del here[path[-1]]
    return value


def loaded(directory: Any, after: Any, unknown: Any, written: Any) -> Any:
    file = directory / "plan.json"
    file.write_text(json.dumps(plan([change("aws_a.a", after, unknown)], [configured("aws_a.a", written)])))
    (block,) = plans.load(directory, file)
    return plain(block.values)


@given(data=st.data(), after=AFTER)
def test_losing_a_value_opens_it_and_nothing_else(tmp_path_factory: Any, data: Any, after: Any) -> None:
    directory = tmp_path_factory.getbasetemp()
    path = data.draw(st.sampled_from(leaves(after)))
    written = {name: expressions(value) for name, value in after.items()}
    whole = loaded(directory, after, {}, written)
    assert whole == after
    if isinstance(after[path[0]], list):
        written[path[0]][path[1]][path[2]] = refers("random_id.r.hex", "random_id.r")
    else:
        written[path[0]] = refers("random_id.r.hex", "random_id.r")
    found = loaded(directory, without(after, path), marked(after, path, True), written)
    here = found
    for step in path[:-1]:
        here = here[step]
    assert isinstance(here[path[-1]], Unresolved)
    assert without(found, path) == without(after, path)


@given(data=st.data(), after=AFTER)
def test_what_is_sensitive_is_hidden_and_nothing_else(tmp_path_factory: Any, data: Any, after: Any) -> None:
    directory = tmp_path_factory.getbasetemp()
    path = data.draw(st.sampled_from(leaves(after)))
    file = directory / "plan.json"
    document = plan([change("aws_a.a", after, {}, sensitive=marked(after, path, True))], [configured("aws_a.a", {})])
    file.write_text(json.dumps(document))
    (block,) = plans.load(directory, file)
    here = plain(block.values)
    for step in path[:-1]:
        here = here[step]
    assert isinstance(here[path[-1]], Unresolved)
    assert without(plain(block.values), path) == without(after, path)
