"""Working values out ends: what takes too long is not settled, what is beside it is, and `try` does not hide it."""

from __future__ import annotations

import tracemalloc
from functools import partial
from typing import Any

import pytest

from scanner.iac.block import plain
from scanner.iac.hcl.evaluate import evaluate
from scanner.iac.hcl.expressions import parse_expression
from scanner.iac.hcl.meter import STEPS, Meter
from scanner.iac.hcl.values import Namespace, Object, Scope, Tuple
from scanner.iac.hcl.working import settle
from scanner.iac.terraform import loader
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved, unresolved_in
from tests.iac.terraform.repository import Repository

THOUSAND = "range(1000)"
LOOPS = f"[for a in {THOUSAND} : [for b in {THOUSAND} : [for c in {THOUSAND} : a + b + c]]]"
OPEN = Unresolved("it is open")


def doubled(times: int, leaf: Any) -> Any:
    value = leaf
    for _ in range(times):
        value = Tuple([value, value])
    return value


def chain(name: str, first: str, then: str, times: int) -> str:
    """Write locals each of which is made of the one before, `{}`."""
    links = "".join(f"  {name}{at + 1} = {then.replace('{}', f'local.{name}{at}')}\n" for at in range(times))
    return f"locals {{\n  {name}0 = {first}\n{links}}}\n"


@pytest.mark.parametrize("leaf", [1, OPEN, Tuple([OPEN, 1])])
def test_looking_for_what_is_open_is_linear_in_what_there_is(leaf: Any) -> None:
    found = unresolved_in(doubled(64, leaf))
    assert found is (None if isinstance(leaf, int) else OPEN)


def test_the_first_that_is_open_is_found_in_order() -> None:
    first, second = Unresolved("first"), Unresolved("second")
    assert unresolved_in({"a": (1, {"b": [first]}), "c": second}) is first
    assert unresolved_in(frozenset()) is None


class _Whole(Namespace):
    __slots__ = ("asked",)

    def __init__(self) -> None:
        self.asked = 0

    def value(self, spot: Spot | None) -> Any:
        self.asked += 1
        return Object(x=1)


def test_settling_is_linear_and_changes_only_what_holds_a_namespace() -> None:
    whole = _Whole()
    same = Tuple([Object(a=1)])
    found = settle(Tuple([same, doubled(64, whole)]), None)
    assert found[0] is same
    assert whole.asked == 1
    while isinstance(found, Tuple):
        found = found[-1]
    assert found == {"x": 1}


@pytest.mark.parametrize(
    "expression",
    [
        LOOPS,
        f"try({LOOPS}, 30)",
        f"{{for a in {THOUSAND} : tostring(a) => {{for b in {THOUSAND} : tostring(b) => b}}}}",
        f'join("", [for a in {THOUSAND} : join("", [for b in {THOUSAND} : "0123456789abcdef0123456789abcdef"])])',
        f'"%{{ for a in {THOUSAND} }}%{{ for b in {THOUSAND} }}0123456789%{{ endfor }}%{{ endfor }}"',
        "[for a in range(1000) : setproduct(range(100), range(100))]",
        "[for a in range(1000) : jsonencode(local.wide)]",
        '[for a in range(1000) : format("%1000000d", a)]',
        "[for a in range(1000) : merge(local.map, {b = a})]",
        "[for a in range(1000) : local.wide == local.wide]",
        "local.d18 == local.d18 ? 30 : 31",
        "toset([local.d17, local.d17])",
        'var.open ? local.d18 : [local.d18, "x"]',
        "jsonencode(local.d18)",
        "flatten(local.d18)",
    ],
)
def test_what_takes_too_long_is_not_settled(repository: Repository, expression: str) -> None:
    head = (
        chain("d", "[1]", "[{}, {}]", 18)
        + "locals {\n  wide = [for a in range(400) : [for b in range(100) : b]]\n"
        + '  map = {for a in range(1000) : "k${a}" => a}\n}\nvariable "open" {\n}\n'
    )
    read = repository.read(f'{head}resource "aws_x" "a" {{\n  v = {expression}\n  near = length([1, 2])\n}}\n')
    value = read.value("v")
    doubt = unresolved_in(value)
    assert doubt is not None
    assert any(words in doubt.why for words in ("takes too long to work out", "too large to be worked with"))
    assert read.value("near") == 2


def test_what_is_long_but_not_too_long_is_worked_out(repository: Repository) -> None:
    read = repository.read(
        "locals {\n  tiers = tomap({for a in range(500) : tostring(a) => {days = a}})\n}\n"
        'resource "aws_x" "a" {\n  v = length(flatten([for a in range(200) : [for b in range(100) : "${a}-${b}"]]))\n'
        "  w = sum([for a in range(1000) : lookup(local.tiers, tostring(a % 500), {days = 0}).days])\n}\n"
    )
    assert read.value("v") == 20_000
    assert read.value("w") == 249_500


def test_a_place_of_many_small_evaluations_is_worked_out_whole(repository: Repository) -> None:
    text = "".join(
        f'resource "aws_x" "a{at}" {{\n  v = [for a in range(40) : a + {at}][39]\n}}\n' for at in range(3000)
    )
    read = repository.read(text)
    assert [read.value("v", f"aws_x.a{at}") for at in range(3000)] == list(range(39, 3039))


@pytest.mark.parametrize(
    "text",
    [
        chain("a", '"0123456789"', '"${{}}${{}}"', 60),
        chain("a", '"0123456789"', 'replace({}, "0", "00000000000")', 60),
        chain("a", '"\\"\\\\"', "jsonencode({})", 60),
        chain("a", '"xxxx"', 'format("%s%s%s%s", {}, {}, {}, {})', 60),
        chain("a", '["xxxx"]', "concat({}, {}, {})", 60),
        chain("a", "[[1]]", "[for one in {} : [one, one, {}]]", 60),
        chain("a", '{x = "x"}', "{x = {}, y = {}}", 200),
    ],
)
def test_what_grows_stays_within_memory(repository: Repository, text: str) -> None:
    last = text.rsplit("\n  ", maxsplit=1)[1].split(" = ", maxsplit=1)[0]
    tracemalloc.start()
    try:
        read = repository.read(f'{text}resource "aws_x" "a" {{\n  v = local.{last}\n  w = 7\n}}\n')
        value = read.value("v")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert unresolved_in(value) is not None
    assert read.value("w") == 7
    assert peak < 300 << 20


def test_all_of_a_root_costs_no_more_than_there_is(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value alone is allowed; a thousand of them would take all memory."""
    monkeypatch.setattr(loader, "Meter", partial(Meter, 400_000))
    names = "".join(f"  a{at} = [for one in range(500) : [one, one]]\n" for at in range(1000))
    wanted = ", ".join(f"length(local.a{at})" for at in range(1000))
    read = repository.read(f'locals {{\n{names}}}\nresource "aws_x" "a" {{\n  v = [{wanted}]\n  w = 7\n}}\n')
    found = read.value("v")
    doubt = unresolved_in(found)
    assert doubt is not None
    assert "takes too long to work out" in doubt.why
    assert read.value("w") == 7


def test_outputs_that_double_from_module_to_module(repository: Repository) -> None:
    files: dict[str, str | bytes] = {
        f"m{at}/main.tf": f'module "n" {{\n  source = "../m{at + 1}"\n}}\n'
        'output "o" {\n  value = [module.n, module.n.o, module.n]\n}\n'
        for at in range(25)
    }
    files["m25/main.tf"] = 'output "o" {\n  value = 7\n}\n'
    files["root/main.tf"] = (
        'module "n" {\n  source = "../m0"\n}\nresource "aws_x" "a" {\n  v = module.n.o\n  w = 7\n}\n'
    )
    read = repository.read(files, "root")
    assert unresolved_in(read.value("v")) is not None
    assert read.value("w") == 7


def test_values_given_from_outside_are_weighed_too(repository: Repository) -> None:
    text = 'variable "x" {\n  type = list(object({ a = optional(list(number), [for b in range(500) : b]) }))\n}\n'
    many = "[" + ",".join("{}" for _ in range(3000)) + "]"
    read = repository.read(
        {"main.tf": text + 'resource "aws_x" "a" {\n  v = var.x\n}\n', "terraform.tfvars": f"x = {many}\n"}
    )
    doubt = unresolved_in(read.value("v"))
    assert doubt is not None


def test_steps_are_counted_and_no_clock_is_asked() -> None:
    turns = STEPS // 1000 + 10
    inside = f"[for a in range({turns}) : [for b in range(1000) : b]]"
    found = [evaluate(parse_expression(inside, Spot("m.tf", 1)), Scope()) for _ in range(2)]
    assert [one.why for one in found] == [found[0].why] * 2
    fewer = evaluate(parse_expression("[for a in range(20) : [for b in range(100) : b]]", Spot("m.tf", 1)), Scope())
    assert len(plain(fewer)) == 20
