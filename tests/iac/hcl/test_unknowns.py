"""What the code does not settle: it never becomes a value, and no more becomes unsettled than must."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.hcl.evaluate import evaluate, settle, work
from scanner.iac.hcl.expressions import parse_expression, references
from scanner.iac.hcl.values import EvaluationError, JsonText, ListValue, Namespace, Object, Scope, SetValue, Tuple
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

U = Unresolved("var.u has no value (v.tf:1)", ("var.u",), Spot("v.tf", 1))
W = Unresolved("var.w has no value (v.tf:2)", ("var.w",), Spot("v.tf", 2))
D = Unresolved("var.d has no value (v.tf:3)", ("var.d",), None, (7, 30))


class Instance(Namespace):
    """One instance of a resource."""

    def __init__(self, name: str) -> None:
        self.name = name

    def attribute(self, name: str, spot: Spot | None) -> Any:
        if name == "id":
            return f"id-{self.name}"
        raise EvaluationError(f"it has no {name}", spot)

    def value(self, spot: Spot | None) -> Any:
        return Object(name=self.name)


class Many(Namespace):
    """A resource with instances."""

    def __init__(self, *keys: Any) -> None:
        self.keys = keys

    def pairs(self, spot: Spot | None) -> list[tuple[Any, Any]]:
        return [(key, Instance(str(key))) for key in self.keys]

    def index(self, key: Any, spot: Spot | None) -> Any:
        if key in self.keys:
            return Instance(str(key))
        raise EvaluationError("it has no such instance", spot)


KNOWN: dict[str, Any] = {
    "u": U,
    "w": W,
    "d": D,
    "m": Object(a=1, b=2),
    "same": Object(a=5, b=5),
    "half": Object(a=1, b=U),
    "list": ListValue([1, U]),
    "set": SetValue(["a", U]),
    "single": SetValue([U]),
    "one": Instance("one"),
    "counted": Many(0, 1),
    "keyed": Many("x", "y"),
    "off": Many(),
}


class Names(Scope):
    def get(self, name: str) -> Any:
        return KNOWN[name] if name in KNOWN else super().get(name)


def value_of(source: str, **how: Any) -> Any:
    return evaluate(parse_expression(source, Spot("m.tf", 4, 5)), Names(), **how)


def plain(value: Any) -> Any:
    """Show unresolved values as their choices, or as `?`."""
    if isinstance(value, Unresolved):
        return ("choices", *value.choices) if value.choices else "?"
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("u", "?"),
        ("u + 1", "?"),
        ("-u", "?"),
        ("!u", "?"),
        ("u == 1", "?"),
        ("u == u", "?"),
        ("u == null", "?"),
        ("u.a.b", "?"),
        ("u[0]", "?"),
        ("u[*].id", "?"),
        ("nowhere.x", "?"),
        ('"a${u}b"', "?"),
        ("[u, 1]", ["?", 1]),
        ("{ a = u, b = 1 }", {"a": "?", "b": 1}),
        ("{ (u) = 1 }", "?"),
        ("[u, 1][1]", 1),
        ("half.a", 1),
        ("half.b", "?"),
        ("half == { a = 2, b = 1 }", False),
        ("half == { a = 1, b = 1 }", "?"),
        ("[u] == [1, 2]", False),
        ("u ? 1 : 2", ("choices", 1, 2)),
        ("u ? 1 : 1", 1),
        ('u ? 1 : "1"', "1"),
        ("u ? [1] : [1]", [1]),
        ("u ? w : 1", "?"),
        ("u ? (w ? 1 : 2) : 3", ("choices", 1, 2, 3)),
        ("(u ? 7 : 30) + 1", ("choices", 8, 31)),
        ("(u ? 7 : 30) > 5", True),
        ("(u ? 7 : 30) > 7", ("choices", False, True)),
        ("max(u ? 7 : 30, 14)", ("choices", 14, 30)),
        ('"${u ? 7 : 30} days"', ("choices", "7 days", "30 days")),
        ("d > 5 ? 1 : 2", 1),
        ("m[u]", ("choices", 1, 2)),
        ("same[u]", 5),
        ("{ a = 7 }[d]", "?"),
        ("[5, 6][d]", "?"),
        ("u && false", False),
        ("false && u", False),
        ("u && true", "?"),
        ("true && u", "?"),
        ("true || u", True),
        ("u || true", True),
        ("u || false", "?"),
        ("true ? 1 : u", 1),
        ("false ? u : 2", 2),
        ("try(u.x, 1)", "?"),
        ("try(m.z, u)", "?"),
        ("try(m.z, 1)", 1),
        ("can(u.x)", "?"),
        ("can(m.z)", False),
        ("length([u, 1])", 2),
        ("length(u)", "?"),
        ("upper(u)", "?"),
        ("upper(half.b)", "?"),
        ("merge({ a = 1 }, { b = u })", {"a": 1, "b": "?"}),
        ("max(u...)", "?"),
        ("[for x in [u, 1] : x]", ["?", 1]),
        ("[for x in u : x]", "?"),
        ("[for x in [1, 2] : x if u]", "?"),
        ("{ for x in [u] : x => 1 }", "?"),
        ("{ for x in ['a'] : x => 1 }", "?"),
        ("[for x in list : x]", [1, "?"]),
        ("[for x in set : x]", "?"),
        ("[for x in single : x]", ["?"]),
        ("set[*]", "?"),
        ("foo(1)", "?"),
        ("provider::aws::arn_parse(1)", "?"),
        ("m.z", "?"),
        ("1 +", "?"),
        ("one.id", "id-one"),
        ("one.id == null", False),
        ("one == null", False),
        ("one", {"name": "one"}),
        ("one[*].id", ["id-one"]),
        ("[one][0].id", "id-one"),
        ("{ a = one }.a.id", "id-one"),
        ("counted[1].id", "id-1"),
        ("counted[2].id", "?"),
        ("try(counted[2].id, 3)", 3),
        ("counted[*].id", ["id-0", "id-1"]),
        ("counted.*.id", ["id-0", "id-1"]),
        ("off[*].id", []),
        ("length(counted)", 2),
        ('keyed["x"].id', "id-x"),
        ("[for k, v in keyed : v.id]", ["id-x", "id-y"]),
        ("{ for k, v in keyed : k => v.id }", {"x": "id-x", "y": "id-y"}),
        ("values(keyed)[*].id", ["id-x", "id-y"]),
        ("keys(keyed)", ["x", "y"]),
        ("keyed", {"x": {"name": "x"}, "y": {"name": "y"}}),
        ("(u ? counted : counted)[0].id", "?"),
    ],
)
def test_an_operation_on_what_is_not_settled(source: str, expected: Any) -> None:
    found = plain(value_of(source))
    assert found == expected
    assert type(found) is type(expected)


def test_why_and_names_are_kept() -> None:
    found = value_of("u + w + 1")
    assert (found.why, found.refs) == ("var.u has no value (v.tf:1)", ("var.u", "var.w"))


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("m.z + 1", "m.z + 1: there is no attribute z"),
        ("[1][3]", "[1][3]: there is no element 3 in a list of 1"),
        ('"a" * 2', '"a" * 2: a number is needed, and this text is none'),
        ("foo(1)", "function foo is not known"),
        ("provider::a::b(1)", "function provider::a::b is a function of a provider, and no provider is run"),
        ("1 +", "1 +: expected a value, the expression ends here"),
        ("null.x", "null.x: null has no attributes or elements to name"),
        ("nowhere.x", "nowhere is not known here"),
    ],
)
def test_a_mistake_is_an_unresolved_value_that_says_so(source: str, why: str) -> None:
    found = value_of(source)
    assert isinstance(found, Unresolved)
    assert found.why == why
    assert found.spot is None or found.spot.line == 4


@pytest.mark.parametrize(
    "source",
    [
        "jsonencode({ Resource = u, Days = 7 })",
        '"{\\"Resource\\": \\"${u}\\", \\"Days\\": 7}"',
        '"{\\"Resource\\": \\"arn:${u}/*\\", \\"Days\\": 7}"',
        '"{\\"Resource\\": ${u}, \\"Days\\": 7}"',
        '<<EOT\n{"Resource": "${u}",\n "Days": 7}\nEOT\n',
    ],
)
def test_a_document_with_an_unsettled_leaf_keeps_the_rest(source: str) -> None:
    found = value_of(source)
    assert isinstance(found, JsonText)
    assert isinstance(found.document["Resource"], Unresolved)
    assert found.document["Days"] == 7
    assert found.refs == ("var.u",)


@pytest.mark.parametrize("source", ['"{\\"${u}\\": 1}"', '"{${u}}"', '"[${u}"', '"x ${u}"'])
def test_what_is_no_document_is_only_unsettled(source: str) -> None:
    found = value_of(source)
    assert isinstance(found, Unresolved)
    assert not isinstance(found, JsonText)


def test_a_whole_resource_stays_one_until_it_is_settled() -> None:
    found = value_of("{ a = one }", settled=False)
    assert isinstance(found["a"], Instance)
    assert settle(found, None) == {"a": {"name": "one"}}


def test_working_out_raises_and_evaluating_does_not() -> None:
    with pytest.raises(EvaluationError, match="there is no attribute z"):
        work(parse_expression("m.z", Spot("m.tf", 1)), Names())


def test_a_chain_that_is_too_long_is_not_settled() -> None:
    assert isinstance(value_of(" + ".join(["1"] * 20_000)), Unresolved)


def test_sets_are_unique_and_ordered() -> None:
    assert SetValue(["b", "a", "b"]) == ["a", "b"]
    assert [one for one in SetValue([1, True, "1", 1.0]) if one is not True] == [1, "1"]
    assert len(SetValue([U, W, "a"])) == 3


def test_references_leave_out_what_is_bound_inside() -> None:
    source = '[for k, v in var.x : "${k}-${v.y}-${local.z[0].a}" if data.a.b.c[v] != each.key]'
    found = references(parse_expression(source, Spot("m.tf", 1)))
    assert [one.name for one in found] == ["var.x", "local.z[0].a", "data.a.b.c", "each.key"]


def test_kinds_of_collections_show_in_the_class() -> None:
    assert type(value_of("[1]", settled=False)) is Tuple
    assert type(value_of("{ a = 1 }")) is Object
