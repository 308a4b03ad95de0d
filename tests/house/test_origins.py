"""Every live origin is checked against botocore's own models: operations, parameters, paths, permissions, reads only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import jmespath
import pytest
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from policy_sentry.querying.actions import get_action_data

from scanner.model.fact import Fact
from scanner.model.origin import Call, Listing, Of, SideList
from scanner.model.resource import Resource
from scanner.plan import permission_of, plan_facts
from scanner.resources import kinds

KINDS = [kind for kind in kinds().values() if not kind.in_code]
FACTS = [fact for kind in KINDS for fact in kind.facts.values()]
LIVE = [fact for fact in FACTS if fact.live is not None]
PLAN = plan_facts(FACTS)
SESSION = botocore.session.get_session()


@cache
def model(call_service: str, operation: str) -> OperationModel:
    return SESSION.get_service_model(call_service).operation_model(operation)


def output(call: Call) -> Shape:
    shape = model(call.service, call.operation).output_shape
    assert shape is not None
    return shape


def element(listing: Listing | SideList) -> Shape | None:
    assert listing.call is not None
    if isinstance(listing, Listing) and listing.parse is not None:
        return None  # what a converter makes of a text has no shape in botocore
    expression = jmespath.compile(listing.items).parsed
    if isinstance(listing, Listing) and [one["type"] for one in expression["children"]] == ["flatten", "identity"]:
        (chosen,) = expression["children"][0]["children"]
        if chosen["type"] == "multi_select_list":
            return only(listing, [member(walk(each, output(listing.call))) for each in chosen["children"]])
    found = walk(expression, output(listing.call))
    assert found is not None
    return found


def only(listing: Listing, shapes: list[Shape | None]) -> Shape:
    """Of several lists in one answer, give the one whose items the listing's `where` keeps."""
    assert re.fullmatch(r"\w+", listing.where), f"{listing.where!r} is no field that one list alone has"
    (found,) = [one for one in shapes if isinstance(one, StructureShape) and listing.where in one.members]
    return found


def walk(node: Any, shape: Shape | None) -> Shape | None:
    """Give the shape that a JMESPath expression yields; fail where the model has no such member."""
    if shape is None:
        return None
    kind, children = node["type"], node.get("children", [])
    if kind in ("identity", "current"):
        return shape
    if kind == "field":
        if isinstance(shape, MapShape):
            return shape.value
        assert isinstance(shape, StructureShape), f"{node['value']}: {shape.name} has no members"
        assert node["value"] in shape.members, f"{shape.name} has no {node['value']}; it has {list(shape.members)}"
        return shape.members[node["value"]]
    if kind == "subexpression":
        for child in children:
            shape = walk(child, shape)
        return shape
    if kind in ("projection", "filter_projection"):
        inner = walk(children[0], shape)
        if isinstance(inner, ListShape):
            inner = inner.member
        if kind == "filter_projection":
            walk(children[2], inner)
        return walk(children[1], inner)
    if kind == "value_projection":
        inner = walk(children[0], shape)
        assert isinstance(inner, MapShape)
        return walk(children[1], inner.value)
    if kind == "flatten":
        inner = walk(children[0], shape)
        assert isinstance(inner, ListShape), f"{inner} is no list"
        return inner
    if kind == "index_expression":
        for child in children:
            shape = walk(child, shape)
        return shape
    if kind in ("index", "slice"):
        assert isinstance(shape, ListShape), f"{shape.name} is no list"
        return shape.member if kind == "index" else shape
    if kind in ("comparator", "and_expression", "or_expression", "not_expression", "function_expression", "pipe",
                "expref", "multi_select_list", "multi_select_dict", "key_val_pair"):  # fmt: skip
        for child in children:
            walk(child, shape)
        return None
    assert kind == "literal", f"unknown JMESPath node {kind}"
    return None


def member(shape: Shape | None) -> Shape | None:
    return shape.member if isinstance(shape, ListShape) else shape


@pytest.mark.parametrize("fact", LIVE, ids=lambda fact: fact.key)
def test_every_path_exists_in_the_answer(fact: Fact[Any]) -> None:
    live = fact.live
    assert live is not None
    listing = fact.owner.listed_by
    assert listing is not None, f"{fact.owner.kind} is never listed"
    if live.side is not None:
        shape = member(element(live.side))
        walk(jmespath.compile(live.side.key).parsed, shape)
        if live.path == "entries" or live.path.startswith("entries"):
            return
    elif live.call is not None:
        shape = output(live.call)
    elif listing.call is None:
        return
    else:
        shape = member(element(listing))
    walk(jmespath.compile(live.path).parsed, shape)


@pytest.mark.parametrize("call", PLAN.calls, ids=lambda call: call.name)
def test_every_operation_is_a_read_with_real_parameters(call: Call) -> None:
    assert re.match(r"(Get|List|Describe|Lookup|BatchGet|Search|Generate)", call.operation), f"{call.name} is no read"
    shape = model(call.service, call.operation).input_shape
    members: dict[str, Shape] = dict(shape.members) if shape is not None else {}
    given = {name for name, _ in call.parameters}
    assert given <= set(members), f"{call.name} has no {given - set(members)}"
    assert set(shape.required_members if shape is not None else ()) <= given, f"{call.name} lacks parameters"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_kind_is_whole(kind: type[Resource]) -> None:
    listing = kind.listed_by
    assert listing is not None
    assert kind.title
    assert kind.__doc__
    assert listing.id
    if listing.call is not None:
        shape = member(element(listing))
        fields = set(re.findall(r"{(\w+)}", listing.id + listing.name))
        fields -= {"account", "region", "partition", "item", "parent", "parent_id"}
        if isinstance(shape, StructureShape):
            assert fields <= set(shape.members), f"{shape.name} has no {fields - set(shape.members)}"
        if listing.where:
            walk(jmespath.compile(listing.where).parsed, shape)
    for fact in kind.facts.values():
        assert fact.live is not None or fact.by is not None, f"{fact.key} is kept nowhere"
        assert fact.promise.endswith("."), f"{fact.key}: {fact.promise!r}"
    for call, line in _calls(kind):
        for _, value in call.parameters:
            if isinstance(value, Of):
                owner = line[value.up]
                assert owner is not None
                assert owner.listed_by is not None
                if owner.listed_by.call is not None:
                    walk(jmespath.compile(value.path).parsed, member(element(owner.listed_by)))


def _calls(kind: type[Resource]) -> Iterator[tuple[Call, list[type[Resource] | None]]]:
    line: list[type[Resource] | None] = [kind]
    above = kind.child_of
    while above is not None:
        line.append(above)
        above = above.child_of
    for fact in kind.facts.values():
        if fact.live is not None and fact.live.call is not None:
            yield fact.live.call, line
    if kind.child_of is not None and kind.listed_by is not None and kind.listed_by.call is not None:
        yield kind.listed_by.call, line


@pytest.mark.parametrize("call", PLAN.calls, ids=lambda call: call.name)
def test_every_permission_is_real(call: Call) -> None:
    service, action = permission_of(call).split(":")
    if service == "sts":
        return
    found = get_action_data(service, action)
    assert found, f"IAM knows no {service}:{action}"
    levels = {one["access_level"] for one in found[service]}
    assert levels <= {"Read", "List"}, f"{service}:{action} is {levels}: a scan never writes"
